"""Debian's ClickHouse server on free ports of the loopback, with all that it writes in one folder."""
import os
import socket
import subprocess
import time

CONFIG = """<yandex>
<logger><level>warning</level><log>{path}/log</log><errorlog>{path}/errors</errorlog></logger>
<tcp_port>{tcp}</tcp_port><http_port>{http}</http_port><listen_host>127.0.0.1</listen_host>
<path>{path}/data/</path><tmp_path>{path}/tmp/</tmp_path><user_files_path>{path}/files/</user_files_path>
<mark_cache_size>33554432</mark_cache_size>
<users_config>{path}/users.xml</users_config><default_profile>default</default_profile>
<default_database>default</default_database>
</yandex>
"""

USERS = """<yandex>
<profiles><default><max_memory_usage>1000000000</max_memory_usage></default></profiles>
<users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>
<quota>default</quota></default></users>
<quotas><default></default></quotas>
</yandex>
"""

CLIENT = """<config><host>127.0.0.1</host><port>{tcp}</port></config>
"""

PATIENCE_S = 60


def free_ports(count):
    """Ports that nobody listens on at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class ClickHouse:
    """`clickhouse-client`, started in `folder`, finds the server by the file that is put there."""

    def __init__(self, folder):
        self.folder = folder
        self.path = os.path.join(folder, "clickhouse")
        self.server = None

    def write(self, path, text, **words):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.format(path=self.path, **words))

    def start(self):
        tcp, http = free_ports(2)
        os.makedirs(self.path, exist_ok=True)
        self.write(os.path.join(self.path, "config.xml"), CONFIG, tcp=tcp, http=http)
        self.write(os.path.join(self.path, "users.xml"), USERS)
        self.write(os.path.join(self.folder, "clickhouse-client.xml"), CLIENT, tcp=tcp)
        words = ["setpriv", "--pdeathsig", "TERM", "clickhouse-server", "--config-file",
                 os.path.join(self.path, "config.xml")]
        with open(os.path.join(self.path, "said"), "wb") as said:
            self.server = subprocess.Popen(words, cwd=self.path, stdout=said, stderr=said)

    def answers(self):
        return subprocess.run(["clickhouse-client", "--query", "SELECT 1"], cwd=self.folder, check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def __enter__(self):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if self.server is None or self.server.poll() is not None:
                self.start()  # anew, with other ports: one of them may have been taken meanwhile
            if self.answers():
                return self
            time.sleep(0.1)
        self.stop()
        raise RuntimeError("ClickHouse does not start: " + self.said())

    def said(self):
        text = ""
        for name in ("said", "errors"):
            path = os.path.join(self.path, name)
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    text += file.read()[-2000:]
        return text

    def stop(self):
        if self.server and self.server.poll() is None:
            self.server.terminate()
            try:
                self.server.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()

    def __exit__(self, *_):
        self.stop()

    def run(self, query, given=b""):
        return subprocess.run(["clickhouse-client", "--input_format_skip_unknown_fields", "1", "--query", query],
                              cwd=self.folder, input=given, check=True, stdout=subprocess.PIPE).stdout

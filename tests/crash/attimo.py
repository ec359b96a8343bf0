"""The real server, run by tests that kill it or take its disk away. Its journal is read with nothing of its own."""
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import zlib

PATIENCE_S = 60

PAGE = """---
title: Scarpe da corsa in offerta
description: Le Vento 2 a Parma, da provare in negozio prima di comprare.
cta:
  - call: Chiama il negozio
    to: "+390521123456"
---
Provale in negozio.
"""


def until(what, condition):
    """Waits for a condition, and gives back what it gave."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.002)
    raise AssertionError(f"waited {PATIENCE_S} s: {what}")


class Server:
    """attimo on one data folder, listening on a socket of its own."""

    def __init__(self, attimo, root, data, durability="process", segment_size="64MiB", admin="off", preload=None):
        self.path = os.path.join(root, f"{os.path.basename(data)}.sock")
        self.log_path = os.path.join(root, f"{os.path.basename(data)}.log")
        config = os.path.join(root, "attimo.yaml")
        with open(config, "w") as f:
            f.write(f"durability: {durability}\njournal:\n  segment_size: {segment_size}\n  compress_after: never\n")
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [attimo, "serve", "--config", config, "--pages", os.path.join(root, "pages"), "--data", data,
                 "--listen", f"unix:{self.path}", "--admin", admin],
                env=dict(os.environ, **(preload or {})), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=log)
        until("the server listens", self.answers)

    def answers(self):
        if self.process.poll() is not None:
            with open(self.log_path) as log:
                raise AssertionError("the server did not start:\n" + log.read()[-2000:])
        try:
            with self.connect() as s:
                s.sendall(b"HEAD /promo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                return s.recv(16).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def connect(self, path=None):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(PATIENCE_S)
        s.connect(path or self.path)
        return s

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        code = self.process.wait(PATIENCE_S)
        assert code == 0, f"the server left with {code}"

    def suspend(self):
        self.process.send_signal(signal.SIGSTOP)
        stat = f"/proc/{self.process.pid}/task"
        until("the server is stopped", lambda: all(self.state_of(stat, task) == "T" for task in os.listdir(stat)))

    @staticmethod
    def state_of(folder, task):
        with open(f"{folder}/{task}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0]


def read_journal(data, events=None, torn=0):
    """How often each (pv, n) was clicked; `events` gets all. Anything wrong with a line is a failure, but for so many
    segments at whose end stands a part of one."""
    found = {}
    last = 0
    folder = os.path.join(data, "journal")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as f:
            content = f.read()
        if content and not content.endswith(b"\n"):
            torn -= 1
            assert torn >= 0, f"{name}: the last line is cut off"
            content = content[:content.rfind(b"\n") + 1]
        for line in content.splitlines():
            at = line.rfind(b',"crc":"')
            assert line[at:] == b',"crc":"%08x"}' % zlib.crc32(line[:at]), f"{name}: damaged: {line[:200]}"
            event = json.loads(line)
            assert event["seq"] > last, f"{name}: {event['seq']} comes after {last}"
            last = event["seq"]
            if events is not None:
                events.append(event)
            if event["event"] == "click":
                key = (event["pv"], event["n"])
                found[key] = found.get(key, 0) + 1
    assert torn == 0, "no line is cut off"
    return found


def make_root():
    root = tempfile.mkdtemp(prefix="attimo-crash.")
    os.mkdir(os.path.join(root, "pages"))
    with open(os.path.join(root, "pages", "promo.md"), "w") as f:
        f.write(PAGE)
    return root

"""The real server as a process, watched from outside while somebody maltreats it, kills it, or takes its disk away."""
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

PATIENCE_S = 60

PAGE = """---
title: {title}
description: Le Vento 2 a Parma, da provare in negozio prima di comprare.
cta:
  - call: Chiama il negozio
    to: "+390521123456"
---
{body}
"""


def end_in_order():
    """From now on SIGTERM unwinds the stack as an error does, so that servers end and folders are removed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def until(what, condition, patience=PATIENCE_S):
    """Waits for a condition, and gives back what it gave."""
    end = time.monotonic() + patience
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience} s: {what}")
        time.sleep(0.005)


def suspend(pid):
    """Stops a process as SIGSTOP does, and waits until each of its threads has stopped."""
    tasks = f"/proc/{pid}/task"

    def state(task):
        with open(f"{tasks}/{task}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0]

    os.kill(pid, signal.SIGSTOP)
    until("it is stopped", lambda: all(state(task) == "T" for task in os.listdir(tasks)))


def cpus():
    """Who measures gets the last processor, all others share the rest; on one processor there is nothing to part."""
    have = sorted(os.sched_getaffinity(0))
    return ({have[-1]}, set(have[:-1])) if len(have) > 1 else (set(have), set(have))


def is_sanitized(attimo):
    return "-address/" in attimo or "-thread/" in attimo


class Process:
    """attimo that runs: `process`, and `log_path`, where its words go."""

    process = None

    def launch(self, words, **how):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, **how)

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def died(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the server has left with {self.process.returncode}:\n{self.log()[-4000:]}")

    def stop(self):
        """It leaves in order: exit code 0, nothing from a sanitizer."""
        self.process.terminate()
        code = self.process.wait(PATIENCE_S)
        assert code == 0, f"the server left with {code}:\n{self.log()[-4000:]}"

    def kill(self):
        self.process.kill()
        self.process.wait()

    def suspend(self):
        suspend(self.process.pid)


class Server(Process):
    """attimo with a folder and a TCP port of its own: pages/, data/, log. To be used with `with`; whatever happens, it is ended."""

    def __init__(self, attimo, config="", nofile=None, on=None, nice=0, prefix="attimo-abuse."):
        self.attimo = os.path.abspath(attimo)
        self.root = tempfile.mkdtemp(prefix=prefix)
        self.pages = os.path.join(self.root, "pages")
        self.data = os.path.join(self.root, "data")
        self.log_path = os.path.join(self.root, "log")
        self.config_path = os.path.join(self.root, "attimo.yaml")
        self.config = config
        self.nofile = nofile
        self.on = on
        self.nice = nice
        self.page("index.md", "Benvenuti", "Benvenuti da Passo Svelto.")
        self.page("promo.md", "Scarpe da corsa in offerta", "Provale in negozio.")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    def page(self, name, title, body):
        self.write(name, PAGE.format(title=title, body=body))

    def write(self, name, text):
        path = os.path.join(self.pages, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".tmp", "w", encoding="utf-8") as f:
            f.write(text)
        os.rename(path + ".tmp", path)

    def prepare(self):
        if self.on:
            os.sched_setaffinity(0, self.on)
        os.nice(self.nice)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = self.nofile or hard
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted if self.nofile else hard))

    def configure(self, text):
        with open(self.config_path + ".tmp", "w") as f:
            f.write(text)
        os.rename(self.config_path + ".tmp", self.config_path)

    def start(self):
        self.configure(self.config)
        self.launch([self.attimo, "serve", "--config", self.config_path, "--pages", self.pages, "--data", self.data,
                     "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"],
                    preexec_fn=self.prepare, env=dict(os.environ, LC_ALL="C.UTF-8"))
        until("the server is ready", lambda: self.died() or " ready" in self.log())
        self.port = int(re.search(r"listening on http://127\.0\.0\.1:(\d+)", self.log()).group(1))
        self.admin = int(re.search(r"admin on http://127\.0\.0\.1:(\d+)", self.log()).group(1))
        return self

    # --- looking at it

    def rss_anon(self):
        """Bytes of private memory."""
        with open(f"/proc/{self.process.pid}/status") as f:
            return int(re.search(r"^RssAnon:\s*(\d+)", f.read(), re.M).group(1)) * 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def metrics(self):
        """All of them, those with labels one by one (`name{label="value"}`), and summed up."""
        found = {}
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=PATIENCE_S) as answer:
            for line in answer.read().decode().splitlines():
                if line and not line.startswith("#"):
                    sample, value = line.rsplit(" ", 1)
                    for name in {sample, sample.split("{")[0]}:
                        found[name] = found.get(name, 0) + float(value)
        return found

    def readiness(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/readyz", timeout=PATIENCE_S) as answer:
            return json.load(answer)

    # --- talking to it

    def connect(self, port=None):
        s = socket.create_connection(("127.0.0.1", port or self.port), timeout=PATIENCE_S)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return s

    def ask(self, method, target, body="", fields=""):
        """Status and body, on a connection of its own."""
        with self.connect() as s:
            s.sendall(f"{method} {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
                      f"{fields}\r\n{body}".encode())
            answer = b""
            while got := s.recv(65536):
                answer += got
        assert b"\r\n\r\n" in answer, f"{method} {target} got no answer: {answer!r}"
        head, body = answer.split(b"\r\n\r\n", 1)
        return int(head.split()[1]), body


class SocketServer(Process):
    """attimo on a data folder that others may have had before, listening on a unix socket beside it; started at once."""

    def __init__(self, attimo, root, data, durability="process", segment_size="64MiB", admin="off", preload=None):
        self.path = os.path.join(root, f"{os.path.basename(data)}.sock")
        self.log_path = os.path.join(root, f"{os.path.basename(data)}.log")
        config = os.path.join(root, "attimo.yaml")
        with open(config, "w") as f:
            f.write(f"durability: {durability}\njournal:\n  segment_size: {segment_size}\n  compress_after: never\n")
        self.launch([attimo, "serve", "--config", config, "--pages", os.path.join(root, "pages"), "--data", data,
                     "--listen", f"unix:{self.path}", "--admin", admin], env=dict(os.environ, **(preload or {})))
        try:
            until("the server listens", self.answers)
        except BaseException:
            self.kill()  # nobody else knows of it yet
            raise

    def answers(self):
        self.died()
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


def make_root():
    """A folder with pages for such servers; the caller removes it."""
    root = tempfile.mkdtemp(prefix="attimo-crash.")
    os.mkdir(os.path.join(root, "pages"))
    with open(os.path.join(root, "pages", "promo.md"), "w", encoding="utf-8") as f:
        f.write(PAGE.format(title="Scarpe da corsa in offerta", body="Provale in negozio."))
    return root

"""Kills the server at random moments under a load of clicks, and holds its journal against what it had acknowledged.

    crash.py ATTIMO ROUNDS [--power ROUNDS] [--seed N]

Every click that was answered 204 must be in the journal exactly once, none more than once, numbers must rise, and every
checksum be right.

kill   SIGKILL. What the kernel has stays, so that `durability: process` must be enough; every other data folder is
       written with `power`.
power  The journal is on an ext4 file system in a file. The server is stopped (SIGSTOP), the file copied: what had not
       been synced is not in it, as after a power cut. The copy is mounted elsewhere, and a server started on it.

What is asked is whether events are lost, never how long anything takes.
"""
import argparse
import os
import random
import selectors
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from journal import read_journal  # noqa: E402
from serving import SocketServer, end_in_order, make_root, until  # noqa: E402

CONNECTIONS = 12
ROUNDS_PER_FOLDER = 25  # as many restarts does one journal go through


class Load:
    """Clicks on some connections, each waiting for its answer; every post is of one to three clicks."""

    def __init__(self, server, number, acknowledged, sent):
        self.number = number
        self.acknowledged = acknowledged
        self.sent = sent
        self.posts = 0
        self.selector = selectors.DefaultSelector()
        for _ in range(CONNECTIONS):
            s = server.connect()
            s.setblocking(False)
            connection = {"socket": s, "key": None, "bytes": b""}
            self.selector.register(s, selectors.EVENT_READ, connection)
            self.send(connection)

    def send(self, connection):
        self.posts += 1
        pv = f"{self.number:016x}{self.posts:016x}"
        clicks = 1 + self.posts % 3
        body = f"pv={pv}&p=/promo&d=d{self.posts}&e=click&cta=call&n=1&t=5"
        body += "".join(f"\ne=click&cta=call&n={n}&t=5" for n in range(2, clicks + 1))
        # Each is somebody else, or there would soon be too many of one.
        who = f"10.{self.posts >> 16 & 255}.{self.posts >> 8 & 255}.{self.posts & 255}"
        request = (f"POST /_/e HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nX-Forwarded-For: {who}\r\n"
                   f"Content-Length: {len(body)}\r\n\r\n{body}")
        connection["key"] = (pv, clicks)
        self.sent[pv] = clicks
        try:
            connection["socket"].sendall(request.encode())
        except OSError:
            pass  # it was killed in this moment

    def take(self, connection):
        """Reads what has come. False: the connection is over."""
        try:
            got = connection["socket"].recv(65536)
        except BlockingIOError:
            return True
        except OSError:
            return False
        connection["bytes"] += got
        if b"\r\n\r\n" in connection["bytes"]:
            head, connection["bytes"] = connection["bytes"].split(b"\r\n\r\n", 1)
            assert head.startswith(b"HTTP/1.1 204 "), head
            pv, clicks = connection["key"]
            self.acknowledged[pv] = clicks
            connection["key"] = None
        return bool(got)

    def run(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            for key, _ in self.selector.select(left):
                connection = key.data
                assert self.take(connection), "the server closed a connection"
                if connection["key"] is None:
                    self.send(connection)

    def run_until_acknowledged(self):
        """Goes on for as long as no post of any round was: else nothing would be held against the journal."""
        until("a post is acknowledged", lambda: self.acknowledged or self.run(0.01))

    def take_rest(self):
        """Reads the answers that had been sent before the server was killed or stopped."""
        for key in list(self.selector.get_map().values()):
            while self.take(key.data) and self.selector_has(key.fileobj):
                pass

    @staticmethod
    def selector_has(s):
        with selectors.DefaultSelector() as one:
            one.register(s, selectors.EVENT_READ)
            return bool(one.select(0))

    def close(self):
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()


def hold_against(data, acknowledged, sent):
    found = read_journal(data)
    for pv, clicks in acknowledged.items():
        for n in range(1, clicks + 1):
            times = found.get((pv, n), 0)
            assert times == 1, f"{pv} {n} was acknowledged and is {times} times in the journal"
    for (pv, n), times in found.items():
        assert n <= sent.get(pv, 0), f"{pv} {n} is in the journal and was never sent"
        assert times == 1, f"{pv} {n} is {times} times in the journal"
    return len(acknowledged)


def kill_rounds(attimo, rounds, chance):
    """As many crashes; returns how many acknowledgements were held against journals."""
    root = make_root()
    total = 0
    server = None
    try:
        for first in range(0, rounds, ROUNDS_PER_FOLDER):
            data = os.path.join(root, f"data{first}")
            durability = "power" if first // ROUNDS_PER_FOLDER % 2 else "process"
            acknowledged, sent = {}, {}
            last = min(first + ROUNDS_PER_FOLDER, rounds) - 1
            for number in range(first, last + 1):
                server = SocketServer(attimo, root, data, durability, chance.choice(["16KiB", "1MiB"]))
                load = Load(server, number, acknowledged, sent)
                load.run(chance.uniform(0, 0.25))
                if number == last:
                    load.run_until_acknowledged()
                server.kill()
                load.take_rest()
                load.close()
            server = SocketServer(attimo, root, data, durability, "1MiB")
            server.stop()
            total += hold_against(data, acknowledged, sent)
            shutil.rmtree(data)
        return total
    finally:
        if server:
            server.kill()
        shutil.rmtree(root)


class Disk:
    """An ext4 file system in a file, which takes as little room as is written, and does not fill up in all rounds."""

    def __init__(self, root):
        self.image = os.path.join(root, "disk")
        self.copy = os.path.join(root, "disk.copy")
        self.folder = os.path.join(root, "mounted")
        self.copy_folder = os.path.join(root, "copy")
        os.mkdir(self.folder)
        os.mkdir(self.copy_folder)
        with open(self.image, "wb") as f:
            f.truncate(1 << 30)
        self.call("mkfs.ext4", "-q", "-F", self.image)
        self.call("mount", "-o", "loop", self.image, self.folder)

    @staticmethod
    def call(*command):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise OSError(f"{command[0]}: {done.stderr.strip() or done.returncode}")

    def take_copy(self):
        self.call("cp", "--sparse=always", self.image, self.copy)

    def mount_copy(self):
        self.call("mount", "-o", "loop", self.copy, self.copy_folder)

    def unmount_copy(self):
        self.call("umount", self.copy_folder)

    def finish(self):
        for folder in self.copy_folder, self.folder:
            if os.path.ismount(folder):
                self.call("umount", folder)


def power_rounds(attimo, rounds, chance, durability="power"):
    """As many power cuts; returns how many acknowledgements were held, each against every copy that was made after it."""
    root = make_root()
    disk = server = restarted = None
    held = 0
    acknowledged, sent = {}, {}
    try:
        try:
            disk = Disk(root)
        except OSError as error:
            return f"no file system can be mounted from a file here ({error})"
        server = SocketServer(attimo, root, os.path.join(disk.folder, "data"), durability, "256KiB")
        for number in range(rounds):
            load = Load(server, number, acknowledged, sent)
            load.run(chance.uniform(0, 0.2))
            if number == rounds - 1:
                load.run_until_acknowledged()
            server.suspend()
            load.take_rest()
            disk.take_copy()
            server.process.send_signal(signal.SIGCONT)
            load.close()
            disk.mount_copy()
            copied = os.path.join(disk.copy_folder, "data")
            os.symlink(copied, os.path.join(root, f"data{number}"))
            restarted = SocketServer(attimo, root, os.path.join(root, f"data{number}"), durability, "256KiB")
            restarted.stop()
            held = hold_against(copied, acknowledged, sent)
            disk.unmount_copy()
        server.stop()
        return held
    finally:
        for one in server, restarted:
            if one:
                one.kill()
        if disk:
            disk.finish()
        shutil.rmtree(root)


def main():
    end_in_order()
    parser = argparse.ArgumentParser()
    parser.add_argument("attimo")
    parser.add_argument("rounds", type=int)
    parser.add_argument("--power", type=int, default=0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    attimo = os.path.abspath(options.attimo)
    chance = random.Random(options.seed)
    passed = failed = skipped = 0
    tests = [("killed", lambda: kill_rounds(attimo, options.rounds, chance), options.rounds)]
    if options.power > 0:
        tests.append(("cut from power", lambda: power_rounds(attimo, options.power, chance), options.power))
    for name, run, rounds in tests:
        try:
            result = run()
        except (AssertionError, subprocess.TimeoutExpired) as error:
            print(f"FAIL: {name} (seed {options.seed}): {error}")
            failed += 1
            continue
        if isinstance(result, str):
            print(f"SKIP: {name}: {result}")
            skipped += 1
        else:
            print(f"{name} {rounds} times, {result} acknowledged posts: all there once")
            passed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

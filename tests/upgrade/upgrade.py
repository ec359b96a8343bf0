"""Takes over from the running server again and again under load, and holds every client against what it was promised.

    upgrade.py ATTIMO CONFIG --data DIR --port N [--nginx PORT --quiet-nginx PORT --certificate FILE] [--rounds N]

Two versions take turns: ATTIMO, and a copy of it that calls itself otherwise. After each take-over the metrics, asked for
at the address that the first server had opened, must tell the version that was started last.

Clients come directly over TCP, and through nginx over TLS, on connections that are kept: some ask for a page, some send
events, some sit idle for longer than the drain timeout. Those of the quiet nginx do that before each event, and so do its
own connections: it is nginx that sends again there, if it must (docs/operations.md, "Updating"). Between two take-overs one
is tried that cannot succeed, and one is killed before it can (SIGKILL at a random moment, while it still makes its pages).

What counts as an error: a request without an answer, an answer that is not 200 (page) or 204 (event), a connection that
is refused. Nothing is sent again but what HTTP lets a client send again by itself (RFC 9112 9.3.1): a GET on a connection
that had served before and closes without a byte of an answer, once. That is counted and printed. A connection that is
seen to be closed before anything is sent on it is no error: keep-alive connections end.

In the end every acknowledged event must be in the journal once, none twice, every answered page have its view, numbers
rise, and every checksum be right.
"""
import argparse
import asyncio
import os
import random
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from journal import read_journal  # noqa: E402
from serving import end_in_order  # noqa: E402

PATIENCE_S = 90
PAGE = "/voglio-comprare/vento-2"


class Tally:
    def __init__(self, name):
        self.name = name
        self.pages = 0    # that were answered
        self.again = 0    # GETs that were sent again
        self.closed = 0   # connections that were closed while they were idle
        self.events = {}  # acknowledged: pv -> clicks
        self.sent = {}
        self.errors = []

    def words(self):
        return (f"{self.name}: {self.pages} pages, {len(self.events)} posts of events answered; {self.closed} idle "
                f"connections closed, {self.again} GETs sent again, {len(self.errors)} errors")


class Closed(Exception):
    """The connection was closed without a byte of an answer."""


class Client:
    """One connection at a time, and requests on it one after the other."""

    numbers = 0

    def __init__(self, tally, connect):
        Client.numbers += 1
        self.number = Client.numbers
        self.tally = tally
        self.connect = connect
        self.reader = self.writer = None
        self.served = False  # this connection has had an answer
        self.posts = 0

    def drop(self):
        if self.writer:
            self.writer.transport.abort()
        self.reader = self.writer = None

    async def ready(self):
        if self.writer and self.reader.at_eof():
            self.tally.closed += 1
            self.drop()
        if not self.writer:
            self.reader, self.writer = await self.connect()
            self.served = False

    async def ask(self, request):
        """Sends it and reads the whole answer; returns its status."""
        try:
            self.writer.write(request)
            await self.writer.drain()
            line = await self.reader.readline()
        except ConnectionError as error:
            raise Closed(str(error)) from error
        if not line:
            raise Closed("closed")
        length, closes = 0, False
        while (field := await self.reader.readline()) not in (b"\r\n", b""):
            name, value = field.lower().split(b":", 1)
            if name == b"content-length":
                length = int(value)
            closes |= name == b"connection" and value.strip() == b"close"
        body = await self.reader.readexactly(length)
        self.served = True
        if closes:
            self.drop()
        return int(line.split()[1]), body

    async def get(self):
        request = (f"GET {PAGE} HTTP/1.1\r\nHost: www.example.it\r\nUser-Agent: Mozilla/5.0 (Linux; Android 14)\r\n"
                   "Accept-Encoding: br\r\n\r\n").encode()
        await self.ready()
        try:
            status, body = await self.ask(request)
        except Closed:
            if not self.served:
                raise
            self.tally.again += 1
            self.drop()
            await self.ready()
            status, body = await self.ask(request)
        assert status == 200 and len(body) > 500, f"a page: {status}, {len(body)} bytes"
        self.tally.pages += 1

    async def post(self):
        self.posts += 1
        pv = f"{self.number:016x}{self.posts:016x}"
        clicks = 1 + self.posts % 3
        body = f"pv={pv}&p={PAGE}&d=d{self.posts}" + "".join(
            f"{'&' if n == 1 else chr(10)}e=click&cta=whatsapp&n={n}&t=5" for n in range(1, clicks + 1))
        who = f"10.{self.number & 255}.{self.posts >> 8 & 255}.{self.posts & 255}"
        await self.ready()
        self.tally.sent[pv] = clicks
        status, _ = await self.ask(
            (f"POST /_/e HTTP/1.1\r\nHost: www.example.it\r\nContent-Type: text/plain\r\nX-Forwarded-For: {who}\r\n"
             f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
        assert status == 204, f"an event: {status}"
        self.tally.events[pv] = clicks

    async def run(self, work, pause, stop):
        while not stop.is_set():
            try:
                await asyncio.wait_for(work(self), PATIENCE_S)
            except (AssertionError, Closed, OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as error:
                self.tally.errors.append(f"{work.__name__} of client {self.number}: {type(error).__name__} {error}")
                self.drop()
            try:
                await asyncio.wait_for(stop.wait(), pause)
            except asyncio.TimeoutError:
                pass
        self.drop()


def version_of(attimo):
    return subprocess.run([attimo, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]


def make_another_version(attimo, path):
    """The same program with as long a name of its version: what else a new one brings is not what is asked here."""
    version = version_of(attimo)
    other = "x" * (len(version) - 1) + ("y" if version.endswith("x") else "x")
    with open(attimo, "rb") as f:
        program = f.read()
    with open(path, "wb") as f:
        f.write(program.replace(version.encode() + b"\0", other.encode() + b"\0"))
    os.chmod(path, 0o755)
    assert version_of(path) == other != version, f"a version could not be made of {version}"
    return path


class Fleet:
    """The servers, of which one serves at a time."""

    def __init__(self, attimo, config, root):
        self.attimo, self.config, self.root = attimo, config, root
        self.versions = [attimo, make_another_version(attimo, os.path.join(root, "attimo"))]
        self.launched = []
        self.serving = None
        self.admin = None  # where the first one listened
        self.chance = random.Random()

    def launch(self, *flags, attimo=None, config=None):
        path = os.path.join(self.root, f"attimo-{len(self.launched)}.log")
        with open(path, "wb") as log:
            process = subprocess.Popen([attimo or self.attimo, "serve", "--config", config or self.config, *flags],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        self.launched.append(process)
        process.log = path
        return process

    @staticmethod
    def said(process):
        with open(process.log, errors="replace") as log:
            return log.read()

    async def until(self, process, what, condition):
        end = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end, f"waited {PATIENCE_S} s: {what}\n{self.said(process)}"
            await asyncio.sleep(0.01)

    async def expect_exit(self, process, codes, what):
        await self.until(process, what, lambda: process.poll() is not None)
        assert process.returncode in codes, f"{what}: exit {process.returncode}\n{self.said(process)}"

    async def start(self, *flags):
        process = self.launch(*flags)
        await self.until(process, "the server is ready",
                         lambda: " ready\n" in self.said(process) or process.poll() is not None)
        assert process.poll() is None, f"the server did not start\n{self.said(process)}"
        return process

    async def begin(self):
        self.serving = await self.start()
        self.admin = re.search(r"admin on (http://\S+)", self.said(self.serving)).group(1)
        self.expect_version(self.attimo)

    def expect_version(self, attimo):
        with urllib.request.urlopen(f"{self.admin}/metrics", timeout=PATIENCE_S) as answer:
            told = re.search(r'^attimo_build_info\{version="(.*)"\} 1$', answer.read().decode(), re.M)
        assert told and told.group(1) == version_of(attimo), f"{told} answers, not {version_of(attimo)}"

    async def take_over(self):
        before = self.serving
        self.versions.reverse()
        self.attimo = self.versions[0]
        self.serving = await self.start("--take-over")
        await self.expect_exit(before, [0], "the server before leaves")
        await self.until(self.serving, "the new one knows", lambda: "before has ended" in self.said(self.serving))
        await asyncio.to_thread(self.expect_version, self.attimo)

    async def fail(self, number):
        """Tries one that cannot succeed."""
        broken = os.path.join(self.root, "broken")
        if number % 4 == 0:
            with open(broken, "w") as f:
                f.write("workers: many\n")
            process, codes = self.launch("--take-over", config=broken), [2]
        elif number % 4 == 1:
            process, codes = self.launch("--take-over", "--pages", os.path.join(self.root, "nowhere")), [3]
        elif number % 4 == 2:
            process, codes = self.launch("--take-over", attimo="/bin/false"), [1]
        else:
            process, codes = self.launch("--take-over", "--listen", "unix:/nowhere/at/all.sock"), [3]
        await self.expect_exit(process, codes, "a broken one ends")
        assert self.serving.poll() is None, "the server has left\n" + self.said(self.serving)

    async def kill_one(self):
        """It has so many pages to make that it does not get far."""
        slow = os.path.join(self.root, "slow")
        if not os.path.isdir(slow):
            os.mkdir(slow)
            for i in range(4000):
                with open(os.path.join(slow, f"p{i}.md"), "w") as f:
                    f.write(f"---\ntitle: Pagina {i}\ndescription: Una di tante.\n---\n" + "Una riga di testo.\n\n" * 200)
        process = self.launch("--take-over", "--pages", slow)
        await asyncio.sleep(self.chance.uniform(0, 0.3))
        early = " ready\n" not in self.said(process)
        process.kill()
        process.wait()
        assert early and self.serving.poll() is None, "it was killed too late"

    async def stop(self):
        self.serving.send_signal(signal.SIGTERM)
        await self.expect_exit(self.serving, [0], "the last server leaves")

    def kill(self):
        """Every one that has not left."""
        for process in self.launched:
            process.kill()
            process.wait()


def make_clients(options):
    def direct():
        return asyncio.open_connection("127.0.0.1", options.port)

    tls = ssl.create_default_context(cafile=options.certificate) if options.certificate else None

    def through(port):
        return lambda: asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname="www.example.it")

    kinds = [(Tally("direct"), direct)]
    if options.nginx:
        kinds.append((Tally("through nginx"), through(options.nginx)))
    work = []
    for tally, connect in kinds:
        for i in range(8):
            for ask, pause in (Client.get, 0.003 * (i + 1)), (Client.post, 0.003 * (i + 1)), (Client.get, options.idle + 0.1 * i):
                work.append((Client(tally, connect), ask, pause))
    tallies = [tally for tally, _ in kinds]
    if options.quiet_nginx:
        tallies.append(Tally("through a quiet nginx"))
        for i in range(4):
            work.append((Client(tallies[-1], through(options.quiet_nginx)), Client.post, options.idle + 0.01 * i))
    return tallies, work


async def load(options, fleet):
    stop = asyncio.Event()
    tallies, work = make_clients(options)
    await fleet.begin()
    tasks = [asyncio.create_task(client.run(ask, pause, stop)) for client, ask, pause in work]
    try:
        for i in range(options.rounds):
            await asyncio.sleep(0.3)
            await fleet.fail(i)
            await fleet.kill_one()
            await fleet.take_over()
        await asyncio.sleep(0.3)
    finally:
        stop.set()
        await asyncio.gather(*tasks)
    await fleet.stop()
    return tallies


def hold_against(data, tallies):
    events = []
    found = read_journal(data, events)
    acknowledged = {pv: n for tally in tallies for pv, n in tally.events.items()}
    sent = {pv: n for tally in tallies for pv, n in tally.sent.items()}
    for pv, clicks in acknowledged.items():
        for n in range(1, clicks + 1):
            assert found.get((pv, n), 0) == 1, f"{pv} {n} was acknowledged, and is {found.get((pv, n), 0)} times there"
    for (pv, n), times in found.items():
        assert times == 1 and n <= sent.get(pv, 0), f"{pv} {n} is {times} times there"
    views = sum(event["event"] == "view" for event in events)
    lost = sum(event["n"] for event in events if event["event"] == "gap")
    pages = sum(tally.pages for tally in tallies)
    again = sum(tally.again for tally in tallies)
    assert pages <= views + lost <= pages + again, f"{pages} pages were answered, {views} views recorded, {lost} lost"
    assert lost == 0, f"{lost} views were not recorded"
    return sum(acknowledged.values()), views


def run(options, root):
    fleet = Fleet(os.path.abspath(options.attimo), options.config, root)
    try:
        tallies = asyncio.run(load(options, fleet))
    finally:
        fleet.kill()
    for tally in tallies:
        print(tally.words())
        for error in tally.errors[:10]:
            print(f"    {error}")
    assert not any(tally.errors for tally in tallies), "requests have failed"
    assert all(tally.events for tally in tallies) and all(tally.pages for tally in tallies[:2]), "there was no load"
    clicks, views = hold_against(options.data, tallies)
    verdict = subprocess.run([options.attimo, "journal", "verify", "--data", options.data], capture_output=True, text=True)
    assert verdict.returncode == 0, verdict.stdout
    print(f"{options.rounds} take-overs, {options.rounds} that could not be, {options.rounds} killed; {clicks} acknowledged clicks "
          f"and {views} views: all there once; {verdict.stdout.strip()}")


def main():
    end_in_order()
    parser = argparse.ArgumentParser()
    parser.add_argument("attimo")
    parser.add_argument("config")
    parser.add_argument("--data", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--nginx", type=int)
    parser.add_argument("--quiet-nginx", type=int)
    parser.add_argument("--certificate")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--idle", type=float, default=2.5, help="seconds: over the configuration's drain_timeout")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="attimo-upgrade.") as root:
        try:
            run(options, root)
        except AssertionError as error:
            print(f"FAIL: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

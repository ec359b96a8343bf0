"""All that a server lives through in months, at once and for some minutes: does it stay as it was?

    soak.py SECONDS OPENLOOP ATTIMO...

Each program (the one with AddressSanitizer first, then the plain one) gets its share of the time. Meanwhile visitors look
at pages and tap, and a crowd of them taps a thousand times a second, so that what a tap leaves behind adds up; authors
save pages, break them, remove them; reports, funnels and exports are read; segments are begun, compressed and removed
within seconds; pages are taken down and restored; and the configuration is reloaded (SIGHUP).

Every few seconds memory (RssAnon), descriptors, threads and a visitor's p99 are sampled. All must be flat over the second
half, judged by the slope of a line through the samples, with room for chance: 100 bytes a tap, or a descriptor or a thread
a reload, are more than that. (What AddressSanitizer keeps is not judged; it tells of what nothing leads to any more.)
Besides, always: nobody gets an answer that is none, what was acknowledged is in the journal once for as long as it is
kept, and the server leaves in order.
"""
import glob
import gzip
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from serving import Server, cpus, is_sanitized, until  # noqa: E402

KEEP_S, COMPRESS_S = 20, 4
PAGES = 24
MIB = 1 << 20
CROWD, CROWD_S = 1000, 5  # taps a second, and for how long at once
FLAT_FROM_S = 60  # what is shorter is not judged by its slope

CONFIG = f"""workers: 2
journal:
  segment_size: 64KiB
  compress_after: {COMPRESS_S}s
  keep: {KEEP_S}s
limits:
  events_per_view: 0
  events_per_address: 0
"""

SITE = "name: Passo Svelto\nurl: https://www.example.it\ncolour: \"#{:06x}\"\nlegal: P.IVA 01234567890\nprivacy: /p0\n"


class Soak:
    def __init__(self, server, seconds, openloop):
        self.server = server
        self.openloop = openloop
        self.seconds = seconds
        self.over = threading.Event()
        self.failures = []
        self.counts = {}
        self.acknowledged = []  # (when, pv)
        self.samples = []
        self.measuring, _ = cpus()

    def count(self, what, n=1):
        self.counts[what] = self.counts.get(what, 0) + n

    # --- those who do something, each on a thread of its own

    def visitors(self, chance):
        """Look at a page, and tap on it, on a connection that is kept for a while."""
        number = 0
        while not self.over.is_set():
            with self.server.connect() as s:
                stream = s.makefile("rb")
                for _ in range(chance.randrange(1, 60)):
                    number += 1
                    page = f"/p{chance.randrange(PAGES)}"
                    status, fields, _ = exchange(s, stream, f"GET {page} HTTP/1.1\r\nHost: a\r\n\r\n")
                    assert status in (200, 404, 410), f"a page is answered {status}"
                    self.count("pages")
                    if status == 200 and self.tap(s, stream, page, fields, number):
                        self.count("taps")
                    if self.over.wait(chance.choice([0, 0.001, 0.01])):
                        return

    def tap(self, s, stream, page, fields, number):
        timing = re.match(r'pv;desc="([^"]+)", rev;desc="([^"]+)"', fields.get("server-timing", ""))
        assert timing, f"a page has no token: {fields}"
        body = f"pv={timing.group(1)}&p={page}&r={timing.group(2)}&d=d{number}&e=click&cta=call&n=1&t=5"
        status, _, answer = exchange(s, stream, "POST /_/e HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
                                     f"Content-Length: {len(body)}\r\n\r\n{body}")
        # The page may have been taken away since.
        assert status in (204, 400), f"a tap is answered {status}: {answer}"
        if status == 204:
            self.acknowledged.append((time.monotonic(), f"d{number}", page))
        return status == 204

    def crowd(self, _):
        """Taps on one page, on connections that are kept."""
        path = os.path.join(self.server.root, "tap")
        body = f"pv={'0' * 29}abc&p=/&d=crowd&e=click&cta=call&n=1&t=5120"
        with open(path, "w") as f:
            f.write("POST /_/e HTTP/1.1\r\nHost: a\r\nUser-Agent: Mozilla/5.0\r\nContent-Type: text/plain\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n{body}")
        while not self.over.is_set():
            self.ask_often(path, "-s", "-c", "4", "-r", str(CROWD), "-n", str(CROWD * CROWD_S))
            self.count("taps of the crowd", CROWD * CROWD_S)

    def authors(self, chance):
        """Save good pages and bad ones, remove some, and change what all share."""
        for number in range(1 << 60):
            name = f"p{chance.randrange(PAGES)}.md"
            what = chance.random()
            if what < 0.06:
                self.server.write(name, "---\ntitle: Rotta\ndescription: [\n---\nRotta.\n")
            elif what < 0.1:
                try:
                    os.unlink(os.path.join(self.server.pages, name))
                except FileNotFoundError:
                    pass
            elif what < 0.12:
                self.server.write("_site.yaml", SITE.format(chance.randrange(1 << 24)))
            else:
                self.server.page(name, f"Pagina {number}", f"La versione {number}. " * chance.randrange(1, 40))
            self.count("saves")
            if self.over.wait(chance.choice([0.02, 0.05, 0.2])):
                return

    def readers(self, chance):
        """Ask the journal, which changes and vanishes under them."""
        data = ["--data", self.server.data]
        questions = [["report", *data, "--pages", self.server.pages, "--format", "json"], ["funnel", *data, "--format", "json"],
                     ["export", *data], ["export", *data, "--flat", "--format", "csv"], ["journal", "verify", *data],
                     ["journal", "stat", *data], ["journal", "tail", *data]]
        while not self.over.is_set():
            question = chance.choice(questions)
            self.run_attimo(question, (0,))
            self.count("questions")
            self.over.wait(0.2)

    def switch(self, chance):
        """The crisis switch, pulled and put back."""
        while not self.over.wait(chance.uniform(0.3, 1)):
            page = f"/p{chance.randrange(PAGES)}"
            self.run_attimo(["takedown", page, "--reason", "prova", "--data", self.server.data], (0,))
            self.over.wait(chance.uniform(0, 0.5))
            self.run_attimo(["restore", page, "--data", self.server.data], (0,))
            self.count("takedowns")

    def reloads(self, chance):
        """Have the configuration and all pages read anew."""
        while not self.over.wait(chance.uniform(0.5, 2)):
            self.server.process.send_signal(signal.SIGHUP)
            self.count("reloads")

    def rude(self, chance):
        """Come and go without manners."""
        words = [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 50, b"BAD\r\n\r\n",
                 b"POST /_/e HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf"]
        while not self.over.wait(0.02):
            with self.server.connect() as s:
                s.setsockopt(1, 13, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # SOL_SOCKET, SO_LINGER: a reset
                s.sendall(chance.choice(words))
            self.count("rude ones")

    def run_attimo(self, words, codes):
        done = subprocess.run([self.server.attimo, *words], capture_output=True, timeout=120,
                              env=dict(os.environ, LC_ALL="C.UTF-8"), preexec_fn=lambda: os.nice(10))
        assert done.returncode in codes, f"attimo {' '.join(words)}: {done.returncode}\n{done.stderr.decode()[-2000:]}"

    # --- looking at it

    def ask_often(self, path, *flags, on=None):
        """What the generator says of requests as in the file `path`, all of which are answered well."""
        done = subprocess.run([self.openloop, *flags, f"127.0.0.1:{self.server.port}", path], capture_output=True, text=True,
                              timeout=120, preexec_fn=lambda: on and os.sched_setaffinity(0, on))
        assert done.returncode == 0, f"a visitor was not served: {done.stdout} {done.stderr}"
        return json.loads(done.stdout)

    def p99(self):
        path = os.path.join(self.server.root, "visitor")
        with open(path, "w") as f:
            f.write("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: Mozilla/5.0\r\n\r\n")
        return self.ask_often(path, "-c", "2", "-r", "200", "-n", "200", on=self.measuring)["p99_us"] / 1000

    def sample(self, began):
        server = self.server
        server.died()
        row = {"s": time.monotonic() - began, "memory": server.rss_anon() / MIB, "files": server.descriptors(),
               "threads": server.threads(), "p99": self.p99(),
               "segments": len(glob.glob(os.path.join(server.data, "journal", "*")))}
        self.samples.append(row)
        print(f"  {row['s']:6.0f} s  {row['memory']:7.1f} MB  {row['files']:4} files  {row['threads']:3} threads  "
              f"p99 {row['p99']:7.2f} ms  {row['segments']:4} segments", flush=True)

    def guard(self, who, chance):
        try:
            who(chance)
        except Exception as error:  # whatever it is, it is told at the end
            if not self.over.is_set():
                self.failures.append(f"{who.__name__}: {error!r}")
                self.over.set()

    def run(self):
        crew = [self.visitors, self.visitors, self.crowd, self.authors, self.readers, self.switch, self.reloads, self.rude]
        threads = [threading.Thread(target=self.guard, args=(who, random.Random())) for who in crew]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        try:
            while time.monotonic() - began < self.seconds and not self.over.is_set():
                self.sample(began)
                self.over.wait(min(4, self.seconds / 10))
        finally:
            self.over.set()
            for thread in threads:
                thread.join(180)
        assert not self.failures, "\n".join(self.failures)


def exchange(s, stream, request):
    """Status, fields, body."""
    s.sendall(request.encode())
    line = stream.readline().decode()
    assert line.startswith("HTTP/1.1 "), f"an answer that is none: {line!r}"
    fields = {}
    while (field := stream.readline().decode().strip()):
        name, value = field.split(":", 1)
        fields[name.lower()] = value.strip()
    return int(line.split()[1]), fields, stream.read(int(fields.get("content-length", 0)))


def slope(samples, key):
    """By how much a line through the samples rises from the first to the last."""
    times = [sample["s"] for sample in samples]
    values = [sample[key] for sample in samples]
    middle, mean = sum(times) / len(times), sum(values) / len(values)
    spread = sum((t - middle) ** 2 for t in times)
    return sum((t - middle) * (v - mean) for t, v in zip(times, values)) / spread * (times[-1] - times[0]), mean


def judge_flatness(soak):
    """Lines of what is not flat."""
    second_half = [sample for sample in soak.samples if sample["s"] >= soak.seconds / 2]
    bounds = {"memory": ("MB", lambda mean: max(2, 0.1 * mean)), "files": ("", lambda mean: 6),
              "threads": ("", lambda mean: 2), "p99": ("ms", lambda mean: max(5, mean))}
    for key, (unit, bound) in bounds.items():
        rise, mean = slope(second_half, key)
        verdict = "flat" if rise <= bound(mean) else "RISES"
        print(f"  {key:8} rises by {rise:7.2f} {unit} over the second half, of {mean:.2f} {unit}; "
              f"{bound(mean):.2f} {unit} are allowed: {verdict}")
        if rise > bound(mean) and not (key == "memory" and is_sanitized(soak.server.attimo)):
            yield f"{key} rises by {rise:.2f} {unit}"


def recorded(data):
    """How often each (d, page) was clicked."""
    found = {}
    last = 0
    for name in sorted(glob.glob(os.path.join(data, "journal", "*.ndjson*"))):
        with (gzip.open if name.endswith(".gz") else open)(name, "rb") as f:
            for line in f:
                event = json.loads(line)
                assert event["seq"] > last, f"{name}: {event['seq']} comes after {last}"
                last = event["seq"]
                if event["event"] == "click":
                    key = (event["d"], event["page"])
                    found[key] = found.get(key, 0) + 1
    return found


def soak(attimo, seconds, openloop):
    print(f"{os.path.relpath(attimo)}, {seconds:.0f} s", flush=True)
    with Server(attimo, CONFIG, prefix="attimo-soak.") as server:
        for number in range(PAGES):
            server.page(f"p{number}.md", f"Pagina {number}", "La prima versione.")
        server.write("_site.yaml", SITE.format(0x336699))
        server.start()
        server.ask("GET", "/p1")
        files, threads = server.descriptors(), server.threads()
        it = Soak(server, seconds, openloop)
        it.run()
        print("  " + ", ".join(f"{n} {what}" for what, n in sorted(it.counts.items())))
        until("connections and descriptors are given back", lambda: server.descriptors() <= files + 4)
        assert server.threads() <= threads + 4, f"{server.threads()} threads, at first {threads}"
        rising = list(judge_flatness(it)) if seconds >= FLAT_FROM_S else []
        stopped = time.monotonic()
        server.stop()
        found = recorded(server.data)
        # What is about to be removed may be there or not.
        kept = [(d, page) for when, d, page in it.acknowledged if stopped - when < KEEP_S / 2]
        missing = [key for key in kept if key not in found]
        assert not missing, f"{len(missing)} of {len(kept)} acknowledged taps are not in the journal: {missing[:5]}"
        assert kept and all(it.counts.get(what) for what in ("saves", "questions", "reloads")), f"nothing was done: {it.counts}"
        assert not rising, "; ".join(rising)
        print(f"  {len(kept)} acknowledged taps of the last {KEEP_S // 2} s are in the journal")


def main():
    seconds, openloop, programs = float(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
    passed = failed = 0
    for attimo in programs:
        try:
            soak(os.path.abspath(attimo), seconds / len(programs), openloop)
            passed += 1
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            print(f"FAIL: {attimo}: {error}")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

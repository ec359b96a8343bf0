"""All that a server lives through in months, at once and for some minutes: does it stay as it was?

    soak.py SECONDS OPENLOOP ATTIMO...

Each program (the one with AddressSanitizer first, then the plain one) gets its share of the time. Meanwhile visitors look
at pages and tap, and a crowd of them taps a thousand times a second, so that what a tap leaves behind adds up; authors
save pages, break them, remove them; reports, funnels and exports are read; segments are begun, compressed and removed
within seconds; pages are taken down and restored; and the configuration is reloaded (SIGHUP), another one each time.

Every few seconds memory (RssAnon), descriptors, threads and a visitor's p99 are sampled. All must be flat over the second
half, judged by where it ends against where it began (p99: by its slope), with room for chance: 100 bytes a tap, or a
descriptor or a thread a reload, are more than that. (What AddressSanitizer keeps is not judged; it tells of what nothing
leads to any more.)
Besides, always: nobody gets an answer that is none, what was acknowledged is in the journal exactly once for as long as
it is kept, segments are compressed and (in a run that is long enough) removed, what is saved is served, what is taken down
is gone (410), each reload is a good one and what it changes is seen, and the server leaves in order.
"""
import glob
import gzip
import itertools
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from serving import PATIENCE_S, Server, cpus, end_in_order, is_sanitized, until  # noqa: E402

KEEP_S, COMPRESS_S = 20, 4
PAGES = 24
MIB = 1 << 20
CROWD, CROWD_S, CROWDS_D = 1000, 5, "crowd"  # taps a second, for how long at once, and as whose document
FLAT_FROM_S = 60  # what is shorter is not judged

# Two configurations that a visitor can tell apart: the same path is too long for one of them.
SHORT_TARGETS, LONG_TARGETS = 64, 4096
PROBE = "/" + "a" * 99
PROBED = {SHORT_TARGETS: 414, LONG_TARGETS: 404}

CONFIG = f"""workers: 2
journal:
  segment_size: 64KiB
  compress_after: {COMPRESS_S}s
  keep: {KEEP_S}s
limits:
  events_per_view: 0
  events_per_address: 0
  target: {{target}}
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
        self.counting = threading.Lock()
        self.numbers = itertools.count(1)  # of taps, whoever taps
        self.acknowledged = []  # (when, d, page)
        self.oldest = None  # name of the first segment that was seen
        self.samples = []
        self.measuring, _ = cpus()

    def count(self, what, n=1):
        with self.counting:
            self.counts[what] = self.counts.get(what, 0) + n

    # --- those who do something, each on a thread of its own

    def visitors(self, chance):
        """Look at a page, and tap on it, on a connection that is kept for a while."""
        while not self.over.is_set():
            with self.server.connect() as s:
                stream = s.makefile("rb")
                for _ in range(chance.randrange(1, 60)):
                    page = f"/p{chance.randrange(PAGES)}"
                    status, fields, _ = exchange(s, stream, f"GET {page} HTTP/1.1\r\nHost: a\r\n\r\n")
                    assert status in (200, 404, 410), f"a page is answered {status}"
                    self.count("pages")
                    if status == 200 and self.tap(s, stream, page, fields):
                        self.count("taps")
                    if self.over.wait(chance.choice([0, 0.001, 0.01])):
                        return

    def tap(self, s, stream, page, fields):
        d = f"d{next(self.numbers)}"
        timing = re.match(r'pv;desc="([^"]+)", rev;desc="([^"]+)"', fields.get("server-timing", ""))
        assert timing, f"a page has no token: {fields}"
        body = f"pv={timing.group(1)}&p={page}&r={timing.group(2)}&d={d}&e=click&cta=call&n=1&t=5"
        status, _, answer = exchange(s, stream, "POST /_/e HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
                                     f"Content-Length: {len(body)}\r\n\r\n{body}")
        # The page may have been taken away since.
        assert status in (204, 400), f"a tap is answered {status}: {answer}"
        if status == 204:
            self.acknowledged.append((time.monotonic(), d, page))
        return status == 204

    def crowd(self, _):
        """Taps on one page, on connections that are kept."""
        path = os.path.join(self.server.root, "tap")
        body = f"pv={'0' * 29}abc&p=/&d={CROWDS_D}&e=click&cta=call&n=1&t=5120"
        with open(path, "w") as f:
            f.write("POST /_/e HTTP/1.1\r\nHost: a\r\nUser-Agent: Mozilla/5.0\r\nContent-Type: text/plain\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n{body}")
        while not self.over.is_set():
            self.ask_often(path, "-s", "-c", "4", "-r", str(CROWD), "-n", str(CROWD * CROWD_S))
            self.count("taps of the crowd", CROWD * CROWD_S)

    def authors(self, chance):
        """Save good pages and bad ones, remove some, and change what all share."""
        for number in range(1 << 60):
            page = chance.randrange(PAGES)
            name = f"p{page}.md"
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
                if page % 2 == 1 and chance.random() < 0.3:  # the others may be taken down
                    self.look_for(f"/p{page}", f"La versione {number}.")
            self.count("saves")
            if self.over.wait(chance.choice([0.02, 0.05, 0.2])):
                return

    def look_for(self, page, words):
        until(f"{page} says {words}", lambda: words.encode() in self.server.ask("GET", page)[1])
        self.count("saves seen")

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
            page = f"/p{chance.randrange(0, PAGES, 2)}"
            self.run_attimo(["takedown", page, "--reason", "prova", "--data", self.server.data], (0,))
            until(f"{page} is gone", lambda: self.server.ask("GET", page)[0] == 410)
            self.over.wait(chance.uniform(0, 0.5))
            self.run_attimo(["restore", page, "--data", self.server.data], (0,))
            until(f"{page} is restored", lambda: self.server.ask("GET", page)[0] != 410)
            self.count("takedowns")

    def reloads(self, chance):
        """Have another configuration and all pages read anew; one reload at a time, else two could become one."""
        for target in itertools.cycle((SHORT_TARGETS, LONG_TARGETS)):
            if self.over.wait(chance.uniform(0.5, 2)):
                return
            self.server.configure(CONFIG.format(target=target))
            self.server.process.send_signal(signal.SIGHUP)
            self.count("reloads")
            until("what a reload changes is seen", lambda: self.server.ask("GET", PROBE)[0] == PROBED[target])
            until("a reload is told of", lambda: self.good_reloads() >= self.counts["reloads"])

    def good_reloads(self):
        metrics = self.server.metrics()
        assert metrics['attimo_reloads_total{result="failed"}'] == 0, f"a reload failed:\n{self.server.log()[-2000:]}"
        return metrics['attimo_reloads_total{result="good"}']

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

    def segments(self, ending="*"):
        """The names of the journal's segments, without the ending that says whether they are compressed."""
        names = (os.path.basename(path) for path in glob.glob(os.path.join(self.server.data, "journal", f"*.ndjson{ending}")))
        return {name.split(".")[0] for name in names}

    def is_kept_up(self):
        """Whether segments are compressed and, where it is time for that, removed."""
        return self.segments(".gz") and (self.seconds < 2 * KEEP_S or self.oldest not in self.segments())

    def lasting_files(self):
        """The fewest of some moments: connections come and go, and what leaks stays."""
        seen = []
        for _ in range(5):
            seen.append(self.server.descriptors())
            self.over.wait(0.05)
        return min(seen)

    def sample(self, began):
        server = self.server
        server.died()
        row = {"s": time.monotonic() - began, "memory": server.rss_anon() / MIB, "files": self.lasting_files(),
               "threads": server.threads(), "p99": self.p99(), "segments": len(self.segments())}
        self.oldest = self.oldest or min(self.segments(), default=None)
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
            while not self.over.is_set() and (time.monotonic() - began < self.seconds or not self.is_kept_up()):
                assert time.monotonic() - began < self.seconds + PATIENCE_S, "segments are not compressed, or not removed"
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


def growth(values):
    """From the median of the first third to that of the last sixth: a leap that comes late counts as much as a slow climb, and
    a sample or two that stand alone do not."""
    return statistics.median(values[-max(3, len(values) // 6):]) - statistics.median(values[:max(3, len(values) // 3)])


def slope(values):
    """From the first to the last, by the median of the slopes between any two (Theil and Sen): some seconds in which the machine
    was busy with something else do not move it, whenever they are."""
    slopes = [(v - u) / (t - s) for (s, u), (t, v) in itertools.combinations(enumerate(values), 2)]
    return statistics.median(slopes) * (len(values) - 1)


# What must be flat: its unit, how its rise is told, and how much of that is allowed, beside its median.
FLAT = {"memory": ("MB", growth, lambda middle: max(1, 0.05 * middle)), "files": ("", growth, lambda middle: 3),
        "threads": ("", growth, lambda middle: 1), "p99": ("ms", slope, lambda middle: max(5, middle))}


def judge_flatness(samples, unjudged=()):
    """Lines of what is not flat."""
    for key, (unit, rise_of, bound_of) in FLAT.items():
        values = [sample[key] for sample in samples]
        rise, middle = rise_of(values), statistics.median(values)
        bound = bound_of(middle)
        verdict = "not judged" if key in unjudged else f"{bound:.2f} {unit} are allowed: {'flat' if rise <= bound else 'RISES'}"
        print(f"  {key:8} rises by {rise:7.2f} {unit} over the second half, of {middle:.2f} {unit}; {verdict}")
        if rise > bound and key not in unjudged:
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
    with Server(attimo, CONFIG.format(target=LONG_TARGETS), prefix="attimo-soak.") as server:
        for number in range(PAGES):
            server.page(f"p{number}.md", f"Pagina {number}", "La prima versione.")
        server.write("_site.yaml", SITE.format(0x336699))
        server.start()
        server.ask("GET", "/p1")
        files, threads = server.descriptors(), server.threads()
        it = Soak(server, seconds, openloop)
        it.run()
        assert it.good_reloads() == it.counts["reloads"], f"{it.good_reloads()} good reloads of {it.counts['reloads']}"
        print("  " + ", ".join(f"{n} {what}" for what, n in sorted(it.counts.items())))
        until("connections and descriptors are given back", lambda: server.descriptors() <= files + 4)
        assert server.threads() <= threads + 4, f"{server.threads()} threads, at first {threads}"
        second_half = [sample for sample in it.samples if sample["s"] >= seconds / 2]
        unjudged = ["memory"] if is_sanitized(attimo) else []
        rising = list(judge_flatness(second_half, unjudged)) if seconds >= FLAT_FROM_S else []
        stopped = time.monotonic()
        server.stop()
        found = recorded(server.data)
        # What is about to be removed may be there or not.
        kept = [(d, page) for when, d, page in it.acknowledged if stopped - when < KEEP_S / 2]
        missing = [key for key in kept if key not in found]
        assert not missing, f"{len(missing)} of {len(kept)} acknowledged taps are not in the journal: {missing[:5]}"
        doubled = [key for key, n in found.items() if n > 1 and key[0] != CROWDS_D]
        assert not doubled, f"{len(doubled)} taps are in the journal more than once: {doubled[:5]}"
        done = ("saves", "saves seen", "questions", "takedowns", "reloads")
        assert kept and all(it.counts.get(what) for what in done), f"nothing was done: {it.counts}"
        assert not rising, "; ".join(rising)
        print(f"  {len(kept)} acknowledged taps of the last {KEEP_S // 2} s are in the journal, each once")


def main():
    end_in_order()
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

"""Maltreats the real server, and looks after an ordinary visitor meanwhile.

    abuse.py ATTIMO ATTACK OPENLOOP [--short] [NAME...]

For each abuse: the visitor, who has asked at a fixed rate since before, is served all along and without an error; memory
(RssAnon) stays within what the limits allow for that many connections; afterwards all descriptors are given back, the
server answers those who come, its log is not flooded, and it leaves in order.

At full length, how much the visitor's p99 rises is measured too, the median of some rounds: it must be below 5 ms. On a
machine that is busy with something else that would say nothing, whichever way it goes: where the p99 in peace shows that it
is, all of that is done again, twice at most, and told (AGAIN, and how many were, behind the sum). The short form (--short)
asks for everything but the rise.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from serving import Server, cpus, end_in_order, is_sanitized, until  # noqa: E402

RISE_MS = 5
BUSY_MS = 2  # in peace; 0.5 ms or less on a machine that does nothing else
ATTEMPTS = 3
RATE, VISITOR_CONNECTIONS = 500, 4  # requests a second of the visitor
NEWCOMERS_RATE = 20  # and, at most, of the one who connects anew
KIB = 1024
MIB = 1024 * KIB

HEAD, BODY, READ = 16 * KIB, 64 * KIB, 64 * KIB  # limits.head, limits.body, and what is read at once
SLACK = 12 * MIB  # what a server takes that is merely busy: rings, buffers of the recorder, malloc's arenas

VISITOR = ("GET /promo HTTP/1.1\r\nHost: www.example.it\r\nConnection: keep-alive\r\nUser-Agent: Mozilla/5.0 (Linux; "
           "Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36\r\n"
           "Accept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: it-IT,it;q=0.9\r\n\r\n")


class Abuse:
    """One way of maltreating. `connections`: how many there are at once; `per_connection`: how many bytes of memory each
    of them may take at most, and why; `stays`: whoever is there stays there, so that all are there at once; `answers`:
    how many of its requests must have been answered for it to be an abuse; `fills`: each connection sends all that it has,
    or until it cannot; `room`: there is some for who comes meanwhile."""

    def __init__(self, name, command, connections, per_connection, why, stays=False, answers=0, fills=False, room=True,
                 **server):
        self.name = name
        self.command = command
        self.connections = connections
        self.at_least = min(connections, 40)
        self.per_connection = per_connection
        self.why = why
        self.stays = stays
        self.answers = answers
        self.fills = fills
        self.room = room
        self.server = server


def attack(mode, connections, *targets):
    return lambda run, server: [run.options.attack, mode, str(server.port), str(run.seconds), str(connections), *targets]


def slowhttptest(*flags, target="/promo"):
    def command(run, server):
        return ["slowhttptest", *flags, "-c", str(run.crowd), "-r", str(run.crowd), "-l", str(run.seconds), "-p", "5",
                "-v", "0", "-u", f"http://127.0.0.1:{server.port}{target}"]
    return command


def abuses(crowd):
    buffers = "a connection's buffers grow by doubling"
    unsent = "2 x what is read at once + what one send may leave over"
    return [
        Abuse("slow heads", slowhttptest("-H", "-i", "1", "-x", "24", "-t", "GET"), crowd, 2 * HEAD,
              f"2 x limits.head: {buffers}", stays=True),
        Abuse("slow bodies", slowhttptest("-B", "-i", "1", "-s", "60000", "-x", "24", target="/_/e"), crowd,
              2 * (HEAD + BODY), f"2 x (limits.head + limits.body): {buffers}", stays=True),
        Abuse("slow readers", slowhttptest("-X", "-w", "512", "-y", "1024", "-n", "1", "-z", "32", "-k", "3",
                                           target="/large.txt"), crowd,
              2 * READ + 48 * KIB, unsent, stays=True),
        Abuse("64 descriptors, 200 clients", attack("hold", 200), 64, 2 * HEAD, f"2 x limits.head: {buffers}", room=False,
              nofile=64),
        Abuse("a flood of connections", attack("flood", 1000), 1000, 2 * HEAD, f"2 x limits.head: {buffers}", room=False),
        Abuse("100 000 requests, nothing read", attack("pipeline", 4, "/"), 4, 2 * READ + 48 * KIB, unsent, stays=True,
              fills=True),
        Abuse("100 000 requests, all read", attack("devour", 4, "/"), 4, 2 * READ + 48 * KIB, unsent, answers=100000),
        Abuse("large answers, all read", attack("devour", 50, "/large.txt"), 50, 2 * READ + 48 * KIB, unsent,
              answers=5000),
        Abuse("a storm of resets", attack("reset", 1), 100, 2 * (HEAD + BODY), f"2 x (limits.head + limits.body): {buffers}"),
        Abuse("chunks without end", attack("chunks", 50, "/_/e", "/promo"), 50, 2 * (HEAD + BODY),
              f"2 x (limits.head + limits.body): {buffers}"),
    ]


class Run:
    def __init__(self, options):
        self.options = options
        self.measuring, self.others = cpus()
        self.peace = 0.5 if options.short else 4  # seconds, before each attack
        self.seconds = 2 if options.short else 8
        self.rounds = 1 if options.short else 3
        self.crowd = 300 if options.short else 1000
        # At full length as they are by default; the short form must see them pass.
        self.limits = "limits:\n  events_per_address: 0\n"
        if options.short:
            self.limits += "  head_timeout: 2s\n  body_timeout: 1s\n  write_timeout: 1s\n"

    def visit(self, server, seconds):
        """The visitor's process; its words are JSON."""
        path = os.path.join(server.root, "visitor")
        with open(path, "w") as f:
            f.write(VISITOR)
        return subprocess.Popen(
            [self.options.openloop, "-c", str(VISITOR_CONNECTIONS), "-r", str(RATE), "-n", str(int(RATE * seconds)),
             f"127.0.0.1:{server.port}", path], stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, self.measuring))

    def maltreat(self, abuse, server):
        def prepare():
            os.sched_setaffinity(0, self.others)
            os.nice(19)
        with open(os.path.join(server.root, "attacker"), "w") as said:
            return subprocess.Popen(abuse.command(self, server), stdout=said, stderr=subprocess.STDOUT,
                                    stdin=subprocess.DEVNULL, preexec_fn=prepare)


def words_of(visitor, when):
    out, _ = visitor.communicate(timeout=120)
    assert visitor.returncode == 0, f"the visitor was not served {when}: {out}"
    return json.loads(out)


class Watch(threading.Thread):
    """The highest memory and the most descriptors seen."""

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.memory = self.descriptors = 0
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(0.05):
            self.memory = max(self.memory, self.server.rss_anon())
            self.descriptors = max(self.descriptors, self.server.descriptors())

    def end(self):
        self.over.set()
        self.join()


class Newcomer(threading.Thread):
    """Connects anew for each request: how long each took, in ms, until the first that was not answered."""

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.took = []
        self.failure = None
        self.over = threading.Event()

    def run(self):
        try:
            while not self.over.wait(1 / NEWCOMERS_RATE):
                began = time.monotonic()
                status, body = self.server.ask("GET", "/promo")
                assert status == 200 and b"Provale" in body, f"{status}"
                self.took.append((time.monotonic() - began) * 1000)
        except (AssertionError, OSError) as error:
            self.failure = error

    def end(self):
        self.over.set()
        if self.is_alive():
            self.join()

    def p99(self):
        return sorted(self.took)[int(0.99 * len(self.took))]


def expect_full(server, connections):
    with open(os.path.join(server.root, "attacker")) as f:
        sent = json.load(f)
    assert sent["complete"] + sent["blocked"] >= connections, f"the attacker had not sent what could be sent: {sent}"


def one_round(run, abuse, server):
    """The visitor's p99 in ms, in peace and under attack, and the one who came meanwhile."""
    quiet = words_of(run.visit(server, run.peace), "in peace")
    visitor = run.visit(server, run.seconds)
    attacker = None
    newcomer = Newcomer(server)
    try:
        until("the visitor is there", lambda: server.metrics()["attimo_connections"] >= VISITOR_CONNECTIONS)
        attacker = run.maltreat(abuse, server)
        if abuse.room:
            newcomer.start()
        busy = words_of(visitor, "under attack")
        newcomer.end()
        attacker.wait(60)
    finally:
        newcomer.end()
        for process in visitor, attacker:
            if process and process.poll() is None:
                process.kill()
                process.wait()
    assert not newcomer.failure, f"who came meanwhile was not served: {newcomer.failure!r}"
    assert newcomer.took or not abuse.room, "nobody came meanwhile"
    if abuse.fills:
        expect_full(server, abuse.connections)
    return quiet["p99_us"] / 1000, busy["p99_us"] / 1000, newcomer


def expect_recovery(server, descriptors):
    status, body = server.ask("GET", "/promo")
    assert status == 200 and b"Provale" in body, f"the server answers {status} afterwards"
    pv = "00000000000000000000000000000001"
    status, body = server.ask("POST", "/_/e", f"pv={pv}&p=/promo&d=a&e=click&cta=call&n=1&t=5",
                              "Content-Type: text/plain\r\n")
    assert status == 204, f"an event gets {status} afterwards: {body}"
    # Deadlines have to pass before the last is gone.
    until("all descriptors are given back", lambda: server.descriptors() <= descriptors)
    until("all connections are closed", lambda: server.metrics()["attimo_connections"] <= 1)


def carry_out(run, abuse):
    """Returns a row of the table."""
    bound = abuse.connections * abuse.per_connection + SLACK
    with Server(run.options.attimo, run.limits, on=run.others, **abuse.server) as server:
        server.write("large.txt", "0123456789" * 20000)
        server.start()
        words_of(run.visit(server, 0.5), "at first")
        until("the visitor is gone", lambda: server.metrics()["attimo_connections"] <= 1)
        server.readiness()
        start_memory, start_descriptors = server.rss_anon(), server.descriptors()
        before = server.metrics()
        watch = Watch(server)
        watch.start()
        try:
            figures = [one_round(run, abuse, server) for _ in range(run.rounds)]
        finally:
            watch.end()
        expect_recovery(server, start_descriptors + 2)
        after = server.metrics()
        came, answered = (after[name] - before[name] for name in ("attimo_connections_total", "attimo_requests_total"))
        newcomers = [newcomer for _, _, newcomer in figures]
        others = sum(len(newcomer.took) for newcomer in newcomers)
        came -= others
        answered -= run.rounds * RATE * (run.peace + run.seconds) + others
        at_once = watch.descriptors - start_descriptors
        assert came >= abuse.at_least, f"only {came:.0f} connections: that was no abuse"
        assert not abuse.stays or at_once >= abuse.connections, f"only {at_once} connections at once: that was no abuse"
        assert run.options.short or answered >= abuse.answers, f"only {answered:.0f} answers: that was no abuse"
        grown = watch.memory - start_memory
        lines = len(server.log().splitlines())
        server.stop()
        assert lines <= 20, f"{lines} lines of log:\n" + server.log()[:3000]
    if not is_sanitized(run.options.attimo):
        assert grown <= bound, f"{grown} bytes more, {bound} are allowed: {abuse.connections} x {abuse.why}"
    return {"peace": statistics.median(quiet for quiet, _, _ in figures),
            "rise": statistics.median(busy - quiet for quiet, busy, _ in figures),
            "newcomer": f"{statistics.median(newcomer.p99() for newcomer in newcomers):.2f} ms" if abuse.room else "-",
            "came": came, "grown": grown, "bound": bound, "descriptors": watch.descriptors, "lines": lines}


def attempt(run, abuse):
    """Carries it out and prints the row; again, where the machine is busy. Returns how often it was done again."""
    for again in range(ATTEMPTS):
        row = carry_out(run, abuse)
        print(f"{abuse.name:32} {row['came']:11.0f} {row['peace']:9.2f} ms {row['rise']:6.2f} ms  {row['newcomer']:>11}  "
              f"{row['grown'] / MIB:6.1f} MB {row['bound'] / MIB:7.0f} MB  {row['descriptors']:5} {row['lines']:12}", flush=True)
        if run.options.short or row["peace"] < BUSY_MS or again + 1 == ATTEMPTS:
            break
        print(f"AGAIN: {abuse.name}: the machine is busy, p99 in peace is {row['peace']:.2f} ms", flush=True)
    assert run.options.short or row["rise"] < RISE_MS, \
        f"the visitor's p99 rises by {row['rise']:.2f} ms; {RISE_MS} ms are allowed"
    return again


def main():
    end_in_order()
    parser = argparse.ArgumentParser()
    for program in "attimo", "attack", "openloop":
        parser.add_argument(program, type=os.path.abspath)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("names", nargs="*")
    run = Run(parser.parse_args())
    print(f"{'abuse':32} {'connections':>11} {'p99 in peace':>12} {'rises by':>9}  {'newcomer':>11}  {'memory':>9} "
          f"{'of at most':>10}  {'files':>5} {'lines of log':>12}")
    passed = failed = skipped = repeated = 0
    for abuse in abuses(run.crowd):
        if run.options.names and abuse.name not in run.options.names:
            continue
        if abuse.name.startswith("slow") and not shutil.which("slowhttptest"):
            print(f"SKIP: {abuse.name}: slowhttptest is not installed")
            skipped += 1
            continue
        try:
            repeated += attempt(run, abuse) > 0
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            print(f"FAIL: {abuse.name}: {error}")
            failed += 1
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped" + (f"; {repeated} done again" if repeated else ""))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

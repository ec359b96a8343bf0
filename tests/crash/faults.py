"""The journal's disk fails while the real server runs: what its answers, its journal and its readiness tell.

    faults.py ATTIMO DISK-LIBRARY [NAME...]

Pages must go on whatever the disk does. An event that was acknowledged is in the journal once; one that was refused may
be there too. Nothing needs a restart.
"""
import errno
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from journal import read_journal  # noqa: E402
from serving import SocketServer, end_in_order, make_root, until  # noqa: E402

FOREVER = 1 << 30


class Bench:
    """A server whose disk is in the test's hands."""

    def __init__(self, attimo, library, durability="process"):
        self.attimo = attimo
        self.root = make_root()
        self.data = os.path.join(self.root, "data")
        self.rules = os.path.join(self.root, "rules")
        self.admin = os.path.join(self.root, "admin.sock")
        self.environment = {"LD_PRELOAD": library, "ATTIMO_DISK": self.rules}
        self.durability = durability
        self.server = None
        self.posts = 0
        self.acknowledged = []

    def start(self):
        self.server = SocketServer(self.attimo, self.root, self.data, self.durability, admin=f"unix:{self.admin}",
                                   preload=self.environment)

    def finish(self):
        if self.server:
            self.server.kill()
        if os.path.ismount(self.data):
            subprocess.run(["umount", self.data], check=True)
        shutil.rmtree(self.root)

    def disk(self, *rules):
        """From now on: each (call, errno or "short", times)."""
        with open(self.rules + ".new", "w") as f:
            f.write("".join(f"{call} {what} {times}\n" for call, what, times in rules))
        os.rename(self.rules + ".new", self.rules)

    def ask(self, method, target, body="", fields="", admin=False):
        with self.server.connect(self.admin if admin else None) as s:
            s.sendall(f"{method} {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
                      f"{fields}\r\n{body}".encode())
            answer = b""
            while got := s.recv(65536):
                answer += got
        head, body = answer.split(b"\r\n\r\n", 1)
        return int(head.split()[1]), body

    def view(self):
        status, body = self.ask("GET", "/promo")
        assert status == 200 and b"Provale" in body, "a page must be served whatever the disk does"

    def click(self):
        """Status of a post of two clicks."""
        self.posts += 1
        pv = f"{self.posts:032x}"
        lines = f"pv={pv}&p=/promo&d=a&e=click&cta=call&n=1&t=5\ne=click&n=2&t=6&cta=call"
        status, body = self.ask("POST", "/_/e", lines, "Content-Type: text/plain\r\n")
        if status == 204:
            self.acknowledged.append(pv)
        else:
            json.loads(body)
        return status

    def journal(self):
        """The readiness body's word of it; and both codes must be as they should."""
        status, body = self.ask("GET", "/readyz", admin=True)
        assert status == 200, "what becomes of the journal must not take pages out of a balancer"
        state = json.loads(body)["journal"]["state"]
        status, body = self.ask("GET", "/readyz?journal", admin=True)
        again = json.loads(body)["journal"]["state"]
        assert status == (200 if again == "good" else 503), f"{status} where the journal is {again}"
        return state

    def until_journal_is(self, state):
        until(f"the journal is {state}", lambda: self.journal() == state)

    def metric(self, name):
        for line in self.ask("GET", "/metrics", admin=True)[1].decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
        raise AssertionError(f"there is no metric {name}")

    def stop_and_read(self, torn=0):
        """Holds the journal against what was acknowledged; returns its events."""
        self.server.stop()
        events = []
        found = read_journal(self.data, events, torn)
        for pv in self.acknowledged:
            for n in 1, 2:
                times = found.get((pv, n), 0)
                assert times == 1, f"{pv} {n} was acknowledged and is {times} times there"
        return events


def gaps(events):
    return sum(e["n"] for e in events if e["event"] == "gap")


# --- the faults


def short_writes_are_gone_on_with(bench):
    bench.start()
    bench.disk(("write", "short", FOREVER))
    assert bench.click() == 204
    bench.view()
    assert bench.click() == 204
    assert bench.journal() == "good"
    bench.stop_and_read()


def interrupted_calls_are_made_again(bench):
    bench.durability = "power"
    bench.start()
    bench.disk(("write", errno.EINTR, 3), ("sync", errno.EINTR, 3))
    assert bench.click() == 204
    assert bench.click() == 204
    assert bench.journal() == "good"
    bench.stop_and_read()


def a_full_disk_heals_by_itself(bench):
    bench.start()
    assert bench.click() == 204
    bench.disk(("write", "short", 1), ("write", errno.ENOSPC, FOREVER))  # in the midst of a line
    assert bench.click() == 503
    assert bench.journal() == "full"
    bench.view()
    until("the view is counted", lambda: bench.metric("attimo_dropped_views_total") >= 1)
    assert bench.click() == 503
    bench.disk()
    bench.until_journal_is("good")
    assert bench.click() == 204
    assert gaps(bench.stop_and_read()) >= 1


def a_failed_write_refuses_and_heals(bench):
    bench.start()
    assert bench.click() == 204
    bench.disk(("write", errno.EIO, FOREVER))
    assert bench.click() == 503
    assert bench.journal() == "failed"
    bench.view()
    bench.disk()
    bench.until_journal_is("good")
    assert bench.click() == 204
    bench.stop_and_read()


def a_line_that_cannot_be_cut_off_is_left_behind(bench):
    """The torn line of a failed write stays at the end of its segment, and is told; events go on in another."""
    bench.start()
    assert bench.click() == 204
    bench.disk(("write", "short", 1), ("write", errno.ENOSPC, 1), ("truncate", errno.EIO, 1))
    assert bench.click() == 503
    bench.until_journal_is("good")
    assert bench.click() == 204
    bench.stop_and_read(torn=1)
    verify = subprocess.run([bench.attimo, "journal", "verify", "--data", bench.data], capture_output=True, text=True)
    assert verify.returncode == 1, verify.stdout + verify.stderr


def a_segment_that_cannot_be_begun_heals(bench):
    bench.start()
    bench.disk(("create", errno.ENOSPC, FOREVER))
    assert bench.click() == 503
    assert bench.journal() == "full"
    bench.view()
    bench.disk()
    bench.until_journal_is("good")
    assert bench.click() == 204
    bench.stop_and_read()


def a_segment_whose_name_may_be_lost_is_not_begun(bench):
    """A new file is synced before anything in it is acknowledged, whatever the durability."""
    bench.start()
    bench.disk(("sync", errno.EIO, 1))
    assert bench.click() == 503
    bench.until_journal_is("good")
    assert bench.click() == 204
    bench.stop_and_read()


def a_sync_that_fails_once_refuses_its_batch(bench):
    bench.durability = "power"
    bench.start()
    assert bench.click() == 204
    bench.disk(("sync", errno.EIO, 1))
    assert bench.click() == 503
    until("a sync has succeeded", lambda: bench.journal() == "good")
    assert bench.click() == 204
    assert bench.metric("attimo_journal_failed_syncs_total") == 1
    bench.stop_and_read()
    segments = os.listdir(os.path.join(bench.data, "journal"))
    assert len(segments) >= 2, "a segment whose sync failed must not be gone on with"


def a_sync_that_fails_for_good_stays_red(bench):
    bench.durability = "power"
    bench.start()
    assert bench.click() == 204
    bench.disk(("sync", errno.EIO, FOREVER))
    for _ in range(5):
        assert bench.click() == 503
        assert bench.journal() == "failed"
        bench.view()
    bench.disk()
    bench.until_journal_is("good")  # nobody has come meanwhile
    assert bench.click() == 204
    bench.stop_and_read()


def a_sync_behind_the_acknowledgement_turns_it_red(bench):
    """`durability: process`: acknowledged is what the kernel has; that the disk does not take it is told."""
    bench.start()
    assert bench.click() == 204
    until("it is synced", lambda: bench.metric("attimo_journal_unsynced_bytes") == 0)
    bench.disk(("sync", errno.EIO, FOREVER))

    def is_red():
        assert bench.click() in (204, 503)  # 503: a new segment cannot be begun either
        bench.view()
        return bench.journal() == "failed"
    until("the journal is red", is_red)
    bench.disk()
    bench.until_journal_is("good")
    assert bench.click() == 204
    bench.stop_and_read()


def a_segment_whose_end_cannot_be_read_is_passed_over(bench):
    """What the start before has left: it cannot be looked at, and is no reason to refuse anything."""
    bench.start()
    assert bench.click() == 204
    bench.server.kill()
    bench.disk(("read", errno.EIO, 1))
    bench.start()
    assert bench.click() == 204
    assert bench.journal() == "good"
    assert "cannot read the end of" in bench.server.log()
    bench.stop_and_read()
    assert len(os.listdir(os.path.join(bench.data, "journal"))) == 2


def a_segment_that_is_taken_away_is_left(bench):
    bench.start()
    assert bench.click() == 204
    lost = bench.acknowledged.copy()
    folder = os.path.join(bench.data, "journal")
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    until("it is noticed", lambda: bench.metric("attimo_journal_lost_segments_total") == 1)
    assert bench.click() == 204
    bench.acknowledged = [pv for pv in bench.acknowledged if pv not in lost]
    bench.stop_and_read()


def a_journal_that_cannot_be_opened_is_tried_again(bench):
    os.mkdir(bench.data)
    journal = os.path.join(bench.data, "journal")
    with open(journal, "w") as f:
        f.write("in its place")
    bench.start()
    bench.view()
    assert bench.click() == 503
    assert bench.journal() == "closed"
    os.unlink(journal)
    bench.until_journal_is("good")
    assert bench.click() == 204
    assert gaps(bench.stop_and_read()) >= 1


def a_small_disk_fills_and_is_emptied(bench):
    os.mkdir(bench.data)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", bench.data]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode != 0:
        return f"no tmpfs can be mounted here ({done.stderr.strip()})"
    bench.start()
    assert bench.click() == 204
    statuses = set()
    until("the disk is full", lambda: statuses.add(bench.click()) or 503 in statuses)
    assert statuses == {204, 503}
    assert bench.journal() == "full"
    bench.view()
    filler = os.path.join(bench.data, "filler")
    until("the disk is full to the last byte", lambda: fill(filler))
    assert bench.click() == 503
    subprocess.run(["mount", "-o", "remount,size=3m", bench.data], check=True)
    bench.until_journal_is("good")
    assert bench.click() == 204
    bench.stop_and_read()


def fill(path):
    try:
        with open(path, "ab", buffering=0) as f:
            f.write(b"x" * 4096)
        return False
    except OSError as error:
        assert error.errno == errno.ENOSPC
        return True


FAULTS = [
    short_writes_are_gone_on_with,
    interrupted_calls_are_made_again,
    a_full_disk_heals_by_itself,
    a_failed_write_refuses_and_heals,
    a_line_that_cannot_be_cut_off_is_left_behind,
    a_segment_that_cannot_be_begun_heals,
    a_segment_whose_name_may_be_lost_is_not_begun,
    a_sync_that_fails_once_refuses_its_batch,
    a_sync_that_fails_for_good_stays_red,
    a_sync_behind_the_acknowledgement_turns_it_red,
    a_segment_whose_end_cannot_be_read_is_passed_over,
    a_segment_that_is_taken_away_is_left,
    a_journal_that_cannot_be_opened_is_tried_again,
    a_small_disk_fills_and_is_emptied,
]


def main():
    end_in_order()
    attimo, library = (os.path.abspath(path) for path in sys.argv[1:3])
    passed = failed = skipped = 0
    for fault in FAULTS:
        if len(sys.argv) > 3 and fault.__name__ not in sys.argv[3:]:
            continue
        bench = Bench(attimo, library)
        try:
            reason = fault(bench)
        except (AssertionError, subprocess.SubprocessError) as error:
            log = ""
            if bench.server:
                with open(bench.server.log_path) as f:
                    log = f.read()[-2000:]
            print(f"FAIL: {fault.__name__}: {error!r}\n{log}")
            failed += 1
            continue
        finally:
            bench.finish()
        if reason:
            print(f"SKIP: {fault.__name__}: {reason}")
            skipped += 1
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""How long attimo takes from exec to ready when the server before was killed and its newest segment holds 1 GB.

recovery.py ATTIMO SHOP [ROUNDS]     5 rounds, if nothing else is said

Rounds are interleaved, the segment is in the page cache. Printed are the median and the longest start: without a journal; with a
last line that is cut off; with zeros instead of the last quarter, as a file system may leave them after a power cut; and with
nothing but zeros behind the first line, all of which has to be looked through.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import pages
import startup

SIZE = 10**9
NAME = "attimo-00000000000000000001-20250101T000000Z.ndjson"
CUT = b'{"v":1,"seq":99'


def write_lines(shop, path):
    """A month of a shop, up to SIZE bytes and the end of a line."""
    with subprocess.Popen([shop, "--events", "3000000", "--from", "2025-01-01", "--days", "31"],
                          stdout=subprocess.PIPE) as process, open(path, "wb") as file:
        while file.tell() < SIZE and (block := process.stdout.read(1 << 20)):
            file.write(block)
        file.write(process.stdout.readline())
        process.kill()
    assert os.path.getsize(path) >= SIZE, "the shop writes too little"


def write_zeros(path, begin):
    """From the end of the line that stands at `begin`, up to the end of the file."""
    with open(path, "r+b") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(begin)
        file.readline()
        while file.tell() < end:
            file.write(bytes(min(1 << 20, end - file.tell())))


def seconds_of_start(attimo, root, segment):
    data = root / "data"
    shutil.rmtree(data, ignore_errors=True)
    (data / "journal").mkdir(parents=True)
    if segment:
        shutil.copyfile(segment, data / "journal" / NAME)
        with open(data / "journal" / NAME, "rb") as file:
            os.fsync(file.fileno())  # as the server before did each second
    process, seconds, _ = startup.start(attimo, str(root / "pages"), str(data))
    process.kill()
    process.wait()
    if segment:
        left = (data / "journal" / NAME).stat().st_size
        assert left < segment.stat().st_size, "what stands behind the last whole line is still there"
    return seconds


def main(attimo, shop, rounds="5"):
    with tempfile.TemporaryDirectory(prefix="attimo-bench.") as folder:
        root = pathlib.Path(folder)
        pages.main(str(root / "pages"), 1, 1000)
        ways = {"no journal": None, "a line cut off": root / "cut", "a quarter is zeros": root / "quarter",
                "all but a line is zeros": root / "zeros"}
        write_lines(shop, root / "cut")
        for name, begin in (("quarter", SIZE * 3 // 4), ("zeros", 0)):
            shutil.copyfile(root / "cut", root / name)
            write_zeros(root / name, begin)
        with open(root / "cut", "ab") as file:
            file.write(CUT)
        taken = {name: [] for name in ways}
        for _ in range(int(rounds)):
            for name, segment in ways.items():
                taken[name].append(seconds_of_start(attimo, root, segment))
        print(f"{'start behind a server that was killed, 1 GB':<44} {'median':>9} {'longest':>9}   aim 1 s")
        for name, seconds in taken.items():
            print(f"{name:<44} {statistics.median(seconds):7.3f} s {max(seconds):7.3f} s")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, RuntimeError, AssertionError) as error:
        sys.exit(f"recovery: {error}")

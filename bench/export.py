#!/usr/bin/env python3
"""How fast `attimo export` goes through a journal that is in the page cache, with `cat` over the same files beside it.

export.py ATTIMO SHOP [EVENTS] [ROUNDS]     3000000 lines (1.3 GB) and 5 rounds, if nothing else is said

Rounds are interleaved. Printed are MB of journal a second, the best round and the median; the processor time of the best
round; and the most memory of its own (RssAnon) that the program had.
"""
import glob
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

attimo, shop = sys.argv[1:3]
events = sys.argv[3] if len(sys.argv) > 3 else "3000000"
rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 5


def anonymous(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            return max((int(line.split()[1]) for line in file if line.startswith("RssAnon")), default=0)
    except (OSError, ValueError):
        return 0


def run(words):
    """Seconds, processor seconds, and the largest RssAnon that was seen, in kB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        most = 0
        while process.poll() is None:
            most = max(most, anonymous(process.pid))
            time.sleep(0.005)
        took = time.monotonic() - began
    assert process.returncode == 0, words
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, most


with tempfile.TemporaryDirectory(prefix="attimo-bench.") as data:
    subprocess.run([shop, "--events", events, "--data", data], check=True)
    files = sorted(glob.glob(os.path.join(data, "journal/*")))
    size = sum(os.path.getsize(file) for file in files) / 1e6
    ways = {
        "cat": ["cat", *files],
        "events, NDJSON": [attimo, "export", "--data", data],
        "events, CSV": [attimo, "export", "--data", data, "--format", "csv"],
        "page views, NDJSON": [attimo, "export", "--data", data, "--flat"],
        "page views, CSV": [attimo, "export", "--data", data, "--flat", "--format", "csv"],
    }
    results = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, words in ways.items():
            results[name].append(run(words))
    print(f"{size:.0f} MB in {len(files)} segments, {rounds} rounds, to /dev/null\n")
    print("| | MB/s, best | median | processor s | RssAnon MB |\n|---|---:|---:|---:|---:|")
    for name, taken in results.items():
        taken = taken[1:]  # the first has filled the cache
        best = min(taken)
        print(f"| {name} | {size / best[0]:.0f} | {size / statistics.median(t[0] for t in taken):.0f} | {best[1]:.2f} "
              f"| {max(t[2] for t in taken) / 1000:.1f} |")

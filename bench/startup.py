"""How long attimo takes from exec to ready with many pages, and what memory it then holds.

    startup.py ATTIMO DIR COUNT BYTES STARTS      prints one JSON object: median time and greatest RssAnon of these starts
"""
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request

import pages

# Memory is watched for this long after the start, while better compression goes on.
WATCH_S = 3


def rss_anon_kb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"RssAnon:\s*(\d+)", status)[1])


def site_bytes(admin_port):
    """The sum of all encodings, as attimo tells it; None if it does not."""
    with urllib.request.urlopen(f"http://127.0.0.1:{admin_port}/metrics", timeout=5) as answer:
        found = re.findall(r"^attimo_site_bytes(?:\{[^}]*\})? ([0-9.e+]+)", answer.read().decode(), re.M)
    return sum(map(float, found)) if found else None


def start(attimo, directory, data):
    """Starts it, waits for `ready`: (process, seconds, admin port)."""
    command = [attimo, "serve", "--pages", directory, "--data", data,
               "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers", "1"]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    watchdog = threading.Timer(30, process.kill)
    watchdog.start()
    admin = None
    for line in process.stderr:
        found = re.search(r"admin on http://127\.0\.0\.1:(\d+)", line)
        admin = found[1] if found else admin
        if re.search(r" ready\b", line):
            seconds = time.monotonic() - began
            watchdog.cancel()
            # What it says from now on must not fill the pipe.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return process, seconds, admin
    raise RuntimeError("attimo ended, or took 30 s, before it said ready")


def measure(attimo, directory, data):
    shutil.rmtree(data, ignore_errors=True)
    pathlib.Path(data).mkdir(parents=True)
    process, seconds, admin = start(attimo, directory, data)
    try:
        at_ready = greatest = rss_anon_kb(process.pid)
        end = time.monotonic() + WATCH_S
        while time.monotonic() < end:
            greatest = max(greatest, rss_anon_kb(process.pid))
            time.sleep(0.05)
        return {"seconds": seconds, "rss_kb": at_ready, "rss_max_kb": greatest, "site_bytes": site_bytes(admin)}
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def main(attimo, directory, count, size, starts):
    pages.main(directory + "/pages", count, size)
    starts = [measure(attimo, directory + "/pages", directory + "/data") for _ in range(int(starts))]
    print(json.dumps({"pages": int(count), "page_bytes": int(size),
                      "seconds": sorted(s["seconds"] for s in starts)[len(starts) // 2],
                      "rss_kb": max(s["rss_kb"] for s in starts),
                      "rss_max_kb": max(s["rss_max_kb"] for s in starts),
                      "site_bytes": starts[-1]["site_bytes"]}))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, RuntimeError) as error:
        sys.exit(f"startup: {error}")

#!/usr/bin/env python3
"""Other programs on a journal: what docs/events.md tells people to type, and ClickHouse's windowFunnel.

interop.py ATTIMO SHOP

The commands are taken out of the document. What they print is held against what this program counts from the journal
itself, by the rules of the document and in its own way.
"""
import csv
import glob
import gzip
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
import zlib
from collections import Counter
from datetime import datetime, timezone

sys.dont_write_bytecode = True
from clickhouse import ClickHouse

ATTIMO, SHOP = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
DOCUMENT = os.path.join(HERE, "../../docs/events.md")


def commands(heading):
    """The code below a heading, all of it."""
    with open(DOCUMENT, encoding="utf-8") as file:
        text = file.read()
    part = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.M | re.S).group(1)
    return "\n".join(line[4:] for line in part.split("\n") if line.startswith("    "))


def run(script, folder):
    """What a person's shell prints, as rows."""
    path = os.pathsep.join([os.path.join(folder, "bin"), os.environ["PATH"]])
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env={**os.environ, "PATH": path}, check=False)
    assert done.returncode == 0, f"exit {done.returncode}:\n{script}\n{done.stderr.decode()}"
    return [tuple(row) for row in csv.reader(io.StringIO(done.stdout.decode()))]


# --- the journal, counted by hand ---


def read(folder):
    events = []
    for path in sorted(glob.glob(os.path.join(folder, "data/journal/*"))):
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
            events += [json.loads(line) for line in file]
    return events


def without_repeats(events):
    met, kept = set(), []
    for event in events:
        keys = {event["id"]} | ({(event["pv"], event["d"], event["n"])} if "pv" in event and "d" in event else set())
        if not keys & met:
            kept.append(event)
        met |= keys
    return kept


def left_out(view):
    return "bot" in view or view.get("internal") or ("purpose" in view and "seen" not in view["events"])


def page_views(events):
    """By token, those that are not left out: what the view says (or `seen`), and which events there were. Taps without
    a token are page views of their own."""
    views = {}
    for event in sorted(events, key=lambda event: event["event"] != "view"):
        if event["event"] == "redirect" or ("pv" not in event and event["event"] != "click"):
            continue
        view = views.setdefault(event.get("pv", event["id"]), {"events": Counter()})
        view["events"][event["event"]] += 1
        for key in ("utm_source", "page", "bot", "internal", "purpose"):
            if key in event:
                view.setdefault(key, event[key])
    return {pv: view for pv, view in views.items() if not left_out(view)}


def by_source(views):
    """Those that were seen, and those of them with a tap."""
    rows = Counter(), Counter()
    for view in views.values():
        if "seen" not in view["events"]:
            continue
        source = view.get("utm_source", "")
        rows[0][source] += 1
        rows[1][source] += view["events"]["click"] > 0
    return {(source, str(count), str(rows[1][source])) for source, count in rows[0].items()}


# --- the document ---


def prepare(folder):
    """A shop's month in `data`, of which older segments are compressed, and the programs that the document names."""
    os.makedirs(os.path.join(folder, "bin"))
    os.symlink(ATTIMO, os.path.join(folder, "bin/attimo"))
    with open(os.path.join(folder, "bin/duckdb"), "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nexec node "{HERE}/duckdb.mjs" "$@"\n')
    os.chmod(os.path.join(folder, "bin/duckdb"), 0o755)
    subprocess.run([SHOP, "--events", "360000", "--data", os.path.join(folder, "data")], check=True)
    segments = sorted(glob.glob(os.path.join(folder, "data/journal/*")))
    assert len(segments) > 2
    subprocess.run(["gzip", segments[0]], check=True)
    repeat_taps(segments[-1])


def repeat_taps(segment):
    """The last taps as browsers that are not sure send them again: other lines, the same identity."""
    with open(segment, encoding="utf-8") as file:
        lines = file.read().splitlines()
    seq = json.loads(lines[-1])["seq"]
    again = []
    for line in lines[-2000:]:
        event = json.loads(line)
        if event["event"] == "click" and "pv" in event:
            seq += 1
            line = line[:line.rindex(',"crc"')].replace(f'"seq":{event["seq"]},', f'"seq":{seq},', 1)
            line = line.replace(event["id"], f"00000000-0000-7000-8000-{seq:012d}", 1)
            again.append(f'{line},"crc":"{zlib.crc32(line.encode()):08x}"}}\n')
    assert len(again) > 10
    with open(segment, "a", encoding="utf-8") as file:
        file.writelines(again)


def check_jq(folder, events, views):
    taps = Counter((event["page"], event.get("cta", "")) for event in without_repeats(events) if event["event"] == "click")
    expected = by_source(views) | {(*key, str(count)) for key, count in taps.items()}
    assert set(run(commands("jq"), folder)) == expected


def check_sqlite(folder, _, views):
    assert set(run(commands("SQLite"), folder)) == by_source(views)


def check_duckdb(folder, events, views):
    kinds = Counter(event["event"] for event in without_repeats(events))
    expected = by_source(views) | {(kind, str(count)) for kind, count in kinds.items()}
    assert set(run(commands("DuckDB"), folder)) == expected


def check_clickhouse(folder, _, views):
    rows = run(commands("ClickHouse"), folder)
    assert {row for row in rows if len(row) == 3} == by_source(views)
    levels = {int(row[0]): int(row[1]) for row in rows if len(row) == 2}
    with_token = [view for view in views.values() if "view" in view["events"] or "seen" in view["events"]]
    assert abs(sum(levels.values()) - len(with_token)) <= len(with_token) * 0.01, (levels, len(with_token))
    assert set(levels) <= {0, 1, 2, 3} and levels[3] > 1000, levels


def check_export(folder, _, __):
    subprocess.run(["bash", "-euc", commands("Export")], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL,
                   env={**os.environ, "PATH": os.path.join(folder, "bin") + os.pathsep + os.environ["PATH"]})
    with open(os.path.join(folder, "pagine.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 10000 and {row["seen"] for row in rows} == {"true", "false"}


def check_report(folder, _, views):
    """What the document says that its numbers agree with."""
    rows = run("zcat -f data/journal/* | attimo report --input - --by utm_source --format csv", folder)
    assert {(row[0], row[2]) for row in rows[1:]} == {row[:2] for row in by_source(views)}


def check_vector(*_):
    """Read as TOML; Vector itself is not in Debian."""
    text = commands("Shipping it")
    vector = tomllib.loads(text[:text.index("parsers:")])
    assert vector["transforms"]["once"]["fields"]["match"] == ["id"]


# --- funnels ---

STEPS = ("view", "click", "order")


def write_funnel_journal(path, seed):
    """Journeys with events at distinct seconds, some of them bots' or staff's or repeated."""
    rng = random.Random(seed)
    lines = []
    for journey in range(3000):
        start = 1793520000 + rng.randrange(86400 * 20)
        flags = {"bot": "crawler"} if rng.random() < 0.1 else {"internal": True} if rng.random() < 0.05 else {}
        pvs = [f"pv{journey}-{n}" for n in range(rng.choice((1, 1, 2)))]
        seconds = sorted(rng.sample(range(2400), rng.randrange(1, 9) + len(pvs)))
        for n, second in enumerate(seconds):
            first = n < len(pvs)
            pv = pvs[n] if first else rng.choice(pvs)
            event = "view" if first else rng.choice((*STEPS, "click", "help"))
            ts = start + second
            line = {"v": 1, "id": f"{journey}-{n}", "ts": stamp(ts), "event": event, "pv": pv, "journey": f"j{journey}"}
            lines += [(ts, {**line, **(flags if event == "view" else {})})] * (2 if rng.random() < 0.05 else 1)
    lines.sort(key=lambda line: line[0])
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps({**line, "seq": seq}) + "\n" for seq, (_, line) in enumerate(lines))


def stamp(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def attimo_funnel(path, unit, window):
    out = subprocess.run([ATTIMO, "funnel", "--input", path, "--unit", unit, "--steps", ",".join(STEPS), "--window",
                          f"{window}s", "--format", "json"], check=True, stdout=subprocess.PIPE).stdout
    return [step["count"] for step in json.loads(out)["groups"][0]["steps"]]


def check_funnels(folder, clickhouse):
    path = os.path.join(folder, "funnel.ndjson")
    write_funnel_journal(path, 5)
    clickhouse.run("CREATE TABLE funnel (ts String, event String, pv String, journey String) "
                   "ENGINE = MergeTree PARTITION BY substring(ts, 1, 7) ORDER BY (pv, ts)")
    events = subprocess.run([ATTIMO, "export", "--input", path], check=True, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL).stdout
    clickhouse.run("INSERT INTO funnel FORMAT JSONEachRow", events)
    steps = ", ".join(f"event = '{step}'" for step in STEPS)
    asked = 0
    for unit in ("pv", "journey"):
        for window in (10, 60, 600, 1800):
            counts = clickhouse.run(f"SELECT countIf(level >= 1), countIf(level >= 2), countIf(level >= 3) FROM (SELECT "
                                    f"windowFunnel({window})(parseDateTimeBestEffort(ts), {steps}) AS level FROM funnel "
                                    f"GROUP BY {unit}) FORMAT CSV")
            theirs = [int(count) for count in counts.decode().strip().split(",")]
            ours = attimo_funnel(path, unit, window)
            assert ours == theirs, (unit, window, ours, theirs)
            asked += 1
    return asked


# --- all of it ---


def main():
    passed = failed = 0

    def check(name, function, *words):
        nonlocal passed, failed
        try:
            function(*words)
            passed += 1
            print(f"  ok    {name}", flush=True)
        except Exception as error:  # whatever it is, the next check is worth its turn
            failed += 1
            print(f"  FAIL  {name}: {error!r}", flush=True)

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all is removed
    folder = tempfile.mkdtemp(prefix="attimo-interop.")
    try:
        prepare(folder)
        events = read(folder)
        views = page_views(without_repeats(events))
        check("docs/events.md: export", check_export, folder, events, views)
        check("docs/events.md: jq", check_jq, folder, events, views)
        check("docs/events.md: SQLite", check_sqlite, folder, events, views)
        check("docs/events.md: DuckDB", check_duckdb, folder, events, views)
        check("attimo report --by utm_source counts the same page views", check_report, folder, events, views)
        check("docs/events.md: Vector's file is TOML", check_vector)
        with ClickHouse(folder) as clickhouse:
            check("docs/events.md: ClickHouse", check_clickhouse, folder, events, views)
            check("attimo funnel and ClickHouse's windowFunnel agree", check_funnels, folder, clickhouse)
    finally:
        shutil.rmtree(folder)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


sys.exit(main())

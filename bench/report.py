"""From the facts of a run to its table, its JSON, its picture, and a line of history.

    report.py half-peak FACTS SERVER...  half of the slowest one's peak, in requests per second
    report.py results FACTS DIRECTORY    writes latest.md, latest.json, latest.svg and adds to history.csv and history.svg;
                                         of a run without logs, unlogged.md and so on
    report.py again JSON                 writes anew what stands beside it: latest.json holds all facts

A fact is one line of JSON: a server, what was measured, and the numbers of one measurement.
"""
import datetime
import json
import pathlib
import platform
import statistics
import subprocess
import sys

import history
import picture

PEERS = ["limit", "nginx", "h2o", "lighttpd", "caddy"]
SERVERS = ["limit", "attimo"] + PEERS[1:]

# key, words, digits after the point
FIGURES = [
    ("user_instructions", "user instructions per request", 0),
    ("kernel_instructions", "kernel instructions per request", 0),
    ("total_instructions", "all instructions per request", 0),
    ("cpu_us", "CPU per request, µs", 2),
    ("cpu_user_us", "— in user mode", 2),
    ("cpu_kernel_us", "— in the kernel", 2),
    ("system_calls", "system calls per request", 2),
    ("rps_64", "requests/s, 64 connections", 0),
    ("p50_64", "p50, 64 connections, µs", 0),
    ("p99_64", "p99, 64 connections, µs", 0),
    ("rps_1", "requests/s, 1 connection", 0),
    ("p50_1", "p50, 1 connection, µs", 0),
    ("p99_1", "p99, 1 connection, µs", 0),
    ("rps_same", "requests/s, 1 connection, one processor for both", 0),
    ("p50_same", "p50, 1 connection, one processor for both, µs", 0),
    ("p99_same", "p99, 1 connection, one processor for both, µs", 0),
    ("open_p50", "open loop p50, µs", 1),
    ("open_p99", "open loop p99, µs", 1),
    ("open_p999", "open loop p99.9, µs", 1),
    ("open_max", "open loop greatest, µs", 0),
    ("rss_mib", "memory at rest (RssAnon), MiB", 1),
    ("idle_bytes", "memory per idle connection, bytes", 0),
    ("p99_alone", "p99 at 2 000/s, µs", 1),
    ("p99_beside_idle", "p99 at 2 000/s beside the idle ones, µs", 1),
    ("head_bytes", "response head, bytes", 0),
]


class Facts:
    def __init__(self, facts):
        self.all = facts

    @classmethod
    def read(cls, path):
        return cls([json.loads(line) for line in pathlib.Path(path).read_text().splitlines()])

    def of(self, server, what, **members):
        return [f for f in self.all if f["server"] == server and f["what"] == what
                and all(f.get(k) == v for k, v in members.items())]

    def one(self, server, what):
        found = self.of(server, what)
        return found[-1] if found else {}

    def servers(self):
        return [s for s in SERVERS if self.of(s, "closed")]


def median(values):
    values = [v for v in values if v is not None]
    return statistics.median(values) if values else None


def cpu(rounds):
    """(all, user, kernel) in µs per request; the ticks tell only how the exact sum splits."""
    requests = sum(f["requests"] for f in rounds)
    user, kernel = (sum(f[k] for f in rounds) for k in ("user_ticks", "kernel_ticks"))
    if not requests or not user + kernel:
        return None, None, None
    each = median([f["cpu_ns"] / f["requests"] / 1000 for f in rounds if f["requests"]])
    return each, each * user / (user + kernel), each * kernel / (user + kernel)


def figures(facts, server):
    machine = facts.one("-", "machine")
    loaded = facts.of(server, "closed", connections=64)
    single = facts.of(server, "closed", connections=1, cpu=machine["client_cpu"])
    beside = facts.of(server, "closed", connections=1, cpu=machine["server_cpu"])
    opened = facts.of(server, "open")
    calls, idle = facts.one(server, "system_calls"), facts.one(server, "idle")
    out = {}
    out["cpu_us"], out["cpu_user_us"], out["cpu_kernel_us"] = cpu(loaded)
    for name, rounds in (("64", loaded), ("1", single), ("same", beside)):
        out["rps_" + name] = median([f["requests"] / f["seconds"] for f in rounds])
        out["p50_" + name] = median([f["p50_us"] for f in rounds])
        out["p99_" + name] = median([f["p99_us"] for f in rounds])
    for name in "p50", "p99", "p999", "max":
        out["open_" + name] = median([f[name + "_us"] for f in opened])
    for name, what in (("p99_alone", "open_alone"), ("p99_beside_idle", "open_beside_idle")):
        out[name] = median([f["p99_us"] for f in facts.of(server, what)])
    out["system_calls"] = sum(calls["calls"].values()) / calls["requests"] if calls else None
    out["rss_mib"] = facts.one(server, "at_rest").get("rss_anon_kb", 0) / 1024 or None
    if idle.get("held"):
        out["idle_bytes"] = (idle["rss_after_kb"] - idle["rss_before_kb"]) * 1024 / idle["held"]
    out["head_bytes"] = facts.one(server, "head").get("bytes")
    out.update(instructions(facts, server, loaded))
    return out


def instructions(facts, server, loaded):
    """From the hardware's counters where there are any; else the user's alone, from valgrind."""
    counted = [f for f in loaded if "instructions_kernel" in f]
    if counted:
        user, kernel = (median([f["instructions_" + k] / f["requests"] for f in counted]) for k in ("user", "kernel"))
        return {"user_instructions": user, "kernel_instructions": kernel, "total_instructions": user + kernel}
    simulated = facts.one(server, "user_instructions")
    if "instructions" in simulated:
        return {"user_instructions": simulated["instructions"] / simulated["requests"]}
    return {}


# --- the table -----------------------------------------------------------------------------------------------------

def shown(value, digits):
    return "–" if value is None else f"{value:,.{digits}f}".replace(",", " ")


def ratio(a, b):
    return a / b if a is not None and b else None


def row(cells):
    return "| " + " | ".join(cells) + " |"


def comparison(values):
    peers = [p for p in PEERS if p in values]
    servers = [s for s in SERVERS if s in values]
    lines = [row([""] + servers + [f"attimo ÷ {p}" for p in peers]), row(["---"] + ["---:"] * (len(servers) + len(peers)))]
    for key, words, digits in FIGURES:
        cells = [shown(values[s].get(key), digits) for s in servers]
        if all(cell == "–" for cell in cells):
            cells = ["not counted"] * len(cells)
        ratios = [shown(ratio(values["attimo"].get(key), values[p].get(key)), 2) for p in peers]
        lines.append(row([words] + cells + ratios))
    return lines


# Not met, nor missed: an aim that another run judges.
ELSEWHERE = "without logs"


def is_logged(facts):
    return facts.one("-", "machine").get("logs") != "off"


def at_most(what, value, most, unit="", digits=2):
    met = None if value is None or most is None else value <= most
    wanted = "" if most is None else f"≤ {shown(most, digits)}{unit}"
    return what, wanted, "not counted" if value is None else shown(value, digits) + unit, met


def difference(a, b):
    return None if a is None or b is None else a - b


def instructions_against(values, peer, most, words):
    """CPU time is told in place of what is not counted, but it is something else, and judges nothing."""
    mine, other = values["attimo"], values.get(peer, {})
    what = f"user and kernel instructions, against {words}"
    counted = ratio(mine.get("total_instructions"), other.get("total_instructions"))
    if counted is None and (time := ratio(mine["cpu_us"], other.get("cpu_us"))):
        return what, f"≤ {shown(most, 2)}", f"not counted; of CPU time {shown(time, 2)}", None
    return at_most(what, counted, most)


def serving_aims(values):
    """What a page costs that nobody records."""
    mine, limit = values["attimo"], values.get("limit", {})
    rows = [at_most("user instructions per request", mine.get("user_instructions"), 4400, digits=0),
            at_most("kernel instructions per request over the limit's",
                    difference(mine.get("kernel_instructions"), limit.get("kernel_instructions")), 500, digits=0)]
    rows += [instructions_against(values, peer, most, peer) for peer, most in (("limit", 1.38), ("nginx", 0.45), ("h2o", 0.60))]
    rows.append(at_most("system calls per request", mine.get("system_calls"), 3.05))
    rows.append(at_most("p50 at one connection over the limit's, one processor for both",
                        difference(mine.get("p50_same"), limit.get("p50_same")), 1, " µs", 0))
    return rows


def recording_aims(values):
    mine = values["attimo"]
    return [at_most("recording: user instructions per request, of all threads", mine.get("user_instructions"), 6400, digits=0),
            instructions_against(values, "nginx", 0.45, "nginx with its access log"),
            at_most("recording: system calls per request, amortised", mine.get("system_calls"), 3.05)]


def common_aims(facts, values):
    """What must hold whether anybody records or not."""
    mine = values["attimo"]
    rows = [at_most(f"open loop p99, against {peer}", mine.get("open_p99"), values.get(peer, {}).get("open_p99"), " µs", 1)
            for peer in ("nginx", "h2o")]
    held = facts.one("attimo", "idle").get("held", 0)
    rows.append(at_most(f"memory per idle connection, with {held}", mine.get("idle_bytes"), 512, " B", 0))
    rows.append(at_most("rise of p99 beside these", difference(mine.get("p99_beside_idle"), mine.get("p99_alone")), 1000, " µs", 0))
    start = facts.one("attimo", "startup")
    rows.append(at_most(f"{start.get('pages', 1000)} pages of 10 kB ready", start.get("seconds"), 0.5, " s"))
    site = start.get("site_bytes")
    allowed = 3 * site / 2**20 + 16 if site else None
    held_mib = start["rss_max_kb"] / 1024 if start else None
    rows.append(at_most("RssAnon with these, 3 × encodings + 16 MiB", held_mib, allowed, " MiB", 1))
    return rows


def targets(facts, values):
    """(what, wanted, measured, met): met is None where it could not be counted. What is aimed at without recording is
    told of a run with it as well, but not judged there."""
    if not is_logged(facts):
        return serving_aims(values) + common_aims(facts, values)
    others = [(what, wanted, measured, ELSEWHERE) for what, wanted, measured, _ in serving_aims(values)]
    return recording_aims(values) + common_aims(facts, values) + others


def target_table(rows):
    words = {True: "yes", False: "**no**", None: "not counted"}
    return [row(["target", "wanted", "measured", "met"]), row(["---", "---:", "---:", "---"])] + \
        [row([what, wanted, measured, words.get(met, met)]) for what, wanted, measured, met in rows]


def where_else(facts):
    """Which aims this table does not judge, and what does."""
    if not is_logged(facts):
        return ["What is aimed at with every page recorded is judged by `make bench` ([latest.md](latest.md)) and `make bench-record`."]
    return [f"*{ELSEWHERE}*: an aim for a server that records nothing. `make bench LOGS=off` judges it; `make bench-count`, which counts "
            "all instructions on any machine ([count.md](count.md)), judges those of instructions and system calls, not that of p50.",
            "Recording takes two system calls each 5 ms, shared by the views of these 5 ms: ten at the 2 000 requests/s of this count."]


def cautions(facts):
    """What a reader must know before believing the table."""
    out = [f"{f['server']} was left out: {f['why']}." for f in facts.all if f["what"] == "left_out"]
    if facts.one("-", "machine").get("perf") != "yes":
        out.append("Instructions were not counted by perf (the machine gives no counters): user instructions come from "
                   "valgrind, the kernel's are missing, and CPU time, told in place of both, judges nothing: "
                   "`make bench-count` counts and judges them ([count.md](count.md)).")
    for server in facts.servers():
        one = facts.one(server, "user_instructions")
        if "why" in one:
            out.append(f"User instructions of {server} were not counted: {one['why']}.")
        errors = sum(f.get("errors", 0) for f in facts.of(server, "closed") + facts.of(server, "open"))
        if errors:
            out.append(f"{server} had {errors} errors: its figures are void.")
        opened = facts.of(server, "open")
        late = sum(f["late"] for f in opened) / max(sum(f["requests"] for f in opened), 1)
        if late > 0.001:
            out.append(f"Open loop against {server}: {late:.1%} of the requests were sent over 100 µs late by the "
                       "generator itself; its tail says more about the machine than about the server.")
        closed = facts.one(server, "idle").get("closed_by_server", 0)
        if closed:
            out.append(f"{server} closed {closed} of its idle connections.")
        if not facts.one(server, "idle").get("held") and server not in ("lighttpd", "caddy"):
            out.append(f"{server} did not hold the idle connections.")
    return out


# --- the files -----------------------------------------------------------------------------------------------------

def output_of(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def commit():
    """What is measured; results of the runs before do not make it another."""
    name = output_of("git", "describe", "--always")
    changed = output_of("git", "status", "--porcelain", "--untracked-files=no", "--", ":/", ":(exclude,top)bench/results")
    return (name + "-dirty" if changed else name) or "unknown"


def about():
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")]
    model = names[0] if names else platform.machine()
    return {"date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"),
            "commit": commit(),
            "machine": f"{len(names)} × {model}, Linux {platform.release()}"}


def markdown(run, facts, values, rows):
    body = facts.one("-", "body")
    opened = facts.one("attimo", "open")
    logs = "attimo records every page, the others write their access logs" if is_logged(facts) else "nobody writes a log"
    lines = [f"{run['date']}, commit {run['commit']}, {run['machine']}. One worker on one core, the load on the other; {logs}; "
             f"a request of {body.get('request')} B, a brotli body of {body.get('bytes')} B; open loop at "
             f"{shown(opened.get('rate'), 0)} requests/s on {opened.get('connections')} connections.", ""]
    lines += comparison(values) + [""] + target_table(rows) + [""]
    lines += [f"- {words}" for words in where_else(facts) + cautions(facts)]
    return "\n".join(lines).rstrip() + "\n"


def history_line(run, facts, values):
    mine = values["attimo"]
    line = {**run, "logs": "on" if is_logged(facts) else "off", "user_instructions": mine.get("user_instructions"), "cpu_us": mine["cpu_us"]}
    for peer in PEERS:
        for key in ("cpu_us", "rps_64", "p50_same", "open_p99", "total_instructions"):
            line[f"{key}_to_{peer}"] = ratio(mine.get(key), values.get(peer, {}).get(key))
    return line


def write(run, facts, values, directory):
    rows = targets(facts, values)
    stem = "latest" if is_logged(facts) else "unlogged"
    (directory / f"{stem}.md").write_text(markdown(run, facts, values, rows))
    (directory / f"{stem}.svg").write_text(picture.draw(values))
    names = ("target", "wanted", "measured", "met")
    (directory / f"{stem}.json").write_text(json.dumps(
        {**run, "servers": values, "targets": [dict(zip(names, r)) for r in rows],
         "cautions": where_else(facts) + cautions(facts), "facts": facts.all}, indent=1, ensure_ascii=False) + "\n")
    return directory / f"{stem}.md"


def results(facts, directory):
    run = about()
    values = {s: figures(facts, s) for s in facts.servers()}
    table = write(run, facts, values, directory)
    history.add(directory, history_line(run, facts, values))
    print(table.read_text(), end="")


def again(path):
    """The same run with the words and aims of today."""
    kept = json.loads(path.read_text())
    facts = Facts(kept["facts"])
    write({k: kept[k] for k in ("date", "commit", "machine")}, facts, {s: figures(facts, s) for s in facts.servers()}, path.parent)


def half_peak(facts, servers):
    print(int(min(figures(facts, s)["rps_64"] for s in servers) / 2))


def main(verb, path, *rest):
    if verb == "half-peak":
        half_peak(Facts.read(path), rest)
    elif verb == "again":
        again(pathlib.Path(path))
    else:
        results(Facts.read(path), pathlib.Path(rest[0]))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""From what bench/count.sh has counted to its tables, its JSON, and a line of history.

    count.py FACTS DIRECTORY "PLAIN-BYTES RECORDED-BYTES" KERNEL    writes count.md and count.json, adds to the history

A fact is one line of JSON: a run, what was counted (total, calls, user, check), and the numbers.
"""
import json
import pathlib
import statistics
import sys

import history
import report

CROWD = 64
PLAIN = ["limit", "attimo", "nginx", "h2o", "lighttpd", "caddy"]
LOGGED = ["attimo-recording", "nginx-log", "h2o-log", "lighttpd-log", "caddy-log"]

# run, what it adds to the rung before it
LADDER = [
    ("limit", "raw epoll, fixed bytes"),
    ("libuv", "libuv, fixed bytes"),
    ("llhttp", "+ llhttp, which reads every field"),
    ("reading", "attimo's reading in its place: llhttp for what decides over the message"),
    ("attimo", "+ handler: attimo, `record: off`"),
    ("attimo-views", "+ recording: `capture: off`, views without a token"),
    ("attimo-script", "+ the script's 1 kB: a longer page, else the same"),
    ("attimo-recording", "+ token: `capture: full`, the same page"),
]


class Counts:
    def __init__(self, path):
        self.facts = [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]
        self.runs = {run: self.figures(run) for run in dict.fromkeys(f["run"] for f in self.facts) if run != "-"}

    def of(self, run, what, **members):
        return [f for f in self.facts if f["run"] == run and f["what"] == what
                and all(f.get(k) == v for k, v in members.items())]

    def figures(self, run):
        out = {}
        for at_once, suffix in ((CROWD, ""), (1, "_alone")):
            totals = [f["cpu_ns"] / f["requests"] for f in self.of(run, "total", at_once=at_once)]
            if totals:
                out["total" + suffix] = statistics.mean(totals)
                out["spread" + suffix] = (max(totals) - min(totals)) / min(totals)
            out["calls" + suffix] = self.system_calls(run, at_once)
        user = self.of(run, "user")
        if user and "total" in out:
            out["user"] = user[0]["instructions"] / user[0]["requests"]
            out["kernel"] = out["total"] - out["user"]
        return out

    def system_calls(self, run, at_once):
        """The difference of a short and a long load, by name."""
        loads = sorted(self.of(run, "calls", at_once=at_once), key=lambda f: f["requests"])
        if len(loads) != 2:
            return {}
        less, more = loads
        requests = more["requests"] - less["requests"]
        calls = {name: (n - less["calls"].get(name, 0)) / requests for name, n in more["calls"].items()}
        return {name: n for name, n in sorted(calls.items(), key=lambda item: -item[1]) if n >= 0.005}

    def ratio(self, run, other, key="total"):
        return report.ratio(self.runs.get(run, {}).get(key), self.runs.get(other, {}).get(key))


# --- the tables ----------------------------------------------------------------------------------------------------

def table(counts, runs, against):
    runs = [r for r in runs if r in counts.runs]
    against = [p for p in against if p in counts.runs]
    head = ["", "user", "kernel", "all"] + [f"÷ {p}" for p in against] + ["system calls", "alone: all", "system calls"]
    lines = [report.row(head), report.row(["---"] + ["---:"] * (len(head) - 1))]
    for run in runs:
        f = counts.runs[run]
        cells = [report.shown(f.get(key), 0) for key in ("user", "kernel", "total")]
        cells += [report.shown(counts.ratio(run, p), 2) for p in against]
        cells += [report.shown(sum(f["calls"].values()), 2), report.shown(f.get("total_alone"), 0),
                  report.shown(sum(f["calls_alone"].values()), 2)]
        lines.append(report.row([run] + cells))
    return lines


def ladder(counts):
    lines = [report.row(["", "user", "kernel", "all", "user +", "kernel +", "all +"]), report.row(["---"] + ["---:"] * 6)]
    before = None
    for run, words in LADDER:
        f = counts.runs.get(run)
        if not f:
            continue
        keys = ("user", "kernel", "total")
        more = [None if not before or key not in f else f[key] - before[key] for key in keys]
        lines.append(report.row([words] + [report.shown(f.get(key), 0) for key in keys] + [report.shown(m, 0) for m in more]))
        before = f
    return lines


def targets(counts):
    mine, limit = counts.runs["attimo"], counts.runs["limit"]
    over = mine["kernel"] - limit["kernel"] if "kernel" in mine and "kernel" in limit else None
    calls = sum(mine["calls_alone"].values()) or None
    rows = [("user instructions", mine.get("user"), 4400, 0), ("kernel instructions over the limit's", over, 500, 0)]
    rows += [(f"user and kernel, against {peer}", counts.ratio("attimo", peer), most, 2)
             for peer, most in (("limit", 1.38), ("nginx", 0.45), ("h2o", 0.60))]
    rows.append(("system calls, one request at a time", calls, 3.05, 2))
    recording = counts.runs["attimo-recording"]
    rows.append(("recording: user instructions, of all threads", recording.get("user"), 6400, 0))
    rows.append(("recording: user and kernel, against nginx with its access log", counts.ratio("attimo-recording", "nginx-log"), 0.45, 2))
    rows.append(("recording: system calls, one request at a time", sum(recording["calls_alone"].values()) or None, 3.05, 2))
    return [(what, f"≤ {report.shown(most, digits)}", report.shown(value, digits), None if value is None else value <= most)
            for what, value, most, digits in rows]


def cautions(counts):
    out = []
    for check in counts.of("-", "check"):
        out.append(f"A loop of {report.shown(check['instructions'], 0)} instructions was accounted as "
                   f"{report.shown(check['cpu_ns'], 0)}.")
    spread = {run: max(f.get("spread" + s, 0) for s in ("", "_alone")) for run, f in counts.runs.items()}
    steady = max((s for run, s in spread.items() if not run.startswith("caddy")), default=0)
    out.append(f"Everything was counted twice; the two differ by {steady:.1%} at most, but caddy's by {max(spread.values()):.1%} "
               "(its garbage collector comes when it comes).")
    for run, f in counts.runs.items():
        if "total" not in f:
            out.append(f"{run} was not counted in the virtual machine: FAILED.")
        elif "user" not in f:
            why = "valgrind does not run it" if run.startswith("caddy") else "its run under valgrind FAILED"
            out.append(f"{run}: user and kernel are not told apart, {why}.")
    return out


def markdown(counts, about, kernel, sizes, rows):
    lines = [f"{about['date']}, commit {about['commit']}, Debian's Linux {kernel}, emulated. Instructions per request; "
             f"{CROWD} connections, each with a request when the server wakes; *alone*: one request at a time. "
             f"Brotli bodies of {sizes[0]} B without logs and {sizes[1]} B (with attimo's script) with them.", ""]
    lines += table(counts, PLAIN, ["limit", "nginx", "h2o"]) + ["", "With logs: attimo records every page.", ""]
    lines += table(counts, LOGGED, ["nginx-log", "h2o-log"]) + ["", "The ladder: each step, and what it adds.", ""]
    lines += ladder(counts) + [""] + report.target_table(rows) + [""]
    return "\n".join(lines + [f"- {c}" for c in cautions(counts)]) + "\n"


def main(facts, directory, sizes, kernel):
    counts, about, directory = Counts(facts), report.about(), pathlib.Path(directory)
    rows = targets(counts)
    (directory / "count.md").write_text(markdown(counts, about, kernel, sizes.split(), rows))
    names = ("target", "wanted", "measured", "met")
    (directory / "count.json").write_text(json.dumps(
        {**about, "kernel": kernel, "runs": counts.runs, "targets": [dict(zip(names, r)) for r in rows],
         "cautions": cautions(counts), "facts": counts.facts}, indent=1, ensure_ascii=False) + "\n")
    history.add(directory, {
        **about, "counted_user": counts.runs["attimo"].get("user"),
        **{f"counted_to_{p}": counts.ratio("attimo", p) for p in PLAIN if p != "attimo"},
        "counted_recording_to_nginx": counts.ratio("attimo-recording", "nginx-log")})


if __name__ == "__main__":
    main(*sys.argv[1:])

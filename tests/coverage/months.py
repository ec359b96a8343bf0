#!/usr/bin/env python3
"""How often the true rate lies in the 95% interval that is printed: over many months of a shop whose rates are known.

months.py ATTIMO SHOP MONTHS EVENTS

Month by month, with the seeds 1 to MONTHS: the same figures at every run. A question is good if 93 to 97% of its
intervals hold the truth.
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

# None may vanish because the program has no answer to it any more.
QUESTIONS = (
    "page views with a tap, by page",
    "page views with a goal, by page",
    "report: goals by page",
    "journeys with a goal",
    "report: before and after, by page",
)

attimo, shop, months, events = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]


def funnel(journal, *words):
    """The groups by their first value, each the number of those who entered and the interval of the last step."""
    out = subprocess.run([attimo, "funnel", "--input", journal, "--format", "json", *words], check=True,
                         stdout=subprocess.PIPE).stdout
    answer = json.loads(out)
    return {next(iter(group["by"].values()), None): (group["entered"], group["steps"][-1]["ci95"])
            for group in answer["groups"]}, answer["loss"]


def report(journal, *words):
    """The rows by their page."""
    out = subprocess.run([attimo, "report", "--input", journal, "--pages", "pages", "--format", "json", *words],
                         check=True, stdout=subprocess.PIPE).stdout
    return {row["by"]["page"]: row for row in json.loads(out)["rows"]}


def make(seed, folder, *words):
    """A month's journal, and what is true of it."""
    journal, truth_file = (os.path.join(folder, f"{seed}.{kind}") for kind in ("ndjson", "json"))
    with open(journal, "wb") as file:
        subprocess.run([shop, "--seed", str(seed), "--events", events, "--truth", truth_file, *words], check=True,
                       stdout=file)
    with open(truth_file, encoding="utf-8") as file:
        return journal, json.load(file)


def month(seed, folder):
    """What was asked, and whether the truth lies in each interval."""
    journal, truth = make(seed, folder)
    answers = []

    def ask(question, rate, interval):
        answers.append((question, interval[0] <= rate <= interval[1]))

    taps, loss = funnel(journal, "--unit", "pv", "--steps", "seen,click", "--by", "page")
    goals = {cta: funnel(journal, "--unit", "pv", "--steps", f"seen,click:cta={cta}", "--by", "page")[0]
             for cta in ("whatsapp", "directions", "prova")}
    for page in truth["pages"]:
        entered, interval = taps[page["page"]]
        assert entered == page["of"], (seed, page, entered)
        ask("page views with a tap, by page", page["tap"]["rate"], interval)
        ask("page views with a goal, by page", page["goal"]["rate"], goals[page["cta"]][page["page"]][1])
    rows = report(journal)
    for page in truth["pages"]:
        row = rows[page["page"]]
        assert row["seen"] == page["of"], (seed, page, row)
        ask("report: goals by page", page["goal"]["rate"], row["ci95"])
    for cta, known in truth["journeys"].items():
        answer, _ = funnel(journal, "--unit", "journey", "--steps", f"seen,click:cta={cta}")
        ask("journeys with a goal", known["rate"], answer[None][1])
    for kind in ("bot", "prefetch", "internal", "dropped"):
        assert loss[kind] == truth["left_out"][kind], (seed, kind, loss, truth["left_out"])

    # Another month, in which one page does better from its middle on.
    journal, truth = make(seed, folder, "--effect", "0.05")
    for path, row in report(journal, "--from", "2026-10-16", "--to", "2026-10-31").items():
        page = next(page for page in truth["pages"] if page["page"] == path)
        if row["trend"] and row["trend"]["difference_ci95"]:
            ask("report: before and after, by page", page.get("goal_after", 0) - page.get("goal_before", 0),
                row["trend"]["difference_ci95"])
    os.unlink(journal)
    return answers


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the folder is removed
with tempfile.TemporaryDirectory(prefix="attimo-months.") as folder:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = [answer for all in pool.map(lambda seed: month(seed, folder), range(1, months + 1)) for answer in all]

assert {question for question, _ in answers} <= set(QUESTIONS)
failed = 0
for question in QUESTIONS:
    held = [holds for asked, holds in answers if asked == question]
    share = 100 * sum(held) / max(len(held), 1)
    good = 93 <= share <= 97
    failed += not good
    print(f"  {'ok  ' if good else 'FAIL'}  {question:34} the truth is in {share:.1f}% of {len(held)} intervals")
print(f"{len(QUESTIONS) - failed} passed, {failed} failed")
sys.exit(failed > 0)

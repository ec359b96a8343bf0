#!/usr/bin/env python3
"""Funnels and reports beside DuckDB, on the same file in one run: insight.py ATTIMO MODULES FILE DOUBLE DATA PACKED ROUNDS

FILE is a journal of 3 000 000 events, DOUBLE one of twice as many, DATA a server's folder with a month of 9 000 000,
PACKED the same with .gz segments. Everything is read once before it is measured, so it comes from the page cache. Of DuckDB only the query is
timed, of attimo the whole command. What counts is the median of the rounds."""
import json
import os
import statistics
import subprocess
import sys
import time

attimo, modules, single, double, data, packed = sys.argv[1:7]
rounds = int(sys.argv[7])
here = os.path.dirname(os.path.abspath(__file__))
threads = len(os.sched_getaffinity(0))


def run(command):
    """Its output, seconds, and the most anonymous memory that it was seen with, in MB."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    peak = 0
    while True:
        try:
            with open(f'/proc/{process.pid}/status') as status:
                peak = max(peak, *(int(line.split()[1]) for line in status if line.startswith('RssAnon:')))
        except (OSError, TypeError, ValueError):
            break  # it has ended
        if process.poll() is not None:
            break
        time.sleep(0.005)
    output = process.stdout.read()
    seconds = time.monotonic() - began
    if process.wait() != 0:
        sys.exit(f'insight: {" ".join(command)} failed')
    return output, seconds, peak / 1024


def funnel(*source):
    return [attimo, 'funnel', *source, '--steps', 'view,click', '--unit', 'pv', '--by', 'intent', '--window', '1d',
            '--from', '2025-01-01', '--format', 'json']


def report(*source):
    return [attimo, 'report', *source, '--from', '2025-01-01', '--to', '2025-01-31', '--by', 'page', '--format', 'json']


def answer_of(output):
    groups = json.loads(output)['groups']
    return sorted([group['by']['intent'], group['entered'], group['converted']] for group in groups)


def read(path):
    names = [path] if os.path.isfile(path) else [os.path.join(path, 'journal', name) for name in
                                                 os.listdir(os.path.join(path, 'journal'))]
    for name in names:
        with open(name, 'rb') as file:
            while file.read(1 << 22):
                pass
    return sum(map(os.path.getsize, names)) / 1e9


duckdb = {'seconds': [], 'mb': []}
commands = {
    'funnel': funnel('--input', single),
    'funnel of twice as many': funnel('--input', double),
    'funnel, a month': funnel('--data', data),
    'funnel, a month in .gz': funnel('--data', packed),
    'report by page': report('--input', single),
    'report by page, a month': report('--data', data),
    'report by page, a month in .gz': report('--data', packed),
}
if subprocess.run([attimo, 'report', '--help'], capture_output=True).returncode != 0:
    commands = {name: command for name, command in commands.items() if command[1] != 'report'}
ours = {name: {'seconds': [], 'mb': []} for name in commands}
sizes = {name: read(name) for name in (single, double, data, packed)}
for turn in range(rounds):
    output, _, mb = run(['node', os.path.join(here, 'insight.mjs'), modules, single, str(threads)])
    theirs = json.loads(output)
    duckdb['seconds'].append(theirs['seconds'])
    duckdb['mb'].append(mb)
    for name, command in commands.items():
        output, seconds, mb = run(command)
        ours[name]['seconds'].append(seconds)
        ours[name]['mb'].append(mb)
        if name == 'funnel' and answer_of(output) != theirs['rows']:
            sys.exit(f'insight: not the same answers:\n{theirs["rows"]}\n{answer_of(output)}')


def median(what):
    return statistics.median(what['seconds']), max(what['mb'])


def row(name, size, seconds, mb, aim):
    print(f'{name:<40}{seconds:>8.2f} s{size * 1000 / seconds:>9.0f} MB/s{mb:>7.0f} MB   {aim}')


base, base_mb = median(duckdb)
once, once_mb = median(ours['funnel'])
aims = {
    'funnel': f'{once / base:.2f} of its time (aim 0.5), {once_mb / base_mb:.2f} of its memory (0.3)',
    'funnel of twice as many': f'{median(ours["funnel of twice as many"])[0] / once:.2f} times as long (aim 2)',
    'funnel, a month': 'aim 2 s',
    'funnel, a month in .gz': 'aim 8 s',
    'report by page': f'aim 0.6 s for 1 GB, {median(ours["report by page"])[1] / base_mb:.2f} of its memory (0.3)',
    'report by page, a month': 'aim 2 s',
    'report by page, a month in .gz': 'aim 8 s',
}
print(f'{threads} processors, median of {rounds} rounds, largest RssAnon; the same answers. Events: '
      f'{sizes[single]:.2f} GB, twice as many {sizes[double]:.2f}, a month {sizes[data]:.2f}, packed {sizes[packed]:.2f}; '
      f'MB/s are of unpacked lines\n')
row('DuckDB', sizes[single], base, base_mb, '')
for name in commands:
    size = sizes[data if 'month' in name else double if 'twice' in name else single]
    row('attimo ' + name, size, *median(ours[name]), aims[name])

#!/bin/sh
# Compares attimo with the limit, nginx, h2o, lighttpd and caddy: no argument, some three and a half minutes, one table. How
# it is measured and how to read it: docs/benchmarks.md. `bench/run.sh --quick` does everything once and briefly, to try
# the benchmark itself: its figures are kept nowhere. Exit 0 if all that is there was measured, whatever came of it; what is not
# there is told by SKIP, and counted in the sum at the end.
set -eu
cd "$(dirname "$0")/.."
. bench/lib.sh

server_cpu=1
client_cpu=0
build=build
attimo=${ATTIMO:-build/attimo}
results=${RESULTS:-bench/results}
rounds=5 open_loops=3 starts=3
idle_count=10000
openloop_seconds=2
strace_requests=3000
counted_requests=1920
body_size=1569
if [ "${1:-}" = --quick ]; then
    results=${RESULTS:-}
    rounds=1 open_loops=1 starts=1
    idle_count=1000
    openloop_seconds=1
    strace_requests=500
    counted_requests=320
fi

began=$(date +%s)
work=$(mktemp -d)
site=$work
export PYTHONDONTWRITEBYTECODE=1
facts=$work/facts
helpers='' missed=0 skipped=0
trap 'stop_all; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# fact SERVER WHAT JSON-MEMBERS...: one line for report.py.
fact() {
    server=$1 what=$2
    shift 2
    printf '{"server":"%s","what":"%s",%s}\n' "$server" "$what" "$*" >>"$facts"
}

members() { tr -d '{}\n' <"$1"; }

# Something that is there was not measured, or wrongly: what else there is to say is said, and the run has failed.
miss() {
    say "FAILED: $*"
    missed=$((missed + 1))
}

# Something is not there.
skip() {
    echo "SKIP: $*"
    skipped=$((skipped + 1))
}

skip_all() {
    skip "nothing is measured: $*"
    echo '0 passed, 0 failed, 1 skipped'
    exit 0
}

# --- what is there -----------------------------------------------------------------------------------------------

leave_out() {
    skip "$1 is left out: $2"
    fact "$1" left_out "\"why\":\"$2\""
}

# `servers` are measured in everything; `more` in every other round, and neither in the open loop, whose rate would have to
# be caddy's, nor with idle connections.
find_peers() {
    servers='limit attimo' more=
    if ! have nginx; then
        leave_out nginx 'not installed'
    elif ! [ -e "$nginx_modules/ngx_http_brotli_static_module.so" ]; then
        leave_out nginx 'its brotli_static module is not installed'
    else
        servers="$servers nginx"
    fi
    if have h2o; then servers="$servers h2o"; else leave_out h2o 'not installed'; fi
    for name in lighttpd caddy; do
        if have "$name"; then more="$more $name"; else leave_out "$name" 'not installed'; fi
    done
}

# in_round N: who takes part.
in_round() {
    if [ $(($1 % 2)) -eq 1 ]; then echo "$servers $more"; else echo "$servers"; fi
}

# Hardware counters are missing in most virtual machines.
find_counters() {
    counters=no
    if ! have perf; then
        skip 'instructions are not counted by perf: it is not installed'
    elif perf stat -x, -e instructions:u,instructions:k true 2>&1 | grep -q '^[0-9]*,.*instructions:k'; then
        counters=yes
    else
        skip 'instructions are not counted by perf: this machine gives no counters'
    fi
    fact - machine "\"perf\":\"$counters\",\"logs\":\"$logs\",\"server_cpu\":$server_cpu,\"client_cpu\":$client_cpu"
}

start_all() {
    start attimo
    take_answers
    for name in $servers $more; do
        [ "$name" = attimo ] || start "$name"
    done
}

all_the_same() {
    # shellcheck disable=SC2046 # a list of words, not one
    python3 bench/bodies.py same "$work/request" "$site/response" \
        $(for name in $servers $more; do echo "$name=$(port_of "$name")"; done)
}

check_same() {
    all_the_same >"$work/heads" || { say 'the servers differ: nothing to compare'; exit 1; }
    while read -r name head; do fact "$name" head "\"bytes\":$head"; done <"$work/heads"
    fact - body "\"bytes\":$(wc -c <"$site/files$path.br"),\"request\":$(wc -c <"$work/request")"
}

# --- figures -----------------------------------------------------------------------------------------------------

start_perf() {
    perf_pid=
    [ "$counters" = yes ] && [ "$2" -gt 1 ] || return 0
    perf stat -x, -e instructions:u,instructions:k -p "$1" -o "$work/perf" &
    perf_pid=$!
    helpers="$helpers $perf_pid"
    sleep 0.1
}

# Leaves its members of the fact in `instructions`; nothing if perf says "<not counted>".
stop_perf() {
    instructions=
    [ -n "$perf_pid" ] || return 0
    kill -s INT "$perf_pid"
    wait "$perf_pid" || true
    instructions=$(awk -F, '/instructions:u/ { u = $1 } /instructions:k/ { k = $1 }
        END { if (u + k > 0) printf ",\"instructions_user\":%s,\"instructions_kernel\":%s", u, k }' "$work/perf")
}

# closed SERVER CONNECTIONS CPU: wrk for one second.
closed() {
    worker=$(worker_of "$1")
    start_perf "$worker" "$2"
    before=$(cpu_of "$worker")
    BENCH_REQUEST=$work/request BENCH_OUT=$work/wrk pinned "$3" 20 wrk -t 1 -c "$2" -d 1s -s bench/wrk.lua "http://127.0.0.1:$(port_of "$1")" >"$work/wrk.out" 2>&1 ||
        { say "wrk failed on $1:"; cat "$work/wrk.out" >&2; exit 1; }
    after=$(cpu_of "$worker")
    stop_perf
    used=$(echo "$before $after" | awk '{ printf "\"cpu_ns\":%.0f,\"user_ticks\":%d,\"kernel_ticks\":%d", $4 - $1, $5 - $2, $6 - $3 }')
    grep -q '"errors":0,' "$work/wrk" || miss "$1 had errors under wrk: $(cat "$work/wrk")"
    fact "$1" closed "\"connections\":$2,\"cpu\":$3,$(members "$work/wrk"),$used$instructions"
}

closed_rounds() {
    round=1
    while [ "$round" -le "$rounds" ]; do
        say "closed loop, round $round of $rounds"
        for name in $(in_round "$round"); do closed "$name" 64 "$client_cpu"; done
        for name in $(in_round "$round"); do closed "$name" 1 "$client_cpu"; done
        for name in $(in_round "$round"); do closed "$name" 1 "$server_cpu"; done
        round=$((round + 1))
    done
}

# open SERVER WHAT CONNECTIONS RATE SECONDS
open() {
    pinned "$client_cpu" 30 "$build/bench/openloop" -c "$3" -r "$4" -n $(($4 * $5)) "127.0.0.1:$(port_of "$1")" "$work/request" \
        >"$work/open" || miss "$1: the open loop had errors"
    [ ! -s "$work/open" ] || fact "$1" "$2" "$(members "$work/open")"
}

open_rounds() {
    # shellcheck disable=SC2086 # a list of words, not one
    rate=$(python3 bench/report.py half-peak "$facts" $servers)
    round=1
    while [ "$round" -le "$open_loops" ]; do
        say "open loop at $rate requests/s, round $round of $open_loops"
        for name in $servers; do open "$name" open 64 "$rate" "$openloop_seconds"; done
        round=$((round + 1))
    done
}

system_calls() {
    have strace || { skip 'system calls are not counted: strace is not installed'; return 0; }
    say 'system calls'
    for name in $servers $more; do
        : >"$work/strace.err"
        strace -c -f -o "$work/strace" -p "$(worker_of "$name")" 2>"$work/strace.err" &
        tracer=$!
        helpers="$helpers $tracer"
        until_true 10 grep -q attached "$work/strace.err" || { miss "strace cannot attach to $name"; continue; }
        pinned "$client_cpu" 30 "$build/bench/openloop" -r 2000 -n "$strace_requests" "127.0.0.1:$(port_of "$name")" \
            "$work/request" >/dev/null || miss "$name: errors under strace"
        kill -s INT "$tracer"
        wait "$tracer" || true
        calls=$(awk '$NF != "total" && $4 ~ /^[0-9]+$/ { printf "%s\"%s\":%d", (n++ ? "," : ""), $NF, $4 }' "$work/strace")
        fact "$name" system_calls "\"requests\":$strace_requests,\"calls\":{$calls}"
    done
}

holding() { grep -q holding "$work/idle" || ! alive "$1"; }

# shellcheck disable=SC3045
idle_connections() {
    most=$(($(ulimit -n) - 200))
    if [ "$idle_count" -gt "$most" ]; then
        skip "only $most idle connections are held: the limit of open files is $(ulimit -n)"
        idle_count=$most
    fi
    for name in $servers; do
        say "idle connections: $name"
        others "$name" open_alone
        before=$(rss_anon_kb "$(worker_of "$name")")
        rm -f "$work/fifo"
        mkfifo "$work/fifo"
        : >"$work/idle"
        "$build/bench/idle" "$idle_count" "127.0.0.1:$(port_of "$name")" "$work/request" \
            <"$work/fifo" >"$work/idle" &
        holder=$!
        helpers="$helpers $holder"
        exec 9>"$work/fifo"
        until_true 20 holding "$holder" || true
        if grep -q holding "$work/idle"; then
            after=$(rss_anon_kb "$(worker_of "$name")")
            others "$name" open_beside_idle
            exec 9>&-
            wait "$holder" || true
            fact "$name" idle "\"rss_before_kb\":$before,\"rss_after_kb\":$after,$(sed -n 's/[{}]//gp' "$work/idle")"
        else
            miss "$name does not hold $idle_count connections"
            exec 9>&-
            end_process "$holder"
        fi
    done
}

others() {
    for _ in $(seq "$open_loops"); do open "$1" "$2" 16 2000 1; done
}

count_user_instructions() {
    have valgrind || { skip 'user instructions are not counted: valgrind is not installed'; return 0; }
    for name in $servers $more; do
        [ "$name" != caddy ] || continue # valgrind does not run Go's programs
        say "user instructions: $name"
        if counted=$(user_instructions "$name" "$counted_requests"); then
            fact "$name" user_instructions "\"requests\":$counted_requests,\"instructions\":$counted"
        else
            miss "$name: its user instructions were not counted"
            fact "$name" user_instructions '"why":"the run under valgrind failed"'
        fi
    done
}

start_up() {
    say 'start-up with 1 000 pages of 10 kB'
    python3 bench/startup.py "$attimo" "$work/startup" 1000 10000 "$starts" >"$work/startup.json" ||
        { miss 'attimo does not start with them'; return 0; }
    fact attimo startup "$(members "$work/startup.json")"
}

# --- the run -----------------------------------------------------------------------------------------------------

for tool in wrk python3 taskset; do
    have "$tool" || skip_all "$tool is not installed (.ci/install bench)"
done
[ "$(nproc)" -ge 2 ] || skip_all 'it takes two processors, one for the server, one for the load'

# Servers and the holder of idle connections inherit it.
# shellcheck disable=SC3045 # every sh that Debian has knows it
ulimit -n "$(ulimit -Hn)"

find_peers
find_counters
sed 's/$/\r/' bench/request.txt >"$work/request"
choose_page "$body_size"
start_all
check_same
for name in $servers $more; do fact "$name" at_rest "\"rss_anon_kb\":$(rss_anon_kb "$(worker_of "$name")")"; done
closed_rounds
open_rounds
idle_connections
system_calls
all_the_same >/dev/null || { say 'the servers differ after the run: its figures are void'; exit 1; }
for name in $servers $more; do stop "$name"; done
count_user_instructions
start_up

mkdir -p "${results:=$work/results}"
python3 bench/report.py results "$facts" "$results"
if [ "$missed" -gt 0 ]; then
    say 'not all was measured: see FAILED above'
    echo "0 passed, $missed failed, $skipped skipped"
    exit 1
fi
echo "1 passed, 0 failed, $skipped skipped"

#!/bin/sh
# What recording costs and bears: `bench/record.sh`, after `make build/attimo build/bench/openloop build/bench/limit
# build/bench/slow_sync.so`. Prints a table of what is measured beside what is aimed at (docs/benchmarks.md, Recording).
set -eu
cd "$(dirname "$0")/.."
. bench/figures.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/attimo-bench.XXXXXX")
server='' limit='' spinners=''
# shellcheck disable=SC2086 # as many words as there are processes
trap 'kill $server $limit $spinners 2>/dev/null || true; wait 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-4} page_rate=2000 click_rate=2000

# start COMMAND...: serves, the command before it; sets $server, $address and $admin.
start() {
    rm -rf "$work/data"
    : >"$work/log"
    "$@" serve --config "$work/attimo.yaml" --pages "$work/pages" --data "$work/data" --listen 127.0.0.1:0 \
        --admin 127.0.0.1:0 --durability "$durability" >/dev/null 2>"$work/log" &
    server=$!
    until grep -q ' ready$' "$work/log"; do kill -0 "$server" && sleep 0.02; done
    address=$(sed -n 's|.*listening on http://||p' "$work/log")
    admin=$(sed -n 's|.*admin on http://||p' "$work/log")
}

stop() { kill "$server" && wait "$server" || true; server=''; }

# metric NAME: what the server that runs says of itself.
metric() {
    python3 -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())' \
        "http://$admin/metrics" | sed -n "s/^attimo_$1 //p"
}

# keep_awake: each processor gets something to do that gives way to everything else, so that none of them falls asleep.
keep_awake() {
    for range in $(taskset -cp $$ | sed 's/.*: //; s/,/ /g'); do
        for cpu in $(seq "${range%-*}" "${range#*-}"); do
            chrt -i 0 taskset -c "$cpu" sh -c 'while :; do :; done' &
            spinners="$spinners $!"
        done
    done
}

let_sleep() {
    for pid in $spinners; do kill "$pid" && wait "$pid" || true; done 2>/dev/null
    spinners=''
}

row() { printf '%-72s %14s   %s\n' "$1" "$2" "$3"; }

# generate NAME REQUEST FLAG...: what it found is in $work/NAME.
generate() {
    name=$1 request=$2
    shift 2
    build/bench/openloop "$@" "$address" "$work/$request" >"$work/$name" ||
        echo "bench: errors, so that the figures are void: $name $(cat "$work/$name")" >&2
}

# Everybody is one phone here: the limits are for others.
printf 'limits:\n  events_per_view: 0\n  events_per_address: 0\n' >"$work/attimo.yaml"
python3 bench/pages.py "$work/pages" 1 10000
page=$(cd "$work/pages" && find . -name '*.md' | sed 's|^\.\(.*\)\.md$|\1|' | head -n 1)
sed -e "s|^GET [^ ]*|GET $page|; s/\$/\r/" bench/request.txt >"$work/page"
click="pv=00000000000000000000000000000001&p=$page&d=a&e=click&cta=link&n=1&t=5120"

# post BODY: as the script sends it.
post() {
    printf 'POST /_/e HTTP/1.1\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: %d\r\n' ${#1}
    sed -e '/^GET/d; /^Sec-Fetch/d; /^$/d; s/$/\r/' bench/request.txt
    printf '\r\n%s' "$1"
}
post "$click" >"$work/click"
post "$click
&e=click&cta=link&n=2&t=5230" >"$work/taps"

row 'recording' 'measured' 'aim'

# --- pages beside clicks
durability=power
start build/attimo
: >"$work/alone" && : >"$work/rise"
for _ in $(seq "$rounds"); do
    generate quiet page -c 16 -r $page_rate -n $((page_rate * seconds))
    generate clicks click -s -c 64 -r $click_rate -n $((click_rate * seconds)) &
    clicks=$!
    generate busy page -c 16 -r $page_rate -n $((page_rate * seconds))
    wait $clicks
    field p99_us "$work/quiet" >>"$work/alone"
    echo "$(field p99_us "$work/busy") $(field p99_us "$work/quiet")" | awk '{ print $1 - $2 }' >>"$work/rise"
done
stop
ms='{ printf "%.2f ms", $1 / 1000 }'
row "pages, $page_rate requests/s: p99 without clicks (median of $rounds rounds)" "$(median "$work/alone" | awk "$ms")" ''
row "  rises beside $click_rate clicks/s, durability power, by" "$(median "$work/rise" | awk "$ms")" '1 ms'

# --- as many clicks as go, closed loop; generator (which sleeps while it has nothing to send) and server share the machine
: >"$work/process" && : >"$work/double" && : >"$work/power" && : >"$work/raw"
for _ in $(seq "$rounds"); do
    durability=process
    start build/attimo
    generate clicks click -s -c 256 -n 200000
    field achieved "$work/clicks" >>"$work/process"
    generate clicks taps -s -c 256 -n 100000
    field achieved "$work/clicks" | awk '{ print 2 * $1 }' >>"$work/double"
    stop
    durability=power
    start build/attimo
    generate clicks click -s -c 64 -n 50000
    field achieved "$work/clicks" >>"$work/power"
    stop
    python3 bench/syncs.py "$work/data" 1 >>"$work/raw"
done
aim=$(median "$work/raw" | awk '{ printf "%.0f", 0.5 * 64 * $1 }')
whole() { median "$work/$1" | awk '{ printf "%.0f", $1 }'; }
row 'acknowledged clicks a second, one in each POST, durability process' "$(whole process)" '100000'
row '  two in each POST, as the script sends a double tap' "$(whole double)" ''
row '  durability power, 64 clients (aim: half of 64 syncs at a time)' "$(whole power)" "$aim"
row '  fdatasync of one line a second, nothing else' "$(median "$work/raw")" ''
[ "$aim" -le "$(whole process)" ] ||
    echo '  (this disk syncs so fast that the aim for power is beyond what the processors can acknowledge without any sync)'

# --- the same on a disk that needs a millisecond for each sync, as disks do: what is counted is how many clicks share one
durability=power slow=$PWD/build/bench/slow_sync.so
: >"$work/slow" && : >"$work/slow_raw" && : >"$work/share"
keep_awake # or a processor that is alone with the disk would sleep longer than the disk takes
for _ in $(seq "$rounds"); do
    start env "LD_PRELOAD=$slow" build/attimo
    generate clicks click -s -c 64 -n 50000
    field achieved "$work/clicks" >>"$work/slow"
    metric commit_seconds_count | awk '{ print 50064 / $1 }' >>"$work/share"
    stop
    LD_PRELOAD=$slow python3 bench/syncs.py "$work/data" 1 >>"$work/slow_raw"
done
let_sleep
aim=$(median "$work/slow_raw" | awk '{ printf "%.0f", 0.5 * 64 * $1 }')
row 'a disk that needs a millisecond more for each sync: power, 64 clients' "$(whole slow)" "$aim"
row '  fdatasync of one line a second, nothing else' "$(median "$work/slow_raw")" ''
row '  clicks to each sync' "$(median "$work/share" | awk '{ printf "%.1f", $1 }')" '32'

# --- one at a time, 20 ms apart, so that the recorder sleeps deeply before each. Three threads are woken one by the other
# for a click and one for a page; the limit says what it takes to wake one.
singly() {
    for what in limit page click; do
        at=$address
        [ "$what" != limit ] || at=$limit_address
        build/bench/openloop -c 1 -r 50 -n $((50 * seconds)) "$at" "$work/$what" >"$work/single" ||
            echo "bench: errors, so that the figures are void: $what" >&2
        echo "$(field p50_us "$work/single") $(field p99_us "$work/single")" >>"$work/$1.$what"
    done
}

# two FILE: the medians of its two columns.
two() {
    cut -d ' ' -f 1 "$1" >"$work/p50" && cut -d ' ' -f 2 "$1" >"$work/p99"
    echo "$(median "$work/p50") $(median "$work/p99")" | awk '{ printf "%.0f / %.0f us", $1, $2 }'
}

tell_singly() {
    row "$2: p50 / p99" '' ''
    row '  the limit: a raw epoll loop that answers 204 to anything' "$(two "$work/$1.limit")" ''
    row '  a page' "$(two "$work/$1.page")" ''
    row '  a click, durability process' "$(two "$work/$1.click")" '150 us (p99)'
    paste -d ' ' "$work/$1.click" "$work/$1.limit" | awk '{ print $1 - $3, $2 - $4 }' >"$work/$1.above"
    row '  a click costs above the limit' "$(two "$work/$1.above")" ''
}

cp "$work/click" "$work/limit"
printf 'HTTP/1.1 204 No Content\r\nDate: Sun, 22 Nov 2026 08:00:00 GMT\r\n\r\n' >"$work/response"
build/bench/limit 127.0.0.1:0 "$work/response" >"$work/limit.log" &
limit=$!
until grep -qs listening "$work/limit.log"; do kill -0 "$limit" && sleep 0.02; done
limit_address=$(sed -n 's/listening on //p' "$work/limit.log")
durability=process
start build/attimo
for _ in $(seq "$rounds"); do
    singly asleep
    keep_awake
    singly awake
    let_sleep
done
stop
kill "$limit" && wait "$limit" || true
limit=''
tell_singly asleep 'one at a time on an idle machine'
tell_singly awake 'the same, its processors kept from sleeping'

# --- instructions of a page that is recorded, by thread
if command -v valgrind >/dev/null 2>&1; then
    # counted N: the instructions of both threads after N requests. They are told by what only they do.
    counted() {
        rm -rf "$work/threads" && mkdir "$work/threads"
        start valgrind -q --tool=callgrind --separate-threads=yes --callgrind-out-file="$work/threads/out" build/attimo
        generate counted page -c 64 -r 1000000 -n "$1"
        stop
        for file in "$work/threads/out-"*; do
            total=$(awk '/^(summary|totals):/ { print $2; exit }' "$file")
            if grep -q 'request_parse' "$file"; then echo "worker $total"; fi
            if grep -q 'put_body' "$file"; then echo "recorder $total"; fi
        done | sort
    }
    counted 2000 >"$work/once"
    counted 6000 >"$work/twice"
    per() { join "$work/once" "$work/twice" | awk -v t="$1" '$1 == t { printf "%.0f", ($3 - $2) / 4000 }'; }
    worker=$(per worker) recorder=$(per recorder)
    row 'user instructions of a recorded page: worker' "$worker" '4900'
    row '  worker and recorder' "$((worker + recorder))" '6400'
else
    echo 'bench: user instructions are not counted, valgrind is not installed' >&2
fi

#!/bin/sh
# From saving a page to its being live: `bench/publish.sh`, after `make build/attimo build/bench/publish
# build/bench/openloop build/bench/takedown`. Prints a table of what is measured beside what is aimed at.
#
# Visitors are an open loop that sleeps between requests: one that spins would leave attimo one of two processors.
set -eu
cd "$(dirname "$0")/.."
. bench/figures.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/attimo-bench.XXXXXX")
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
rate=1000 rounds=5 saves=${SAVES:-100}

# start [FLAG...]: serves $work/pages; sets $server and $address.
start() {
    : >"$work/log"
    build/attimo serve --pages "$work/pages" --data "$work/data" --listen 127.0.0.1:0 --admin off "$@" \
        >/dev/null 2>"$work/log" &
    server=$!
    until grep -q ' ready$' "$work/log"; do kill -0 "$server" || exit 1; sleep 0.005; done
    address=$(sed -n 's|.*listening on http://||p' "$work/log")
}

stop() { kill "$server" && wait "$server" || true; server=; }

rss_mb() { awk '/^RssAnon:/ { printf "%.0f", $2 / 1024 }' "/proc/$server/status"; }

# settle: waits until the best tier of all pages is made, which is when attimo has nothing more to do.
settle() {
    used=-1
    while now=$(awk '{ print $14 + $15 }' "/proc/$server/stat") && [ "$now" != "$used" ]; do
        used=$now
        sleep 1
    done
}

# load NAME SECONDS: visitors, in the background; what they met is in $work/NAME.
load() {
    printf 'GET /%s HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip, br\r\n\r\n' "$visited" >"$work/request"
    build/bench/openloop -s -c 16 -r "$rate" -n $((rate * $2)) "$address" "$work/request" >"$work/$1" &
    visitors=$!
}

row() { printf '%-58s %12s   %s\n' "$1" "$2" "$3"; }

row 'publish' 'measured' 'aim'

# --- one page at a time, in a site of a thousand, with visitors
python3 bench/pages.py "$work/pages" 1000 10000
# page N: its path.
page() { (cd "$work/pages" && find . -name '*.md' | sort | sed -n "$1s|^\./\(.*\)\.md\$|\1|p"); }
visited=$(page 1)
start
until build/bench/publish "$address" "$work/pages" 1 0 >/dev/null; do :; done
settle
: >"$work/alone" && : >"$work/rise" && : >"$work/saves"
for round in $(seq $rounds); do
    load quiet 5
    wait $visitors
    load busy 5
    build/bench/publish "$address" "$work/pages" $((saves / 2)) 40 >>"$work/saves"
    wait $visitors
    field p99_us "$work/quiet" >>"$work/alone"
    echo "$(field p99_us "$work/busy") $(field p99_us "$work/quiet")" | awk '{ print $1 - $2 }' >>"$work/rise"
done
stop
awk '{ print $2 }' "$work/saves" >"$work/best"
row 'saved to live, 1,000 pages of 10 kB, 1,000 requests/s: p50' "$(percentile 50 "$work/saves" | awk '{ printf "%.1f ms", $1 / 1000 }')" ''
row '  p99' "$(percentile 99 "$work/saves" | awk '{ printf "%.1f ms", $1 / 1000 }')" '10 ms'
row '  visitors: p99 without publishing' "$(median "$work/alone" | awk '{ printf "%.2f ms", $1 / 1000 }')" ''
row '  visitors: p99 rises by (median of five rounds)' "$(median "$work/rise" | awk '{ printf "%.2f ms", $1 / 1000 }')" '1 ms'
row '  saved to best tier: p99' "$(percentile 99 "$work/best" | awk '{ printf "%.1f ms", $1 / 1000 }')" '200 ms'

# --- a takedown, on four workers, with visitors: from the start of the command
start --workers 4
settle
load takedown 8
build/bench/takedown "$address" "$work/data" "/$(page 9)" "$saves" build/attimo >"$work/takedowns"
wait $visitors
stop
# takedown_ms PERCENTILE COLUMN
takedown_ms() { awk -v c="$2" '{ print $c }' "$work/takedowns" >"$work/column" && percentile "$1" "$work/column"; }
row 'takedown, 4 workers, 1,000 requests/s: command to 410: p50' "$(takedown_ms 50 2) ms" ''
row '  p99 to the last worker' "$(takedown_ms 99 2) ms" '50 ms'
row '  p99 from the command to its file in data/takedowns' "$(takedown_ms 99 1) ms" ''
row '  p99 until the command has ended: it is on the disk' "$(takedown_ms 99 3) ms" ''

# --- a checkout that changes five hundred files
git_quiet() { GIT_CONFIG_GLOBAL=/dev/null git -C "$work/pages" -c user.name=b -c user.email=b@b "$@" >/dev/null 2>&1; }
rm "$work/pages/bench.md"
git_quiet init -b one . && git_quiet add . && git_quiet commit -m one && git_quiet checkout -b two
find "$work/pages" -name '*.md' | sort | head -n 500 >"$work/changed"
while read -r file; do echo "Seconda-versione." >>"$file"; done <"$work/changed"
git_quiet commit -am two && git_quiet checkout one
start
settle
load checkout 6
sleep 1
git_quiet checkout two
sed "s|^$work/pages||; s|\\.md\$||" "$work/changed" >"$work/paths"
took=$(python3 bench/all_live.py "$address" "$work/paths" Seconda-versione.)
if wait $visitors; then errors=none; else errors=$(field errors "$work/checkout"); fi
row 'checkout of 500 changed files: all live after' "$took" '3 s'
row '  failed requests meanwhile' "${errors:-some}" 'none'
stop

# --- ten thousand pages
rm -rf "$work/pages"
python3 bench/pages.py "$work/pages" 10000 10000
began=$(date +%s%N)
start
row '10,000 pages of 10 kB: start to ready' "$(echo "$began $(date +%s%N)" | awk '{ printf "%.2f s", ($2 - $1) / 1e9 }')" '4 s'
row '  memory' "$(rss_mb) MB" '3 x encodings + 16 MiB'
stop

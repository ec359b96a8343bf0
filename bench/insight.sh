#!/bin/sh
# Funnels and reports beside DuckDB: `bench/insight.sh [ROUNDS]`, after `make build/attimo build/bench/shop`. EVENTS (3000000)
# says how large the file is; a month of three times as many is written as segments, and these as .gz too. Needs 12 GB below TMPDIR,
# four kB for each of the EVENTS, and DuckDB, which npm gets; without these nothing is measured, and SKIP says so.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d "${TMPDIR:-/tmp}/attimo-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
events=${EVENTS:-3000000}

skip() {
    echo "SKIP: funnels and reports are not measured: $1"
    exit 0
}

tests/support/npm.sh tests/interop || skip 'DuckDB is not there'
free_kb=$(df -Pk "$work" | awk 'NR == 2 { print $4 }')
[ "$free_kb" -ge $((events * 4)) ] || skip "$((events * 4 / 1000)) MB are needed below ${TMPDIR:-/tmp}, and $((free_kb / 1000)) are free"
build/bench/shop --events "$events" --from 2025-01-01 --days 31 >"$work/single.ndjson"
build/bench/shop --events $((events * 2)) --from 2025-01-01 --days 31 >"$work/double.ndjson"
build/bench/shop --events $((events * 3)) --from 2025-01-01 --days 31 --data "$work/data" >/dev/null
cp -r "$work/data" "$work/packed"
find "$work/packed/journal" -name '*.ndjson' -print0 | xargs -0 -n 1 -P "$(nproc)" gzip -6
python3 -B bench/insight.py build/attimo tests/interop "$work/single.ndjson" "$work/double.ndjson" "$work/data" "$work/packed" \
    "${1:-5}"

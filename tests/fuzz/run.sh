#!/bin/sh
# Runs fuzz targets, as many at once as there are processors: tests/fuzz/run.sh BINARIES SECONDS TARGET...
# Each starts from its corpus, from what TARGET.seeds adds, and from what earlier runs have found (build/fuzz/TARGET/corpus,
# which tests/fuzz/merge.sh brings home). What breaks it stays in build/fuzz/TARGET/; once mended, it belongs into the corpus.
set -eu
binaries=$1 seconds=$2
shift 2
here=$(dirname "$0")

if [ $# -gt 1 ]; then
    printf '%s\n' "$@" | xargs -n 1 -P "$(nproc)" "$0" "$binaries" "$seconds"
    exit
fi

target=$1
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
trap 'exit 1' HUP INT TERM
found=build/fuzz/$target
mkdir -p "$found/corpus" "$seeds/$target"
[ ! -d "$here/corpus/$target" ] || cp "$here/corpus/$target"/* "$seeds/$target"
[ ! -x "$here/$target.seeds" ] || "$here/$target.seeds" "$seeds/$target"
words=
[ ! -e "$here/$target.dict" ] || words=-dict=$here/$target.dict
if "$binaries/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=8192 ${words:+"$words"} \
    -artifact_prefix="$found/" -print_final_stats=1 "$found/corpus" "$seeds/$target" >"$found/log" 2>&1; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found/log")
    echo "  ok    fuzz/$target: $runs inputs in $seconds s"
else
    tail -n 60 "$found/log" >&2
    echo "  FAIL  fuzz/$target: the input is in $found/" >&2
    exit 1
fi

#!/bin/sh
# Brings home what runs have found: tests/fuzz/merge.sh BINARIES LIMIT TARGET...
# Of what reaches code that the committed corpus does not, the fewest inputs are kept, of at most LIMIT bytes each.
set -eu
binaries=$1 limit=$2
shift 2
here=$(dirname "$0")

found=$(mktemp -d)
trap 'rm -rf "$found"' EXIT
trap 'exit 1' HUP INT TERM
for target in "$@"; do
    home=$here/corpus/$target
    mkdir -p "$home" "$found/$target"
    cp "$home"/* "$found/$target" 2>/dev/null || true
    before=$(find "$found/$target" -type f | wc -l)
    find "build/fuzz/$target/corpus" -type f -size +"$limit"c -delete
    "$binaries/$target" -set_cover_merge=1 -use_counters=0 -max_len="$limit" "$found/$target" "build/fuzz/$target/corpus" >"build/fuzz/$target/merge" 2>&1
    for input in "$found/$target"/*; do
        [ -e "$home/${input##*/}" ] || cp "$input" "$home/found-$(basename "$input" | cut -c 1-12)"
    done
    echo "  fuzz/$target: $before inputs before, $(find "$home" -type f | wc -l) now, $(du -sk --apparent-size "$home" | cut -f 1) kB"
done

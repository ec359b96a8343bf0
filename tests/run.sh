#!/bin/sh
# Runs test programs, two at once for each processor because most of them wait most of the time, and adds up what they
# say: tests/run.sh PROGRAM...
# ATTIMO is the program under test, TEST_FILTER a pattern of test names.
set -u
cd "$(dirname "$0")/.." || exit 1

# What is printed to people follows the locale.
export LC_ALL=C.UTF-8
export TSAN_OPTIONS="suppressions=$PWD/tests/tsan.supp ${TSAN_OPTIONS:-}"

# count PATTERN: each test is told of twice where it did not pass.
count() { grep "$1" "$log" | sort -u | wc -l; }

# One program; what it has to tell is printed whole, and its sums are left in a file.
run() {
    program=$1 name=${1#*tests/}
    log=$sums/$(echo "$name" | tr / -)
    # ThreadSanitizer finds its shadow memory taken where the kernel scatters maps more widely than it expects
    # (vm.mmap_rnd_bits above 28), by chance: once in so many starts.
    fixed=
    case ${ATTIMO:-} in
    *-thread/*) if setarch -R true 2>/dev/null; then fixed='setarch -R'; fi ;;
    esac
    if $fixed "$program" >"$log" 2>&1; then status=0; else status=$?; fi
    passed=$(count '^\[       OK \]') failed=$(count '^\[  FAILED  \] [a-z]') skipped=$(count '^\[  SKIPPED \] [a-z]')
    [ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
    echo "$passed $failed $skipped" >"$log.sum"
    if [ "$status" -eq 0 ]; then
        told=$(grep '^SKIP: ' "$log")
        printf '  ok    %-28s %4d tests%s\n' "$name" "$passed" "${told:+
$told}"
    else
        printf '  FAIL  %-28s (exit %d)\n%s\n' "$name" "$status" "$(grep -v '^\[ RUN\|^\[       OK' "$log")"
    fi
}

if [ -n "${sums:-}" ]; then
    run "$1"
    exit
fi
sums=$(mktemp -d)
export sums
trap 'rm -rf "$sums"' EXIT
trap 'exit 1' HUP INT TERM
printf '%s\n' "$@" | xargs -n 1 -P $(($(nproc) * 2)) tests/run.sh
cat "$sums"/*.sum | awk -v programs=$# '
    { passed += $1; failed += $2; skipped += $3 }
    END { failed += programs - NR # those that left no sum
          printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
          exit failed > 0 }'

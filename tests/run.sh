#!/bin/sh
# Runs test programs one after the other and adds up what they say: tests/run.sh PROGRAM...
# ATTIMO is the program under test, TEST_FILTER a pattern of test names.
set -u
cd "$(dirname "$0")/.." || exit 1

# What is printed to people follows the locale.
export LC_ALL=C.UTF-8
export TSAN_OPTIONS="suppressions=$PWD/tests/tsan.supp ${TSAN_OPTIONS:-}"
# ThreadSanitizer finds its shadow memory taken where the kernel scatters maps more widely than it expects
# (vm.mmap_rnd_bits above 28), by chance: once in so many starts.
fixed=
case ${ATTIMO:-} in
*-thread/*) if setarch -R true 2>/dev/null; then fixed='setarch -R'; fi ;;
esac
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0 skipped=0
for program in "$@"; do
    name=${program#*tests/}
    if $fixed "$program" >"$log" 2>&1; then status=0; else status=$?; fi
    p=$(grep -c '^\[       OK \]' "$log")
    f=$(grep '^\[  FAILED  \] [a-z]' "$log" | sort -u | wc -l) # each is listed twice
    s=$(grep '^\[  SKIPPED \] [a-z]' "$log" | sort -u | wc -l)
    [ "$status" -eq 0 ] || [ "$f" -gt 0 ] || f=1
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    if [ "$status" -eq 0 ]; then
        printf '  ok    %-28s %4d tests\n' "$name" "$p"
        grep '^SKIP: ' "$log"
    else
        printf '  FAIL  %-28s (exit %d)\n' "$name" "$status"
        grep -v '^\[ RUN\|^\[       OK' "$log"
    fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

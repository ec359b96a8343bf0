# Figures out of what the load generators print. Sourced by publish.sh and record.sh.
# shellcheck shell=sh

# percentile P FILE: of its first column.
percentile() { sort -n "$2" | awk -v p="$1" '{ v[NR] = $1 } END { i = int(NR * p / 100 + 0.999); print v[i < 1 ? 1 : i] }'; }
median() { percentile 50 "$1"; }

# field NAME FILE: a number of a line of JSON.
field() { sed -n "s/.*\"$1\":\\([0-9.]*\\).*/\\1/p" "$2"; }

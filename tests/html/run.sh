#!/bin/sh
# Every HTML document that Debian's packages have brought, through the page compiler: tests/html/run.sh PROGRAM
set -eu
cd "$(dirname "$0")/../.."

list=$(mktemp)
trap 'rm -f "$list"' EXIT
trap 'exit 1' HUP INT TERM
find -L /usr/share/doc -type f \( -name '*.html' -o -name '*.htm' -o -name '*.xhtml' \) -exec realpath -z {} + 2>/dev/null |
    sort -zu >"$list"
xargs -0 -a "$list" "$1"

#!/bin/sh
# The examples of the CommonMark specification: tests/commonmark/run.sh PROGRAM
set -eu
cd "$(dirname "$0")/../.."

tests/support/npm.sh tests/commonmark
examples=$(mktemp)
trap 'rm -f "$examples"' EXIT
trap 'exit 1' HUP INT TERM
node tests/commonmark/examples.cjs >"$examples"
"$1" "$(pkg-config --modversion md4c-html)" <"$examples"

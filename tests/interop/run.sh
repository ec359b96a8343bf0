#!/bin/sh
# The commands of docs/events.md, run as they stand there, and funnels against ClickHouse's: tests/interop/run.sh ATTIMO SHOP
set -eu
cd "$(dirname "$0")/../.."

tests/support/npm.sh tests/interop
exec python3 tests/interop/interop.py "$(realpath "$1")" "$(realpath "$2")"

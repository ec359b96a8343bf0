#!/bin/bash
# Installs what a folder's lock file names, where that has changed since: tests/support/npm.sh FOLDER
# Nothing that npm brings may run programs of its own while it is installed.
set -eu
folder=$1
modules=$folder/node_modules
if [ "$modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then
    exit 0
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 1' HUP INT TERM
if ! npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
    cat "$log" >&2
    echo "npm could not install what $folder/package-lock.json names" >&2
    exit 1
fi
touch "$modules/.package-lock.json"

#!/bin/bash
# The sample pages on a phone's screen, in Chromium, through nginx: ATTIMO=build/attimo tests/browser/run.sh
# With PICTURES=docs/img their first screens are written there, small enough for a README.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/support/site.sh
. tests/support/site.sh

# npm is asked again only when the lock file has changed.
modules=tests/browser/node_modules
if [ ! "$modules/.package-lock.json" -nt tests/browser/package-lock.json ]; then
    npm ci --prefix tests/browser --no-audit --no-fund >"$dir/npm.log" 2>&1 || die "npm could not install playwright-core"
    touch "$modules/.package-lock.json"
fi

start_attimo
start_nginx front "$socket"

export XDG_CACHE_HOME=$dir/cache FONTCONFIG_FILE=$PWD/tests/browser/fonts.conf TMPDIR=$dir
shots=
if [ -n "${PICTURES:-}" ]; then
    shots=$dir/shots
    mkdir -p "$shots" "$PICTURES"
fi
mapfile -t paths < <(page_paths)
PICTURES=$shots node tests/browser/pages.mjs "$https" "${paths[@]}"
status=$?

for shot in ${shots:+"$shots"/*.png}; do
    pngquant --force --strip --speed 1 --output "$PICTURES/${shot##*/}" 64 "$shot" || status=1
done
stop_all
[ "$status" -eq 0 ] || show_logs
exit "$status"

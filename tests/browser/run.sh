#!/bin/bash
# The sample pages on a phone's screen, in Chromium, through nginx: ATTIMO=build/attimo tests/browser/run.sh
# With PICTURES=docs/img their first screens are written there, small enough for a README. With SHORT=1 Lighthouse judges one
# page of each folder.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/support/site.sh
. tests/support/site.sh
limit=rate=1000000r/s

tests/support/npm.sh tests/browser || exit 1

# A copy, because the tests of what is recorded change what the site says of that.
cp -r "${PAGES:-pages}" "$dir/pages"
export PAGES=$dir/pages

start_attimo
start_nginx front "$socket"

export XDG_CACHE_HOME=$dir/cache FONTCONFIG_FILE=$PWD/tests/browser/fonts.conf TMPDIR=$dir
shots=
if [ -n "${PICTURES:-}" ]; then
    shots=$dir/shots
    mkdir -p "$shots" "$PICTURES"
fi

# A page that has had its moment by now answers 307 or 410, and is not shown.
paths=()
while read -r path; do
    status=$(curl -s -o /dev/null -w '%{http_code}' --unix-socket "$socket" "http://www.example.it$path")
    case $status in
    307 | 410) skip "$path" "it has expired: $status" ;;
    *) paths+=("$path") ;;
    esac
done < <(page_paths)

# run_node SCRIPT ARGUMENT...: counts what it says; one that ends badly without saying so has failed.
run_node() {
    local script=$1 status
    node "tests/browser/$script" "${@:2}" 2>"$dir/$script.log" | tee "$dir/said"
    status=${PIPESTATUS[0]}
    passed=$((passed + $(grep -c '^ok ' "$dir/said")))
    failed=$((failed + $(grep -c '^not ok ' "$dir/said")))
    if [ "$status" -ne 0 ] && ! grep -q '^not ok ' "$dir/said"; then fail "$script ends well" "exit $status"; fi
}

# validate OPTION... FILE...: has the Nu validator look at all of them in one go, because Java takes longer to start than
# to look. The last it is shown is a broken page: that it complains of that one shows that it has seen them all.
validate() {
    seen_all=
    java -jar tests/browser/node_modules/vnu-jar/build/dist/vnu.jar "$@" tests/browser/broken.html \
        >"$dir/validator.out" 2>&1
    if grep -q '/broken\.html"' "$dir/validator.out"; then seen_all=1; fi
    if [ -n "$seen_all" ]; then pass "the validator sees a broken page"; else
        fail "the validator sees a broken page" "$(cat "$dir/validator.out")"
    fi
}

# is_valid WORDS FILE: no error, no warning.
is_valid() {
    local said
    said=$(grep -F "/${2##*/}\"" "$dir/validator.out" | grep -v ': info: ')
    if [ -n "$seen_all" ] && [ -z "$said" ]; then pass "$1"; else fail "$1" "${said:-it was not looked at}"; fi
}

check_html() {
    local path files=()
    for path in "${paths[@]}" /non-esiste; do
        files+=("$dir/page-${#files[@]}.html")
        curl -sS --cacert "$dir/cert.pem" --connect-to "::127.0.0.1:$https" -o "${files[-1]}" "https://www.example.it$path"
    done
    # The validator wants a scheme in pings, where HTML resolves them against the page's address, as all others.
    validate --filterpattern '.*Bad value ./_/p[?]p=.*attribute .ping..*' "${files[@]}"
    for path in "${paths[@]}" /non-esiste; do
        is_valid "$path: valid HTML" "${files[0]}"
        files=("${files[@]:1}")
    done
}

# A month of a believable shop, and what a client is sent of it.
check_report() {
    local lang
    build/bench/shop --events 100000 --costs "$dir/costs.csv" >"$dir/month.ndjson"
    for lang in it en; do
        ok "a report in $lang" "$ATTIMO" report --input "$dir/month.ndjson" --costs "$dir/costs.csv" --from 2026-10-16 \
            --to 2026-10-30 --lang "$lang" --format html --out "$dir/report-$lang.html"
    done
    # The validator cannot tell that the policy has the script's hash; the browser can.
    validate --filterpattern '.*Inline script violates Content Security Policy.*' "$dir/report-it.html" "$dir/report-en.html"
    for lang in it en; do is_valid "a report in $lang: valid HTML" "$dir/report-$lang.html"; done
    PICTURES=$shots run_node report.mjs "$dir/report-it.html" "$dir/report-en.html"
}

# WebKitGTK's browser and its driver, on a screen that nobody sees.
check_webkit() {
    local display
    WEBKIT=$(find /usr/lib -path '*webkit2gtk-4*/MiniBrowser' 2>/dev/null | sort | tail -n 1)
    export WEBKIT
    if [ -z "$WEBKIT" ] || ! command -v WebKitWebDriver >/dev/null || ! command -v Xvfb >/dev/null; then
        skip 'what WebKit records' 'webkit2gtk-driver, its MiniBrowser or xvfb is not installed'
        return
    fi
    Xvfb -displayfd 3 -screen 0 800x800x24 -nolisten tcp 3>"$dir/display" >"$dir/xvfb.log" 2>&1 &
    pids+=("$!")
    wait_for_start "$!" test -s "$dir/display" || { fail 'a screen for WebKit' "$(cat "$dir/xvfb.log")"; return; }
    display=:$(cat "$dir/display")
    DISPLAY=$display XDG_RUNTIME_DIR=$dir JOURNAL=$dir/data/journal run_node webkit.mjs "$https"
}

check_html
check_report
PICTURES=$shots run_node pages.mjs "$https" "${paths[@]}"
JOURNAL=$dir/data/journal CERTIFICATE=$dir/cert.pem run_node capture.mjs "$https"
check_webkit
[ -z "${SHORT:-}" ] || mapfile -t paths < <(printf '%s\n' "${paths[@]}" | awk -F / '!seen[NF > 2 ? $2 : ""]++')
run_node lighthouse.mjs "$https" "${paths[@]}"

for shot in ${shots:+"$shots"/*.png}; do
    ok "a small ${shot##*/}" pngquant --force --strip --speed 1 --output "$PICTURES/${shot##*/}" 64 "$shot"
done
finish

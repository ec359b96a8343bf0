#!/bin/bash
# What nobody honest sends, to attimo itself and to Debian's nginx in front of it: requests whose end is in doubt, with an
# event hidden in each; and ways out of the pages folder. Then the journal is read, and what nginx says it has forwarded.
# ATTIMO=build/attimo tests/hostile/run.sh [COUNT [SEED]]: so many paths at random, besides those that are always tried.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/support/site.sh
. tests/support/site.sh
limit=rate=1000000r/s

count=${1:-500} seed=${2:-$RANDOM}
hostile() { python3 -B tests/hostile/hostile.py "$@"; }
word() { head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

# What must never be served stands beside pages/, and in it under names that are not for visitors; links lead out.
make_folder() {
    local site=$dir/site secret hidden
    PAGES=$site/pages
    secret=secret$(word) hidden=hidden$(word)
    printf '%s\n' "$secret" "$hidden" root: HOME= >"$dir/words"
    mkdir -p "$PAGES/dir/.git" "$PAGES/_theme" "$site/data"
    for name in secret.txt secret.css secret.png data/secret; do echo "$secret" >"$site/$name"; done
    printf -- '---\ntitle: Segreta\ndescription: Una pagina che nessuno deve vedere\n---\n%s\n' "$secret" >"$site/secret.md"
    printf '<!doctype html><title>Segreta</title><p>%s</p>\n' "$secret" >"$site/secret.html"
    printf 'limits: %s\n' "$secret" >"$site/attimo.yaml"
    for name in _hidden.txt .env dir/.git/config; do echo "$hidden" >"$PAGES/$name"; done
    printf 'the probe\n' >"$PAGES/probe.txt"
    ln -s probe.txt "$PAGES/inside.txt"
    for page in index promo dir/index; do
        printf -- '---\ntitle: Scarpe in offerta\ndescription: Le Vento 2, da provare\ncta:\n  - call: Chiama\n    to: "+390521123456"\n---\nProvale.\n' >"$PAGES/$page.md"
    done
    ln -s ../secret.txt "$PAGES/link.txt"
    ln -s ../../secret.txt "$PAGES/dir/deep.txt"
    ln -s "$site/secret.txt" "$PAGES/abs.txt"
    ln -s .. "$PAGES/up"
    ln -s ../.. "$PAGES/dir/up"
    ln -s ../pages/../secret.txt "$PAGES/out.txt"
    ln -s ../secret.md "$PAGES/page.md"
    ln -s "$site/secret.html" "$PAGES/root.html"
    ln -s ../secret.png "$PAGES/picture.png"
    ln -s ../../secret.css "$PAGES/_theme/style.css"
    ln -s ../../secret.html "$PAGES/_theme/header.html"
    ln -s /etc "$PAGES/etc"
    ln -s /proc "$PAGES/proc"
    ln -s /proc/self "$PAGES/self"
    ln -s loop.txt "$PAGES/loop.txt"
}

# The seed is told, so that what was found can be found again.
paths_lead_nowhere() {
    hostile paths "$count" "$seed" "$dir/words" "$socket" "$https" "$dir/cert.pem" || { echo "seed: $seed"; return 1; }
}

make_folder
start_attimo
start_nginx front "$socket" "log_format forwarded escape=json '{\"method\":\"\$request_method\",\"uri\":\"\$uri\",\"upstream\":\"\$upstream_status\",\"body\":\"\$request_body\"}'; access_log $dir/forwarded forwarded;"

ok "no way leads out of the pages folder, raw or through nginx" paths_lead_nowhere
ok "all attacks on framing are sent" hostile framing "$socket" "$https" "$dir/cert.pem"
is "pages are served as before" 200 "$(curl -s -o "$dir/body" -w '%{http_code}' --unix-socket "$socket" http://a/promo)"
stop "$nginx_pid"
stop "$attimo_pid"
is "attimo leaves in order" 0 $?
ok "nothing is recorded that framing does not contain" hostile recorded "$dir/data"
ok "of what came through nginx, exactly what nginx has forwarded" hostile forwarded "$dir/data" "$dir/forwarded"
finish

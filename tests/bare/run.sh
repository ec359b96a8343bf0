#!/bin/bash
# Tries attimo as a stranger would: in a bare Debian 12 with only git, make and ca-certificates, the two commands of the
# README. Needs root, debootstrap and the network, takes minutes, and leaves nothing behind.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/support/shell.sh
. tests/support/shell.sh
# shellcheck source=tests/support/debian.sh
. tests/support/debian.sh

root=$dir/debian

impossible() {
    skip "a bare Debian 12" "$1"
    finish
    exit
}

can_isolate() { unshare --mount --pid --fork true 2>/dev/null; }

make_stranger() {
    make_debian "$root" bookworm git,make,ca-certificates || return 1
    printf 'deb %s %s main\n' "$(mirror)" bookworm "$(mirror)" bookworm-updates \
        "$(mirror)-security" bookworm-security >"$root/etc/apt/sources.list"
    # How to reach the mirror, nothing else of this system's habits.
    apt-config dump | grep -E '^Acquire::(http|https|Check)' >"$root/etc/apt/apt.conf.d/99host"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    git clone --quiet --no-hardlinks . "$root/srv/attimo"
}

# inside COMMAND...: in the bare system, with a /proc of its own; whatever it starts ends with it.
inside() {
    unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" \
        chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "${proxies[@]}" \
        sh -c 'cd /srv/attimo && exec "$@"' sh "$@" </dev/null
}

url() { sed -n 's|.*listening on \(http://[^ ]*\).*|\1|p' "$dir/run.log" | head -n 1; }

is_ready() { grep -qs ' ready' "$dir/run.log"; }

# The last of the chain that began with a process: make runs a shell, which becomes attimo.
youngest() {
    local pid=$1 child
    while child=$(pgrep -P "$pid" | head -n 1) && [ -n "$child" ]; do pid=$child; done
    echo "$pid"
}

make_run_serves() {
    local args=()
    if can_connect 8080 || can_connect 8081; then args=(ARGS='--listen 127.0.0.1:0 --admin 127.0.0.1:0'); fi
    inside make run "${args[@]}" >"$dir/run.log" 2>&1 &
    local pid=$!
    pids+=("$pid")
    patience=1200 wait_for_start "$pid" is_ready || die "make run did not come to serve"
    is "make run serves pages/" 200 "$(curl -s -o "$dir/page" -w '%{http_code}' "$(url)")"
    ok "with a page in it" grep -q '</html>' "$dir/page"
    kill -INT "$(youngest "$pid")"
    ok "and ends when it is told to" wait_for gone "$pid"
    wait "$pid"
    is "with exit code 0" 0 $?
}

make_test_passes() {
    local status=0
    inside make test >"$dir/test.log" 2>&1 || status=$?
    grep -E 'SKIP|FAIL' "$dir/test.log"
    is "make test passes" 0 "$status"
    tail -n 1 "$dir/test.log" | sed 's/^/    # /'
    ok "and the tree is still clean" inside sh -c '[ -z "$(git status --porcelain)" ]'
    ok "and nothing keeps packages from starting services" [ ! -e "$root/usr/sbin/policy-rc.d" ]
}

find_debian || impossible "$debian_lacks"
can_isolate || impossible "the kernel gives no namespaces here"

ok "debootstrap makes a bare Debian 12" make_stranger
[ "$failed" -eq 0 ] || { finish; exit; }
make_run_serves
make_test_passes
finish

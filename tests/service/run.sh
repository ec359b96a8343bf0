#!/bin/bash
# What `make install` leaves, the manual, the version; and the units as systemd reads them, without systemd as the first
# process: their marks, their spelling, and the real program under the filter of system calls that attimo.service.example
# says. tests/service/run.sh TEST..., with build/attimo, build/attimo-filtered, and end-to-end tests.
set -u
cd "$(dirname "$0")/../.." || exit 1

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0 skipped=0

ok() { passed=$((passed + 1)); echo "  ok    $1"; }
no() { failed=$((failed + 1)); echo "  FAIL  $1"; sed 's/^/    /' "$dir/log"; }
# try NAME COMMAND...
try() {
    local name=$1
    shift
    if "$@" >"$dir/log" 2>&1; then ok "$name"; else no "$name"; fi
}

# --- what `make install` leaves

root=$dir/root
try 'make install' make --no-print-directory install DESTDIR="$root" PREFIX=/opt/attimo
for file in bin/attimo share/man/man1/attimo.1 share/doc/attimo/attimo.yaml.example share/doc/attimo/nginx.conf.example \
    lib/systemd/system/attimo.service lib/systemd/system/attimo.socket; do
    try "it installs $file" test -s "$root/opt/attimo/$file"
done
try 'the installed unit starts the installed program' \
    grep -q '^ExecStart=/opt/attimo/bin/attimo serve' "$root/opt/attimo/lib/systemd/system/attimo.service"
try 'nothing of it speaks of another folder' sh -c "! grep -rn /usr/local $root/opt/attimo/lib $root/opt/attimo/share/man"

# Each link of a document, seen from there; code is indented, or in back quotes.
links_lead_somewhere() {
    local document target good=true
    while read -r document; do
        for target in $(grep -v '^    ' "$document" | sed 's/`[^`]*`//g' | grep -oE '\]\([^)#:]+' | cut -c 3- | grep -vx 'https*'); do
            [ -e "$(dirname "$document")/$target" ] || { echo "$document: $target"; good=false; }
        done
    done < <(find "$1" -name '*.md')
    "$good"
}
try 'the links of the installed documents lead somewhere' links_lead_somewhere "$root/opt/attimo/share/doc/attimo"
manual=$root/opt/attimo/share/man/man1/attimo.1
if command -v man >/dev/null; then
    try 'the manual has no mistakes' sh -c "! man --warnings -E UTF-8 -l $manual 2>&1 >/dev/null | grep ."
fi
if command -v mandoc >/dev/null; then
    try 'nor does mandoc find any' mandoc -Tlint -Wwarning "$manual"
fi

# --- the version

version=$(build/attimo --version)
try 'the manual names the version of the program' grep -qx "\.Os $version" "$manual"
# Whoever has a version's tag has its changes, and no version is told of that is none.
released() { sed -n 's/^## \[\([0-9][^]]*\)\].*/\1/p' CHANGELOG.md; }
every_version_told_of_is_tagged() {
    local name
    for name in $(released); do
        git rev-parse -q --verify "refs/tags/v$name" || { echo "CHANGELOG.md has $name, and there is no tag v$name"; return 1; }
    done
}
a_tagged_version_is_told_of() {
    local tag
    tag=$(git describe --exact-match --match 'v[0-9]*' 2>/dev/null) || return 0
    released | grep -qx "${tag#v}"
}
if [ "$(git rev-parse --is-shallow-repository 2>/dev/null)" = false ]; then
    try 'each version in CHANGELOG.md is a tag' every_version_told_of_is_tagged
    try 'and if this is one, CHANGELOG.md has it' a_tagged_version_is_told_of
else
    skipped=$((skipped + 1))
    echo 'SKIP: the versions in CHANGELOG.md: the history with its tags is not here'
fi

# --- the units

if ! command -v systemd-analyze >/dev/null; then
    skipped=$((skipped + 1))
    echo 'SKIP: the units: systemd-analyze is not installed'
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
    exit
fi

# Only the program's path is replaced, by one that is there.
sed "s|/usr/local/bin/attimo|$PWD/build/attimo|" attimo.service.example >"$dir/attimo.service"
cp attimo.socket.example "$dir/attimo.socket"
verify() { # it warns with exit 0, and tells of users that are not here, which is no mistake of the unit
    systemd-analyze --man=no verify "$dir/attimo.service" "$dir/attimo.socket" >"$dir/verify" 2>&1
    cat "$dir/verify"
    ! grep "$dir/attimo\.\|attimo\.\(service\|socket\):" "$dir/verify" | grep -vi 'user\|group'
}
try 'systemd understands the units' verify
try 'exposure of at most 2.0' systemd-analyze security --offline=true --threshold=20 "$dir/attimo.service"
systemd-analyze security --offline=true "$dir/attimo.service" 2>/dev/null | grep 'Overall' | sed 's/^/    /'

# --- the program under the unit's filter

if ! echo '#include <sys/syscall.h>' | ${CC:-gcc} -E -dM - | python3 -B tests/service/allowed.py attimo.service.example \
    >"$dir/syscalls" 2>"$dir/log"; then
    no 'the filter can be read'
fi
export ATTIMO_SYSCALLS=$dir/syscalls ATTIMO_FILTERED=$PWD/build/attimo ATTIMO=build/attimo-filtered LC_ALL=C.UTF-8
# Without the calls that every request takes, nothing can work: so the filter is one.
grep -vx "$(echo SYS_epoll_wait | ${CC:-gcc} -include sys/syscall.h -E -P - | tail -n 1)" "$dir/syscalls" >"$dir/fewer"
try 'a filter that is too narrow ends the program' sh -c \
    "! ATTIMO_SYSCALLS=$dir/fewer $1"
for test in "$@"; do
    try "${test#*tests/}, under the unit's filter" "$test"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

#!/bin/bash
# attimo under systemd as the first process: installs it into a Debian as the README says, starts that in an emulated machine,
# and does there what a sysadmin does (inside.py). Needs root, debootstrap, qemu, and some minutes; the Debian is made once,
# below build/. SECONDS_MAX (1800) bounds it.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/support/shell.sh
. tests/support/shell.sh
# shellcheck source=tests/support/debian.sh
. tests/support/debian.sh
# shellcheck source=tests/support/machine.sh
. tests/support/machine.sh

root=$dir/machine
libraries=libuv1,libbrotli1,zlib1g,libmd4c0,libmd4c-html0,libyaml-0-2,libsodium23,libutf8proc2,libgumbo1,tzdata

impossible() {
    skip "attimo under systemd" "$1"
    finish
    exit
}

# What is built here runs there if it is the same release.
release() { . /etc/os-release && echo "${VERSION_CODENAME:-}"; }

# The same for every run: the newest packages do not matter here.
make_base() {
    [ ! -e "$base/etc/debian_version" ] || return 0
    rm -rf "$base.new"
    make_debian "$base.new" "$(release)" "systemd,systemd-sysv,python3,adduser,$libraries" && mv "$base.new" "$base"
}

# A copy without what nobody reads there.
copy_base() {
    mkdir "$root" && tar -C "$base" --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale \
        --exclude=./var/cache/apt --exclude=./var/lib/apt/lists --exclude=./var/lib/dpkg/info -c . | tar -C "$root" -x
}

# The commands of the README, but for nginx.
install_attimo() {
    make --no-print-directory install DESTDIR="$root" >"$dir/install.log" 2>&1 || return 1
    chroot "$root" adduser --system attimo >>"$dir/install.log" 2>&1 || return 1
    sed -e 's|^listen:.*|listen: unix:/run/attimo/attimo.sock|' -e 's|^pages:.*|pages: /srv/site/pages|' \
        -e 's|^data:.*|data: /var/lib/attimo|' -e 's|^drain_timeout:.*|drain_timeout: 2s|' \
        attimo.yaml.example >"$root/etc/attimo.yaml"
    mkdir -p "$root/srv/site" "$root/etc/systemd/system/attimo.service.d"
    cp -r pages "$root/srv/site/"
    # Less than the unit's, so that it can be waited for.
    printf '[Service]\nWatchdogSec=20\n' >"$root/etc/systemd/system/attimo.service.d/sooner.conf"
}

install_what_tries() {
    mkdir -p "$root/srv/tests"
    cp -r tests/systemd tests/upgrade tests/support "$root/srv/tests/"
    cat >"$root/etc/systemd/system/try.service" <<'UNIT'
[Unit]
Description=What is tried
SuccessAction=poweroff-force
FailureAction=poweroff-force
[Service]
ExecStart=/usr/bin/python3 -B /srv/tests/systemd/inside.py
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
UNIT
    mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
    ln -s ../try.service "$root/etc/systemd/system/multi-user.target.wants/try.service"
    rm -f "$root/lib/systemd/system-generators/systemd-getty-generator" # nobody logs in
    echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
}

# systemd's sandboxes need a root that can be moved, and the first one cannot.
write_init() {
    cat >"$root/init" <<'INIT'
#!/bin/sh
mkdir -p /new
mount -n --rbind / /new
cd /new
mount -n --move . /
exec chroot . /lib/systemd/systemd
INIT
    chmod 755 "$root/init"
}

# Emulated even where there is KVM: within another virtual machine, it may be there and not work.
try() {
    run_machine "${SECONDS_MAX:-1800}" "$dir/initrd" \
        'loglevel=3 mitigations=off audit=0 random.trust_cpu=on systemd.show_status=0 systemd.firstboot=off' \
        -accel tcg -cpu max -smp 2 -m 1536M |
        tee "$dir/console.log" | sed -u -n 's/^TRY //p' | tee "$dir/tried"
}

find_debian || impossible "$debian_lacks"
find_machine || impossible "$machine_lacks"
[ -n "$(release)" ] || impossible 'is not a release of Debian'
base=build/debian-$(release)

make_base || die "debootstrap has failed"
copy_base && install_attimo && install_what_tries && write_init || die "the machine cannot be furnished"
pack_machine "$root" "$dir/initrd"
rm -rf "$root"
try
sum=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$dir/tried")
if [ -z "$sum" ]; then
    tail -n 60 "$dir/console.log"
    fail "the machine comes to its end"
    finish
fi
case $sum in *' 0 failed,'*) ;; *) exit 1 ;; esac

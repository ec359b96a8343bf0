# An emulated x86-64 machine: Debian's kernel (.ci/install kernel) and a file system in memory, whose /init is the first
# process. Whatever it prints on its console is printed here. Sourced by bench/count.sh and tests/systemd/run.sh, from the
# root of the repository.
# shellcheck shell=sh

# find_machine: sets `kernel`, or `machine_lacks` to what is missing.
find_machine() {
    [ "$(uname -m)" = x86_64 ] || { machine_lacks='the emulated machine is an x86-64, and this one is not'; return 1; }
    for tool in qemu-system-x86_64 busybox; do
        command -v "$tool" >/dev/null 2>&1 || { machine_lacks="$tool is not installed"; return 1; }
    done
    for kernel in build/kernel/boot/vmlinuz-*; do :; done
    [ -e "$kernel" ] || { machine_lacks='there is no kernel below build/kernel (.ci/install kernel)'; return 1; }
}

# pack_machine FOLDER FILE: all that the machine has.
pack_machine() {
    (cd "$1" && find . | busybox cpio -o -H newc) >"$2" 2>/dev/null
}

# run_machine SECONDS FILE WORDS OPTION...: for so long at most, with these words for its kernel and options for qemu.
run_machine() {
    machine_seconds=$1 machine_files=$2 machine_words=$3
    shift 3
    timeout "$machine_seconds" qemu-system-x86_64 "$@" -nodefaults -no-user-config -display none -serial stdio -no-reboot \
        -kernel "$kernel" -initrd "$machine_files" -append "console=ttyS0 quiet panic=-1 $machine_words" </dev/null 2>&1 |
        sed -u 's/\r$//'
}

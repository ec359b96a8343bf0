#!/bin/sh
# Counts the instructions of a request, user and kernel, on any x86-64 machine: no argument, about five minutes, two
# tables. The servers and their load run in a virtual machine whose processor is emulated and whose clock goes on by one
# nanosecond with each instruction, so that the kernel's own accounts are in instructions; what of them is the user's is
# counted by valgrind. docs/benchmarks.md says what that leaves out.
set -eu
cd "$(dirname "$0")/.."
. bench/lib.sh
. tests/support/machine.sh

server_cpu=0
build=build
attimo=${ATTIMO:-build/attimo}
results=${RESULTS:-bench/results}
requests=1920
traced=320
connections=64
body_size=1569

# What is measured: run:server:logs:site. `plain` is served without a log, `recorded` with one. Both others have `capture:
# off`: `unscripted` is the page of `plain`, `untokened` byte by byte that of `recorded`, with the script as its author's own.
all_runs='limit:limit:off:plain libuv:libuv:off:plain llhttp:llhttp:off:plain reading:reading:off:plain attimo:attimo:off:plain
attimo-views:attimo:on:unscripted attimo-script:attimo:on:untokened attimo-recording:attimo:on:recorded
nginx:nginx:off:plain h2o:h2o:off:plain lighttpd:lighttpd:off:plain caddy:caddy:off:plain
nginx-log:nginx:on:recorded h2o-log:h2o:on:recorded lighttpd-log:lighttpd:on:recorded caddy-log:caddy:on:recorded'

began=$(date +%s)
work=$(mktemp -d)
export PYTHONDONTWRITEBYTECODE=1
helpers=
trap 'stop_all; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

skip() {
    echo "SKIP: instructions are not counted: $1"
    exit 0
}

look_around() {
    for tool in valgrind python3 taskset; do
        have "$tool" || skip "$tool is not installed (.ci/install bench)"
    done
    find_machine || skip "$machine_lacks"
}

is_there() {
    case $1 in
    nginx) have nginx && [ -e "$nginx_modules/ngx_http_brotli_static_module.so" ] ;;
    h2o | lighttpd | caddy) have "$1" ;;
    esac
}

choose_runs() {
    runs=
    for run in $all_runs; do
        server=$(echo "$run" | cut -d : -f 2)
        if is_there "$server"; then runs="$runs $run"; else echo "SKIP: ${run%%:*} is left out: $server is not installed"; fi
    done
}

# --- the same bytes for all --------------------------------------------------------------------------------------

prepare_sites() {
    sed 's/$/\r/' bench/request.txt >"$work/request"
    site=$work/plain logs=off
    choose_page "$body_size"
    for name in recorded unscripted untokened; do
        mkdir "$work/$name"
        cp -r "$work/plain/pages" "$work/$name"
    done
    for name in unscripted untokened; do echo 'capture: off' >"$work/$name/pages/_site.yaml"; done
    for name in plain:off recorded:on unscripted:on untokened:on; do
        site=$work/${name%:*} logs=${name#*:}
        [ "$name" != untokened:on ] || cp "$work/recorded/files$path" "$site/pages$path.html"
        start attimo
        take_answers
        stop attimo
        cp "$site/files$path.br" "$site/body"
    done
    cmp "$work/recorded/body" "$work/untokened/body" || { say 'with and without a token, pages differ: nothing to compare'; exit 1; }
}

# --- user instructions, here -------------------------------------------------------------------------------------

count_user() {
    for words in $runs; do
        IFS=: read -r run server logs site <<WORDS
$words
WORDS
        [ "$server" != caddy ] || continue # valgrind does not run Go's programs
        site=$work/$site
        say "user instructions: $run"
        if counted=$(user_instructions "$server" "$requests"); then
            echo "{\"run\":\"$run\",\"what\":\"user\",\"requests\":$requests,\"instructions\":$counted}" >>"$work/facts"
        fi
    done
}

# --- all of them, in the virtual machine -------------------------------------------------------------------------

# put FILE...: into the guest, at the same place, with the libraries that it needs.
put() {
    for file; do
        libraries=$(ldd "$file" 2>/dev/null | sed -n 's|^[^/]*\(/[^ ]*\) (0x.*|\1|p')
        # shellcheck disable=SC2086 # a list of files, not one
        cp -L --parents "$file" $libraries "$guest"
    done
}

# The whole of its file system, in memory.
build_guest() {
    guest=$work/guest
    mkdir -p "$guest/proc" "$guest/sys" "$guest/dev" "$guest/tmp" "$guest/root" "$guest/etc" "$guest/bin" "$guest/count"
    put "$attimo" build/bench/limit build/bench/rung build/bench/lockstep build/bench/loop /usr/share/zoneinfo/Europe/Rome
    for name in nginx h2o lighttpd caddy; do
        if is_there "$name"; then put "$(command -v "$name")"; fi
    done
    if is_there nginx; then put "$nginx_modules/ngx_http_brotli_static_module.so"; fi
    if is_there lighttpd; then put /usr/lib/lighttpd/mod_accesslog.so; fi
    cp -L "$(command -v busybox)" "$guest/bin/busybox"
    cp --parents bench/lib.sh "$guest"
    cp bench/guest.sh "$guest/init"
    echo 'root:x:0:0:root:/root:/bin/sh' >"$guest/etc/passwd"
    echo 'root:x:0:' >"$guest/etc/group"
    cp -r "$work/request" "$work/plain" "$work/recorded" "$work/unscripted" "$work/untokened" "$guest/count"
    cat >"$guest/count/plan" <<PLAN
requests=$requests traced=$traced connections=$connections attimo=/$attimo runs="$runs"
PLAN
    pack_machine "$guest" "$work/initrd"
}

# One instruction is one nanosecond (shift=0), and time that nobody uses is skipped. Without `erms` the kernel copies eight
# bytes at a time, not one: each turn of such a loop counts.
run_guest() {
    say "the virtual machine runs Debian's ${kernel##*/vmlinuz-}"
    run_machine 1200 "$work/initrd" 'nokaslr norandmaps mitigations=off audit=0 tsc=reliable clocksource=tsc' \
        -accel tcg,thread=single -icount shift=0,sleep=off -cpu max,-erms -smp 1 -m 2G |
        tee "$work/console" | sed -u -n 's/^guest: /bench: guest: /p' >&2
    sed -n 's/^FACT //p' "$work/console" >>"$work/facts"
    grep -q '^guest: all is counted$' "$work/console" || { grep -v ^FACT "$work/console" | tail -n 20 >&2; return 1; }
}

# Whether all that was to be counted is among the facts: totals and calls twice, for each number of requests at once.
all_is_there() {
    good=true
    for words in $runs; do
        run=${words%%:*}
        for wanted in total:4 calls:4 user:1; do
            case $run:$wanted in caddy*:user:1) continue ;; esac
            found=$(grep -c "\"run\":\"$run\",\"what\":\"${wanted%:*}\"" "$work/facts" || true)
            [ "$found" -eq "${wanted#*:}" ] || { say "FAILED: $run: ${wanted%:*}: counted $found times, not ${wanted#*:}"; good=false; }
        done
    done
    "$good"
}

look_around
choose_runs
prepare_sites
build_guest
run_guest || { say 'the virtual machine did not come to its end'; exit 1; }
count_user

mkdir -p "$results"
python3 bench/count.py "$work/facts" "$results" "$(wc -c <"$work/plain/body") $(wc -c <"$work/recorded/body")" "${kernel##*/vmlinuz-}"
cat "$results/count.md"
all_is_there || { say 'not all was counted: see FAILED above'; exit 1; }

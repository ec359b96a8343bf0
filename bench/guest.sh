#!/bin/busybox sh
# shellcheck shell=dash disable=SC1091,SC2154 # the plan is written by count.sh
# The first process of the virtual machine that count.sh starts: runs one server after the other, and says on the console
# what it made of the requests. A nanosecond is an instruction here.
set -eu
/bin/busybox --install -s /bin
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tracefs trace /sys/kernel/tracing
ip link set lo up
ulimit -n 20000

. /count/plan # requests, traced, connections, attimo, runs
began=0 work=/count site=/count build=/build server_cpu=0 helpers='' nginx_master=off
. /bench/lib.sh

say() { echo "guest: $*"; }
free_port() { echo 8000; }

# Whether the body is the right one.
answers() {
    sed 's/keep-alive/close/' "$work/request" | nc 127.0.0.1 "$(port_of "$1")" 2>/dev/null |
        tail -c "$(wc -c <"$site/body")" | cmp -s - "$site/body"
}

# load SERVER AT-ONCE REQUESTS
load() {
    /build/bench/lockstep -c "$connections" -k "$2" -p "$(worker_of "$1")" -n "$3" "127.0.0.1:$(port_of "$1")" "$work/request"
}

# Twice, to see that it is steady.
count() {
    n=$requests
    [ "$1" != caddy ] || n=$((requests / 3)) # twenty times as slow
    for _ in 1 2; do load "$1" "$2" "$n" | sed "s/^{/FACT {\"run\":\"$run\",\"what\":\"total\",/"; done
}

# Loads of their own, because tracing costs instructions; the difference of two, because connecting costs system calls.
count_system_calls() {
    enter=/sys/kernel/tracing/events/raw_syscalls/sys_enter
    threads=
    for thread in "/proc/$(worker_of "$1")/task/"*; do threads="$threads${threads:+ || }common_pid == ${thread##*/}"; done
    trigger="hist:keys=id.syscall if $threads"
    for some in "$traced" $((2 * traced)); do
        echo "$trigger" >"$enter/trigger"
        load "$1" "$2" "$some" >/dev/null
        sed -n 's/^{ id: *sys_\([a-z0-9_]*\) .*hitcount: *\([0-9]*\).*/"\1":\2/p' "$enter/hist" | paste -s -d , |
            sed "s/.*/FACT {\"run\":\"$run\",\"what\":\"calls\",\"at_once\":$2,\"requests\":$some,\"calls\":{&}}/"
        echo "!$trigger" >"$enter/trigger"
    done
}

# measure RUN SERVER LOGS SITE
measure() {
    run=$1 logs=$3 site=/count/$4
    say "$run"
    start "$2" || return 0
    sleep 3 # for what is done once, after the start
    for at_once in 1 "$connections"; do
        count "$2" "$at_once"
        count_system_calls "$2" "$at_once"
    done
    stop "$2"
}

say "Linux $(uname -r), clock $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
/build/bench/loop 10000000 | sed 's/^{/FACT {"run":"-","what":"check",/'
# shellcheck disable=SC2046 # words
for words in $runs; do measure $(echo "$words" | tr : ' '); done
say 'all is counted'
poweroff -f

# What shell tests need: a temporary directory ($dir), words for what was found, and processes that are always ended. To
# be sourced by bash, from the root of the repository.
#
# What was found is said with `is`, `ok` and `skip`; `finish` prints the sum and decides the exit code. A process goes
# into `pids` when it is started; whatever is still there when the script ends is ended then.

set -u
dir=$(mktemp -d "${TMPDIR:-/tmp}/attimo-test.XXXXXX")
chmod 755 "$dir" # nginx's workers are another user
pids=()
passed=0
failed=0
skipped=0

# --- what was found ------------------------------------------------------------------------------------------------

# pass WORDS, fail WORDS [DETAIL]
pass() {
    passed=$((passed + 1))
    echo "ok $1"
}

fail() {
    failed=$((failed + 1))
    echo "not ok $1"
    [ -z "${2:-}" ] || printf '%s\n' "$2" | sed 's/^/    # /'
}

skip() {
    skipped=$((skipped + 1))
    echo "ok $1 # SKIP $2"
}

# is WORDS EXPECTED ACTUAL
is() {
    if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "expected: $2"$'\n'"actual:   $3"; fi
}

# ok WORDS COMMAND...
ok() {
    local words=$1
    shift
    if "$@"; then pass "$words"; else fail "$words" "failed: $*"; fi
}

finish() {
    stop_all
    [ "$failed" -eq 0 ] || show_logs
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
}

show_logs() {
    local log
    for log in "$dir"/*.log; do
        [ -s "$log" ] && echo "--- ${log##*/}" && tail -n 30 "$log"
    done
}

die() {
    echo "$1" >&2
    show_logs >&2
    exit 1
}

# --- processes -----------------------------------------------------------------------------------------------------

# wait_for COMMAND...: until it is true, for at most 20 seconds, or `patience`.
wait_for() {
    local tries=$((${patience:-20} * 20))
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.05
    done
}

# wait_for_start PID COMMAND...: the same, but it fails at once when the process has ended.
wait_for_start() { wait_for gone_or "$@" && ! gone "$1"; }

gone_or() {
    local pid=$1
    shift
    gone "$pid" || "$@"
}

gone() { ! kill -0 "$1" 2>/dev/null; }

# stop PID: asks it to end and gives its exit code.
stop() {
    local pid=$1 left=() other
    for other in "${pids[@]}"; do [ "$other" = "$pid" ] || left+=("$other"); done
    pids=("${left[@]}")
    kill -TERM "$pid" 2>/dev/null
    wait_for gone "$pid" || kill -KILL "$pid" 2>/dev/null
    wait "$pid"
}

stop_all() {
    local i
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do stop "${pids[i]}"; done 2>/dev/null
    pids=()
}

trap 'stop_all; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM HUP

can_connect() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port: sets $port to one on which nobody listens.
free_port() {
    port=$((20000 + RANDOM % 12000))
    while can_connect "$port"; do port=$((20000 + RANDOM % 12000)); done
}

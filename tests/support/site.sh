# Starts what tests from outside need: attimo on a unix socket with attimo.yaml.example, and Debian's nginx in front of
# it with nginx.conf.example; only paths, ports and the certificate are replaced. To be sourced by bash, from the root of
# the repository. ATTIMO names the program, PAGES the folder.
#
# Everything lives in the temporary directory $dir and is ended, by its pid, when the script ends. What a test of a
# suite found is said with `is` and `ok`; `finish` prints the sum and decides the exit code.

set -u
ATTIMO=${ATTIMO:-build/attimo}
PAGES=${PAGES:-pages}
dir=$(mktemp -d "${TMPDIR:-/tmp}/attimo-site.XXXXXX")
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

# wait_for COMMAND...: until it is true, for at most 20 seconds.
wait_for() {
    local tries=400
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

# --- attimo --------------------------------------------------------------------------------------------------------

attimo_is_up() { grep -q ' ready' "$dir/attimo.log"; }

# start_attimo: sets attimo_pid, socket (its path) and admin (host and port).
start_attimo() {
    socket=$dir/attimo.sock
    mkdir -p "$dir/data"
    sed -e "s|^listen:.*|listen: unix:$socket|" -e "s|^admin:.*|admin: 127.0.0.1:0|" \
        -e "s|^pages:.*|pages: $PAGES|" -e "s|^data:.*|data: $dir/data|" \
        -e 's|^unix_mode:.*|unix_mode: "0666"|' attimo.yaml.example >"$dir/attimo.yaml"
    "$ATTIMO" serve --config "$dir/attimo.yaml" </dev/null >"$dir/attimo.out" 2>"$dir/attimo.log" &
    attimo_pid=$!
    pids+=("$attimo_pid")
    wait_for_start "$attimo_pid" attimo_is_up || die "attimo did not start"
    admin=$(sed -n 's|.*admin on http://\([0-9.:]*\).*|\1|p' "$dir/attimo.log")
}

# metric NAME: the value of a metric without labels.
metric() { curl -s "http://$admin/metrics" | sed -n "s/^$1 //p"; }

# --- nginx ---------------------------------------------------------------------------------------------------------

make_certificate() {
    [ -e "$dir/cert.pem" ] && return
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=www.example.it \
        -addext subjectAltName=DNS:www.example.it,DNS:example.it -keyout "$dir/key.pem" -out "$dir/cert.pem" \
        >"$dir/openssl.log" 2>&1 || die "openssl could not make a certificate"
}

has_ipv6() { [ "$(cat /proc/sys/net/ipv6/conf/lo/disable_ipv6 2>/dev/null)" = 0 ]; }

temp_paths() {
    local kind
    for kind in client_body proxy fastcgi uwsgi scgi; do printf '%s_temp_path %s/%s; ' "$kind" "$1" "$kind"; done
}

# The only changes: addresses, paths, certificate. nginx's folders for temporary files are compiled in and root's, so
# they are named as well.
write_nginx_conf() {
    local to=$1 upstream=$2 six='s|\[::\]|[::1]|'
    has_ipv6 || six='/listen \[::\]/d'
    sed -e "$six" -e "s|listen 80 |listen 127.0.0.1:$http |" -e "s|listen 443 |listen 127.0.0.1:$https |" \
        -e "s|\]:80 |]:$http |" -e "s|\]:443 |]:$https |" \
        -e "s|/run/nginx.pid|$to/nginx.pid|" -e "s|/var/log/nginx/|$to/|" -e "s|/var/www/html|$to/html|" \
        -e "s|/run/attimo/attimo.sock|$upstream|" -e "s|\(ssl_certificate_key\) [^;]*;|\1 $dir/key.pem;|" \
        -e "s|\(ssl_certificate\) [^;]*;|\1 $dir/cert.pem;|" \
        -e "s|^http {|& $(temp_paths "$to")|" nginx.conf.example >"$to/nginx.conf"
}

nginx_is_up() { can_connect "$http" && can_connect "$https"; }

# start_nginx NAME UPSTREAM: sets nginx_pid, http and https (ports). UPSTREAM is the path of a unix socket.
start_nginx() {
    local to=$dir/$1
    mkdir -p "$to/html"
    make_certificate
    free_port && http=$port
    free_port && https=$port
    while [ "$https" = "$http" ]; do free_port && https=$port; done
    write_nginx_conf "$to" "$2"
    run_nginx "$1"
    wait_for_start "$nginx_pid" nginx_is_up || die "nginx did not start"
}

# run_nginx NAME: sets nginx_pid; nginx with $dir/NAME/nginx.conf, in the foreground so that it is our child.
run_nginx() {
    nginx -e "$dir/nginx-$1.log" -p "$dir/$1" -c "$dir/$1/nginx.conf" -g 'daemon off;' </dev/null \
        >>"$dir/nginx-$1.log" 2>&1 &
    nginx_pid=$!
    pids+=("$nginx_pid")
}

# The paths of all sample pages, one a line.
page_paths() {
    (cd "$PAGES" && find . -name '_*' -prune -o \( -name '*.md' -o -name '*.html' \) -print) |
        sed -e 's|^\.||' -e 's|\.md$||' -e 's|\.html$||' -e 's|/index$|/|' | grep -v '^/404$' | sort
}

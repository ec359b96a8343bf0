# Starting and stopping what is compared, and looking at it. Sourced by run.sh, count.sh and guest.sh, which set `work` (a
# directory of the run), `site` (what is served: pages/ for attimo, files/ for the others, response for the limit),
# `began` (seconds since 1970), `build`, `attimo`, `server_cpu` and `client_cpu`.
#
# A server that runs has files in $work/NAME/: pid (to signal), worker (the process that answers), port, log.
# shellcheck shell=sh disable=SC2154

every_server='limit libuv llhttp reading attimo nginx h2o lighttpd caddy'
max_connections=12000
logs=${LOGS:-on} # attimo records every page, and the others write their access logs; off: nobody does

have() { command -v "$1" >/dev/null 2>&1; }

say() { echo "bench: $(($(date +%s) - began)) s: $*" >&2; }

# --- processes ---------------------------------------------------------------------------------------------------

# A zombie still has a pid, but runs no longer.
alive() {
    case $(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) in
    '' | Z | X) return 1 ;;
    esac
}

# until_true SECONDS COMMAND...: tries it every 20 ms.
until_true() {
    tries=$(($1 * 50))
    shift
    while ! "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.02
    done
}

dead() { ! alive "$1"; }

end_process() {
    alive "$1" || return 0
    kill -s "${2:-TERM}" "$1" 2>/dev/null
    until_true 10 dead "$1" || kill -s KILL "$1" 2>/dev/null
}

stop() {
    [ -f "$work/$1/pid" ] || return 0
    end_process "$(cat "$work/$1/pid")"
    rm -f "$work/$1/pid"
}

stop_all() {
    for name in $every_server; do stop "$name"; done
    for pid in $helpers; do end_process "$pid"; done
}

# --- servers -----------------------------------------------------------------------------------------------------

port_of() { cat "$work/$1/port"; }
worker_of() { cat "$work/$1/worker"; }

# Only limit and attimo choose a free port themselves.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

answers() { python3 bench/bodies.py ask "$work/request" "$(port_of "$1")" 2>/dev/null; }

# launch NAME COMMAND...: pinned, in the background, its words in the log.
launch() {
    name=$1
    shift
    taskset -c "$server_cpu" "$@" >"$work/$name/log" 2>&1 </dev/null &
    echo $! >"$work/$name/pid"
    echo $! >"$work/$name/worker"
}

# start NAME [WRAPPER...]: starts it and waits until it answers; a wrapper is put before the command (valgrind).
start() {
    mkdir -p "$work/$1"
    : >"$work/$1/log"
    "start_$1" "$@" && until_true 20 answers "$1" && return 0
    say "$1 did not start; its last words:"
    tail -n 5 "$work/$1/log" >&2
    stop "$1"
    return 1
}

# said NAME WORDS: the port after these words in its log.
said() {
    sed -n "s|.*$2\([0-9][0-9]*\).*|\1|p" "$work/$1/log" | head -n 1 >"$work/$1/port"
    [ -s "$work/$1/port" ] || ! alive "$(cat "$work/$1/pid")"
}

start_limit() {
    name=$1
    shift
    launch "$name" "$@" "$build/bench/limit" 127.0.0.1:0 "$site/response"
    until_true 20 said "$name" 'listening on 127\.0\.0\.1:'
}

# The rungs between the limit and attimo.
start_libuv() { start_rung "$@"; }
start_llhttp() { start_rung "$@"; }
start_reading() { start_rung "$@"; }
start_rung() {
    name=$1
    shift
    launch "$name" "$@" "$build/bench/rung" "$name" 127.0.0.1:0 "$site/response"
    until_true 20 said "$name" 'listening on 127\.0\.0\.1:'
}

start_attimo() {
    name=$1
    shift
    rm -rf "$work/$name/data"
    mkdir "$work/$name/data"
    printf 'limits:\n  connections: %d\n' "$max_connections" >"$work/$name/attimo.yaml"
    launch "$name" "$@" "$attimo" serve --config "$work/$name/attimo.yaml" --pages "$site/pages" --listen 127.0.0.1:0 --admin 127.0.0.1:0 \
        --workers 1 --data "$work/$name/data" --record "$logs"
    until_true 20 said "$name" 'listening on http://127\.0\.0\.1:'
}

nginx_modules=/usr/lib/nginx/modules
start_nginx() {
    name=$1
    shift
    free_port >"$work/$name/port"
    cat >"$work/$name/nginx.conf" <<CONF
load_module $nginx_modules/ngx_http_brotli_static_module.so;
daemon off;
master_process ${nginx_master:-on};
$([ "$(id -u)" -ne 0 ] || echo 'user root;')
worker_processes 1;
worker_rlimit_nofile $((max_connections + 1000));
pid $work/$name/nginx.pid;
error_log $work/$name/error.log;
events { worker_connections $max_connections; }
http {
    access_log $([ "$logs" = on ] && echo "$work/$name/access.log combined" || echo off);
    default_type text/html;
    sendfile off;
    keepalive_requests 1000000000;
    keepalive_timeout 300s;
    open_file_cache max=1000 inactive=300s;
    open_file_cache_valid 300s;
    client_body_temp_path $work/$name/t1;
    proxy_temp_path $work/$name/t2;
    fastcgi_temp_path $work/$name/t3;
    uwsgi_temp_path $work/$name/t4;
    scgi_temp_path $work/$name/t5;
    server {
        listen 127.0.0.1:$(port_of "$name") backlog=4096;
        root $site/files;
        brotli_static on;
        gzip_static on;
    }
}
CONF
    launch "$name" "$@" nginx -p "$work/$name/" -e "$work/$name/error.log" -c "$work/$name/nginx.conf"
    [ "${nginx_master:-on}" = on ] || return 0
    until_true 10 find_nginx_worker "$name"
}

find_nginx_worker() {
    pgrep -P "$(cat "$work/$1/pid")" >"$work/$1/worker"
}

start_h2o() {
    name=$1
    shift
    free_port >"$work/$name/port"
    cat >"$work/$name/h2o.conf" <<CONF
$([ "$(id -u)" -ne 0 ] || echo 'user: root')
num-threads: 1
max-connections: $max_connections
http1-request-timeout: 300
error-log: $work/$name/error.log
$([ "$logs" = off ] || echo "access-log: $work/$name/access.log")
pid-file: $work/$name/h2o.pid
listen:
  host: 127.0.0.1
  port: $(port_of "$name")
hosts:
  default:
    paths:
      /:
        file.dir: $site/files
        file.send-compressed: ON
        file.mime.setdefaulttype: text/html
CONF
    launch "$name" "$@" h2o -m worker -c "$work/$name/h2o.conf"
}

# The brotli file is found by a condition: mod_deflate would compress by itself, to other bytes.
start_lighttpd() {
    name=$1
    shift
    free_port >"$work/$name/port"
    cat >"$work/$name/lighttpd.conf" <<CONF
server.modules = ( "mod_rewrite", "mod_setenv"$([ "$logs" = off ] || echo ', "mod_accesslog"') )
server.bind = "127.0.0.1"
server.port = $(port_of "$name")
server.document-root = "$site/files"
server.errorlog = "$work/$name/error.log"
$([ "$logs" = off ] || echo "accesslog.filename = \"$work/$name/access.log\"")
server.max-connections = $max_connections
server.max-fds = $((2 * max_connections + 1000))
server.max-keep-alive-requests = 65535
server.max-keep-alive-idle = 300
server.network-backend = "writev"
server.listen-backlog = 4096
mimetype.assign = ( "" => "text/html" )
\$REQUEST_HEADER["Accept-Encoding"] =~ "\bbr\b" {
    url.rewrite-once = ( "" => "\${url.path}.br" )
    setenv.set-response-header = ( "Content-Encoding" => "br", "Vary" => "Accept-Encoding" )
}
CONF
    launch "$name" "$@" lighttpd -D -f "$work/$name/lighttpd.conf"
}

# Its `precompressed` would answer in chunks, without a length, which the load does not read.
start_caddy() {
    name=$1
    shift
    free_port >"$work/$name/port"
    cat >"$work/$name/Caddyfile" <<CONF
{
    admin off
    auto_https off
    storage file_system $work/$name/data
    servers {
        timeouts {
            idle 300s
        }
    }
}
http://:$(port_of "$name") {
    bind 127.0.0.1
    root * $site/files
    @br header Accept-Encoding *br*
    rewrite @br {path}.br
    header Content-Type text/html
    header @br {
        Content-Encoding br
        defer
    }
    file_server
$([ "$logs" = off ] || printf '    log {\n        output file %s {\n            roll_disabled\n        }\n    }\n' "$work/$name/access.log")
}
CONF
    (
        export GOMAXPROCS=1 HOME="$work/$name"
        launch "$name" "$@" caddy run --config "$work/$name/Caddyfile" --adapter caddyfile
    )
}

# --- what is served ----------------------------------------------------------------------------------------------

# One page, for attimo to publish, whose brotli form is nearest to SIZE bytes.
choose_page() {
    path=$(sed -n '1s/^GET \([^ ]*\) .*/\1/p' bench/request.txt)
    python3 bench/pages.py "$site/pages" sizes
    mkdir -p "$site/pages${path%/*}"
    cp "$site/pages/n2000.html" "$site/pages$path.html"
    start attimo
    chosen=$(python3 bench/bodies.py pick "$(port_of attimo)" "$1" "$site/pages")
    stop attimo
    cp "$chosen" "$site/pages$path.html"
    rm "$site/pages/"n*.html
}

# What attimo, which runs, answers to that: the files of the others, and the response that all must give.
take_answers() {
    python3 bench/bodies.py take "$work/request" "$(port_of attimo)" "$site/files" "$site/response"
}

# --- looking at a process ----------------------------------------------------------------------------------------

# "NANOSECONDS USER-TICKS KERNEL-TICKS" that all threads of a process have run. The first is exact; the kernel samples
# how it splits into the other two.
cpu_of() {
    cat "/proc/$1/task/"*/schedstat 2>/dev/null | awk '{ ns += $1 } END { printf "%.0f ", ns }'
    sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12, $13 }'
}

rss_anon_kb() { awk '/^RssAnon:/ { print $2 }' "/proc/$1/status"; }

# pinned CPU SECONDS COMMAND...: on that processor, for that long at most.
pinned() {
    cpu=$1 bound=$2
    shift 2
    timeout -k 1 "$bound" taskset -c "$cpu" "$@"
}

# user_instructions SERVER REQUESTS: what these make it run in user mode. Start-up and N requests are counted, and then
# start-up and 2N. The load shares its processor, so that it finds the same number of requests each time it wakes.
user_instructions() {
    nginx_master=off
    once=$(counted_run "$1" "$2") && twice=$(counted_run "$1" $((2 * $2))) && [ "${once:-0}" -gt 0 ] && echo $((twice - once))
}

counted_run() {
    mkdir -p "$work/$1"
    start "$1" valgrind --vgdb=no --tool=cachegrind --cache-sim=no \
        --cachegrind-out-file=/dev/null --log-file="$work/$1/cachegrind.%p" || return 1
    pinned "$server_cpu" 60 "$build/bench/lockstep" -c 64 -k 64 -n "$2" "127.0.0.1:$(port_of "$1")" "$work/request" >/dev/null || {
        say "$1: errors under valgrind"
        stop "$1"
        return 1
    }
    stop "$1"
    awk '/I +refs:/ { gsub(",", "", $NF); print $NF }' "$work/$1/cachegrind.$(worker_of "$1")"
}

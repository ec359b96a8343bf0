# Starting and stopping what is compared, and looking at it. Sourced by run.sh, which sets `work` (a directory of the
# run), `began` (seconds since 1970), `build`, `attimo`, `server_cpu` and `client_cpu`.
#
# A server that runs has files in $work/NAME/: pid (to signal), worker (the process that answers), port, log.

max_connections=12000
logs=${LOGS:-on} # attimo records every page, and the others write their access logs; off: nobody does

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
    for name in limit attimo nginx h2o; do stop "$name"; done
    for pid in $helpers; do end_process "$pid"; done
}

# --- servers -----------------------------------------------------------------------------------------------------

port_of() { cat "$work/$1/port"; }
worker_of() { cat "$work/$1/worker"; }

# nginx and h2o cannot choose a free port themselves.
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
    launch "$name" "$@" "$build/bench/limit" 127.0.0.1:0 "$work/response"
    until_true 20 said "$name" 'listening on 127\.0\.0\.1:'
}

start_attimo() {
    name=$1
    shift
    rm -rf "$work/$name/data"
    mkdir "$work/$name/data"
    printf 'limits:\n  connections: %d\n' "$max_connections" >"$work/$name/attimo.yaml"
    launch "$name" "$@" "$attimo" serve --config "$work/$name/attimo.yaml" --pages "$work/pages" --listen 127.0.0.1:0 --admin 127.0.0.1:0 \
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
        root $work/files;
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
        file.dir: $work/files
        file.send-compressed: ON
        file.mime.setdefaulttype: text/html
CONF
    launch "$name" "$@" h2o -m worker -c "$work/$name/h2o.conf"
}

# --- looking at a process ----------------------------------------------------------------------------------------

# "NANOSECONDS USER-TICKS KERNEL-TICKS" that all threads of a process have run. The first is exact; the kernel samples
# how it splits into the other two.
cpu_of() {
    cat "/proc/$1/task/"*/schedstat 2>/dev/null | awk '{ ns += $1 } END { printf "%.0f ", ns }'
    sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12, $13 }'
}

rss_anon_kb() { awk '/^RssAnon:/ { print $2 }' "/proc/$1/status"; }

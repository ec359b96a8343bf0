# Starts the whole: attimo on a unix socket with attimo.yaml.example, and Debian's nginx in front of it with
# nginx.conf.example; only paths, ports and the certificate are replaced. To be sourced by bash, from the root of the
# repository. ATTIMO names the program, PAGES the folder.

# shellcheck source=tests/support/shell.sh
. tests/support/shell.sh

ATTIMO=${ATTIMO:-build/attimo}
PAGES=${PAGES:-pages}

# --- attimo --------------------------------------------------------------------------------------------------------

attimo_is_up() { grep -qs ' ready' "$dir/attimo.log"; }

# write_attimo_config: sets socket (the path of attimo's).
write_attimo_config() {
    socket=$dir/attimo.sock
    mkdir -p "$dir/data"
    sed -e "s|^listen:.*|listen: unix:$socket|" -e "s|^admin:.*|admin: 127.0.0.1:0|" \
        -e "s|^pages:.*|pages: $PAGES|" -e "s|^data:.*|data: $dir/data|" \
        -e 's|^unix_mode:.*|unix_mode: "0666"|' attimo.yaml.example >"$dir/attimo.yaml"
}

# start_attimo: sets attimo_pid, socket and admin (host and port).
start_attimo() {
    write_attimo_config
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

# The only changes: addresses, paths, certificate, and `limit` (as "rate=100r/s") where all visitors of a test come from one
# address and are many. nginx's folders for temporary files are compiled in and root's, so they are named as well.
write_nginx_conf() {
    local to=$1 upstream=$2 six='s|\[::\]|[::1]|'
    has_ipv6 || six='/listen \[::\]/d'
    sed -e "$six" -e "s|listen 80 |listen 127.0.0.1:$http |" -e "s|listen 443 |listen 127.0.0.1:$https |" \
        -e "s|\]:80 |]:$http |" -e "s|\]:443 |]:$https |" \
        -e "s|rate=100r/s|${limit:-&}|" \
        -e "s|/run/nginx.pid|$to/nginx.pid|" -e "s|/var/log/nginx/|$to/|" -e "s|/var/www/html|$to/html|" \
        -e "s|/run/attimo/attimo.sock|$upstream|" -e "s|\(ssl_certificate_key\) [^;]*;|\1 $dir/key.pem;|" \
        -e "s|\(ssl_certificate\) [^;]*;|\1 $dir/cert.pem;|" \
        -e "s|^http {|& $(temp_paths "$to") ${3:-}|" nginx.conf.example >"$to/nginx.conf"
}

nginx_is_up() { can_connect "$http" && can_connect "$https"; }

# start_nginx NAME UPSTREAM [LINES]: sets nginx_pid, http and https (ports). UPSTREAM is the path of a unix socket; LINES
# are added to what holds for all servers.
start_nginx() {
    local to=$dir/$1
    mkdir -p "$to/html"
    make_certificate
    free_port && http=$port
    free_port && https=$port
    while [ "$https" = "$http" ]; do free_port && https=$port; done
    write_nginx_conf "$to" "$2" "${3:-}"
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

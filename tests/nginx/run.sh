#!/bin/bash
# attimo behind Debian's nginx with nginx.conf.example: what a visitor gets over TLS and HTTP/2, and what attimo is told.
# ATTIMO=build/attimo tests/nginx/run.sh
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/support/site.sh
. tests/support/site.sh

site=https://www.example.it

# ask PATH [CURL OPTIONS]: through nginx; the head goes to $dir/head, the body to $dir/body.
ask() {
    local path=$1
    shift
    curl -sS --cacert "$dir/cert.pem" --connect-to "::127.0.0.1:$https" -D "$dir/head" -o "$dir/body" \
        -w '%{http_code} %{http_version}' "$@" "$site$path"
}

# ask_direct PATH [CURL OPTIONS]: attimo itself; the head goes to $dir/direct.head, the body to $dir/direct.body.
ask_direct() {
    local path=$1
    shift
    curl -sS --unix-socket "$socket" -D "$dir/direct.head" -o "$dir/direct.body" -w '%{http_code}' \
        -H 'X-Forwarded-Proto: https' "$@" "http://www.example.it$path"
}

# field NAME [HEAD]: its value, or nothing.
field() { tr -d '\r' <"${2:-$dir/head}" | sed -n "s/^$1: //Ip"; }

# The fields of a head in a form that can be compared: names in lower case, sorted, without those that each hop writes
# itself. Of Server-Timing only its presence counts, because its value belongs to one response.
comparable() {
    tr -d '\r' <"$1" | sed -e 1d -e '/^$/d' -e 's/^\([^:]*\):/\L\1:/' -e 's/^server-timing:.*/server-timing: .../' |
        grep -v -e '^date:' -e '^server:' -e '^connection:' -e '^keep-alive:' | sort
}

as_direct() {
    cmp "$dir/body" "$dir/direct.body" && diff <(comparable "$dir/direct.head") <(comparable "$dir/head")
}

# --- pages ---------------------------------------------------------------------------------------------------------

every_page_arrives_as_attimo_sent_it() {
    local path coding
    for path in $(page_paths); do
        for coding in br gzip identity; do
            ask_direct "$path" -H "Accept-Encoding: $coding" >/dev/null
            is "$path in $coding is answered 200" "200 2" "$(ask "$path" --http2 -H "Accept-Encoding: $coding")"
            ok "$path in $coding: body and head as attimo sent them" as_direct
            is "$path is coded as asked for: $coding" "${coding/identity/}" "$(field content-encoding)"
        done
    done
}

every_protocol_is_spoken() {
    local tls
    for tls in 1.2 1.3; do
        is "TLS $tls, HTTP/1.1" "200 1.1" "$(ask / --http1.1 "--tlsv$tls" --tls-max "$tls")"
        is "TLS $tls, HTTP/2" "200 2" "$(ask / --http2 "--tlsv$tls" --tls-max "$tls")"
    done
}

validators_work_through_nginx() {
    local coding etag
    for coding in br gzip identity; do
        ask / -H "Accept-Encoding: $coding" >/dev/null
        etag=$(field etag)
        ok "the ETag of $coding stays strong" [ "${etag:0:1}" = '"' ]
        is "If-None-Match with the ETag of $coding: 304" "304 2" \
            "$(ask / -H "Accept-Encoding: $coding" -H "If-None-Match: $etag")"
        is "the 304 repeats the ETag" "$etag" "$(field etag)"
        is "the 304 repeats Vary" "Accept-Encoding" "$(field vary)"
        is "If-None-Match with that ETag as a weak one: 304" "304 2" \
            "$(ask / -H "Accept-Encoding: $coding" -H "If-None-Match: W/$etag")"
    done
    is "If-None-Match with another ETag: 200" "200 2" "$(ask / -H 'If-None-Match: "other"')"
}

head_has_no_body() {
    ask / -H 'Accept-Encoding: br' >/dev/null
    local length
    length=$(field content-length)
    rm "$dir/body"
    is "HEAD is answered 200" "200 2" "$(ask / --head -H 'Accept-Encoding: br')"
    is "HEAD tells the length of the body of GET" "$length" "$(field content-length)"
}

refusals_are_attimos_own() {
    ask_direct /no/such/page >/dev/null
    is "an unknown path: 404" "404 2" "$(ask /no/such/page)"
    ok "the 404 is attimo's" as_direct
    is "POST to a page: 405" "405 2" "$(ask / -d a=1)"
    ok "the 405 says what is allowed" grep -qi '^allow:.*GET' "$dir/head"
    head -c 70000 /dev/zero >"$dir/large"
    is "a body over 64 kB: 413" "413 2" "$(ask / --data-binary "@$dir/large")"
    is "a canonical redirect keeps the query" "308 2" "$(ask '/index.html?utm_source=x')"
    is "and its target" "/?utm_source=x" "$(field location)"
}

# attimo looks once a second whose time is over, and its answer takes a moment.
nginx_waits_for_what_attimo_says_of_its_disk() {
    local attimos nginxs
    attimos=$(sed -n 's/^  body_timeout: \([0-9]*\)s .*/\1/p' attimo.yaml.example)
    nginxs=$(sed -n 's/^ *proxy_read_timeout \([0-9]*\)s;.*/\1/p' nginx.conf.example)
    ok "nginx waits for an answer ($nginxs s) at least 2 s longer than attimo for its disk ($attimos s)" \
        [ "${nginxs:-0}" -ge "$((${attimos:-1000} + 2))" ]
}

# --- plain http ----------------------------------------------------------------------------------------------------

plain_http_leads_to_https() {
    is "http redirects" "301 https://www.example.it/a?b=c" \
        "$(curl -sS -o /dev/null -w '%{http_code} %{redirect_url}' "http://127.0.0.1:$http/a?b=c")"
    mkdir -p "$dir/front/html/.well-known/acme-challenge"
    echo proof >"$dir/front/html/.well-known/acme-challenge/x"
    is "a certificate authority is answered in plain http" proof \
        "$(curl -sS "http://127.0.0.1:$http/.well-known/acme-challenge/x")"
}

# --- connections ---------------------------------------------------------------------------------------------------

connections_to_attimo_are_kept() {
    local before after statuses
    before=$(metric attimo_connections_total)
    statuses=$(curl -sS --cacert "$dir/cert.pem" --connect-to "::127.0.0.1:$https" -o /dev/null -w '%{http_code}\n' \
        "$site/?n=[1-300]" | sort | uniq -c | xargs)
    after=$(metric attimo_connections_total)
    is "300 requests are answered" "300 200" "$statuses"
    ok "they needed at most 4 new connections to attimo (before: $before, after: $after)" \
        [ "$((after - before))" -le 4 ]
}

attimo_can_be_restarted_behind_nginx() {
    stop "$attimo_pid"
    is "attimo leaves with exit code 0 while nginx keeps connections to it" 0 $?
    is "meanwhile nginx answers 502" "502 2" "$(ask /)"
    start_attimo
    is "once attimo is back, so are its pages" "200 2" "$(ask /)"
}

# --- early data ----------------------------------------------------------------------------------------------------

# over_early_data PORT METHOD-AND-PATH: resumes a TLS session and sends the request with its first packet.
over_early_data() {
    local name=(-servername www.example.it -CAfile "$dir/cert.pem" -tls1_3 -ign_eof)
    printf '%s HTTP/1.1\r\nHost: www.example.it\r\nConnection: close\r\n\r\n' "$2" >"$dir/request"
    openssl s_client -connect "127.0.0.1:$1" "${name[@]}" -sess_out "$dir/session" <"$dir/request" >/dev/null 2>&1
    openssl s_client -connect "127.0.0.1:$1" "${name[@]}" -sess_in "$dir/session" -early_data "$dir/request" \
        </dev/null 2>/dev/null | tr -d '\r'
}

# Early data is early only until the handshake ends, a moment later. Where nginx looks after that, it rightly puts no mark
# on the request; so this asks until it has looked before, up to 20 times.
#
# early_data_brings PATTERN METHOD-AND-PATH
early_data_brings() {
    local tries=20
    until over_early_data "$https" "$2" >"$dir/early" && grep -q "$1" "$dir/early"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
    done
}

early_data_gets_pages_and_nothing_else() {
    over_early_data "$https" 'GET /' >"$dir/early"
    ok "nginx takes early data" grep -q 'Early data was accepted' "$dir/early"
    ok "a page is served to early data" grep -q '^HTTP/1.1 200' "$dir/early"
    ok "under /_/ early data is answered 425" early_data_brings '^HTTP/1.1 425' 'GET /_/go/x/y'
    is "also when a hop before nginx took it" "425 2" "$(ask /_/e -H 'Early-Data: 1' -d e=click)"
}

# --- what attimo is told -------------------------------------------------------------------------------------------

# An nginx that takes the place of attimo and says what it was told. Under /drop and /_/e it hangs up without an answer,
# as a server does that closes a kept connection just when a request comes in.
start_echo() {
    mkdir -p "$dir/echo"
    cat >"$dir/echo/nginx.conf" <<END
pid $dir/echo/nginx.pid;
events { }
http {
    $(temp_paths "$dir/echo")
    log_format line '\$request_method \$uri';
    access_log $dir/echo/access line;
    server {
        listen unix:$dir/echo.sock;
        location / {
            return 200 'for=\$http_x_forwarded_for proto=\$http_x_forwarded_proto host=\$http_host early=\$http_early_data connection=\$http_connection \$server_protocol \$request_uri';
        }
        location /drop { return 444; }
        location /_/e { return 444; }
    }
}
END
    run_nginx echo
    wait_for test -S "$dir/echo.sock" || die "the echo did not start"
}

attimo_is_told_who_asks() {
    is "attimo learns address, scheme and host, over a connection that is kept" \
        "for=127.0.0.1 proto=https host=www.example.it early= connection= HTTP/1.1 /a%20b?c=%C3%A8" \
        "$(ask '/a%20b?c=%C3%A8' >/dev/null && cat "$dir/body")"
    is "what a visitor says about himself is dropped" \
        "for=127.0.0.1 proto=https host=example.it early= connection= HTTP/1.1 /" \
        "$(ask / -H 'X-Forwarded-For: 1.2.3.4' -H 'X-Forwarded-Proto: http' -H 'Host: example.it' >/dev/null &&
            cat "$dir/body")"
    ask / -H 'Early-Data: 1' >/dev/null
    ok "an Early-Data mark of the hop before is passed on" grep -q ' early=1 ' "$dir/body"
    ok "early data is marked" early_data_brings ' early=1 ' 'GET /'
}

# The first request leaves a kept connection behind, in the same process of nginx as the second, because both come in
# on one connection.
only_events_are_sent_again() {
    curl -sS --cacert "$dir/cert.pem" --connect-to "::127.0.0.1:$https" -o /dev/null "$site/" -o /dev/null \
        --next --cacert "$dir/cert.pem" --connect-to "::127.0.0.1:$https" -o /dev/null -d e=click "$site/$1"
    grep -c "^POST /$1" "$dir/echo/access"
}

nginx_repeats_events_only() {
    is "an event is sent again when a kept connection closes under it" 2 "$(only_events_are_sent_again _/e)"
    is "another POST is not" 1 "$(only_events_are_sent_again drop)"
}

# With a rate at which no time that this takes makes a difference.
one_address_cannot_take_everything() {
    stop "$nginx_pid"
    limit=rate=1r/m start_nginx limited "$dir/echo.sock"
    is "beyond what one address may ask for at once, it is refused" "1001 200 99 429" \
        "$(curl -sS --cacert "$dir/cert.pem" --connect-to "::127.0.0.1:$https" -o /dev/null -w '%{http_code}\n' \
            "$site/?n=[1-1100]" | sort | uniq -c | xargs)"
    is "another address is not" "200 2" "$(ask / --interface 127.0.0.2)"
    ok "and nothing tells who it was" sh -c "! grep -rn '127\.0\.0\.1' '$dir/limited/error.log' '$dir/limited/attimo.log'"
}

# as ADDRESS [CURL OPTIONS]: what nginx answers to somebody who has that address.
as() {
    local address=$1
    shift
    ask / -H "X-Real-IP: $address" "$@"
}

# exhaust ADDRESS: takes all that it may have.
exhaust() {
    curl -sS --cacert "$dir/cert.pem" --connect-to "::127.0.0.1:$https" -H "X-Real-IP: $1" -o /dev/null \
        "$site/?n=[1-1001]"
}

a_network_of_ipv6_counts_as_one_address() {
    stop "$nginx_pid"
    limit=rate=1r/m start_nginx networks "$dir/echo.sock" 'set_real_ip_from 127.0.0.1; real_ip_header X-Real-IP;'
    exhaust 2001:db8:a:b::1
    is "an address whose network has had everything is refused" "429 2" "$(as 2001:db8:a:b:ffff:ffff:ffff:fff0)"
    is "however it is written" "429 2" "$(as 2001:0DB8:000a:000b:0:0:0:a0a)"
    is "the network beside it is not" "200 2" "$(as 2001:db8:a:c::1)"
    exhaust 2001:db8::1
    is "zeros that are left out belong to the network" "429 2" "$(as 2001:db8:0:0:1::)"
    is "or to its number" "200 2" "$(as 2001:db8::1:0:0:0:1)"
    exhaust 198.51.100.10
    is "IPv4 within IPv6 is the same address" "429 2" "$(as ::ffff:198.51.100.10)"
    is "and counts whole" "200 2" "$(as ::ffff:198.51.100.11)"
}

nothing_tells_who_visited() {
    stop "$nginx_pid" # writes out what its log still holds
    ok "nginx logs requests" grep -q 'GET / HTTP/2.0 200' "$dir/front/attimo.log"
    ok "without addresses and queries" sh -c "! grep -e '127\.0\.0\.1' -e 'utm_source' '$dir/front/attimo.log'"
}

# What is answered changes no more.
all_is_compressed() { [ "$(metric 'attimo_resources{tier="quick"}')" = 0 ]; }

start_attimo
wait_for_start "$attimo_pid" all_is_compressed || die "attimo does not come to an end with compressing"
start_nginx front "$socket"
every_protocol_is_spoken
every_page_arrives_as_attimo_sent_it
validators_work_through_nginx
head_has_no_body
refusals_are_attimos_own
nginx_waits_for_what_attimo_says_of_its_disk
plain_http_leads_to_https
connections_to_attimo_are_kept
early_data_gets_pages_and_nothing_else
attimo_can_be_restarted_behind_nginx
nothing_tells_who_visited

start_echo
start_nginx told "$dir/echo.sock"
attimo_is_told_who_asks
nginx_repeats_events_only
one_address_cannot_take_everything
a_network_of_ipv6_counts_as_one_address
finish

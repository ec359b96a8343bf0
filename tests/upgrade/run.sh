#!/bin/bash
# Take-overs under load, directly and through Debian's nginx with nginx.conf.example: tests/upgrade/run.sh ROUNDS
# ATTIMO=build/attimo
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/support/site.sh
. tests/support/site.sh
limit=rate=1000000r/s

rounds=${1:-10}
free_port && direct=$port
write_attimo_config
# A second way in beside nginx's, and old servers that do not stay long.
sed -i -e "s|^listen:.*|listen: [\"unix:$socket\", \"127.0.0.1:$direct\"]|" -e 's|^drain_timeout:.*|drain_timeout: 2s|' \
    "$dir/attimo.yaml"
# One that is busy, and one whose connections to attimo have nothing to do for a while.
start_nginx quiet "$socket"
quiet=$https quiet_pid=$nginx_pid
start_nginx front "$socket"
nothing_fails() {
    python3 -B tests/upgrade/upgrade.py "$ATTIMO" "$dir/attimo.yaml" --data "$dir/data" --port "$direct" --nginx "$https" \
        --quiet-nginx "$quiet" --certificate "$dir/cert.pem" --rounds "$rounds"
}
ok "$rounds take-overs under load" nothing_fails
stop "$nginx_pid"
stop "$quiet_pid"
is "nginx had to answer for nobody" '' "$(grep -hE ' (502|503|504) ' "$dir"/{front,quiet}/attimo.log | head -n 5)"
finish

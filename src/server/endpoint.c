/* Owns what all endpoints have in common: who may send what, and how they say no. */
#include "server/endpoint_parts.h"

#include "base/clock.h"
#include "server/feed.h"

enum verdict endpoint_error(const struct exchange *exchange, struct answer *answer, unsigned status,
                            const char *words)
{
    handler_error(answer, exchange->scratch, status, words, true);
    return VERDICT_RESPOND;
}

enum verdict endpoint_refuse(const struct exchange *exchange, struct answer *answer,
                             const struct refused *refused)
{
    recording_refuse(exchange->recording, refused->reason, refused->n);
    return endpoint_error(exchange, answer, refused->status, refused->words);
}

enum verdict endpoint_method(const struct exchange *exchange, struct answer *answer,
                             struct str allow)
{
    if (exchange->request->method == METHOD_OPTIONS) {
        answer->status = 204;
        answer->fields = allow;
        return VERDICT_RESPOND;
    }
    handler_error(answer, exchange->scratch, 405, NULL, true);
    answer->more_fields = allow;
    return VERDICT_RESPOND;
}

/* Whether it was a page of another site that sent the request; then it is answered and counted. */
static bool is_foreign(const struct exchange *exchange, struct answer *answer)
{
    static const struct refused foreign = {REFUSAL_ORIGIN, 1, 403,
                                           "only pages of this site send events here"};
    struct str site = request_value(exchange->request, FIELD_SEC_FETCH_SITE);
    if (site.len == 0 || str_eq(site, STR("same-origin")))
        return false;
    (void)endpoint_refuse(exchange, answer, &foreign);
    return true;
}

/* Nobody knows who is at the other end where a trusted proxy does not tell: then there is nothing
 * to count by. IPv6 is dealt out in networks of 64 bits. */
static bool address_may_bring(const struct exchange *exchange, unsigned n, uint64_t now)
{
    struct peer client = exchange_client(exchange);
    if (client.kind != PEER_IP ||
        (exchange->trusted_proxies && networks_contain(exchange->trusted_proxies, &client)))
        return true;
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    bool is_ipv4 = memcmp(client.ip, mapped, sizeof mapped) == 0;
    struct str who = str_make((const char *)client.ip, is_ipv4 ? sizeof client.ip : 8);
    return limit_take(exchange->recording->by_address, who, n, now);
}

bool endpoint_may_bring(const struct exchange *exchange, struct str view, unsigned n)
{
    uint64_t now = clock_monotonic_ms();
    return address_may_bring(exchange, n, now) &&
           (view.len == 0 || limit_take(exchange->recording->by_view, view, n, now));
}

bool endpoint_offer(const struct exchange *exchange, const struct hit *hits, size_t count)
{
    struct feed *feed = exchange->recording->feed;
    char *room = NULL;
    for (size_t i = 0; i < count && (room = feed_reserve(feed, HIT_ROOM)); i++)
        feed_add(feed, hit_pack(&hits[i], room));
    return feed_offer_group(feed, exchange->ticket);
}

enum verdict endpoint_record(const struct exchange *exchange, struct answer *answer,
                             const struct hit *hits, size_t count)
{
    if (!endpoint_offer(exchange, hits, count))
        return endpoint_error(exchange, answer, 503, "too much is waiting to be recorded");
    return VERDICT_WAIT;
}

enum verdict endpoint_handle(const struct exchange *exchange, struct str path,
                             struct answer *answer)
{
    const struct request *request = exchange->request;
    path = str_skip(path, sizeof "/_/" - 1);
    /* Early data may be a replay (RFC 8470 5.2). */
    struct str mark; /* several or invalid ones count as "1" (5.1) */
    unsigned at = 0;
    if (request_field(request, FIELD_EARLY_DATA, &at, &mark))
        return endpoint_error(exchange, answer, 425, NULL);
    if (str_eq(path, STR("io")))
        return endpoint_staff(exchange, answer);
    if (str_starts_with(path, STR("go/")))
        return endpoint_go(exchange, str_skip(path, 2), answer);
    if (!str_eq(path, STR("e")) && !str_eq(path, STR("p")))
        return endpoint_error(exchange, answer, 404, NULL);
    if (request->method != METHOD_POST)
        return endpoint_method(exchange, answer, STR("Allow: POST, OPTIONS\r\n"));
    if (!exchange->recording)
        return endpoint_error(exchange, answer, 503, "nothing is recorded here");
    if (is_foreign(exchange, answer))
        return VERDICT_RESPOND;
    return path.ptr[0] == 'e' ? endpoint_events(exchange, answer) : endpoint_ping(exchange, answer);
}

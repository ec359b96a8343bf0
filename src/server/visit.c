/* Owns what is read of a request for the record, and the record of a view.
 *
 * Part of the common path: no allocation, nothing classified. */
#include "server/visit.h"

#include "base/clock.h"
#include "base/copy.h"
#include "capture/classify.h"
#include "server/feed.h"

const struct str visit_staff_cookie = STR_INIT("attimo_internal=1");

/* --- the sender */

static bool has_staff_cookie(struct str cookies)
{
    struct str cookie;
    while (str_split(&cookies, ';', &cookie))
        if (str_eq(str_trim(cookie), visit_staff_cookie))
            return true;
    return false;
}

bool visit_is_staff(const struct request *request)
{
    struct str value;
    unsigned at = 0;
    while (request_field(request, FIELD_COOKIE, &at, &value))
        if (has_staff_cookie(value))
            return true;
    return false;
}

static unsigned flag_if_one(struct str value, unsigned flag)
{
    return str_eq(value, STR("1")) ? flag : 0;
}

/* Two letters or digits (T1 is Tor at Cloudflare), from a proxy that is trusted. XX is nowhere. */
static struct str country_of(const struct exchange *exchange, struct str value)
{
    if (value.len != 2 || str_eq(value, STR("XX")) || !exchange->trusted_proxies ||
        !networks_contain(exchange->trusted_proxies, exchange->peer))
        return STR("");
    for (size_t i = 0; i < value.len; i++)
        if (!((value.ptr[i] >= 'A' && value.ptr[i] <= 'Z') ||
              (value.ptr[i] >= '0' && value.ptr[i] <= '9')))
            return STR("");
    return value;
}

bool visit_is_own_address(const struct request *request, struct str address)
{
    return classify_is_at_host(address, request->host);
}

static bool is_internal(const struct exchange *exchange)
{
    const struct networks *networks =
        exchange->recording ? exchange->recording->internal_networks : NULL;
    if (!networks)
        return false;
    struct peer client = exchange_client(exchange);
    return networks_contain(networks, &client);
}

/* What few requests have. */
static const uint64_t rare_fields =
    UINT64_C(1) << FIELD_PURPOSE | UINT64_C(1) << FIELD_REQUESTED_WITH |
    UINT64_C(1) << FIELD_COUNTRY | UINT64_C(1) << FIELD_COOKIE | UINT64_C(1) << FIELD_EARLY_DATA |
    UINT64_C(1) << FIELD_SEC_GPC | UINT64_C(1) << FIELD_DNT | UINT64_C(1) << FIELD_SAVE_DATA;

static void read_rare_field(struct hit *hit, const struct exchange *exchange, enum field id,
                            struct str value)
{
    switch (id) {
    case FIELD_PURPOSE:
        if (classify_purpose(value).len > 0)
            hit->purpose = value;
        break;
    case FIELD_REQUESTED_WITH:
        hit->requested_with = value;
        break;
    case FIELD_COUNTRY:
        hit->country = country_of(exchange, value);
        break;
    case FIELD_COOKIE:
        hit->flags |= has_staff_cookie(value) ? HIT_INTERNAL : 0;
        break;
    case FIELD_EARLY_DATA:
        hit->flags |= HIT_EARLY;
        break;
    case FIELD_SEC_GPC:
    case FIELD_DNT:
        hit->flags |= flag_if_one(value, HIT_GPC);
        break;
    case FIELD_SAVE_DATA:
        hit->flags |= str_eq_nocase(value, STR("on")) ? HIT_SAVE_DATA : 0;
        break;
    default:
        break;
    }
}

/* Apart, as what the compiler need not prepare for. */
static __attribute__((noinline)) void read_rare_fields(struct hit *hit,
                                                       const struct exchange *exchange)
{
    const struct request *request = exchange->request;
    for (uint64_t left = request->present & rare_fields; left != 0; left &= left - 1) {
        enum field id = (enum field)__builtin_ctzll(left);
        struct str value;
        unsigned at = 0;
        while (request_field(request, id, &at, &value))
            read_rare_field(hit, exchange, id, value);
    }
}

static __attribute__((noinline)) void read_referrer(struct hit *hit, const struct request *request)
{
    struct str value = request_value(request, FIELD_REFERER);
    if (!visit_is_own_address(request, value))
        hit->referrer = value;
}

void visit_read(struct hit *hit, const struct exchange *exchange)
{
    const struct request *request = exchange->request;
    hit->ts_ms = clock_wall_ms();
    hit->query = request->query;
    hit->user_agent = request_value(request, FIELD_USER_AGENT);
    hit->language = request_value(request, FIELD_ACCEPT_LANGUAGE);
    if (str_eq(request_value(request, FIELD_MOBILE), STR("?1")))
        hit->flags |= HIT_MOBILE;
    if (request_has(request, FIELD_REFERER))
        read_referrer(hit, request);
    if (request->present & rare_fields)
        read_rare_fields(hit, exchange);
    if (is_internal(exchange))
        hit->flags |= HIT_INTERNAL;
}

/* --- the page */

void visit_add_page(struct hit *hit, const struct resource *page)
{
    hit->page = page->path;
    hit->intent = page->facts.intent;
    hit->stage = page->facts.stage;
}

/* Writes the lines of a page's answer, and finds the token's place in them. */
static struct str write_timing(struct recording *recording, const struct resource *page,
                               char **token)
{
    _Static_assert(sizeof recording->timing > 128 + TOKEN_LEN + HASH_TEXT_SIZE, "all has room");
    char *at = copy_str(recording->timing, STR("Cache-Control: private, no-cache\r\n"));
    if (page->facts.capture != CAPTURE_OFF) {
        at = copy_str(at, STR("Server-Timing: "));
        if (page->facts.capture == CAPTURE_FULL) {
            at = copy_str(at, STR("pv;desc=\""));
            *token = at;
            at = copy_str(at + TOKEN_LEN, STR("\", "));
        }
        at = copy_str(at, STR("rev;desc=\""));
        at = copy_str(at, str_make(page->rev, HASH_TEXT_SIZE - 1));
        at = copy_str(at, STR("\"\r\n"));
    }
    return str_make(recording->timing, (size_t)(at - recording->timing));
}

struct str visit_view(const struct exchange *exchange, const struct resource *page, bool cached)
{
    struct recording *recording = exchange->recording;
    struct hit hit;
    char *token = NULL;
    struct str lines = write_timing(recording, page, &token);

    hit_init_view(&hit);
    visit_read(&hit, exchange);
    visit_add_page(&hit, page);
    hit.rev = str_make(page->rev, HASH_TEXT_SIZE - 1);
    hit.theme_rev = str_make(page->theme_rev, page->theme_rev[0] ? HASH_TEXT_SIZE - 1 : 0);
    hit.flags |= cached ? HIT_CACHED : 0;
    if (token) {
        const struct token_facts facts = {.ms = hit.ts_ms,
                                          .random = random_stream_next(&recording->random),
                                          .prefetch = hit.purpose.len > 0};
        token_write(token, &recording->key, &facts, page->mark);
        hit.pv = str_make(token, TOKEN_ID_LEN);
    }
    char *room = feed_reserve(recording->feed, HIT_ROOM);
    if (room)
        feed_add(recording->feed, hit_pack(&hit, room));
    feed_offer_view(recording->feed);
    return lines;
}

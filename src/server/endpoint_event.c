/* Owns POST /_/e and POST /_/p: judging what is said, and of which page.
 *
 * Happy path: read, judge the token, ask the limits, offer all events together, answer once they
 * are in the journal. What is refused is counted, and the journal tells how many, together. */
#include "server/endpoint_parts.h"

#include "base/err.h"
#include "capture/body.h"
#include "capture/form.h"
#include "http/path.h"
#include "server/visit.h"

static const struct refused no_page = {REFUSAL_PAGE, 1, 400, "no such page"};
static const struct refused not_here = {REFUSAL_PAGE, 1, 403, "nothing is recorded of this page"};
static const struct refused too_many = {REFUSAL_RATE, 1, 429, "too many events"};

/* What both are about. */
struct report {
    const struct exchange *exchange;
    struct answer *answer;
    struct hit visit;            /* what the request's head tells */
    struct str path;             /* of the page, decoded */
    const struct resource *page; /* NULL: there is none of that path now */
};

static enum verdict refuse(const struct report *report, const struct refused *refused, size_t n)
{
    struct refused all = *refused;
    all.n = (unsigned)n;
    return endpoint_refuse(report->exchange, report->answer, &all);
}

static enum verdict record(const struct report *report, const struct hit *hits, size_t count)
{
    report->answer->status = 204;
    return endpoint_record(report->exchange, report->answer, hits, count);
}

/* The body's media type is `type`, with or without parameters. */
static bool has_type(const struct report *report, struct str type)
{
    struct str given = request_value(report->exchange->request, FIELD_CONTENT_TYPE);
    struct str name;
    return str_split(&given, ';', &name) && str_eq_nocase(str_trim(name), type);
}

/* Finds the page at `raw`, a path as it stands in an address; `decoded` keeps what that takes.
 * False: it is none. */
static bool find_page(struct report *report, struct str raw, struct buf *decoded)
{
    if (path_decode(raw, decoded, &report->path) != 0)
        return false;
    report->page = site_find(report->exchange->site, report->path);
    if (report->page && report->page->kind != RESOURCE_PAGE)
        report->page = NULL;
    return true;
}

/* --- events */

static const struct refused *judge_token(struct report *report, const struct body *body)
{
    static const struct refused absent = {REFUSAL_BODY, 1, 400, "no 'pv'"};
    static const struct refused forged = {REFUSAL_FORGED, 1, 400, "'pv' is not of this page"};
    static const struct refused old = {REFUSAL_OLD, 1, 400, "'pv' is too old"};
    const struct token_key *key = &report->exchange->recording->key;
    uint64_t page = hash_pair(report->path, body->hits[0].rev);
    struct token_facts facts;
    switch (token_read(&facts, body->token, key, page, report->visit.ts_ms)) {
    case TOKEN_GOOD:
        return NULL;
    case TOKEN_CLIENT:
        report->visit.flags |= HIT_CLIENT_TOKEN;
        return report->page ? NULL : &no_page;
    case TOKEN_OLD:
        return &old;
    case TOKEN_ABSENT:
        return &absent;
    case TOKEN_FORGED:
    default:
        return &forged;
    }
}

/* `sendBeacon` cannot do what `fetch` does by default: to ask for permission. */
static enum hit_transport transport_of(const struct request *request)
{
    struct str mode = request_value(request, FIELD_SEC_FETCH_MODE);
    return str_eq(mode, STR("no-cors")) ? HIT_BY_BEACON : HIT_BY_FETCH;
}

/* The facts about a visit stand on its view: they are added only where there is none to look at. */
static void add_visit(struct hit *hit, const struct hit *visit)
{
    hit->user_agent = visit->user_agent;
    hit->language = visit->language;
    hit->requested_with = visit->requested_with;
    hit->country = visit->country;
}

static void add_page(struct hit *hit, const struct resource *page)
{
    visit_add_page(hit, page);
    if (str_eq(hit->rev, str_from(page->rev)))
        hit->theme_rev = str_from(page->theme_rev);
    const struct resource_cta *cta = hit->dest.len == 0 ? resource_find_cta(page, hit->cta) : NULL;
    if (cta)
        hit->dest = cta->dest;
}

/* How far the clocks of servers that share a key may be apart. */
enum { CLOCK_SLACK_MS = 3600 * 1000 };

/* A script ends a journey half an hour after its first page view, and brings what happens within a
 * day. Whoever reads the journal relies on it. */
static bool may_have_journey(const struct hit *hit)
{
    int64_t begun_ms = token_date(hit->journey);
    int64_t age_ms = hit->ts_ms - begun_ms;
    bool is_possible = begun_ms < 0 || (age_ms <= TOKEN_SILENCE_MS && age_ms >= -CLOCK_SLACK_MS);
    return is_possible && !(hit->flags & HIT_GPC);
}

static void complete_hit(const struct report *report, const struct body *body, struct hit *hit)
{
    const struct request *request = report->exchange->request;
    bool is_first_of_client = (report->visit.flags & HIT_CLIENT_TOKEN) && hit->kind == HIT_SEEN;
    bool has_view = body->token.len > 0 && !is_first_of_client;
    hit->ts_ms = report->visit.ts_ms;
    hit->transport = transport_of(request);
    hit->flags = report->visit.flags;
    hit->pv = token_id(body->token);
    hit->page = report->path;
    if (report->page)
        add_page(hit, report->page);
    if (body->token.len == 0 || !may_have_journey(hit))
        hit->journey = STR("");
    if (!has_view)
        add_visit(hit, &report->visit);
    if (has_view || visit_is_own_address(request, hit->referrer))
        hit->referrer = STR("");
    if (has_view)
        hit->query = STR("");
}

static enum verdict take_events(struct report *report, struct body *body)
{
    const struct exchange *exchange = report->exchange;
    enum capture capture = report->page ? report->page->facts.capture : CAPTURE_FULL;
    if (capture == CAPTURE_OFF)
        return refuse(report, &not_here, body->count);
    if (capture == CAPTURE_PAGE)
        body->token = STR("");
    const struct refused *refused = capture == CAPTURE_FULL ? judge_token(report, body) : NULL;
    if (refused)
        return refuse(report, refused, body->count);
    if (!endpoint_may_bring(exchange, token_id(body->token), (unsigned)body->count))
        return refuse(report, &too_many, body->count);
    for (size_t i = 0; i < body->count; i++)
        complete_hit(report, body, &body->hits[i]);
    return record(report, body->hits, body->count);
}

enum verdict endpoint_events(const struct exchange *exchange, struct answer *answer)
{
    struct report report = {.exchange = exchange, .answer = answer};
    struct refused unread = {REFUSAL_BODY, 1, 400, NULL};
    struct body body;
    if (!has_type(&report, STR("text/plain")) &&
        !has_type(&report, STR("application/x-www-form-urlencoded"))) {
        unread.status = 415;
        unread.words = "events come as text/plain or application/x-www-form-urlencoded";
        return endpoint_refuse(exchange, answer, &unread);
    }
    struct str bytes = exchange->request->body;
    char *room = buf_reserve(exchange->scratch, bytes.len + 1);
    if (!room)
        return endpoint_error(exchange, answer, 503, "out of memory");
    unread.words = body_read(&body, bytes, exchange->request->host, room);
    if (unread.words)
        return endpoint_refuse(exchange, answer, &unread);

    struct buf decoded = BUF_EMPTY;
    enum verdict verdict;
    visit_read(&report.visit, exchange);
    if (find_page(&report, body.path, &decoded))
        verdict = take_events(&report, &body);
    else
        verdict = refuse(&report, &no_page, body.count);
    buf_finish(&decoded);
    return verdict;
}

/* --- pings */

/* The parameters of the link's own address: its page, and which link of it. */
struct ping {
    struct str page; /* still encoded as a path */
    struct str cta;
};

static struct ping read_ping(struct str query, char *room)
{
    struct ping ping = {STR(""), STR("")};
    struct str name;
    struct str value;
    while (form_next(&query, &name, &value)) {
        struct str decoded = form_decode(room, value, NULL);
        if (decoded.ptr == room)
            room += decoded.len;
        if (str_eq(name, STR("p")) && ping.page.len == 0)
            ping.page = decoded;
        if (str_eq(name, STR("cta")) && ping.cta.len == 0)
            ping.cta = decoded;
    }
    return ping;
}

static enum verdict take_ping(struct report *report, const struct ping *ping)
{
    static const struct refused no_cta = {REFUSAL_PAGE, 1, 400, "no such call to action"};
    const struct exchange *exchange = report->exchange;
    const struct resource_cta *cta = resource_find_cta(report->page, ping->cta);
    if (report->page->facts.capture == CAPTURE_OFF)
        return endpoint_refuse(exchange, report->answer, &not_here);
    if (!cta)
        return endpoint_refuse(exchange, report->answer, &no_cta);
    if (!endpoint_may_bring(exchange, STR(""), 1))
        return endpoint_refuse(exchange, report->answer, &too_many);

    /* The page's own address comes as Ping-From, whole: its query says from where somebody came. */
    struct str from = request_value(exchange->request, FIELD_PING_FROM);
    struct str query = STR("");
    struct str before;
    (void)str_split(&from, '#', &query);
    (void)str_split(&query, '?', &before);
    struct hit hit = report->visit;
    hit.kind = HIT_CLICK;
    hit.transport = HIT_BY_PING;
    hit.query = query;
    hit.referrer = STR("");
    hit.cta = cta->id;
    hit.dest = cta->dest;
    visit_add_page(&hit, report->page);
    return record(report, &hit, 1);
}

enum verdict endpoint_ping(const struct exchange *exchange, struct answer *answer)
{
    static const struct refused not_ping = {REFUSAL_BODY, 1, 415, "pings come as text/ping"};
    struct report report = {.exchange = exchange, .answer = answer};
    if (!has_type(&report, STR("text/ping")))
        return endpoint_refuse(exchange, answer, &not_ping);
    struct str query = exchange->request->query;
    char *room = buf_reserve(exchange->scratch, query.len + 1);
    if (!room)
        return endpoint_error(exchange, answer, 503, "out of memory");

    struct ping ping = read_ping(query, room);
    struct buf decoded = BUF_EMPTY;
    enum verdict verdict;
    visit_read(&report.visit, exchange);
    if (find_page(&report, ping.page, &decoded) && report.page)
        verdict = take_ping(&report, &ping);
    else
        verdict = endpoint_refuse(exchange, answer, &no_page);
    buf_finish(&decoded);
    return verdict;
}

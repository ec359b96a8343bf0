/* Owns how a visit goes, event by event. */
#include "shop_visit.h"

#include "base/base64url.h"

#include <stdio.h>
#include <stdlib.h>

/* One page view while it lasts. */
struct stay {
    const struct shop_page *page;
    const struct shop_channel *channel;
    const struct event *phone;
    struct happening base; /* what all its events share */
    int64_t came_ms;
    uint32_t n;
    bool counts;
};

/* --- the queue ------------------------------------------------------------------------------ */

static bool comes_before(const struct happening *a, const struct happening *b)
{
    return a->ms != b->ms ? a->ms < b->ms : a->order < b->order;
}

static void push(struct shop *shop, const struct happening *what, int64_t ms)
{
    if (shop->count == shop->room) {
        shop->room = shop->room ? shop->room * 2 : 1024;
        shop->queue = realloc(shop->queue, shop->room * sizeof(struct happening *));
    }
    struct happening *copy = malloc(sizeof *copy);
    if (!shop->queue || !copy) {
        perror("shop");
        exit(1);
    }
    *copy = *what;
    copy->ms = ms;
    copy->order = shop->order++;
    size_t at = shop->count++;
    for (; at > 0 && comes_before(copy, shop->queue[(at - 1) / 2]); at = (at - 1) / 2)
        shop->queue[at] = shop->queue[(at - 1) / 2];
    shop->queue[at] = copy;
}

static struct happening *pop(struct shop *shop)
{
    struct happening **queue = shop->queue;
    struct happening *top = queue[0];
    struct happening *last = queue[--shop->count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < shop->count; at = child) {
        child += child + 1 < shop->count && comes_before(queue[child + 1], queue[child]);
        if (!comes_before(queue[child], last))
            break;
        queue[at] = queue[child];
    }
    if (shop->count > 0)
        queue[at] = last;
    return top;
}

struct happening *shop_next(struct shop *shop, int64_t ms)
{
    if (shop->count == 0 || shop->queue[0]->ms >= ms)
        return NULL;
    struct happening *next = pop(shop);
    /* Texts stand in the happening itself, which has moved. */
    struct event *event = &next->event;
    event->ts_ms = next->ms;
    event->pv.ptr = next->pv;
    event->journey.ptr = next->journey;
    event->d.ptr = next->d;
    return next;
}

void shop_id(struct chance *chance, char *out, size_t len)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < len; i++) {
        bits = i % 10 == 0 ? chance_bits(chance) : bits >> 6;
        out[i] = base64url_alphabet[bits & 63];
    }
}

/* The id of a token that is made at `ms`: 48 bits of time, no flags, and chance. */
static void make_token(struct chance *chance, char *out, int64_t ms)
{
    shop_id(chance, out, SERVER_PV_LEN);
    for (size_t i = 0; i < TOKEN_DATE_LEN; i++)
        out[i] = base64url_alphabet[ms >> (42 - 6 * i) & 63];
    out[TOKEN_DATE_LEN] = 'A';
}

/* --- what the server knows of a page view --------------------------------------------------- */

static void choose_phone(struct shop *shop, const struct shop_channel *channel, struct event *event)
{
    const char *os = channel->os;
    double dice = chance_share(&shop->chance);
    event->device = STR("mobile");
    if (!os && dice > 0.78) {
        event->device = dice > 0.97 ? STR("tablet") : STR("desktop");
        os = dice > 0.90 ? "macos" : "windows";
    } else if (!os) {
        os = dice < 0.33 ? "ios" : "android";
    }
    event->os = str_from(os);
    event->lang = chance_of(&shop->chance, 0.93) ? STR("it") : STR("en");
    event->save_data = chance_of(&shop->chance, 0.03);
    event->gpc = chance_of(&shop->chance, 0.02);
}

static void set_source(struct event *event, const struct shop_channel *channel)
{
    event->utm_source = str_from(channel->source);
    event->utm_medium = str_from(channel->medium);
    event->utm_campaign = str_from(channel->campaign);
    event->utm_content = str_from(channel->content);
    event->ref_host = str_from(channel->ref_host);
    event->app = str_from(channel->app);
}

/* A response to a page and its line; the events of the page view will have the same token. */
static void answer(struct shop *shop, struct stay *stay, const struct event *as, int64_t ms)
{
    stay->came_ms = ms;
    stay->phone = as;
    stay->n = 0;
    stay->base.event = (struct event){
        .node = STR("web1"),
        .pv.len = SERVER_PV_LEN,
        .page = str_from(stay->page->path),
        .rev = str_from(stay->page->rev),
        .theme_rev = STR("5b0f6d2277e1c934"),
        .intent = str_from(stay->page->intent),
        .stage = str_from(stay->page->stage),
    };
    make_token(&shop->chance, stay->base.pv, ms);
    shop_id(&shop->chance, stay->base.d, DOCUMENT_LEN);
    struct happening view = stay->base;
    struct event *event = &view.event;
    event->event = STR("view");
    event->transport = STR("server");
    event->device = as->device;
    event->os = as->os;
    event->lang = as->lang;
    event->save_data = as->save_data;
    event->gpc = as->gpc;
    event->purpose = as->purpose;
    event->bot = as->bot;
    event->internal = as->internal;
    event->cached = chance_of(&shop->chance, 0.04);
    set_source(event, stay->channel);
    push(shop, &view, ms);
}

/* --- what the script tells ------------------------------------------------------------------ */

/* An event of the page, `t` milliseconds after it was asked for; it travels for some time. */
static void tell(struct shop *shop, struct stay *stay, struct event *event, uint32_t t)
{
    struct happening told = stay->base;
    uint32_t travel = chance_ms(&shop->chance, 60, 4000);
    told.event = *event;
    told.event.d.len = DOCUMENT_LEN;
    told.event.n = (struct event_number){true, ++stay->n};
    told.event.t = (struct event_number){true, t};
    if (str_eq(event->event, STR("click")) && chance_of(&shop->chance, SHOP_TAP_LATE))
        travel += chance_ms(&shop->chance, 120000, 600000);
    push(shop, &told, stay->came_ms + t + travel);
    if (!chance_of(&shop->chance, SHOP_RESENT))
        return;
    shop->resent += stay->counts;
    push(shop, &told, stay->came_ms + t + travel + chance_ms(&shop->chance, 3000, 60000));
}

static struct event script_event(const struct stay *stay, struct str name)
{
    struct event event = stay->base.event;
    event.event = name;
    event.transport = STR("fetch");
    return event;
}

static void tell_tap(struct shop *shop, struct stay *stay, const struct shop_tap *tap, uint32_t t)
{
    struct event click = script_event(stay, STR("click"));
    click.cta = str_from(tap->cta);
    click.dest = str_from(tap->dest);
    if (chance_of(&shop->chance, SHOP_TAP_LOST))
        return;
    tell(shop, stay, &click, t);
    if (chance_of(&shop->chance, 0.05)) /* a double tap */
        tell(shop, stay, &click, t + 180);
    bool leads_out = strcmp(tap->dest, "page") != 0 && strcmp(tap->dest, "share") != 0;
    if (leads_out && chance_of(&shop->chance, 0.8)) {
        struct event left = script_event(stay, STR("left"));
        tell(shop, stay, &left, t + chance_ms(&shop->chance, 500, 4900));
    }
}

static struct event_number thousandths(double value)
{
    return (struct event_number){true, (int64_t)value};
}

static void tell_summary(struct shop *shop, struct stay *stay, uint32_t t)
{
    struct chance *chance = &shop->chance;
    struct event summary = script_event(stay, STR("summary"));
    double ttfb = chance_ms(chance, 120, 5000);
    double fcp = ttfb + chance_ms(chance, 180, 8000);
    summary.transport = chance_of(chance, 0.3) ? STR("beacon") : STR("fetch");
    summary.engaged_ms = thousandths((double)t * 800);
    summary.scroll = thousandths(chance_share(chance) * 100000);
    summary.ttfb = thousandths(ttfb * 1000);
    summary.fcp = thousandths(fcp * 1000);
    summary.lcp = thousandths((fcp + chance_ms(chance, 90, 9000)) * 1000);
    summary.cls = thousandths(chance_of(chance, 0.9) ? 0 : chance_share(chance) * 300);
    if (chance_of(chance, 0.7))
        summary.inp = thousandths(chance_ms(chance, 40, 2000) * 1000.0);
    tell(shop, stay, &summary, t);
}

/* A page view from its first showing on. Returns after how many milliseconds the visitor goes on to
 * another page; 0: he does not. */
static uint32_t stay(struct shop *shop, struct stay *stay, double factor)
{
    struct chance *chance = &shop->chance;
    const struct shop_page *page = stay->page;
    double more = page == shop_pages && stay->came_ms >= shop->more_from_ms ? shop->more : 0;
    double appeal = stay->channel->appeal * factor;
    bool goal = chance_of(chance, (page->goal.rate + more) * appeal);
    bool other = chance_of(chance, page->other.rate * appeal);
    bool goes_on = chance_of(chance, SHOP_ON);
    bool engaged = goal || other || goes_on || chance_of(chance, 0.68);
    uint32_t shown = chance_ms(chance, 300, 8000);
    uint32_t tapped = shown + chance_ms(chance, 9000, 240000);

    struct event seen = script_event(stay, STR("seen"));
    seen.journey = stay->base.event.journey;
    if (seen.pv_src.len > 0) { /* no view tells it */
        set_source(&seen, stay->channel);
        seen.device = stay->phone->device;
        seen.os = stay->phone->os;
        seen.lang = stay->phone->lang;
    }
    tell(shop, stay, &seen, shown);
    if (engaged) {
        struct event event = script_event(stay, STR("engaged"));
        tell(shop, stay, &event, tapped < shown + 3000 ? tapped : shown + 3000);
    }
    if (goal)
        tell_tap(shop, stay, &page->goal, tapped);
    if (other)
        tell_tap(shop, stay, &page->other, tapped + chance_ms(chance, 4000, 30000));
    if (goes_on)
        tell_tap(shop, stay, &(struct shop_tap){"", "page", 0}, tapped + 31000);
    if (chance_of(chance, 0.9))
        tell_summary(shop, stay, tapped + 31200);
    if (stay->counts) {
        struct shop_page_count *count = &shop->pages[page - shop_pages];
        count->seen++;
        count->goal += goal;
        count->tapped += goal || other || goes_on;
    }
    return goes_on ? tapped + 31000 : 0;
}

/* --- visits --------------------------------------------------------------------------------- */

static void bot_comes(struct shop *shop, struct stay *visit, int64_t ms)
{
    static const struct str kinds[] = {STR_INIT("crawler"), STR_INIT("link-preview"),
                                       STR_INIT("empty-user-agent"), STR_INIT("headless")};
    struct str kind = kinds[chance_bits(&shop->chance) % 4];
    shop->bots++;
    answer(shop, visit, &(struct event){.device = STR("desktop"), .bot = kind}, ms);
    if (str_eq(kind, kinds[3])) /* a browser without a person runs the script, and taps it all */
        (void)stay(shop, visit, 4);
}

/* A visitor without a script that works: the server knows of the views, and of some taps. */
static void silent_visit(struct shop *shop, struct stay *visit)
{
    struct chance *chance = &shop->chance;
    const struct shop_tap *goal = &visit->page->goal;
    if (!chance_of(chance, goal->rate * 0.3))
        return;
    struct happening ping = visit->base;
    ping.event = script_event(visit, STR("click"));
    ping.event.pv.len = 0; /* a ping does not know it */
    ping.event.cta = str_from(goal->cta);
    ping.event.dest = str_from(goal->dest);
    ping.event.transport = STR("ping");
    push(shop, &ping, visit->came_ms + chance_ms(chance, 9000, 240000));
}

/* The script works with a number of its own where it cannot see the server's. */
static void hide_token(struct shop *shop, struct stay *visit)
{
    shop_id(&shop->chance, visit->base.pv, CLIENT_PV_LEN);
    visit->base.event.pv.len = CLIENT_PV_LEN;
    visit->base.event.pv_src = STR("client");
}

static void person_comes(struct shop *shop, struct stay *visit, struct event *as, int64_t ms)
{
    struct chance *chance = &shop->chance;
    bool silent = chance_of(chance, visit->channel->lost);
    bool hidden = !as->internal && chance_of(chance, SHOP_CLIENT);
    struct happening journey = {0};
    for (bool first = true; ms > 0; first = false) {
        answer(shop, visit, as, ms);
        if (as->purpose.len > 0 && (silent || hidden))
            shop->prefetched++;
        else
            shop->staff += as->internal;
        as->purpose = str_make(NULL, 0);
        if (silent) {
            silent_visit(shop, visit);
            return;
        }
        if (hidden)
            hide_token(shop, visit);
        if (first)
            journey = visit->base;
        memcpy(visit->base.journey, journey.pv, PV_MAX);
        visit->base.event.journey.len = journey.event.pv.len;
        uint32_t on = stay(shop, visit, as->internal ? 2 : 1);
        ms = on ? ms + on + 200 : 0;
        visit->page = chance_page(chance, visit->page);
    }
}

void shop_visit(struct shop *shop, int64_t ms)
{
    struct chance *chance = &shop->chance;
    double dice = chance_share(chance);
    struct stay visit = {.page = chance_page(chance, NULL), .channel = chance_channel(chance)};
    struct event as = {0};
    if (dice < SHOP_BOTS) {
        bot_comes(shop, &visit, ms);
        return;
    }
    dice -= SHOP_BOTS;
    choose_phone(shop, visit.channel, &as);
    if (dice < SHOP_PREFETCH) {
        as.purpose = STR("prefetch");
        shop->prefetched++;
        answer(shop, &visit, &as, ms);
        return;
    }
    dice -= SHOP_PREFETCH;
    as.internal = dice < SHOP_STAFF;
    visit.counts = !as.internal;
    if (chance_of(chance, SHOP_MADE_REAL))
        as.purpose = STR("prerender");
    person_comes(shop, &visit, &as, ms);
}

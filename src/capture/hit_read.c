/* Owns the way from a hit to an event: the recorder's part. */
#include "capture/campaign.h"
#include "capture/classify.h"
#include "capture/hit_known.h"

#include "base/err.h"

#include <assert.h>
#include <stdlib.h>

#define WORDS(name, words) STR_INIT(words),
static const struct str kinds[HIT_KIND_COUNT] = {HIT_KINDS(WORDS)};
static const struct str transports[HIT_TRANSPORT_COUNT] = {HIT_TRANSPORTS(WORDS)};
#undef WORDS

struct hit_reader {
    /* Decoded, of the hit that was read last. */
    char campaign[CAMPAIGN_ROOM];
    char host[CLASSIFY_HOST_MAX];
    struct hit_known *known;
};

int hit_reader_create(struct hit_reader **out)
{
    struct hit_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return ERR_NO_MEMORY;
    int rc = hit_known_create(&reader->known);
    if (rc != 0) {
        free(reader);
        return rc;
    }
    *out = reader;
    return 0;
}

void hit_reader_destroy(struct hit_reader *reader)
{
    if (reader)
        hit_known_destroy(reader->known);
    free(reader);
}

/* What a visit tells. */
struct visit {
    struct str agent; /* the piece of the hit */
#define MEMBER(name, max) struct str name;
    HIT_VIEW_TEXTS(MEMBER)
#undef MEMBER
};

static const char *take_number(const char *at, unsigned numbers, unsigned index,
                               struct event_number *number)
{
    if (!(numbers & 1U << index))
        return at;
    number->set = true;
    memcpy(&number->value, at, sizeof number->value);
    return at + sizeof number->value;
}

/* What only other events than views have. */
static const char *take_event_facts(struct event *out, const struct hit_form *form, const char *at)
{
#define TAKE(name, max) at = hit_take_text(at, form->lens.name, &out->name);
    HIT_EVENT_TEXTS(TAKE)
#undef TAKE
#define TAKE(name) at = take_number(at, form->head.numbers, HIT_NUMBER_##name, &out->name);
    HIT_NUMBERS(TAKE)
#undef TAKE
    return at;
}

static const char *take_texts(struct event *out, struct visit *visit, const struct hit_form *form,
                              const char *at)
{
#define TAKE(name, max) at = hit_take_text(at, form->lens.name, &visit->name);
    HIT_VIEW_TEXTS(TAKE)
#undef TAKE
    out->pv = visit->pv;
    out->country = visit->country;
    return form->head.kind == HIT_VIEW ? at : take_event_facts(out, form, at);
}

static void read_flags(struct event *out, unsigned flags)
{
    out->internal = flags & HIT_INTERNAL;
    out->early = flags & HIT_EARLY;
    out->gpc = flags & HIT_GPC;
    out->save_data = flags & HIT_SAVE_DATA;
    out->cached = flags & HIT_CACHED;
    if (flags & HIT_CLIENT_TOKEN)
        out->pv_src = STR("client");
}

static void classify(struct event *out, const struct visit *visit, struct hit_reader *reader)
{
    hit_known_agent(reader->known, out, visit->agent);
    if (visit->purpose.len > 0)
        out->purpose = classify_purpose(visit->purpose);
    if (visit->referrer.len > 0)
        out->ref_host = classify_referrer(visit->referrer, reader->host);
    if (visit->query.len > 0)
        campaign_read(out, visit->query, reader->campaign);
}

/* Where the facts about a visit stand: on the view, and on what cannot be joined with one. All
 * other events of a page view go without. */
static bool stands_alone(const struct hit_form *form)
{
    switch (form->head.kind) {
    case HIT_VIEW:
    case HIT_REDIRECT:
        return true;
    case HIT_REFUSED:
    case HIT_GAP:
        return false;
    case HIT_SEEN:
        return form->lens.pv == 0 || form->head.flags & HIT_CLIENT_TOKEN;
    default:
        return form->lens.pv == 0;
    }
}

enum hit_kind hit_read(struct event *out, struct str record, struct hit_reader *reader)
{
    struct hit_form form;
    struct visit visit = {0};
    assert(record.len >= sizeof form);
    memcpy(&form, record.ptr, sizeof form);
    event_init(out);
    out->ts_ms = form.head.ts_ms;
    out->event = kinds[form.head.kind];
    out->transport = transports[form.head.transport];
    const char *at = record.ptr + sizeof form;
    hit_known_page(reader->known, out, str_make(at, form.head.page_len));
    at += form.head.page_len;
    visit.agent = str_make(at, form.head.agent_len);
    at = take_texts(out, &visit, &form, at + form.head.agent_len);
    assert(at == record.ptr + record.len);
    read_flags(out, form.head.flags);
    if (stands_alone(&form))
        classify(out, &visit, reader);
    return (enum hit_kind)form.head.kind;
}

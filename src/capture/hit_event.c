/* Owns the way from a hit to an event. */
#include "capture/hit.h"

#include "base/err.h"

#include <stdlib.h>

struct hit_reader {
    char texts[2048]; /* decoded, of the hit that was read last */
};

int hit_reader_create(struct hit_reader **out)
{
    *out = malloc(sizeof **out);
    return *out ? 0 : ERR_NO_MEMORY;
}

void hit_reader_destroy(struct hit_reader *reader)
{
    free(reader);
}

#define WORDS(name, words) STR_INIT(words),
static const struct str kinds[HIT_KIND_COUNT] = {HIT_KINDS(WORDS)};
static const struct str transports[HIT_TRANSPORT_COUNT] = {HIT_TRANSPORTS(WORDS)};
#undef WORDS

/* What stands in the event as it stands in the hit. */
static void copy_facts(struct event *out, const struct hit *hit)
{
#define COPY(name) out->name = hit->name;
    HIT_NUMBERS(COPY)
#undef COPY
    out->pv = hit->pv;
    out->journey = hit->journey;
    out->d = hit->d;
    out->page = hit->page;
    out->rev = hit->rev;
    out->theme_rev = hit->theme_rev;
    out->intent = hit->intent;
    out->stage = hit->stage;
    out->variant = hit->variant;
    out->cta = hit->cta;
    out->dest = hit->dest;
    out->country = hit->country;
    out->internal = hit->flags & HIT_INTERNAL;
    out->early = hit->flags & HIT_EARLY;
    out->gpc = hit->flags & HIT_GPC;
    out->save_data = hit->flags & HIT_SAVE_DATA;
    out->cached = hit->flags & HIT_CACHED;
    if (hit->flags & HIT_CLIENT_TOKEN)
        out->pv_src = STR("client");
}

void hit_event(struct event *out, const struct hit *hit, struct hit_reader *reader)
{
    (void)reader;
    *out = (struct event){
        .ts_ms = hit->ts_ms,
        .event = kinds[hit->kind],
        .transport = transports[hit->transport],
    };
    copy_facts(out, hit);
}

/* Owns what a page view means to a funnel. */
#include "insight/funnel_place.h"

#include "base/err.h"
#include "insight/fingerprint.h"

#include <stdlib.h>

/* What an event's own texts and its view's mean together. Found out once for each pair. */
struct meaning {
    uint64_t key;  /* of both numbers */
    uint64_t unit; /* of a unit of another key; 0: belongs to none */
    uint32_t steps;
    const struct str *by;
};

int funnel_place_init(struct funnel_place *place, const struct question *question,
                      struct row_numbers *by)
{
    *place = (struct funnel_place){
        .question = question,
        .by = by,
        .memory = calloc(1, sizeof *place->memory),
        .meanings.pool.item_size = sizeof(struct meaning),
    };
    return place->memory ? 0 : ERR_NO_MEMORY;
}

void funnel_place_finish(struct funnel_place *place)
{
    free(place->memory);
    free(place->channels);
    free(place->whole);
    table_finish(&place->meanings);
    for (size_t i = 0; i < UNITS_PARTS; i++)
        buf_finish(&place->out[i]);
    place->memory = NULL;
    place->channels = NULL;
    place->whole = NULL;
}

/* --- what events mean ----------------------------------------------------------------------- */

static int find_out(struct funnel_place *place, const struct str *own, const struct str *view,
                    struct meaning *out)
{
    const struct question *question = place->question;
    struct str by[FUNNEL_BY_MAX] = {{0}};
    for (size_t i = 0; i < question->query.by_count; i++)
        if (question->by[i] != NO_TEXT)
            by[i] = question_value(question, question->by[i], own, view);
    if (question->unit_kind == UNIT_KEY) {
        struct str unit = question_value(question, question->unit, own, view);
        out->unit = unit.ptr ? fingerprint(unit, 0) | 1 : 0;
    }
    out->steps = question_steps(question, own, view);
    struct row_known known = {0};
    int rc = row_numbers_get(place->by, place->memory, by, &known);
    out->by = known.row;
    return rc;
}

static const struct meaning *meaning_of(struct funnel_place *place, struct visits *visits,
                                        uint32_t own, uint32_t view)
{
    bool added;
    uint32_t number = table_get(&place->meanings, table_key_of_pair(own, view), &added);
    struct meaning *meaning = number ? table_at(&place->meanings, number) : NULL;
    if (meaning && added &&
        find_out(place, visits_texts(visits, own), visits_texts(visits, view), meaning) != 0)
        return NULL;
    return meaning;
}

/* --- events --------------------------------------------------------------------------------- */

/* Leaves only what takes part in chains: in strict ones whatever lies between. */
static int choose(struct funnel_place *place, struct visits *visits, struct visit *visit)
{
    size_t kept = 0;
    bool all = place->question->query.mode == CHAIN_STRICT;
    for (size_t i = 0; i < visit->count; i++) {
        struct settling *event = &visit->events[i];
        const struct meaning *meaning =
            meaning_of(place, visits, event->moment.values, visit->texts);
        if (!meaning)
            return ERR_NO_MEMORY;
        event->steps = meaning->steps;
        if (all || meaning->steps != 0)
            visit->events[kept++] = *event;
    }
    visit->count = kept;
    return 0;
}

static uint64_t unit_of(const struct funnel_place *place, const struct visit *visit,
                        const struct meaning *meaning)
{
    switch (place->question->unit_kind) {
    case UNIT_JOURNEY:
        return visit->journey ? visit->journey : visit->key;
    case UNIT_PV:
        return visit->key;
    default:
        return meaning->unit;
    }
}

static int put(struct funnel_place *place, uint64_t unit, const struct placed *event)
{
    const struct to_place item = {unit, *event};
    struct buf *out = &place->out[(unit >> 1) % UNITS_PARTS]; /* the lowest bit is set */
    buf_append(out, str_make((const char *)&item, sizeof item));
    return buf_status(out);
}

static int make_whole(struct funnel_place *place, size_t count)
{
    if (count > place->whole_room) {
        struct placed *grown = realloc(place->whole, 2 * count * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        place->whole = grown;
        place->whole_room = 2 * count;
    }
    place->whole_count = count;
    return 0;
}

static int place_events(struct funnel_place *place, struct visits *visits,
                        const struct visit *visit)
{
    enum unit_kind kind = place->question->unit_kind;
    bool is_whole = kind == UNIT_PV || (kind == UNIT_JOURNEY && visit->is_alone);
    int rc = is_whole ? make_whole(place, visit->count) : 0;
    for (size_t i = 0; rc == 0 && i < visit->count; i++) {
        const struct settling *event = &visit->events[i];
        const struct meaning *meaning =
            meaning_of(place, visits, event->moment.values, visit->texts);
        if (!meaning)
            return ERR_NO_MEMORY;
        const struct placed placed = {
            .ms = event->moment.ms,
            .seq = event->moment.seq,
            .visit = visit->key,
            .rank = (uint32_t)i,
            .steps = event->steps,
            .by = meaning->by,
        };
        uint64_t unit = unit_of(place, visit, meaning);
        if (is_whole)
            place->whole[i] = placed;
        else if (unit != 0)
            rc = put(place, unit, &placed);
    }
    return rc;
}

/* --- page views: what counts, and what is lost ---------------------------------------------- */

static int cover(struct funnel_place *place, const struct visit *visit)
{
    if (visit->channel >= place->channel_count) {
        size_t count = place->channel_count ? place->channel_count * 2 : 16;
        while (count <= visit->channel)
            count *= 2;
        struct funnel_channel *grown = realloc(place->channels, count * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        memset(grown + place->channel_count, 0, (count - place->channel_count) * sizeof *grown);
        place->channels = grown;
        place->channel_count = count;
    }
    bool unserved = place->question->joins_views && visit->has_seen && !visit->has_view;
    bool seen = visit->has_seen && !unserved;
    place->channels[visit->channel].view += visit->has_view;
    place->channels[visit->channel].seen += seen;
    place->coverage.view += visit->has_view;
    place->coverage.seen += seen;
    place->unserved += unserved;
    return 0;
}

/* Before what takes part in chains is chosen. */
static int count_visit(struct funnel_place *place, const struct visit *visit)
{
    uint64_t clicks = 0;
    for (size_t i = 0; i < visit->count; i++)
        clicks += visit->events[i].moment.is_click;
    place->loss.duplicate += visit->repeats;
    if (!visit_is_known(visit))
        place->loss.orphan_click += clicks;
    return cover(place, visit);
}

int funnel_place_add(struct funnel_place *place, struct visits *visits, struct visit *visit)
{
    const struct funnel_query *query = &place->question->query;
    bool in_range = visit->first_ms >= query->from_ms && visit->first_ms < query->to_ms;
    uint64_t *loss = loss_of(&place->loss, &query->include, visit->is_bot,
                             visit->is_prefetch && !visit->has_seen, visit->is_internal);
    place->whole_count = 0;
    if (loss) {
        *loss += in_range && visit_is_known(visit);
        return 0;
    }
    int rc = in_range ? count_visit(place, visit) : 0;
    if (rc == 0)
        rc = choose(place, visits, visit);
    if (rc == 0)
        settle_order(visit->events, visit->count);
    return rc == 0 ? place_events(place, visits, visit) : rc;
}

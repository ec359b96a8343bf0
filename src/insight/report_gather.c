/* Owns gathering events into page views. */
#include "insight/report_gather.h"

#include "base/err.h"
#include "insight/fingerprint.h"

#include <math.h>
#include <stdlib.h>

/* An event as it is noted. Of texts there are fingerprints, or numbers in the piece's tuples. */
struct note {
    uint64_t pv;
    int64_t ms;
    uint64_t seq;
    uint64_t id;
    uint64_t document;
    uint32_t t;
    uint32_t n;
    uint32_t carried; /* of a view or `seen` */
    uint32_t tap;     /* of a tap or a departure; 0: neither */
    uint8_t flags;    /* of its visit */
    bool is_summary;
    bool is_click;
    float values[MEASURE_COUNT];
};

struct notes {
    struct note *items;
    size_t count;
    size_t room;
};

/* The numbers that a piece's tuples have among all. */
struct numbers {
    uint32_t *items;
    size_t count; /* known so far, that of number 0 among them */
    size_t room;
};

struct gather_piece {
    const struct report_query *query;
    const struct report_keys *keys;
    struct notes parts[GATHER_PARTS];
    struct tuples carried;
    struct tuples taps;
    struct numbers carried_numbers;
    struct numbers tap_numbers;
    struct loss loss;
};

void gather_init(struct gather *gather, const struct report_query *query,
                 const struct report_keys *keys)
{
    *gather = (struct gather){.query = query};
    tuples_init(&gather->carried, keys->carried);
    tuples_init(&gather->taps, TAP_WIDTH);
    for (size_t i = 0; i < GATHER_PARTS; i++)
        gather->parts[i] = (struct gather_part){
            .visits.pool.item_size = sizeof(struct report_visit),
            .moments.item_size = sizeof(struct moment),
            .summaries.item_size = sizeof(struct report_summary),
        };
}

void gather_finish(struct gather *gather)
{
    for (size_t i = 0; i < GATHER_PARTS; i++) {
        table_finish(&gather->parts[i].visits);
        pool_finish(&gather->parts[i].moments);
        pool_finish(&gather->parts[i].summaries);
    }
    tuples_finish(&gather->carried);
    tuples_finish(&gather->taps);
}

int gather_piece_create(struct gather_piece **out, const struct report_query *query,
                        const struct report_keys *keys)
{
    struct gather_piece *piece = calloc(1, sizeof *piece);
    *out = piece;
    if (!piece)
        return ERR_NO_MEMORY;
    piece->query = query;
    piece->keys = keys;
    tuples_init(&piece->carried, keys->carried);
    tuples_init(&piece->taps, TAP_WIDTH);
    return 0;
}

void gather_piece_destroy(struct gather_piece *piece)
{
    if (!piece)
        return;
    for (size_t i = 0; i < GATHER_PARTS; i++)
        free(piece->parts[i].items);
    tuples_finish(&piece->carried);
    tuples_finish(&piece->taps);
    free(piece->carried_numbers.items);
    free(piece->tap_numbers.items);
    free(piece);
}

/* --- noting --------------------------------------------------------------------------------- */

static uint32_t number_or(struct str text, uint32_t otherwise)
{
    uint64_t number;
    if (!text.ptr || str_to_u64(text, &number) != 0)
        return otherwise;
    return number < NO_COUNTER ? (uint32_t)number : NO_COUNTER - 1;
}

/* A fingerprint that is never 0, which stands for "none". */
static uint64_t mark(struct str text)
{
    return text.ptr && text.len > 0 ? fingerprint(text, 0) | 1 : 0;
}

static bool is_set(struct str flag)
{
    return flag.ptr && flag.len > 0 && !str_eq(flag, STR("false"));
}

/* A number as JSON writes it; what is none, or negative, was not measured. */
static float measured(struct str text)
{
    char copy[32];
    char *end;
    if (!text.ptr || text.len == 0 || text.len >= sizeof copy || text.ptr[0] < '0' ||
        text.ptr[0] > '9')
        return NAN;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    float value = strtof(copy, &end);
    return *end == '\0' && isfinite(value) ? value : NAN;
}

/* Three quarters of the way down: what is scrolled is told as a share or in percent. */
static bool is_to_the_end(float scroll)
{
    return scroll >= 75 || (scroll >= 0.75F && scroll <= 1);
}

static uint8_t flags_of(const struct str *values)
{
    struct str event = values[REPORT_EVENT];
    unsigned flags = 0;
    if (str_eq(event, STR("view")))
        flags |= is_set(values[REPORT_PURPOSE]) ? VISIT_VIEW | VISIT_PREFETCH : VISIT_VIEW;
    else if (str_eq(event, STR("seen")))
        flags |= VISIT_SEEN;
    else if (str_eq(event, STR("engaged")) || str_eq(event, STR("click")))
        flags |= VISIT_ENGAGED;
    if (str_eq(values[REPORT_PV_SRC], STR("client")))
        flags |= VISIT_CLIENT;
    if (is_set(values[REPORT_BOT]))
        flags |= VISIT_BOT;
    if (is_set(values[REPORT_INTERNAL]))
        flags |= VISIT_INTERNAL;
    return (uint8_t)flags;
}

/* What the server tells of events that are not there: `n` of them. */
static bool note_loss(struct gather_piece *piece, const struct str *values, int64_t ms)
{
    bool is_gap = str_eq(values[REPORT_EVENT], STR("gap"));
    if (!is_gap && !str_eq(values[REPORT_EVENT], STR("refused")))
        return false;
    if (ms >= piece->query->from_ms && ms < piece->query->to_ms)
        *(is_gap ? &piece->loss.dropped : &piece->loss.refused) += number_or(values[REPORT_N], 1);
    return true;
}

static int note_texts(struct gather_piece *piece, const struct str *values, struct note *note)
{
    if (note->flags & (VISIT_VIEW | VISIT_SEEN))
        return tuples_number(&piece->carried, values + REPORT_PAGE, &note->carried);
    note->is_click = str_eq(values[REPORT_EVENT], STR("click"));
    if (!note->is_click && !str_eq(values[REPORT_EVENT], STR("left")))
        return 0;
    const struct str tap[TAP_WIDTH] = {
        [TAP_EVENT] = values[REPORT_EVENT],
        [TAP_CTA] = values[REPORT_CTA],
        [TAP_DEST] = values[REPORT_DEST],
    };
    return tuples_number(&piece->taps, tap, &note->tap);
}

static struct note *add_note(struct notes *notes)
{
    if (notes->count == notes->room) {
        size_t room = notes->room ? notes->room * 2 : 64;
        struct note *grown = realloc(notes->items, room * sizeof *grown);
        if (!grown)
            return NULL;
        notes->items = grown;
        notes->room = room;
    }
    return &notes->items[notes->count];
}

int gather_note(struct gather_piece *piece, const struct str *values, int64_t ms, struct str line)
{
    if (note_loss(piece, values, ms))
        return 0;
    /* An event without a page view is one by itself. */
    uint64_t pv = mark(values[REPORT_PV]);
    if (pv == 0)
        pv = fingerprint(values[REPORT_ID].ptr ? values[REPORT_ID] : line, 1) | 1;
    struct notes *notes = &piece->parts[pv >> 1 & (GATHER_PARTS - 1)];
    struct note *note = add_note(notes);
    if (!note)
        return ERR_NO_MEMORY;
    *note = (struct note){.pv = pv, .ms = ms, .flags = flags_of(values)};
    int rc = note_texts(piece, values, note);
    if (rc != 0)
        return rc;
    note->is_summary = str_eq(values[REPORT_EVENT], STR("summary"));
    if (note->tap != 0 || note->is_summary) {
        note->id = mark(values[REPORT_ID]);
        note->document = mark(values[REPORT_D]);
        note->t = number_or(values[REPORT_T], 0);
        note->n = number_or(values[REPORT_N], NO_COUNTER);
        if (values[REPORT_SEQ].ptr)
            (void)str_to_u64(values[REPORT_SEQ], &note->seq);
    }
    for (size_t i = 0; note->is_summary && i < MEASURE_COUNT; i++)
        note->values[i] = measured(values[REPORT_ENGAGED_MS + i]);
    if (note->is_summary && is_to_the_end(note->values[MEASURE_SCROLL]))
        note->flags |= VISIT_READ;
    notes->count++;
    return 0;
}

/* --- putting together ----------------------------------------------------------------------- */

/* Learns the numbers that the piece's new rows have among all. */
static int meet(struct tuples *all, const struct tuples *own, struct numbers *numbers)
{
    size_t count = (size_t)own->table.pool.last + 1;
    if (count > numbers->room) {
        size_t room = count * 2;
        uint32_t *grown = realloc(numbers->items, room * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        numbers->items = grown;
        numbers->room = room;
    }
    for (; numbers->count < count; numbers->count++) {
        int rc = tuples_number(all, tuples_row(own, (uint32_t)numbers->count),
                               &numbers->items[numbers->count]);
        if (rc != 0)
            return rc;
    }
    return 0;
}

int gather_meet(struct gather *gather, struct gather_piece *piece)
{
    gather->loss.dropped += piece->loss.dropped;
    gather->loss.refused += piece->loss.refused;
    piece->loss = (struct loss){0};
    int rc = meet(&gather->carried, &piece->carried, &piece->carried_numbers);
    return rc == 0 ? meet(&gather->taps, &piece->taps, &piece->tap_numbers) : rc;
}

static int take_moment(struct gather_part *part, struct report_visit *visit,
                       const struct note *note, uint32_t tap)
{
    uint32_t number = pool_add(&part->moments);
    if (number == 0 || tap > UINT32_MAX >> 2)
        return ERR_NO_MEMORY;
    struct moment *moment = pool_at(&part->moments, number);
    *moment = (struct moment){
        .ms = note->ms,
        .seq = note->seq,
        .id = note->id,
        .document = note->document,
        .t = note->t,
        .n = note->n,
        .values = tap & UINT32_MAX >> 2,
        .is_click = note->is_click,
        .next = visit->moments,
    };
    visit->moments = number;
    return 0;
}

static bool is_later(const struct note *note, const struct report_summary *than)
{
    if (note->n != than->n)
        return than->n == NO_COUNTER || (note->n != NO_COUNTER && note->n > than->n);
    if (note->ms != than->ms)
        return note->ms > than->ms;
    return note->seq > than->seq;
}

static int take_summary(struct gather_part *part, struct report_visit *visit,
                        const struct note *note)
{
    bool is_first = visit->summary == 0;
    if (is_first)
        visit->summary = pool_add(&part->summaries);
    if (visit->summary == 0)
        return ERR_NO_MEMORY;
    struct report_summary *summary = pool_at(&part->summaries, visit->summary);
    if (!is_first && !is_later(note, summary))
        return 0;
    summary->ms = note->ms;
    summary->seq = note->seq;
    summary->n = note->n;
    memcpy(summary->values, note->values, sizeof summary->values);
    return 0;
}

static int take_note(struct gather_part *part, const struct gather_piece *piece,
                     const struct note *note)
{
    bool added;
    uint32_t number = table_get(&part->visits, note->pv, &added);
    if (number == 0)
        return ERR_NO_MEMORY;
    struct report_visit *visit = table_at(&part->visits, number);
    if (added || note->ms < visit->first_ms)
        visit->first_ms = note->ms;
    visit->flags |= note->flags;
    uint32_t carried = piece->carried_numbers.items[note->carried];
    if (note->flags & VISIT_VIEW && visit->by_view == 0)
        visit->by_view = carried;
    else if (note->flags & VISIT_SEEN && visit->by_seen == 0)
        visit->by_seen = carried;
    if (note->tap != 0)
        return take_moment(part, visit, note, piece->tap_numbers.items[note->tap]);
    return note->is_summary ? take_summary(part, visit, note) : 0;
}

int gather_take(struct gather *gather, const struct gather_piece *piece, size_t part)
{
    const struct notes *notes = &piece->parts[part];
    for (size_t i = 0; i < notes->count; i++) {
        int rc = take_note(&gather->parts[part], piece, &notes->items[i]);
        if (rc != 0)
            return rc;
    }
    return 0;
}

void gather_empty(struct gather_piece *piece)
{
    for (size_t i = 0; i < GATHER_PARTS; i++)
        piece->parts[i].count = 0;
}

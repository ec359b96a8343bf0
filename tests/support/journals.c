/* Owns random journals, and the slow way to an answer. */
#include "support/journals.h"

#include "support/test.h"

#include "base/base64url.h"
#include "journal/timestamp.h"

#include <stdio.h>
#include <time.h>

/* --- random journals ------------------------------------------------------------------------ */

/* xorshift64* */
static int below(uint64_t *random, int bound)
{
    *random ^= *random >> 12;
    *random ^= *random << 25;
    *random ^= *random >> 27;
    return (int)((*random * 0x2545F4914F6CDD1D >> 33) % (uint64_t)bound);
}

static bool chance(uint64_t *random, int percent)
{
    return below(random, 100) < percent;
}

/* What a page view's events agree on. */
struct page_view {
    int journey;
    int page;
    int source_of_view;
    int source_of_seen;
    bool bot, internal, prefetch;
};

/* When the token of a page view was made that began at `first`: mostly then, but also at some time,
 * or long before or after all. */
static int random_making(int first, uint64_t *random)
{
    int kind = below(random, 100);
    if (kind < 30)
        return NONE;
    return kind < 80 ? first : kind < 90 ? below(random, 30) : kind < 95 ? -100 : 100;
}

static void make_tokens(struct journal *journal, int views, uint64_t *random)
{
    for (int pv = 0; pv < views; pv++) {
        int first = 30;
        for (size_t i = 0; i < journal->count; i++)
            if (journal->entries[i].pv == pv && journal->entries[i].second < first)
                first = journal->entries[i].second;
        int made = random_making(first, random);
        for (size_t i = 0; i < journal->count; i++) {
            struct entry *entry = &journal->entries[i];
            if (entry->pv == pv)
                entry->pv_made = made;
            if (entry->journey == pv)
                entry->journey_made = made;
        }
    }
}

static void random_view(struct page_view *view, int pv, uint64_t *random)
{
    *view = (struct page_view){
        .journey = chance(random, 50) ? below(random, pv + 1) : NONE,
        .page = chance(random, 80) ? below(random, 3) : NONE,
        .source_of_view = chance(random, 50) ? below(random, 2) : NONE,
        .source_of_seen = chance(random, 20) ? below(random, 2) : NONE,
        .bot = chance(random, 5),
        .internal = chance(random, 5),
        .prefetch = chance(random, 10),
    };
}

static struct entry random_entry(const struct page_view *view, int pv, int seq, uint64_t *random)
{
    struct entry entry = {
        .id = seq,
        .seq = seq,
        .second = below(random, 30),
        .event = (enum journal_event)below(random, EVENT_COUNT),
        .pv = pv,
        .journey = chance(random, 60) ? view->journey : NONE,
        .document = NONE,
        .n = NONE,
        .cta = NONE,
        .page = view->page,
        .source = NONE,
    };
    switch (entry.event) {
    case EVENT_VIEW:
        entry.source = view->source_of_view;
        entry.bot = view->bot;
        entry.internal = view->internal;
        entry.prefetch = view->prefetch;
        entry.journey = NONE;
        return entry;
    case EVENT_SEEN:
        entry.source = view->source_of_seen;
        entry.journey = view->journey;
        break;
    case EVENT_CLICK:
        entry.cta = below(random, 2);
        entry.page = chance(random, 70) ? entry.page : below(random, 3);
        break;
    default:
        entry.page = NONE;
        break;
    }
    if (chance(random, 70)) {
        entry.document = below(random, 2);
        entry.n = seq;
        entry.t = below(random, 5);
    }
    return entry;
}

static void add_copy(struct journal *journal, uint64_t *random)
{
    struct entry copy = journal->entries[below(random, (int)journal->count)];
    if (copy.document != NONE && chance(random, 60)) { /* sent again: another event to the server */
        copy.id = copy.seq = 100 + (int)journal->count;
        copy.second = below(random, 30);
    }
    journal->entries[journal->count++] = copy;
}

static void random_wanted(struct wanted *wanted, uint64_t *random)
{
    *wanted = (struct wanted){
        .step_count = (size_t)below(random, JOURNAL_STEPS) + 1,
        .unit = (enum wanted_unit)below(random, 3),
        .by = (enum wanted_group)below(random, 3),
        .mode = (enum chain_mode)below(random, 3),
        .window = 1 + below(random, 30),
        .from = chance(random, 30) ? below(random, 15) : -1000,
        .to = chance(random, 30) ? 15 + below(random, 15) : 1000,
        .now = chance(random, 30) ? 10 + below(random, 40) : 1000,
    };
    for (size_t k = 0; k < wanted->step_count; k++) {
        wanted->steps[k] = (struct wanted_step){
            .event = (enum journal_event)below(random, EVENT_COUNT),
            .cta = chance(random, 20) ? below(random, 2) : NONE,
            .source = chance(random, 20) ? below(random, 2) : NONE,
        };
    }
}

void journal_random(struct journal *journal, struct wanted *wanted, uint64_t *random)
{
    enum { VIEWS_MAX = 4 };
    struct page_view views[VIEWS_MAX];
    int view_count = 1 + below(random, VIEWS_MAX);
    size_t count = 1 + (size_t)below(random, JOURNAL_LINES - 6);
    for (int i = 0; i < view_count; i++)
        random_view(&views[i], i, random);
    journal->count = 0;
    while (journal->count < count) {
        int pv = below(random, view_count);
        journal->entries[journal->count] =
            random_entry(&views[pv], pv, (int)journal->count, random);
        journal->count++;
    }
    for (int copies = below(random, 4); copies > 0; copies--)
        add_copy(journal, random);
    make_tokens(journal, view_count, random);
    for (size_t i = journal->count; i-- > 1;) { /* lines come in any order */
        size_t other = (size_t)below(random, (int)i + 1);
        struct entry swapped = journal->entries[i];
        journal->entries[i] = journal->entries[other];
        journal->entries[other] = swapped;
    }
    random_wanted(wanted, random);
}

void journal_stretch(struct journal *journal)
{
    for (size_t i = 0; i < journal->count; i++) {
        struct entry entry = journal->entries[i];
        size_t at = i;
        entry.second *= JOURNAL_STRETCH;
        entry.pv_made *= entry.pv_made == NONE ? 1 : JOURNAL_STRETCH;
        entry.journey_made *= entry.journey_made == NONE ? 1 : JOURNAL_STRETCH;
        for (; at > 0 && journal->entries[at - 1].second > entry.second; at--)
            journal->entries[at] = journal->entries[at - 1];
        journal->entries[at] = entry;
    }
}

int64_t journal_ms(int second)
{
    return (INT64_C(1793534400) + second) * 1000;
}

static void append_member(struct buf *out, const char *key, const char *before, int value)
{
    if (value != NONE)
        buf_printf(out, ",\"%s\":\"%s%d\"", key, before, value);
}

void journal_token(char out[JOURNAL_TOKEN], int64_t ms, int number)
{
    for (int i = 0; i < 8; i++)
        out[i] = base64url_alphabet[ms >> (6 * (7 - i)) & 63];
    (void)snprintf(out + 8, JOURNAL_TOKEN - 8, "AB%010d", number);
}

static void append_page_view(struct buf *out, const char *key, int number, int made)
{
    char token[JOURNAL_TOKEN];
    if (number == NONE || made == NONE) {
        append_member(out, key, "p", number);
        return;
    }
    journal_token(token, journal_ms(made), number);
    buf_printf(out, ",\"%s\":\"%s\"", key, token);
}

void journal_line(const struct entry *entry, struct buf *out)
{
    static const char *const events[] = {"view", "seen", "click", "order"};
    char time[TIMESTAMP_LEN];
    assert_int_equal(timestamp_write(time, journal_ms(entry->second)), 0);
    buf_printf(out, "{\"v\":1,\"seq\":%d,\"id\":\"i%d\",\"ts\":\"%.*s\"", entry->seq, entry->id,
               TIMESTAMP_LEN, time);
    buf_printf(out, ",\"event\":\"%s\"", events[entry->event]);
    append_page_view(out, "pv", entry->pv, entry->pv_made);
    append_page_view(out, "journey", entry->journey, entry->journey_made);
    append_member(out, "d", "d", entry->document);
    if (entry->n != NONE)
        buf_printf(out, ",\"n\":%d,\"t\":%d", entry->n, entry->t);
    append_member(out, "page", "/", entry->page);
    append_member(out, "cta", "c", entry->cta);
    append_member(out, "utm_source", "s", entry->source);
    if (entry->prefetch)
        buf_printf(out, ",\"purpose\":\"prefetch\"");
    if (entry->bot)
        buf_printf(out, ",\"bot\":\"crawler\"");
    if (entry->internal)
        buf_printf(out, ",\"internal\":true");
    buf_append_char(out, '}');
}

/* --- the slow way --------------------------------------------------------------------------- */

/* An entry with all that must be known of it. `place` is (second, seq) in one number. */
struct known {
    struct entry entry;
    int unit; /* NONE: belongs to none */
    int page;
    int source;
    unsigned steps;
    int document_place;
    int place;
    bool is_first_view;
};

struct slow {
    const struct journal *journal;
    const struct wanted *wanted;
    struct known list[JOURNAL_LINES];
    size_t count;
    struct winner best;
    size_t best_begin, best_end;
};

static int place_of(const struct entry *entry)
{
    return entry->second * 1000 + entry->seq;
}

/* Whether a line of the journal makes `entry` a repeat: one with its id, or with its counter that
 * is itself no repeat of an id. Of identical lines the first in the journal stays. */
static bool is_repeat(const struct slow *s, size_t i, bool by_counter)
{
    const struct entry *entry = &s->journal->entries[i];
    for (size_t j = 0; j < s->journal->count; j++) {
        const struct entry *other = &s->journal->entries[j];
        bool earlier =
            place_of(other) < place_of(entry) || (place_of(other) == place_of(entry) && j < i);
        if (!earlier)
            continue;
        if (!by_counter && other->id == entry->id)
            return true;
        if (by_counter && other->pv == entry->pv && other->document != NONE &&
            other->document == entry->document && other->n == entry->n && !is_repeat(s, j, false))
            return true;
    }
    return false;
}

/* What any event of a kind tells about the page view. */
static int told_by(const struct slow *s, int pv, enum journal_event event, char what)
{
    for (size_t i = 0; i < s->journal->count; i++) {
        const struct entry *entry = &s->journal->entries[i];
        int value = what == 'p'   ? entry->page
                    : what == 's' ? entry->source
                    : what == 'j' ? entry->journey
                                  : 1;
        if (entry->pv == pv && entry->event == event && value != NONE)
            return value;
    }
    return NONE;
}

static int inherited(const struct slow *s, int own, int pv, char what)
{
    if (own != NONE)
        return own;
    int by_view = told_by(s, pv, EVENT_VIEW, what);
    return by_view != NONE ? by_view : told_by(s, pv, EVENT_SEEN, what);
}

static int journey_of(const struct slow *s, int pv)
{
    static const enum journal_event order[] = {EVENT_SEEN, EVENT_CLICK, EVENT_ORDER};
    for (size_t i = 0; i < 3; i++)
        if (told_by(s, pv, order[i], 'j') != NONE)
            return told_by(s, pv, order[i], 'j');
    return pv;
}

static bool is_left_out(const struct slow *s, int pv)
{
    for (size_t i = 0; i < s->journal->count; i++) {
        const struct entry *entry = &s->journal->entries[i];
        if (entry->pv == pv && (entry->bot || entry->internal ||
                                (entry->prefetch && told_by(s, pv, EVENT_SEEN, 'x') == NONE)))
            return true;
    }
    return false;
}

static struct known know(const struct slow *s, const struct entry *entry)
{
    struct known known = {.entry = *entry, .place = place_of(entry)};
    known.page = inherited(s, entry->page, entry->pv, 'p');
    known.source = inherited(s, entry->source, entry->pv, 's');
    known.unit = s->wanted->unit == WANTED_PV        ? entry->pv
                 : s->wanted->unit == WANTED_JOURNEY ? journey_of(s, entry->pv)
                                                     : known.source;
    for (size_t k = 0; k < s->wanted->step_count; k++) {
        const struct wanted_step *step = &s->wanted->steps[k];
        if (step->event == entry->event && (step->cta == NONE || step->cta == entry->cta) &&
            (step->source == NONE || step->source == known.source))
            known.steps |= 1U << k;
    }
    return known;
}

/* The place of the first event of the same document; of the view, that of the first document. */
static void find_documents(struct slow *s)
{
    for (size_t i = 0; i < s->count; i++) {
        struct known *a = &s->list[i];
        a->document_place = place_of(&a->entry);
        a->is_first_view = a->entry.event == EVENT_VIEW;
        for (size_t j = 0; j < s->count; j++) {
            const struct entry *b = &s->list[j].entry;
            if (b->pv != a->entry.pv)
                continue;
            if (a->entry.document != NONE && b->document == a->entry.document &&
                place_of(b) < a->document_place)
                a->document_place = place_of(b);
            if (b->event == EVENT_VIEW && place_of(b) < place_of(&a->entry))
                a->is_first_view = false;
        }
    }
    for (size_t i = 0; i < s->count; i++)
        for (size_t j = 0; j < s->count; j++)
            if (s->list[i].is_first_view && s->list[j].entry.pv == s->list[i].entry.pv &&
                s->list[j].entry.document != NONE &&
                place_of(&s->list[j].entry) < s->list[i].document_place)
                s->list[i].document_place = place_of(&s->list[j].entry);
}

static bool is_before_on_page(const struct known *a, const struct known *b)
{
    if (a->document_place != b->document_place)
        return a->document_place < b->document_place;
    if (a->is_first_view != b->is_first_view)
        return a->is_first_view;
    if (a->entry.t != b->entry.t)
        return a->entry.t < b->entry.t;
    if (a->entry.n != b->entry.n)
        return a->entry.n < b->entry.n;
    return place_of(&a->entry) < place_of(&b->entry);
}

static void find_places(struct slow *s)
{
    for (size_t i = 0; i < s->count; i++)
        for (size_t j = 0; j < s->count; j++)
            if (s->list[j].entry.pv == s->list[i].entry.pv &&
                is_before_on_page(&s->list[i], &s->list[j]) &&
                place_of(&s->list[j].entry) < s->list[i].place)
                s->list[i].place = place_of(&s->list[j].entry);
}

/* Events of one place are of one page view. */
static bool is_before(const struct known *a, const struct known *b)
{
    return a->place != b->place ? a->place < b->place : is_before_on_page(a, b);
}

static void sort(struct slow *s)
{
    for (size_t i = 1; i < s->count; i++)
        for (size_t j = i; j > 0 && is_before(&s->list[j], &s->list[j - 1]); j--) {
            struct known swapped = s->list[j];
            s->list[j] = s->list[j - 1];
            s->list[j - 1] = swapped;
        }
}

static int second_of(const struct known *known)
{
    return known->place / 1000;
}

static void consider(struct slow *s, size_t begin, size_t end, size_t length)
{
    if (length < s->best.length)
        return;
    if (length == s->best.length &&
        (end > s->best_end || (end == s->best_end && begin < s->best_begin)))
        return;
    const struct known *first = &s->list[begin];
    s->best_begin = begin;
    s->best_end = end;
    s->best = (struct winner){
        .group = s->wanted->by == WANTED_PAGE        ? first->page
                 : s->wanted->by == WANTED_BY_SOURCE ? first->source
                                                     : NONE,
        .length = length,
        .entered = second_of(first),
        .elapsed = second_of(&s->list[end]) - second_of(first),
    };
}

/* Tries all events that could come next. */
static void extend(struct slow *s, size_t begin, size_t end, size_t length)
{
    consider(s, begin, end, length);
    if (length == s->wanted->step_count)
        return;
    for (size_t i = end + 1; i < s->count; i++) {
        const struct known *next = &s->list[i];
        if (next->unit != s->list[begin].unit)
            continue;
        bool too_late = second_of(next) - second_of(&s->list[begin]) > s->wanted->window;
        bool not_later =
            s->wanted->mode == CHAIN_INCREASING && second_of(next) == second_of(&s->list[end]);
        if (next->steps & 1U << length && !too_late && !not_later)
            extend(s, begin, i, length + 1);
        if (s->wanted->mode == CHAIN_STRICT)
            return;
    }
}

static bool is_first_of_unit(const struct slow *s, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (s->list[j].unit == s->list[i].unit)
            return false;
    return s->list[i].unit != NONE;
}

void journal_slow(const struct journal *journal, const struct wanted *wanted, struct winners *out)
{
    struct slow s = {.journal = journal, .wanted = wanted};
    out->count = 0;
    for (size_t i = 0; i < journal->count; i++) {
        struct known known = know(&s, &journal->entries[i]);
        if (!is_repeat(&s, i, false) && !is_repeat(&s, i, true) &&
            !is_left_out(&s, known.entry.pv) && (known.steps || wanted->mode == CHAIN_STRICT))
            s.list[s.count++] = known;
    }
    find_documents(&s);
    find_places(&s);
    sort(&s);
    for (size_t i = 0; i < s.count; i++) {
        if (!is_first_of_unit(&s, i))
            continue;
        s.best.length = 0;
        for (size_t begin = i; begin < s.count; begin++)
            if (s.list[begin].unit == s.list[i].unit && s.list[begin].steps & 1 &&
                second_of(&s.list[begin]) >= wanted->from && second_of(&s.list[begin]) < wanted->to)
                extend(&s, begin, begin, 1);
        if (s.best.length > 0)
            out->list[out->count++] = s.best;
    }
}

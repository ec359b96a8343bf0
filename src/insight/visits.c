/* Owns gathering events into page views. */
#include "insight/visits.h"

#include "base/crc.h"
#include "base/err.h"
#include "insight/fingerprint.h"
#include "journal/event.h"

#include <stdlib.h>

void visits_init(struct visits *visits, const struct question *question)
{
    *visits = (struct visits){
        .question = question,
        .table.pool.item_size = sizeof(struct visit),
        .events.item_size = sizeof(union kept_event),
    };
    tuples_init(&visits->values, question->dimension_count);
    tuples_init(&visits->channels, 2);
}

void visits_finish(struct visits *visits)
{
    table_finish(&visits->table);
    pool_finish(&visits->events);
    tuples_finish(&visits->values);
    tuples_finish(&visits->channels);
    free(visits->worth);
    buf_finish(&visits->scratch);
}

/* --- reading a line ------------------------------------------------------------------------- */

/* `,"crc":"01234567"}` ends a line; it covers all that stands before it. */
static bool has_wrong_checksum(struct str line)
{
    enum { TAIL = sizeof ",\"crc\":\"01234567\"}" - 1, NAME = sizeof ",\"crc\":\"" - 1 };
    static const char digits[] = "0123456789abcdef";
    if (line.len < TAIL)
        return false;
    struct str body = str_make(line.ptr, line.len - TAIL);
    const char *tail = line.ptr + body.len;
    if (memcmp(tail, ",\"crc\":\"", NAME) != 0)
        return false;
    uint32_t crc = crc_of(body);
    for (int i = 0; i < 8; i++)
        if (tail[NAME + i] != digits[crc >> (28 - 4 * i) & 15])
            return true;
    return false;
}

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

/* --- what the view tells about all events of its page view ---------------------------------- */

/* Fills the gaps of `first` with `second`; both are numbers in `tuples`, and so is the result. */
static int merge(struct tuples *tuples, uint32_t first, uint32_t second, uint32_t *out)
{
    struct str row[LINE_KEYS_MAX];
    *out = first ? first : second;
    if (first == 0 || second == 0 || first == second)
        return 0;
    for (size_t i = 0; i < tuples->width; i++) {
        row[i] = tuples_row(tuples, first)[i];
        if (!row[i].ptr)
            row[i] = tuples_row(tuples, second)[i];
    }
    return tuples_number(tuples, row, out);
}

static int read_carried(struct visits *visits, uint32_t *out)
{
    const struct question *question = visits->question;
    struct str row[DIMENSIONS_MAX] = {{0}};
    for (size_t i = 0; i < question->dimension_count; i++)
        if (question->dimensions[i].inherited)
            row[i] = visits->line[question->dimensions[i].key];
    return tuples_number(&visits->values, row, out);
}

/* The system matters inside an app only: its browser is another one on each. */
static int read_channel(struct visits *visits, uint32_t *out)
{
    const struct str *line = visits->line;
    struct str row[2] = {{0}};
    if (line[KEY_APP].ptr) {
        row[0] = line[KEY_OS];
        row[1] = line[KEY_APP];
    } else {
        row[1] = line[KEY_UTM_SOURCE].ptr ? line[KEY_UTM_SOURCE] : line[KEY_REF_HOST];
    }
    return tuples_number(&visits->channels, row, out);
}

/* The view's word counts, and what it does not say `seen` may. */
static int carry(struct visits *visits, struct visit *visit, bool is_view)
{
    uint32_t carried;
    uint32_t channel;
    int rc = read_carried(visits, &carried);
    if (rc == 0)
        rc = read_channel(visits, &channel);
    if (rc != 0)
        return rc;
    if (visit->channel == 0 || (is_view && channel != 0))
        visit->channel = channel;
    return is_view ? merge(&visits->values, carried, visit->carried, &visit->carried)
                   : merge(&visits->values, visit->carried, carried, &visit->carried);
}

/* --- events --------------------------------------------------------------------------------- */

/* Whether events with these values can fill a step; found out once for each number. */
static int is_worth(struct visits *visits, uint32_t values, bool *out)
{
    enum { UNKNOWN, NOTHING, A_STEP };
    if (values >= visits->worth_count) {
        size_t count = visits->worth_count ? visits->worth_count * 2 : 64;
        while (values >= count)
            count *= 2;
        uint8_t *grown = realloc(visits->worth, count);
        if (!grown)
            return ERR_NO_MEMORY;
        memset(grown + visits->worth_count, UNKNOWN, count - visits->worth_count);
        visits->worth = grown;
        visits->worth_count = count;
    }
    if (visits->worth[values] == UNKNOWN) {
        const struct str *row = tuples_row(&visits->values, values);
        visits->worth[values] = question_steps(visits->question, row, NULL) ? A_STEP : NOTHING;
    }
    *out = visits->worth[values] == A_STEP;
    return 0;
}

static int add_moment(struct visits *visits, struct visit *visit, int64_t ms)
{
    const struct question *question = visits->question;
    const struct str *line = visits->line;
    struct str row[DIMENSIONS_MAX];
    uint32_t values;
    bool worth;
    for (size_t i = 0; i < question->dimension_count; i++)
        row[i] = line[question->dimensions[i].key];
    int rc = tuples_number(&visits->values, row, &values);
    if (rc == 0)
        rc = is_worth(visits, values, &worth);
    if (rc != 0)
        return rc;
    /* Clicks are kept in any case: those without a view are counted, each once. */
    bool is_click = str_eq(line[KEY_EVENT], STR("click"));
    if (!worth && !is_click && question->query.mode != CHAIN_STRICT)
        return 0;

    uint32_t number = pool_add(&visits->events);
    if (number == 0 || values > UINT32_MAX >> 2)
        return ERR_NO_MEMORY;
    union kept_event *event = pool_at(&visits->events, number);
    event->moment = (struct moment){
        .ms = ms,
        .id = mark(line[KEY_ID]),
        .document = mark(line[KEY_D]),
        .t = number_or(line[KEY_T], 0),
        .n = number_or(line[KEY_N], NO_COUNTER),
        .values = values & UINT32_MAX >> 2,
        .is_view = str_eq(line[KEY_EVENT], STR("view")),
        .is_click = is_click,
        .next = visit->moments,
    };
    if (line[KEY_SEQ].ptr)
        (void)str_to_u64(line[KEY_SEQ], &event->moment.seq);
    visit->moments = number;
    return 0;
}

/* The page view that the line belongs to. An event without one is a page view by itself. */
static struct visit *find_visit(struct visits *visits, struct str whole, int64_t ms)
{
    const struct str *line = visits->line;
    uint64_t key = mark(line[KEY_PV]);
    bool added;
    if (key == 0)
        key = fingerprint(line[KEY_ID].ptr ? line[KEY_ID] : whole, 1) | 1;
    uint32_t number = table_get(&visits->table, key, &added);
    if (number == 0)
        return NULL;
    struct visit *visit = table_at(&visits->table, number);
    if (added || ms < visit->first_ms)
        visit->first_ms = ms;
    return visit;
}

static int add_event(struct visits *visits, struct visit *visit, int64_t ms)
{
    const struct str *line = visits->line;
    bool is_view = str_eq(line[KEY_EVENT], STR("view"));
    bool is_seen = str_eq(line[KEY_EVENT], STR("seen"));
    if (line[KEY_JOURNEY].ptr && (visit->journey == 0 || is_seen))
        visit->journey = mark(line[KEY_JOURNEY]);
    visit->has_view |= is_view;
    visit->has_seen |= is_seen;
    visit->is_client |= str_eq(line[KEY_PV_SRC], STR("client"));
    visit->is_bot |= is_set(line[KEY_BOT]);
    visit->is_internal |= is_set(line[KEY_INTERNAL]);
    visit->is_prefetch |= is_view && is_set(line[KEY_PURPOSE]);
    int rc = is_view || is_seen ? carry(visits, visit, is_view) : 0;
    return rc == 0 ? add_moment(visits, visit, ms) : rc;
}

/* What the server tells of events that are not there: `n` of them. */
static bool add_loss(struct visits *visits, int64_t ms)
{
    const struct funnel_query *query = &visits->question->query;
    bool is_gap = str_eq(visits->line[KEY_EVENT], STR("gap"));
    if (!is_gap && !str_eq(visits->line[KEY_EVENT], STR("refused")))
        return false;
    if (ms >= query->from_ms && ms < query->to_ms)
        *(is_gap ? &visits->dropped : &visits->refused) += number_or(visits->line[KEY_N], 1);
    return true;
}

static const char *read_event(struct visits *visits, struct str line, int64_t *ms)
{
    if (has_wrong_checksum(line))
        return "the checksum is wrong";
    const char *wrong = line_read(&visits->question->keys, line, visits->line, &visits->scratch);
    if (!wrong && !visits->line[KEY_EVENT].ptr)
        wrong = "no event";
    if (!wrong && line_time(visits->line[KEY_TS], ms) != 0)
        wrong = "no time";
    return wrong;
}

int visits_add(struct visits *visits, struct str line, const char **damage)
{
    int64_t ms;
    *damage = read_event(visits, line, &ms);
    if (*damage) {
        /* A whole line may stand behind what a crash has left of another. */
        line = event_line_intact_part(line);
        if (line.len == 0 || read_event(visits, line, &ms))
            return buf_status(&visits->scratch);
    }
    if (add_loss(visits, ms))
        return 0;
    struct visit *visit = find_visit(visits, line, ms);
    return visit ? add_event(visits, visit, ms) : ERR_NO_MEMORY;
}

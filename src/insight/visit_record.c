/* Owns what is taken from an event. */
#include "insight/visit_record.h"

#include "base/err.h"
#include "insight/fingerprint.h"
#include "insight/view_key.h"
#include "journal/token_date.h"

#include <math.h>
#include <stdlib.h>

/* In the order of enum visit_key. */
static const char *const key_names[KEY_COUNT] = {
    "event", "ts",      "seq", "id",       "pv", "pv_src", "journey",    "d",        "n",
    "t",     "purpose", "bot", "internal", "os", "app",    "utm_source", "ref_host",
};

/* What is read of each line, even if its end is known. */
static const enum visit_key apart[] = {KEY_TS,      KEY_SEQ, KEY_ID, KEY_PV, KEY_PV_SRC,
                                       KEY_JOURNEY, KEY_D,   KEY_N,  KEY_T};

/* --- what is wanted ------------------------------------------------------------------------- */

/* What is an event's own affair; all else is the view's too. */
static bool is_own(struct str key)
{
    static const char *const own[] = {
        "event",  "ts",   "seq", "id",   "pv",  "pv_src", "journey",   "d",
        "n",      "t",    "cta", "dest", "crc", "v",      "transport", "engaged_ms",
        "scroll", "ttfb", "fcp", "lcp",  "cls", "inp",
    };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (str_eq(key, str_from(own[i])))
            return true;
    return false;
}

void visits_wanted_init(struct visits_wanted *wanted)
{
    *wanted = (struct visits_wanted){0};
    for (size_t i = 0; i < KEY_COUNT; i++)
        (void)line_keys_add(&wanted->keys, str_from(key_names[i]));
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        wanted->keys.apart |= UINT64_C(1) << apart[i];
}

int visits_want_text(struct visits_wanted *wanted, struct str key)
{
    int number = line_keys_add(&wanted->keys, key);
    if (number < 0)
        return number;
    for (size_t i = 0; i < wanted->text_count; i++)
        if (wanted->texts[i] == number)
            return (int)i;
    if (wanted->text_count == VISITS_TEXTS_MAX)
        return ERR_LIMIT;
    wanted->keys.apart =
        str_eq(key, STR("crc")) ? 0 : wanted->keys.apart & ~(UINT64_C(1) << number);
    wanted->texts[wanted->text_count] = (uint8_t)number;
    wanted->inherited[wanted->text_count] = !is_own(key);
    return (int)wanted->text_count++;
}

int visits_want_figure(struct visits_wanted *wanted, struct str key)
{
    int number = line_keys_add(&wanted->keys, key);
    if (number < 0 || wanted->figure_count == VISITS_FIGURES_MAX)
        return ERR_LIMIT;
    wanted->figures[wanted->figure_count] = (uint8_t)number;
    return (int)wanted->figure_count++;
}

/* --- values --------------------------------------------------------------------------------- */

static uint32_t counter_or(struct str text, uint32_t otherwise)
{
    uint64_t number;
    if (!text.ptr || str_to_u64(text, &number) != 0)
        return otherwise;
    return number < NO_COUNTER ? (uint32_t)number : NO_COUNTER - 1;
}

/* Of a plain decimal number of at most fifteen digits, which a double holds without loss. */
static bool is_plain(struct str text, double *value)
{
    static const double powers[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    uint64_t digits = 0;
    size_t behind = 0;
    bool has_point = false;
    if (text.len > 15)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)(unsigned char)text.ptr[i] - '0';
        if (digit > 9 && (has_point || text.ptr[i] != '.'))
            return false;
        has_point |= digit > 9;
        digits = digit > 9 ? digits : digits * 10 + digit;
        behind += has_point && digit <= 9;
    }
    *value = (double)digits / powers[behind];
    return true;
}

/* A number as JSON writes it; what is none, or negative, was not measured. */
static float figure_of(struct str text)
{
    char copy[32];
    char *end;
    double value;
    if (!text.ptr || text.len == 0 || text.len >= sizeof copy || text.ptr[0] < '0' ||
        text.ptr[0] > '9')
        return NAN;
    if (is_plain(text, &value))
        return (float)value;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    float figure = strtof(copy, &end);
    return *end == '\0' && isfinite(figure) ? figure : NAN;
}

static void read_figures(const struct visit_reader *reader, const struct str *line,
                         struct visit_record *out, float *figures)
{
    for (size_t i = 0; i < reader->wanted->figure_count; i++)
        figures[i] = figure_of(line[reader->wanted->figures[i]]);
    if (reader->tell_figures)
        out->marks |= reader->tell_figures(figures);
}

/* --- texts ---------------------------------------------------------------------------------- */

static void judge(uint8_t told, struct visit_record *out)
{
    out->is_kept = (told & VISITS_KEEP) != 0;
    out->marks = told & (uint8_t)~VISITS_KEEP;
}

/* Of an event that is not kept nobody asks for its texts. */
static int number_own(struct visit_reader *reader, struct visit_memory *memory,
                      const struct str *line, struct visit_record *out)
{
    const struct visits_wanted *wanted = reader->wanted;
    struct str row[VISITS_TEXTS_MAX];
    struct row_known known = {0};
    if (reader->tell_name) {
        judge(reader->tell_name(line[KEY_EVENT]), out);
        if (!out->is_kept)
            return 0;
    }
    for (size_t i = 0; i < wanted->text_count; i++)
        row[i] = line[wanted->texts[i]];
    int rc = row_numbers_get(&reader->rows, &memory->rows, row, &known);
    out->texts = known.number;
    if (!reader->tell_name)
        judge(known.told, out);
    return rc;
}

static int number_carried(struct visit_reader *reader, struct visit_memory *memory,
                          const struct str *line, struct visit_record *out)
{
    const struct visits_wanted *wanted = reader->wanted;
    struct str row[VISITS_TEXTS_MAX] = {{0}};
    struct row_known known = {0};
    for (size_t i = 0; i < wanted->text_count; i++)
        if (wanted->inherited[i])
            row[i] = line[wanted->texts[i]];
    int rc = row_numbers_get(&reader->rows, &memory->rows, row, &known);
    out->carried = known.number;
    return rc;
}

/* An empty text tells as little as none. */
static struct str told(struct str text)
{
    return text.len > 0 ? text : (struct str){0};
}

/* The system matters inside an app only: its browser is another one on each. */
static int number_channel(struct visit_reader *reader, struct visit_memory *memory,
                          const struct str *line, struct visit_record *out)
{
    struct str row[VISIT_CHANNEL_WIDTH] = {{0}};
    if (line[KEY_APP].len > 0) {
        row[0] = told(line[KEY_OS]);
        row[1] = line[KEY_APP];
    } else {
        row[1] = told(line[line[KEY_UTM_SOURCE].len > 0 ? KEY_UTM_SOURCE : KEY_REF_HOST]);
    }
    struct row_known known = {0};
    int rc = row_numbers_get(&reader->channels, &memory->channels, row, &known);
    out->channel = known.number;
    return rc;
}

/* --- the record ----------------------------------------------------------------------------- */

/* What holds for all events of the same name whose lines end alike. */
static void read_event(const struct scan_event *event, struct visit_record *out)
{
    const struct str *line = event->values;
    struct str name = line[KEY_EVENT];
    *out = (struct visit_record){
        .is_view = str_eq(name, STR("view")),
        .is_seen = str_eq(name, STR("seen")),
        .is_click = str_eq(name, STR("click")),
        .is_bot = line_is_set(line[KEY_BOT]),
        .is_internal = line_is_set(line[KEY_INTERNAL]),
        .is_missing = str_eq(name, STR("gap")),
        .is_refused = str_eq(name, STR("refused")),
    };
    out->is_prefetch = out->is_view && line_is_set(line[KEY_PURPOSE]);
}

static bool has_figures(const struct visits_wanted *wanted, const struct str *line)
{
    for (size_t i = 0; i < wanted->figure_count; i++)
        if (line[wanted->figures[i]].ptr)
            return true;
    return false;
}

static int make_ending(struct visit_reader *reader, struct visit_memory *memory,
                       const struct scan_event *event, struct visit_record *out)
{
    read_event(event, out);
    if (out->is_missing || out->is_refused)
        return 0;
    out->has_figures = has_figures(reader->wanted, event->values);
    int rc = number_own(reader, memory, event->values, out);
    if (rc != 0 || (!out->is_view && !out->is_seen))
        return rc;
    rc = number_carried(reader, memory, event->values, out);
    return rc == 0 ? number_channel(reader, memory, event->values, out) : rc;
}

static int find_ending(struct visit_reader *reader, struct visit_memory *memory,
                       const struct scan_event *event, struct visit_record *out)
{
    struct visit_ending *ending = &memory->endings[event->ending % VISIT_ENDINGS];
    if (event->ending != 0 && ending->number == event->ending) {
        *out = ending->record;
        return 0;
    }
    int rc = make_ending(reader, memory, event, out);
    if (rc == 0 && event->ending != 0)
        *ending = (struct visit_ending){event->ending, *out};
    return rc;
}

/* What puts an event in its place among the others of its page view. */
static void read_place(const struct str *line, struct visit_record *out)
{
    out->id = fingerprint_key(line[KEY_ID]);
    out->document = fingerprint_key(line[KEY_D]);
    out->t = counter_or(line[KEY_T], 0);
    out->n = counter_or(line[KEY_N], NO_COUNTER);
    if (!line[KEY_SEQ].ptr || str_to_u64(line[KEY_SEQ], &out->seq) != 0)
        out->seq = 0;
}

static bool is_late(int64_t made_ms, int64_t ms)
{
    return made_ms >= 0 && ms - made_ms > TOKEN_SILENCE_MS;
}

static void read_keys(const struct str *line, struct visit_record *out)
{
    int64_t visit_ms = token_date(line[KEY_PV]);
    int64_t journey_ms = token_date(line[KEY_JOURNEY]);
    out->visit = view_key(line[KEY_PV], visit_ms);
    out->journey = view_key(line[KEY_JOURNEY], journey_ms);
    out->is_late = is_late(visit_ms, out->ms);
    out->has_late_journey = is_late(journey_ms, out->ms);
}

int visit_record_make(struct visit_reader *reader, struct visit_memory *memory,
                      const struct scan_event *event, struct visit_record *out, float *figures)
{
    const struct str *line = event->values;
    int rc = find_ending(reader, memory, event, out);
    out->ms = event->ms;
    read_keys(line, out);
    out->is_client = str_eq(line[KEY_PV_SRC], STR("client"));
    if (out->visit == 0)
        out->visit = view_key_without_id(line[KEY_ID].ptr ? line[KEY_ID] : event->line);
    if (out->is_missing || out->is_refused) {
        out->id = fingerprint_key(line[KEY_ID]);
        out->n = counter_or(line[KEY_N], 1);
    } else if (out->is_kept || out->has_figures) {
        read_place(line, out);
    }
    if (out->has_figures)
        read_figures(reader, line, out, figures);
    return rc;
}

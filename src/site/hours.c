/* Owns opening hours. */
#include "site/hours.h"

#include "base/calendar.h"

#include <ctype.h>

enum { LOOK_AHEAD_DAYS = 400 };

/* --- reading -------------------------------------------------------------------------------- */

/* What a day may be called, from Monday on; the accent of lunedì is left to the scanner. */
static const char *const day_names[HOURS_DAYS][6] = {
    {"lun", "luned", "mo", "mon", "monday", "lunedi"},
    {"mar", "marted", "tu", "tue", "tuesday", "martedi"},
    {"mer", "mercoled", "we", "wed", "wednesday", "mercoledi"},
    {"gio", "gioved", "th", "thu", "thursday", "giovedi"},
    {"ven", "venerd", "fr", "fri", "friday", "venerdi"},
    {"sab", "sabato", "sa", "sat", "saturday", "sabato"},
    {"dom", "domenica", "su", "sun", "sunday", "domenica"},
};

static int find_day(struct str word)
{
    for (int day = 0; day < HOURS_DAYS; day++)
        for (size_t i = 0; i < 6; i++)
            if (str_eq_nocase(word, str_from(day_names[day][i])))
                return day;
    return -1;
}

static bool take(struct str *rest, struct str token)
{
    if (!str_starts_with(*rest, token))
        return false;
    *rest = str_skip(*rest, token.len);
    return true;
}

/* A hyphen, or the dash that phones make of it. */
static bool take_dash(struct str *rest)
{
    struct str after = str_trim_lines(*rest);
    if (!take(&after, STR("-")) && !take(&after, STR("\xE2\x80\x93")))
        return false;
    *rest = str_trim_lines(after);
    return true;
}

/* A word of letters, without the ì at its end and the point after an abbreviation. */
static struct str take_word(struct str *rest)
{
    size_t n = 0;
    while (n < rest->len && isalpha((unsigned char)rest->ptr[n]))
        n++;
    struct str word = str_make(rest->ptr, n);
    *rest = str_skip(*rest, n);
    (void)(take(rest, STR("\xC3\xAC")) || take(rest, STR("\xC3\x8C")) || take(rest, STR(".")));
    return word;
}

static bool take_number(struct str *rest, int *out)
{
    size_t n = 0;
    int number = 0;
    while (n < rest->len && n < 3 && rest->ptr[n] >= '0' && rest->ptr[n] <= '9')
        number = number * 10 + (rest->ptr[n++] - '0');
    *rest = str_skip(*rest, n);
    *out = number;
    return n == 1 || n == 2;
}

/* "9", "9:30", "09.30", "24". */
static bool take_time(struct str *rest, int *minutes)
{
    int hour;
    int minute = 0;
    if (!take_number(rest, &hour))
        return false;
    if ((take(rest, STR(":")) || take(rest, STR("."))) && !take_number(rest, &minute))
        return false;
    *minutes = hour * 60 + minute;
    return minute < 60 && *minutes <= HOURS_DAY_MIN;
}

/* Why the text is not understood goes into `wrong`, which has no words while all is well. */
struct parser {
    struct str rest;
    struct hours *hours;
    bool named[HOURS_DAYS]; /* the days that the next times are for */
    bool has_days;
    bool has_times; /* since the days were named */
    struct text wrong;
};

static void name_day(struct parser *p, int day)
{
    if (p->has_times) {
        memset(p->named, 0, sizeof p->named);
        p->has_times = false;
    }
    p->named[day] = true;
    p->has_days = true;
}

/* Inserts in order; what begins before midnight may reach into the next day only. */
static struct text add_range(struct hours_day *day, struct hours_range range)
{
    size_t at = day->count;
    if (day->count == HOURS_RANGES_MAX)
        return TEXT("a day has four openings at most", "un giorno ha al massimo quattro aperture");
    while (at > 0 && day->ranges[at - 1].from > range.from)
        at--;
    if ((at > 0 && day->ranges[at - 1].to > range.from) ||
        (at < day->count && range.to > day->ranges[at].from))
        return TEXT("two openings of one day overlap",
                    "due aperture dello stesso giorno si sovrappongono");
    memmove(&day->ranges[at + 1], &day->ranges[at], (day->count - at) * sizeof *day->ranges);
    day->ranges[at] = range;
    day->count++;
    return TEXT(NULL, NULL);
}

static void parse_range(struct parser *p)
{
    struct hours_range range;
    if (!take_time(&p->rest, &range.from) || !take_dash(&p->rest) ||
        !take_time(&p->rest, &range.to)) {
        p->wrong = TEXT("an opening is two times, as in 9-13 or 15:30-19:30",
                        "un’apertura sono due ore, per esempio 9-13 o 15:30-19:30");
        return;
    }
    if (!p->has_days) {
        p->wrong = TEXT("say for which days these times are, as in lun-ven 9-13",
                        "scrivi per quali giorni vale l’orario, per esempio lun-ven 9-13");
        return;
    }
    if (range.to <= range.from)
        range.to += HOURS_DAY_MIN;
    p->has_times = true;
    for (int day = 0; day < HOURS_DAYS && !p->wrong.en; day++)
        if (p->named[day])
            p->wrong = add_range(&p->hours->days[day], range);
}

static bool means_closed(struct str word)
{
    static const char *const words[] = {"chiuso", "chiusi", "closed", "off"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(word, str_from(words[i])))
            return true;
    return false;
}

static void parse_word(struct parser *p)
{
    struct str word = take_word(&p->rest);
    int first = find_day(word);
    if (means_closed(word) && p->has_days) {
        for (int day = 0; day < HOURS_DAYS; day++)
            if (p->named[day])
                p->hours->days[day].count = 0;
        p->has_times = true;
        return;
    }
    struct str after = p->rest;
    int last = first;
    if (first >= 0 && take_dash(&after) && after.len > 0 && isalpha((unsigned char)*after.ptr)) {
        last = find_day(take_word(&after));
        p->rest = after;
    }
    if (first < 0 || last < 0) {
        p->wrong = TEXT(
            "days are called lun, mar, mer, gio, ven, sab, dom (or Mo, Tu, We, Th, Fr, Sa, Su)",
            "i giorni si scrivono lun, mar, mer, gio, ven, sab, dom");
        return;
    }
    for (int day = first; day != last; day = (day + 1) % HOURS_DAYS)
        name_day(p, day);
    name_day(p, last);
}

static void parse(struct parser *p)
{
    if (str_eq(p->rest, STR("24/7")))
        p->rest = STR("Mo-Su 0-24");
    p->rest = str_trim_lines(p->rest);
    while (p->rest.len > 0 && !p->wrong.en) {
        if (isalpha((unsigned char)*p->rest.ptr))
            parse_word(p);
        else
            parse_range(p);
        p->rest = str_trim_lines(p->rest);
        while (take(&p->rest, STR(",")) || take(&p->rest, STR(";")))
            p->rest = str_trim_lines(p->rest);
    }
    if (!p->wrong.en && !p->has_times)
        p->wrong = TEXT("say at which times, as in lun-ven 9-13, 15:30-19:30",
                        "scrivi anche le ore, per esempio lun-ven 9-13, 15:30-19:30");
}

static void not_understood(const struct schema_source *source, const struct yaml_node *item,
                           struct text why)
{
    struct diag_words words = {0};
    buf_printf(&words.en, "\"%s\" is not understood: %s", item->text.ptr, why.en);
    buf_printf(&words.it, "«%s» non si capisce: %s", item->text.ptr, why.it);
    diags_say_words(source->diags, SEVERITY_ERROR, source->file, item->line, "hours", &words);
}

void hours_read(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    struct hours *hours = field;
    const struct yaml_node *item = schema_items(value);
    for (; item; item = schema_next_item(value, item)) {
        if (item->kind != YAML_SCALAR) {
            schema_wrong_type(source, value,
                              TEXT("a text, as in \"lun-ven 9-13, 15:30-19:30\"",
                                   "un testo, per esempio \"lun-ven 9-13, 15:30-19:30\""));
            return;
        }
        struct parser parser = {.rest = item->text, .hours = hours};
        parse(&parser);
        if (parser.wrong.en) {
            not_understood(source, item, parser.wrong);
            return;
        }
        hours->present = true;
    }
}

static bool parse_closure(struct str text, struct hours_closure *out)
{
    struct date first;
    struct date last;
    struct str part;
    struct str rest = text;
    if (!str_split(&rest, '/', &part) || calendar_parse_date(str_trim(part), &first) != 0)
        return false;
    last = first;
    if (part.len < text.len && calendar_parse_date(str_trim(rest), &last) != 0)
        return false;
    *out = (struct hours_closure){calendar_days(first), calendar_days(last)};
    return out->first <= out->last;
}

/* Keeps closures in order of their first day. */
static void add_closure(struct hours *hours, struct hours_closure closure)
{
    size_t at = hours->closure_count++;
    for (; at > 0 && hours->closures[at - 1].first > closure.first; at--)
        hours->closures[at] = hours->closures[at - 1];
    hours->closures[at] = closure;
}

void hours_read_closed(const struct schema_source *source, const struct yaml_node *value,
                       void *field)
{
    struct hours *hours = field;
    const struct yaml_node *item = schema_items(value);
    for (; item; item = schema_next_item(value, item)) {
        struct hours_closure closure;
        if (item->kind != YAML_SCALAR || !parse_closure(item->text, &closure))
            schema_error(
                source, item, "hours",
                TEXT("'closed' holds dates as 2026-12-25 and ranges as 2026-12-25/2027-01-06",
                     "in «closed» vanno giorni come 2026-12-25 e periodi come "
                     "2026-12-25/2027-01-06"));
        else if (hours->closure_count == HOURS_CLOSURES_MAX)
            schema_error(source, item, "hours",
                         TEXT("'closed' holds 64 dates at most",
                              "in «closed» ci stanno al massimo 64 date"));
        else
            add_closure(hours, closure);
    }
}

/* --- open or closed ------------------------------------------------------------------------- */

static bool is_closed_on(const struct hours *hours, int64_t day)
{
    for (size_t i = 0; i < hours->closure_count; i++)
        if (hours->closures[i].first <= day && day <= hours->closures[i].last)
            return true;
    return false;
}

/* Takes one opening into account; true once the answer is known. What follows on without a gap, as
 * a day after a night, is one opening. */
static bool consider(struct hours_state *state, time_t now, time_t from, time_t to)
{
    if (to <= now)
        return false;
    if (state->open) {
        if (from > state->until)
            return true;
        state->until = to > state->until ? to : state->until;
        return false;
    }
    state->until = from <= now ? to : from;
    state->open = from <= now;
    return !state->open;
}

struct hours_state hours_at(const struct hours *hours, const struct zone *zone, time_t now)
{
    struct hours_state state = {0};
    int64_t today = zone_time(zone, (int64_t)now * 1000).day;
    /* Yesterday's opening may go over midnight. */
    for (int64_t day = today - 1; day < today + LOOK_AHEAD_DAYS; day++) {
        const struct hours_day *of_week = &hours->days[calendar_weekday(day)];
        if (is_closed_on(hours, day))
            continue;
        for (size_t i = 0; i < of_week->count; i++) {
            int64_t midnight = day * CALENDAR_DAY_S;
            time_t from = zone_to_utc(zone, midnight + of_week->ranges[i].from * 60);
            time_t to = zone_to_utc(zone, midnight + of_week->ranges[i].to * 60);
            if (consider(&state, now, from, to))
                return state;
        }
    }
    /* Open for all that was looked at: day and night. */
    if (state.open && state.until > now + (LOOK_AHEAD_DAYS - 2) * CALENDAR_DAY_S)
        state.until = 0;
    return state;
}

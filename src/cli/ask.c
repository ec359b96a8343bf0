/* Owns reading what all questions to a journal have in common. */
#include "cli/ask.h"

#include "base/calendar.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/nearest.h"
#include "cli/cli.h"
#include "cli/site_zone.h"
#include "journal/event.h"

#include <inttypes.h>
#include <stdio.h>

enum { LAST_DAYS = 30, DAMAGE_TOLD_MAX = 10, SCREEN_COLUMNS = 78 };

bool ask_wrong(const struct ask *ask, struct text words, const char *value)
{
    return args_wrong(ask->args.lang, words, value);
}

void ask_complain(const struct ask *ask, const char *flag, const struct complaint *complaint)
{
    bool italian = ask->args.lang == LANG_IT;
    struct buf part = BUF_EMPTY;
    buf_append_visible(&part, complaint->part);
    (void)fprintf(stderr, "attimo: %s: %s", flag, text_in(complaint->words, ask->args.lang));
    if (part.len > 0)
        (void)fprintf(stderr, italian ? ": «%.*s»" : ": \"%.*s\"", STR_ARG(buf_str(&part)));
    (void)fputc('\n', stderr);
    buf_finish(&part);
}

/* --- flags ---------------------------------------------------------------------------------- */

static bool is_one_of(const char *word, const char *const *known)
{
    for (; *known; known++)
        if (strcmp(word, *known) == 0)
            return true;
    return false;
}

/* "--format is text, json or csv". */
static bool wrong_format(const struct ask *ask, const char *const *formats)
{
    bool italian = ask->args.lang == LANG_IT;
    struct buf words = BUF_EMPTY;
    buf_append(&words, italian ? STR("--format è ") : STR("--format is "));
    for (size_t i = 0; formats[i]; i++) {
        if (i > 0)
            buf_append(&words, formats[i + 1] ? STR(", ") : italian ? STR(" o ") : STR(" or "));
        buf_append(&words, str_from(formats[i]));
    }
    buf_append_char(&words, '\0');
    if (!words.failed)
        (void)ask_wrong(ask, TEXT(words.ptr, words.ptr), ask->format);
    buf_finish(&words);
    return false;
}

bool ask_flags(struct ask *ask, int argc, char **argv, const struct args_flag *flags,
               const char *const *formats)
{
    ask->format = formats[0];
    if (!args_read(&ask->args, argc, argv, flags))
        return false;
    if (ask->args.help)
        return true;
    if (ask->args.count > 0)
        return ask_wrong(ask, TEXT("only flags are understood here", "qui si usano solo opzioni"),
                         ask->args.words[0]);
    if (ask->data && ask->file)
        return ask_wrong(ask,
                         TEXT("--input stands instead of --data", "--input sta al posto di --data"),
                         ask->data);
    if (!ask->data)
        ask->data = "data";
    return is_one_of(ask->format, formats) || wrong_format(ask, formats);
}

/* --- time ----------------------------------------------------------------------------------- */

/* Without pages it is the zone that theirs would be without a word about it. */
static bool read_zone(struct ask *ask)
{
    const char *folder = ask->pages ? ask->pages : "pages";
    int rc = site_zone_read(&ask->zone, folder);
    if (rc != 0 && (ask->pages || rc != ERR_NOT_FOUND))
        site_zone_complain(folder, rc, ask->args.lang);
    if (rc != 0)
        buf_append(&ask->zone, STR("Europe/Rome"));
    buf_append_char(&ask->zone, '\0');
    ask->tz = ask->zone.ptr;
    return buf_status(&ask->zone) == 0 && (rc == 0 || !ask->pages);
}

int ask_range(struct ask *ask, const char *zone, bool last_days)
{
    if (!ask->tz && zone)
        ask->tz = zone;
    if (!ask->tz && !read_zone(ask))
        return EXIT_FAILURE_AT_WORK;
    const struct range_words words = {
        .from = ask->from,
        .to = ask->to,
        .tz = ask->tz,
        .include = ask->include,
        .include_count = ask->include_count,
    };
    struct range *range = &ask->range;
    if (!range_read(range, &words, ask->args.lang))
        return EXIT_USAGE;
    if (last_days && !ask->from && !ask->to && !ask->file) {
        int64_t first = zone_time(range->zone, (int64_t)clock_wall() * 1000).day - LAST_DAYS + 1;
        range->from_ms = (int64_t)zone_to_utc(range->zone, first * CALENDAR_DAY_S) * 1000;
    }
    return EXIT_GOOD;
}

void ask_finish(struct ask *ask)
{
    range_finish(&ask->range);
    buf_finish(&ask->zone);
}

/* --- keys ----------------------------------------------------------------------------------- */

/* Those of whole page views first. */
static const char *const known_keys[] = {
    "page",      "rev",        "theme_rev",  "intent",       "stage",
    "variant",   "utm_source", "utm_medium", "utm_campaign", "utm_content",
    "utm_term",  "utm_id",     "ref_host",   "app",          "device",
    "os",        "lang",       "country",    "early",        "gpc",
    "save_data", "cached",     "node",       "day",          "hour",
    "weekday",   "event",      "pv",         "pv_src",       "journey",
    "d",         "n",          "t",          "cta",          "dest",
    "purpose",   "bot",        "internal",   "transport",    "engaged_ms",
    "scroll",    "ttfb",       "fcp",        "lcp",          "cls",
    "inp",
};
enum { KEYS = sizeof known_keys / sizeof *known_keys, VIEW_KEYS = 26, TIME_KEYS = 3 };

#define COUNT_KEY(kind, name) +1
_Static_assert(KEYS == TIME_KEYS EVENT_KEYS(COUNT_KEY), "every key of events is there");

static bool is_among(enum ask_keys keys, size_t i)
{
    bool is_view = i < VIEW_KEYS;
    bool is_time = is_view && i >= VIEW_KEYS - TIME_KEYS;
    return keys == ASK_VIEW_KEYS ? is_view : keys == ASK_GROUP_KEYS || !is_time;
}

static void say_keys(enum ask_keys keys)
{
    int column = SCREEN_COLUMNS;
    const char *before = "";
    for (size_t i = 0; i < KEYS; i++) {
        int width = (int)strlen(known_keys[i]) + 2;
        bool wraps = column + width > SCREEN_COLUMNS;
        if (!is_among(keys, i))
            continue;
        (void)fprintf(stderr, "%s%s %s", before, wraps ? "\n   " : "", known_keys[i]);
        before = ",";
        column = wraps ? 3 + width : column + width;
    }
    (void)fputc('\n', stderr);
}

bool ask_key(const struct ask *ask, enum ask_keys keys, const char *flag, struct str key)
{
    bool italian = ask->args.lang == LANG_IT;
    struct nearest nearest = nearest_begin(key);
    struct buf shown = BUF_EMPTY;
    for (size_t i = 0; i < KEYS; i++) {
        if (!is_among(keys, i))
            continue;
        if (str_eq(key, str_from(known_keys[i])))
            return true;
        nearest_look(&nearest, known_keys[i]);
    }
    buf_append_visible(&shown, key);
    (void)fprintf(
        stderr, italian ? "attimo: %s: la chiave «%.*s» non c’è" : "attimo: %s: no key is \"%.*s\"",
        flag, STR_ARG(buf_str(&shown)));
    if (nearest.name)
        (void)fprintf(stderr, italian ? "; volevi dire «%s»?" : "; did you mean \"%s\"?",
                      nearest.name);
    (void)fprintf(stderr, "\n%s", italian ? "Ci sono:" : "There are:");
    say_keys(keys);
    buf_finish(&shown);
    return false;
}

/* --- what cannot be read -------------------------------------------------------------------- */

void ask_on_damage(void *context, const struct scan_damage *damage)
{
    struct ask_reading *reading = context;
    enum lang lang = reading->ask->args.lang;
    if (reading->damaged++ < DAMAGE_TOLD_MAX)
        (void)fprintf(stderr,
                      lang == LANG_IT ? "%s: al byte %" PRIu64 ": lasciata fuori: %s\n"
                                      : "%s: at byte %" PRIu64 ": left out: %s\n",
                      damage->file, damage->offset, text_in(*damage->why, lang));
}

/* A damaged file has given what stands before the damage, and a folder would not have given more;
 * an answer without a file that is only out of reach would be a wrong one. */
int ask_on_failure(void *context, const char *file, int error)
{
    struct ask_reading *reading = context;
    const struct ask *ask = reading->ask;
    (void)fprintf(stderr, "attimo: %s: %s\n", file, err_words_in(error, ask->args.lang));
    if (error == ERR_NOT_FOUND && !ask->file)
        cli_point_to_data(ask->args.lang);
    reading->told = error;
    return error == ERR_INVALID || error == ERR_FOLDER ? 0 : error;
}

void ask_reading_end(const struct ask_reading *reading)
{
    uint64_t more = reading->damaged > DAMAGE_TOLD_MAX ? reading->damaged - DAMAGE_TOLD_MAX : 0;
    static const struct text one = {"more damaged line is left out",
                                    "altra riga danneggiata lasciata fuori"};
    static const struct text many = {"more damaged lines are left out",
                                     "altre righe danneggiate lasciate fuori"};
    if (more > 0)
        (void)fprintf(stderr, "attimo: %" PRIu64 " %s\n", more,
                      text_in(more == 1 ? one : many, reading->ask->args.lang));
}

/* Owns reading the words that bound a question. */
#include "cli/range.h"

#include "base/calendar.h"
#include "cli/args.h"

static bool read_moment(const struct range *range, const char *text, bool is_end, int64_t *ms)
{
    struct date_time time;
    struct date date;
    if (calendar_parse_date_time(str_from(text), &time) != 0)
        return false;
    if (is_end && calendar_parse_date(str_from(text), &date) == 0)
        time.local_s += CALENDAR_DAY_S;
    *ms = (time.has_offset ? time.local_s - time.offset_s
                           : (int64_t)zone_to_utc(range->zone, time.local_s)) *
          1000;
    return true;
}

static bool read_include(struct range *range, const char *word)
{
    struct str kind = str_from(word);
    bool bots = str_eq(kind, STR("bots"));
    bool internal = str_eq(kind, STR("internal"));
    bool prefetches = str_eq(kind, STR("prefetches"));
    range->include.bots |= bots;
    range->include.internal |= internal;
    range->include.prefetches |= prefetches;
    return bots || internal || prefetches;
}

bool range_read(struct range *out, const struct range_words *words, enum lang lang)
{
    *out = (struct range){.from_ms = INT64_MIN, .to_ms = INT64_MAX};
    if (zone_create(&out->zone, str_from(words->tz)) != 0)
        return args_wrong(
            lang, TEXT("--tz is a zone, as in Europe/Rome", "--tz è un fuso, come Europe/Rome"),
            words->tz);
    if (words->from && !read_moment(out, words->from, false, &out->from_ms))
        return args_wrong(lang,
                          TEXT("--from is a day (2026-11-20) or a moment",
                               "--from è un giorno (2026-11-20) o un istante"),
                          words->from);
    if (words->to && !read_moment(out, words->to, true, &out->to_ms))
        return args_wrong(lang,
                          TEXT("--to is a day (2026-11-20) or a moment",
                               "--to è un giorno (2026-11-20) o un istante"),
                          words->to);
    if (out->from_ms >= out->to_ms)
        return args_wrong(lang, TEXT("--to comes after --from", "--to viene dopo --from"),
                          words->to);
    for (size_t i = 0; i < words->include_count; i++)
        if (!read_include(out, words->include[i]))
            return args_wrong(lang,
                              TEXT("--include is bots, internal or prefetches",
                                   "--include è bots, internal o prefetches"),
                              words->include[i]);
    return true;
}

void range_finish(struct range *range)
{
    if (!range)
        return;
    zone_destroy(range->zone);
    *range = (struct range){0};
}

/* Owns which keys a report reads. */
#include "insight/report_keys.h"

#include "base/err.h"

/* In the order of enum report_text. */
static const char *const texts[REPORT_TEXT_COUNT] = {
    "cta", "dest",       "page",       "rev",          "os",
    "app", "utm_source", "utm_medium", "utm_campaign", "ref_host",
};

/* In the order of enum report_measure. */
static const char *const figures[MEASURE_COUNT] = {"engaged_ms", "scroll", "ttfb",
                                                   "lcp",        "inp",    "cls"};

/* A part of the time, or 0. */
static size_t part_of_time(struct str key)
{
    if (str_eq(key, STR("day")))
        return BY_DAY;
    if (str_eq(key, STR("hour")))
        return BY_HOUR;
    return str_eq(key, STR("weekday")) ? BY_WEEKDAY : 0;
}

int report_keys_init(struct report_keys *keys, const struct report_query *query,
                     struct complaint *why)
{
    *keys = (struct report_keys){0};
    visits_wanted_init(&keys->wanted);
    for (size_t i = 0; i < REPORT_TEXT_COUNT; i++)
        (void)visits_want_text(&keys->wanted, str_from(texts[i]));
    for (size_t i = 0; i < MEASURE_COUNT; i++)
        (void)visits_want_figure(&keys->wanted, str_from(figures[i]));
    for (size_t i = 0; i < query->by_count; i++) {
        keys->by[i] = part_of_time(query->by[i]);
        keys->by_time |= report_keys_is_time(keys->by[i]);
        if (report_keys_is_time(keys->by[i]))
            continue;
        int number = visits_want_text(&keys->wanted, query->by[i]);
        if (number < 0 || !keys->wanted.inherited[number]) {
            *why = (struct complaint){TEXT("this does not hold for a whole page view",
                                           "non vale per tutta una pagina vista"),
                                      query->by[i]};
            return ERR_INVALID;
        }
        keys->by[i] = (size_t)number;
    }
    return 0;
}

/* A tap is engagement; where it led to is told by the departure behind it. */
uint8_t report_keys_tell(struct str event)
{
    if (str_eq(event, STR("click")))
        return VISITS_KEEP | MARK_ENGAGED;
    if (str_eq(event, STR("left")))
        return VISITS_KEEP;
    return str_eq(event, STR("engaged")) ? MARK_ENGAGED : 0;
}

/* Three quarters of the way down, which is told in per cent. */
uint8_t report_keys_tell_figures(const float *values)
{
    return values[MEASURE_SCROLL] >= 75 ? MARK_READ : 0;
}

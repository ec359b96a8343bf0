/* Owns which keys a report reads. */
#include "insight/report_keys.h"

#include "base/err.h"

/* In the order of enum report_key. */
static const char *const names[REPORT_KEY_COUNT] = {
    "event",      "ts",     "seq",     "id",         "pv",         "pv_src",       "d",
    "n",          "t",      "purpose", "bot",        "internal",   "cta",          "dest",
    "engaged_ms", "scroll", "ttfb",    "lcp",        "inp",        "cls",          "page",
    "rev",        "os",     "app",     "utm_source", "utm_medium", "utm_campaign", "ref_host",
};

static bool is_time(struct str key)
{
    return str_eq(key, STR("day")) || str_eq(key, STR("hour")) || str_eq(key, STR("weekday"));
}

int report_keys_init(struct report_keys *keys, const struct report_query *query, struct buf *why)
{
    *keys = (struct report_keys){0};
    for (size_t i = 0; i < REPORT_KEY_COUNT; i++)
        (void)line_keys_add(&keys->keys, str_from(names[i]));
    for (size_t i = 0; i < query->by_count; i++) {
        keys->by[i] = BY_TIME;
        if (is_time(query->by[i])) {
            keys->by_time = true;
            continue;
        }
        int number = line_keys_add(&keys->keys, query->by[i]);
        if (number < REPORT_PAGE) {
            buf_printf(why, "a page view has no \"%.*s\" of its own", STR_ARG(query->by[i]));
            return ERR_INVALID;
        }
        keys->by[i] = (size_t)number - REPORT_PAGE;
    }
    keys->carried = keys->keys.count - REPORT_PAGE;
    return 0;
}

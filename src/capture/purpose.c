/* Owns the question why a page is asked for. */
#include "capture/classify.h"

/* The first that stands in the value wins. */
static const struct {
    const char *mark;
    const char *answer;
} rules[] = {
    {"prerender", "prerender"},                         /* "prefetch;prerender" */
    {"prefetch", "prefetch"},   {"preview", "preview"}, /* Safari's top sites, Facebook */
    {"instant", "preview"},     {"liger", "prefetch"},  /* Facebook's app, before a tap */
};

struct str classify_purpose(struct str value)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        for (size_t at = 0; at < value.len; at++)
            if (str_starts_with_nocase(str_skip(value, at), str_from(rules[i].mark)))
                return str_from(rules[i].answer);
    return STR("");
}

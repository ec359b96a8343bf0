/* Which part of a journal a question is about: --from, --to, --tz and --include, as all commands
 * that ask one take them. What is wrong is said on stderr. */
#ifndef ATTIMO_CLI_RANGE_H
#define ATTIMO_CLI_RANGE_H

#include "base/lang.h"
#include "base/zone.h"
#include "insight/loss.h"

#include <stdbool.h>
#include <stddef.h>

struct range_words {
    const char *from; /* NULL: no bound */
    const char *to;
    const char *tz;
    const char *const *include;
    size_t include_count;
};

struct range {
    struct zone *zone;
    int64_t from_ms; /* INT64_MIN: no bound */
    int64_t to_ms;   /* the first moment that is out; INT64_MAX: no bound */
    struct include include;
};

/* A day is one of the zone, and as an end it is in with all its hours; a moment may have an offset
 * of its own. */
bool range_read(struct range *out, const struct range_words *words, enum lang lang);
void range_finish(struct range *range);

#endif

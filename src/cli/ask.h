/* What funnels, reports and exports are asked alike: which journal, which part of it, in which
 * form, by which keys. What is wrong is said on stderr, in the reader's language. */
#ifndef ATTIMO_CLI_ASK_H
#define ATTIMO_CLI_ASK_H

#include "base/diag.h"
#include "cli/args.h"
#include "cli/range.h"
#include "insight/scan.h"

struct ask {
    struct args args;
    const char *data; /* the server's folder */
    const char *file; /* or NULL */
    const char *from;
    const char *to;
    const char *tz;
    const char *pages; /* NULL: "pages", if there are any */
    const char *format;
    const char *include[ARGS_VALUES_MAX];
    size_t include_count;
    struct range range;
    struct buf zone; /* the name of the pages' zone */
};

/* Their flags, as the first of a table. */
// clang-format off
#define ASK_FLAGS(ask)                                                                    \
    {"data", &(ask)->data}, {"input", &(ask)->file}, {"from", &(ask)->from},              \
    {"to", &(ask)->to}, {"tz", &(ask)->tz}, {"pages", &(ask)->pages},                     \
    {"format", &(ask)->format}, {"include", (ask)->include, NULL, &(ask)->include_count}
// clang-format on

/* Reads the flags of the table. `formats` ends in NULL, and its first is the usual one. False: they
 * are wrong. With --help nothing is. */
bool ask_flags(struct ask *ask, int argc, char **argv, const struct args_flag *flags,
               const char *const *formats);

/* Reads the range, in the zone `tz`, which becomes `zone` where none is asked for (NULL: that
 * of the pages). With `last_days`, what names neither days nor a file is about the last 30 days of
 * the zone, today among them. `zone` must outlive the question. Returns an exit code: what is wrong
 * with the words is wrong usage, pages that are named and cannot be read are a failure at work. */
int ask_range(struct ask *ask, const char *zone, bool last_days);
void ask_finish(struct ask *ask);

/* Whether there is such a key, and if not says which there are: those of events; for groups these
 * and the parts of the time (day, hour, weekday); or of both what holds for a whole page view. */
enum ask_keys { ASK_EVENT_KEYS, ASK_GROUP_KEYS, ASK_VIEW_KEYS };
bool ask_key(const struct ask *ask, enum ask_keys keys, const char *flag, struct str key);

/* Says "--format is text or json, not "xml"", and returns false. */
bool ask_wrong(const struct ask *ask, struct text words, const char *value);

/* Says "--steps: a condition is key=value: "cta="", whatever the part holds. */
void ask_complain(const struct ask *ask, const char *flag, const struct complaint *complaint);

/* What is met while the journal is read; nothing but `ask` set, it is nothing yet. */
struct ask_reading {
    const struct ask *ask;
    uint64_t damaged; /* lines */
    int told;         /* the last error that has been said */
};

/* Callbacks of reading, with a struct ask_reading: the first damaged lines are named, and in the
 * end it is said how many more there were; of a file that could not be read it is said why, and of
 * a journal that is not there what it is. 0: the others can answer without it; else the error. */
void ask_on_damage(void *reading, const struct scan_damage *damage);
int ask_on_failure(void *reading, const char *file, int error);
void ask_reading_end(const struct ask_reading *reading);

#endif

/* The words behind a small command: flags by a table, and what they are about. */
#ifndef ATTIMO_CLI_ARGS_H
#define ATTIMO_CLI_ARGS_H

#include "base/lang.h"

#include <stdbool.h>
#include <stddef.h>

enum { ARGS_VALUES_MAX = 8 };

/* One flag: `--name VALUE` (or `--name=VALUE`) if `value`, else a switch. With `count` it may come
 * several times, and `value` is an array of ARGS_VALUES_MAX. A zeroed entry ends a table. */
struct args_flag {
    const char *name;
    const char **value;
    bool *given;
    size_t *count;
};

struct args {
    char **words; /* what is no flag, in order */
    size_t count;
    bool help;
    enum lang lang; /* --lang, else the locale's */
};

/* Takes the flags out of `argv`; `--help` and `--lang` are known everywhere. False: a flag that is
 * not known or lacks its value, which has been said on stderr; only `lang` is there then. */
bool args_read(struct args *out, int argc, char **argv, const struct args_flag *flags);

/* Says "--format is text or json, not "xml"", and returns false. */
bool args_wrong(enum lang lang, struct text words, const char *value);

#endif

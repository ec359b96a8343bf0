/* The table of what `attimo serve` can be told: names, kinds of values, where they go. */
#ifndef ATTIMO_CLI_OPTION_TABLE_H
#define ATTIMO_CLI_OPTION_TABLE_H

#include "base/diag.h"
#include "cli/options.h"

struct option {
    const char *name;
    /* Reads `value` and puts it where it belongs. ERR_INVALID: `why` says what would be right, in
     * both languages. ERR_NO_MEMORY. */
    int (*read)(const struct option *option, struct options *options, struct str value,
                struct diag_words *why);
    size_t offset; /* in struct options */
    uint64_t min;  /* of a list: whether it may be empty (0) */
    uint64_t max;
    /* Of what may be said several times, and of nothing else: empties the list. The file and the
     * flags each replace what was there before. */
    void (*clear)(struct options *options);
};

/* NULL: there is none. `name` may have hyphens where the table has underscores, as flags do. */
const struct option *option_find(struct str name);

#endif

/* What a person must read about his own input: where, how bad, which rule, in words. Compilers'
 * form: `file:line: error: rule: words`. */
#ifndef ATTIMO_BASE_DIAG_H
#define ATTIMO_BASE_DIAG_H

#include "base/buf.h"
#include "base/str.h"

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

struct diag {
    enum severity severity;
    unsigned line; /* from 1; 0: the file as a whole */
    char *file;
    char *rule;
    char *words;
};

/* A growing list that owns its strings. A zeroed struct is an empty list. */
struct diags {
    struct diag *items;
    size_t count;
    size_t errors;
    size_t warnings;
    bool failed; /* memory ran out: the list is not complete */
};

void diags_finish(struct diags *list);

/* Adds one. When memory is short the list is marked `failed`, and an error still counts in
 * `errors`. */
void diags_add(struct diags *list, enum severity severity, struct str file, unsigned line,
               const char *rule, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Moves all of `from` to the end of `list`; `from` is empty afterwards. */
void diags_move(struct diags *list, struct diags *from);

/* One line in the compilers' form, without a line end; control characters are made visible. */
void diag_format(const struct diag *d, struct buf *out);

#endif

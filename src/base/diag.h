/* What a person must read about his own input: where, how bad, which rule, in words of his
 * language. Compilers' form: `file:line: error: rule: words`. */
#ifndef ATTIMO_BASE_DIAG_H
#define ATTIMO_BASE_DIAG_H

#include "base/buf.h"
#include "base/lang.h"
#include "base/str.h"

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

struct diag {
    enum severity severity;
    unsigned line; /* from 1; 0: the file as a whole */
    char *file;
    char *rule;
    char *words;
    char *words_it;
    struct text why; /* static; empty: what holds for all of the rule */
    struct text fix;
};

/* What is wrong with an input of one line, and which part of it; empty: the whole. */
struct complaint {
    struct text words;
    struct str part;
};

/* Words that are put together in each language. A zeroed struct holds none. */
struct diag_words {
    struct buf en;
    struct buf it;
};
void diag_words_finish(struct diag_words *words);

/* What stands in one of them. */
struct str diag_words_in(const struct diag_words *words, enum lang lang);

/* Adds to both of them, or puts in front of what is there; formats as in diags_say. */
void diag_words_say(struct diag_words *words, const char *en, const char *it, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
void diag_words_precede(struct diag_words *words, const char *en, const char *it, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

/* Adds ": " and the words of an error. */
void diag_words_because(struct diag_words *words, int error);

/* A growing list that owns its strings. A zeroed struct is an empty list. */
struct diags {
    struct diag *items;
    size_t count;
    size_t errors;
    size_t warnings;
    bool failed; /* memory ran out: the list is not complete */
};

void diags_finish(struct diags *list);

/* Adds one, in both languages: the two formats take the same arguments in the same order. When
 * memory is short the list is marked `failed`, and an error still counts in `errors`. */
void diags_say(struct diags *list, enum severity severity, struct str file, unsigned line,
               const char *rule, const char *en, const char *it, ...)
    __attribute__((format(printf, 6, 8), format(printf, 7, 8)));

/* The same with words that are ready; a '%' in them is only that. */
void diags_say_text(struct diags *list, enum severity severity, struct str file, unsigned line,
                    const char *rule, struct text words);

/* The same with words that were put together; frees them. */
void diags_say_words(struct diags *list, enum severity severity, struct str file, unsigned line,
                     const char *rule, struct diag_words *words);

/* Adds the error that a file cannot be read. */
void diags_say_unreadable(struct diags *list, struct str file, const char *rule, int error);

/* Adds one whose words are ready, and which may say why it matters and what to do. Copies `words`;
 * `why` and `fix` must be static. */
struct remark {
    enum severity severity;
    const char *rule;
    struct text words;
    struct text why;
    struct text fix;
};
void diags_remark(struct diags *list, struct str file, unsigned line, const struct remark *remark);

/* Adds all of `from`, which stays as it is. */
void diags_copy(struct diags *list, const struct diags *from);

/* Moves all of `from` to the end of `list`; `from` is empty afterwards. */
void diags_move(struct diags *list, struct diags *from);

/* "error", "warning" or "note". */
const char *severity_name(enum severity severity, enum lang lang);

/* One English line in the compilers' form, without a line end, for logs; control characters are
 * made visible. What an author reads on his own terminal is cli/diag_print.h's. */
void diag_format(const struct diag *d, struct buf *out);

#endif

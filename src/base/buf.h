/* Bytes that grow. Out of memory is remembered: after it, appending does nothing, and buf_status
 * tells. Callers compose freely and ask once at the end. */
#ifndef ATTIMO_BASE_BUF_H
#define ATTIMO_BASE_BUF_H

#include "base/str.h"

struct buf {
    char *ptr;
    size_t len;
    size_t capacity;
    bool failed;
};

/* A zeroed struct is an empty buffer. buf_finish frees and empties; it takes NULL. */
#define BUF_EMPTY ((struct buf){0})
void buf_finish(struct buf *b);

/* 0, or ERR_NO_MEMORY if an append has failed since the buffer was empty. */
int buf_status(const struct buf *b);

/* What the buffer holds; valid until the next append. */
static inline struct str buf_str(const struct buf *b)
{
    return str_make(b->ptr, b->len);
}

/* Room for `n` more bytes: where they go, or NULL. The caller then adds to `len` what it wrote. */
char *buf_reserve(struct buf *b, size_t n);

void buf_append(struct buf *b, struct str s);
void buf_append_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The text with & < > " ' as entities: safe in HTML text and in quoted attribute values. */
void buf_append_html(struct buf *b, struct str text);

/* The text with its control characters as \xHH: always one line. */
void buf_append_visible(struct buf *b, struct str text);

/* The text as a JSON string with its quotes. What is not UTF-8 is shown as \xHH, as JSON cannot
 * hold it. */
void buf_append_json(struct buf *b, struct str text);

/* Forgets the content (and a failure), keeps the memory. */
void buf_clear(struct buf *b);

/* Drops the first `n` bytes. */
void buf_consume(struct buf *b, size_t n);

#endif

/* Owns growing buffers. */
#include "base/buf.h"

#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_finish(struct buf *b)
{
    if (!b)
        return;
    free(b->ptr);
    *b = BUF_EMPTY;
}

int buf_status(const struct buf *b)
{
    return b->failed ? ERR_NO_MEMORY : 0;
}

char *buf_reserve(struct buf *b, size_t n)
{
    if (b->failed)
        return NULL;
    if (b->capacity - b->len >= n && b->ptr)
        return b->ptr + b->len;

    size_t needed;
    size_t capacity = b->capacity ? b->capacity : 256;
    if (__builtin_add_overflow(b->len, n, &needed))
        goto fail;
    while (capacity < needed)
        if (__builtin_mul_overflow(capacity, 2U, &capacity))
            goto fail;
    char *grown = realloc(b->ptr, capacity);
    if (!grown)
        goto fail;
    b->ptr = grown;
    b->capacity = capacity;
    return b->ptr + b->len;
fail:
    b->failed = true;
    return NULL;
}

void buf_append(struct buf *b, struct str s)
{
    if (s.len == 0)
        return;
    char *room = buf_reserve(b, s.len);
    if (!room)
        return;
    memcpy(room, s.ptr, s.len);
    b->len += s.len;
}

void buf_append_visible(struct buf *b, struct str text)
{
    char *room = buf_reserve(b, text.len * STR_VISIBLE_MAX);
    if (room)
        b->len += str_visible(room, text.len * STR_VISIBLE_MAX, text);
}

void buf_append_char(struct buf *b, char c)
{
    buf_append(b, str_make(&c, 1));
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);

    char *room = NULL;
    if (n < 0)
        b->failed = true;
    else
        room = buf_reserve(b, (size_t)n + 1);
    if (room) {
        (void)vsnprintf(room, (size_t)n + 1, format, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

static struct str html_entity(char c)
{
    switch (c) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&quot;");
    case '\'':
        return STR("&#39;");
    default:
        return str_make(NULL, 0);
    }
}

void buf_append_html(struct buf *b, struct str text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        struct str entity = html_entity(text.ptr[i]);
        if (entity.len == 0)
            continue;
        buf_append(b, str_make(text.ptr + from, i - from));
        buf_append(b, entity);
        from = i + 1;
    }
    buf_append(b, str_skip(text, from));
}

void buf_append_json(struct buf *b, struct str text)
{
    bool readable = str_is_utf8(text);
    buf_append_char(b, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            buf_append_char(b, '\\');
        if (c < 0x20)
            buf_printf(b, "\\u%04x", c);
        else if (!readable && c >= 0x80)
            buf_printf(b, "\\\\x%02x", c);
        else
            buf_append_char(b, (char)c);
    }
    buf_append_char(b, '"');
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->failed = false;
}

void buf_consume(struct buf *b, size_t n)
{
    assert(n <= b->len);
    if (n > 0)
        memmove(b->ptr, b->ptr + n, b->len - n);
    b->len -= n;
}

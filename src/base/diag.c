/* Owns lists of diagnostics. */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void diag_finish(struct diag *d)
{
    free(d->file);
    free(d->rule);
    free(d->words);
}

void diags_finish(struct diags *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->count; i++)
        diag_finish(&list->items[i]);
    free(list->items);
    *list = (struct diags){0};
}

/* Takes over the strings of `d`; frees them when there is no room. */
static void push(struct diags *list, struct diag d)
{
    if (!d.file || !d.rule || !d.words)
        goto fail;
    if ((list->count & (list->count - 1)) == 0) {
        size_t capacity = list->count ? list->count * 2 : 1;
        struct diag *grown = realloc(list->items, capacity * sizeof *grown);
        if (!grown)
            goto fail;
        list->items = grown;
    }
    list->items[list->count++] = d;
    return;
fail:
    list->failed = true;
    diag_finish(&d);
}

static void count(struct diags *list, enum severity severity)
{
    list->errors += severity == SEVERITY_ERROR;
    list->warnings += severity == SEVERITY_WARNING;
}

void diags_add(struct diags *list, enum severity severity, struct str file, unsigned line,
               const char *rule, const char *format, ...)
{
    struct diag d = {.severity = severity, .line = line};
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&d.words, format, arguments) < 0)
        d.words = NULL;
    va_end(arguments);
    d.file = strndup(file.ptr ? file.ptr : "", file.len);
    d.rule = strdup(rule);
    count(list, severity);
    push(list, d);
}

void diags_move(struct diags *list, struct diags *from)
{
    for (size_t i = 0; i < from->count; i++)
        push(list, from->items[i]);
    list->errors += from->errors;
    list->warnings += from->warnings;
    list->failed |= from->failed;
    free(from->items);
    *from = (struct diags){0};
}

void diag_format(const struct diag *d, struct buf *out)
{
    static const char *const words[] = {"note", "warning", "error"};
    buf_append_visible(out, str_from(d->file));
    if (d->line > 0)
        buf_printf(out, ":%u", d->line);
    buf_printf(out, ": %s: %s: ", words[d->severity], d->rule);
    buf_append_visible(out, str_from(d->words));
}

/* Owns lists of diagnostics. */
#include "base/diag.h"

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* --- words ---------------------------------------------------------------------------------- */

static char *format_words(const char *format, va_list arguments)
{
    char *words;
    return vasprintf(&words, format, arguments) < 0 ? NULL : words;
}

static void append_words(struct buf *out, const char *format, va_list arguments)
{
    char *words = format_words(format, arguments);
    if (words)
        buf_append(out, str_from(words));
    out->failed |= !words;
    free(words);
}

static void append_both(struct diag_words *words, struct text formats, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    append_words(&words->en, formats.en, arguments);
    append_words(&words->it, formats.it, again);
    va_end(again);
}

void diag_words_finish(struct diag_words *words)
{
    buf_finish(&words->en);
    buf_finish(&words->it);
}

struct str diag_words_in(const struct diag_words *words, enum lang lang)
{
    return buf_str(lang == LANG_IT ? &words->it : &words->en);
}

void diag_words_say(struct diag_words *words, const char *en, const char *it, ...)
{
    va_list arguments;
    va_start(arguments, it);
    append_both(words, TEXT(en, it), arguments);
    va_end(arguments);
}

void diag_words_precede(struct diag_words *words, const char *en, const char *it, ...)
{
    struct diag_words rest = *words;
    va_list arguments;
    *words = (struct diag_words){0};
    va_start(arguments, it);
    append_both(words, TEXT(en, it), arguments);
    va_end(arguments);
    buf_append(&words->en, buf_str(&rest.en));
    buf_append(&words->it, buf_str(&rest.it));
    words->en.failed |= rest.en.failed;
    words->it.failed |= rest.it.failed;
    diag_words_finish(&rest);
}

void diag_words_because(struct diag_words *words, int error)
{
    buf_printf(&words->en, ": %s", err_words_in(error, LANG_EN));
    buf_printf(&words->it, ": %s", err_words_in(error, LANG_IT));
}

/* --- lists ---------------------------------------------------------------------------------- */

static void diag_finish(struct diag *d)
{
    free(d->file);
    free(d->rule);
    free(d->words);
    free(d->words_it);
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
    if (!d.file || !d.rule || !d.words || !d.words_it)
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

/* Takes over the words of `d`, counts it, and adds it. */
static void add(struct diags *list, struct diag d, struct str file, const char *rule)
{
    d.file = strndup(file.ptr ? file.ptr : "", file.len);
    d.rule = strdup(rule);
    list->errors += d.severity == SEVERITY_ERROR;
    list->warnings += d.severity == SEVERITY_WARNING;
    push(list, d);
}

void diags_say(struct diags *list, enum severity severity, struct str file, unsigned line,
               const char *rule, const char *en, const char *it, ...)
{
    struct diag d = {.severity = severity, .line = line};
    va_list arguments;
    va_list again;
    va_start(arguments, it);
    va_copy(again, arguments);
    d.words = format_words(en, arguments);
    d.words_it = format_words(it, again);
    va_end(again);
    va_end(arguments);
    add(list, d, file, rule);
}

void diags_say_text(struct diags *list, enum severity severity, struct str file, unsigned line,
                    const char *rule, struct text words)
{
    const struct remark remark = {.severity = severity, .rule = rule, .words = words};
    diags_remark(list, file, line, &remark);
}

/* The text of a buffer, or NULL if it has failed. */
static char *take_text(struct buf *b)
{
    buf_append_char(b, '\0');
    if (buf_status(b) != 0)
        buf_finish(b);
    char *text = b->ptr;
    *b = BUF_EMPTY;
    return text;
}

void diags_say_words(struct diags *list, enum severity severity, struct str file, unsigned line,
                     const char *rule, struct diag_words *words)
{
    struct diag d = {.severity = severity, .line = line};
    d.words = take_text(&words->en);
    d.words_it = take_text(&words->it);
    add(list, d, file, rule);
}

void diags_say_unreadable(struct diags *list, struct str file, const char *rule, int error)
{
    struct diag_words words = {0};
    diag_words_say(&words, "cannot be read", "non si riesce a leggerlo");
    diag_words_because(&words, error);
    diags_say_words(list, SEVERITY_ERROR, file, 0, rule, &words);
}

void diags_remark(struct diags *list, struct str file, unsigned line, const struct remark *remark)
{
    struct diag d = {
        .severity = remark->severity,
        .line = line,
        .words = strdup(remark->words.en),
        .words_it = strdup(remark->words.it),
        .why = remark->why,
        .fix = remark->fix,
    };
    add(list, d, file, remark->rule);
}

void diags_copy(struct diags *list, const struct diags *from)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct diag *d = &from->items[i];
        const struct remark remark = {
            d->severity, d->rule, {d->words, d->words_it}, d->why, d->fix};
        diags_remark(list, str_from(d->file), d->line, &remark);
    }
    list->failed |= from->failed;
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

const char *severity_name(enum severity severity, enum lang lang)
{
    static const struct text names[] = {
        [SEVERITY_NOTE] = {"note", "nota"},
        [SEVERITY_WARNING] = {"warning", "avviso"},
        [SEVERITY_ERROR] = {"error", "errore"},
    };
    return text_in(names[severity], lang);
}

void diag_format(const struct diag *d, struct buf *out)
{
    buf_append_visible(out, str_from(d->file));
    if (d->line > 0)
        buf_printf(out, ":%u", d->line);
    buf_printf(out, ": %s: %s: ", severity_name(d->severity, LANG_EN), d->rule);
    buf_append_visible(out, str_from(d->words));
}

/* Owns what people read from `attimo check`. */
#include "cli/answer_words.h"
#include "cli/check.h"
#include "cli/diag_print.h"
#include "cli/page_table.h"
#include "cli/screen.h"

#include <stdlib.h>

/* --- the table ------------------------------------------------------------------------------ */

static const struct text state_words[] = {
    [PAGE_LIVE] = {"", ""},
    [PAGE_SCHEDULED] = {"scheduled", "in programma"},
    [PAGE_EXPIRED] = {"expired", "scaduta"},
    [PAGE_DRAFT] = {"draft", "bozza"},
};

/* By its own errors, or those of what all pages are published with. */
static bool is_stopped(const struct check *check, const struct checked_page *page)
{
    return page->errors > 0 || check->broken;
}

/* What visitors see of a page that has errors. */
static void append_live(struct buf *out, const struct checked_page *page, enum lang lang)
{
    static const struct text none = {": this version is not published",
                                     ": questa versione non va online"};
    if (page->live.len == 0)
        buf_append(out, str_from(text_in(none, lang)));
    else
        buf_printf(out, lang == LANG_IT ? ": resta online %.*s" : ": %.*s stays live",
                   STR_ARG(page->live));
}

static void append_note(struct buf *out, const struct checked_page *page, const struct check *check)
{
    enum lang lang = check->lang;
    static const struct text error = {"error", "errore"};
    static const struct text errors = {"errors", "errori"};
    static const struct text warning = {"warning", "avviso"};
    static const struct text warnings = {"warnings", "avvisi"};
    buf_clear(out);
    if (page->errors > 0) {
        answer_words_count(out, page->errors, error, errors, lang);
        append_live(out, page, lang);
    } else if (check->broken) {
        buf_append(out, str_from(check->broken));
    } else if (page->warnings > 0) {
        answer_words_count(out, page->warnings, warning, warnings, lang);
    }
    if (page->compiled->state == PAGE_LIVE)
        return;
    if (out->len > 0)
        buf_append(out, STR(", "));
    buf_append(out, str_from(text_in(state_words[page->compiled->state], lang)));
}

/* Those that are no call to action have names in both languages. */
static struct str goal_words(const char *goal, enum lang lang)
{
    if (!*goal)
        return STR("–");
    if (lang == LANG_IT && strcmp(goal, "read") == 0)
        return STR("letto");
    if (lang == LANG_IT && strcmp(goal, "shared") == 0)
        return STR("condiviso");
    return str_from(goal);
}

static void print_table(const struct check *check, FILE *out)
{
    struct page_row *rows = calloc(check->count + 1, sizeof *rows);
    struct buf *notes = calloc(check->count + 1, sizeof *notes);
    struct page_table table = {
        .rows = rows, .count = check->count, .column = PAGE_COLUMN_GOAL, .lang = check->lang};
    for (size_t i = 0; rows && notes && i < check->count; i++) {
        const struct checked_page *page = &check->pages[i];
        append_note(&notes[i], page, check);
        rows[i] = (struct page_row){
            .url = str_from(page->file->url),
            .goal = goal_words(page->compiled->goal, check->lang),
            .wire = page->compiled->wire_size,
            .mark = is_stopped(check, page) ? SEVERITY_ERROR
                    : page->warnings > 0    ? SEVERITY_WARNING
                                            : SEVERITY_NOTE,
            .note = buf_str(&notes[i]),
        };
    }
    if (rows && notes)
        page_table_print(&table, out);
    for (size_t i = 0; notes && i < check->count; i++)
        buf_finish(&notes[i]);
    free(notes);
    free(rows);
}

/* --- the sum -------------------------------------------------------------------------------- */

/* "12 pagine: 10 pronte, 1 con avvisi, 1 fermata". */
static void print_sum(const struct check *check, FILE *out)
{
    static const struct text page = {"page", "pagina"};
    static const struct text pages = {"pages", "pagine"};
    static const struct text ready_one = {"ready", "pronta"};
    static const struct text ready_many = {"ready", "pronte"};
    static const struct text warned = {"with warnings", "con avvisi"};
    static const struct text stopped_one = {"stopped", "fermata"};
    static const struct text stopped_many = {"stopped", "fermate"};
    size_t stopped = 0;
    size_t with_warnings = 0;
    for (size_t i = 0; i < check->count; i++) {
        bool stops = is_stopped(check, &check->pages[i]);
        stopped += stops;
        with_warnings += !stops && check->pages[i].warnings > 0;
    }
    size_t ready = check->count - stopped - with_warnings;
    struct buf line = BUF_EMPTY;
    answer_words_count(&line, check->count, page, pages, check->lang);
    buf_append(&line, STR(": "));
    answer_words_count(&line, ready, ready_one, ready_many, check->lang);
    if (with_warnings > 0) {
        buf_append(&line, STR(", "));
        answer_words_count(&line, with_warnings, warned, warned, check->lang);
    }
    if (stopped > 0) {
        buf_append(&line, STR(", "));
        answer_words_count(&line, stopped, stopped_one, stopped_many, check->lang);
    }
    (void)fprintf(out, "%.*s\n", STR_ARG(buf_str(&line)));
    buf_finish(&line);
}

void check_print_text(const struct check *check, FILE *out)
{
    const struct diags *diags = &check->folder->diags;
    const struct diag_look look = {
        .lang = check->lang,
        .colour = screen_has_colour(fileno(out)),
        .reasons = true,
        .folder = check->name,
    };
    bool said = false;
    for (size_t i = 0; i < diags->count; i++) {
        if (!check_tells(check, &diags->items[i]))
            continue;
        diag_print(&diags->items[i], &look, out);
        said = true;
    }
    if (said)
        (void)fputc('\n', out);
    print_table(check, out);
    print_sum(check, out);
}

/* Owns the look of tables of pages. */
#include "cli/page_table.h"

#include "cli/bar.h"
#include "cli/figures.h"
#include "cli/screen.h"

#include <stdlib.h>

enum { BAR_CELLS = 10 };

struct words {
    struct str url;
    struct str goal;
    struct str wire;
    struct str saved;
    struct str flight;
    const char *pages;
    char decimal;
};

static const struct words words_of_lang[] = {
    [LANG_EN] = {STR_INIT("PAGE"), STR_INIT("GOAL"), STR_INIT("ON THE WIRE"), STR_INIT("SAVED"),
                 STR_INIT("FIRST FLIGHT"), "pages and assets", '.'},
    [LANG_IT] = {STR_INIT("PAGINA"), STR_INIT("OBIETTIVO"), STR_INIT("SUL FILO"),
                 STR_INIT("RISPARMIO"), STR_INIT("PRIMO VOLO"), "pagine e file", ','},
};

/* What printing passes along. */
struct printer {
    const struct page_table *table;
    const struct words *words;
    int url_width;
    int goal_width;
    bool colour;
    FILE *out;
};

/* --- cells ---------------------------------------------------------------------------------- */

static void print_left(const struct printer *p, struct str text, int width)
{
    (void)fprintf(p->out, "%.*s%*s", STR_ARG(text), width - (int)figures_columns(text), "");
}

static void print_right(const struct printer *p, const char *text, int width)
{
    (void)fprintf(p->out, "  %*s%s", width - (int)figures_columns(str_from(text)), "", text);
}

static const char *tint(const struct printer *p, enum severity severity)
{
    static const char *const tints[] = {"\033[32m", "\033[33m", "\033[31m"};
    return p->colour ? tints[severity] : "";
}

static const char *no_tint(const struct printer *p)
{
    return p->colour ? "\033[0m" : "";
}

/* Returns how many columns it takes. */
static int print_bar(unsigned percent, FILE *out)
{
    struct buf bar = BUF_EMPTY;
    unsigned cells = bar_append(&bar, (percent > 100 ? 100 : percent) * BAR_CELLS * 8 / 100);
    if (bar.len > 0)
        (void)fwrite(bar.ptr, 1, bar.len, out);
    buf_finish(&bar);
    return (int)cells;
}

/* "  34% ███▍"; returns how many columns the bar takes. */
static int print_flight(const struct printer *p, size_t wire)
{
    unsigned flight = (unsigned)((wire * 100 + FIRST_FLIGHT_BYTES / 2) / FIRST_FLIGHT_BYTES);
    enum severity severity = flight > 100  ? SEVERITY_ERROR
                             : flight > 80 ? SEVERITY_WARNING
                                           : SEVERITY_NOTE;
    (void)fprintf(p->out, "  %s%3u%% ", tint(p, severity), flight);
    int cells = print_bar(flight, p->out);
    (void)fputs(no_tint(p), p->out);
    return cells;
}

/* --- rows ----------------------------------------------------------------------------------- */

static void print_note(const struct printer *p, const struct page_row *row)
{
    static const char *const marks[] = {"", "⚠ ", "✗ "};
    (void)fprintf(p->out, "  %s%s%.*s%s", tint(p, row->mark), marks[row->mark], STR_ARG(row->note),
                  no_tint(p));
}

static void print_row(const struct printer *p, const struct page_row *row)
{
    char wire[32] = "–";
    char saved[16] = "–";
    bool sent = row->wire > 0;
    if (sent) {
        (void)snprintf(wire, sizeof wire, "%zu%c%zu kB", row->wire / 1000, p->words->decimal,
                       row->wire % 1000 / 100);
        (void)snprintf(saved, sizeof saved, "%u%%", row->saved);
    }
    print_left(p, row->url, p->url_width);
    if (p->table->column == PAGE_COLUMN_GOAL) {
        (void)fputs("  ", p->out);
        print_left(p, row->goal, p->goal_width);
    }
    print_right(p, wire, (int)figures_columns(p->words->wire));
    if (p->table->column == PAGE_COLUMN_SAVED)
        print_right(p, saved, (int)figures_columns(p->words->saved));

    int cells = 0;
    if (sent)
        cells = print_flight(p, row->wire);
    if (row->note.len > 0) {
        (void)fprintf(p->out, "%*s", BAR_CELLS - cells + (sent ? 0 : 7), "");
        print_note(p, row);
    }
    (void)fputc('\n', p->out);
}

static void print_head(const struct printer *p)
{
    (void)fputs(p->colour ? "\033[1m" : "", p->out);
    print_left(p, p->words->url, p->url_width);
    if (p->table->column == PAGE_COLUMN_GOAL) {
        (void)fputs("  ", p->out);
        print_left(p, p->words->goal, p->goal_width);
    }
    print_right(p, p->words->wire.ptr, (int)figures_columns(p->words->wire));
    if (p->table->column == PAGE_COLUMN_SAVED)
        print_right(p, p->words->saved.ptr, (int)figures_columns(p->words->saved));
    print_right(p, p->words->flight.ptr, (int)figures_columns(p->words->flight));
    (void)fprintf(p->out, "%s\n", no_tint(p));
}

void page_table_print(const struct page_table *table, FILE *out)
{
    const struct words *words = &words_of_lang[table->lang];
    struct printer p = {.table = table,
                        .words = words,
                        .url_width = (int)figures_columns(words->url),
                        .goal_width = (int)figures_columns(words->goal),
                        .colour = screen_has_colour(fileno(out)),
                        .out = out};
    for (size_t i = 0; i < table->count; i++) {
        if ((int)figures_columns(table->rows[i].url) > p.url_width)
            p.url_width = (int)figures_columns(table->rows[i].url);
        if ((int)figures_columns(table->rows[i].goal) > p.goal_width)
            p.goal_width = (int)figures_columns(table->rows[i].goal);
    }
    print_head(&p);
    for (size_t i = 0; i < table->count; i++)
        print_row(&p, &table->rows[i]);
    (void)fflush(out);
}

/* --- a site --------------------------------------------------------------------------------- */

static const struct representation *smallest(const struct resource *resource)
{
    const struct representation *best = &resource->representations[CODING_IDENTITY];
    for (int c = CODING_GZIP; c < CODING_COUNT; c++)
        if (resource->available & 1U << c && resource->representations[c].body.len < best->body.len)
            best = &resource->representations[c];
    return best;
}

static struct page_row row_of(const struct resource *resource)
{
    size_t plain = resource->representations[CODING_IDENTITY].body.len;
    size_t sent = smallest(resource)->body.len;
    return (struct page_row){
        .url = resource->path,
        .saved = plain ? (unsigned)(100 - sent * 100 / plain) : 0,
        .wire = resource_wire_size(resource),
    };
}

void page_table_print_site(const struct site *site, enum lang lang, FILE *out)
{
    size_t count;
    struct resource *const *resources = site_resources(site, &count);
    struct page_row *rows = calloc(count + 1, sizeof *rows);
    struct page_table table = {.rows = rows, .column = PAGE_COLUMN_SAVED, .lang = lang};
    if (!rows)
        return; /* It is only for show. */
    for (size_t i = 0; i < count; i++)
        if (resources[i]->kind != RESOURCE_REDIRECT)
            rows[table.count++] = row_of(resources[i]);
    page_table_print(&table, out);
    (void)fprintf(out, "%zu %s\n", table.count, words_of_lang[lang].pages);
    (void)fflush(out);
    free(rows);
}

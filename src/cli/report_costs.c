/* Owns reading what campaigns have cost. */
#include "cli/report_costs.h"

#include "base/calendar.h"
#include "base/err.h"
#include "base/fs.h"

#include <math.h>
#include <stdlib.h>

enum { COLUMN_CAMPAIGN, COLUMN_FROM, COLUMN_TO, COLUMN_EUR, COLUMNS, CELLS_MAX = 32 };

enum { FILE_MAX = 16 * 1024 * 1024, DAYS_MAX = 36600 };

static const char *const column_names[COLUMNS] = {"utm_campaign", "from", "to", "eur"};

struct costs_reader {
    struct str file;
    struct diags *diags;
    char *at; /* cells lose their quotes in place */
    char *end;
    char separator;
    unsigned line; /* of the record being read */
    unsigned next_line;
    size_t columns[COLUMNS]; /* where each stands */
    struct str cells[CELLS_MAX];
    size_t cell_count;
};

/* --- cells ---------------------------------------------------------------------------------- */

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* A cell in quotes, from behind the first: two of them are one. */
static struct str read_quoted(struct costs_reader *r)
{
    char *from = r->at;
    char *to = from;
    for (; r->at < r->end; r->at++) {
        if (*r->at == '"' && (++r->at == r->end || *r->at != '"'))
            break;
        r->next_line += *r->at == '\n';
        *to++ = *r->at;
    }
    return str_make(from, (size_t)(to - from));
}

static struct str read_cell(struct costs_reader *r)
{
    if (r->at < r->end && *r->at == '"') {
        r->at++;
        struct str cell = read_quoted(r);
        while (r->at < r->end && *r->at != r->separator && !is_line_end(*r->at))
            r->at++;
        return cell;
    }
    char *from = r->at;
    while (r->at < r->end && *r->at != r->separator && !is_line_end(*r->at))
        r->at++;
    return str_trim(str_make(from, (size_t)(r->at - from)));
}

/* The next line that is not blank. False at the end. */
static bool read_record(struct costs_reader *r)
{
    while (r->at < r->end && is_line_end(*r->at))
        r->next_line += *r->at++ == '\n';
    r->line = r->next_line;
    r->cell_count = 0;
    if (r->at == r->end)
        return false;
    for (;;) {
        struct str cell = read_cell(r);
        if (r->cell_count < CELLS_MAX)
            r->cells[r->cell_count++] = cell;
        if (r->at == r->end || is_line_end(*r->at))
            return true;
        r->at++;
    }
}

/* --- what they mean ------------------------------------------------------------------------- */

static void say(const struct costs_reader *r, const char *en, const char *it)
{
    diags_say_text(r->diags, SEVERITY_ERROR, r->file, r->line, "costs", TEXT(en, it));
}

static struct str cell(const struct costs_reader *r, int column)
{
    size_t at = r->columns[column];
    return at < r->cell_count ? r->cells[at] : str_make("", 0);
}

static bool read_columns(struct costs_reader *r)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        size_t i = 0;
        while (i < r->cell_count && !str_eq_nocase(r->cells[i], str_from(column_names[c])))
            i++;
        r->columns[c] = i;
        if (i == r->cell_count) {
            say(r, "the first line must name the columns utm_campaign,from,to,eur",
                "la prima riga deve avere le colonne utm_campaign,from,to,eur");
            return false;
        }
    }
    return true;
}

/* "2026-11-20", or "20/11/2026". */
static bool read_day(struct str text, int64_t *day)
{
    struct date date;
    char iso[] = "yyyy-mm-dd";
    if (text.len == 10 && text.ptr[2] == '/' && text.ptr[5] == '/') {
        memcpy(iso, text.ptr + 6, 4);
        memcpy(iso + 5, text.ptr + 3, 2);
        memcpy(iso + 8, text.ptr, 2);
        text = str_from(iso);
    }
    if (calendar_parse_date(text, &date) != 0)
        return false;
    *day = calendar_days(date);
    return true;
}

/* "1234.50"; where semicolons separate, "1.234,50" too. */
static bool read_amount(const struct costs_reader *r, struct str text, double *amount)
{
    char copy[32];
    char *end;
    size_t n = 0;
    bool has_comma = r->separator == ';' && str_find(text, ',') >= 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (has_comma && c == '.')
            continue;
        if (n + 1 == sizeof copy || ((c < '0' || c > '9') && c != '.' && c != ','))
            return false;
        copy[n++] = has_comma && c == ',' ? '.' : c;
    }
    copy[n] = '\0';
    *amount = strtod(copy, &end);
    return n > 0 && *end == '\0' && isfinite(*amount);
}

static int read_cost(const struct costs_reader *r, struct report_cost *cost)
{
    cost->campaign = cell(r, COLUMN_CAMPAIGN);
    if (cost->campaign.len == 0)
        say(r, "the campaign is missing", "manca la campagna");
    else if (!read_day(cell(r, COLUMN_FROM), &cost->first_day) ||
             !read_day(cell(r, COLUMN_TO), &cost->last_day))
        say(r, "from and to are days, as in 2026-11-20", "from e to sono giorni: 2026-11-20");
    else if (cost->last_day < cost->first_day || cost->last_day - cost->first_day > DAYS_MAX)
        say(r, "to comes before from", "to viene prima di from");
    else if (!read_amount(r, cell(r, COLUMN_EUR), &cost->amount))
        say(r, "eur is an amount, as in 120.50", "eur è un importo: 120.50");
    else
        return 0;
    return ERR_INVALID;
}

static int add_cost(struct cost_table *table, size_t *room, const struct report_cost *cost)
{
    if (table->count == *room) {
        *room = *room ? *room * 2 : 16;
        struct report_cost *grown = realloc(table->items, *room * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        table->items = grown;
    }
    table->items[table->count++] = *cost;
    return 0;
}

static char find_separator(struct str text)
{
    struct str line;
    (void)str_split(&text, '\n', &line);
    return str_find(line, ';') >= 0 ? ';' : str_find(line, '\t') >= 0 ? '\t' : ',';
}

int cost_table_read(struct cost_table *out, const char *path, struct diags *diags)
{
    size_t room = 0;
    *out = (struct cost_table){0};
    int rc = fs_read(path, FILE_MAX, &out->bytes);
    if (rc == 0 && !buf_reserve(&out->bytes, 1))
        rc = ERR_NO_MEMORY;
    if (rc != 0)
        return rc;
    size_t mark = str_starts_with(buf_str(&out->bytes), STR("\xEF\xBB\xBF")) ? 3 : 0;
    struct costs_reader r = {
        .file = str_from(path),
        .diags = diags,
        .at = out->bytes.ptr + mark,
        .end = out->bytes.ptr + out->bytes.len,
        .separator = find_separator(buf_str(&out->bytes)),
        .next_line = 1,
    };
    (void)read_record(&r);
    if (!read_columns(&r))
        return ERR_INVALID;
    while (rc != ERR_NO_MEMORY && read_record(&r)) {
        struct report_cost cost;
        if (read_cost(&r, &cost) != 0)
            rc = ERR_INVALID;
        else if (add_cost(out, &room, &cost) != 0)
            rc = ERR_NO_MEMORY;
    }
    return rc;
}

void cost_table_finish(struct cost_table *table)
{
    buf_finish(&table->bytes);
    free(table->items);
}

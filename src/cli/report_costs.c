/* Owns reading what campaigns have cost. */
#include "cli/report_costs.h"

#include "base/calendar.h"
#include "base/err.h"
#include "base/fs.h"
#include "journal/event.h"
#include "journal/json_text.h"

#include <math.h>
#include <stdlib.h>

enum { COLUMN_CAMPAIGN, COLUMN_FROM, COLUMN_TO, COLUMN_EUR, COLUMNS, CELLS_MAX = 32 };

enum { FILE_MAX = 16 * 1024 * 1024, DAYS_MAX = 36600, AMOUNT_MAX = 32 };

/* What each may be called; the first is its name in the documentation. */
enum { COLUMN_NAMES = 3 };
static const char *const column_names[COLUMNS][COLUMN_NAMES] = {
    {"utm_campaign", "campagna", "campaign"}, {"from", "dal"}, {"to", "al"}, {"eur", "euro"}};

struct costs_reader {
    struct str file;
    struct diags *diags;
    char *at; /* cells lose their quotes in place */
    char *end;
    char separator;
    unsigned line; /* of the record being read */
    unsigned next_line;
    size_t columns[COLUMNS]; /* where each stands */
    size_t width;            /* cells of the first line */
    struct str cells[CELLS_MAX];
    size_t cell_count;
    size_t filled; /* the number of the line's last cell that is not empty, also beyond `cells` */
    bool is_torn;  /* a quote that opens a cell of the line does not end it */
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
            return str_make(from, (size_t)(to - from));
        r->next_line += *r->at == '\n';
        *to++ = *r->at;
    }
    r->is_torn = true;
    return str_make(from, (size_t)(to - from));
}

static struct str read_cell(struct costs_reader *r)
{
    if (r->at < r->end && *r->at == '"') {
        r->at++;
        struct str cell = read_quoted(r);
        for (; r->at < r->end && *r->at != r->separator && !is_line_end(*r->at); r->at++)
            r->is_torn |= *r->at != ' ';
        return cell;
    }
    char *from = r->at;
    while (r->at < r->end && *r->at != r->separator && !is_line_end(*r->at))
        r->at++;
    return str_trim(str_make(from, (size_t)(r->at - from)));
}

/* The next line, false at the end. */
static bool read_line(struct costs_reader *r)
{
    while (r->at < r->end && is_line_end(*r->at))
        r->next_line += *r->at++ == '\n';
    r->line = r->next_line;
    r->cell_count = 0;
    r->filled = 0;
    r->is_torn = false;
    if (r->at == r->end)
        return false;
    for (size_t n = 1;; n++) {
        struct str cell = read_cell(r);
        if (r->cell_count < CELLS_MAX)
            r->cells[r->cell_count++] = cell;
        if (cell.len > 0)
            r->filled = n;
        if (r->at == r->end || is_line_end(*r->at))
            return true;
        r->at++;
    }
}

/* The next one with something in its cells: spreadsheets keep rows that were emptied. */
static bool read_record(struct costs_reader *r)
{
    while (read_line(r))
        if (r->filled > 0 || r->is_torn)
            return true;
    return false;
}

/* --- what they mean ------------------------------------------------------------------------- */

static void say(const struct costs_reader *r, const char *en, const char *it)
{
    diags_say_text(r->diags, SEVERITY_ERROR, r->file, r->line, "costs", TEXT(en, it));
}

/* The two formats take the text that is wrong, as "%.*s". */
__attribute__((format(printf, 3, 0), format(printf, 4, 0))) static void say_wrong(
    const struct costs_reader *r, struct str text, const char *en, const char *it)
{
    diags_say(r->diags, SEVERITY_ERROR, r->file, r->line, "costs", en, it, STR_ARG(text));
}

static struct str cell(const struct costs_reader *r, int column)
{
    size_t at = r->columns[column];
    return at < r->cell_count ? r->cells[at] : str_make("", 0);
}

static bool is_column(struct str name, size_t column)
{
    for (size_t i = 0; i < COLUMN_NAMES && column_names[column][i]; i++)
        if (str_eq_nocase(name, str_from(column_names[column][i])))
            return true;
    return false;
}

/* Older spreadsheets write the code page of their system, in which no name with an accent would
 * ever be found. */
static bool check_utf8(const struct costs_reader *r, struct str text)
{
    if (!str_is_utf8(text))
        say(r, "this is not UTF-8: save the file as \"CSV UTF-8\"",
            "questa riga non è in UTF-8: salva il file come «CSV UTF-8»");
    return str_is_utf8(text);
}

/* What stands in no column, or does not end where it seems to, would be passed over: an amount of
 * "120,50" in a file with commas is 120 and something else. */
static bool check_shape(const struct costs_reader *r)
{
    if (r->is_torn)
        say(r, "a cell in quotes must end with one: \"120,50\"",
            "una cella tra virgolette deve finire con le virgolette: \"120,50\"");
    else if (r->filled > r->width)
        say(r,
            "this line has more cells than the first one: put an amount with a comma into quotes, "
            "\"120,50\", or name the column in the first line",
            "questa riga ha più celle della prima: metti tra virgolette un importo con la virgola, "
            "\"120,50\", o dai un nome alla colonna nella prima riga");
    return !r->is_torn && r->filled <= r->width;
}

static bool read_columns(struct costs_reader *r)
{
    r->width = r->filled;
    if (!check_shape(r))
        return false;
    for (size_t i = 0; i < r->cell_count; i++)
        if (!check_utf8(r, r->cells[i]))
            return false;
    for (size_t c = 0; c < COLUMNS; c++) {
        size_t i = 0;
        while (i < r->cell_count && !is_column(r->cells[i], c))
            i++;
        r->columns[c] = i;
        if (i == r->cell_count) {
            say_wrong(r, str_from(column_names[c][0]),
                      "the first line must name the columns utm_campaign,from,to,eur; there is no "
                      "\"%.*s\"",
                      "la prima riga deve avere le colonne utm_campaign,from,to,eur; non c’è "
                      "«%.*s»");
            return false;
        }
    }
    return true;
}

/* "20/11/2026", "1.9.2026": a day as Italy writes it. */
static bool read_italian_day(struct str text, int64_t *day)
{
    const char mark = str_find(text, '/') >= 0 ? '/' : '.';
    struct str parts[3];
    uint64_t numbers[3];
    for (size_t i = 0; i < 3; i++)
        if (!str_split(&text, mark, &parts[i]) || str_to_u64(parts[i], &numbers[i]) != 0)
            return false;
    if (text.len > 0 || parts[0].len > 2 || parts[1].len > 2 || parts[2].len != 4)
        return false;
    struct date date = {(int)numbers[2], (int)numbers[1], (int)numbers[0]};
    if (date.month < 1 || date.month > 12)
        return false;
    *day = calendar_days(date);
    return calendar_date(*day).day == date.day;
}

static bool read_day(const struct costs_reader *r, struct str text, int64_t *day)
{
    struct date date;
    if (calendar_parse_date(text, &date) == 0) {
        *day = calendar_days(date);
        return true;
    }
    if (read_italian_day(text, day))
        return true;
    say_wrong(r, text, "a day is written as 2026-11-20 or 20/11/2026, not \"%.*s\"",
              "un giorno si scrive 2026-11-20 o 20/11/2026, non «%.*s»");
    return false;
}

/* Up to an empty one. */
static const struct str blanks[] = {
    STR_INIT(" "), STR_INIT("\xC2\xA0"), STR_INIT("\xE2\x80\xAF"), {0}};
static const struct str currencies[] = {STR_INIT("€"), STR_INIT("EUR"), {0}};

/* Which of the words the text begins or ends with; NULL: none. */
static const struct str *find_word(struct str text, const struct str *words, bool end)
{
    for (; words->len > 0; words++)
        if (end ? str_ends_with(text, *words) : str_starts_with(text, *words))
            return words;
    return NULL;
}

/* Takes the currency, if it stands at that end, and what blanks there are off the amount. */
static struct str undress(struct str text, bool end)
{
    bool has_currency = false;
    for (;;) {
        const struct str *word = find_word(text, blanks, end);
        if (!word && !has_currency) {
            word = find_word(text, currencies, end);
            has_currency = word;
        }
        if (!word)
            return text;
        text = end ? str_make(text.ptr, text.len - word->len) : str_skip(text, word->len);
    }
}

/* The mark before the decimals, '\0' if there are none, or '?': one mark before three digits may
 * be either. Of two kinds of marks the last is it, and what comes again stands for thousands. */
static char find_decimal_mark(const char *amount)
{
    const char *comma = strrchr(amount, ',');
    const char *point = strrchr(amount, '.');
    if (comma && point)
        return comma > point ? ',' : '.';
    const char *mark = comma ? comma : point;
    if (!mark || strchr(amount, *mark) != mark)
        return '\0';
    bool is_thousand = strlen(mark + 1) == 3 && mark > amount && mark - amount <= 3;
    return is_thousand && *amount != '0' ? '?' : *mark;
}

/* Digits, thousands apart or not, and decimals. */
static bool parse_amount(const char *text, char decimal, double *amount)
{
    static const char digits[] = "0123456789";
    char plain[AMOUNT_MAX];
    char *end;
    size_t n = 0;
    bool whole = true;
    for (; *text; text++) {
        if (*text >= '0' && *text <= '9') {
            plain[n++] = *text;
        } else if (whole && n > 0 && *text == decimal) {
            plain[n++] = '.';
            whole = false;
        } else if (!whole || n == 0 || (*text != '.' && *text != ',' && *text != ' ') ||
                   strspn(text + 1, digits) != 3) {
            return false;
        }
    }
    plain[n] = '\0';
    *amount = strtod(plain, &end);
    return n > 0 && *end == '\0' && isfinite(*amount);
}

static bool read_amount(const struct costs_reader *r, struct str text, double *amount)
{
    char copy[AMOUNT_MAX];
    size_t n = 0;
    struct str left = undress(undress(text, false), true);
    while (left.len > 0 && n + 1 < sizeof copy) {
        const struct str *blank = find_word(left, blanks, false);
        copy[n++] = blank ? ' ' : *left.ptr;
        left = str_skip(left, blank ? blank->len : 1);
    }
    copy[n] = '\0';
    char decimal = find_decimal_mark(copy);
    if (decimal == '?') {
        say_wrong(r, text, "\"%.*s\" can be read in two ways: write it without a mark of thousands",
                  "«%.*s» si legge in due modi: scrivilo senza separatore delle migliaia");
        return false;
    }
    if (left.len == 0 && parse_amount(copy, decimal, amount))
        return true;
    say_wrong(r, text, "eur is an amount, as in 120.50 or 120,50, not \"%.*s\"",
              "eur è un importo, come 120,50, non «%.*s»");
    return false;
}

static int read_cost(const struct costs_reader *r, struct report_cost *cost)
{
    cost->campaign = cell(r, COLUMN_CAMPAIGN);
    if (!check_shape(r) || !check_utf8(r, cost->campaign))
        return ERR_INVALID;
    /* As a link's is written to the journal; see capture/campaign.c. */
    cost->campaign = json_text_cut(str_trim(cost->campaign), EVENT_UTM_MAX);
    if (cost->campaign.len == 0)
        say(r, "the campaign is missing", "manca la campagna");
    else if (!read_day(r, cell(r, COLUMN_FROM), &cost->first_day) ||
             !read_day(r, cell(r, COLUMN_TO), &cost->last_day) ||
             !read_amount(r, cell(r, COLUMN_EUR), &cost->amount))
        return ERR_INVALID;
    else if (cost->last_day < cost->first_day)
        say(r, "to comes before from", "la fine viene prima dell’inizio");
    else if (cost->last_day - cost->first_day > DAYS_MAX)
        say(r, "this campaign lasts more than a hundred years",
            "questa campagna dura più di cent’anni");
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

/* The mark between cells: what the first line has most use for, if it does not say so itself, as
 * spreadsheets in Italy do ("sep=;"); the reader then stands behind that line. */
static char find_separator(struct costs_reader *r)
{
    struct str text = str_make(r->at, (size_t)(r->end - r->at));
    struct str line;
    (void)str_split(&text, '\n', &line);
    if (str_starts_with(line, STR("sep=")) && line.len > 4) {
        r->at = r->at + line.len < r->end ? r->at + line.len + 1 : r->end;
        r->next_line++;
        return line.ptr[4];
    }
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
    size_t mark = out->bytes.len - str_skip_mark(buf_str(&out->bytes)).len;
    struct costs_reader r = {
        .file = str_from(path),
        .diags = diags,
        .at = out->bytes.ptr + mark,
        .end = out->bytes.ptr + out->bytes.len,
        .next_line = 1,
    };
    r.separator = find_separator(&r);
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

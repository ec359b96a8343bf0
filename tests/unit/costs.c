/* Costs as spreadsheets write them: understood, or refused with the place and the reason. */
#include "support/files.h"
#include "support/test.h"

#include "base/calendar.h"
#include "base/err.h"
#include "capture/campaign.h"
#include "cli/report_costs.h"

#include <math.h>

struct fixture {
    char *folder;
    struct cost_table table;
    struct diags diags;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->folder = files_make_folder();
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    cost_table_finish(&f->table);
    diags_finish(&f->diags);
    files_remove(f->folder);
    free(f);
    return 0;
}

static int read_costs(struct fixture *f, const char *text)
{
    struct buf path = BUF_EMPTY;
    cost_table_finish(&f->table);
    diags_finish(&f->diags);
    f->diags = (struct diags){0};
    files_write(f->folder, "costs.csv", str_from(text));
    buf_printf(&path, "%s/costs.csv", f->folder);
    int rc = cost_table_read(&f->table, path.ptr, &f->diags);
    buf_finish(&path);
    return rc;
}

static void assert_cost(const struct fixture *f, size_t i, const char *campaign, const char *first,
                        const char *last, double amount)
{
    const struct report_cost *cost = &f->table.items[i];
    const char *const days[] = {first, last};
    const int64_t actual[] = {cost->first_day, cost->last_day};
    assert_true(i < f->table.count);
    assert_str(cost->campaign, str_from(campaign));
    for (int k = 0; k < 2; k++) {
        struct date date;
        assert_int_equal(calendar_parse_date(str_from(days[k]), &date), 0);
        assert_int_equal(actual[k], calendar_days(date));
    }
    assert_true(fabs(cost->amount - amount) < 1e-9);
}

/* The reason, in Italian, stands in one line of the file. */
static void assert_refused(struct fixture *f, const char *text, unsigned line, const char *why)
{
    assert_int_equal(read_costs(f, text), ERR_INVALID);
    assert_int_equal(f->diags.count, 1);
    assert_int_equal(f->diags.items[0].line, line);
    assert_contains(str_from(f->diags.items[0].words_it), str_from(why));
}

static void the_documented_form_is_read(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_costs(f, "utm_campaign,from,to,eur\n"
                                   "autunno,2026-11-01,2026-11-20,120.50\n"
                                   "\"a, \"\"b\"\"\",2026-11-02,2026-11-02,7\n"),
                     0);
    assert_int_equal(f->table.count, 2);
    assert_cost(f, 0, "autunno", "2026-11-01", "2026-11-20", 120.5);
    assert_cost(f, 1, "a, \"b\"", "2026-11-02", "2026-11-02", 7);
}

/* A mark of the byte order, semicolons, line ends of another system, columns in another order and
 * one more, days and amounts as Italy writes them, names in capitals, rows that were emptied. */
static void a_spreadsheet_of_italy_is_read(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_costs(f, "\xEF\xBB\xBFNote;Campagna;Dal;Al;EUR\r\n"
                                   ";Città;01/11/2026;20/11/2026;1.234,50\r\n"
                                   "x;estate;1/6/2026;31.8.2026;€ 90,00\r\n"
                                   ";;;;\r\n"
                                   "\r\n"
                                   ";estate;01/09/2026;02/09/2026;0\r\n"),
                     0);
    assert_int_equal(f->table.count, 3);
    assert_cost(f, 0, "Città", "2026-11-01", "2026-11-20", 1234.5);
    assert_cost(f, 1, "estate", "2026-06-01", "2026-08-31", 90);
    assert_cost(f, 2, "estate", "2026-09-01", "2026-09-02", 0);
}

static void the_first_line_may_name_the_mark_between_cells(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_costs(f, "sep=|\r\nutm_campaign|from|to|eur\r\n"
                                   "a|2026-11-01|2026-11-02|1,5\r\nb|2026-11-01|x|2\r\n"),
                     ERR_INVALID);
    assert_cost(f, 0, "a", "2026-11-01", "2026-11-02", 1.5);
    assert_int_equal(f->diags.count, 1);
    assert_int_equal(f->diags.items[0].line, 4);
}

static void amounts_are_read_in_any_usual_form(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text;
        double amount;
    } cases[] = {
        {"120", 120},
        {"120.5", 120.5},
        {"120,50", 120.5},
        {"0,125", 0.125},
        {"1234.567", 1234.567},
        {"1.234,50", 1234.5},
        {"1,234.50", 1234.5},
        {"1.234.567", 1234567},
        {"1.234.567,8", 1234567.8},
        {"1\xC2\xA0"
         "234,50\xC2\xA0€",
         1234.5},
        {"EUR 12", 12},
        {"€1 234 567,50", 1234567.5},
        {"1\xE2\x80\xAF"
         "234 EUR",
         1234},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf text = BUF_EMPTY;
        buf_printf(&text, "utm_campaign;from;to;eur\na;2026-11-01;2026-11-01;%s\n", cases[i].text);
        buf_append_char(&text, '\0');
        if (read_costs(f, text.ptr) != 0)
            fail_msg("%s: %s", cases[i].text, f->diags.items[0].words);
        assert_cost(f, 0, "a", "2026-11-01", "2026-11-01", cases[i].amount);
        buf_finish(&text);
    }
}

/* Long, and with an accent where it is cut. */
#define LONG "saldi-di-fine-stagione-per-chi-cammina-e-per-chi-corre-in-citt"

static void a_campaign_is_called_as_the_journal_calls_it(void **state)
{
    struct fixture *f = *state;
    struct event event = {0};
    char room[CAMPAIGN_ROOM];
    campaign_read(&event, STR("utm_campaign=+" LONG "%C3%A0-2026"), room);
    assert_int_equal(read_costs(f,
                                "utm_campaign;from;to;eur\n" LONG "à-2026;2026-11-01;2026-11-02;1\n"
                                "\" autunno \";2026-11-01;2026-11-02;2\n"),
                     0);
    assert_int_equal(f->table.count, 2);
    assert_str(f->table.items[0].campaign, event.utm_campaign);
    assert_str(f->table.items[1].campaign, STR("autunno"));
}

#define HEAD "utm_campaign;from;to;eur\n"
#define DAYS "2026-11-01;2026-11-02;"

static void what_is_none_is_refused_with_its_line(void **state)
{
    struct fixture *f = *state;
    assert_refused(f, "", 1, "utm_campaign,from,to,eur");
    assert_refused(f, "utm_campaign;from;to;cost\n", 1, "non c’è «eur»");
    assert_refused(f, HEAD ";" DAYS "1\n", 2, "manca la campagna");
    assert_refused(f, HEAD "\"  \";" DAYS "1\n", 2, "manca la campagna");
    assert_refused(f, HEAD "a;2026-11-02;2026-11-01;1\n", 2, "la fine viene prima");
    assert_refused(f, HEAD "a;2026-11-31;2026-12-01;1\n", 2, "non «2026-11-31»");
    assert_refused(f, HEAD "a;11/20/2026;2026-12-01;1\n", 2, "non «11/20/2026»");
    assert_refused(f, HEAD "a;1/1/26;2026-12-01;1\n", 2, "non «1/1/26»");
    assert_refused(f, HEAD "a;;2026-12-01;1\n", 2, "non «»");
    assert_refused(f, HEAD "a;0001-01-01;2026-12-01;1\n", 2, "cent’anni");
    assert_refused(f, HEAD "a;" DAYS "1.234\n", 2, "«1.234» si legge in due modi");
    assert_refused(f, HEAD "a;" DAYS "1,234\n", 2, "due modi");
    static const char *const none[] = {
        "",      "-5",  "1.2.3", "1,2,3",      "1.23,4.5",
        ".5",    "1e3", "€",     "12 dollari", "12 34 EUR5",
        "12 34", "1€2", "€ € 1", "1 234 5",    "123456789012345678901234567890123"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct buf text = BUF_EMPTY;
        buf_printf(&text, HEAD "a;" DAYS "%s\n", none[i]);
        buf_append_char(&text, '\0');
        assert_refused(f, text.ptr, 2, "eur è un importo");
        buf_finish(&text);
    }
}

/* An amount that is taken apart at its comma would be another one. */
static void cells_without_a_column_are_refused(void **state)
{
    struct fixture *f = *state;
#define COMMAS "utm_campaign,from,to,eur\n"
    assert_refused(f, COMMAS "a,2026-11-01,2026-11-02,120,50\n", 2, "virgolette");
    assert_refused(f, COMMAS "ok,2026-11-01,2026-11-02,7\na,2026-11-01,2026-11-02,1,234.50\n", 3,
                   "virgolette");
    assert_refused(f, "utm_campaign;from;to;eur\na;2026-11-01;2026-11-02;7;nota\n", 2,
                   "dai un nome alla colonna");
    assert_refused(f, COMMAS "a,2026-11-01,2026-11-02,1,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,x\n",
                   2, "più celle");
    assert_refused(f, COMMAS "a,2026-11-01,2026-11-02,\"120\"50\n", 2, "finire con le virgolette");
    assert_refused(f, COMMAS "a,2026-11-01,2026-11-02,\"120\nb,2026-11-01,2026-11-02,1\n", 2,
                   "finire con le virgolette");

    /* Spreadsheets fill up lines with empty cells. */
    assert_int_equal(read_costs(f, COMMAS "a,2026-11-01,2026-11-02,\"120,50\" ,, \n"), 0);
    assert_cost(f, 0, "a", "2026-11-01", "2026-11-02", 120.5);
}

/* What a spreadsheet writes that is not asked for UTF-8: "Città" in Windows-1252, and UTF-16. */
static void other_encodings_are_named(void **state)
{
    struct fixture *f = *state;
    assert_refused(f, HEAD "ok;" DAYS "1\nCitt\xE0;" DAYS "1\n", 3, "UTF-8");
    assert_refused(f, "\xFF\xFEu", 1, "UTF-8");
}

#define COSTS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

TEST_MAIN(COSTS_TEST(the_documented_form_is_read), COSTS_TEST(a_spreadsheet_of_italy_is_read),
          COSTS_TEST(the_first_line_may_name_the_mark_between_cells),
          COSTS_TEST(amounts_are_read_in_any_usual_form),
          COSTS_TEST(what_is_none_is_refused_with_its_line),
          COSTS_TEST(cells_without_a_column_are_refused), COSTS_TEST(other_encodings_are_named),
          COSTS_TEST(a_campaign_is_called_as_the_journal_calls_it))

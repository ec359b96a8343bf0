/* Opening hours: what people write, and what a visitor is told at a moment. */
#include "site/hours.h"

#include "base/calendar.h"
#include "base/err.h"
#include "site/hours_text.h"
#include "support/test.h"

#define SHOP "lun 15:30-19:30; mar-sab 9-13, 15:30-19:30"

struct fixture {
    struct zone *rome;
    struct hours hours;
    struct diags diags;
    struct buf out;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(zone_create(&f->rome, STR("Europe/Rome")), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    zone_destroy(f->rome);
    diags_finish(&f->diags);
    buf_finish(&f->out);
    free(f);
    return 0;
}

/* Reads `yaml`, "hours: ..." and "closed: ...", as a place would. */
static void read(struct fixture *f, const char *yaml)
{
    static const struct schema_key keys[] = {
        {"hours", hours_read, 0}, {"closed", hours_read_closed, 0}, {0}};
    const struct schema_source source = {STR("x.md"), &f->diags, SEVERITY_WARNING};
    struct yaml *document = NULL;
    diags_finish(&f->diags);
    f->hours = (struct hours){0};
    assert_int_equal(yaml_parse(&document, str_from(yaml), source.file, 1, &f->diags), 0);
    schema_read(&source, yaml_root(document), keys, &f->hours);
    yaml_destroy(document);
}

static void read_good(struct fixture *f, const char *hours)
{
    struct buf yaml = BUF_EMPTY;
    buf_printf(&yaml, "hours: \"%s\"\n", hours);
    buf_append_char(&yaml, '\0');
    read(f, yaml.ptr);
    buf_finish(&yaml);
    if (f->diags.count > 0)
        fail_msg("%s: %s", hours, f->diags.items[0].words);
}

static time_t at(const struct fixture *f, const char *local)
{
    struct date_time time;
    assert_int_equal(calendar_parse_date_time(str_from(local), &time), 0);
    return zone_to_utc(f->rome, time.local_s);
}

static struct str told(struct fixture *f, const char *local, const char *lang)
{
    buf_clear(&f->out);
    hours_append_state(&f->hours, f->rome, at(f, local), words_of(str_from(lang)), &f->out);
    return buf_str(&f->out);
}

static void a_visitor_is_told_whether_the_shop_is_open(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *when;
        const char *it;
        const char *en;
    } cases[] = {
        /* 2026-11-16 is a Monday. */
        {"2026-11-16 10:00", "Chiuso ora, apre alle 15:30", "Closed now, opens at 15:30"},
        {"2026-11-16 15:30", "Aperto ora, fino alle 19:30", "Open now, until 19:30"},
        {"2026-11-17 12:59:59", "Aperto ora, fino alle 13:00", "Open now, until 13:00"},
        {"2026-11-17 13:00", "Chiuso ora, apre alle 15:30", "Closed now, opens at 15:30"},
        {"2026-11-17 23:00", "Chiuso ora, apre mercoled\xC3\xAC alle 9:00",
         "Closed now, opens on Wednesday at 9:00"},
        {"2026-11-21 19:30", "Chiuso ora, apre luned\xC3\xAC alle 15:30",
         "Closed now, opens on Monday at 15:30"},
        {"2026-11-22 12:00", "Chiuso ora, apre luned\xC3\xAC alle 15:30",
         "Closed now, opens on Monday at 15:30"},
    };
    read_good(f, SHOP);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].when);
        assert_str(told(f, cases[i].when, "it"), str_from(cases[i].it));
        assert_str(told(f, cases[i].when, "en-GB"), str_from(cases[i].en));
    }
}

static void a_closed_week_is_skipped_and_a_night_goes_on(void **state)
{
    struct fixture *f = *state;
    read(f, "hours: \"ven-sab 20-2\"\nclosed: [2026-12-25, 2026-12-26/2027-01-06]\n");
    assert_int_equal(f->diags.count, 0);
    assert_str(told(f, "2026-11-21 01:59", "it"), STR("Aperto ora, fino alle 2:00"));
    assert_str(told(f, "2026-11-22 02:00", "it"),
               STR("Chiuso ora, apre venerd\xC3\xAC alle 20:00"));
    assert_str(told(f, "2026-12-25 21:00", "it"), STR("Chiuso ora, apre l\xE2\x80\x99"
                                                      "8 gennaio alle 20:00"));
    assert_str(told(f, "2026-12-25 21:00", "en"), STR("Closed now, opens on January 8 at 20:00"));
    /* The night before the closure goes on after midnight. */
    read(f, "hours: \"gio 20-1\"\nclosed: 2026-12-25\n");
    assert_str(told(f, "2026-12-25 00:30", "it"), STR("Aperto ora, fino all\xE2\x80\x99"
                                                      "1:00"));
}

static void day_and_night_has_no_end(void **state)
{
    struct fixture *f = *state;
    read_good(f, "24/7");
    assert_str(told(f, "2026-11-21 19:30", "it"), STR("Aperto ora"));
    assert_int_equal(hours_changes_at(&f->hours, f->rome, at(f, "2026-11-21 19:30")), 0);
    read_good(f, "lun-ven 8-24");
    assert_str(told(f, "2026-11-16 19:30", "it"), STR("Aperto ora, fino a mezzanotte"));
    read_good(f, "lun 0-24; mar 0-12");
    assert_str(told(f, "2026-11-16 13:00", "it"), STR("Aperto ora, fino alle 12:00"));
}

static void the_next_change_is_the_next_opening_closing_or_midnight(void **state)
{
    struct fixture *f = *state;
    read_good(f, SHOP);
    static const struct {
        const char *now;
        const char *next;
    } cases[] = {{"2026-11-17 08:59:59", "2026-11-17 09:00"},
                 {"2026-11-17 09:00", "2026-11-17 13:00"},
                 {"2026-11-17 19:30", "2026-11-18 00:00"},
                 {"2026-11-18 00:00", "2026-11-18 09:00"},
                 {"2026-11-21 20:00", "2026-11-22 00:00"},
                 {"2026-11-22 00:00", "2026-11-23 00:00"},
                 /* The day that has 25 hours. */
                 {"2026-10-24 20:00", "2026-10-25 00:00"},
                 {"2026-10-25 12:00", "2026-10-26 00:00"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].now);
        assert_int_equal(hours_changes_at(&f->hours, f->rome, at(f, cases[i].now)),
                         at(f, cases[i].next));
    }
}

static void people_write_the_same_hours_in_many_ways(void **state)
{
    struct fixture *f = *state;
    static const char *const ways[] = {
        SHOP,
        "lun 15:30-19:30, mar-sab 9-13, 15:30-19:30",
        "Mo 15:30-19:30; Tu-Sa 09:00-13:00, 15:30-19:30",
        ("Luned\xC3\xAC 15.30 - 19.30; marted\xC3\xAC \xE2\x80\x93 sabato 9 \xE2\x80\x93 13, "
         "15.30\xE2\x80\x93"
         "19.30"),
        "MON 15:30-19:30;TUE,WED,THU,FRI,SAT 9-13,15:30-19:30",
        "lun-sab 15:30-19:30; mar-sab 9:00-13:00; dom chiuso",
        "lun. 15:30-19:30; mar. mer. gio. ven. sab. 9-13 15:30-19:30"};
    read_good(f, ways[0]);
    hours_append_json(&f->hours, &f->out);
    struct buf expected = f->out;
    f->out = BUF_EMPTY;
    for (size_t i = 1; i < sizeof ways / sizeof *ways; i++) {
        print_message("%s\n", ways[i]);
        read_good(f, ways[i]);
        buf_clear(&f->out);
        hours_append_json(&f->hours, &f->out);
        assert_str(buf_str(&f->out), buf_str(&expected));
    }
    buf_finish(&expected);
}

static void what_is_not_understood_is_told_with_its_line(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *yaml;
        const char *words;
    } cases[] = {
        {"\nhours: \"lun\"", "at which times"},
        {"\nhours: \"9-13\"", "for which days"},
        {"\nhours: \"lune 9-13\"", "days are called"},
        {"\nhours: \"lun-xx 9-13\"", "days are called"},
        {"\nhours: \"lun 9\"", "two times"},
        {"\nhours: \"lun 9-25\"", "two times"},
        {"\nhours: \"lun 9:60-13\"", "two times"},
        {"\nhours: \"lun 9-13, 12-14\"", "overlap"},
        {"\nhours: \"lun 1-2,3-4,5-6,7-8,9-10\"", "four openings"},
        {"\nhours: {lun: 9-13}", "must be a text"},
        {"\nclosed: 25/12/2026", "2026-12-25"},
        {"\nclosed: 2026-12-26/2026-12-25", "2026-12-25"},
        {"\nclosed: 2026-12-26/", "2026-12-25"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].yaml);
        read(f, cases[i].yaml);
        assert_int_equal(f->diags.errors, 1);
        assert_int_equal(f->diags.items[0].line, 2);
        assert_contains(str_from(f->diags.items[0].words), str_from(cases[i].words));
    }
}

static void people_and_machines_read_the_week(void **state)
{
    struct fixture *f = *state;
    read(f, "hours: " SHOP "\nclosed: [2026-08-10/2026-08-20, 2026-12-24/2027-01-06, "
            "2026-12-08, 2026-11-28/2026-11-30]\n");
    assert_int_equal(f->diags.count, 0);
    hours_append_table(&f->hours, f->rome, at(f, "2026-11-21 10:00"), words_of(STR("it")), &f->out);
    assert_contains(buf_str(&f->out), STR("<th scope=\"row\">Luned\xC3\xAC</th>"
                                          "<td>15:30\xE2\x80\x93"
                                          "19:30</td>"));
    assert_contains(buf_str(&f->out), STR(">Marted\xC3\xAC\xE2\x80\x93sabato</th>"
                                          "<td>9:00\xE2\x80\x93"
                                          "13:00, 15:30\xE2\x80\x93"
                                          "19:30</td>"));
    assert_contains(buf_str(&f->out), STR(">Domenica</th><td>chiuso</td>"));
    assert_contains(buf_str(&f->out),
                    STR(">Chiuso 28\xE2\x80\x93"
                        "30 novembre, 8 dicembre, 24 dicembre \xE2\x80\x93 6 gennaio<"));

    buf_clear(&f->out);
    hours_append_json(&f->hours, &f->out);
    assert_contains(buf_str(&f->out),
                    STR("{\"@type\":\"OpeningHoursSpecification\",\"dayOfWeek\":[\"Tuesday\","
                        "\"Wednesday\",\"Thursday\",\"Friday\",\"Saturday\"],\"opens\":\"09:00\","
                        "\"closes\":\"13:00\"}"));
    assert_contains(buf_str(&f->out), STR("\"validFrom\":\"2026-12-24\",\"validThrough\":"
                                          "\"2027-01-06\",\"opens\":\"00:00\","
                                          "\"closes\":\"00:00\"}"));
}

static void assert_closures(struct fixture *f, const char *lang, const char *expected)
{
    buf_clear(&f->out);
    hours_append_table(&f->hours, f->rome, at(f, "2026-10-21 10:00"), words_of(str_from(lang)),
                       &f->out);
    assert_contains(buf_str(&f->out), str_from(expected));
}

/* Read without it, the first of November to the thirtieth is a month. */
static void a_closure_that_ends_or_begins_far_away_has_its_year(void **state)
{
    struct fixture *f = *state;
    read(f, "hours: " SHOP "\nclosed: [2026-11-01/2027-11-30, 2026-12-24/2027-01-06, 2027-10-25, "
            "2027-12-01/2027-12-24, 2027-12-25/2027-12-26, 2027-12-31/2028-01-06]\n");
    assert_int_equal(f->diags.count, 0);
    assert_closures(f, "it",
                    "1\u00BA novembre 2026 \u2013 30 novembre 2027, 24 dicembre \u2013 6 gennaio, "
                    "25 ottobre 2027, 1\u201324 dicembre 2027, 25\u201326 dicembre 2027, "
                    "31 dicembre 2027 \u2013 6 gennaio 2028<");
    assert_closures(f, "en", "October 25, 2027, December 1\u201324, 2027, December 25");

    read(f, "hours: \"gio 20-1\"\nclosed: 2026-11-01/2027-11-30\n");
    assert_str(told(f, "2026-11-21 10:00", "it"),
               STR("Chiuso ora, apre il 2 dicembre 2027 alle 20:00"));
    assert_str(told(f, "2027-11-20 10:00", "it"), STR("Chiuso ora, apre il 2 dicembre alle 20:00"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

TEST_MAIN(TEST(a_visitor_is_told_whether_the_shop_is_open),
          TEST(a_closed_week_is_skipped_and_a_night_goes_on), TEST(day_and_night_has_no_end),
          TEST(the_next_change_is_the_next_opening_closing_or_midnight),
          TEST(people_write_the_same_hours_in_many_ways),
          TEST(what_is_not_understood_is_told_with_its_line),
          TEST(people_and_machines_read_the_week),
          TEST(a_closure_that_ends_or_begins_far_away_has_its_year))

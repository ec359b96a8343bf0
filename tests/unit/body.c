/* What the script sends: all of it, or a reason why not. */
#include "capture/body.h"

#include "support/test.h"

#define COMMON "pv=AZqw&p=%2Fvoglio-comprare%2Fscarpe&r=a1b2c3d4e5f6a7b8&d=0123456789abcdef"

static const char *read_body(struct body *body, const char *bytes)
{
    static char room[8192];
    return body_read(body, str_from(bytes), STR("sport.example"), room);
}

static void every_line_is_an_event_and_the_first_speaks_for_all(void **state)
{
    (void)state;
    struct body body;
    assert_null(read_body(&body, COMMON "&u=utm_source%3Dqr%26x%3D1&ref=https%3A%2F%2Fexample.it%2F"
                                        "&j=0123456789abcdef0123456789abcdef"
                                        "&e=click&cta=call&dest=tel&n=3&t=5120\n"
                                        "e=left&cta=call&n=4&t=5700\n"));
    assert_int_equal(body.count, 2);
    assert_str(body.token, STR("AZqw"));
    assert_str(body.path, STR("/voglio-comprare/scarpe"));
    assert_int_equal(body.hits[0].kind, HIT_CLICK);
    assert_str(body.hits[0].cta, STR("call"));
    assert_str(body.hits[0].dest, STR("tel"));
    assert_int_equal(body.hits[0].n.value, 3);
    assert_int_equal(body.hits[0].t.value, 5120);
    assert_int_equal(body.hits[1].kind, HIT_LEFT);
    assert_int_equal(body.hits[1].n.value, 4);
    for (size_t i = 0; i < body.count; i++) {
        assert_str(body.hits[i].rev, STR("a1b2c3d4e5f6a7b8"));
        assert_str(body.hits[i].d, STR("0123456789abcdef"));
        assert_str(body.hits[i].query, STR("utm_source=qr&x=1"));
        assert_str(body.hits[i].referrer, STR("https://example.it/"));
        assert_str(body.hits[i].journey, STR("0123456789abcdef0123456789abcdef"));
    }
}

static void a_summary_brings_its_numbers_as_javascript_writes_them(void **state)
{
    (void)state;
    struct body body;
    assert_null(read_body(&body, COMMON "&e=summary&n=9&t=60000&engaged_ms=41234&scroll=87.5"
                                        "&ttfb=31&fcp=120.25&lcp=130&cls=0.06249999&inp=5e-7"));
    const struct hit *hit = &body.hits[0];
    assert_int_equal(hit->engaged_ms.value, 41234000);
    assert_int_equal(hit->scroll.value, 87500);
    assert_int_equal(hit->fcp.value, 120250);
    assert_int_equal(hit->cls.value, 62);
    assert_true(hit->inp.set);
    assert_int_equal(hit->inp.value, 0);
}

static void a_measure_that_is_out_of_bounds_does_not_spoil_the_rest(void **state)
{
    (void)state;
    struct body body;
    assert_null(read_body(&body, COMMON "&e=summary&n=9&engaged_ms=3000&scroll=104.5&ttfb=-12.25"
                                        "&lcp=undefined&inp=NaN&cls=1e999"));
    const struct hit *hit = &body.hits[0];
    assert_int_equal(hit->engaged_ms.value, 3000000);
    assert_int_equal(hit->scroll.value, 100000);
    assert_true(hit->ttfb.set);
    assert_int_equal(hit->ttfb.value, 0);
    assert_int_equal(hit->cls.value, 1000000);
    assert_false(hit->lcp.set);
    assert_false(hit->inp.set);
}

static void in_a_tab_that_is_open_for_weeks_events_keep_their_order(void **state)
{
    (void)state;
    struct body body;
    assert_null(read_body(&body, COMMON "&e=engaged&n=1&t=2147483647\n"
                                        "e=click&n=2&cta=call&t=-2147483648\n"
                                        "e=left&n=3&cta=call&t=-1702967297\n"
                                        "e=click&n=4&cta=call&t=-1\n"
                                        "e=click&n=5&cta=call&t=99999999999\n"));
    static const int64_t times[] = {2147483647, 2147483648, 2591999999, 2592000000, 2592000000};
    assert_int_equal(body.count, 5);
    for (size_t i = 0; i < body.count; i++)
        assert_int_equal(body.hits[i].t.value, times[i]);
}

static void a_link_is_told_by_where_it_leads(void **state)
{
    (void)state;
    struct body body;
    assert_null(read_body(&body, "pv=x&p=%2F&rev=a1&d=1&u=%3Futm_source%3Dqr"
                                 "&e=click&n=1&cta=undefined&to=tel%3A%2B390521\n"
                                 "&e=click&n=2&to=https%3A%2F%2Fwww.google.com%2Fmaps%2Fdir%2F\n"
                                 "&e=click&n=3&to=%2Fvoglio-andare%2Fnegozio\n"
                                 "&e=click&n=4&cta=shop&to=https%3A%2F%2Fshop.example%2F\n"
                                 "&e=click&n=5&cta=prenota&to=undefined\n"
                                 "&e=click&n=6&to=https%3A%2F%2Fsport.example%2Fa\n"
                                 "&e=click&n=7&to=https%3A%2F%2Fsport.example.evil.example%2Fa\n"
                                 "&e=click&n=8&to=..%2Fa%3Ab\n"
                                 "&e=click&n=9&to=%2F%2Fshop.example%2Fa\n"));
    static const char *const expected[][2] = {
        {"call", "tel"},  {"directions", "map"}, {"page", "page"}, {"shop", "web"}, {"prenota", ""},
        {"page", "page"}, {"web", "web"},        {"page", "page"}, {"web", "web"}};
    enum { COUNT = sizeof expected / sizeof *expected };
    assert_int_equal(body.count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_str(body.hits[i].cta, str_from(expected[i][0]));
        assert_str(body.hits[i].dest, str_from(expected[i][1]));
        assert_str(body.hits[i].rev, STR("a1"));
        assert_str(body.hits[i].query, STR("utm_source=qr"));
    }
}

static void a_journey_is_named_by_the_id_of_its_first_token(void **state)
{
    (void)state;
    struct body body;
    assert_null(read_body(&body, COMMON "&e=seen&n=1&j=AaIA_gsDAM2rc9QVGj4cD72_uDgAUCg"));
    assert_str(body.hits[0].journey, STR("AaIA_gsDAM2rc9QVGj4c"));
}

static void what_says_nothing_is_as_good_as_absent(void **state)
{
    (void)state;
    struct body body;
    assert_null(read_body(&body, "pv=&u=&ref=&p=%2F&d=a&e=seen&n=1&t=&cta=&later=x&&=y"));
    assert_str(body.token, STR(""));
    assert_false(body.hits[0].t.set);
    assert_null(read_body(&body, "\r\np=/&d=a&e=seen&n=1\r\n\r\ne=engaged&n=2\r\n"));
    assert_int_equal(body.count, 2);
}

#define X9  "xxxxxxxxx"
#define X63 X9 X9 X9 X9 X9 X9 X9

static void a_label_has_no_spaces_around_it(void **state)
{
    (void)state;
    struct body body;
    assert_null(read_body(&body, COMMON "&e=click&n=1&cta=+prenota%20ora%09\n"
                                        "e=click&n=2&cta=++&to=tel%3A%2B390521\n"
                                        "e=click&n=3&cta=undefined+&to=tel%3A%2B390521\n"
                                        "e=click&n=4&cta=" X63 "+cut\n"));
    assert_str(body.hits[0].cta, STR("prenota ora"));
    assert_str(body.hits[1].cta, STR("call"));
    assert_str(body.hits[2].cta, STR("call"));
    assert_str(body.hits[3].cta, STR(X63));
    assert_non_null(read_body(&body, COMMON "&e=click&n=1&cta=+"));
}

static void a_long_label_is_cut_at_a_character(void **state)
{
    (void)state;
    char bytes[1024] = COMMON "&e=click&n=1&cta=x";
    struct body body;
    for (int i = 0; i < 50; i++)
        strcat(bytes, "%C3%A8");
    assert_null(read_body(&body, bytes));
    assert_int_equal(body.hits[0].cta.len, 63);
    assert_true(str_is_utf8(body.hits[0].cta));
}

static void what_is_wrong_is_refused_with_a_reason(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        const char *words;
    } cases[] = {
        {"", "no event"},
        {"\n\n", "no event"},
        {COMMON, "without 'e'"},
        {COMMON "&e=seen", "without 'n'"},
        {COMMON "&e=seen&n=1\ncta=x", "without 'e'"},
        {"d=a&e=seen&n=1", "no 'p'"},
        {"p=/&e=seen&n=1", "no 'd'"},
        {"p=scarpe&d=a&e=seen&n=1", "'p'"},
        {"p=/&d=a+b&e=seen&n=1", "'d'"},
        {"p=/&d=01234567890123456789012345678901234567890&e=seen&n=1", "'d'"},
        {COMMON "&e=view&n=1", "'e'"},
        {COMMON "&e=refused&n=1000000", "'e'"},
        {COMMON "&e=seen&n=-1", "'n'"},
        {COMMON "&e=seen&n=1000001", "'n'"},
        {COMMON "&e=seen&n=1.5", "'n'"},
        {COMMON "&e=seen&n=1&t=1.5", "'t'"},
        {COMMON "&e=seen&n=1&t=-", "'t'"},
        {COMMON "&e=seen&n=1&t=-2147483649", "'t'"},
        {COMMON "&e=click&n=1", "neither"},
        {COMMON "&e=click&n=1&dest=moon", "'dest'"},
        {COMMON "&e=seen&n=1&j=short", "'j'"},
        {COMMON "&e=seen&n=1&ttfb=3", "no summary"},
        {COMMON "&e=summary&n=1&cls=nan", "'cls'"},
        {COMMON "&e=summary&n=1&cls=-", "'cls'"},
        {COMMON "&e=summary&n=1&cls=1e", "'cls'"},
        {COMMON "&e=summary&n=1&cls=0x10", "'cls'"},
        {COMMON "&e=seen&n=1&n=2", "twice"},
        {COMMON "&e=seen&n=1\ne=engaged&n=2&d=b", "first"},
        {COMMON "&e=seen&n=1&ref=%zz", "'%'"},
        {COMMON "&e=seen&n=1&ref=%", "'%'"},
        {COMMON "&e=seen&n=1&ref=%ff", "UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct body body;
        const char *wrong = read_body(&body, cases[i].bytes);
        if (!wrong)
            fail_msg("taken: %s", cases[i].bytes);
        assert_contains(str_from(wrong), str_from(cases[i].words));
    }
}

static void one_bad_line_spoils_all(void **state)
{
    (void)state;
    struct body body;
    assert_non_null(read_body(&body, COMMON "&e=seen&n=1\ne=engaged&n=2\ne=click&n=3"));
}

static void there_is_an_end_to_how_many_lines_are_taken(void **state)
{
    (void)state;
    char bytes[4096] = COMMON "&e=seen&n=0";
    struct body body;
    for (int i = 1; i < BODY_LINES_MAX; i++)
        strcat(bytes, "\ne=engaged&n=1");
    assert_null(read_body(&body, bytes));
    assert_int_equal(body.count, BODY_LINES_MAX);
    strcat(bytes, "\ne=engaged&n=1");
    assert_string_equal(read_body(&body, bytes), "too many lines");
}

TEST_MAIN(cmocka_unit_test(every_line_is_an_event_and_the_first_speaks_for_all),
          cmocka_unit_test(a_summary_brings_its_numbers_as_javascript_writes_them),
          cmocka_unit_test(a_measure_that_is_out_of_bounds_does_not_spoil_the_rest),
          cmocka_unit_test(in_a_tab_that_is_open_for_weeks_events_keep_their_order),
          cmocka_unit_test(a_link_is_told_by_where_it_leads),
          cmocka_unit_test(a_journey_is_named_by_the_id_of_its_first_token),
          cmocka_unit_test(what_says_nothing_is_as_good_as_absent),
          cmocka_unit_test(a_label_has_no_spaces_around_it),
          cmocka_unit_test(a_long_label_is_cut_at_a_character),
          cmocka_unit_test(what_is_wrong_is_refused_with_a_reason),
          cmocka_unit_test(one_bad_line_spoils_all),
          cmocka_unit_test(there_is_an_end_to_how_many_lines_are_taken))

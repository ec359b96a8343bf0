/* Funnels over journals made by hand: what chains count, in which order and when. */
#include "support/funnels.h"
#include "support/test.h"

#include "base/err.h"

#include <math.h>

/* --- the worked example --------------------------------------------------------------------- */

static void add_example(struct funnel_fixture *f)
{
    funnels_add_all(f, "A", "v0 c30 o90");
    funnels_add_all(f, "B", "v0 c50 v700 c720 o800");
    funnels_add_all(f, "C", "v0 v10 c20");
    funnels_add_all(f, "D", "c5 v10 o20");
    funnels_add_all(f, "E", "v0 h15 c30 o40");
    funnels_add_all(f, "F", "v0 c600 o601");
    funnels_add_all(f, "G", "v0 c0 o0");
}

static void the_worked_example_gives_its_numbers(void **state)
{
    struct funnel_fixture *f = *state;
    add_example(f);
    const struct funnel_group *total = funnels_answer(f);
    funnels_assert_reached(total, 7, 6, 4);
    assert_int_equal(total->elapsed_ms.count, 4);
    assert_true(fabs(total->median_s - 65) < 1e-9);
    assert_true(fabs(total->p90_s - 97) < 1e-9);
}

static void the_worked_example_strictly(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.mode = CHAIN_STRICT;
    add_example(f);
    funnels_assert_reached(funnels_answer(f), 7, 5, 3);
}

static void the_worked_example_increasing(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.mode = CHAIN_INCREASING;
    add_example(f);
    funnels_assert_reached(funnels_answer(f), 7, 5, 3);
}

/* --- order ---------------------------------------------------------------------------------- */

static void inside_a_page_view_the_documents_own_clock_counts(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("seen,click,order");
    funnels_add(f, "a", "click", 1, ",\"d\":\"x\",\"n\":2,\"t\":900");
    funnels_add(f, "a", "order", 2, ",\"d\":\"x\",\"n\":3,\"t\":950");
    funnels_add(f, "a", "seen", 3, ",\"d\":\"x\",\"n\":1,\"t\":20");
    funnels_assert_reached(funnels_answer(f), 1, 1, 1);
}

static void a_view_comes_before_all_that_happens_on_it(void **state)
{
    struct funnel_fixture *f = *state;
    funnels_add(f, "a", "click", 1, ",\"d\":\"x\",\"n\":1,\"t\":5");
    funnels_add(f, "a", "view", 2, "");
    funnels_assert_reached(funnels_answer(f), 1, 1, 0);
}

static void documents_follow_each_other_as_they_came(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("seen,click,order");
    funnels_add(f, "a", "seen", 1, ",\"d\":\"z\",\"n\":1,\"t\":9000");
    funnels_add(f, "a", "click", 2, ",\"d\":\"b\",\"n\":1,\"t\":10");
    funnels_assert_reached(funnels_answer(f), 1, 1, 0);
}

static void between_page_views_the_wall_clock_counts_and_lines_may_come_in_any_order(void **state)
{
    struct funnel_fixture *f = *state;
    funnels_add(f, "c", "order", 30, ",\"journey\":\"a\"");
    funnels_add(f, "b", "click", 20, ",\"journey\":\"a\"");
    funnels_add(f, "a", "view", 10, "");
    funnels_assert_reached(funnels_answer(f), 1, 1, 1);
}

/* Whatever stands first in the file. */
static void of_two_page_views_at_one_moment_the_numbers_tell_the_order(void **state)
{
    struct funnel_fixture *f = *state;
    funnels_add(f, "a", "view", 10, "");                    /* 1 */
    funnels_add(f, "b", "click", 10, ",\"journey\":\"a\""); /* 2 */
    funnels_add(f, "c", "click", 10, ",\"journey\":\"d\""); /* 3 */
    funnels_add(f, "d", "view", 10, "");                    /* 4 */
    f->seq = 5;
    funnels_add(f, "f", "click", 10, ",\"journey\":\"e\""); /* 6 */
    f->seq = 4;
    funnels_add(f, "e", "view", 10, ""); /* 5 */
    funnels_assert_reached(funnels_answer(f), 3, 2, 0);
}

static void the_journey_that_seen_tells_holds_for_the_whole_page_view(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("view,seen,click");
    funnels_add_all(f, "a", "v0 s1");
    funnels_add(f, "b", "view", 10, ",\"d\":\"x\"");
    funnels_add(f, "b", "seen", 11, ",\"journey\":\"a\"");
    funnels_add(f, "b", "click", 12, "");
    funnels_assert_reached(funnels_answer(f), 1, 1, 1);
}

static void a_page_view_as_unit_is_on_its_own(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.unit = STR("pv");
    funnels_add(f, "a", "view", 0, "");
    funnels_add(f, "b", "view", 1, ",\"journey\":\"a\"");
    funnels_add(f, "b", "click", 2, ",\"journey\":\"a\"");
    funnels_assert_reached(funnels_answer(f), 2, 1, 0);
}

static void any_key_can_be_the_unit_and_who_lacks_it_is_none(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.unit = STR("utm_campaign");
    funnels_add(f, "a", "view", 0, ",\"utm_campaign\":\"estate\"");
    funnels_add(f, "b", "view", 1, ",\"utm_campaign\":\"estate\"");
    funnels_add(f, "b", "click", 2, "");
    funnels_add(f, "c", "view", 3, "");
    funnels_assert_reached(funnels_answer(f), 1, 1, 0);
}

/* --- time ----------------------------------------------------------------------------------- */

static void the_range_holds_for_entries_only(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.from_ms = funnels_origin_ms + 10 * 1000;
    f->query.to_ms = funnels_origin_ms + 20 * 1000;
    funnels_add_all(f, "early", "v9.999 c15");
    funnels_add_all(f, "first", "v10 c30 o40");
    funnels_add_all(f, "late", "v20 c21");
    funnels_add_all(f, "again", "v0 v15 c16");
    funnels_assert_reached(funnels_answer(f), 2, 2, 1);
}

static void the_window_ends_to_the_millisecond(void **state)
{
    struct funnel_fixture *f = *state;
    funnels_add_all(f, "in", "v0.5 c600.5 o600.501");
    funnels_add_all(f, "out", "v0.5 c600.501");
    funnels_add_all(f, "at once", "v0.5 c0.5 o600.5");
    funnels_assert_reached(funnels_answer(f), 3, 2, 1);
}

/* In Rome 02:50 is followed by 02:10 on 25 October 2026, and 01:59 by 03:00 on 29 March. */
static void a_window_does_not_see_the_clock_change(void **state)
{
    struct funnel_fixture *f = *state;
    const double october = -26.0 * 86400;
    const double march = -236.0 * 86400;
    f->query.window_ms = 20 * 60 * 1000;
    funnels_add(f, "a", "view", october + 50 * 60, "");
    funnels_add(f, "a", "click", october + 70 * 60, "");
    funnels_add(f, "b", "view", october + 50 * 60, "");
    funnels_add(f, "b", "click", october + 71 * 60, "");
    funnels_add(f, "c", "view", march + 59 * 60, "");
    funnels_add(f, "c", "click", march + 60 * 60, "");
    funnels_add(f, "d", "view", march + 59 * 60, "");
    funnels_add(f, "d", "click", march + 79 * 60, "");
    funnels_assert_reached(funnels_answer(f), 4, 3, 0);
}

static void entries_younger_than_the_window_are_open_whatever_came_of_them(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.now_ms = funnels_origin_ms + 1000 * 1000;
    funnels_add_all(f, "old", "v399 c401");
    funnels_add_all(f, "just", "v400 c401");
    funnels_add_all(f, "young", "v400.001 c401");
    funnels_add_all(f, "younger", "v999");
    const struct funnel_group *total = funnels_answer(f);
    funnels_assert_reached(total, 2, 2, 0);
    assert_int_equal(total->open, 2);
}

static void nothing_gives_nothing(void **state)
{
    struct funnel_fixture *f = *state;
    const struct funnel_group *total = funnels_answer(f);
    funnels_assert_reached(total, 0, 0, 0);
    assert_int_equal(f->answer->group_count, 0);
    assert_int_equal(total->elapsed_ms.count, 0);
}

static void coverage_is_told_by_channel(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("seen,click");
    funnels_add(f, "a", "view", 0, ",\"app\":\"instagram\",\"os\":\"ios\",\"utm_source\":\"ig\"");
    funnels_add(f, "a", "seen", 1, "");
    funnels_add(f, "b", "view", 0, ",\"app\":\"instagram\",\"os\":\"ios\"");
    funnels_add(f, "c", "view", 0, ",\"app\":\"instagram\",\"os\":\"android\"");
    funnels_add(f, "d", "view", 0, ",\"utm_source\":\"qr\",\"os\":\"ios\"");
    funnels_add(f, "d", "seen", 0, "");
    (void)funnels_answer(f);
    assert_int_equal(f->answer->channel_count, 3);
    assert_str(f->answer->channels[0].name, STR("instagram"));
    assert_str(f->answer->channels[0].os, STR("ios"));
    assert_int_equal(f->answer->channels[0].view, 2);
    assert_int_equal(f->answer->channels[0].seen, 1);
    assert_int_equal(f->answer->coverage.view, 4);
    assert_int_equal(f->answer->coverage.seen, 2);
}

/* The phone "b" hides the server's token: what was seen and tapped there has one of the script's.
 */
static void add_two_phones(struct funnel_fixture *f)
{
    funnels_add(f, "a", "view", 0, ",\"os\":\"android\",\"app\":\"instagram\"");
    funnels_add(f, "a", "seen", 1, "");
    funnels_add(f, "a", "click", 2, "");
    funnels_add(f, "b", "view", 0, ",\"os\":\"ios\",\"app\":\"instagram\"");
    funnels_add(f, "made up", "seen", 1,
                ",\"pv_src\":\"client\",\"os\":\"ios\",\"app\":\"instagram\"");
    funnels_add(f, "made up", "click", 2, "");
}

static void who_has_hidden_the_token_is_not_covered_where_a_step_is_the_view(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("view,seen,click");
    add_two_phones(f);
    funnels_assert_reached(funnels_answer(f), 2, 1, 1);
    assert_int_equal(f->answer->coverage.view, 2);
    assert_int_equal(f->answer->coverage.seen, 1);
    assert_int_equal(f->answer->unserved, 1);
    assert_int_equal(f->answer->channel_count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(f->answer->channels[i].seen,
                         str_eq(f->answer->channels[i].os, STR("android")));
}

static void who_has_hidden_the_token_is_covered_where_no_step_is_the_view(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("seen,click");
    add_two_phones(f);
    assert_int_equal(funnels_answer(f)->reached[1], 2);
    assert_int_equal(f->answer->coverage.seen, 2);
    assert_int_equal(f->answer->unserved, 0);
}

/* Further on it may be another page view's. */
static void who_has_hidden_the_token_is_covered_where_a_later_step_is_the_view(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("seen,click,view");
    add_two_phones(f);
    funnels_add(f, "c", "view", 3, ",\"journey\":\"made up\"");
    funnels_assert_reached(funnels_answer(f), 2, 2, 1);
    assert_int_equal(f->answer->coverage.seen, 2);
    assert_int_equal(f->answer->unserved, 0);
}

static void a_unit_of_another_key_takes_no_token(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("view,seen,click");
    f->query.unit = STR("os");
    add_two_phones(f);
    funnels_assert_reached(funnels_answer(f), 2, 2, 2);
    assert_int_equal(f->answer->coverage.seen, 2);
    assert_int_equal(f->answer->unserved, 0);
}

/* Another server's journal may write keys that it has no value for. */
static void an_empty_text_is_no_channel(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("seen,click");
    funnels_add(f, "a", "view", 0, ",\"app\":\"\",\"utm_source\":\"qr\"");
    funnels_add(f, "b", "view", 0, ",\"utm_source\":\"qr\"");
    funnels_add(f, "c", "view", 0, ",\"utm_source\":\"\",\"ref_host\":\"qr\"");
    funnels_add(f, "d", "view", 0, ",\"app\":\"qr\",\"os\":\"\"");
    funnels_add(f, "e", "view", 0, ",\"app\":\"\",\"utm_source\":\"\",\"ref_host\":\"\"");
    funnels_add(f, "f", "view", 0, "");
    (void)funnels_answer(f);
    assert_int_equal(f->answer->channel_count, 2);
    assert_str(f->answer->channels[0].name, STR("qr"));
    assert_int_equal(f->answer->channels[0].view, 4);
    assert_null(f->answer->channels[1].name.ptr);
    assert_int_equal(f->answer->channels[1].view, 2);
}

/* --- what a question may be ----------------------------------------------------------------- */

#define EIGHT_CONDITIONS "c:a=1,b=1,cta=1,d=1,e=1,f=1,g=1,h=1"
#define EIGHT_VALUES(v)  "c:a=" v ",b=" v ",cta=" v ",d=" v ",e=" v ",f=" v ",g=" v ",h=" v
#define MANY_CONDITIONS                                                                 \
    EIGHT_VALUES("1")                                                                   \
    "," EIGHT_VALUES("2") "," EIGHT_VALUES("3") "," EIGHT_VALUES("4") "," EIGHT_VALUES( \
        "5") "," EIGHT_VALUES("6") "," EIGHT_VALUES("7") "," EIGHT_VALUES("8") "," EIGHT_VALUES("9")
#define THIRTY_TWO "c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c"

static void steps_that_are_none_are_refused_with_a_reason(void **state)
{
    struct funnel_fixture *f = *state;
    static const struct {
        const char *steps;
        const char *it;
        const char *part;
    } bad[] = {
        {"", "a un passo serve il nome di un evento", ""},
        {"view,", "a un passo serve il nome di un evento", ""},
        {",view", "a un passo serve il nome di un evento", ""},
        {":a=b", "a un passo serve il nome di un evento", ":a=b"},
        {"view:", "una condizione è chiave=valore", ""},
        {"view,click:cta", "una condizione è chiave=valore", "cta"},
        {"view:cta=", "una condizione è chiave=valore", "cta="},
        {THIRTY_TWO ",a", "al massimo 32 passi", "a"},
        {EIGHT_CONDITIONS ",i=1", "troppe condizioni", "i=1"},
        {MANY_CONDITIONS, "troppe chiavi e condizioni", ""},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct complaint why;
        f->query.steps = str_from(bad[i].steps);
        if (funnel_create(&f->funnel, &f->query, &why) != ERR_INVALID)
            fail_msg("was taken: %s", bad[i].steps);
        assert_string_equal(why.words.it, bad[i].it);
        assert_string_not_equal(why.words.en, bad[i].it);
        assert_str(why.part, str_from(bad[i].part));
    }
}

static void eight_conditions_are_allowed(void **state)
{
    struct complaint why;
    struct steps steps;
    (void)state;
    assert_int_equal(steps_parse(&steps, STR(EIGHT_CONDITIONS ",next"), &why), 0);
    assert_int_equal(steps.count, 2);
    assert_str(steps.list[0].text, STR(EIGHT_CONDITIONS));
}

static void thirty_two_steps_are_allowed(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR(THIRTY_TWO);
    for (int i = 0; i < 40; i++)
        funnels_add(f, "a", "c", i, "");
    assert_int_equal(funnels_answer(f)->reached[31], 1);
}

TEST_MAIN(FUNNEL_TEST(the_worked_example_gives_its_numbers),
          FUNNEL_TEST(the_worked_example_strictly), FUNNEL_TEST(the_worked_example_increasing),
          FUNNEL_TEST(inside_a_page_view_the_documents_own_clock_counts),
          FUNNEL_TEST(a_view_comes_before_all_that_happens_on_it),
          FUNNEL_TEST(documents_follow_each_other_as_they_came),
          FUNNEL_TEST(between_page_views_the_wall_clock_counts_and_lines_may_come_in_any_order),
          FUNNEL_TEST(of_two_page_views_at_one_moment_the_numbers_tell_the_order),
          FUNNEL_TEST(the_window_ends_to_the_millisecond),
          FUNNEL_TEST(a_window_does_not_see_the_clock_change),
          FUNNEL_TEST(the_journey_that_seen_tells_holds_for_the_whole_page_view),
          FUNNEL_TEST(a_page_view_as_unit_is_on_its_own),
          FUNNEL_TEST(any_key_can_be_the_unit_and_who_lacks_it_is_none),
          FUNNEL_TEST(the_range_holds_for_entries_only),
          FUNNEL_TEST(entries_younger_than_the_window_are_open_whatever_came_of_them),
          FUNNEL_TEST(nothing_gives_nothing), FUNNEL_TEST(coverage_is_told_by_channel),
          FUNNEL_TEST(who_has_hidden_the_token_is_not_covered_where_a_step_is_the_view),
          FUNNEL_TEST(who_has_hidden_the_token_is_covered_where_no_step_is_the_view),
          FUNNEL_TEST(who_has_hidden_the_token_is_covered_where_a_later_step_is_the_view),
          FUNNEL_TEST(a_unit_of_another_key_takes_no_token),
          FUNNEL_TEST(an_empty_text_is_no_channel),
          FUNNEL_TEST(steps_that_are_none_are_refused_with_a_reason),
          FUNNEL_TEST(thirty_two_steps_are_allowed), FUNNEL_TEST(eight_conditions_are_allowed))

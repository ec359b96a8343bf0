/* What the goal of a page is where nobody says it. */
#include "support/reports.h"
#include "support/test.h"

#include <math.h>

static void a_page_that_is_gone_has_any_tap_as_its_goal(void **state)
{
    struct report_fixture *f = *state;
    reports_see(f, "a", "11-20T10:00:00", ",\"page\":\"/gone\"");
    reports_add(f, "a", "click", "11-20T10:00:05", ",\"cta\":\"x\",\"dest\":\"page\"");
    reports_see(f, "b", "11-20T10:00:00", ",\"page\":\"/gone\"");
    reports_add(f, "b", "click", "11-20T10:00:05", ",\"dest\":\"page\""); /* just another page */
    const struct report_answer *a = reports_answer(f);
    reports_assert_counts(a->total.now, 2, 2, 2, 1);
    assert_int_equal(a->goal_guessed, 1);
    assert_true(isnan(a->total.value));
}

/* The server calls what its author has not by the kind of the link, also where that is no call to
 * action. */
static void a_link_to_another_page_is_no_call_to_action(void **state)
{
    struct report_fixture *f = *state;
    static const struct {
        const char *pv;
        const char *tap;
    } taps[] = {{"a", ",\"cta\":\"page\",\"dest\":\"page\""},
                {"b", ",\"dest\":\"page\""},
                {"c", ",\"cta\":\"web\",\"dest\":\"web\""}};
    for (size_t i = 0; i < sizeof taps / sizeof *taps; i++) {
        reports_see(f, taps[i].pv, "11-20T10:00:00", ",\"page\":\"/gone\"");
        reports_add(f, taps[i].pv, "click", "11-20T10:00:05", taps[i].tap);
    }
    const struct report_answer *a = reports_answer(f);
    reports_assert_counts(a->total.now, 3, 3, 3, 1);
    assert_int_equal(a->goal_guessed, 1);
    assert_int_equal(a->tapped_count, 3);
    for (size_t i = 0; i < 3; i++) {
        bool is_off_site = str_eq(a->tapped[i].dest, STR("web"));
        assert_int_equal(a->tapped[i].is_goal, is_off_site);
        assert_int_equal(a->tapped[i].is_link, !is_off_site);
    }
}

TEST_MAIN(REPORT_TEST(a_page_that_is_gone_has_any_tap_as_its_goal),
          REPORT_TEST(a_link_to_another_page_is_no_call_to_action))

/* Clocks: dates as HTTP wants them, whatever the locale, and time that does not go back. */
#include "base/clock.h"

#include "support/test.h"

#include <locale.h>

static struct str http_date(char out[CLOCK_HTTP_DATE_LEN], time_t when)
{
    clock_http_date(out, when);
    return str_make(out, CLOCK_HTTP_DATE_LEN);
}

static void dates_are_written_as_http_wants_them(void **state)
{
    (void)state;
    char out[CLOCK_HTTP_DATE_LEN];
    assert_str(http_date(out, 784111777), STR("Sun, 06 Nov 1994 08:49:37 GMT"));
    assert_str(http_date(out, 0), STR("Thu, 01 Jan 1970 00:00:00 GMT"));
    assert_str(http_date(out, 951782400), STR("Tue, 29 Feb 2000 00:00:00 GMT"));
    assert_str(http_date(out, 4102444799), STR("Thu, 31 Dec 2099 23:59:59 GMT"));
}

static void neither_time_zone_nor_locale_changes_a_date(void **state)
{
    (void)state;
    char out[CLOCK_HTTP_DATE_LEN];
    assert_int_equal(setenv("TZ", "Europe/Rome", 1), 0);
    tzset();
    (void)setlocale(LC_ALL, "it_IT.UTF-8");
    assert_str(http_date(out, 784111777), STR("Sun, 06 Nov 1994 08:49:37 GMT"));
    (void)setlocale(LC_ALL, "C");
    assert_int_equal(unsetenv("TZ"), 0);
}

static void a_date_beyond_all_years_stays_in_its_room(void **state)
{
    (void)state;
    char out[CLOCK_HTTP_DATE_LEN + 1] = {[CLOCK_HTTP_DATE_LEN] = '#'};
    clock_http_date(out, INT64_MAX);
    clock_http_date(out, INT64_MIN);
    clock_http_date(out, 253402300800); /* the year 10000 */
    assert_int_equal(out[CLOCK_HTTP_DATE_LEN], '#');
    assert_str(str_make(out, 18), STR("Sat, 01 Jan 10000 "));
}

static void monotonic_time_goes_forward_at_the_pace_of_time(void **state)
{
    (void)state;
    struct timespec pause = {.tv_nsec = 20000000};
    uint64_t before = clock_monotonic_ms();
    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
    assert_true(clock_monotonic_ms() - before >= 19);
    assert_true(clock_wall() > 1700000000);
}

TEST_MAIN(cmocka_unit_test(dates_are_written_as_http_wants_them),
          cmocka_unit_test(neither_time_zone_nor_locale_changes_a_date),
          cmocka_unit_test(a_date_beyond_all_years_stays_in_its_room),
          cmocka_unit_test(monotonic_time_goes_forward_at_the_pace_of_time))

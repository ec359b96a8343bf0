/* Dates: their arithmetic, and what people write. */
#include "base/calendar.h"

#include "base/err.h"
#include "support/test.h"

#include <time.h>

static void days_and_dates_are_what_the_c_library_says(void **state)
{
    (void)state;
    for (int64_t days = -200000; days < 200000; days += 1) {
        time_t t = (time_t)(days * CALENDAR_DAY_S);
        struct tm tm;
        assert_non_null(gmtime_r(&t, &tm));
        struct date date = calendar_date(days);
        if (date.year != tm.tm_year + 1900 || date.month != tm.tm_mon + 1 ||
            date.day != tm.tm_mday || calendar_days(date) != days ||
            (calendar_weekday(days) + 1) % 7 != tm.tm_wday)
            fail_msg("day %lld", (long long)days);
    }
}

static void date_times_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t local_s;
        bool has_offset;
        int32_t offset_s;
    } cases[] = {
        {"1970-01-01", 0, false, 0},
        {"1970-01-02 00:01", 86460, false, 0},
        {"1970-01-01T00:00:01", 1, false, 0},
        {"1970-01-01T00:00:01Z", 1, true, 0},
        {"1970-01-01T00:00:01.999+05:30", 1, true, 19800},
        {"1970-01-01t02:00-01:00", 7200, true, -3600},
        {"2024-02-29", 1709164800, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct date_time time;
        print_message("%s\n", cases[i].text);
        assert_int_equal(calendar_parse_date_time(str_from(cases[i].text), &time), 0);
        assert_int_equal(time.local_s, cases[i].local_s);
        assert_int_equal(time.has_offset, cases[i].has_offset);
        assert_int_equal(time.offset_s, cases[i].offset_s);
    }
}

static void what_is_no_date_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "2026",
                                        "2026-2-3",
                                        "2026-02-30",
                                        "2025-02-29",
                                        "2026-13-01",
                                        "2026-00-10",
                                        "2026-01-00",
                                        "01-02-2026",
                                        "2026-01-01T",
                                        "2026-01-01x",
                                        "2026-01-01 24:00",
                                        "2026-01-01 12:60",
                                        "2026-01-01 12:00 CET",
                                        "12:00",
                                        "2026-01-01T12:00+1",
                                        "2026-01-01T12:00Zz"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct date_time time;
        print_message("%s\n", texts[i]);
        assert_int_equal(calendar_parse_date_time(str_from(texts[i]), &time), ERR_INVALID);
    }
    struct date date;
    assert_int_equal(calendar_parse_date(STR("2026-12-25"), &date), 0);
    assert_int_equal(date.day, 25);
    assert_int_equal(calendar_parse_date(STR("2026-12-25 "), &date), ERR_INVALID);
}

TEST_MAIN(cmocka_unit_test(days_and_dates_are_what_the_c_library_says),
          cmocka_unit_test(date_times_are_read_as_people_write_them),
          cmocka_unit_test(what_is_no_date_is_refused))

/* Time zones: the clock of a place and UTC, compared with what the C library says. */
#include "base/zone.h"

#include "base/calendar.h"
#include "base/err.h"
#include "base/zone_rule.h"
#include "support/test.h"

#include <stdio.h>

static struct zone *load(const char *name)
{
    struct zone *zone;
    assert_int_equal(zone_create(&zone, str_from(name)), 0);
    return zone;
}

static int64_t local(const char *text)
{
    struct date_time time;
    assert_int_equal(calendar_parse_date_time(str_from(text), &time), 0);
    return time.local_s;
}

/* Seconds since 1970 of a time in UTC. */
static time_t utc(const char *text)
{
    return (time_t)local(text);
}

static void every_offset_is_what_the_c_library_says(void **state)
{
    (void)state;
    static const char *const names[] = {
        "Europe/Rome",      "Europe/London",    "America/New_York",   "Australia/Lord_Howe",
        "America/Santiago", "Asia/Kathmandu",   "Pacific/Apia",       "Africa/Casablanca",
        "America/Nuuk",     "Europe/Dublin",    "Pacific/Kiritimati", "Africa/Cairo",
        "Antarctica/Troll", "America/St_Johns", "Asia/Tehran",        "Asia/Jerusalem"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct zone *zone = load(names[i]);
        assert_int_equal(setenv("TZ", names[i], 1), 0);
        tzset();
        /* Every 5 h 37 min from 1900 to 2100; odd steps meet all hours of the day. */
        for (time_t t = utc("1900-01-01"); t < utc("2100-01-01"); t += 20220) {
            struct tm tm;
            assert_non_null(localtime_r(&t, &tm));
            if (zone_offset(zone, t) != tm.tm_gmtoff)
                fail_msg("%s at %lld: %d, not %ld", names[i], (long long)t, zone_offset(zone, t),
                         tm.tm_gmtoff);
        }
        zone_destroy(zone);
    }
    assert_int_equal(unsetenv("TZ"), 0);
}

static void the_clock_is_changed_at_the_second(void **state)
{
    (void)state;
    struct zone *rome = load("Europe/Rome");
    assert_int_equal(zone_offset(rome, utc("2026-03-29T00:59:59Z")), 3600);
    assert_int_equal(zone_offset(rome, utc("2026-03-29T01:00:00Z")), 7200);
    assert_int_equal(zone_offset(rome, utc("2026-10-25T00:59:59Z")), 7200);
    assert_int_equal(zone_offset(rome, utc("2026-10-25T01:00:00Z")), 3600);
    /* Long after the last change that the file lists. */
    assert_int_equal(zone_offset(rome, utc("2090-03-26T00:59:59Z")), 3600);
    assert_int_equal(zone_offset(rome, utc("2090-03-26T01:00:00Z")), 7200);
    zone_destroy(rome);
}

static void a_moment_has_a_day_and_an_hour(void **state)
{
    (void)state;
    static const struct {
        const char *utc;
        const char *day;
        int hour;
        int seconds; /* of the hour */
    } cases[] = {
        {"2026-12-24T22:59:59", "2026-12-24", 23, 3599},
        {"2026-12-24T23:00", "2026-12-25", 0, 0},
        {"2026-07-24T22:00:01", "2026-07-25", 0, 1},
        {"2026-03-29T00:59", "2026-03-29", 1, 3540},
        {"2026-03-29T01:00", "2026-03-29", 3, 0},
        {"1969-12-31T23:00", "1970-01-01", 0, 0},
        {"1969-12-31T22:59:59", "1969-12-31", 23, 3599},
    };
    struct zone *rome = load("Europe/Rome");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        /* The end of that second, before 1970 too. */
        struct zone_time time = zone_time(rome, (int64_t)utc(cases[i].utc) * 1000 + 999);
        int64_t day = local(cases[i].day);
        assert_int_equal(time.day * CALENDAR_DAY_S, day);
        assert_int_equal(time.hour, cases[i].hour);
        assert_int_equal(time.second, day + cases[i].hour * 3600 + cases[i].seconds);
    }
    zone_destroy(rome);
}

static void a_local_time_is_a_moment(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        const char *local;
        const char *utc;
    } cases[] = {
        {"Europe/Rome", "2026-12-24T18:00", "2026-12-24T17:00"},
        {"Europe/Rome", "2026-07-24T18:00", "2026-07-24T16:00"},
        {"Europe/Rome", "2026-03-29T01:59:59", "2026-03-29T00:59:59"},
        {"Europe/Rome", "2026-03-29T03:00", "2026-03-29T01:00"},
        /* Left out: later by the hour that was left out. */
        {"Europe/Rome", "2026-03-29T02:00", "2026-03-29T01:00"},
        {"Europe/Rome", "2026-03-29T02:30", "2026-03-29T01:30"},
        /* Twice: the first. */
        {"Europe/Rome", "2026-10-25T02:00", "2026-10-25T00:00"},
        {"Europe/Rome", "2026-10-25T02:59:59", "2026-10-25T00:59:59"},
        {"Europe/Rome", "2026-10-25T03:00", "2026-10-25T02:00"},
        {"Europe/Rome", "2026-10-25T01:59:59", "2026-10-24T23:59:59"},
        /* Half an hour of summer time. */
        {"Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45"},
        {"America/Santiago", "2026-01-01T00:00", "2026-01-01T03:00"},
        {"UTC", "2026-03-29T02:30", "2026-03-29T02:30"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct zone *zone = load(cases[i].zone);
        print_message("%s %s\n", cases[i].zone, cases[i].local);
        assert_int_equal(zone_to_utc(zone, local(cases[i].local)), utc(cases[i].utc));
        zone_destroy(zone);
    }
}

static void what_is_no_zone_is_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"",     "Europe/Roma",     "../../../etc/passwd",
                                        "/etc", "Europe",          "zone.tab",
                                        " UTC", "Europe/Rome\xc3", "posixrules/x"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct zone *zone = NULL;
        print_message("%s\n", names[i]);
        assert_int_not_equal(zone_create(&zone, str_from(names[i])), 0);
        assert_null(zone);
    }
}

static void what_is_no_rule_is_refused(void **state)
{
    (void)state;
    static const char *const rules[] = {"",           "C-1",
                                        "CET",        "CET-1CEST",
                                        "CET-1CEST,", "CET-1CEST,M3.5.0",
                                        "<+03",       "CET-1CEST,M13.5.0,M10.5.0",
                                        "CET-1x",     "CET-1CEST,M3.6.0,M10.5.0",
                                        "CET-999",    "CET-1CEST,M3.5.0,M10.5.0/3 "};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct zone_rule rule;
        print_message("%s\n", rules[i]);
        assert_int_equal(zone_rule_parse(&rule, str_from(rules[i])), ERR_INVALID);
    }
}

TEST_MAIN(cmocka_unit_test(every_offset_is_what_the_c_library_says),
          cmocka_unit_test(the_clock_is_changed_at_the_second),
          cmocka_unit_test(a_moment_has_a_day_and_an_hour),
          cmocka_unit_test(a_local_time_is_a_moment), cmocka_unit_test(what_is_no_zone_is_refused),
          cmocka_unit_test(what_is_no_rule_is_refused))

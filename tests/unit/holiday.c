/* Public holidays: the calendar that shops close by. */
#include "site/holiday.h"

#include "base/calendar.h"
#include "support/test.h"

static int64_t day_of(int year, int month, int day)
{
    return calendar_days((struct date){year, month, day});
}

static void assert_next(int year, int month, int day, const char *name, int to_month, int to_day)
{
    struct holiday holiday;
    int64_t from = day_of(year, month, day);
    assert_true(holiday_next(from, from + 400, &holiday));
    struct date date = calendar_date(holiday.day);
    assert_string_equal(holiday.name.it, name);
    assert_int_equal(date.month, to_month);
    assert_int_equal(date.day, to_day);
    assert_true(date.year == year || (date.year == year + 1 && to_month == 1));
}

static void easter_moves_with_the_moon(void **state)
{
    (void)state;
    assert_next(2024, 3, 1, "Pasqua", 3, 31);
    assert_next(2025, 3, 1, "Pasqua", 4, 20);
    assert_next(2026, 3, 1, "Pasqua", 4, 5);
    assert_next(2027, 3, 1, "Pasqua", 3, 28);
    assert_next(2038, 4, 1, "Festa della Liberazione", 4, 25); /* Easter is on the same day */
    assert_next(2285, 3, 1, "Pasqua", 3, 22);                  /* the earliest that there is */
    assert_next(2026, 4, 6, "Pasquetta", 4, 6);
}

static void the_year_goes_round(void **state)
{
    (void)state;
    assert_next(2026, 12, 9, "Natale", 12, 25);
    assert_next(2026, 12, 26, "Santo Stefano", 12, 26);
    assert_next(2026, 12, 27, "Capodanno", 1, 1);
    assert_next(2028, 2, 29, "Pasqua", 4, 16);
}

static void saint_francis_is_a_holiday_again_since_2026(void **state)
{
    (void)state;
    assert_next(2025, 9, 1, "Ognissanti", 11, 1);
    assert_next(2026, 9, 1, "San Francesco", 10, 4);
}

static void nothing_is_found_where_there_is_none(void **state)
{
    (void)state;
    struct holiday holiday;
    int64_t from = day_of(2026, 2, 1);
    assert_false(holiday_next(from, from + 20, &holiday));
    from = day_of(2026, 12, 8);
    assert_true(holiday_next(from, from, &holiday));
}

TEST_MAIN(cmocka_unit_test(easter_moves_with_the_moon), cmocka_unit_test(the_year_goes_round),
          cmocka_unit_test(saint_francis_is_a_holiday_again_since_2026),
          cmocka_unit_test(nothing_is_found_where_there_is_none))

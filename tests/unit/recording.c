/* What one worker lets in of events. */
#include "server/recording.h"

#include "base/hash.h"
#include "capture/body.h"
#include "server/tuning.h"

#include "support/test.h"

enum { HOUR_MS = 3600 * 1000 };

static const unsigned char secret[HASH_KEY_SIZE];

static void the_lowest_limits_let_a_whole_request_in(void **state)
{
    (void)state;
    const struct tuning tuning = {.events_per_view = 1, .events_per_address = 1};
    struct recording recording;
    assert_int_equal(recording_init(&recording, secret, &tuning, NULL), 0);
    struct limit *const limits[] = {recording.by_view, recording.by_address};
    for (size_t i = 0; i < 2; i++) {
        assert_true(limit_take(limits[i], STR("a"), BODY_LINES_MAX, HOUR_MS));
        assert_false(limit_take(limits[i], STR("a"), 1, HOUR_MS));
        assert_true(limit_take(limits[i], STR("a"), 1, HOUR_MS + 1000));
    }
    recording_finish(&recording);
}

static void higher_ones_let_in_what_comes_in_their_time(void **state)
{
    (void)state;
    const struct tuning tuning = {.events_per_view = 2, .events_per_address = 100};
    struct recording recording;
    assert_int_equal(recording_init(&recording, secret, &tuning, NULL), 0);
    assert_true(limit_take(recording.by_view, STR("a"), 120, HOUR_MS));
    assert_false(limit_take(recording.by_view, STR("a"), 1, HOUR_MS));
    assert_true(limit_take(recording.by_address, STR("a"), 500, HOUR_MS));
    assert_false(limit_take(recording.by_address, STR("a"), 1, HOUR_MS));
    recording_finish(&recording);
}

static int set_up(void **state)
{
    (void)state;
    return hash_init();
}

TEST_MAIN_WITH(set_up, NULL, cmocka_unit_test(the_lowest_limits_let_a_whole_request_in),
               cmocka_unit_test(higher_ones_let_in_what_comes_in_their_time))

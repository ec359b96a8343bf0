/* The best chain, on events written as "v0 c30 o90": a letter for the event, seconds. */
#include "support/test.h"

#include "insight/chain.h"

#include <stdio.h>

enum { EVENTS_MAX = 16 };

static size_t read_events(const char *text, const char *steps, struct chain_event *events)
{
    size_t count = 0;
    char letter;
    int seconds;
    int used;
    for (; sscanf(text, " %c%d%n", &letter, &seconds, &used) == 2; text += used) {
        assert_true(count < EVENTS_MAX);
        events[count] = (struct chain_event){.ms = seconds * 1000, .may_begin = true};
        for (size_t k = 0; steps[k]; k++)
            events[count].steps |= (uint32_t)(steps[k] == letter) << k;
        count++;
    }
    return count;
}

static struct chain best(const char *text, const char *steps, enum chain_mode mode)
{
    struct chain_event events[EVENTS_MAX];
    const struct chain_rules rules = {strlen(steps), 600 * 1000, mode};
    return chain_best(&rules, events, read_events(text, steps, events));
}

static size_t level(const char *text, enum chain_mode mode)
{
    return best(text, "vco", mode).length;
}

static void other_events_may_lie_between_steps_unless_strict(void **state)
{
    (void)state;
    assert_int_equal(level("v0 h15 c30 o40", CHAIN_ORDERED), 3);
    assert_int_equal(level("v0 h15 c30 o40", CHAIN_STRICT), 1);
    assert_int_equal(level("v0 v10 c20", CHAIN_STRICT), 2);
}

static void the_window_includes_its_end(void **state)
{
    (void)state;
    assert_int_equal(level("v0 c600", CHAIN_ORDERED), 2);
    assert_int_equal(level("v0 c601", CHAIN_ORDERED), 1);
    assert_int_equal(level("v0 c600 o601", CHAIN_ORDERED), 2);
}

static void any_first_step_may_begin_the_chain(void **state)
{
    (void)state;
    struct chain chain = best("v0 c50 v700 c720 o800", "vco", CHAIN_ORDERED);
    assert_int_equal(chain.length, 3);
    assert_int_equal(chain.first, 2);
    assert_int_equal(chain.last, 4);
    /* The later beginning reaches what is too late for the first, and the other way round. */
    assert_int_equal(level("v0 v500 c550 o1000", CHAIN_ORDERED), 3);
    assert_int_equal(level("v0 c1 v2 o3", CHAIN_ORDERED), 3);
}

static void steps_in_the_wrong_order_do_not_count(void **state)
{
    (void)state;
    assert_int_equal(level("c5 v10 o20", CHAIN_ORDERED), 1);
    assert_int_equal(level("c5 o20", CHAIN_ORDERED), 0);
}

static void one_event_fills_one_step(void **state)
{
    (void)state;
    assert_int_equal(best("c0", "cc", CHAIN_ORDERED).length, 1);
    assert_int_equal(best("c0 c0", "cc", CHAIN_ORDERED).length, 2);
    assert_int_equal(best("c0 c0", "cc", CHAIN_INCREASING).length, 1);
    assert_int_equal(best("c0 c1 c2", "ccc", CHAIN_STRICT).length, 3);
}

static void increasing_wants_each_step_later_than_the_last(void **state)
{
    (void)state;
    assert_int_equal(level("v0 c0 o0", CHAIN_ORDERED), 3);
    assert_int_equal(level("v0 c0 o0", CHAIN_INCREASING), 1);
    assert_int_equal(level("v0 v5 c5 o6", CHAIN_INCREASING), 3);
}

static void of_equally_long_chains_the_first_complete_and_shortest_wins(void **state)
{
    (void)state;
    struct chain chain = best("v0 v10 c20 v30 c31", "vc", CHAIN_ORDERED);
    assert_int_equal(chain.first, 1);
    assert_int_equal(chain.last, 2);
    chain = best("v0 v10", "vc", CHAIN_ORDERED);
    assert_int_equal(chain.first, 0);
}

static void a_chain_begins_only_where_it_may(void **state)
{
    (void)state;
    struct chain_event events[EVENTS_MAX];
    const struct chain_rules rules = {2, 600 * 1000, CHAIN_ORDERED};
    size_t count = read_events("v0 c10 v20", "vc", events);
    events[0].may_begin = false;
    struct chain chain = chain_best(&rules, events, count);
    assert_int_equal(chain.length, 1);
    assert_int_equal(chain.first, 2);
}

TEST_MAIN(cmocka_unit_test(other_events_may_lie_between_steps_unless_strict),
          cmocka_unit_test(the_window_includes_its_end),
          cmocka_unit_test(any_first_step_may_begin_the_chain),
          cmocka_unit_test(steps_in_the_wrong_order_do_not_count),
          cmocka_unit_test(one_event_fills_one_step),
          cmocka_unit_test(increasing_wants_each_step_later_than_the_last),
          cmocka_unit_test(of_equally_long_chains_the_first_complete_and_shortest_wins),
          cmocka_unit_test(a_chain_begins_only_where_it_may))

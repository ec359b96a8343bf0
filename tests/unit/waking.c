/* How threads wake each other: whatever was done before waking is seen after it, every time. */
#include "server/bell.h"
#include "server/sleeper.h"

#include "support/test.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

enum { ROUNDS = 20000, PATIENCE_S = 60, FOREVER_MS = 1000 * 1000 };

/* One thread asks, the other wakes up and answers. */
struct pair {
    struct sleeper sleeper;
    enum sleep_depth depth;
    struct bell bell;
    uv_loop_t loop;
    atomic_uint asked;
    atomic_uint answered;
    unsigned plain; /* guarded by asking and answering */
};

static bool is_asked(void *context)
{
    struct pair *pair = context;
    return atomic_load(&pair->asked) != atomic_load(&pair->answered);
}

/* False once patience is over. */
static bool is_answered(struct pair *pair)
{
    time_t end = time(NULL) + PATIENCE_S;
    while (is_asked(pair) && time(NULL) < end)
        sched_yield();
    return !is_asked(pair);
}

static void ask(struct pair *pair)
{
    pair->plain++;
    atomic_fetch_add(&pair->asked, 1);
}

static void answer(struct pair *pair)
{
    if (!is_asked(pair))
        return;
    pair->plain++;
    atomic_fetch_add(&pair->answered, 1);
}

static void *sleep_and_answer(void *argument)
{
    struct pair *pair = argument;
    while (atomic_load(&pair->answered) < ROUNDS) {
        sleeper_sleep(&pair->sleeper, pair->depth, FOREVER_MS, is_asked, pair);
        answer(pair);
    }
    return NULL;
}

static void assert_wakes(enum sleep_depth depth)
{
    struct pair pair = {.depth = depth};
    pthread_t thread;
    sleeper_init(&pair.sleeper);
    assert_int_equal(pthread_create(&thread, NULL, sleep_and_answer, &pair), 0);
    for (unsigned i = 0; i < ROUNDS; i++) {
        ask(&pair);
        sleeper_wake(&pair.sleeper, SLEEP_NAP);
        assert_true(is_answered(&pair));
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(pair.plain, 2 * ROUNDS);
}

static void whoever_sleeps_is_woken_each_time(void **state)
{
    (void)state;
    assert_wakes(SLEEP_DEEP);
}

static void whoever_naps_is_woken_each_time(void **state)
{
    (void)state;
    assert_wakes(SLEEP_NAP);
}

static bool has_no_work(void *context)
{
    (void)context;
    return false;
}

static void a_call_ends_the_next_sleep(void **state)
{
    struct sleeper sleeper;
    (void)state;
    sleeper_init(&sleeper);
    sleeper_call(&sleeper);
    sleeper_wake(&sleeper, SLEEP_NAP);
    sleeper_sleep(&sleeper, SLEEP_DEEP, FOREVER_MS, has_no_work, NULL);
}

static void on_rung(struct bell *bell)
{
    struct pair *pair = (struct pair *)((char *)bell - offsetof(struct pair, bell));
    answer(pair);
    if (atomic_load(&pair->answered) == ROUNDS)
        bell_unref(bell);
}

static void *turn(void *argument)
{
    struct pair *pair = argument;
    (void)uv_run(&pair->loop, UV_RUN_DEFAULT);
    return NULL;
}

static void a_loop_hears_each_ring(void **state)
{
    struct pair pair = {0};
    pthread_t thread;
    (void)state;
    assert_int_equal(uv_loop_init(&pair.loop), 0);
    assert_int_equal(bell_init(&pair.bell, &pair.loop, on_rung), 0);
    assert_int_equal(pthread_create(&thread, NULL, turn, &pair), 0);
    for (unsigned i = 0; i < ROUNDS; i++) {
        ask(&pair);
        bell_ring(&pair.bell);
        assert_true(is_answered(&pair));
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(pair.plain, 2 * ROUNDS);
    bell_close(&pair.bell);
    (void)uv_run(&pair.loop, UV_RUN_DEFAULT);
    bell_finish(&pair.bell);
    assert_int_equal(uv_loop_close(&pair.loop), 0);
}

TEST_MAIN(cmocka_unit_test(whoever_sleeps_is_woken_each_time),
          cmocka_unit_test(whoever_naps_is_woken_each_time),
          cmocka_unit_test(a_call_ends_the_next_sleep), cmocka_unit_test(a_loop_hears_each_ring))

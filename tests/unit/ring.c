/* The queue between two threads: everything comes out once and in order, or was refused. */
#include "server/ring.h"

#include "support/test.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

enum { SIZE = 4096 };

static int set_up(void **state)
{
    return ring_create((struct ring **)state, SIZE);
}

static int tear_down(void **state)
{
    ring_destroy(*state);
    return 0;
}

static bool put(struct ring *ring, struct str bytes)
{
    char *room = ring_reserve(ring, bytes.len);
    if (room) {
        memcpy(room, bytes.ptr, bytes.len);
        ring_add(ring, bytes.len);
    }
    return room;
}

static void assert_next(struct ring *ring, struct str expected)
{
    struct str record;
    assert_true(ring_next(ring, &record));
    assert_int_equal(record.len, expected.len);
    assert_memory_equal(record.ptr, expected.ptr, expected.len);
}

static void records_come_out_as_they_went_in(void **state)
{
    struct ring *ring = *state;
    struct str record;
    assert_true(put(ring, STR("viste")));
    assert_true(put(ring, STR("")));
    ring_publish(ring);
    assert_next(ring, STR("viste"));
    assert_next(ring, STR(""));
    assert_false(ring_next(ring, &record));
    assert_true(ring_is_empty(ring));
}

static void what_is_not_published_is_not_seen(void **state)
{
    struct ring *ring = *state;
    struct str record;
    assert_true(put(ring, STR("tocco")));
    assert_true(ring_is_empty(ring));
    assert_false(ring_next(ring, &record));
}

static void what_is_cancelled_never_was(void **state)
{
    struct ring *ring = *state;
    assert_true(put(ring, STR("uno")));
    ring_publish(ring);
    assert_true(put(ring, STR("due")));
    assert_true(put(ring, STR("tre")));
    ring_cancel(ring);
    assert_true(put(ring, STR("quattro")));
    ring_publish(ring);
    assert_next(ring, STR("uno"));
    assert_next(ring, STR("quattro"));
    assert_true(ring_is_empty(ring));
}

static void a_smaller_record_than_was_reserved_takes_less(void **state)
{
    struct ring *ring = *state;
    for (int i = 0; i < 60; i++) {
        char *room = ring_reserve(ring, 1000);
        assert_non_null(room);
        memset(room, 'x', 20);
        ring_add(ring, 20);
    }
}

static void a_full_ring_says_so_until_room_is_given_back(void **state)
{
    struct ring *ring = *state;
    char bytes[100] = {0};
    struct str record;
    size_t taken = 0;
    while (put(ring, str_make(bytes, sizeof bytes)))
        taken++;
    ring_publish(ring);
    assert_in_range(taken, SIZE / 128, SIZE / 100);

    assert_true(ring_next(ring, &record));
    assert_null(ring_reserve(ring, sizeof bytes));
    ring_release(ring);
    assert_non_null(ring_reserve(ring, sizeof bytes));
}

static void half_of_an_empty_ring_is_always_to_be_had(void **state)
{
    struct ring *ring = *state;
    char bytes[SIZE / 2 - RING_RECORD_OVERHEAD];
    memset(bytes, 'x', sizeof bytes);
    for (size_t step = 0; step < 3 * SIZE; step += 48) {
        assert_true(put(ring, str_make(bytes, 20 + step % 40)));
        ring_publish(ring);
        assert_next(ring, str_make(bytes, 20 + step % 40));
        ring_release(ring);

        assert_true(put(ring, str_make(bytes, sizeof bytes)));
        ring_publish(ring);
        assert_next(ring, str_make(bytes, sizeof bytes));
        ring_release(ring);
    }
    assert_null(ring_reserve(ring, sizeof bytes + 1));
}

/* --- two threads */

enum { GROUPS = 100000 };

/* A group of one to three records; its number in each, so often repeated as the record is long. */
static bool put_group(struct ring *ring, uint32_t group)
{
    for (uint32_t i = 0; i <= group % 3; i++) {
        size_t count = 1 + (group + i) % 50;
        uint32_t *room = (void *)ring_reserve(ring, count * sizeof *room);
        if (!room) {
            ring_cancel(ring);
            return false;
        }
        for (size_t k = 0; k < count; k++)
            room[k] = group;
        ring_add(ring, count * sizeof *room);
    }
    ring_publish(ring);
    return true;
}

static void *write_groups(void *argument)
{
    struct ring *ring = argument;
    for (uint32_t group = 0; group < GROUPS; group++)
        while (!put_group(ring, group))
            (void)sched_yield();
    return NULL;
}

static void two_threads_lose_nothing(void **state)
{
    struct ring *ring = *state;
    struct str record;
    pthread_t writer;
    unsigned wrong = 0;
    assert_int_equal(pthread_create(&writer, NULL, write_groups, ring), 0);
    for (uint32_t group = 0; group < GROUPS; group++) {
        for (uint32_t i = 0; i <= group % 3; i++) {
            /* A group is seen as a whole: only its first record is waited for. */
            while (i == 0 && ring_is_empty(ring))
                (void)sched_yield();
            bool there = ring_next(ring, &record);
            size_t count = 1 + (group + i) % 50;
            wrong += !there || record.len != count * sizeof group;
            for (size_t k = 0; there && k < record.len / sizeof group; k++)
                wrong += memcmp(record.ptr + k * sizeof group, &group, sizeof group) != 0;
        }
        ring_release(ring);
    }
    (void)pthread_join(writer, NULL);
    assert_int_equal(wrong, 0);
    assert_true(ring_is_empty(ring));
}

#define RING_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

TEST_MAIN(RING_TEST(records_come_out_as_they_went_in), RING_TEST(what_is_not_published_is_not_seen),
          RING_TEST(what_is_cancelled_never_was),
          RING_TEST(a_smaller_record_than_was_reserved_takes_less),
          RING_TEST(a_full_ring_says_so_until_room_is_given_back),
          RING_TEST(half_of_an_empty_ring_is_always_to_be_had), RING_TEST(two_threads_lose_nothing))

/* What has been met lately is found, and forgotten in time. */
#include "support/test.h"

#include "insight/recent.h"

struct item {
    uint64_t key;
    int value;
};

enum { ITEMS = 5000 };

static uint64_t key_of(uint64_t i)
{
    return (i + 1) * 0x9E3779B97F4A7C15;
}

static void add_all(struct recent *recent, uint64_t first)
{
    for (uint64_t i = first; i < first + ITEMS; i++) {
        struct item *item = recent_add(recent, key_of(i));
        assert_non_null(item);
        assert_int_equal(item->value, 0);
        item->value = (int)i;
    }
}

static size_t count_found(const struct recent *recent, uint64_t first)
{
    size_t found = 0;
    for (uint64_t i = first; i < first + ITEMS; i++) {
        const struct item *item = recent_find(recent, key_of(i));
        found += item != NULL;
        if (item)
            assert_int_equal(item->value, (int)i);
    }
    return found;
}

static void count(void *context, void *item)
{
    size_t *counted = context;
    assert_true(((struct item *)item)->value < ITEMS);
    ++*counted;
}

static void all_is_found_until_the_second_turn(void **state)
{
    (void)state;
    struct recent recent;
    size_t forgotten = 0;
    recent_init(&recent, sizeof(struct item));
    assert_null(recent_find(&recent, key_of(0)));
    add_all(&recent, 0);
    assert_int_equal(count_found(&recent, 0), ITEMS);
    recent_turn(&recent, count, &forgotten);
    add_all(&recent, ITEMS);
    assert_int_equal(count_found(&recent, 0), ITEMS);
    assert_int_equal(count_found(&recent, ITEMS), ITEMS);
    assert_int_equal(forgotten, 0);
    recent_turn(&recent, count, &forgotten);
    assert_int_equal(forgotten, ITEMS);
    assert_int_equal(count_found(&recent, 0), 0);
    assert_int_equal(count_found(&recent, ITEMS), ITEMS);
    recent_finish(&recent, NULL, NULL);
}

static void memory_does_not_grow_with_days(void **state)
{
    (void)state;
    struct recent recent;
    size_t room = 0;
    recent_init(&recent, sizeof(struct item));
    for (uint64_t day = 0; day < 30; day++) {
        add_all(&recent, day * ITEMS);
        if (day == 0)
            room = recent.young.room;
        assert_true(recent.young.room <= room && recent.old.room <= room);
        recent_turn(&recent, NULL, NULL);
    }
    recent_finish(&recent, NULL, NULL);
    assert_int_equal(recent.young.room + recent.old.room, 0);
}

TEST_MAIN(cmocka_unit_test(all_is_found_until_the_second_turn),
          cmocka_unit_test(memory_does_not_grow_with_days))

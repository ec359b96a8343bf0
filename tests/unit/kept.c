/* What stays live, told to commands by the server that runs: `<data>/kept.json`. */
#include "server/kept.h"

#include "base/err.h"
#include "support/files.h"
#include "support/test.h"

#include <stdio.h>

static int set_up(void **state)
{
    *state = files_make_folder();
    files_write(*state, "pages/a.md", STR("Uno."));
    return 0;
}

static int tear_down(void **state)
{
    files_remove(*state);
    return 0;
}

static const char *pages_of(const char *data)
{
    static char path[256];
    assert_true(snprintf(path, sizeof path, "%s/pages", data) < (int)sizeof path);
    return path;
}

static void tell(struct kept *kept, const char *data, const char *members)
{
    assert_int_equal(kept_tell(kept, data, pages_of(data), str_from(members)), 0);
}

/* Which version of a.md a command is told of; empty: it is told nothing. */
static void assert_told(const char *data, const char *version)
{
    struct kept_list list;
    int rc = kept_read(&list, data, pages_of(data));
    assert_int_equal(rc, *version ? 0 : ERR_NOT_FOUND);
    assert_str(kept_find(&list, "a.md"), str_from(version));
    kept_list_finish(&list);
}

static void what_a_server_tells_holds_as_long_as_it_runs(void **state)
{
    const char *data = *state;
    struct kept kept = {0};
    struct kept_list list;
    tell(&kept, data, "");
    assert_told(data, "");
    tell(&kept, data, "\"a.md\":\"11111111\"");
    assert_told(data, "11111111");
    assert_int_equal(kept_read(&list, data, data), ERR_NOT_FOUND); /* it is of other pages */
    tell(&kept, data, "\"a.md\":\"22222222\"");
    assert_told(data, "22222222");
    kept_finish(&kept);
    assert_told(data, "");
}

/* Both follow the pages until the one before has left. */
static void what_the_next_server_tells_outlasts_the_one_before(void **state)
{
    const char *data = *state;
    struct kept before = {0};
    struct kept next = {0};
    tell(&before, data, "\"a.md\":\"11111111\"");
    tell(&next, data, "\"a.md\":\"22222222\"");
    tell(&before, data, "\"a.md\":\"33333333\"");
    assert_told(data, "22222222");
    kept_finish(&before);
    assert_told(data, "22222222");
    tell(&next, data, "\"a.md\":\"44444444\"");
    assert_told(data, "44444444");
    kept_finish(&next);
}

static void what_a_server_told_that_died_of_taking_over_is_told_again(void **state)
{
    const char *data = *state;
    struct kept before = {0};
    struct kept next = {0};
    tell(&before, data, "\"a.md\":\"11111111\"");
    tell(&next, data, "\"a.md\":\"22222222\"");
    tell(&before, data, "\"a.md\":\"11111111\"");
    assert_told(data, "22222222");
    kept_finish(&next);
    tell(&before, data, "\"a.md\":\"11111111\"");
    assert_told(data, "11111111");
    kept_finish(&before);
}

static void what_a_dead_server_left_is_passed_over_and_replaced(void **state)
{
    const char *data = *state;
    struct kept kept = {0};
    files_write(data, "kept.json", STR("{\"pages\":\"/\",\"live\":{\"a.md\":\"00000000\"}}"));
    assert_told(data, "");
    tell(&kept, data, "\"a.md\":\"11111111\"");
    files_write(data, "kept.json", STR("nonsense")); /* somebody's hand */
    tell(&kept, data, "\"a.md\":\"22222222\"");
    assert_told(data, "22222222");
    kept_finish(&kept);
}

#define WITH_DATA(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

TEST_MAIN(WITH_DATA(what_a_server_tells_holds_as_long_as_it_runs),
          WITH_DATA(what_the_next_server_tells_outlasts_the_one_before),
          WITH_DATA(what_a_server_told_that_died_of_taking_over_is_told_again),
          WITH_DATA(what_a_dead_server_left_is_passed_over_and_replaced))

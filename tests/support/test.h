/* What every test program includes: cmocka with what it needs before it, and a main that honours
 * TEST_FILTER.
 *
 *     static void a_sentence_that_the_test_proves(void **state) { ... }
 *     TEST_MAIN(cmocka_unit_test(a_sentence_that_the_test_proves))
 */
#ifndef ATTIMO_TESTS_TEST_H
#define ATTIMO_TESTS_TEST_H

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "base/str.h"

#include <stdlib.h>

/* Compares two slices, and prints both where they differ. */
#define assert_str(actual, expected) assert_str_at((actual), (expected), __FILE__, __LINE__)
void assert_str_at(struct str actual, struct str expected, const char *file, int line);

/* Whether `haystack` holds `needle`. */
#define assert_contains(haystack, needle) \
    assert_contains_at((haystack), (needle), __FILE__, __LINE__)
void assert_contains_at(struct str haystack, struct str needle, const char *file, int line);

/* Leaves a test out and says why; the reason is printed by the test run. */
#define skip_because(reason)                               \
    do {                                                   \
        print_message("SKIP: %s: %s\n", __func__, reason); \
        skip();                                            \
    } while (0)

#define TEST_MAIN(...) TEST_MAIN_WITH(NULL, NULL, __VA_ARGS__)
#define TEST_MAIN_WITH(setup, teardown, ...)                   \
    int main(void)                                             \
    {                                                          \
        const struct CMUnitTest tests[] = {__VA_ARGS__};       \
        const char *filter = getenv("TEST_FILTER");            \
        if (filter && *filter)                                 \
            cmocka_set_test_filter(filter);                    \
        return cmocka_run_group_tests(tests, setup, teardown); \
    }

#endif

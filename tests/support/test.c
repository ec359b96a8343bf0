/* Owns the assertions that all tests share. */
#include "support/test.h"

#include <string.h>

void assert_str_at(struct str actual, struct str expected, const char *file, int line)
{
    if (str_eq(actual, expected))
        return;
    print_error("%s:%d: expected \"%.*s\"\n  but it is \"%.*s\"\n", file, line, STR_ARG(expected),
                STR_ARG(actual));
    fail();
}

void assert_contains_at(struct str haystack, struct str needle, const char *file, int line)
{
    if (str_contains(haystack, needle))
        return;
    print_error("%s:%d: \"%.*s\" is not in \"%.*s\"\n", file, line, STR_ARG(needle),
                STR_ARG(haystack));
    fail();
}

/* Lines on a terminal: broken between words, and nowhere else. */
#include "cli/screen.h"

#include "support/test.h"

static void assert_shown(const char *lines, size_t columns, const char *expected)
{
    struct buf out = BUF_EMPTY;
    screen_append(&out, str_from(lines), columns);
    assert_str(buf_str(&out), str_from(expected));
    buf_finish(&out);
}

static void long_lines_go_on_set_in(void **state)
{
    (void)state;
    assert_shown("uno due tre quattro cinque\nsei\n", 20, "uno due tre quattro\n  cinque\nsei\n");
    assert_shown("uno due tre quattro cinque sei sette otto nove\n", 20,
                 "uno due tre quattro\n  cinque sei sette\n  otto nove\n");
    assert_shown(" • uno due tre quattro cinque\n", 20, " • uno due tre\n   quattro cinque\n");
    assert_shown("\n\nuno\n", 20, "\n\nuno\n");
}

static void what_fits_stays_as_it_is(void **state)
{
    (void)state;
    assert_shown("12345678901234 67890\n", 20, "12345678901234 67890\n");
    assert_shown("perché così è più 90\n", 20, "perché così è più 90\n");
    assert_shown("\033[1muno due tre quattro\033[0m\n", 20, "\033[1muno due tre quattro\033[0m\n");
    assert_shown("uno due tre quattro cinque\n", 0, "uno due tre quattro cinque\n");
    assert_shown("", 20, "");
}

/* Nor are words broken, nor what a space that is none holds together. */
static void no_word_is_broken(void **state)
{
    (void)state;
    assert_shown("una parolalunghissimaintera qui\n", 20,
                 "una\n  parolalunghissimaintera\n  qui\n");
    assert_shown("uno due tre cinque 12\xC2\xA0€ oggi\n", 20,
                 "uno due tre cinque\n  12\xC2\xA0€ oggi\n");
    assert_shown("   parolalunghissimadavvero\n", 20, "   parolalunghissimadavvero\n");
}

TEST_MAIN(cmocka_unit_test(long_lines_go_on_set_in), cmocka_unit_test(what_fits_stays_as_it_is),
          cmocka_unit_test(no_word_is_broken))

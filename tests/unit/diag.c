/* Diagnostics: what an author reads about his files, one line each. */
#include "base/diag.h"

#include "support/test.h"

static struct str only_line(const struct diags *list, struct buf *out)
{
    assert_int_equal(list->count, 1);
    buf_clear(out);
    diag_format(&list->items[0], out);
    return buf_str(out);
}

static void a_line_reads_as_compilers_write_it(void **state)
{
    (void)state;
    struct buf out = BUF_EMPTY;
    struct diags list = {0};
    diags_say(&list, SEVERITY_ERROR, STR("x/scarpe.md"), 7, "title", "%s is missing", "manca %s",
              "it");
    assert_str(only_line(&list, &out), STR("x/scarpe.md:7: error: title: it is missing"));
    diags_finish(&list);

    diags_say(&list, SEVERITY_WARNING, STR("x.md"), 0, "file", "odd", "strano");
    assert_str(only_line(&list, &out), STR("x.md: warning: file: odd"));
    diags_finish(&list);

    diags_say(&list, SEVERITY_NOTE, STR("x.md"), 1, "file", "kept", "tenuto");
    assert_str(only_line(&list, &out), STR("x.md:1: note: file: kept"));
    diags_finish(&list);
    buf_finish(&out);
}

static void a_file_name_cannot_forge_a_second_line(void **state)
{
    (void)state;
    struct buf out = BUF_EMPTY;
    struct diags list = {0};
    diags_say(&list, SEVERITY_ERROR, STR("a\nb.md: error: x"), 0, "file", "\x1B[2J%s", "%s",
              "\r\xC2\x9B");
    assert_str(only_line(&list, &out),
               STR("a\\x0ab.md: error: x: error: file: \\x1b[2J\\x0d\xC2\\x9b"));
    diags_finish(&list);
    buf_finish(&out);
}

static void errors_and_warnings_are_counted_and_notes_are_not(void **state)
{
    (void)state;
    struct diags list = {0};
    for (unsigned i = 0; i < 100; i++)
        diags_say(&list, (enum severity)(i % 3), STR("x.md"), i, "rule", "%u", "%u", i);
    assert_int_equal(list.count, 100);
    assert_int_equal(list.errors, 33);
    assert_int_equal(list.warnings, 33);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(list.items[i].line, i);
    diags_finish(&list);
}

static void moving_keeps_order_and_counts(void **state)
{
    (void)state;
    struct diags all = {0};
    for (unsigned file = 0; file < 5; file++) {
        struct diags own = {0};
        for (unsigned i = 0; i < file; i++)
            diags_say(&own, SEVERITY_ERROR, STR("x.md"), file * 10 + i, "rule", "words", "parole");
        diags_move(&all, &own);
        assert_int_equal(own.count, 0);
        assert_int_equal(own.errors, 0);
        diags_finish(&own);
    }
    static const unsigned expected[] = {10, 20, 21, 30, 31, 32, 40, 41, 42, 43};
    assert_int_equal(all.count, 10);
    assert_int_equal(all.errors, 10);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(all.items[i].line, expected[i]);
    diags_finish(&all);
}

static void what_is_said_is_there_in_both_languages(void **state)
{
    (void)state;
    struct diags list = {0};
    diags_say(&list, SEVERITY_WARNING, STR("x.md"), 3, "title", "%s has %d", "%s ne ha %d", "it",
              2);
    assert_int_equal(list.warnings, 1);
    assert_string_equal(list.items[0].words, "it has 2");
    assert_string_equal(list.items[0].words_it, "it ne ha 2");
    diags_finish(&list);
}

static void a_remark_keeps_its_reasons_and_takes_percent_signs_as_they_are(void **state)
{
    (void)state;
    struct diags list = {0};
    const struct remark remark = {SEVERITY_ERROR,
                                  "legal",
                                  {"20% off", "sconto del 20%s"},
                                  {"why", "perché"},
                                  {"fix", "cosa fare"}};
    diags_remark(&list, STR("x.md"), 3, &remark);
    assert_int_equal(list.errors, 1);
    assert_string_equal(list.items[0].words, "20% off");
    assert_string_equal(list.items[0].words_it, "sconto del 20%s");
    assert_string_equal(text_in(list.items[0].why, LANG_IT), "perché");
    assert_string_equal(text_in(list.items[0].fix, LANG_EN), "fix");
    diags_finish(&list);
}

TEST_MAIN(cmocka_unit_test(a_line_reads_as_compilers_write_it),
          cmocka_unit_test(what_is_said_is_there_in_both_languages),
          cmocka_unit_test(a_remark_keeps_its_reasons_and_takes_percent_signs_as_they_are),
          cmocka_unit_test(a_file_name_cannot_forge_a_second_line),
          cmocka_unit_test(errors_and_warnings_are_counted_and_notes_are_not),
          cmocka_unit_test(moving_keeps_order_and_counts))

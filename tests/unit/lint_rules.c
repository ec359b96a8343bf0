/* The list of rules: whoever reads one is told why and what to do, in his language. */
#include "site/lint_rules.h"

#include "support/test.h"

static void assert_said(const char *words)
{
    assert_non_null(words);
    assert_true(*words);
}

static void every_finding_has_words_a_reason_and_a_remedy_in_both_languages(void **state)
{
    (void)state;
    for (int i = 0; i < LINT_REMARK_COUNT; i++) {
        const struct remark *remark = &lint_remarks[i];
        const struct text texts[] = {remark->words, remark->why, remark->fix};
        for (size_t k = 0; k < 3; k++) {
            assert_said(texts[k].en);
            assert_said(texts[k].it);
            assert_string_not_equal(texts[k].en, texts[k].it);
            assert_true(k == 0 || (!strchr(texts[k].en, '{') && !strchr(texts[k].it, '{')));
        }
        assert_non_null(lint_rule_find(remark->rule));
    }
}

/* A field that only one language shows would leave the other's readers without what was found. */
static void what_was_found_is_told_in_both_languages(void **state)
{
    (void)state;
    for (int i = 0; i < LINT_REMARK_COUNT; i++) {
        const struct text words = lint_remarks[i].words;
        assert_int_equal(strstr(words.en, "{1}") != NULL, strstr(words.it, "{1}") != NULL);
        assert_int_equal(strstr(words.en, "{2}") != NULL, strstr(words.it, "{2}") != NULL);
    }
}

static void a_rule_that_does_not_exist_is_not_found(void **state)
{
    (void)state;
    assert_null(lint_rule_find("nonsense"));
    assert_string_equal(lint_rule_find("struck-price")->name_it, "prezzo-barrato");
}

TEST_MAIN(cmocka_unit_test(every_finding_has_words_a_reason_and_a_remedy_in_both_languages),
          cmocka_unit_test(what_was_found_is_told_in_both_languages),
          cmocka_unit_test(a_rule_that_does_not_exist_is_not_found))

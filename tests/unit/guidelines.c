/* Guidelines: the brand's rules as they are written, and what their author is told. */
#include "site/guidelines.h"

#include "support/test.h"

static struct guidelines *read_rules(const char *yaml, struct diags *diags)
{
    struct guidelines *guidelines;
    assert_int_equal(guidelines_create(&guidelines, str_from(yaml), diags), 0);
    return guidelines;
}

static void the_rules_are_read(void **state)
{
    (void)state;
    struct diags diags = {0};
    struct guidelines *g = read_rules("never_say:\n- low cost: conveniente\n- imperdibile\n"
                                      "require_credit: sì\nrequire_expiry: [real-time, live]\n"
                                      "at_most: {superlatives: 2, exclamation_marks: 0}\n",
                                      &diags);
    assert_int_equal(diags.count, 0);
    assert_true(g->require_credit);
    assert_int_equal(g->superlatives, 2);
    assert_int_equal(g->exclamation_marks, 0);
    assert_int_equal(g->capitals, GUIDELINES_NO_LIMIT);
    const struct yaml_node *item = schema_items(g->never_say);
    assert_str(guidelines_word(item).word, STR("low cost"));
    assert_str(guidelines_word(item).instead, STR("conveniente"));
    assert_str(guidelines_word(item->next).word, STR("imperdibile"));
    assert_int_equal(guidelines_word(item->next).instead.len, 0);
    assert_str(schema_items(g->require_expiry)->next->text, STR("live"));
    guidelines_destroy(g);
}

static void one_word_needs_no_list(void **state)
{
    (void)state;
    struct diags diags = {0};
    struct guidelines *g = read_rules("never_say: economico\n", &diags);
    const struct yaml_node *item = schema_items(g->never_say);
    assert_str(guidelines_word(item).word, STR("economico"));
    assert_null(schema_next_item(g->never_say, item));
    guidelines_destroy(g);
}

static void a_rule_that_is_not_understood_is_an_error_at_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        const char *words_it;
    } cases[] = {
        {"\nnever_say: [[a]]\n", "una voce di «never_say» è una parola"},
        {"\nnever_say: [{a: b, c: d}]\n", "una voce di «never_say» è una parola"},
        {"\nrequire_expiry: [{a: b}]\n", "«require_expiry» è un elenco di tag"},
        {"\nrequire_credit: forse\n", "«require_credit» è sì o no"},
        {"\nat_most: {capitals: molti}\n", "«capitals» è un numero da 0 a 1000"},
        {"\nnever_sey: a\n", "never_say"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diags diags = {0};
        struct guidelines *g = read_rules(cases[i].yaml, &diags);
        assert_int_equal(diags.errors, 1);
        assert_int_equal(diags.items[0].line, 2);
        assert_string_equal(diags.items[0].file, "_guidelines.yaml");
        assert_contains(str_from(diags.items[0].words_it), str_from(cases[i].words_it));
        diags_finish(&diags);
        guidelines_destroy(g);
    }
}

static void a_rule_that_ends_before_a_hashtag_is_told(void **state)
{
    (void)state;
    static const char *const texts[] = {"never_say:\n- low cost #1\n",
                                        "never_say:\n- low cost: conveniente #1\n",
                                        "require_expiry:\n- real-time #1\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct diags diags = {0};
        struct guidelines *g = read_rules(texts[i], &diags);
        assert_int_equal(diags.warnings, 1);
        assert_int_equal(diags.errors, 0);
        assert_string_equal(diags.items[0].rule, "cut-off");
        assert_int_equal(diags.items[0].line, 2);
        diags_finish(&diags);
        guidelines_destroy(g);
    }
}

TEST_MAIN(cmocka_unit_test(the_rules_are_read), cmocka_unit_test(one_word_needs_no_list),
          cmocka_unit_test(a_rule_that_is_not_understood_is_an_error_at_its_line),
          cmocka_unit_test(a_rule_that_ends_before_a_hashtag_is_told))

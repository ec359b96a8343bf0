/* Reading mappings by a table: what is taken, and what authors are told about the rest. */
#include "support/test.h"

#include "base/schema.h"

struct shoe {
    struct str name;
    struct str price;
};

static const struct schema_key keys[] = {
    {"name", schema_text, offsetof(struct shoe, name)},
    {"price", schema_number, offsetof(struct shoe, price)},
    {"availability", NULL, 0},
    {0},
};

struct fixture {
    struct yaml *document;
    struct diags diags;
    struct shoe shoe;
};

static void read_shoe(struct fixture *f, const char *text)
{
    const struct schema_source source = {STR("shoe.md"), &f->diags, SEVERITY_WARNING};
    assert_int_equal(yaml_parse(&f->document, str_from(text), source.file, 1, &f->diags), 0);
    schema_read(&source, yaml_root(f->document), keys, &f->shoe);
}

static void finish(struct fixture *f)
{
    yaml_destroy(f->document);
    diags_finish(&f->diags);
}

static void assert_one_diag(const char *text, const char *expected)
{
    struct fixture f = {0};
    struct buf line = BUF_EMPTY;
    read_shoe(&f, text);
    assert_int_equal(f.diags.count, 1);
    diag_format(&f.diags.items[0], &line);
    assert_str(buf_str(&line), str_from(expected));
    buf_finish(&line);
    finish(&f);
}

static void known_keys_fill_their_fields(void **state)
{
    (void)state;
    struct fixture f = {0};
    read_shoe(&f, "name: Vento 2\nprice: 129.90\navailability: {any: thing}\n");
    assert_str(f.shoe.name, STR("Vento 2"));
    assert_str(f.shoe.price, STR("129.90"));
    assert_int_equal(f.diags.count, 0);
    finish(&f);
}

/* The value was forgotten, or begins with a '#' and is a comment. */
static void a_key_without_value_is_told_and_left_out(void **state)
{
    (void)state;
    struct fixture f = {.shoe = {.name = STR("before")}};
    read_shoe(&f, "name: #parma\nprice: ~\navailability:\n");
    assert_str(f.shoe.name, STR("before"));
    assert_int_equal(f.diags.warnings, 2);
    assert_int_equal(f.diags.errors, 0);
    finish(&f);
    assert_one_diag("name: #parma\n", "shoe.md:1: warning: no-value: 'name' has no value; what "
                                      "begins with # needs quotes");
}

static void a_text_that_ends_before_a_hashtag_is_told(void **state)
{
    (void)state;
    assert_one_diag("price: 1 #listino\nname: Felpe #parma\n",
                    "shoe.md:2: warning: cut-off: 'name' ends before a '#'; a text with ' #' in it "
                    "needs quotes");
}

static void an_unknown_key_is_told_with_the_nearest_known_one(void **state)
{
    (void)state;
    assert_one_diag("price: 1\nnmae: x\n", "shoe.md:2: warning: unknown-key: 'nmae' is not known; "
                                           "did you mean 'name'?");
    assert_one_diag("prices: 1\n", "shoe.md:1: warning: unknown-key: 'prices' is not known; did "
                                   "you mean 'price'?");
    assert_one_diag("xyzzy: 1\n", "shoe.md:1: warning: unknown-key: 'xyzzy' is not known");
    assert_one_diag("a_key_that_is_longer_than_any_known_one_could_be: 1\n",
                    "shoe.md:1: warning: unknown-key: "
                    "'a_key_that_is_longer_than_any_known_one_could_be' is not known");
}

static void a_wrong_type_is_an_error_at_its_key(void **state)
{
    (void)state;
    assert_one_diag("price: 1\nname:\n  - a\n", "shoe.md:2: error: wrong-type: 'name' must be a "
                                                "text; put quotes around it");
    assert_one_diag("price: 18,50\n", "shoe.md:1: error: wrong-type: 'price' must be a number, as "
                                      "in 18 or 18.50");
    assert_one_diag("- a\n", "shoe.md:1: error: wrong-type: this must be lines of 'key: value'");
}

static void complaints_are_in_the_authors_language(void **state)
{
    (void)state;
    struct fixture f = {0};
    read_shoe(&f, "nmae: x\nprice: 18,50\n");
    assert_int_equal(f.diags.count, 2);
    assert_string_equal(f.diags.items[0].words_it,
                        "attimo non conosce «nmae»; volevi dire «name»?");
    assert_string_equal(f.diags.items[1].words_it,
                        "«price» deve essere un numero con il punto, per esempio 18 o 18.50");
    finish(&f);
}

TEST_MAIN(cmocka_unit_test(complaints_are_in_the_authors_language),
          cmocka_unit_test(known_keys_fill_their_fields),
          cmocka_unit_test(a_key_without_value_is_told_and_left_out),
          cmocka_unit_test(a_text_that_ends_before_a_hashtag_is_told),
          cmocka_unit_test(an_unknown_key_is_told_with_the_nearest_known_one),
          cmocka_unit_test(a_wrong_type_is_an_error_at_its_key))

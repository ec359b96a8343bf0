/* docs/pages.md names every key that pages and sites may have, and no other; `attimo new` explains
 * every one of a page. */
#include "base/fs.h"
#include "support/document.h"
#include "support/files.h"
#include "support/test.h"

/* The names in the tables of keys of a source file: `{"name", read, ...},` up to `{0}`. */
static void keys_of_code(const char *path, struct buf *names)
{
    struct buf source = BUF_EMPTY;
    bool in_table = false;
    struct str line;
    files_read(path, &source);
    struct str rest = buf_str(&source);
    while (str_split(&rest, '\n', &line)) {
        struct str text = str_trim(line);
        in_table |= str_contains(line, STR("const struct schema_key "));
        in_table &= !str_starts_with(text, STR("{0}"));
        if (!in_table || !str_starts_with(text, STR("{\"")))
            continue;
        text = str_skip(text, 2);
        buf_append(names, str_make(text.ptr, (size_t)str_find(text, '"')));
        buf_append_char(names, '\n');
    }
    assert_true(names->len > 0);
    buf_finish(&source);
}

/* As `key` in a table, or as a key of an example. */
static bool is_named(struct str section, struct str key)
{
    struct buf word = BUF_EMPTY;
    buf_printf(&word, "`%.*s`", STR_ARG(key));
    bool named = str_contains(section, buf_str(&word));
    buf_clear(&word);
    buf_printf(&word, " %.*s:", STR_ARG(key));
    named |= str_contains(section, buf_str(&word));
    buf_finish(&word);
    return named;
}

static void expect_named(struct str section, struct str keys, const char *path)
{
    struct str key;
    while (str_split(&keys, '\n', &key))
        if (key.len > 0 && !is_named(section, key))
            fail_msg("docs/pages.md does not tell of '%.*s' of %s", STR_ARG(key), path);
}

static void expect_known(struct str section, struct str keys, const char *path)
{
    struct buf documented = BUF_EMPTY;
    struct str key;
    document_names(section, "| key |", &documented);
    struct str rest = buf_str(&documented);
    while (str_split(&rest, '\n', &key))
        if (!document_lists(keys, key))
            fail_msg("docs/pages.md tells of '%.*s', which %s does not know", STR_ARG(key), path);
    buf_finish(&documented);
}

static void the_keys_in_the_documents_are_those_of_the_code(void **state)
{
    (void)state;
    static const char *const homes[][2] = {
        {"src/site/front_matter.c", "Front matter"}, {"src/site/settings.c", "_site.yaml"},
        {"src/site/place.c", "Place and hours"},     {"src/site/product.c", "Product"},
        {"src/site/cta.c", "Calls to action"},       {"src/site/guidelines.c", "_guidelines.yaml"},
    };
    struct buf document = BUF_EMPTY;
    files_read("docs/pages.md", &document);
    for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
        struct buf keys = BUF_EMPTY;
        struct str section = document_section(buf_str(&document), homes[i][1]);
        keys_of_code(homes[i][0], &keys);
        expect_named(section, buf_str(&keys), homes[i][0]);
        expect_known(section, buf_str(&keys), homes[i][0]);
        buf_finish(&keys);
    }
    buf_finish(&document);
}

static void a_new_page_explains_every_key_of_a_page(void **state)
{
    (void)state;
    static const char *const homes[] = {"src/site/front_matter.c", "src/site/place.c",
                                        "src/site/product.c", "src/site/cta.c"};
    struct buf words = BUF_EMPTY;
    files_read("src/cli/new_text.c", &words);
    const char *middle = memmem(words.ptr, words.len, "char *const english[]", 21);
    assert_non_null(middle);
    size_t italian = (size_t)(middle - words.ptr);
    const struct str languages[] = {str_make(words.ptr, italian),
                                    str_skip(buf_str(&words), italian)};
    for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
        struct buf keys = BUF_EMPTY;
        struct str key;
        keys_of_code(homes[i], &keys);
        struct str rest = buf_str(&keys);
        while (str_split(&rest, '\n', &key)) {
            struct buf use = BUF_EMPTY;
            buf_printf(&use, "%.*s:", STR_ARG(key));
            for (size_t l = 0; key.len > 0 && l < 2; l++)
                if (!str_contains(languages[l], buf_str(&use)))
                    fail_msg("`attimo new` does not explain '%.*s'", STR_ARG(key));
            buf_finish(&use);
        }
        buf_finish(&keys);
    }
    buf_finish(&words);
}

TEST_MAIN(cmocka_unit_test(the_keys_in_the_documents_are_those_of_the_code),
          cmocka_unit_test(a_new_page_explains_every_key_of_a_page))

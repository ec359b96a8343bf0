/* YAML: the tree that authors mean, and words with a line for what they did not. */
#include "support/test.h"

#include "base/err.h"
#include "base/yaml.h"
#include "base/yaml_quote.h"

#include <stdio.h>

static struct yaml *parse(const char *text)
{
    struct yaml *document = NULL;
    struct diags diags = {0};
    assert_int_equal(yaml_parse(&document, str_from(text), STR("a.md"), 1, &diags), 0);
    assert_int_equal(diags.count, 0);
    diags_finish(&diags);
    return document;
}

/* The one complaint about `text`, whose first line is line 2 of its file. */
static void assert_refused(const char *text, const char *complaint)
{
    struct yaml *document = NULL;
    struct diags diags = {0};
    struct buf words = BUF_EMPTY;
    assert_int_equal(yaml_parse(&document, str_from(text), STR("a.md"), 2, &diags), ERR_INVALID);
    assert_null(document);
    assert_int_equal(diags.count, 1);
    assert_int_equal(diags.errors, 1);
    diag_format(&diags.items[0], &words);
    assert_contains(buf_str(&words), str_from(complaint));
    buf_finish(&words);
    diags_finish(&diags);
}

static void a_tree_keeps_order_lines_and_kinds(void **state)
{
    (void)state;
    struct yaml *document = parse("title: Scarpe\n"
                                  "cta:\n"
                                  "  - call: Chiama\n"
                                  "    value: 18\n"
                                  "  - \"due\"\n"
                                  "tags: [a, b]\n");
    const struct yaml_node *root = yaml_root(document);
    assert_str(yaml_get(root, "title")->text, STR("Scarpe"));
    assert_null(yaml_get(root, "titolo"));

    const struct yaml_node *cta = yaml_get(root, "cta");
    assert_int_equal(cta->kind, YAML_SEQUENCE);
    assert_int_equal(cta->key->line, 2);
    assert_str(yaml_get(cta->first, "value")->text, STR("18"));
    assert_int_equal(yaml_get(cta->first, "value")->line, 4);
    assert_str(cta->first->next->text, STR("due"));
    assert_true(cta->first->next->quoted);
    assert_null(cta->first->next->next);
    assert_str(yaml_get(root, "tags")->first->next->text, STR("b"));
    yaml_destroy(document);
}

/* The marks that tell where a text ends count characters, line ends among them. */
static void a_text_that_a_hashtag_follows_is_rather_longer(void **state)
{
    (void)state;
    static const char *const cut[] = {"citt\xC3\xA0 #parma", "\xF0\x9F\x8F\x83 uno\t#1 due",
                                      "due\n  righe #10", "[a, b #c\n]"};
    static const char *const whole[] = {"'uno' #due",  "uno # due",   "uno #\tdue", "uno #",
                                        "uno#due",     "\"uno\" #2",  "uno\n#due",  "|\n  uno #2",
                                        "[a, b] #due", "uno\n  # due"};
    for (size_t i = 0; i < sizeof cut / sizeof *cut + sizeof whole / sizeof *whole; i++) {
        bool expected = i < sizeof cut / sizeof *cut;
        const char *value = expected ? cut[i] : whole[i - sizeof cut / sizeof *cut];
        char text[128];
        (void)snprintf(text, sizeof text, "a: perch\xC3\xA9\r\nb: %s\n", value);
        struct yaml *document = parse(text);
        const struct yaml_node *node = yaml_get(yaml_root(document), "b");
        if (node->kind == YAML_SEQUENCE)
            node = node->first->next;
        if (node->cut != expected)
            fail_msg("%s", text);
        yaml_destroy(document);
    }
}

static void an_empty_document_has_no_root(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n\n", "# nothing\n", "---\n", "~\n", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct yaml *document = parse(texts[i]);
        assert_null(yaml_root(document));
        yaml_destroy(document);
    }
}

static void a_byte_order_mark_and_windows_line_ends_are_tolerated(void **state)
{
    (void)state;
    struct yaml *document = parse("\xEF\xBB\xBFtitle: uno\r\nlang: it\r\n");
    assert_str(yaml_get(yaml_root(document), "title")->text, STR("uno"));
    assert_int_equal(yaml_get(yaml_root(document), "lang")->line, 2);
    yaml_destroy(document);
}

static void mistakes_are_told_with_the_line_of_the_file(void **state)
{
    (void)state;
    assert_refused("a: 1\ntitle: Scarpe: le migliori\n", "a.md:3: error: yaml: there is a second");
    assert_refused("a: 1\nb: \"aperto\nc: 2\n", "a.md:3: error: yaml: a quote is opened here");
    assert_refused("a: 1\ntitle\nb: 2\n", "a.md:3: error: yaml: a key without its colon");
    assert_refused("cta:\n\t- call: x\n", "a.md:3: error: yaml: this line begins with a tab");
    assert_refused("a: [1, 2\nb: 3\n", "a.md:2: error: yaml: a list is opened");
    assert_refused("a: @me\n", "a.md:2: error: yaml: a text that begins with '@'");
    assert_refused("a: 1\nb: caff\xE8\n", "a.md:3: error: yaml: this is not UTF-8");
    assert_refused("a: 1\nb: \x07\n", "a.md:3: error: yaml: there is a control character");
    assert_refused("a: 1\n\"\": x\n", "a.md:3: error: yaml: the key before ':' is missing");
    assert_refused("a: \"x\\0y\"\n", "a.md:2: error: yaml: a text must not hold a zero byte");
}

static void what_has_no_place_in_a_page_is_refused(void **state)
{
    (void)state;
    assert_refused("a: 1\nb: 2\na: 3\n", "a.md:4: error: yaml: 'a' is given twice; it already "
                                         "stands in line 2");
    assert_refused("a: &x 1\nb: *x\n", "a.md:2: error: yaml: a text that begins with '*' or '&'");
    assert_refused("a: **forte**\n", "a.md:2: error: yaml: a text that begins with '*'");
    assert_refused("a: !Offerta\n", "a.md:2: error: yaml: a text that begins with '!'");
    assert_refused("a: !Offerta!\n", "a.md:2: error: yaml: a text that begins with '!'");
    assert_refused("a: 1\n---\nb: 1\n", "a.md:3: error: yaml: a second '---'");
    assert_refused("[a]: 1\n", "a.md:2: error: yaml: a key must be a word");
}

static void depth_is_bounded(void **state)
{
    (void)state;
    struct yaml *document = parse("[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]");
    const struct yaml_node *node = yaml_root(document);
    for (int i = 1; i < 16; i++)
        node = node->first;
    assert_str(node->first->text, STR("x"));
    yaml_destroy(document);

    assert_refused("[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]", "nested too deeply");
}

static void a_flood_of_values_is_refused(void **state)
{
    (void)state;
    struct buf text = BUF_EMPTY;
    for (int i = 0; i < 30000; i++)
        buf_append(&text, STR("- x\n"));
    buf_append_char(&text, '\0');
    assert_int_equal(buf_status(&text), 0);
    assert_refused(text.ptr, "too many values");
    buf_finish(&text);
}

static void booleans_speak_both_languages_and_only_unquoted(void **state)
{
    (void)state;
    struct yaml *document = parse("[true, YES, S\xC3\xAC, vero, no, falso, 'true', 1, ~]");
    static const int expected[] = {1, 1, 1, 1, 0, 0, ERR_INVALID, ERR_INVALID, ERR_INVALID};
    const struct yaml_node *node = yaml_root(document)->first;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++, node = node->next) {
        bool value = false;
        int rc = yaml_bool(node, &value);
        assert_int_equal(rc == 0 ? value : rc, expected[i]);
    }
    yaml_destroy(document);
}

/* --- what programs write */

static size_t encode(uint32_t c, char *out)
{
    size_t tail = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned lead[] = {0, 0xC0, 0xE0, 0xF0};
    for (size_t i = 0; i <= tail; i++) {
        unsigned bits = c >> (6 * (tail - i));
        out[i] = (char)(i == 0 ? lead[tail] | bits : 0x80 | (bits & 0x3F));
    }
    return tail + 1;
}

static void assert_reads_back(struct str text, struct str expected)
{
    struct buf line = BUF_EMPTY;
    struct yaml *document;
    buf_append(&line, STR("k: "));
    yaml_quote(&line, text);
    buf_append_char(&line, '\0');
    document = parse(line.ptr);
    assert_str(yaml_get(yaml_root(document), "k")->text, expected);
    yaml_destroy(document);
    buf_finish(&line);
}

/* 256 characters at a time, each between letters and between spaces. */
static void every_character_that_is_quoted_is_read_again(void **state)
{
    (void)state;
    struct buf text = BUF_EMPTY;
    for (uint32_t c = 1; c <= 0x10FFFF; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        char bytes[4];
        struct str character = str_make(bytes, encode(c, bytes));
        buf_printf(&text, "a%.*sb %.*s ", STR_ARG(character), STR_ARG(character));
        if ((c & 0xFF) != 0xFF)
            continue;
        assert_true(str_is_utf8(buf_str(&text)));
        assert_reads_back(buf_str(&text), buf_str(&text));
        buf_clear(&text);
    }
    buf_finish(&text);
}

static void bytes_that_are_no_characters_do_not_spoil_what_is_quoted(void **state)
{
    (void)state;
    assert_reads_back(STR("\xE8 sbagliato"), STR("\xEF\xBF\xBD sbagliato"));
    assert_reads_back(STR("troppo \xE2\x80"), STR("troppo \xEF\xBF\xBD"));
    assert_reads_back(STR("\xC2"), STR("\xEF\xBF\xBD"));
    assert_reads_back(STR(""), STR(""));
}

/* Every beginning of a text, and every text with one byte replaced: the answer may be any, a crash
 * or a leak is none. */
static void no_bytes_crash_it(void **state)
{
    (void)state;
    static const char text[] =
        "a: {b: [1, \"x\\n\"], c: 'd'}\n? k\n: |\n  block\n- &e !t *f\n...\n";
    static const char odd[] = "\0\t\n\r \"'&*!|>{}[]:-?%@`#\xC3\xFF\xEF";
    char bytes[sizeof text];
    for (size_t len = 0; len < sizeof text; len++)
        for (size_t k = 0; k < sizeof odd; k++) {
            struct yaml *document = NULL;
            struct diags diags = {0};
            memcpy(bytes, text, sizeof text);
            bytes[len / 2] = odd[k];
            int rc = yaml_parse(&document, str_make(bytes, len), STR("a"), 1, &diags);
            assert_true(rc == 0 || (rc == ERR_INVALID && diags.errors == 1));
            yaml_destroy(document);
            diags_finish(&diags);
        }
}

TEST_MAIN(cmocka_unit_test(a_tree_keeps_order_lines_and_kinds),
          cmocka_unit_test(a_text_that_a_hashtag_follows_is_rather_longer),
          cmocka_unit_test(an_empty_document_has_no_root),
          cmocka_unit_test(a_byte_order_mark_and_windows_line_ends_are_tolerated),
          cmocka_unit_test(mistakes_are_told_with_the_line_of_the_file),
          cmocka_unit_test(what_has_no_place_in_a_page_is_refused),
          cmocka_unit_test(depth_is_bounded), cmocka_unit_test(a_flood_of_values_is_refused),
          cmocka_unit_test(booleans_speak_both_languages_and_only_unquoted),
          cmocka_unit_test(every_character_that_is_quoted_is_read_again),
          cmocka_unit_test(bytes_that_are_no_characters_do_not_spoil_what_is_quoted),
          cmocka_unit_test(no_bytes_crash_it))

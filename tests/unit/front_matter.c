/* Front matter: where it begins and ends, and what its keys mean. */
#include "support/test.h"

#include "site/front_matter.h"
#include "site/lint_rules.h"

#include <stdio.h>

struct fixture {
    struct front_matter front;
    struct diags diags;
};

static struct fixture read_as(const char *file, const char *text)
{
    struct fixture f = {0};
    assert_int_equal(front_matter_read(&f.front, str_from(file), str_from(text), &f.diags), 0);
    return f;
}

static void finish(struct fixture *f)
{
    front_matter_finish(&f->front);
    diags_finish(&f->diags);
}

static struct fixture read_good(const char *text)
{
    struct fixture f = read_as("a.md", text);
    for (size_t i = 0; i < f.diags.count; i++)
        print_error("unexpected: %s\n", f.diags.items[i].words);
    assert_int_equal(f.diags.count, 0);
    return f;
}

/* The only complaint about a page that has nothing but these keys, from line 2 on. Who reads
 * Italian has words of his own, and the rule says why and what to do. */
static void assert_complaint(const char *keys, const char *expected)
{
    struct buf text = BUF_EMPTY;
    struct buf line = BUF_EMPTY;
    buf_printf(&text, "---\n%s---\n", keys);
    buf_append_char(&text, '\0');
    struct fixture f = read_as("a.md", text.ptr);
    assert_int_equal(f.diags.count, 1);
    diag_format(&f.diags.items[0], &line);
    assert_contains(buf_str(&line), str_from(expected));
    assert_string_not_equal(f.diags.items[0].words, f.diags.items[0].words_it);
    assert_non_null(lint_rule_find(f.diags.items[0].rule));
    finish(&f);
    buf_finish(&line);
    buf_finish(&text);
}

static void the_body_follows_and_knows_its_line(void **state)
{
    (void)state;
    struct fixture f = read_good("---\ntitle: Uno\n---\n\ntesto\n---\nfine\n");
    assert_true(f.front.present);
    assert_str(f.front.title, STR("Uno"));
    assert_str(f.front.body, STR("\ntesto\n---\nfine\n"));
    assert_int_equal(f.front.body_line, 4);
    finish(&f);
}

static void windows_files_read_the_same(void **state)
{
    (void)state;
    struct fixture f = read_good("\xEF\xBB\xBF---\r\ntitle: Uno\r\n--- \r\ntesto\r\n");
    assert_str(f.front.title, STR("Uno"));
    assert_str(f.front.body, STR("testo\r\n"));
    finish(&f);
}

static void a_file_without_front_matter_is_all_body(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "<p>x", "----\na: b\n---\n", "\n---\na: b\n---\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fixture f = read_good(texts[i]);
        assert_false(f.front.present);
        assert_str(f.front.body, str_from(texts[i]));
        assert_int_equal(f.front.body_line, 1);
        finish(&f);
    }
}

static void front_matter_that_does_not_end_is_an_error(void **state)
{
    (void)state;
    static const char *const texts[] = {"---\ntitle: x\n", "---\n", "---"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fixture f = read_as("a.md", texts[i]);
        assert_int_equal(f.diags.errors, 1);
        assert_int_equal(f.diags.items[0].line, 1);
        finish(&f);
    }
}

static void the_intent_is_written_in_either_language_or_taken_from_the_folder(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        const char *text;
        enum intent intent;
    } cases[] = {
        {"a.md", "---\nintent: buy\n---\n", INTENT_BUY},
        {"a.md", "---\nintent: Comprare\n---\n", INTENT_BUY},
        {"voglio-andare/a.md", "---\ntitle: x\n---\n", INTENT_GO},
        {"voglio-fare/x/a.html", "<p>", INTENT_DO},
        {"voglio-sapere/a.md", "---\nintent: go\n---\n", INTENT_GO},
        {"voglio-altro/a.md", "---\ntitle: x\n---\n", INTENT_NONE},
        {"voglio-sapere.md", "---\ntitle: x\n---\n", INTENT_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f = read_as(cases[i].file, cases[i].text);
        assert_int_equal(f.diags.count, 0);
        assert_int_equal(f.front.intent, cases[i].intent);
        finish(&f);
    }
    assert_complaint("title: x\nintent: vendere\n", "a.md:3: error: wrong-type: 'intent' must be "
                                                    "one of know, buy, go, do");
}

static void a_call_to_action_is_its_kind_and_its_words(void **state)
{
    (void)state;
    struct fixture f = read_good("---\n"
                                 "cta:\n"
                                 "  - whatsapp: Ordina\n"
                                 "    text: \"Ciao!\"\n"
                                 "    value: 18\n"
                                 "  - link: Compra\n"
                                 "    to: https://shop.example/\n"
                                 "    id: shop\n"
                                 "---\n");
    const struct cta_list *ctas = &f.front.ctas;
    assert_int_equal(ctas->count, 2);
    assert_int_equal(ctas->items[0].kind, CTA_WHATSAPP);
    assert_str(ctas->items[0].label, STR("Ordina"));
    assert_str(ctas->items[0].id, STR("whatsapp"));
    assert_str(ctas->items[0].value, STR("18"));
    assert_str(ctas->items[1].id, STR("shop"));
    assert_int_equal(ctas->items[1].line, 6);
    finish(&f);
}

static void one_call_to_action_needs_no_list(void **state)
{
    (void)state;
    struct fixture f = read_good("---\ncta:\n  call: Chiama\n---\n");
    assert_int_equal(f.front.ctas.count, 1);
    assert_str(f.front.ctas.items[0].label, STR("Chiama"));
    finish(&f);
}

static void calls_to_action_that_cannot_work_are_errors(void **state)
{
    (void)state;
    assert_complaint("cta:\n- link: x\n  to: javascript:alert(1)\n", "a.md:3: error: cta: 'to'");
    assert_complaint("cta:\n- link: x\n  to: //evil.example\n", "a.md:3: error: cta: 'to' must");
    assert_complaint("cta:\n- call: x\n  to: domani\n", "a.md:3: error: cta: 'to' must be a tele");
    assert_complaint("cta:\n- whatsapp: x\n  to: 347 5550100\n", "number with its country");
    assert_complaint("cta:\n- mail: x\n  to: ciao\n", "e-mail address");
    assert_complaint("cta:\n- share: x\n  to: /\n", "has no place here");
    assert_complaint("cta:\n- to: /\n", "a.md:3: error: cta: a call to action is its kind");
    assert_complaint("cta:\n- call: x\n  sms: y\n", "a.md:3: error: cta: two kinds");
    assert_complaint("cta:\n- call: ' '\n", "a.md:3: error: cta: a call to action without words");
    assert_complaint("cta:\n- call: x\n  id: 'a b'\n", "a.md:3: error: cta: an 'id' is made of");
    assert_complaint("cta:\n- call: x\n- call: y\n", "a.md:4: error: cta: another call to action");
    assert_complaint("cta: Chiama\n", "a.md:2: error: wrong-type: 'cta' must be lines of");
    assert_complaint("cta:\n- call: x\n  valore: 3\n", "a.md:4: warning: unknown-key: 'valore' is "
                                                       "not known; did you mean 'value'?");
    assert_complaint("cta:\n- call: x\n  value: tanto\n", "a.md:4: error: wrong-type: 'value'");
    assert_complaint("cta:\n- call: x\n  value: 1.299\n", "a.md:4: error: wrong-type: 'value'");
    assert_complaint("cta:\n- {call: x, id: a}\n- {call: x, id: b}\n- {call: x, id: c}\n"
                     "- {call: x, id: d}\n- {call: x, id: e}\n- {call: x, id: f}\n"
                     "- {call: x, id: g}\n- {call: x, id: h}\n- {call: x, id: i}\n",
                     "a.md:11: error: cta: a page has eight");
}

static void a_place_is_checked_where_it_is_written(void **state)
{
    (void)state;
    assert_complaint("place:\n  tel: chiamaci\n", "a.md:3: error: phone:");
    assert_complaint("place:\n  whatsapp: 347 555 0100\n", "a.md:3: error: phone: WhatsApp needs");
    assert_complaint("place:\n  lat: 144\n  lon: 10\n", "a.md:3: error: place:");
    assert_complaint("place:\n  lat: 44.8\n", "'lat' and 'lon' go together");
    assert_complaint("place: Parma\n", "a.md:2: error: wrong-type: 'place'");
}

static void every_key_of_a_page_is_known(void **state)
{
    (void)state;
    struct fixture f = read_good(
        "---\ntitle: a\ndescription: b\nintent: go\nstage: acquisto\nanswer: c\ncta: []\n"
        "goal: call\nlang: it\nimage: a.webp\nimage_alt: d\ncredit: e\nauthor: f\ntags: [g]\n"
        "categories: h\ndate: 2026-11-01\naliases: [/x]\ndraft: true\npublish_at: 2026-11-01\n"
        "expires_at: 2026-12-01\nthen: /\nplace: {hours: lun 9-13, closed: []}\nproduct: {price: "
        "1}\n"
        "---\n");
    finish(&f);
    assert_complaint("titel: x\n", "a.md:2: warning: unknown-key: 'titel' is not known; did you "
                                   "mean 'title'?");
}

/* The rest would be missing in searches, on the button and in the message. */
static void a_hashtag_without_quotes_is_told(void **state)
{
    (void)state;
    assert_complaint("title: Felpe a 30 euro #parma\n", "a.md:2: warning: cut-off: 'title' ends");
    assert_complaint("cta:\n- whatsapp: Mettila da parte\n  text: Ciao! Vorrei la felpa #10\n",
                     "a.md:4: warning: cut-off: 'text' ends before");
    assert_complaint("tags:\n- corsa #parma\n", "a.md:3: warning: cut-off: this ends before");
    struct fixture f = read_good("---\ntitle: \"Felpe #parma\" #1\nanswer: qui # spiegazione\n"
                                 "---\n");
    assert_str(f.front.title, STR("Felpe #parma"));
    finish(&f);
}

/* What is half written shows nobody a page that was to be kept back, or taken away. */
static void who_sees_a_page_and_until_when_is_never_left_empty(void **state)
{
    (void)state;
    assert_complaint("draft:\n", "a.md:2: error: wrong-type: 'draft' must be true or false");
    assert_complaint("draft: #true\n", "a.md:2: error: wrong-type: 'draft' must be");
    assert_complaint("publish_at:\n", "a.md:2: error: wrong-type: 'publish_at' must be a date");
    assert_complaint("expires_at: ~\n", "a.md:2: error: wrong-type: 'expires_at' must be a date");
    assert_complaint("image_alt:\n", "a.md:2: warning: no-value: 'image_alt' has no value");
    assert_complaint("tags:\n- corsa\n- #parma\n", "a.md:4: warning: no-value: this has no value");
    assert_complaint("aliases:\n- /a\n- #b\n", "a.md:4: warning: no-value: this has no value");
}

/* `lang: italiano` would make an English page of it. */
static void a_language_is_a_code_and_no_word(void **state)
{
    (void)state;
    static const char *const wrong[] = {"italiano", "english", "i", "it_IT", "it2", "-it", "it!"};
    static const char *const right[] = {"it", "EN", "pt-BR", "fil", "zh-Hant-TW"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char keys[64];
        (void)snprintf(keys, sizeof keys, "lang: %s\n", wrong[i]);
        assert_complaint(keys, "a.md:2: error: wrong-type: 'lang' must be a language");
    }
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        char page[64];
        (void)snprintf(page, sizeof page, "---\nlang: %s\n---\n", right[i]);
        struct fixture f = read_good(page);
        assert_str(f.front.lang, str_from(right[i]));
        finish(&f);
    }
}

static void values_are_written_in_either_language(void **state)
{
    (void)state;
    struct fixture f = read_good("---\nstage: Fedelt\xC3\xA0\ngoal: letto\ndraft: s\xC3\xAC\n"
                                 "product: {availability: esaurito}\n---\n");
    assert_int_equal(f.front.stage, STAGE_LOYALTY);
    assert_str(f.front.goal, STR("read"));
    assert_true(f.front.draft);
    assert_int_equal(f.front.product.availability, AVAILABILITY_OUT_OF_STOCK);
    finish(&f);
    f = read_good("---\nstage: discovery\ngoal: condiviso\ndraft: false\n"
                  "product: {availability: in_stock, lowest_30d: 139.00}\n---\n");
    assert_int_equal(f.front.stage, STAGE_DISCOVERY);
    assert_str(f.front.goal, STR("shared"));
    assert_false(f.front.draft);
    assert_str(f.front.product.lowest_30d, STR("139.00"));
    finish(&f);
}

/* 1.299 is a thousand and more to who writes it in Italy, and one euro thirty to who reads it. */
static void an_amount_is_not_read_in_two_ways(void **state)
{
    (void)state;
    static const char *const wrong[] = {"1.299", "1.299.00", "1.299,00", "129.", "1.2990",
                                        ".",     "-5",       "18,50",    "''",   "[1]"};
    static const char *const right[] = {"1299", "18.5", "18.50", ".50", "0"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct buf text = BUF_EMPTY;
        buf_printf(&text, "product:\n  price: %s\n", wrong[i]);
        buf_append_char(&text, '\0');
        assert_complaint(text.ptr,
                         "a.md:3: error: wrong-type: 'price' must be a number without a point "
                         "between thousands: 1299 or 18.50");
        buf_finish(&text);
    }
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        struct buf text = BUF_EMPTY;
        buf_printf(&text, "---\nproduct: {price: %s}\n---\n", right[i]);
        buf_append_char(&text, '\0');
        struct fixture f = read_good(text.ptr);
        assert_str(f.front.product.price, str_from(right[i]));
        finish(&f);
        buf_finish(&text);
    }
}

static void a_wrong_type_is_told_at_its_line(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "stage: mai\n",
        "draft: forse\n",
        "date: 1/11/2026\n",
        "publish_at: domani\n",
        "expires_at: [2026-11-01]\n",
        "then: javascript:alert(1)\n",
        "then: mailto:a@example.it\n",
        "tags: {a: b}\n",
        "aliases: [[/x]]\n",
        "image: [a.png]\n",
        "product: 129\n",
        "title: [a]\n",
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_complaint(keys[i], "a.md:2: error: wrong-type: '");
    assert_complaint("product:\n  price: 129,00\n", "a.md:3: error: wrong-type: 'price' must be a "
                                                    "number");
    assert_complaint("product:\n  price: -1\n", "a.md:3: error: wrong-type: 'price'");
    assert_complaint("product:\n  currency: euro\n", "a.md:3: error: wrong-type: 'currency'");
    assert_complaint("product:\n  availability: boh\n", "a.md:3: error: wrong-type:");
    assert_complaint("product:\n  was: 149\n", "a.md:3: warning: unknown-key: 'was'");
}

static void an_alias_is_a_path_that_pages_may_have(void **state)
{
    (void)state;
    static const char *const bad[] = {"natale", "//evil.example", "/x?y", "/x#y", "/_/e", "/404",
                                      "/_x",    "/a\\\\b",        "/%5Fx"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char keys[64];
        (void)snprintf(keys, sizeof keys, "aliases:\n- /natale\n- \"%s\"\n", bad[i]);
        assert_complaint(keys, "a.md:4: error: alias:");
    }
}

/* A request is refused that names such a path. */
static void an_alias_that_no_browser_can_ask_for_is_an_error(void **state)
{
    (void)state;
    struct buf keys = BUF_EMPTY;
    assert_complaint("aliases: \"/a\\nb\"\n", "a.md:2: error: alias: no browser can ask for");
    assert_complaint("aliases: /sconto-50%\n", "a.md:2: error: alias: no browser can ask for");
    assert_complaint("aliases: /a%2Fb\n", "a.md:2: error: alias: no browser can ask for");
    assert_complaint("aliases: /a%E8\n", "a.md:2: error: alias: no browser can ask for");
    buf_append(&keys, STR("aliases:\n- \"/e"));
    for (int accents = 0; accents < 31; accents++)
        buf_append(&keys, STR("\xCC\x81"));
    buf_printf(&keys, "\"\n%c", '\0');
    assert_complaint(keys.ptr, "a.md:3: error: alias: no browser can ask for");
    buf_finish(&keys);
}

TEST_MAIN(cmocka_unit_test(values_are_written_in_either_language),
          cmocka_unit_test(an_amount_is_not_read_in_two_ways),
          cmocka_unit_test(a_wrong_type_is_told_at_its_line),
          cmocka_unit_test(an_alias_is_a_path_that_pages_may_have),
          cmocka_unit_test(an_alias_that_no_browser_can_ask_for_is_an_error),
          cmocka_unit_test(the_body_follows_and_knows_its_line),
          cmocka_unit_test(windows_files_read_the_same),
          cmocka_unit_test(a_file_without_front_matter_is_all_body),
          cmocka_unit_test(front_matter_that_does_not_end_is_an_error),
          cmocka_unit_test(the_intent_is_written_in_either_language_or_taken_from_the_folder),
          cmocka_unit_test(a_call_to_action_is_its_kind_and_its_words),
          cmocka_unit_test(one_call_to_action_needs_no_list),
          cmocka_unit_test(calls_to_action_that_cannot_work_are_errors),
          cmocka_unit_test(a_place_is_checked_where_it_is_written),
          cmocka_unit_test(every_key_of_a_page_is_known),
          cmocka_unit_test(a_hashtag_without_quotes_is_told),
          cmocka_unit_test(who_sees_a_page_and_until_when_is_never_left_empty),
          cmocka_unit_test(a_language_is_a_code_and_no_word))

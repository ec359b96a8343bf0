/* `_site.yaml`: good settings are taken, bad ones are told and do no harm. */
#include "support/test.h"

#include "site/settings.h"

static void an_empty_file_gives_the_defaults(void **state)
{
    (void)state;
    struct settings *settings;
    struct diags diags = {0};
    assert_int_equal(settings_create(&settings, STR(""), &diags), 0);
    assert_int_equal(diags.count, 0);
    assert_str(settings->lang, STR("it"));
    assert_int_equal(settings->url.len, 0);
    settings_destroy(settings);
}

static void every_key_of_a_site_is_known(void **state)
{
    (void)state;
    struct settings *settings;
    struct diags diags = {0};
    struct str text = STR("url: https://www.example.it/\nname: Passo Svelto\nlogo: l.svg\n"
                          "colour: '#123456'\nlang: en\ntimezone: Europe/Rome\ncurrency: EUR\n"
                          "place: {city: Parma, postcode: 43121}\nsocial: []\nlegal: P.IVA 0\n"
                          "privacy: /privacy\ncapture: true\n");
    assert_int_equal(settings_create(&settings, text, &diags), 0);
    assert_int_equal(diags.count, 0);
    assert_str(settings->url, STR("https://www.example.it"));
    assert_str(settings->lang, STR("en"));
    assert_str(settings->place.postcode, STR("43121"));
    assert_str(settings->privacy, STR("/privacy"));
    settings_destroy(settings);
}

static void assert_complaint(const char *text, const char *expected)
{
    struct settings *settings;
    struct diags diags = {0};
    struct buf line = BUF_EMPTY;
    assert_int_equal(settings_create(&settings, str_from(text), &diags), 0);
    assert_int_equal(diags.count, 1);
    diag_format(&diags.items[0], &line);
    assert_contains(buf_str(&line), str_from(expected));
    assert_str(settings->lang, STR("it"));
    assert_int_equal(settings->url.len + settings->privacy.len, 0);
    buf_finish(&line);
    diags_finish(&diags);
    settings_destroy(settings);
}

static void what_is_wrong_is_told_and_left_out(void **state)
{
    (void)state;
    assert_complaint("name: a: b\n", "_site.yaml:1: error: yaml:");
    assert_complaint("\nurl: www.example.it\n", "_site.yaml:2: error: wrong-type: 'url'");
    assert_complaint("url: https://a.example/?x\n", "_site.yaml:1: error: wrong-type: 'url'");
    assert_complaint("url: [https://a.example]\n", "_site.yaml:1: error: wrong-type: 'url'");
    assert_complaint("privacy: privacy.md\n", "_site.yaml:1: error: wrong-type: 'privacy'");
    assert_complaint("privacy: //evil.example\n", "_site.yaml:1: error: wrong-type: 'privacy'");
    assert_complaint("lang: x\n", "_site.yaml:1: error: wrong-type: 'lang'");
    assert_complaint("nome: x\n", "_site.yaml:1: warning: unknown-key: 'nome' is not known; did "
                                  "you mean 'name'?");
}

TEST_MAIN(cmocka_unit_test(an_empty_file_gives_the_defaults),
          cmocka_unit_test(every_key_of_a_site_is_known),
          cmocka_unit_test(what_is_wrong_is_told_and_left_out))

/* `_site.yaml`: good settings are taken, bad ones are told and do no harm. */
#include "support/test.h"

#include "site/lint_rules.h"
#include "site/settings.h"

#include <sched.h>
#include <sys/mount.h>

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
                          "privacy: /privacy\ncapture: page\n");
    assert_int_equal(settings_create(&settings, text, &diags), 0);
    assert_int_equal(diags.count, 0);
    assert_str(settings->url, STR("https://www.example.it"));
    assert_str(settings->lang, STR("en"));
    assert_str(settings->place.postcode, STR("43121"));
    assert_str(settings->privacy, STR("/privacy"));
    assert_int_equal(settings->capture, CAPTURE_PAGE);
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
    assert_string_not_equal(diags.items[0].words, diags.items[0].words_it);
    assert_non_null(lint_rule_find(diags.items[0].rule));
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
    assert_complaint("timezone: Europe/Parma\n", "_site.yaml:1: error: wrong-type: 'timezone'");
    assert_complaint("timezone: /etc/passwd\n", "_site.yaml:1: error: wrong-type: 'timezone'");
    assert_complaint("currency: euro\n", "_site.yaml:1: error: wrong-type: 'currency'");
    assert_complaint("colour: verde\n", "_site.yaml:1: error: wrong-type: 'colour'");
    assert_complaint("colour: '#12'\n", "_site.yaml:1: error: wrong-type: 'colour'");
    assert_complaint("colour: #0b6b4f\n", "_site.yaml:1: warning: no-value: 'colour' has no value");
    assert_complaint("name: Passo #svelto\n", "_site.yaml:1: warning: cut-off: 'name' ends before");
    assert_complaint("capture: sempre\n", "_site.yaml:1: error: wrong-type: 'capture'");
    assert_complaint("social: [instagram]\n", "_site.yaml:1: error: social:");
    assert_complaint("logo: [x]\n", "_site.yaml:1: error: wrong-type: 'logo'");
    assert_complaint("nome: x\n", "_site.yaml:1: warning: unknown-key: 'nome' is not known; did "
                                  "you mean 'name'?");
}

static void a_capture_that_cannot_be_understood_records_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "capture: nessuna\n",
        "capture: #off\n",
        "capture: ~\n",
        "capture: [off]\n",
        "name: a\nname: b\ncapture: off\n",
        "capture: off\nplace:\n\tcity: Parma\n",
        "- capture: off\n",
        "capture=off\n",
        "name: Caff\xE8\ncapture: off\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct settings *settings;
        struct diags diags = {0};
        assert_int_equal(settings_create(&settings, str_from(texts[i]), &diags), 0);
        assert_int_equal(settings->capture, CAPTURE_OFF);
        assert_int_equal(settings->script.len, 0);
        assert_int_equal(diags.errors, 1);
        assert_non_null(strstr(diags.items[0].words, "records nothing"));
        assert_non_null(strstr(diags.items[0].words_it, "non registra nulla"));
        diags_finish(&diags);
        settings_destroy(settings);
    }
}

static int32_t winter_offset(const char *text, struct diags *diags)
{
    enum { FIRST_OF_DECEMBER_2026 = 1796083200 };
    struct settings *settings;
    *diags = (struct diags){0};
    assert_int_equal(settings_create(&settings, str_from(text), diags), 0);
    int32_t offset = zone_offset(settings->zone, FIRST_OF_DECEMBER_2026);
    settings_destroy(settings);
    return offset;
}

static void a_zone_that_there_is_not_is_left_out(void **state)
{
    (void)state;
    struct diags diags;
    assert_int_equal(winter_offset("", &diags), 3600);
    assert_int_equal(diags.count, 0);
    assert_int_equal(winter_offset("timezone: Europe/Roma\n", &diags), 3600);
    assert_int_equal(diags.errors, 1);
    diags_finish(&diags);
    assert_int_equal(winter_offset("timezone: UTC\n", &diags), 0);
    assert_int_equal(diags.count, 0);
}

/* The mount is seen by this process alone and goes with it. */
static bool hide_zones(void)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("attimo-test", ZONE_FOLDER, "tmpfs", 0, "size=64k,mode=755") == 0;
}

static void without_zones_all_times_are_utc_and_no_name_is_wrong(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "timezone: Europe/Rome\n", "timezone: Europe/London\n"};
    if (!hide_zones())
        skip_because("this user may not mount");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct diags diags;
        assert_int_equal(winter_offset(texts[i], &diags), 0);
        assert_int_equal(diags.errors, 0);
        assert_int_equal(diags.warnings, 1);
        assert_string_equal(diags.items[0].rule, "timezone");
        diags_finish(&diags);
    }
    struct diags diags;
    assert_int_equal(winter_offset("timezone: UTC\n", &diags), 0);
    assert_int_equal(diags.count, 0);
    assert_int_equal(umount(ZONE_FOLDER), 0);
}

static void a_brand_is_seen_and_can_be_read(void **state)
{
    (void)state;
    struct settings *settings;
    struct diags diags = {0};
    assert_int_equal(settings_create(&settings, STR("colour: '#FC0'\n"), &diags), 0);
    struct str style = buf_str(&settings->look.style);
    struct str policy = buf_str(&settings->look.policy);
    char hash[HASH_BASE64_SIZE];
    hash_sha256_base64(hash, style);
    /* Yellow is no colour for text on paper, and white none on yellow. */
    assert_contains(style, STR("--button:#ffcc00;--on-button:#000000;"));
    assert_contains(policy, str_from(hash));
    assert_true(str_ends_with(policy, STR("\r\n")));
    settings_destroy(settings);
}

static void a_theme_of_ones_own_takes_the_place_of_the_built_in_one(void **state)
{
    (void)state;
    struct settings *settings;
    struct diags diags = {0};
    char before[HASH_TEXT_SIZE];
    assert_int_equal(settings_create(&settings, STR(""), &diags), 0);
    memcpy(before, settings->look.rev, sizeof before);
    const struct look_files files = {.style = STR_INIT("h1 {\r\ncolor: red }\r\n"),
                                     .header = STR_INIT("<b>Noi</b>\n")};
    assert_int_equal(settings_set_look(settings, &files, &diags), 0);
    assert_str(buf_str(&settings->look.style), STR("h1 {\ncolor: red }"));
    assert_str(buf_str(&settings->look.header), STR("<b>Noi</b>"));
    assert_string_not_equal(settings->look.rev, before);
    assert_int_equal(diags.count, 0);

    const struct look_files bad = {.style = STR_INIT("h1{}</style><script>")};
    assert_int_equal(settings_set_look(settings, &bad, &diags), 0);
    assert_string_equal(settings->look.rev, before);
    assert_int_equal(diags.errors, 1);
    diags_finish(&diags);
    settings_destroy(settings);
}

static void a_theme_may_hold_its_fonts_itself(void **state)
{
    (void)state;
    struct settings *settings;
    struct diags diags = {0};
    const struct look_files fonts = {
        .style = STR_INIT("@font-face{src:url(data:font/woff2;base64,AA==)}")};
    const struct look_files pictures = {.style = STR_INIT("p{background:url(data:image/png,)}")};
    assert_int_equal(settings_create(&settings, STR(""), &diags), 0);
    assert_int_equal(settings_set_look(settings, &fonts, &diags), 0);
    assert_contains(buf_str(&settings->look.policy), STR("; font-src 'self' data:; "));
    assert_int_equal(settings_set_look(settings, &pictures, &diags), 0);
    assert_contains(buf_str(&settings->look.policy), STR("; font-src 'self'; "));
    assert_int_equal(diags.count, 0);
    settings_destroy(settings);
}

/* The first start has no settings before to go back to: no hours are better than others. */
static void hours_of_which_some_cannot_be_read_are_left_out(void **state)
{
    (void)state;
    static const char *const places[] = {
        "{tel: 0521 1, hours: [lun 9-13, mar 9-13 e basta]}",
        "{tel: 0521 1, hours: lun-ven 9-13; sab 25-30}",
        "{tel: 0521 1, hours: lun 9-13, closed: [2026-12-25, natale]}",
        "{tel: 0521 1, closed: [natale, 2026-12-26], hours: lun 9-13}",
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct settings *settings;
        struct diags diags = {0};
        struct buf text = BUF_EMPTY;
        buf_printf(&text, "place: %s\n", places[i]);
        assert_int_equal(settings_create(&settings, buf_str(&text), &diags), 0);
        assert_int_equal(diags.errors, 1);
        assert_false(settings->place.hours.present);
        assert_int_equal(settings->place.hours.closure_count, 0);
        assert_str(settings->place.tel, STR("0521 1"));
        settings_destroy(settings);
        diags_finish(&diags);
        buf_finish(&text);
    }
}

TEST_MAIN(cmocka_unit_test(a_brand_is_seen_and_can_be_read),
          cmocka_unit_test(a_theme_of_ones_own_takes_the_place_of_the_built_in_one),
          cmocka_unit_test(a_theme_may_hold_its_fonts_itself),
          cmocka_unit_test(a_capture_that_cannot_be_understood_records_nothing),
          cmocka_unit_test(a_zone_that_there_is_not_is_left_out),
          cmocka_unit_test(without_zones_all_times_are_utc_and_no_name_is_wrong),
          cmocka_unit_test(an_empty_file_gives_the_defaults),
          cmocka_unit_test(every_key_of_a_site_is_known),
          cmocka_unit_test(hours_of_which_some_cannot_be_read_are_left_out),
          cmocka_unit_test(what_is_wrong_is_told_and_left_out))

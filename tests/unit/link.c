/* Links: where an author may lead his visitors, and telephone numbers as people write them. */
#include "support/test.h"

#include "base/err.h"
#include "site/link.h"

static void web_mail_telephone_and_paths_of_the_site_are_allowed(void **state)
{
    (void)state;
    static const char *const good[] = {
        "https://shop.example/vento-2?a=1&b=2#c",
        "http://a.example",
        "https://social.example/@shop",
        "https://a.example?to=x@y.example",
        "HTTPS://A.example",
        "mailto:ciao@passo.example",
        "tel:+390521555010",
        "/",
        "/voglio-andare/negozio#orari",
        "/perch\xC3\xA9",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(link_is_allowed(str_from(good[i])));
}

static void what_runs_or_misleads_is_not_allowed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        " /",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "/\\evil",
        "/\t/evil.example",
        "https:///evil",
        "https://?x",
        "http://:80/",
        "https://shop.example@evil.example/",
        "https://user:secret@shop.example?x",
        "https://",
        "http:",
        "scarpe",
        "https://a.example/ b",
        "https://a.example/\"x",
        "/a\nb",
        "mailto:",
        "/\x80",
        "file:///etc/passwd",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(link_is_allowed(str_from(bad[i])));
}

static void assert_phone(const char *written, const char *expected)
{
    struct buf out = BUF_EMPTY;
    assert_int_equal(link_append_phone(str_from(written), &out), 0);
    assert_str(buf_str(&out), str_from(expected));
    buf_finish(&out);
}

static void numbers_are_read_as_people_write_them(void **state)
{
    (void)state;
    assert_phone("+39 0521 555 0100", "+3905215550100");
    assert_phone(" 0039 (0521) 555-01.00 ", "+3905215550100");
    assert_phone("0521/5550100", "05215550100");
    assert_phone("112", "112");
    assert_phone("+49 (0)30 123456", "+4930123456");
    assert_phone("+378 (0)549 123456", "+3780549123456");
    assert_phone("0041(0)91 1234567", "+41911234567");
    assert_phone("+39 (0)521 5550100", "+3905215550100");
    assert_phone("+39 (0521) 5550100", "+3905215550100");
    assert_phone("(0)521 5550100", "05215550100");

    struct buf out = BUF_EMPTY;
    assert_int_equal(link_append_phone(STR("12"), &out), ERR_INVALID);
    assert_int_equal(link_append_phone(STR("0521 CORRI"), &out), ERR_INVALID);
    assert_int_equal(link_append_phone(STR("1234567890123456"), &out), ERR_INVALID);
    assert_int_equal(link_append_phone(STR("+39 0521, 0522"), &out), ERR_INVALID);
    assert_int_equal(out.len, 0);
    buf_finish(&out);
}

static void a_number_without_its_country_is_not_international(void **state)
{
    (void)state;
    struct buf out = BUF_EMPTY;
    assert_int_equal(link_append_international(STR("347 555 0100"), &out), ERR_INVALID);
    assert_int_equal(link_append_international(STR("+39 347 555 0100"), &out), 0);
    assert_str(buf_str(&out), STR("393475550100"));
    buf_finish(&out);
}

static void any_text_can_be_part_of_a_url(void **state)
{
    (void)state;
    struct buf out = BUF_EMPTY;
    link_append_encoded(STR("Ciao! 2 & 3 = \xC3\xA8/~\n"), &out);
    assert_str(buf_str(&out), STR("Ciao%21%202%20%26%203%20%3D%20%C3%A8%2F~%0A"));
    buf_finish(&out);
}

static void what_leads_to_this_site_has_a_path_there(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        const char *path; /* NULL: elsewhere */
    } cases[] = {
        {"/a", "/a"},
        {"/a?b#c", "/a"},
        {"https://a.example", "/"},
        {"https://a.example/", "/"},
        {"https://a.example?b", "/"},
        {"https://a.example/b/c#d", "/b/c"},
        {"HTTPS://A.example/b", "/b"},
        {"https://a.example.org/b", NULL},
        {"https://b.example/a", NULL},
        {"//a.example/b", NULL},
        {"b", NULL},
        {"?b", NULL},
        {"", NULL},
    };
    struct str path;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str address = str_from(cases[i].address);
        bool own = link_own_path(address, STR("https://a.example"), &path);
        assert_int_equal(own, cases[i].path != NULL);
        if (own)
            assert_str(path, str_from(cases[i].path));
    }
    assert_false(link_own_path(STR("https://a.example/b"), STR(""), &path));
    assert_true(link_own_path(STR("/b"), STR(""), &path));
}

TEST_MAIN(cmocka_unit_test(web_mail_telephone_and_paths_of_the_site_are_allowed),
          cmocka_unit_test(what_runs_or_misleads_is_not_allowed),
          cmocka_unit_test(numbers_are_read_as_people_write_them),
          cmocka_unit_test(a_number_without_its_country_is_not_international),
          cmocka_unit_test(any_text_can_be_part_of_a_url),
          cmocka_unit_test(what_leads_to_this_site_has_a_path_there))

/* Sites: which path finds which page, and where a path leads that finds none. */
#include "site/site.h"

#include "support/test.h"

#include <pthread.h>
#include <stdio.h>

static struct resource *make(const char *path, const char *file, enum resource_kind kind)
{
    struct resource *resource;
    struct resource_options options = {
        .kind = kind,
        .path = str_from(path),
        .file = str_from(file),
        .content_type = STR("text/plain"),
    };
    assert_int_equal(resource_create(&resource, &options, str_from(path)), 0);
    return resource;
}

/* A site of pages at `paths`; what has a dot in it is an asset. */
static struct site *make_site(const char *const *paths, size_t count)
{
    struct site *site;
    struct diags diags = {0};
    struct resource *resources[64];
    assert_true(count <= 64);
    for (size_t i = 0; i < count; i++)
        resources[i] =
            make(paths[i], paths[i] + 1, strchr(paths[i], '.') ? RESOURCE_ASSET : RESOURCE_PAGE);
    assert_int_equal(site_create(&site, resources, count, &diags), 0);
    for (size_t i = 0; i < count; i++)
        resource_unref(resources[i]);
    assert_int_equal(diags.count, 0);
    diags_finish(&diags);
    return site;
}

static const char *const shop[] = {"/",
                                   "/voglio-comprare/scarpe",
                                   "/voglio-comprare/",
                                   "/voglio-andare/negozio",
                                   "/404",
                                   "/style.css",
                                   "/caff\xC3\xA8",
                                   "/both",
                                   "/both/"};
enum { SHOP_COUNT = sizeof shop / sizeof *shop };

static void every_page_is_found_and_nothing_else(void **state)
{
    (void)state;
    static const char *const absent[] = {
        "",     "/x",        "/voglio-comprare",         "/voglio-comprare/scarp",
        "//",   "*",         "/voglio-comprare/scarpe/", "/voglio-comprare/scarpf",
        "/404", "/STYLE.CSS"};
    struct site *site = make_site(shop, SHOP_COUNT);
    for (size_t i = 0; i < SHOP_COUNT; i++) {
        const struct resource *found = site_find(site, str_from(shop[i]));
        if (strcmp(shop[i], "/404") == 0)
            continue;
        assert_non_null(found);
        assert_str(found->representations[CODING_IDENTITY].body, str_from(shop[i]));
    }
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        if (site_find(site, str_from(absent[i])))
            fail_msg("%s was found", absent[i]);
    site_unref(site);
}

static void ten_thousand_pages_are_all_found(void **state)
{
    (void)state;
    enum { MANY = 10000 };
    static struct resource *resources[MANY];
    struct diags diags = {0};
    struct site *site;
    char path[32];
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(path, sizeof path, "/%d", i * 7);
        resources[i] = make(path, path, RESOURCE_PAGE);
    }
    assert_int_equal(site_create(&site, resources, MANY, &diags), 0);
    for (int i = 0; i < MANY * 7; i++) {
        (void)snprintf(path, sizeof path, "/%d", i);
        const struct resource *expected = i % 7 == 0 && i != 404 ? resources[i / 7] : NULL;
        assert_ptr_equal(site_find(site, str_from(path)), expected);
    }
    for (int i = 0; i < MANY; i++)
        resource_unref(resources[i]);
    site_unref(site);
}

static void a_wrong_spelling_leads_to_the_one_true_address(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"/index.html", "/"},
        {"/index.md", "/"},
        {"/index", "/"},
        {"/voglio-comprare/scarpe.html", "/voglio-comprare/scarpe"},
        {"/voglio-comprare/scarpe.md", "/voglio-comprare/scarpe"},
        {"/voglio-comprare/scarpe/", "/voglio-comprare/scarpe"},
        {"/voglio-comprare/scarpe/index.html", "/voglio-comprare/scarpe"},
        {"/voglio-comprare", "/voglio-comprare/"},
        {"/voglio-comprare/index", "/voglio-comprare/"},
        {"/voglio-comprare/index.html", "/voglio-comprare/"},
        {"/voglio-comprare.html", "/voglio-comprare/"},
        {"/caff\xC3\xA8/", "/caff\xC3\xA8"},
        {"/both.md", "/both"},
        {"/both/index.md", "/both/"},
    };
    struct site *site = make_site(shop, SHOP_COUNT);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = BUF_EMPTY;
        if (!site_canonical(site, str_from(cases[i][0]), &out))
            fail_msg("%s leads nowhere", cases[i][0]);
        assert_str(buf_str(&out), str_from(cases[i][1]));
        assert_str(site_family(buf_str(&out)), site_family(str_from(cases[i][0])));
        buf_finish(&out);
    }
    site_unref(site);
}

static void all_spellings_of_a_page_are_one_family(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"/x", "/x"},
        {"/x/", "/x"},
        {"/x.html", "/x"},
        {"/x.md", "/x"},
        {"/x/index", "/x"},
        {"/x/index.html", "/x"},
        {"/x/index.md/", "/x"},
        {"/x/y", "/x/y"},
        {"/", "/"},
        {"/index.html", "/"},
        {"/index", "/"},
        {"//", "/"},
        {"", "/"},
        {"/indexes", "/indexes"},
        {"/a.pdf", "/a.pdf"},
        {"/html", "/html"},
        {"/x.htm", "/x.htm"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(site_family(str_from(cases[i][0])), str_from(cases[i][1]));
}

static void nobody_is_sent_to_what_is_not_there_or_in_a_circle(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "/x.html",     "/x/",         "/404.html",        "/404/",        "",    "*",
        "/style.css/", "/style.html", "/index.html.html", "//index.html", "/",   "/both",
        "/both/",      "//",          "/indexes",         "/voglio.html", "/md", "x.html",
    };
    struct site *site = make_site(shop, SHOP_COUNT);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = BUF_EMPTY;
        buf_append(&out, STR("kept"));
        if (site_canonical(site, str_from(cases[i]), &out)) {
            struct str to = str_skip(buf_str(&out), 4);
            if (!site_find(site, to) || str_eq(to, str_from(cases[i])))
                fail_msg("%s leads to %.*s", cases[i], STR_ARG(to));
        } else {
            assert_str(buf_str(&out), STR("kept"));
        }
        buf_finish(&out);
    }
    site_unref(site);
}

static void the_authors_404_answers_for_what_is_not_there(void **state)
{
    (void)state;
    struct site *site = make_site(shop, SHOP_COUNT);
    assert_non_null(site_not_found(site));
    assert_str(site_not_found(site)->path, STR("/404"));
    site_unref(site);
}

static void an_empty_site_finds_nothing(void **state)
{
    (void)state;
    struct site *site = make_site(NULL, 0);
    struct buf out = BUF_EMPTY;
    size_t count;
    assert_null(site_find(site, STR("/")));
    assert_null(site_not_found(site));
    assert_false(site_canonical(site, STR("/index.html"), &out));
    (void)site_resources(site, &count);
    assert_int_equal(count, 0);
    buf_finish(&out);
    site_unref(site);
}

static void two_files_for_one_address_are_both_told_and_neither_is_served(void **state)
{
    (void)state;
    struct resource *resources[] = {
        make("/x", "x.md", RESOURCE_PAGE), make("/a", "a.md", RESOURCE_PAGE),
        make("/x", "x.html", RESOURCE_PAGE), make("/404", "404.md", RESOURCE_PAGE),
        make("/404", "404.html", RESOURCE_PAGE)};
    struct diags diags = {0};
    struct site *site;
    struct buf words = BUF_EMPTY;
    assert_int_equal(site_create(&site, resources, 5, &diags), 0);
    assert_null(site_find(site, STR("/x")));
    assert_null(site_not_found(site));
    assert_non_null(site_find(site, STR("/a")));
    assert_int_equal(diags.errors, 4);
    for (size_t i = 0; i < diags.count; i++) {
        diag_format(&diags.items[i], &words);
        buf_append_char(&words, '\n');
    }
    assert_contains(buf_str(&words), STR("x.html: error: url: /x is also the address of x.md"));
    assert_contains(buf_str(&words), STR("x.md: error: url: /x is also the address of x.html"));
    buf_finish(&words);
    diags_finish(&diags);
    for (size_t i = 0; i < 5; i++)
        resource_unref(resources[i]);
    site_unref(site);
}

static void resources_are_listed_in_order_of_path(void **state)
{
    (void)state;
    size_t count;
    struct site *site = make_site(shop, SHOP_COUNT);
    struct resource *const *list = site_resources(site, &count);
    assert_int_equal(count, SHOP_COUNT);
    for (size_t i = 1; i < count; i++)
        assert_true(str_cmp(list[i - 1]->path, list[i]->path) < 0);
    site_unref(site);
}

static void *look_around(void *argument)
{
    struct site *site = argument;
    for (int i = 0; i < 1000; i++) {
        site_unref(site_ref(site));
        assert_non_null(site_find(site, STR("/")));
    }
    site_unref(site);
    return NULL;
}

static void threads_look_around_in_one_site_while_others_let_it_go(void **state)
{
    (void)state;
    pthread_t threads[2];
    struct site *site = make_site(shop, SHOP_COUNT);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, look_around, site_ref(site)), 0);
    site_unref(site);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    site_unref(NULL);
}

static int set_up(void **state)
{
    (void)state;
    return hash_init();
}

static struct resource *make_alias(const char *path, const char *file)
{
    struct resource *resource;
    struct resource_options options = {
        .kind = RESOURCE_REDIRECT,
        .status = 308,
        .path = str_from(path),
        .file = str_from(file),
        .location = STR("/scarpe"),
    };
    assert_int_equal(resource_create(&resource, &options, str_from("")), 0);
    return resource;
}

static struct resource *make_scheduled(const char *path, const char *file)
{
    struct resource *resource;
    struct resource_options options = {
        .kind = RESOURCE_DRAFT,
        .scheduled = true,
        .path = str_from(path),
        .file = str_from(file),
        .content_type = STR("text/plain"),
    };
    assert_int_equal(resource_create(&resource, &options, str_from(path)), 0);
    return resource;
}

static void assert_told(const struct diag *d, enum severity severity, const char *file,
                        const char *words)
{
    assert_int_equal(d->severity, severity);
    assert_string_equal(d->file, file);
    assert_string_equal(d->words, words);
}

static void an_alias_gives_way_to_a_file_and_its_author_is_told(void **state)
{
    (void)state;
    struct site *site;
    struct diags diags = {0};
    struct resource *resources[] = {
        make_alias("/qr", "a.md"),
        make_alias("/promo", "a.md"),
        make("/promo", "promo.md", RESOURCE_PAGE),
    };
    assert_int_equal(site_create(&site, resources, 3, &diags), 0);
    for (size_t i = 0; i < 3; i++)
        resource_unref(resources[i]);

    assert_str(site_find(site, STR("/qr"))->location, STR("/scarpe"));
    assert_int_equal(site_find(site, STR("/promo"))->kind, RESOURCE_PAGE);
    assert_int_equal(diags.count, 1);
    assert_told(&diags.items[0], SEVERITY_WARNING, "a.md",
                "the alias /promo does not lead here: it is the address of promo.md");
    diags_finish(&diags);
    site_unref(site);
}

static void an_alias_of_two_leads_to_the_first_and_both_authors_are_told(void **state)
{
    (void)state;
    struct site *site;
    struct diags diags = {0};
    struct resource *resources[] = {make_alias("/qr", "b.md"), make_alias("/qr", "a.md")};
    assert_int_equal(site_create(&site, resources, 2, &diags), 0);
    for (size_t i = 0; i < 2; i++)
        resource_unref(resources[i]);

    assert_str(site_find(site, STR("/qr"))->file, STR("a.md"));
    assert_int_equal(diags.count, 2);
    assert_told(&diags.items[0], SEVERITY_WARNING, "a.md",
                "the alias /qr leads here, but b.md has it too");
    assert_told(&diags.items[1], SEVERITY_WARNING, "b.md",
                "the alias /qr does not lead here, but to a.md, which has it too");
    diags_finish(&diags);
    site_unref(site);
}

static void a_draft_is_found_by_nobody_who_does_not_ask_for_drafts(void **state)
{
    (void)state;
    struct site *site;
    struct diags diags = {0};
    struct resource *resources[] = {make("/b", "b.md", RESOURCE_DRAFT),
                                    make("/a", "a.md", RESOURCE_PAGE),
                                    make("/a", "a.html", RESOURCE_DRAFT)};
    struct buf target = BUF_EMPTY;
    size_t count;
    assert_int_equal(site_create(&site, resources, 3, &diags), 0);
    assert_null(site_find(site, STR("/b")));
    assert_false(site_canonical(site, STR("/b/"), &target));
    assert_str(site_find(site, STR("/a"))->file, STR("a.md"));
    assert_str(site_find_draft(site, STR("/b"))->file, STR("b.md"));
    assert_str(site_find_draft(site, STR("/a"))->file, STR("a.html"));
    assert_null(site_find_draft(site, STR("/c")));
    (void)site_resources(site, &count);
    assert_int_equal(count, 1);
    for (size_t i = 0; i < 3; i++)
        resource_unref(resources[i]);
    diags_finish(&diags);
    site_unref(site);
    buf_finish(&target);
}

#define ONCE_ITS_TIME_HAS_COME                                                  \
    ": once the time of this page has come, neither is published until one of " \
    "them is renamed or removed"
#define ONCE_IT_IS_NO_DRAFT                                                        \
    ": once this is no draft any more, neither is published until one of them is " \
    "renamed or removed"

/* What has expired has its address all the same. */
static void who_will_want_an_address_that_is_taken_is_told_before(void **state)
{
    (void)state;
    struct site *site;
    struct diags diags = {0};
    struct resource *resources[] = {
        make("/a", "a.html", RESOURCE_GONE),
        make_scheduled("/a", "a.md"),
        make("/b", "b.md", RESOURCE_DRAFT),
        make("/b", "b.html", RESOURCE_PAGE),
        make_scheduled("/c", "c.md"),
        make_scheduled("/c", "c.html"),
        make_scheduled("/d", "d.md"),
        make("/d", "d.html", RESOURCE_DRAFT),
        make("/404", "404.html", RESOURCE_PAGE),
        make_scheduled("/404", "404.md"),
        make_scheduled("/e", "e.md"),
        make("/f", "f.md", RESOURCE_DRAFT),
    };
    static const struct {
        enum severity severity;
        const char *file;
        const char *words;
    } said[] = {
        {SEVERITY_ERROR, "404.md", "/404 is also the address of 404.html" ONCE_ITS_TIME_HAS_COME},
        {SEVERITY_ERROR, "a.md", "/a is also the address of a.html" ONCE_ITS_TIME_HAS_COME},
        {SEVERITY_WARNING, "b.md", "/b is also the address of b.html" ONCE_IT_IS_NO_DRAFT},
        {SEVERITY_ERROR, "c.html", "/c is also the address of c.md" ONCE_ITS_TIME_HAS_COME},
        {SEVERITY_ERROR, "c.md", "/c is also the address of c.html" ONCE_ITS_TIME_HAS_COME},
        {SEVERITY_WARNING, "d.html", "/d is also the address of d.md" ONCE_IT_IS_NO_DRAFT},
    };
    enum { COUNT = sizeof resources / sizeof *resources, SAID = sizeof said / sizeof *said };
    assert_int_equal(site_create(&site, resources, COUNT, &diags), 0);
    for (size_t i = 0; i < COUNT; i++)
        resource_unref(resources[i]);

    assert_int_equal(diags.count, SAID);
    for (size_t i = 0; i < SAID; i++) {
        assert_string_equal(diags.items[i].rule, "url");
        assert_told(&diags.items[i], said[i].severity, said[i].file, said[i].words);
    }
    assert_str(site_find(site, STR("/a"))->file, STR("a.html"));
    assert_str(site_find_draft(site, STR("/d"))->file, STR("d.md"));
    diags_finish(&diags);
    site_unref(site);
}

static void an_alias_that_will_be_a_pages_address_is_told_before(void **state)
{
    (void)state;
    struct site *site;
    struct diags diags = {0};
    struct resource *resources[] = {make_alias("/promo", "a.md"),
                                    make_scheduled("/promo", "promo.md")};
    assert_int_equal(site_create(&site, resources, 2, &diags), 0);
    for (size_t i = 0; i < 2; i++)
        resource_unref(resources[i]);

    assert_int_equal(diags.count, 1);
    assert_told(
        &diags.items[0], SEVERITY_WARNING, "a.md",
        "the alias /promo leads here only until promo.md is published: it is that page's address");
    diags_finish(&diags);
    site_unref(site);
}

TEST_MAIN_WITH(set_up, NULL,
               cmocka_unit_test(a_draft_is_found_by_nobody_who_does_not_ask_for_drafts),
               cmocka_unit_test(an_alias_of_two_leads_to_the_first_and_both_authors_are_told),
               cmocka_unit_test(an_alias_gives_way_to_a_file_and_its_author_is_told),
               cmocka_unit_test(an_alias_that_will_be_a_pages_address_is_told_before),
               cmocka_unit_test(who_will_want_an_address_that_is_taken_is_told_before),
               cmocka_unit_test(every_page_is_found_and_nothing_else),
               cmocka_unit_test(ten_thousand_pages_are_all_found),
               cmocka_unit_test(a_wrong_spelling_leads_to_the_one_true_address),
               cmocka_unit_test(all_spellings_of_a_page_are_one_family),
               cmocka_unit_test(nobody_is_sent_to_what_is_not_there_or_in_a_circle),
               cmocka_unit_test(the_authors_404_answers_for_what_is_not_there),
               cmocka_unit_test(an_empty_site_finds_nothing),
               cmocka_unit_test(two_files_for_one_address_are_both_told_and_neither_is_served),
               cmocka_unit_test(resources_are_listed_in_order_of_path),
               cmocka_unit_test(threads_look_around_in_one_site_while_others_let_it_go))

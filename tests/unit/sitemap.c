/* sitemap.xml and robots.txt: what search engines are told, and when nothing is. */
#include "support/test.h"

#include "site/sitemap.h"

enum { RESOURCES_MAX = 8 };

struct fixture {
    struct resource *resources[RESOURCES_MAX];
    size_t count;
    struct sitemap sitemap;
};

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct fixture));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < f->count; i++)
        resource_unref(f->resources[i]);
    sitemap_finish(&f->sitemap);
    free(f);
    return 0;
}

static void put(struct fixture *f, enum resource_kind kind, const char *path)
{
    const struct resource_options options = {
        .kind = kind,
        .status = kind == RESOURCE_REDIRECT ? 308 : 0,
        .path = str_from(path),
        .file = STR("x.md"),
        .location = STR("/x"),
        .content_type = STR("text/html; charset=utf-8"),
        .tier = TIER_QUICK,
    };
    struct str body = kind == RESOURCE_REDIRECT ? str_make(NULL, 0) : STR("x");
    assert_int_equal(resource_create(&f->resources[f->count], &options, body), 0);
    f->count++;
}

static void make(struct fixture *f, const char *url)
{
    assert_int_equal(sitemap_make(&f->sitemap, str_from(url), f->resources, f->count, f->count), 0);
}

static struct str body_of(const struct resource *resource)
{
    assert_non_null(resource);
    return resource->representations[CODING_IDENTITY].body;
}

static void only_what_is_public_is_listed(void **state)
{
    struct fixture *f = *state;
    put(f, RESOURCE_PAGE, "/");
    put(f, RESOURCE_PAGE, "/404");
    put(f, RESOURCE_DRAFT, "/bozza");
    put(f, RESOURCE_GONE, "/finita");
    put(f, RESOURCE_ASSET, "/logo.svg");
    put(f, RESOURCE_PAGE, "/scarpe");
    put(f, RESOURCE_REDIRECT, "/vecchia");
    make(f, "https://www.example.it");
    assert_str(body_of(f->sitemap.pages),
               STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
                   "<url><loc>https://www.example.it/</loc></url>\n"
                   "<url><loc>https://www.example.it/scarpe</loc></url>\n"
                   "</urlset>\n"));
    assert_contains(body_of(f->sitemap.robots),
                    STR("\nSitemap: https://www.example.it/sitemap.xml\n"));
}

static void odd_names_stay_well_formed(void **state)
{
    struct fixture *f = *state;
    put(f, RESOURCE_PAGE, "/caffè & tè");
    make(f, "https://www.example.it");
    assert_contains(body_of(f->sitemap.pages),
                    STR("<loc>https://www.example.it/caff%C3%A8%20&amp;%20t%C3%A8</loc>"));
}

static void the_authors_own_files_are_left_alone(void **state)
{
    struct fixture *f = *state;
    put(f, RESOURCE_PAGE, "/");
    put(f, RESOURCE_ASSET, "/robots.txt");
    make(f, "https://www.example.it");
    assert_null(f->sitemap.robots);
    assert_non_null(f->sitemap.pages);

    put(f, RESOURCE_ASSET, "/sitemap.xml");
    make(f, "https://www.example.it");
    assert_null(f->sitemap.pages);
}

/* As a page and a file are that were taken down. */
static void what_may_not_be_listed_keeps_its_place(void **state)
{
    struct fixture *f = *state;
    put(f, RESOURCE_PAGE, "/");
    put(f, RESOURCE_PAGE, "/x");
    put(f, RESOURCE_ASSET, "/robots.txt");
    assert_int_equal(
        sitemap_make(&f->sitemap, STR("https://www.example.it"), f->resources, f->count, 1), 0);
    assert_null(f->sitemap.robots);
    assert_false(str_contains(body_of(f->sitemap.pages), STR("/x")));
}

static void a_site_without_an_address_has_neither(void **state)
{
    struct fixture *f = *state;
    put(f, RESOURCE_PAGE, "/");
    make(f, "https://www.example.it");
    make(f, "");
    assert_null(f->sitemap.pages);
    assert_null(f->sitemap.robots);
}

/* Compressing the map of a large site would keep each changed page waiting. */
static void the_same_pages_have_the_same_map(void **state)
{
    struct fixture *f = *state;
    put(f, RESOURCE_PAGE, "/");
    make(f, "https://www.example.it");
    const struct resource *before = f->sitemap.pages;
    make(f, "https://www.example.it");
    assert_ptr_equal(f->sitemap.pages, before);

    put(f, RESOURCE_PAGE, "/nuova");
    make(f, "https://www.example.it");
    assert_contains(body_of(f->sitemap.pages), STR("/nuova</loc>"));
}

#define SITEMAP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

TEST_MAIN(SITEMAP_TEST(only_what_is_public_is_listed), SITEMAP_TEST(odd_names_stay_well_formed),
          SITEMAP_TEST(the_authors_own_files_are_left_alone),
          SITEMAP_TEST(what_may_not_be_listed_keeps_its_place),
          SITEMAP_TEST(a_site_without_an_address_has_neither),
          SITEMAP_TEST(the_same_pages_have_the_same_map))

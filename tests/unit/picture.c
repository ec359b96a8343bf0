/* Images on pages: found by the paths that authors write, and laid out before they come. */
#include "site/page.h"

#include "base/err.h"
#include "support/test.h"

#include <stdio.h>

#define HEAD "---\ntitle: T\ndescription: D\ngoal: letto\n"

static char photo[2000] = "GIF89a\x40\x01\xC8";

struct fixture {
    struct settings *settings;
    struct site *assets;
    struct diags diags;
    struct compiled compiled;
};

static struct resource *asset(const char *path, struct str bytes)
{
    struct resource *resource;
    const struct resource_options options = {
        .kind = RESOURCE_ASSET,
        .path = str_from(path),
        .file = str_from(path + 1),
        .content_type = STR("image/gif"),
    };
    assert_int_equal(resource_create(&resource, &options, bytes), 0);
    return resource;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    struct resource *resources[] = {
        asset("/x/foto.gif", str_make(photo, sizeof photo)),
        asset("/logo.svg", STR("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='8'/>")),
        asset("/x/caff\xC3\xA8 #1.gif", str_make(photo, sizeof photo)),
        asset("/x/sconto-50%.gif", str_make(photo, sizeof photo)),
    };
    assert_int_equal(settings_create(&f->settings, STR("url: https://www.example.it\n"), &f->diags),
                     0);
    assert_int_equal(site_create(&f->assets, resources, 4, &f->diags), 0);
    for (size_t i = 0; i < 4; i++)
        resource_unref(resources[i]);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    compiled_finish(&f->compiled);
    settings_destroy(f->settings);
    site_unref(f->assets);
    diags_finish(&f->diags);
    free(f);
    return 0;
}

static int compile(struct fixture *f, const char *text)
{
    const struct page_input input = {
        .file = STR("x/a.md"),
        .url = STR("/x/a"),
        .source = {SOURCE_MARKDOWN, "text/html; charset=utf-8", true},
        .bytes = str_from(text),
        .settings = f->settings,
        .assets = f->assets,
    };
    compiled_finish(&f->compiled);
    return page_compile(&f->compiled, &input, TIER_QUICK, &f->diags);
}

static struct str body(struct fixture *f, const char *text)
{
    assert_int_equal(compile(f, text), 0);
    return f->compiled.resource->representations[CODING_IDENTITY].body;
}

/* "/x/foto.gif?v=<hash>" as it must stand in a page. */
static const char *pinned(struct fixture *f, const char *path, const char *encoded)
{
    static char text[128];
    (void)snprintf(text, sizeof text, "src=\"%s?v=%s\"", encoded,
                   site_find(f->assets, str_from(path))->version);
    return text;
}

static void the_pages_own_image_is_fetched_first_and_has_its_size(void **state)
{
    struct fixture *f = *state;
    struct str html =
        body(f, HEAD "image: foto.gif\nimage_alt: Una \"Vento\"\ncredit: Anna\n---\nT\n");
    assert_contains(html, str_from(pinned(f, "/x/foto.gif", "/x/foto.gif")));
    assert_contains(html, STR(" width=\"320\" height=\"200\" fetchpriority=\"high\" "
                              "alt=\"Una &quot;Vento&quot;\">"));
    assert_contains(html, STR("<figcaption>Foto: Anna</figcaption>"));
    assert_contains(html, STR("<meta property=\"og:image\" "
                              "content=\"https://www.example.it/x/foto.gif?v="));
    assert_contains(html, STR("<meta property=\"og:image:width\" content=\"320\">"));
    assert_contains(html, STR("content=\"summary_large_image\""));
    assert_int_equal(f->diags.count, 0);
}

static void images_are_found_by_every_path_that_leads_to_them(void **state)
{
    struct fixture *f = *state;
    static const char *const paths[] = {"foto.gif",      "./foto.gif",        "/x/foto.gif",
                                        "../x/foto.gif", "../../x//foto.gif", "foto.gif?v=alt#x"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char page[256];
        (void)snprintf(page, sizeof page, HEAD "---\n![alt](%s)\n", paths[i]);
        print_message("%s\n", paths[i]);
        assert_contains(body(f, page), str_from(pinned(f, "/x/foto.gif", "/x/foto.gif")));
        assert_str(buf_str(&f->compiled.assets), STR("/x/foto.gif\n"));
    }
    assert_contains(body(f, HEAD "---\n![alt](<caff\xC3\xA8 %231.gif>)\n"),
                    str_from(pinned(f, "/x/caff\xC3\xA8 #1.gif", "/x/caff%C3%A8%20%231.gif")));
    assert_contains(body(f, HEAD "image: sconto-50%.gif\nimage_alt: a\n---\nT\n"),
                    str_from(pinned(f, "/x/sconto-50%.gif", "/x/sconto-50%25.gif")));
    assert_contains(body(f, HEAD "image: sconto-50%25.gif\nimage_alt: a\n---\nT\n"),
                    str_from(pinned(f, "/x/sconto-50%.gif", "/x/sconto-50%25.gif")));
    assert_int_equal(f->diags.count, 0);
}

static void only_what_is_below_the_first_screen_waits(void **state)
{
    struct fixture *f = *state;
    struct str html = body(f, HEAD "---\n![uno](foto.gif)\n\n![due](foto.gif)\n");
    assert_contains(html, STR("alt=\"uno\" width=\"320\" height=\"200\" fetchpriority=\"high\">"));
    assert_contains(html, STR("alt=\"due\" width=\"320\" height=\"200\" loading=\"lazy\">"));
    html = body(f, HEAD "image: foto.gif\nimage_alt: a\n---\n![uno](foto.gif)\n");
    assert_contains(html, STR("alt=\"uno\" width=\"320\" height=\"200\" loading=\"lazy\">"));
}

static void what_the_author_says_of_an_image_holds(void **state)
{
    struct fixture *f = *state;
    struct str html =
        body(f, HEAD "---\n<p><IMG SRC=foto.gif width=100 alt='a \"b\"' loading=eager></p>\n");
    assert_contains(html, STR(" width=\"100\" alt=\"a &quot;b&quot;\" loading=\"eager\""));
    assert_null(memmem(html.ptr, html.len, " height=\"", 9));
}

static void a_tiny_image_is_part_of_the_page(void **state)
{
    struct fixture *f = *state;
    struct str html = body(f, HEAD "---\n![logo](/logo.svg)\n");
    assert_contains(html, STR("src=\"data:image/svg+xml,%3Csvg%20xmlns=&#39;http://www.w3.org/2000/"
                              "svg&#39;%20width=&#39;9&#39;%20height=&#39;8&#39;/%3E\""));
}

static void an_image_that_is_not_there_is_told(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(compile(f, HEAD "image: manca.gif\n---\nT\n"), ERR_INVALID);
    assert_int_equal(f->diags.errors, 1);
    assert_int_equal(f->diags.items[0].line, 5);
    assert_contains(str_from(f->diags.items[0].words), STR("there is no image 'manca.gif'"));
    diags_finish(&f->diags);

    assert_contains(body(f, HEAD "---\n![a](manca.gif) ![b](https://cdn.example/b.gif)\n"),
                    STR("src=\"manca.gif\""));
    assert_contains(str_from(f->diags.items[0].words), STR("there is no image 'manca.gif'"));
    /* Once it is there, the page is another one. */
    assert_str(buf_str(&f->compiled.assets), STR("/x/manca.gif\n"));
}

static void use_settings(struct fixture *f, const char *yaml)
{
    settings_destroy(f->settings);
    assert_int_equal(settings_create(&f->settings, str_from(yaml), &f->diags), 0);
}

static void the_sites_logo_stands_in_the_header_and_in_the_data(void **state)
{
    struct fixture *f = *state;
    use_settings(f, "url: https://www.example.it\nname: Passo & Svelto\nlogo: /x/foto.gif\n");
    struct str html = body(f, HEAD "intent: sapere\n---\nTesto.\n");
    assert_contains(html, STR("<header><a href=\"/\"><img src=\"/x/foto.gif?v="));
    assert_contains(html,
                    STR(" width=\"64\" height=\"40\" alt=\"Passo &amp; Svelto\"></a></header>"));
    assert_contains(html, STR("\"logo\":\"https://www.example.it/x/foto.gif?v="));
    assert_contains(buf_str(&f->compiled.assets), STR("/x/foto.gif\n"));
}

static void a_logo_stands_in_the_header_of_a_site_without_a_name(void **state)
{
    struct fixture *f = *state;
    use_settings(f, "logo: /x/foto.gif\n");
    assert_contains(body(f, HEAD "---\nTesto.\n"),
                    STR(" width=\"64\" height=\"40\" alt=\"Vai alla prima pagina\"></a></header>"));
    use_settings(f, "logo: manca.svg\n");
    assert_false(str_contains(body(f, HEAD "---\nTesto.\n"), STR("<header>")));
}

static void a_logo_that_is_not_there_leaves_the_name(void **state)
{
    struct fixture *f = *state;
    use_settings(f, "name: Passo Svelto\nlogo: manca.svg\n");
    assert_contains(body(f, HEAD "---\nTesto.\n"),
                    STR("<header><a href=\"/\">Passo Svelto</a></header>"));
    assert_contains(buf_str(&f->compiled.assets), STR("/manca.svg\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

TEST_MAIN(TEST(the_sites_logo_stands_in_the_header_and_in_the_data),
          TEST(a_logo_that_is_not_there_leaves_the_name),
          TEST(a_logo_stands_in_the_header_of_a_site_without_a_name),
          TEST(the_pages_own_image_is_fetched_first_and_has_its_size),
          TEST(images_are_found_by_every_path_that_leads_to_them),
          TEST(only_what_is_below_the_first_screen_waits),
          TEST(what_the_author_says_of_an_image_holds), TEST(a_tiny_image_is_part_of_the_page),
          TEST(an_image_that_is_not_there_is_told))

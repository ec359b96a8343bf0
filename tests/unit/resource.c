/* Resources: the field lines and the bytes that a visitor receives. */
#include "site/resource.h"

#include "support/test.h"

#include <pthread.h>
#include <stdio.h>

static const struct resource_options page_options = {
    .kind = RESOURCE_PAGE,
    .path = {"/voglio-comprare/scarpe", 23},
    .file = {"voglio-comprare/scarpe.md", 25},
    .content_type = {"text/html; charset=utf-8", 24},
    .compressible = true,
    .tier = TIER_QUICK,
};

static struct str page_body(void)
{
    static char body[2000];
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = "<p>scarpe per correre</p>\n"[i % 26];
    return str_make(body, sizeof body);
}

static struct resource *create(struct resource_options options, struct str body)
{
    struct resource *resource;
    assert_int_equal(resource_create(&resource, &options, body), 0);
    return resource;
}

static struct str field(struct str fields, const char *name)
{
    struct str line;
    while (str_split(&fields, '\n', &line))
        if (str_starts_with(line, str_from(name)))
            return str_trim_lines(str_skip(line, strlen(name)));
    return str_make(NULL, 0);
}

static void every_coding_says_what_it_is(void **state)
{
    (void)state;
    static const char *const codings[] = {"", "gzip", "br"};
    struct resource *resource = create(page_options, page_body());
    assert_int_equal(resource->available, 7);
    for (int c = 0; c < CODING_COUNT; c++) {
        const struct representation *r = &resource->representations[c];
        char length[32];
        (void)snprintf(length, sizeof length, "%zu", r->body.len);
        assert_str(field(r->fields, "Content-Type: "), STR("text/html; charset=utf-8"));
        assert_str(field(r->fields, "Content-Length: "), str_from(length));
        assert_str(field(r->fields, "Content-Encoding: "), str_from(codings[c]));
        assert_str(field(r->fields, "ETag: "), r->etag);
        assert_str(field(r->fields, "Vary: "), STR("Accept-Encoding"));
        assert_str(field(r->fields, "X-Content-Type-Options: "), STR("nosniff"));
        assert_true(str_ends_with(r->fields, STR("\r\n")));
    }
    assert_str(resource->representations[CODING_IDENTITY].body, page_body());
    resource_unref(resource);
}

static void a_304_carries_the_validators_and_not_the_content(void **state)
{
    (void)state;
    struct resource *resource = create(page_options, page_body());
    for (int c = 0; c < CODING_COUNT; c++) {
        const struct representation *r = &resource->representations[c];
        struct str validators = str_skip(r->fields, r->validators_at);
        assert_true(str_starts_with(validators, STR("ETag: \"")));
        assert_int_equal(field(validators, "Content-").len, 0);
        assert_str(field(validators, "Vary: "), STR("Accept-Encoding"));
    }
    resource_unref(resource);
}

static void every_coding_has_an_etag_of_its_own_that_follows_the_bytes(void **state)
{
    (void)state;
    struct resource *first = create(page_options, page_body());
    struct resource *same = create(page_options, page_body());
    struct resource *other = create(page_options, str_skip(page_body(), 1));
    for (int c = 0; c < CODING_COUNT; c++) {
        struct str etag = first->representations[c].etag;
        assert_int_equal(etag.len, 18);
        assert_true(str_starts_with(etag, STR("\"")) && str_ends_with(etag, STR("\"")));
        assert_str(same->representations[c].etag, etag);
        assert_false(str_eq(other->representations[c].etag, etag));
        assert_false(str_eq(first->representations[(c + 1) % CODING_COUNT].etag, etag));
    }
    assert_string_equal(first->version, same->version);
    assert_string_not_equal(first->version, other->version);
    resource_unref(first);
    resource_unref(same);
    resource_unref(other);
}

static void a_coding_that_saves_nothing_is_not_kept(void **state)
{
    (void)state;
    struct resource *resource = create(page_options, STR("<p>"));
    assert_int_equal(resource->available, 1U << CODING_IDENTITY);
    assert_str(field(resource->representations[CODING_IDENTITY].fields, "Vary: "),
               STR("Accept-Encoding"));
    resource_unref(resource);

    resource = create(page_options, STR(""));
    assert_int_equal(resource->available, 1U << CODING_IDENTITY);
    assert_str(field(resource->representations[CODING_IDENTITY].fields, "Content-Length: "),
               STR("0"));
    resource_unref(resource);
}

static void an_image_is_sent_as_it_is_and_does_not_vary(void **state)
{
    (void)state;
    struct resource_options options = page_options;
    options.kind = RESOURCE_ASSET;
    options.content_type = STR("image/webp");
    options.compressible = false;
    struct resource *resource = create(options, page_body());
    assert_int_equal(resource->available, 1U << CODING_IDENTITY);
    assert_int_equal(field(resource->representations[CODING_IDENTITY].fields, "Vary").len, 0);
    resource_unref(resource);
}

static void the_best_tier_replaces_the_bytes_and_keeps_the_content(void **state)
{
    (void)state;
    struct resource *quick = create(page_options, page_body());
    struct resource *best;
    assert_int_equal(resource_recompress(&best, quick, TIER_BEST), 0);
    struct str identity = quick->representations[CODING_IDENTITY].fields;
    assert_str(best->representations[CODING_IDENTITY].fields, identity);
    assert_str(best->path, page_options.path);
    assert_str(best->file, page_options.file);
    assert_string_equal(best->version, quick->version);
    assert_int_equal(best->tier, TIER_BEST);
    assert_false(str_eq(best->representations[CODING_BROTLI].etag,
                        quick->representations[CODING_BROTLI].etag));
    resource_unref(quick);
    assert_str(best->representations[CODING_IDENTITY].body, page_body());
    resource_unref(best);
}

static void the_weight_on_the_wire_is_that_of_a_real_answer(void **state)
{
    (void)state;
    struct resource *resource = create(page_options, page_body());
    const struct representation *br = &resource->representations[CODING_BROTLI];
    char head[1024];
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                     "Cache-Control: private, no-cache\r\n"
                     "Server-Timing: pv;desc=\"0123456789012345678901234567890\", "
                     "rev;desc=\"0123456789012345\"\r\n%.*s\r\n",
                     STR_ARG(br->fields));
    assert_int_equal(resource_wire_size(resource), (size_t)n + br->body.len);
    assert_true(resource_memory(resource) > 2000 + br->body.len);
    assert_true(resource_memory(resource) < 4000);
    resource_unref(resource);
}

static void *hold_and_drop(void *argument)
{
    struct resource *resource = argument;
    for (int i = 0; i < 10000; i++)
        resource_unref(resource_ref(resource));
    resource_unref(resource);
    return NULL;
}

static void threads_may_share_it_and_the_last_one_frees_it(void **state)
{
    (void)state;
    pthread_t threads[2];
    struct resource *resource = create(page_options, page_body());
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hold_and_drop, resource_ref(resource)),
                         0);
    resource_unref(resource);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    resource_unref(NULL);
}

static int set_up(void **state)
{
    (void)state;
    return hash_init();
}

static void fields_of_its_own_are_part_of_the_content_that_the_tag_stands_for(void **state)
{
    (void)state;
    struct resource_options options = page_options;
    options.more_fields = STR("Content-Security-Policy: default-src 'none'\r\n");
    struct resource *plain = create(page_options, page_body());
    struct resource *quick = create(options, page_body());
    struct resource *best;
    assert_int_equal(resource_recompress(&best, quick, TIER_BEST), 0);
    for (int c = 0; c < CODING_COUNT; c++) {
        const struct representation *r = &best->representations[c];
        assert_str(field(r->fields, "Content-Security-Policy: "), STR("default-src 'none'"));
        assert_false(str_eq(r->etag, plain->representations[c].etag));
        /* A 304 is about what the browser has, with the fields that it came with. */
        assert_int_equal(
            field(str_skip(r->fields, r->validators_at), "Content-Security-Policy: ").len, 0);
    }
    resource_unref(plain);
    resource_unref(quick);
    resource_unref(best);
}

static void a_redirect_is_a_location_without_a_body(void **state)
{
    (void)state;
    struct resource_options options = {
        .kind = RESOURCE_REDIRECT,
        .status = 307,
        .path = STR_INIT("/saldi"),
        .file = STR_INIT("saldi.md"),
        .location = STR_INIT("/novita"),
        .tier = TIER_QUICK,
    };
    struct resource *redirect = create(options, STR(""));
    struct resource *best;
    assert_int_equal(resource_recompress(&best, redirect, TIER_BEST), 0);
    assert_ptr_equal(best, redirect);
    assert_int_equal(redirect->status, 307);
    assert_str(redirect->location, STR("/novita"));
    assert_int_equal(redirect->available, 0);
    resource_unref(redirect);
    resource_unref(best);
}

TEST_MAIN_WITH(set_up, NULL,
               cmocka_unit_test(fields_of_its_own_are_part_of_the_content_that_the_tag_stands_for),
               cmocka_unit_test(a_redirect_is_a_location_without_a_body),
               cmocka_unit_test(every_coding_says_what_it_is),
               cmocka_unit_test(a_304_carries_the_validators_and_not_the_content),
               cmocka_unit_test(every_coding_has_an_etag_of_its_own_that_follows_the_bytes),
               cmocka_unit_test(a_coding_that_saves_nothing_is_not_kept),
               cmocka_unit_test(an_image_is_sent_as_it_is_and_does_not_vary),
               cmocka_unit_test(the_best_tier_replaces_the_bytes_and_keeps_the_content),
               cmocka_unit_test(the_weight_on_the_wire_is_that_of_a_real_answer),
               cmocka_unit_test(threads_may_share_it_and_the_last_one_frees_it))

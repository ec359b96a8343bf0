/* What is live: sites and takedowns from two threads, each in force at once. */
#include "server/release.h"

#include "support/test.h"

#include <pthread.h>
#include <stdatomic.h>

struct fixture {
    struct release release;
    atomic_uint given; /* sites that were given to workers */
    atomic_uint told;  /* that takedowns have changed */
};

static void on_site(void *context, struct site *site)
{
    struct fixture *f = context;
    assert_non_null(site);
    atomic_fetch_add(&f->given, 1);
}

static void on_takedowns(void *context)
{
    struct fixture *f = context;
    atomic_fetch_add(&f->told, 1);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(release_init(&f->release, on_site, f), 0);
    f->release.on_takedowns = on_takedowns;
    f->release.takedowns_context = f;
    *state = f;
    return hash_init();
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    release_finish(&f->release);
    free(f);
    return 0;
}

static struct resource *make_page(const char *path, const char *body)
{
    struct resource *page;
    const struct resource_options options = {.kind = RESOURCE_PAGE,
                                             .path = str_from(path),
                                             .file = STR("x.md"),
                                             .content_type = STR("text/html")};
    assert_int_equal(resource_create(&page, &options, str_from(body)), 0);
    return page;
}

/* Brings a site of one page, /x. */
static void bring(struct fixture *f, const char *body)
{
    struct release_counts counts = {.pages = {1}};
    struct gone_page gone = {0};
    struct diags none = {0};
    struct site *site;
    struct resource *page = make_page("/x", body);
    buf_append(&gone.html, STR("Non disponibile"));
    assert_int_equal(site_create(&site, &page, 1, &none), 0);
    resource_unref(page);
    assert_int_equal(release_base(&f->release, site, &counts, &gone), 0);
    release_counts_finish(&counts);
    gone_page_finish(&gone);
}

static struct takedowns of_one_page(const char *path)
{
    struct takedowns takedowns = {.items = calloc(1, sizeof(struct takedown)), .count = 1};
    assert_non_null(takedowns.items);
    takedowns.items[0].path = str_from(path);
    return takedowns;
}

static void put_in_force(struct fixture *f, struct takedowns takedowns)
{
    assert_int_equal(release_takedowns(&f->release, &takedowns), 0);
    takedowns_finish(&takedowns);
}

static unsigned status_of_x(struct fixture *f)
{
    struct site *site = release_site(&f->release);
    unsigned status = site_find(site, STR("/x"))->status;
    site_unref(site);
    return status;
}

static void a_takedown_holds_for_the_site_that_is_live_and_for_all_after_it(void **state)
{
    struct fixture *f = *state;
    bring(f, "Uno");
    assert_int_equal(status_of_x(f), 200);
    put_in_force(f, of_one_page("/x"));
    assert_int_equal(status_of_x(f), 410);
    bring(f, "Due");
    assert_int_equal(status_of_x(f), 410);
    put_in_force(f, (struct takedowns){0});
    assert_int_equal(status_of_x(f), 200);
    assert_int_equal(atomic_load(&f->given), 4);
    assert_int_equal(atomic_load(&f->told), 2);
}

static void a_takedown_before_the_first_site_waits_for_it(void **state)
{
    struct fixture *f = *state;
    put_in_force(f, of_one_page("/x"));
    assert_null(release_site(&f->release));
    bring(f, "Uno");
    assert_int_equal(status_of_x(f), 410);
}

static void what_is_taken_down_comes_last(void **state)
{
    struct fixture *f = *state;
    struct resource *x = make_page("/x", "Uno");
    struct resource *y = make_page("/y", "Uno");
    struct resource *z = make_page("/z", "Uno");
    struct resource *pages[] = {x, y, z};
    size_t count;
    unsigned before = release_put_public_first(&f->release, pages, 3, &count);
    assert_int_equal(count, 3);
    put_in_force(f, of_one_page("/x"));
    assert_int_not_equal(release_takedowns_version(&f->release), before);
    assert_true(release_is_taken_down(&f->release, STR("/x/")));
    assert_false(release_is_taken_down(&f->release, STR("/y")));

    assert_int_equal(release_put_public_first(&f->release, pages, 3, &count),
                     release_takedowns_version(&f->release));
    assert_int_equal(count, 2);
    assert_ptr_equal(pages[0], y);
    assert_ptr_equal(pages[1], z);
    assert_ptr_equal(pages[2], x);
    resource_unref(x);
    resource_unref(y);
    resource_unref(z);
}

static void times_are_counted_by_how_long_they_are(void **state)
{
    struct fixture *f = *state;
    release_observe(&f->release, 0.0005);
    release_observe(&f->release, publish_bounds[1]); /* bounds belong to their bucket */
    release_observe(&f->release, 1000);
    assert_int_equal(f->release.times.buckets[0], 1);
    assert_int_equal(f->release.times.buckets[1], 1);
    assert_int_equal(f->release.times.buckets[PUBLISH_BUCKETS], 1);
    assert_int_equal(f->release.times.count, 3);
}

enum { ROUNDS = 200 };

static void *bring_sites(void *argument)
{
    for (int i = 0; i < ROUNDS; i++) {
        bring(argument, i % 2 ? "Uno" : "Due");
        release_tidy(&((struct fixture *)argument)->release);
    }
    return NULL;
}

static void two_threads_bring_what_each_has_at_once(void **state)
{
    struct fixture *f = *state;
    pthread_t publisher;
    bring(f, "Zero");
    assert_int_equal(pthread_create(&publisher, NULL, bring_sites, f), 0);
    for (int i = 0; i < ROUNDS; i++) {
        put_in_force(f, of_one_page("/x"));
        assert_int_equal(status_of_x(f), 410);
        put_in_force(f, (struct takedowns){0});
        assert_int_equal(status_of_x(f), 200);
    }
    assert_int_equal(pthread_join(publisher, NULL), 0);
    assert_int_equal(atomic_load(&f->given), 1 + 3 * ROUNDS);
}

#define WITH_RELEASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

TEST_MAIN(WITH_RELEASE(a_takedown_holds_for_the_site_that_is_live_and_for_all_after_it),
          WITH_RELEASE(a_takedown_before_the_first_site_waits_for_it),
          WITH_RELEASE(what_is_taken_down_comes_last),
          WITH_RELEASE(times_are_counted_by_how_long_they_are),
          WITH_RELEASE(two_threads_bring_what_each_has_at_once))

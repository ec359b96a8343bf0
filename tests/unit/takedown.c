/* The files of takedowns, and the site that they make of another. */
#include "server/takedown.h"

#include "base/err.h"
#include "support/files.h"
#include "support/test.h"

#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>

static int set_up(void **state)
{
    *state = files_make_folder();
    return hash_init();
}

static int tear_down(void **state)
{
    files_remove(*state);
    return 0;
}

static void take_down(const char *data, const char *path, const char *then)
{
    const struct takedown takedown = {.path = str_from(path),
                                      .then = str_from(then),
                                      .reason = STR("Per \"prova\"\n\\ e basta"),
                                      .since = STR("2026-11-22T00:00:00Z")};
    assert_int_equal(takedown_write(data, &takedown), 0);
}

static struct takedowns read_all(const char *data)
{
    struct takedowns takedowns;
    struct diags diags = {0};
    assert_int_equal(takedowns_read(&takedowns, data, &diags), 0);
    for (size_t i = 0; i < diags.count; i++)
        fail_msg("%s: %s", diags.items[i].file, diags.items[i].words);
    diags_finish(&diags);
    return takedowns;
}

static void what_is_written_is_read_whatever_its_words(void **state)
{
    const char *data = *state;
    take_down(data, "/b", "");
    take_down(data, "/caf\xC3\xA9 e t\xC3\xA8", "/scuse?a=b#c");
    take_down(data, "/b", "/altro"); /* in place of the first */

    struct takedowns all = read_all(data);
    assert_int_equal(all.count, 2);
    const struct takedown *found = takedowns_find(&all, STR("/caf\xC3\xA9 e t\xC3\xA8"));
    assert_non_null(found);
    assert_str(found->then, STR("/scuse?a=b#c"));
    assert_str(found->reason, STR("Per \"prova\"\n\\ e basta"));
    assert_str(takedowns_find(&all, STR("/b"))->then, STR("/altro"));
    assert_null(takedowns_find(&all, STR("/c")));
    takedowns_finish(&all);
}

/* Whoever is root and has a strict umask must not keep it from the server's user. */
static void a_takedown_can_be_read_whatever_the_umask_of_who_wrote_it(void **state)
{
    const char *data = *state;
    char path[4200];
    glob_t found = {0};
    struct stat st;
    mode_t before = umask(077);
    take_down(data, "/b", "");
    (void)umask(before);
    (void)snprintf(path, sizeof path, "%s/takedowns/*.yaml", data);
    assert_int_equal(glob(path, 0, NULL, &found), 0);
    assert_int_equal(stat(found.gl_pathv[0], &st), 0);
    assert_int_equal(st.st_mode & 07777, 0644);
    globfree(&found);
    (void)snprintf(path, sizeof path, "%s/takedowns", data);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0755);
}

static void a_takedown_that_is_ended_is_gone(void **state)
{
    const char *data = *state;
    take_down(data, "/b", "");
    assert_int_equal(takedown_remove(data, STR("/a")), ERR_NOT_FOUND);
    assert_int_equal(takedown_remove(data, STR("/b")), 0);
    assert_int_equal(takedown_remove(data, STR("/b")), ERR_NOT_FOUND);
    struct takedowns all = read_all(data);
    assert_int_equal(all.count, 0);
    takedowns_finish(&all);
}

static void what_cannot_be_understood_is_told_and_harms_no_other(void **state)
{
    const char *data = *state;
    struct takedowns all;
    struct diags diags = {0};
    take_down(data, "/b", "");
    files_write(data, "takedowns/half.yaml", STR("page: [\n"));
    files_write(data, "takedowns/none.yaml", STR("reason: Manca la pagina\n"));
    files_write(data, "takedowns/.being-written.yaml", STR("page: \"/c"));
    files_write(data, "takedowns/readme.txt", STR("page: /d\n"));

    assert_int_equal(takedowns_read(&all, data, &diags), 0);
    assert_int_equal(all.count, 1);
    assert_str(all.items[0].path, STR("/b"));
    assert_int_equal(diags.errors, 2);
    takedowns_finish(&all);
    diags_finish(&diags);
}

static void a_folder_that_is_not_there_holds_none(void **state)
{
    const char *data = *state;
    char absent[512];
    const struct takedown takedown = {.path = STR("/b"), .reason = STR("x")};
    (void)snprintf(absent, sizeof absent, "%s/absent", data);
    assert_int_equal(takedown_write(absent, &takedown), ERR_NOT_FOUND);
    struct takedowns all = read_all(absent);
    assert_int_equal(all.count, 0);
    takedowns_finish(&all);
}

/* --- in force */

static struct site *make_site(void)
{
    static const struct {
        const char *path;
        enum resource_kind kind;
    } pages[] = {{"/a", RESOURCE_PAGE}, {"/b", RESOURCE_PAGE}, {"/d", RESOURCE_DRAFT}};
    struct resource *resources[3];
    struct diags none = {0};
    struct site *site;
    for (size_t i = 0; i < 3; i++) {
        const struct resource_options options = {.kind = pages[i].kind,
                                                 .path = str_from(pages[i].path),
                                                 .file = STR("x.md"),
                                                 .content_type = STR("text/html")};
        assert_int_equal(resource_create(&resources[i], &options, STR("La pagina")), 0);
    }
    assert_int_equal(site_create(&site, resources, 3, &none), 0);
    for (size_t i = 0; i < 3; i++)
        resource_unref(resources[i]);
    return site;
}

static struct gone_page make_gone(const char *html)
{
    struct gone_page gone = {0};
    buf_append(&gone.html, str_from(html));
    buf_append(&gone.fields, STR("X-Policy: 1\r\n"));
    return gone;
}

static int prepare(struct takedowns *takedowns, const struct gone_page *gone, bool anew)
{
    const struct takedowns_place place = {.gone = gone, .anew = anew};
    return takedowns_prepare(takedowns, &place);
}

static void pages_that_are_taken_down_are_replaced_and_no_others(void **state)
{
    const char *data = *state;
    struct site *base = make_site();
    struct site *site;
    struct gone_page gone = make_gone("Non c'e' piu'");
    take_down(data, "/b", "");
    take_down(data, "/d", "/a");
    take_down(data, "/mai-stata", "");
    struct takedowns all = read_all(data);

    assert_int_equal(prepare(&all, &gone, false), 0);
    assert_int_equal(takedowns_apply(&site, base, &all), 0);
    const struct resource *b = site_find(site, STR("/b"));
    assert_int_equal(b->status, 410);
    assert_str(b->representations[CODING_IDENTITY].body, STR("Non c'e' piu'"));
    assert_contains(b->representations[CODING_IDENTITY].fields, STR("X-Policy: 1\r\n"));
    assert_int_equal(site_find(site, STR("/a"))->status, 200);
    assert_int_equal(site_find(site, STR("/mai-stata"))->status, 410);
    assert_int_equal(site_find(site, STR("/d"))->status, 307);
    assert_null(site_find_draft(site, STR("/d")));
    assert_int_equal(site_find(base, STR("/b"))->status, 200); /* which nobody has touched */

    site_unref(site);
    site_unref(base);
    takedowns_finish(&all);
    gone_page_finish(&gone);
}

static void a_new_look_is_taken_over_when_it_is_asked_for(void **state)
{
    const char *data = *state;
    struct gone_page first = make_gone("Prima");
    struct gone_page second = make_gone("Seconda");
    take_down(data, "/b", "");
    struct takedowns all = read_all(data);
    assert_int_equal(prepare(&all, &first, false), 0);
    const struct resource *made = all.items[0].replacement;
    assert_int_equal(prepare(&all, &second, false), 0);
    assert_ptr_equal(all.items[0].replacement, made); /* nothing is compressed twice */
    assert_int_equal(prepare(&all, &second, true), 0);
    assert_str(all.items[0].replacement->representations[CODING_IDENTITY].body, STR("Seconda"));
    takedowns_finish(&all);
    gone_page_finish(&first);
    gone_page_finish(&second);
}

static void what_stands_in_a_place_is_taken_over_where_it_is_the_same(void **state)
{
    const char *data = *state;
    struct gone_page gone = make_gone("Ritirata");
    take_down(data, "/b", "");
    take_down(data, "/c", "");
    struct takedowns before = read_all(data);
    assert_int_equal(prepare(&before, &gone, false), 0);
    take_down(data, "/c", "/altrove");
    take_down(data, "/d", "");

    struct takedowns now = read_all(data);
    takedowns_inherit(&now, &before);
    assert_ptr_equal(takedowns_find(&now, STR("/b"))->replacement,
                     takedowns_find(&before, STR("/b"))->replacement);
    assert_int_equal(prepare(&now, &gone, false), 0);
    assert_int_equal(takedowns_find(&now, STR("/c"))->replacement->status, 307);
    assert_int_equal(takedowns_find(&now, STR("/d"))->replacement->status, 410);

    takedowns_finish(&before);
    takedowns_finish(&now);
    gone_page_finish(&gone);
}

static unsigned status_at(const struct site *site, const char *path)
{
    const struct resource *found = site_find(site, str_from(path));
    return found ? found->status : 404;
}

static void a_page_is_taken_down_by_whatever_spelling_leads_to_it(void **state)
{
    const char *data = *state;
    struct site *base = make_site();
    struct site *site;
    struct gone_page gone = make_gone("Non c'e' piu'");
    const struct takedowns_place place = {.base = base, .gone = &gone};
    take_down(data, "/a/", "");
    take_down(data, "/b", "");
    take_down(data, "/b.html", "/altrove"); /* the page's own one counts */
    take_down(data, "/d/", "");
    struct takedowns all = read_all(data);

    assert_int_equal(prepare(&all, &gone, false), 0); /* before anybody knows where pages are */
    assert_int_equal(takedowns_prepare(&all, &place), 1);
    assert_int_equal(takedowns_prepare(&all, &place), 0);
    assert_int_equal(takedowns_apply(&site, base, &all), 0);

    assert_int_equal(status_at(site, "/a"), 410);
    assert_int_equal(status_at(site, "/a/"), 404); /* from where it leads to /a */
    assert_int_equal(status_at(site, "/b"), 410);
    assert_true(takedowns_cover(&all, STR("/a")));
    assert_false(takedowns_cover(&all, STR("/a/")));
    assert_non_null(site_find_draft(site, STR("/d"))); /* no page yet: it has its turn then */
    site_unref(site);
    site_unref(base);
    takedowns_finish(&all);
    gone_page_finish(&gone);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

TEST_MAIN(WITH_FOLDER(what_is_written_is_read_whatever_its_words),
          WITH_FOLDER(a_takedown_can_be_read_whatever_the_umask_of_who_wrote_it),
          WITH_FOLDER(a_takedown_that_is_ended_is_gone),
          WITH_FOLDER(what_cannot_be_understood_is_told_and_harms_no_other),
          WITH_FOLDER(a_folder_that_is_not_there_holds_none),
          WITH_FOLDER(pages_that_are_taken_down_are_replaced_and_no_others),
          WITH_FOLDER(a_page_is_taken_down_by_whatever_spelling_leads_to_it),
          WITH_FOLDER(a_new_look_is_taken_over_when_it_is_asked_for),
          WITH_FOLDER(what_stands_in_a_place_is_taken_over_where_it_is_the_same))

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

/* As from a terminal in Latin-1, or pasted out of a whole conversation. */
static void no_reason_keeps_a_page_from_being_taken_down(void **state)
{
    const char *data = *state;
    static char endless[80 * 1024];
    const struct str reasons[] = {
        STR("\xE8 sbagliato"),
        STR("x\xC2\x80"),
        STR("x\xC2\x85y\xE2\x80\xA8z"),
        STR("\xEF\xBF\xBF"),
        str_make(endless, sizeof endless),
    };
    for (size_t i = 0; i < sizeof endless; i++)
        endless[i] = "x\xC3\xA8"[i % 3];
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        const struct takedown takedown = {.path = STR("/b"), .reason = reasons[i]};
        assert_int_equal(takedown_write(data, &takedown), 0);
        struct takedowns all = read_all(data);
        assert_non_null(takedowns_find(&all, STR("/b")));
        assert_true(str_is_utf8(all.items[0].reason));
        assert_in_range(all.items[0].reason.len, 3, 5000);
        takedowns_finish(&all);
        assert_int_equal(takedown_remove(data, STR("/b")), 0);
    }
}

/* YAML takes these characters for the end of a line. */
static void a_takedown_names_its_page_whatever_its_characters(void **state)
{
    const char *data = *state;
    static const char *const paths[] = {
        "/x\xC2\x85y", "/x \xE2\x80\xA8 y", "/x\xE2\x80\xA9y", "/x\xC2\x80y",
        "/ x ",        "/\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        take_down(data, paths[i], "");
    struct takedowns all = read_all(data);
    assert_int_equal(all.count, sizeof paths / sizeof *paths);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_non_null(takedowns_find(&all, str_from(paths[i])));
    takedowns_finish(&all);
}

/* Whoever is told that it is done looks away. */
static void what_could_not_be_read_again_is_not_said_to_be_done(void **state)
{
    const char *data = *state;
    static char endless[80 * 1024];
    memset(endless, 'x', sizeof endless);
    endless[0] = '/';
    const struct str paths[] = {str_make(endless, sizeof endless), STR("/b\xE8"), STR("b")};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const struct takedown takedown = {.path = paths[i], .reason = STR("x")};
        assert_int_equal(takedown_write(data, &takedown), ERR_INVALID);
    }
    const struct takedown leads_astray = {
        .path = STR("/b"), .then = STR("/b\xE8"), .reason = STR("x")};
    assert_int_equal(takedown_write(data, &leads_astray), ERR_INVALID);
    struct takedowns all = read_all(data);
    assert_int_equal(all.count, 0);
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

struct spot {
    const char *path;
    enum resource_kind kind;
};

static struct site *make_site_of(const struct spot *places, size_t count)
{
    struct resource *resources[8] = {0};
    struct diags none = {0};
    struct site *site;
    for (size_t i = 0; i < count; i++) {
        bool alias = places[i].kind == RESOURCE_REDIRECT;
        const struct resource_options options = {.kind = places[i].kind,
                                                 .status = alias ? 308 : 0,
                                                 .path = str_from(places[i].path),
                                                 .location = alias ? STR("/a") : STR(""),
                                                 .file = STR("x.md"),
                                                 .content_type = STR("text/html")};
        assert_int_equal(resource_create(&resources[i], &options, STR("La pagina")), 0);
    }
    assert_int_equal(site_create(&site, resources, count, &none), 0);
    for (size_t i = 0; i < count; i++)
        resource_unref(resources[i]);
    return site;
}

static struct site *make_site(void)
{
    static const struct spot places[] = {
        {"/a", RESOURCE_PAGE}, {"/b", RESOURCE_PAGE}, {"/d", RESOURCE_DRAFT}};
    return make_site_of(places, 3);
}

static struct gone_page make_gone(const char *html)
{
    struct gone_page gone = {0};
    buf_append(&gone.html, str_from(html));
    buf_append(&gone.fields, STR("X-Policy: 1\r\n"));
    return gone;
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

    assert_int_equal(takedowns_prepare(&all, &gone, false), 0);
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
    assert_int_equal(takedowns_prepare(&all, &first, false), 0);
    const struct resource *made = all.items[0].replacements[0];
    assert_int_equal(takedowns_prepare(&all, &second, false), 0);
    assert_ptr_equal(all.items[0].replacements[0], made); /* nothing is compressed twice */
    assert_int_equal(takedowns_prepare(&all, &second, true), 0);
    assert_str(all.items[0].replacements[0]->representations[CODING_IDENTITY].body, STR("Seconda"));
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
    assert_int_equal(takedowns_prepare(&before, &gone, false), 0);
    take_down(data, "/c", "/altrove");
    take_down(data, "/d", "");

    struct takedowns now = read_all(data);
    takedowns_inherit(&now, &before);
    assert_ptr_equal(takedowns_find(&now, STR("/b"))->replacements[0],
                     takedowns_find(&before, STR("/b"))->replacements[0]);
    assert_int_equal(takedowns_prepare(&now, &gone, false), 0);
    assert_int_equal(takedowns_find(&now, STR("/c"))->replacements[0]->status, 307);
    assert_int_equal(takedowns_find(&now, STR("/d"))->replacements[0]->status, 410);

    takedowns_finish(&before);
    takedowns_finish(&now);
    gone_page_finish(&gone);
}

static unsigned status_at(const struct site *site, const char *path)
{
    const struct resource *found = site_find(site, str_from(path));
    return found ? found->status : 404;
}

/* Whatever pages there are, before and after: nothing is found out that could change. */
static void a_takedown_holds_for_all_spellings_of_the_page(void **state)
{
    static const char *const spellings[] = {"/x",       "/x/",           "/x.html",
                                            "/x.md",    "/x/index.html", "/x/index.md",
                                            "/x/index", "/x/index/",     "/x.html/"};
    static const struct spot places[] = {{"/x", RESOURCE_PAGE},          {"/x/", RESOURCE_DRAFT},
                                         {"/x.html", RESOURCE_REDIRECT}, {"/xx", RESOURCE_PAGE},
                                         {"/x/y", RESOURCE_PAGE},        {"/", RESOURCE_PAGE}};
    const char *data = *state;
    struct site *base = make_site_of(places, 6);
    struct gone_page gone = make_gone("Non c'e' piu'");
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        struct site *site;
        struct buf leads = BUF_EMPTY;
        take_down(data, spellings[i], "");
        struct takedowns all = read_all(data);
        assert_int_equal(takedowns_prepare(&all, &gone, false), 0);
        assert_int_equal(takedowns_apply(&site, base, &all), 0);
        assert_int_equal(status_at(site, "/x"), 410);
        assert_int_equal(status_at(site, "/x/"), 410);
        assert_null(site_find_draft(site, STR("/x/")));
        assert_int_equal(status_at(site, "/x.html"), 404); /* an alias no more: it leads to /x */
        assert_true(site_canonical(site, STR("/x.html"), &leads));
        assert_str(buf_str(&leads), STR("/x"));
        assert_int_equal(status_at(site, "/xx"), 200);
        assert_int_equal(status_at(site, "/x/y"), 200);
        assert_int_equal(status_at(site, "/"), 200);
        buf_finish(&leads);
        site_unref(site);
        takedowns_finish(&all);
    }
    site_unref(base);
    gone_page_finish(&gone);
}

static void the_home_page_is_taken_down_by_its_spellings_and_no_other(void **state)
{
    static const char *const spellings[] = {"/", "/index.html", "/index"};
    static const struct spot places[] = {{"/", RESOURCE_PAGE}, {"/a", RESOURCE_PAGE}};
    const char *data = *state;
    struct site *base = make_site_of(places, 2);
    struct gone_page gone = make_gone("Non c'e' piu'");
    for (size_t i = 0; i < 3; i++) {
        struct site *site;
        take_down(data, spellings[i], "");
        struct takedowns all = read_all(data);
        assert_int_equal(all.count, 1);
        assert_int_equal(takedowns_prepare(&all, &gone, false), 0);
        assert_int_equal(takedowns_apply(&site, base, &all), 0);
        assert_int_equal(status_at(site, "/"), 410);
        assert_int_equal(status_at(site, "/a"), 200);
        site_unref(site);
        takedowns_finish(&all);
        assert_int_equal(takedown_remove(data, STR("/")), 0);
    }
    site_unref(base);
    gone_page_finish(&gone);
}

static void one_page_has_one_takedown_the_last(void **state)
{
    static const char *const spellings[] = {"/x", "/x/", "/x.html"};
    const char *data = *state;
    for (size_t first = 0; first < 3; first++)
        for (size_t last = 0; last < 3; last++) {
            take_down(data, spellings[first], "/altrove");
            take_down(data, spellings[last], "");
            struct takedowns all = read_all(data);
            assert_int_equal(all.count, 1);
            assert_str(all.items[0].path, str_from(spellings[last]));
            assert_str(all.items[0].then, STR(""));
            takedowns_finish(&all);
        }
    assert_int_equal(takedown_remove(data, STR("/x/index.html")), 0);
    assert_int_equal(takedown_remove(data, STR("/x")), ERR_NOT_FOUND);
}

/* Files are named otherwise by whoever copies them, and were by attimo itself. */
static void files_of_one_page_count_as_one_whatever_their_names(void **state)
{
    const char *data = *state;
    take_down(data, "/z", "");
    files_write(data, "takedowns/1.yaml",
                STR("page: /x/\nthen: /prima\nreason: x\nsince: 2026-11-22T10:00:00Z\n"));
    files_write(data, "takedowns/2.yaml",
                STR("page: /x\nreason: x\nsince: 2026-11-22T12:00:00Z\n"));
    files_write(data, "takedowns/3.yaml",
                STR("page: /x.html\nthen: /poi\nreason: x\nsince: 2026-11-22T12:00:00Z\n"));
    struct takedowns all = read_all(data);
    assert_int_equal(all.count, 2);
    assert_str(takedowns_find(&all, STR("/x/index"))->path, STR("/x"));
    takedowns_finish(&all);

    take_down(data, "/x/", "/altrove"); /* older than they are, by its words, and in their place */
    all = read_all(data);
    assert_int_equal(all.count, 2);
    assert_str(takedowns_find(&all, STR("/x"))->then, STR("/altrove"));
    takedowns_finish(&all);

    files_write(data, "takedowns/1.yaml", STR("page: /x/\nreason: x\n"));
    assert_int_equal(takedown_remove(data, STR("/x")), 0);
    all = read_all(data);
    assert_int_equal(all.count, 1);
    assert_str(all.items[0].path, STR("/z"));
    takedowns_finish(&all);
}

/* Spoils every file; how many. */
static int spoil_all(const char *data)
{
    char pattern[4200];
    glob_t found = {0};
    (void)snprintf(pattern, sizeof pattern, "%s/takedowns/*.yaml", data);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    int count = (int)found.gl_pathc;
    for (int i = 0; i < count; i++)
        files_write(data, found.gl_pathv[i] + strlen(data) + 1, STR("page: [\n"));
    globfree(&found);
    return count;
}

static void one_whose_file_is_spoiled_is_kept_and_can_be_ended(void **state)
{
    const char *data = *state;
    struct takedowns now;
    struct diags diags = {0};
    take_down(data, "/x/", "");
    files_write(data, "takedowns/a.yaml", STR("page: /y/\n"));
    struct takedowns before = read_all(data);
    assert_int_equal(spoil_all(data), 2);

    assert_int_equal(takedowns_read(&now, data, &diags), 0);
    assert_int_equal(now.count, 0);
    assert_int_equal(takedowns_keep_spoiled(&now, &before, &diags), 0);
    assert_non_null(takedowns_find(&now, STR("/x")));
    assert_non_null(takedowns_find(&now, STR("/y")));
    assert_int_equal(takedown_remove(data, STR("/x")), 0);

    takedowns_finish(&now);
    takedowns_finish(&before);
    diags_finish(&diags);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

TEST_MAIN(WITH_FOLDER(what_is_written_is_read_whatever_its_words),
          WITH_FOLDER(no_reason_keeps_a_page_from_being_taken_down),
          WITH_FOLDER(a_takedown_names_its_page_whatever_its_characters),
          WITH_FOLDER(what_could_not_be_read_again_is_not_said_to_be_done),
          WITH_FOLDER(a_takedown_can_be_read_whatever_the_umask_of_who_wrote_it),
          WITH_FOLDER(a_takedown_that_is_ended_is_gone),
          WITH_FOLDER(what_cannot_be_understood_is_told_and_harms_no_other),
          WITH_FOLDER(a_folder_that_is_not_there_holds_none),
          WITH_FOLDER(pages_that_are_taken_down_are_replaced_and_no_others),
          WITH_FOLDER(a_takedown_holds_for_all_spellings_of_the_page),
          WITH_FOLDER(the_home_page_is_taken_down_by_its_spellings_and_no_other),
          WITH_FOLDER(one_page_has_one_takedown_the_last),
          WITH_FOLDER(files_of_one_page_count_as_one_whatever_their_names),
          WITH_FOLDER(one_whose_file_is_spoiled_is_kept_and_can_be_ended),
          WITH_FOLDER(a_new_look_is_taken_over_when_it_is_asked_for),
          WITH_FOLDER(what_stands_in_a_place_is_taken_over_where_it_is_the_same))

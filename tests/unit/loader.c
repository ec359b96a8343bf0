/* The loader: what a folder of files becomes, and what is said about files that cannot be pages. */
#include "site/loader.h"

#include "base/err.h"
#include "site/page.h"
#include "site/site.h"
#include "support/files.h"
#include "support/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct fixture {
    char *outside; /* holds `pages` and what lies beside it */
    char *pages;
    int fd;
    struct listing listing;
    struct diags diags;
    struct settings *settings;
    struct compiled compiled;
    struct buf words; /* all diagnostics, a line each */
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(hash_init(), 0);
    f->outside = files_make_folder();
    assert_true(asprintf(&f->pages, "%s/pages", f->outside) > 0);
    assert_int_equal(mkdir(f->pages, 0755), 0);
    f->fd = open(f->pages, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(f->fd >= 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    listing_finish(&f->listing);
    diags_finish(&f->diags);
    settings_destroy(f->settings);
    compiled_finish(&f->compiled);
    buf_finish(&f->words);
    (void)close(f->fd);
    free(f->pages);
    files_remove(f->outside);
    free(f);
    return 0;
}

static struct str words(struct fixture *f)
{
    buf_clear(&f->words);
    for (size_t i = 0; i < f->diags.count; i++) {
        diag_format(&f->diags.items[i], &f->words);
        buf_append_char(&f->words, '\n');
    }
    return buf_str(&f->words);
}

/* Lists the folder and checks that the addresses found are `expected`, each followed by a space. */
static void assert_listed(struct fixture *f, const char *expected)
{
    struct buf urls = BUF_EMPTY;
    assert_int_equal(loader_list(&f->listing, f->fd, &f->diags), 0);
    for (size_t i = 0; i < f->listing.count; i++)
        buf_printf(&urls, "%s ", f->listing.files[i].url);
    assert_str(buf_str(&urls), str_from(expected));
    buf_finish(&urls);
}

static int compile(struct fixture *f, const char *file)
{
    struct loaded_file one = {.file = strdup(file)};
    struct buf url = BUF_EMPTY;
    assert_int_equal(source_classify(str_from(file), &one.source, &url), 0);
    one.url = strndup(url.ptr, url.len);
    if (!f->settings)
        assert_int_equal(loader_settings(&f->settings, f->fd, &f->diags), 0);
    compiled_finish(&f->compiled);
    const struct loader loader = {.pages_fd = f->fd, .settings = f->settings, .tier = TIER_QUICK};
    int rc = loader_compile(&f->compiled, &loader, &one, &f->diags);
    buf_finish(&url);
    free(one.file);
    free(one.url);
    return rc;
}

static void the_files_of_a_folder_are_listed_with_their_addresses(void **state)
{
    struct fixture *f = *state;
    files_write(f->pages, "index.md", STR("x"));
    files_write(f->pages, "voglio-comprare/scarpe.md", STR("x"));
    files_write(f->pages, "voglio-comprare/scarpe.webp", STR("x"));
    files_write(f->pages, "promo.html", STR("x"));
    assert_listed(f, "/ /promo /voglio-comprare/scarpe /voglio-comprare/scarpe.webp ");
    assert_int_equal(f->diags.count, 0);
}

static void private_folders_and_leftovers_are_passed_over_in_silence(void **state)
{
    struct fixture *f = *state;
    files_write(f->pages, "_site.yaml", STR("name: x"));
    files_write(f->pages, "_theme/style.css", STR("x"));
    files_write(f->pages, ".git/config.txt", STR("x"));
    files_write(f->pages, "a.md~", STR("x"));
    files_write(f->pages, ".a.md.swp", STR("x"));
    files_write(f->pages, "4913", STR("x"));
    assert_int_equal(symlinkat("nowhere", f->fd, ".#a.md"), 0);
    files_write(f->pages, "a.md", STR("x"));
    assert_listed(f, "/a ");
    assert_int_equal(f->diags.count, 0);
}

static void files_of_other_kinds_are_a_note(void **state)
{
    struct fixture *f = *state;
    files_write(f->pages, "foto.heic", STR("x"));
    files_write(f->pages, "Icon\r", STR("x")); /* which macOS puts there */
    files_write(f->pages, "a.css", STR("x"));
    assert_listed(f, "/a.css ");
    assert_contains(words(f), STR("foto.heic: note: file: "));
    assert_contains(words(f), STR("Icon\\x0d: note: file: "));
    assert_int_equal(f->diags.errors + f->diags.warnings, 0);
}

static void what_cannot_be_published_is_said_and_nothing_else_suffers(void **state)
{
    struct fixture *f = *state;
    files_write(f->outside, "secret.txt", STR("secret"));
    files_write(f->pages, "good.txt", STR("x"));
    files_write(f->pages, "x/good.txt", STR("x"));
    files_write(f->pages, "line\nend.txt", STR("x"));
    files_write(f->pages, "perch\xE9.txt", STR("x"));
    files_write(f->pages, "folder.md/a.txt", STR("x"));
    assert_int_equal(symlinkat("../secret.txt", f->fd, "out.txt"), 0);
    assert_int_equal(symlinkat("nothing", f->fd, "dangling.txt"), 0);
    assert_int_equal(symlinkat("circle.txt", f->fd, "circle.txt"), 0);
    assert_int_equal(symlinkat("..", f->fd, "x/up"), 0);
    assert_int_equal(symlinkat("good.txt", f->fd, "link.txt"), 0);
    assert_int_equal(mkfifoat(f->fd, "fifo.md", 0600), 0);

    assert_listed(f, "/folder.md/a.txt /good.txt /link.txt /x/good.txt ");
    struct str said = words(f);
    assert_contains(said, STR("line\\x0aend.txt: error: file: the name cannot become an address"));
    assert_contains(said, STR("perch\xE9.txt: error: file: the name cannot become an address"));
    assert_contains(said, STR("folder.md: warning: file: this is a folder"));
    assert_contains(said, STR("out.txt: error: file: this link leads out of the pages folder"));
    assert_contains(said,
                    STR("dangling.txt: error: file: this is a link to something that is not"));
    assert_contains(said, STR("circle.txt: error: file: this link leads back to itself"));
    assert_contains(said, STR("x/up: error: file: this link leads back to itself"));
    assert_contains(said, STR("fifo.md: error: file: this is no ordinary file"));
    assert_int_equal(f->diags.count, 8);
}

static void an_asset_is_what_its_file_is(void **state)
{
    struct fixture *f = *state;
    files_write(f->pages, "x/style.css", STR("body{color:red}"));
    assert_int_equal(compile(f, "x/style.css"), 0);
    assert_str(f->compiled.resource->path, STR("/x/style.css"));
    assert_str(f->compiled.resource->file, STR("x/style.css"));
    assert_int_equal(f->compiled.resource->kind, RESOURCE_ASSET);
    assert_str(f->compiled.resource->representations[CODING_IDENTITY].body, STR("body{color:red}"));
    assert_contains(f->compiled.resource->representations[CODING_IDENTITY].fields,
                    STR("Content-Type: text/css; charset=utf-8\r\n"));
    assert_int_equal(f->diags.count, 0);
}

static void an_empty_asset_is_published(void **state)
{
    struct fixture *f = *state;
    files_write(f->pages, "empty.css", STR(""));
    assert_int_equal(compile(f, "empty.css"), 0);
    assert_int_equal(f->compiled.resource->representations[CODING_IDENTITY].body.len, 0);
}

/* A full disk leaves the one, browsers are content with the other. */
static void an_empty_picture_is_refused_and_an_icon_is_not(void **state)
{
    struct fixture *f = *state;
    files_write(f->pages, "a.jpg", STR(""));
    files_write(f->pages, "a.svg", STR(""));
    files_write(f->pages, "favicon.ico", STR(""));
    assert_int_equal(compile(f, "a.jpg"), ERR_INVALID);
    assert_int_equal(compile(f, "a.svg"), ERR_INVALID);
    assert_str(words(f), STR("a.jpg: error: empty: there is nothing in this file\n"
                             "a.svg: error: empty: there is nothing in this file\n"));
    assert_int_equal(compile(f, "favicon.ico"), 0);
}

static void an_asset_too_large_for_memory_is_refused(void **state)
{
    struct fixture *f = *state;
    files_write(f->pages, "huge.pdf", STR("x"));
    int fd = openat(f->fd, "huge.pdf", O_WRONLY | O_CLOEXEC);
    assert_int_equal(ftruncate(fd, ASSET_SIZE_MAX + 1), 0);
    assert_int_equal(compile(f, "huge.pdf"), ERR_INVALID);
    assert_str(words(f), STR("huge.pdf: error: file: this is larger than 16 MiB, too large to be "
                             "served from memory\n"));
    assert_int_equal(ftruncate(fd, ASSET_SIZE_MAX), 0);
    assert_int_equal(compile(f, "huge.pdf"), 0);
    (void)close(fd);
}

struct writer {
    int fd;
    atomic_bool stop;
};

static void *append_until_stopped(void *argument)
{
    struct writer *writer = argument;
    while (!atomic_load(&writer->stop)) {
        /* Never so long that it is refused for its size, and never at an end before it is seen. */
        if (lseek(writer->fd, 0, SEEK_CUR) >= ASSET_SIZE_MAX / 8) {
            assert_int_equal(ftruncate(writer->fd, 1000000), 0);
            assert_int_equal(lseek(writer->fd, 0, SEEK_SET), 0);
        }
        assert_true(write(writer->fd, "0123456789abcdef", 16) == 16);
    }
    return NULL;
}

static void a_file_that_is_being_written_waits_until_it_is_whole(void **state)
{
    struct fixture *f = *state;
    struct writer writer = {0};
    pthread_t thread;
    int rc = 0;
    writer.fd = openat(f->fd, "menu.pdf", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_int_equal(ftruncate(writer.fd, 1000000), 0);
    assert_int_equal(pthread_create(&thread, NULL, append_until_stopped, &writer), 0);
    for (int i = 0; i < 10000 && rc == 0; i++)
        rc = compile(f, "menu.pdf");
    atomic_store(&writer.stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(rc, ERR_INVALID);
    assert_str(words(f), STR("menu.pdf: error: file: this is still being written\n"));

    struct stat st;
    assert_int_equal(fstat(writer.fd, &st), 0);
    assert_int_equal(compile(f, "menu.pdf"), 0);
    assert_int_equal(f->compiled.resource->representations[CODING_IDENTITY].body.len, st.st_size);
    (void)close(writer.fd);
}

static void a_file_that_is_gone_or_replaced_since_the_listing_is_told(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(compile(f, "gone.css"), ERR_INVALID);
    assert_int_equal(mkfifoat(f->fd, "pipe.css", 0600), 0);
    assert_int_equal(compile(f, "pipe.css"), ERR_INVALID);
    assert_int_equal(symlinkat("/etc/passwd", f->fd, "link.txt"), 0);
    assert_int_equal(compile(f, "link.txt"), ERR_INVALID);
    assert_contains(words(f), STR("gone.css: error: file: this is a link to something that is not "
                                  "there, or it was removed just now"));
    assert_contains(words(f), STR("pipe.css: error: file: this is no ordinary file"));
    assert_contains(words(f), STR("link.txt: error: file: this link leads out"));
}

static void what_may_not_be_read_is_told(void **state)
{
    struct fixture *f = *state;
    files_obey_permissions();
    files_write(f->pages, "closed.css", STR("x"));
    files_write(f->pages, "closed/a.css", STR("x"));
    assert_int_equal(fchmodat(f->fd, "closed.css", 0, 0), 0);
    assert_int_equal(fchmodat(f->fd, "closed", 0, 0), 0);
    assert_listed(f, "/closed.css ");
    assert_int_equal(compile(f, "closed.css"), ERR_INVALID);
    assert_int_equal(fchmodat(f->fd, "closed", 0700, 0), 0);
    assert_contains(words(f), STR("closed: error: file: attimo's user may not read this"));
    assert_contains(words(f), STR("closed.css: error: file: attimo's user may not read this"));
}

static void what_the_system_cannot_read_is_not_the_files_fault(void **state)
{
    struct fixture *f = *state;
    struct rlimit all;
    files_write(f->pages, "a.css", STR("x"));
    assert_int_equal(compile(f, "a.css"), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
    const struct rlimit none = {0, all.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    int rc = compile(f, "a.css");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
    assert_int_equal(rc, ERR_LIMIT);
    assert_contains(words(f), STR("a.css: error: file: "));
}

static void a_folder_that_is_none_is_an_error(void **state)
{
    struct fixture *f = *state;
    files_write(f->pages, "a.css", STR("x"));
    int fd = openat(f->fd, "a.css", O_RDONLY | O_CLOEXEC);
    assert_int_equal(loader_list(&f->listing, fd, &f->diags), ERR_IO);
    (void)close(fd);
}

static void a_site_without_settings_has_the_defaults(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(loader_settings(&f->settings, f->fd, &f->diags), 0);
    assert_non_null(f->settings);
    assert_int_equal(f->diags.errors, 0);
}

static void settings_that_cannot_be_read_are_told_and_the_defaults_hold(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(symlinkat("/etc/passwd", f->fd, "_site.yaml"), 0);
    assert_int_equal(loader_settings(&f->settings, f->fd, &f->diags), 0);
    assert_non_null(f->settings);
    assert_str(f->settings->lang, STR("it"));
    assert_contains(words(f), STR("_site.yaml: error: file: this link leads out"));
}

/* As an editor on Windows saves it, one that was never meant to be one, and what a full disk
 * leaves.
 */
static void a_capture_that_cannot_be_read_records_nothing(void **state)
{
    struct fixture *f = *state;
    char *large = malloc(PAGE_SIZE_MAX + 1);
    assert_non_null(large);
    memset(large, '#', PAGE_SIZE_MAX + 1);
    const struct str texts[] = {STR("name: Caff\xE8\ncapture: off\n"),
                                str_make(large, PAGE_SIZE_MAX + 1), STR(" \n")};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct settings *settings;
        struct diags diags = {0};
        files_write(f->pages, "_site.yaml", texts[i]);
        files_write(f->pages, "_theme/style.css", STR("h1{color:red}\n"));
        assert_int_equal(loader_settings(&settings, f->fd, &diags), 0);
        assert_int_equal(settings->capture, CAPTURE_OFF);
        assert_int_equal(settings->script.len, 0);
        assert_int_equal(diags.errors, 1);
        assert_non_null(strstr(diags.items[0].words, "records nothing"));
        assert_non_null(strstr(diags.items[0].words_it, "non registra nulla"));
        settings_destroy(settings);
        diags_finish(&diags);
    }
    free(large);
}

static void settings_may_be_all_comments(void **state)
{
    struct fixture *f = *state;
    files_write(f->pages, "_site.yaml", STR("# name: Sport Parma\n"));
    assert_int_equal(loader_settings(&f->settings, f->fd, &f->diags), 0);
    assert_int_equal(f->settings->capture, CAPTURE_FULL);
    assert_int_equal(f->diags.errors, 0);
}

static void a_theme_of_ones_own_is_read_from_its_folder(void **state)
{
    struct fixture *f = *state;
    files_write(f->pages, "_theme/style.css", STR("h1{color:red}\n"));
    files_write(f->pages, "_theme/footer.html", STR("<p>Noi</p>\n"));
    files_write(f->pages, "a.md", STR("---\ntitle: A\ndescription: B\ngoal: letto\n---\nTesto\n"));
    assert_int_equal(compile(f, "a.md"), 0);
    struct str body = f->compiled.resource->representations[CODING_IDENTITY].body;
    assert_contains(body, STR("<style>h1{color:red}</style>"));
    assert_contains(body, STR("<footer>\n<p>Noi</p></footer>"));
    assert_int_equal(f->diags.count, 0);
}

/* U+FEFF can be part of a name in CSS: the first rule would be one of something else. */
static void a_theme_may_be_saved_by_an_editor_on_windows(void **state)
{
    struct fixture *f = *state;
    files_write(f->pages, "_theme/style.css", STR("\xEF\xBB\xBF:root{--accent:red}\r\n"));
    files_write(f->pages, "_theme/header.html", STR("\xEF\xBB\xBF<b>Noi</b>\r\n"));
    files_write(f->pages, "a.md", STR("---\ntitle: A\ndescription: B\ngoal: letto\n---\nTesto\n"));
    assert_int_equal(compile(f, "a.md"), 0);
    struct str body = f->compiled.resource->representations[CODING_IDENTITY].body;
    assert_contains(body, STR("<style>:root{--accent:red}</style>"));
    assert_contains(body, STR("<header><b>Noi</b></header>"));
}

static const char page[] = "---\ntitle: Scarpe\ndescription: Per correre\n---\n# Vento 2\n";

/* Compiles what the folder holds and returns the site of it. */
static struct site *make_site(struct fixture *f)
{
    struct compiled compiled[16];
    struct resource *resources[16];
    size_t count = 0;
    struct site *site;
    assert_int_equal(loader_settings(&f->settings, f->fd, &f->diags), 0);
    assert_int_equal(loader_list(&f->listing, f->fd, &f->diags), 0);
    const struct loader loader = {.pages_fd = f->fd, .settings = f->settings, .tier = TIER_QUICK};
    for (size_t i = 0; i < f->listing.count && count < 16; i++) {
        if (loader_compile(&compiled[count], &loader, &f->listing.files[i], &f->diags) != 0)
            continue;
        resources[count] = compiled[count].resource;
        count++;
    }
    assert_int_equal(site_create(&site, resources, count, &f->diags), 0);
    while (count > 0)
        compiled_finish(&compiled[--count]);
    return site;
}

static struct str body_at(const struct site *site, const char *path)
{
    const struct resource *resource = site_find(site, str_from(path));
    assert_non_null(resource);
    return resource->representations[CODING_IDENTITY].body;
}

static void a_folder_becomes_a_site(void **state)
{
    struct fixture *f = *state;
    files_write(f->pages, "_site.yaml", STR("name: Sport Parma\n"));
    files_write(f->pages, "index.md", STR(page));
    files_write(f->pages, "voglio-comprare/scarpe.md", STR(page));
    files_write(f->pages, "promo.html", STR("<!doctype html><title>Promo</title><p>Saldi"));
    files_write(f->pages, "404.md", STR(page));
    files_write(f->pages, "style.css", STR("body{}"));

    struct site *site = make_site(f);
    assert_int_equal(f->diags.errors, 0);
    assert_contains(body_at(site, "/"), STR("Vento 2"));
    assert_contains(body_at(site, "/voglio-comprare/scarpe"), STR("Vento 2"));
    assert_contains(body_at(site, "/promo"), STR("<p>Saldi"));
    assert_str(body_at(site, "/style.css"), STR("body{}"));
    assert_non_null(site_not_found(site));
    site_unref(site);
}

static void a_page_that_is_wrong_keeps_only_itself_from_the_site(void **state)
{
    struct fixture *f = *state;
    files_write(f->pages, "good.md", STR(page));
    files_write(f->pages, "broken.md", STR("---\ntitle: [\n---\nx\n"));
    files_write(f->pages, "latin1.md", STR("---\ntitle: x\ndescription: y\n---\nperch\xE9\n"));

    struct site *site = make_site(f);
    assert_non_null(site_find(site, STR("/good")));
    assert_null(site_find(site, STR("/broken")));
    assert_null(site_find(site, STR("/latin1")));
    assert_contains(words(f), STR("broken.md:"));
    assert_contains(words(f), STR("latin1.md:"));
    site_unref(site);
}

static void a_page_of_more_than_a_megabyte_is_refused(void **state)
{
    struct fixture *f = *state;
    files_write(f->pages, "huge.md", STR(page));
    int fd = openat(f->fd, "huge.md", O_WRONLY | O_CLOEXEC);
    assert_int_equal(ftruncate(fd, PAGE_SIZE_MAX + 1), 0);
    assert_int_equal(compile(f, "huge.md"), ERR_INVALID);
    assert_contains(words(f), STR("huge.md: error: file: this is larger than 1 MiB"));
    (void)close(fd);
}

#define WITH_PAGES(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

TEST_MAIN(WITH_PAGES(a_theme_of_ones_own_is_read_from_its_folder),
          WITH_PAGES(a_theme_may_be_saved_by_an_editor_on_windows),
          WITH_PAGES(the_files_of_a_folder_are_listed_with_their_addresses),
          WITH_PAGES(private_folders_and_leftovers_are_passed_over_in_silence),
          WITH_PAGES(files_of_other_kinds_are_a_note),
          WITH_PAGES(what_cannot_be_published_is_said_and_nothing_else_suffers),
          WITH_PAGES(an_asset_is_what_its_file_is), WITH_PAGES(an_empty_asset_is_published),
          WITH_PAGES(an_empty_picture_is_refused_and_an_icon_is_not),
          WITH_PAGES(an_asset_too_large_for_memory_is_refused),
          WITH_PAGES(a_file_that_is_gone_or_replaced_since_the_listing_is_told),
          WITH_PAGES(what_may_not_be_read_is_told),
          WITH_PAGES(what_the_system_cannot_read_is_not_the_files_fault),
          WITH_PAGES(a_folder_that_is_none_is_an_error),
          WITH_PAGES(a_file_that_is_being_written_waits_until_it_is_whole),
          WITH_PAGES(a_folder_becomes_a_site),
          WITH_PAGES(a_page_that_is_wrong_keeps_only_itself_from_the_site),
          WITH_PAGES(a_page_of_more_than_a_megabyte_is_refused),
          WITH_PAGES(a_site_without_settings_has_the_defaults),
          WITH_PAGES(settings_that_cannot_be_read_are_told_and_the_defaults_hold),
          WITH_PAGES(settings_may_be_all_comments),
          WITH_PAGES(a_capture_that_cannot_be_read_records_nothing))

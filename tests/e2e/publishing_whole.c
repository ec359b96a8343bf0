/* Nobody ever sees half a page, and what is broken harms nothing but itself. */
#include "support/files.h"
#include "support/publishing.h"
#include "support/test.h"

#include "base/clock.h"
#include "base/fs.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- a writer in pieces */

enum { VERSIONS = 150, PIECES = 8, LINES = 200 };

struct writer {
    const struct server *s;
    bool pauses; /* with a moment between pieces, as a slow disk or network has them */
    atomic_int written;
};

/* Every line of a version says which one it is. */
static void version_text(struct buf *out, int version)
{
    struct buf body = BUF_EMPTY;
    for (int i = 0; i < LINES; i++)
        buf_printf(&body, "Versione %04d.\n", version);
    buf_append_char(&body, '\0');
    server_page_text(out, body.ptr);
    buf_finish(&body);
}

static void *write_versions(void *argument)
{
    struct writer *w = argument;
    char path[PUBLISHING_PATH_MAX];
    pages_path(w->s, "x.md", path);
    for (int version = 1; version <= VERSIONS; version++) {
        struct buf text = BUF_EMPTY;
        version_text(&text, version);
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        size_t piece = text.len / PIECES + 1;
        for (struct str rest = buf_str(&text); rest.len > 0; rest = str_skip(rest, piece)) {
            (void)fs_write_all(fd, str_make(rest.ptr, rest.len < piece ? rest.len : piece));
            if (w->pauses)
                process_yield(1);
        }
        (void)close(fd);
        buf_finish(&text);
        atomic_store(&w->written, version);
        process_yield(w->pauses ? 2 : 0);
    }
    return NULL;
}

/* Which version it is, once it is sure that all of it is that version. */
static int whole_version(struct str page)
{
    static const char word[] = "Versione ";
    int version = -1;
    int lines = 0;
    const char *end = page.ptr + page.len;
    const char *at = page.ptr;
    while ((at = memmem(at, (size_t)(end - at), word, sizeof word - 1))) {
        int found = atoi(at + sizeof word - 1);
        if (version >= 0 && found != version)
            fail_msg("version %d and version %d are in one page", version, found);
        version = found;
        lines++;
        at++;
    }
    if (lines != LINES)
        fail_msg("%d of %d lines of version %d", lines, LINES, version);
    return version;
}

static void read_without_pause(struct server *s, bool pauses)
{
    struct buf first = BUF_EMPTY;
    struct writer w = {.s = s, .pauses = pauses};
    pthread_t thread;
    version_text(&first, 0);
    files_write(s->pages, "x.md", buf_str(&first));
    buf_finish(&first);
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);
    struct client *c = server_connect(s, 0);
    assert_int_equal(pthread_create(&thread, NULL, write_versions, &w), 0);

    uint64_t deadline = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    int newest = 0;
    while (newest < VERSIONS && clock_monotonic_ms() < deadline) {
        client_send_text(c, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        struct response r = client_response(c);
        assert_int_equal(r.status, 200);
        int version = whole_version(r.body);
        assert_true(version >= newest); /* never an older one again */
        newest = version;
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(newest, VERSIONS);
    server_stop(s);
}

static void only_whole_versions_are_seen_of_a_file_that_is_written_in_pieces(void **state)
{
    read_without_pause(*state, false);
}

static void only_whole_versions_are_seen_of_a_file_that_is_written_slowly(void **state)
{
    read_without_pause(*state, true);
}

static void a_writer_that_never_closes_publishes_nothing(void **state)
{
    struct server *s = *state;
    char path[PUBLISHING_PATH_MAX];
    server_page(s, "x.md", "Intera.");
    server_page(s, "y.md", "Un'altra.");
    server_start(s);
    pages_path(s, "x.md", path);
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fs_write_all(fd, STR("---\ntitle: Mezza\ndescription: Mezza.\n---\nMezza")),
                     0);
    assert_int_equal(fchmod(fd, 0640), 0);

    /* Other changes, of settings too, come and go meanwhile. */
    files_write(s->pages, "_site.yaml", STR("legal: Ditta Rossi\n"));
    await_page(s, "/y", 200, "Ditta Rossi");
    save_in_place(s, "y.md", "La seconda.");
    await_page(s, "/y", 200, "La seconda.");
    assert_contains(server_get(s, "/x").body, STR("Intera."));

    assert_int_equal(fs_write_all(fd, STR(" no, intera di nuovo.\n")), 0);
    assert_int_equal(close(fd), 0);
    await_page(s, "/x", 200, "intera di nuovo");
    await_page(s, "/x", 200, "Ditta Rossi");
    server_stop(s);
}

/* What a cut file does not say any more is not in force for the sake of another that is complete.
 */
static void settings_hold_while_one_of_their_files_is_being_written(void **state)
{
    struct server *s = *state;
    char path[PUBLISHING_PATH_MAX];
    files_write(s->pages, "_site.yaml", STR("capture: off\n"));
    files_write(s->pages, "_theme/style.css", STR("h1{color:red}\n"));
    server_page(s, "x.md", "Una pagina.");
    server_start(s);
    await_page(s, "/x", 200, "<style>h1{color:red}");
    pages_path(s, "_site.yaml", path);
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_true(fd >= 0);

    files_write(s->pages, "_theme/style.css", STR("h1{color:blue}\n"));
    save_in_place(s, "x.md", "La seconda.");
    await_page(s, "/x", 200, "La seconda.");
    assert_false(str_contains(server_get(s, "/x").body, STR("<script>")));

    assert_int_equal(fs_write_all(fd, STR("capture: off\nlegal: Ditta Rossi\n")), 0);
    assert_int_equal(close(fd), 0);
    await_page(s, "/x", 200, "Ditta Rossi");
    struct response r = server_get(s, "/x");
    assert_contains(r.body, STR("<style>h1{color:blue}"));
    assert_false(str_contains(r.body, STR("<script>")));
    server_stop(s);
}

/* --- new folders */

static bool gives_leases(struct server *s)
{
    files_write(s->root, "lease", STR("x"));
    int fd = open(s->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool at_rest = fs_is_at_rest(fd, "lease");
    (void)close(fd);
    return at_rest;
}

/* The server finds the folder with files in it, of which nobody has told it. On its clock they are
 * half a second old for ever, so that it cannot be their age that publishes them. */
static void what_a_new_folder_holds_is_live_unless_it_is_being_written(void **state)
{
    struct server *s = *state;
    if (!gives_leases(s))
        skip_because("this file system gives no leases");
    const struct timespec held = {.tv_sec = 1777593600};
    const struct timespec before[] = {{held.tv_sec - 1, 500000000}, {held.tv_sec - 1, 500000000}};
    server_hold_clock(s, "2026-05-01T00:00:00Z");
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);
    char path[PUBLISHING_PATH_MAX];

    suspend_server(s);
    assert_int_equal(run_shell(s, "mkdir -p pages/new/deep"), 0);
    save_in_place(s, "new/deep/x.md", "Intera.");
    save_in_place(s, "new/deep/y.md", "Mezza");
    pages_path(s, "new/deep/y.md", path);
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(futimens(fd, before), 0);
    pages_path(s, "new/deep/x.md", path);
    assert_int_equal(utimensat(AT_FDCWD, path, before, 0), 0);
    resume_server(s);

    await_page(s, "/new/deep/x", 200, "Intera.");
    assert_int_equal(server_get(s, "/new/deep/y").status, 404);
    assert_int_equal(fs_write_all(fd, STR(" no, intera.\n")), 0);
    assert_int_equal(close(fd), 0);
    await_page(s, "/new/deep/y", 200, "no, intera.");
    server_stop(s);
}

/* --- lost events */

static long queue_length(void)
{
    struct buf limit = BUF_EMPTY;
    files_read("/proc/sys/fs/inotify/max_queued_events", &limit);
    buf_append_char(&limit, '\0');
    long events = limit.ptr ? strtol(limit.ptr, NULL, 10) : 0;
    buf_finish(&limit);
    return events;
}

static void changes_are_found_when_events_were_lost(void **state)
{
    struct server *s = *state;
    long events = queue_length();
    if (events <= 0 || events > 100000)
        skip_because("this system's queue of events is too long to fill");
    server_page(s, "x.md", "La prima versione.");
    server_page(s, "gone.md", "Da togliere.");
    server_start(s);
    char odd_path[PUBLISHING_PATH_MAX];
    char even_path[PUBLISHING_PATH_MAX];
    pages_path(s, "odd.md", odd_path);
    pages_path(s, "even.md", even_path);

    suspend_server(s);
    int odd = open(odd_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    int even = open(even_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    for (long i = 0; i <= events; i++)
        assert_int_equal(write(i % 2 ? odd : even, "x", 1), 1);
    (void)close(odd);
    (void)close(even);
    save_in_place(s, "x.md", "La seconda versione.");
    assert_int_equal(run_shell(s, "rm pages/gone.md pages/odd.md pages/even.md; mkdir pages/new;"
                                  "cp pages/x.md pages/new/y.md"),
                     0);
    resume_server(s);

    await_log(s, "events were lost");
    await_page(s, "/x", 200, "La seconda versione.");
    await_page(s, "/new/y", 200, "La seconda versione.");
    await_page(s, "/gone", 404, NULL);
    save_in_place(s, "new/y.md", "La terza versione.");
    await_page(s, "/new/y", 200, "La terza versione.");
    server_stop(s);
}

/* --- a slow reader */

enum { MORE_THAN_SOCKETS_HOLD = 12 * 1000 * 1000 };

static void write_large(struct server *s, char of)
{
    char *bytes = malloc(MORE_THAN_SOCKETS_HOLD);
    assert_non_null(bytes);
    memset(bytes, of, MORE_THAN_SOCKETS_HOLD);
    files_write(s->pages, "large.pdf", str_make(bytes, MORE_THAN_SOCKETS_HOLD));
    free(bytes);
}

static void publish_page(struct server *s, const char *body)
{
    server_page(s, "x.md", body);
    await_page(s, "/x", 200, body);
}

/* However long ago what he reads was replaced: long enough that nothing else keeps it. */
static void a_slow_reader_gets_the_version_that_he_asked_for(void **state)
{
    struct server *s = *state;
    enum { KEPT_ANYWAY_MS = 2200 };
    static const char *const later[] = {"La prima.", "La seconda.", "La terza."};
    write_large(s, '1');
    server_start(s);
    struct client *c = server_connect(s, 0);
    client_send_text(c, "GET /large.pdf HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(client_hears(c, CLIENT_PATIENCE_MS));
    write_large(s, '2');
    publish_page(s, later[0]);
    process_yield(KEPT_ANYWAY_MS);
    publish_page(s, later[1]);
    publish_page(s, later[2]);

    struct response r = client_response(c);
    assert_int_equal(r.body.len, MORE_THAN_SOCKETS_HOLD);
    assert_null(memchr(r.body.ptr, '2', r.body.len));
    assert_int_equal(server_get(s, "/large.pdf").body.ptr[0], '2');
    server_stop(s);
}

TEST_MAIN(SERVER_TEST(only_whole_versions_are_seen_of_a_file_that_is_written_in_pieces),
          SERVER_TEST(only_whole_versions_are_seen_of_a_file_that_is_written_slowly),
          SERVER_TEST(a_writer_that_never_closes_publishes_nothing),
          SERVER_TEST(settings_hold_while_one_of_their_files_is_being_written),
          SERVER_TEST(what_a_new_folder_holds_is_live_unless_it_is_being_written),
          SERVER_TEST(changes_are_found_when_events_were_lost),
          SERVER_TEST(a_slow_reader_gets_the_version_that_he_asked_for))

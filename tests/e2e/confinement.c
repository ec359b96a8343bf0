/* What the server is once it serves: whose, and within which limits. */
#include "support/files.h"
#include "support/server.h"
#include "support/test.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char other_user[] = "nobody";

/* NULL: the test cannot be made here, and has said so. */
#define OTHER_USER() (geteuid() == 0 ? getpwnam(other_user) : NULL)

/* The server's line of /proc/PID/`file` that begins with `name`, without it. */
static void read_about(const struct server *s, const char *file, const char *name, struct buf *out)
{
    char path[64];
    struct buf all = BUF_EMPTY;
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)s->process.pid, file);
    files_read(path, &all);
    struct str rest = buf_str(&all);
    struct str line;
    while (str_split(&rest, '\n', &line))
        if (str_starts_with(line, str_from(name)))
            buf_append(out, str_skip(line, strlen(name)));
    buf_finish(&all);
    assert_true(out->len > 0);
}

static void expect_about(const struct server *s, const char *file, const char *name,
                         const char *expected)
{
    struct buf line = BUF_EMPTY;
    read_about(s, file, name, &line);
    assert_contains(buf_str(&line), str_from(expected));
    buf_finish(&line);
}

static struct stat look(const char *folder, const char *name)
{
    char path[512];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(lstat(path, &st), 0);
    return st;
}

/* The folders of a test are its user's alone. */
static void open_to_all(const struct server *s)
{
    assert_int_equal(chmod(s->root, 0755), 0);
}

static void root_becomes_the_user_and_records_as_that_user(void **state)
{
    struct server *s = *state;
    const struct passwd *user = OTHER_USER();
    char uids[64];
    char socket_address[256];
    if (!user)
        skip_because("only root can become another user");
    (void)snprintf(uids, sizeof uids, "\t%u\t%u\t%u\t%u", user->pw_uid, user->pw_uid, user->pw_uid,
                   user->pw_uid);
    (void)snprintf(socket_address, sizeof socket_address, "unix:%s/site.sock", s->root);
    open_to_all(s);
    server_page(s, "index.md", "Benvenuti.");
    server_configure(s, "unix_mode: \"0666\"\n"); /* root has to obey permissions here, too */
    server_flag(s, "--user", other_user);
    server_flag(s, "--listen", socket_address);
    for (int run = 0; run < 2; run++) {
        server_start(s);
        assert_int_equal(server_get(s, "/").status, 200);
        expect_about(s, "status", "Uid:", uids);
        expect_about(s, "status", "CapEff:", "0000000000000000");
        expect_about(s, "status", "CapPrm:", "0000000000000000");
        expect_about(s, "status", "NoNewPrivs:", "1");
        assert_int_equal(look(s->root, "site.sock").st_uid, user->pw_uid);
        assert_int_equal(look(s->data, "secret").st_uid, user->pw_uid);
        assert_int_equal(look(s->data, "lock").st_uid, user->pw_uid);
        assert_int_equal(look(s->data, "journal").st_uid, user->pw_uid);
        assert_int_equal(server_admin(s, "/readyz?journal").status, 200);
        server_stop(s);
    }
}

static void what_root_has_recorded_before_becomes_the_users_and_no_more(void **state)
{
    struct server *s = *state;
    const struct passwd *user = OTHER_USER();
    char link[512];
    char target[512];
    if (!user)
        skip_because("only root can become another user");
    open_to_all(s);
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);
    server_stop(s);
    assert_int_equal(look(s->data, "lock").st_uid, 0);
    files_write(s->root, "elsewhere", STR("roots"));
    (void)snprintf(target, sizeof target, "%s/elsewhere", s->root);
    (void)snprintf(link, sizeof link, "%s/journal/notes", s->data);
    assert_int_equal(symlink(target, link), 0);

    server_flag(s, "--user", other_user);
    server_start(s);
    assert_int_equal(server_admin(s, "/readyz?journal").status, 200);
    assert_int_equal(look(s->data, "lock").st_uid, user->pw_uid);
    assert_int_equal(look(s->root, "elsewhere").st_uid, 0);
    assert_int_equal(look(s->root, "pages").st_uid, 0);
    server_stop(s);
}

static void a_user_that_is_not_there_is_said(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_flag(s, "--user", "chi-non-esiste");
    assert_int_equal(server_run(s), 3);
    assert_true(server_said(s, "there is no user \"chi-non-esiste\""));
}

static void a_crash_leaves_no_image_of_its_memory(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);
    expect_about(s, "limits", "Max core file size", " 0                    0 ");
    expect_about(s, "status", "NoNewPrivs:", "1");
    server_stop(s);
}

static void it_takes_all_descriptors_that_it_may_have(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    s->nofile = 512;
    server_start(s);
    expect_about(s, "limits", "Max open files", " 512                  512 ");
    server_stop(s);
}

TEST_MAIN(SERVER_TEST(root_becomes_the_user_and_records_as_that_user),
          SERVER_TEST(what_root_has_recorded_before_becomes_the_users_and_no_more),
          SERVER_TEST(a_user_that_is_not_there_is_said),
          SERVER_TEST(a_crash_leaves_no_image_of_its_memory),
          SERVER_TEST(it_takes_all_descriptors_that_it_may_have))

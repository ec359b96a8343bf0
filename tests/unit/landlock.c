/* What a process that has shut itself in still reaches, tried from inside, in a child. */
#include "server/landlock.h"

#include "base/err.h"
#include "support/files.h"
#include "support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct fixture {
    char *folder;
    int abi;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct landlock landlock;
    assert_non_null(f);
    if (landlock_open(&landlock) == 0)
        f->abi = landlock.abi;
    landlock_close(&landlock);
    f->folder = files_make_folder();
    files_write(f->folder, "in/page", STR("a page"));
    files_write(f->folder, "data/lock", STR("a lock"));
    files_write(f->folder, "out/secret", STR("a secret"));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    files_remove(f->folder);
    free(f);
    return 0;
}

static bool can_open(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd >= 0)
        (void)close(fd);
    return fd >= 0;
}

static bool is_shut(const char *path, int flags)
{
    return !can_open(path, flags) && errno == EACCES;
}

/* The number of the first thing that is not as it should be; 0: all is. Within the folder. */
static int try_files(void)
{
    if (!is_shut("/etc/passwd", O_RDONLY) || !is_shut("/", O_RDONLY | O_DIRECTORY))
        return 1;
    if (!is_shut("out/secret", O_RDONLY) || !is_shut("in/../out/secret", O_RDONLY) ||
        !is_shut("in/link", O_RDONLY) || !is_shut("data/link", O_WRONLY))
        return 2;
    if (!is_shut("out/new", O_WRONLY | O_CREAT) || !is_shut("in/new", O_WRONLY | O_CREAT) ||
        !is_shut("in/page", O_WRONLY) || !is_shut("new", O_WRONLY | O_CREAT))
        return 3;
    if (mkdir("out/folder", 0700) == 0 || rename("data/lock", "out/lock") == 0 ||
        link("data/lock", "out/lock") == 0 || unlink("out/secret") == 0 ||
        symlink("/etc/passwd", "data/passwd") == 0)
        return 4;
    if (!can_open("in/page", O_RDONLY) || !can_open("in", O_RDONLY | O_DIRECTORY))
        return 5;
    if (!can_open("data/new", O_RDWR | O_CREAT) || mkdir("data/folder", 0700) != 0 ||
        rename("data/new", "data/renamed") != 0 || unlink("data/renamed") != 0 ||
        rmdir("data/folder") != 0 || truncate("data/lock", 0) != 0)
        return 6;
    return 0;
}

static int try_network(int abi)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool bound = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    (void)close(fd);
    return abi >= 4 && bound ? 7 : 0;
}

static int be_shut_in(const struct fixture *f)
{
    struct landlock landlock;
    if (chdir(f->folder) != 0 || symlink("../out/secret", "in/link") != 0 ||
        symlink("../out/secret", "data/link") != 0)
        return 20;
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (landlock_open(&landlock) != 0 || landlock_allow(&landlock, "in", LANDLOCK_MAY_READ) != 0 ||
        landlock_allow(&landlock, "data", LANDLOCK_MAY_WRITE) != 0 ||
        landlock_enforce(&landlock) != 0)
        return 21;
    landlock_close(&landlock);
    int wrong = try_files();
    return wrong != 0 ? wrong : try_network(f->abi);
}

static void what_was_not_named_is_out_of_reach(void **state)
{
    const struct fixture *f = *state;
    int status = 0;
    if (f->abi == 0)
        skip_because("this kernel has no Landlock");
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(be_shut_in(f));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void what_is_not_there_cannot_be_allowed(void **state)
{
    const struct fixture *f = *state;
    struct landlock landlock;
    if (f->abi == 0)
        skip_because("this kernel has no Landlock");
    assert_int_equal(landlock_open(&landlock), 0);
    assert_int_equal(landlock_allow(&landlock, "/nowhere/at/all", LANDLOCK_MAY_READ),
                     ERR_NOT_FOUND);
    landlock_close(&landlock);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
TEST_MAIN(TEST(what_was_not_named_is_out_of_reach), TEST(what_is_not_there_cannot_be_allowed))

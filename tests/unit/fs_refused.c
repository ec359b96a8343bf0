/* Files where the kernel says no to a system call: no openat2, as before Linux 5.6 and in some
 * sandboxes, no locks, and syncs that fail. Each in a process of its own, which has a filter. */
#include "base/fs.h"

#include "base/err.h"
#include "base/secret.h"
#include "journal/lock.h"
#include "support/beneath.h"
#include "support/files.h"
#include "support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NO_FILTER = 100 };

/* From now on the call fails with `error`, if its first argument is the descriptor `fd`, or always
 * if that is negative. False: no filter can be had. */
static bool refuse(unsigned call, int fd, unsigned error)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)fd, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    if (fd < 0) /* whatever it is about */
        rules[2] = rules[3] =
            (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error);
    const struct sock_fprog filter = {sizeof rules / sizeof *rules, rules};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/* What `child` returns in a child; 0: all is as it should be. */
static int in_a_child(int (*child)(const struct beneath *f), const struct beneath *f)
{
    int status = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(child(f));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == NO_FILTER)
        skip_because("system calls cannot be filtered here");
    return WEXITSTATUS(status);
}

static bool reads(const struct beneath *f, const char *path, const char *text)
{
    struct buf out = BUF_EMPTY;
    int rc = fs_read_beneath(f->fd, path, 1000, &out, NULL);
    bool as_expected = rc == 0 && str_eq(buf_str(&out), str_from(text));
    buf_finish(&out);
    return as_expected;
}

static bool is_refused(const struct beneath *f, const char *path, int error)
{
    struct buf out = BUF_EMPTY;
    int rc = fs_read_beneath(f->fd, path, 1000, &out, NULL);
    bool as_expected = rc == error && out.len == 0;
    buf_finish(&out);
    return as_expected;
}

static int read_without_openat2(const struct beneath *f)
{
    static const char *const out[] = {
        "../secret.txt", "x/../../secret.txt", "x/../a.txt", "/etc/passwd",
        "out",           "parent/secret.txt",  "absolute",   "x/up/secret.txt"};
    if (!refuse(SYS_openat2, -1, ENOSYS))
        return NO_FILTER;
    if (!reads(f, "a.txt", "inside") || !reads(f, "x/y/z.txt", "deep"))
        return 1;
    for (int i = 0; i < (int)(sizeof out / sizeof *out); i++)
        if (!is_refused(f, out[i], ERR_OUTSIDE))
            return 10 + i;
    return is_refused(f, "a.txt/b", ERR_NOT_FOUND) && is_refused(f, "no/b", ERR_NOT_FOUND) ? 0 : 2;
}

static void nothing_outside_is_read_on_an_old_kernel_either(void **state)
{
    const struct beneath *f = *state;
    files_write(f->folder, "x/y/z.txt", STR("deep"));
    assert_int_equal(symlinkat("../secret.txt", f->fd, "out"), 0);
    assert_int_equal(symlinkat("..", f->fd, "parent"), 0);
    assert_int_equal(symlinkat("../..", f->fd, "x/up"), 0);
    assert_int_equal(symlinkat("/etc/passwd", f->fd, "absolute"), 0);
    assert_int_equal(in_a_child(read_without_openat2, f), 0);
}

/* Where the file system has no locks nobody can write to a journal. */
static int ask_for_the_lock_without_locks(const struct beneath *f)
{
    struct lock_note note;
    int fd = lock_take(f->fd, &note);
    if (fd < 0 || !lock_is_taken(f->fd))
        return 1;
    (void)close(fd);
    if (lock_is_taken(f->fd))
        return 2;
    return !refuse(SYS_flock, -1, ENOLCK) ? NO_FILTER : lock_is_taken(f->fd) ? 3 : 0;
}

static void only_a_lock_that_somebody_holds_is_taken(void **state)
{
    assert_int_equal(in_a_child(ask_for_the_lock_without_locks, *state), 0);
}

static int replace_without_sync(const struct beneath *f)
{
    return refuse(SYS_fsync, -1, EIO) ? -fs_replace(f->fd, "a.txt", STR("new")) : NO_FILTER;
}

static int replace_without_sync_of_folder(const struct beneath *f)
{
    return refuse(SYS_fsync, f->fd, EIO) ? -fs_replace(f->fd, "a.txt", STR("new")) : NO_FILTER;
}

static int replace(const struct beneath *f)
{
    return -fs_replace(f->fd, "a.txt", STR("new"));
}

static void assert_holds(const struct beneath *f, const char *name, const char *text)
{
    struct buf out = BUF_EMPTY;
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/%s", f->folder, name);
    files_read(path, &out);
    assert_str(buf_str(&out), str_from(text));
    buf_finish(&out);
}

/* Who is told that it is done may pull the plug. */
static void what_cannot_be_synced_is_not_said_to_be_written(void **state)
{
    const struct beneath *f = *state;
    assert_int_equal(in_a_child(replace_without_sync, f), -ERR_IO);
    assert_holds(f, "a.txt", "inside");
    assert_int_equal(in_a_child(replace_without_sync_of_folder, f), -ERR_IO);
    assert_int_equal(in_a_child(replace, f), 0);
    assert_holds(f, "a.txt", "new");
}

static int replace_where_nothing_can_be_written(const struct beneath *f)
{
    return refuse(SYS_openat, f->fd, EROFS) ? -fs_replace(f->fd, "a.txt", STR("new")) : NO_FILTER;
}

/* As under systemd's ProtectSystem=strict: no fault of the disk's. */
static void a_folder_that_is_only_for_reading_is_said_to_be(void **state)
{
    assert_int_equal(in_a_child(replace_where_nothing_can_be_written, *state), -ERR_READ_ONLY);
}

/* The folder is opened before the key's file is: the next descriptors are theirs. */
static int make_key_without_sync(const struct beneath *f, int which)
{
    unsigned char key[HASH_KEY_SIZE];
    int next = dup(f->fd);
    (void)close(next);
    return refuse(SYS_fsync, next + which, EIO) ? -secret_load(key, f->folder) : NO_FILTER;
}

static int make_key_without_sync_of_folder(const struct beneath *f)
{
    return make_key_without_sync(f, 0);
}

static int make_key_without_sync_of_file(const struct beneath *f)
{
    return make_key_without_sync(f, 1);
}

static int make_key(const struct beneath *f)
{
    unsigned char key[HASH_KEY_SIZE];
    return -secret_load(key, f->folder);
}

static void a_key_that_a_power_cut_could_take_is_none(void **state)
{
    const struct beneath *f = *state;
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/secret", f->folder);
    assert_int_equal(in_a_child(make_key_without_sync_of_file, f), -ERR_IO);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(in_a_child(make_key_without_sync_of_folder, f), -ERR_IO);
    (void)unlink(path);
    assert_int_equal(in_a_child(make_key, f), 0);
}

TEST_MAIN(BENEATH_TEST(nothing_outside_is_read_on_an_old_kernel_either),
          BENEATH_TEST(only_a_lock_that_somebody_holds_is_taken),
          BENEATH_TEST(what_cannot_be_synced_is_not_said_to_be_written),
          BENEATH_TEST(a_folder_that_is_only_for_reading_is_said_to_be),
          BENEATH_TEST(a_key_that_a_power_cut_could_take_is_none))

/* Owns temporary folders for tests. */
#include "support/files.h"

#include "base/fs.h"
#include "base/gzip.h"
#include "support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

char *files_make_folder(void)
{
    const char *where = getenv("TMPDIR");
    char *path = NULL;
    assert_true(asprintf(&path, "%s/attimo-XXXXXX", where && *where ? where : P_tmpdir) > 0);
    assert_non_null(mkdtemp(path));
    return path;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

void files_remove(char *folder)
{
    if (folder)
        (void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(folder);
}

static void make_parents(char *path, size_t from)
{
    for (char *slash = strchr(path + from, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
        *slash = '/';
    }
}

void files_write(const char *folder, const char *name, struct str text)
{
    char path[PATH_MAX];
    char aside[PATH_MAX];
    assert_true(snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path);
    assert_true(snprintf(aside, sizeof aside, "%s/.aside", folder) < (int)sizeof aside);
    make_parents(path, strlen(folder) + 1);

    int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(fs_write_all(fd, text), 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(rename(aside, path), 0);
}

void files_read(const char *path, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t n;
    do {
        char *to = buf_reserve(out, 4096);
        assert_non_null(to);
        n = read(fd, to, 4096);
        assert_true(n >= 0);
        out->len += (size_t)n;
    } while (n > 0);
    (void)close(fd);
}

static ssize_t give_str(void *context, char *out, size_t room)
{
    struct str *left = context;
    size_t n = left->len < room ? left->len : room;
    if (n > 0)
        memcpy(out, left->ptr, n);
    *left = str_skip(*left, n);
    return (ssize_t)n;
}

int files_gzip(int fd, struct str content)
{
    return gzip_write_file(fd, give_str, &content);
}

void files_obey_permissions(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}};
    assert_int_equal(syscall(SYS_capget, &header, data), 0);
    data[0].effective &= ~((1U << CAP_DAC_OVERRIDE) | (1U << CAP_DAC_READ_SEARCH));
    assert_int_equal(syscall(SYS_capset, &header, data), 0);
}

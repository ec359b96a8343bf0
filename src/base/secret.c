/* Owns the file of the key. */
#include "base/secret.h"

#include "base/err.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int read_key(unsigned char key[HASH_KEY_SIZE], const char *path)
{
    struct buf bytes = BUF_EMPTY;
    int rc = fs_read(path, HASH_KEY_SIZE, &bytes);
    if (rc == ERR_TOO_LARGE || (rc == 0 && bytes.len != HASH_KEY_SIZE))
        rc = ERR_INVALID;
    if (rc == 0)
        memcpy(key, bytes.ptr, HASH_KEY_SIZE);
    buf_finish(&bytes);
    return rc;
}

static int write_key(const char *path)
{
    unsigned char key[HASH_KEY_SIZE];
    hash_random(key, sizeof key);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_from_errno(errno);
    int rc = fs_write_all(fd, str_make((const char *)key, sizeof key));
    if (rc == 0 && fsync(fd) != 0)
        rc = err_from_errno(errno);
    (void)close(fd);
    return rc;
}

/* The key is written aside and then linked to its name, which fails where another process was
 * faster: no half or second key is ever read. After a power cut it must be the same one still, or
 * all tokens that are out were void. */
static int make_key(const char *data, const char *path)
{
    char *aside;
    int folder = fs_open_folder(data);
    if (folder < 0)
        return folder;
    if (asprintf(&aside, "%s.%ld.tmp", path, (long)getpid()) < 0) {
        (void)close(folder);
        return ERR_NO_MEMORY;
    }
    (void)unlink(aside); /* of one that was killed while it wrote */
    int rc = write_key(aside);
    if (rc == 0 && link(aside, path) != 0 && errno != EEXIST)
        rc = err_from_errno(errno);
    (void)unlink(aside);
    if (rc == 0 && fsync(folder) != 0)
        rc = err_from_errno(errno);
    (void)close(folder);
    free(aside);
    return rc;
}

/* Allocated. */
static char *path_of(const char *data)
{
    char *path;
    return asprintf(&path, "%s/secret", data) < 0 ? NULL : path;
}

int secret_load(unsigned char key[HASH_KEY_SIZE], const char *data)
{
    int rc = fs_make_data_folder(data);
    if (rc != 0)
        return rc;
    char *path = path_of(data);
    if (!path)
        return ERR_NO_MEMORY;
    rc = read_key(key, path);
    if (rc == ERR_NOT_FOUND) {
        rc = make_key(data, path);
        if (rc == 0)
            rc = read_key(key, path);
    }
    free(path);
    return rc;
}

int secret_read(unsigned char key[HASH_KEY_SIZE], const char *data)
{
    char *path = path_of(data);
    int rc = path ? read_key(key, path) : ERR_NO_MEMORY;
    free(path);
    return rc;
}

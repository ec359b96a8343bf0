/* Owns the few system calls on files, so that confinement and short reads are right in one place.
 */
#include "base/fs.h"

#include "base/err.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { WALK_DEPTH_MAX = 32 };

/* Why a component could not be opened. A link where a folder is wanted is no folder to the system.
 */
static int refusal(int dir_fd, const char *component, int error)
{
    struct stat st;
    bool link = error == ELOOP ||
                (error == ENOTDIR && fstatat(dir_fd, component, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
                 S_ISLNK(st.st_mode));
    return link ? ERR_OUTSIDE : err_from_errno(error);
}

/* One component of a path, which may not be a link. */
static int open_component(int dir_fd, struct str name, int flags)
{
    char component[NAME_MAX + 1];
    if (name.len > NAME_MAX)
        return ERR_TOO_LARGE;
    memcpy(component, name.ptr, name.len);
    component[name.len] = '\0';
    int fd = openat(dir_fd, component, flags | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return refusal(dir_fd, component, errno);

    struct stat st;
    if ((flags & O_PATH) && (fstat(fd, &st) != 0 || S_ISLNK(st.st_mode))) {
        (void)close(fd);
        return ERR_OUTSIDE;
    }
    return fd;
}

/* For kernels before 5.6, and for sandboxes and tools that do not know openat2: component by
 * component. No link is followed, not even one that stays inside. */
static int open_by_components(int dir_fd, const char *path, int flags)
{
    struct str rest = str_from(path);
    struct str name;
    int at = dir_fd;
    if (str_starts_with(rest, STR("/")))
        return ERR_OUTSIDE;
    while (str_split(&rest, '/', &name)) {
        bool last = rest.ptr == NULL;
        int next = str_eq(name, STR(".."))
                       ? ERR_OUTSIDE
                       : open_component(at, name, last ? flags : O_PATH | O_DIRECTORY);
        if (at != dir_fd)
            (void)close(at);
        if (next < 0)
            return next;
        at = next;
    }
    return at;
}

/* EAGAIN: something was renamed meanwhile and the kernel could not prove that we stayed below; or
 * somebody has a lease on the file, as Samba has for its clients, and is asked to give it back,
 * which the kernel makes him do within a minute. */
static void wait_a_moment(void)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    (void)nanosleep(&moment, NULL);
}

int fs_open_beneath(int dir_fd, const char *path, int flags)
{
    struct open_how how = {.flags = (unsigned)(flags | O_CLOEXEC),
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    for (;;) {
        long fd = syscall(SYS_openat2, dir_fd, path, &how, sizeof how);
        if (fd >= 0)
            return (int)fd;
        if (errno == ENOSYS || errno == EPERM)
            return open_by_components(dir_fd, path, flags);
        if (errno != EINTR && errno != EAGAIN)
            return err_from_errno(errno);
        if (errno == EAGAIN)
            wait_a_moment();
    }
}

static int read_all(int fd, size_t limit, struct buf *out)
{
    size_t start = out->len;
    for (;;) {
        char *room = buf_reserve(out, 16384);
        if (!room)
            return ERR_NO_MEMORY;
        ssize_t n = read(fd, room, out->capacity - out->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_from_errno(errno);
        if (n == 0)
            return 0;
        out->len += (size_t)n;
        if (out->len - start > limit)
            return ERR_TOO_LARGE;
    }
}

static bool same_version(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int read_checked(int fd, size_t limit, struct buf *out, struct stat *st)
{
    struct stat after;
    if (fstat(fd, st) != 0)
        return err_from_errno(errno);
    if (!S_ISREG(st->st_mode))
        return S_ISDIR(st->st_mode) ? ERR_FOLDER : ERR_INVALID;
    if ((uint64_t)st->st_size > limit)
        return ERR_TOO_LARGE;
    if (st->st_size > 0 && !buf_reserve(out, (size_t)st->st_size + 16384))
        return ERR_NO_MEMORY;

    int rc = read_all(fd, limit, out);
    if (rc != 0)
        return rc;
    if (fstat(fd, &after) != 0)
        return err_from_errno(errno);
    return same_version(st, &after) ? 0 : ERR_CHANGED;
}

/* Reads from `fd`, which stays open; leaves nothing in `out` that is not the whole file. */
static int read_regular(int fd, size_t limit, struct buf *out, struct stat *st)
{
    size_t start = out->len;
    int rc = read_checked(fd, limit, out, st);
    if (rc != 0)
        out->len = start;
    return rc;
}

int fs_stat_beneath(int dir_fd, const char *path, int flags, struct stat *st)
{
    int fd = fs_open_beneath(dir_fd, path, O_PATH | flags);
    if (fd < 0)
        return fd;
    int rc = fstat(fd, st) == 0 ? 0 : err_from_errno(errno);
    (void)close(fd);
    return rc;
}

int fs_read_beneath(int dir_fd, const char *path, size_t limit, struct buf *out, struct stat *st)
{
    struct stat own;
    /* O_NONBLOCK: opening a FIFO must not wait for a writer. */
    int fd = fs_open_beneath(dir_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return fd;
    int rc = read_regular(fd, limit, out, st ? st : &own);
    (void)close(fd);
    return rc;
}

/* A lease for reading is only given where no writer is; who begins to write meanwhile waits until
 * it is handed back. */
bool fs_is_at_rest(int dir_fd, const char *path)
{
    int fd = fs_open_beneath(dir_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return false;
    bool at_rest = fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
    if (at_rest)
        (void)fcntl(fd, F_SETLEASE, F_UNLCK);
    (void)close(fd);
    return at_rest;
}

int fs_read(const char *path, size_t limit, struct buf *out)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return err_from_errno(errno);
    int rc = read_regular(fd, limit, out, &st);
    (void)close(fd);
    return rc;
}

int fs_open_folder(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    /* The system says the same of a file on the way, and then nothing is there. */
    int error = errno;
    return error == ENOTDIR && stat(path, &st) == 0 ? ERR_NO_FOLDER : err_from_errno(error);
}

int fs_write_all(int fd, struct str s)
{
    while (s.len > 0) {
        ssize_t n = write(fd, s.ptr, s.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_from_errno(errno);
        if (n == 0)
            return ERR_IO;
        s = str_skip(s, (size_t)n);
    }
    return 0;
}

static int sync_fd(int fd)
{
    return fsync(fd) == 0 ? 0 : err_from_errno(errno);
}

/* A new file with the bytes `s`: its descriptor or an error. */
static int write_aside(int dir_fd, const char *aside, struct str s)
{
    int fd = openat(dir_fd, aside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return err_from_errno(errno);
    int rc = fs_write_all(fd, s);
    /* The caller's umask must not keep others from reading it. */
    if (rc == 0 && fchmod(fd, 0644) != 0)
        rc = err_from_errno(errno);
    if (rc == 0)
        return fd;
    (void)close(fd);
    (void)unlinkat(dir_fd, aside, 0);
    return rc;
}

int fs_make_data_folder(const char *path)
{
    return mkdir(path, 0750) == 0 || errno == EEXIST ? 0 : err_from_errno(errno);
}

int fs_replace(int dir_fd, const char *name, struct str s)
{
    char aside[NAME_MAX + 1];
    /* A dot first: whoever reads the folder passes it over. */
    if (snprintf(aside, sizeof aside, ".%s.%d", name, (int)getpid()) >= (int)sizeof aside)
        return ERR_TOO_LARGE;
    int fd = write_aside(dir_fd, aside, s);
    if (fd < 0)
        return fd;
    /* Syncing waits for whatever else the disk has to do. What is replaced waits for it, what is
     * new need not. */
    bool is_new = renameat2(dir_fd, aside, dir_fd, name, RENAME_NOREPLACE) == 0;
    int rc = sync_fd(fd);
    (void)close(fd);
    if (!is_new && rc == 0 && renameat(dir_fd, aside, dir_fd, name) != 0)
        rc = err_from_errno(errno);
    if (rc != 0)
        (void)unlinkat(dir_fd, is_new ? name : aside, 0);
    return rc == 0 ? sync_fd(dir_fd) : rc;
}

struct walk {
    int root_fd;
    int (*visit)(void *context, const struct fs_entry *entry);
    void *context;
    int depth;
    struct {
        dev_t device;
        ino_t inode;
    } above[WALK_DEPTH_MAX]; /* the folders that we are in, from the root down */
};

static int walk_names(struct walk *walk, const char *folder, struct dirent **names, int count);

static int is_real_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Notes that we are in the folder `fd`, unless we already are (through a link to one above), or are
 * too deep. */
static int enter(struct walk *walk, int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_from_errno(errno);
    for (int i = 0; i < walk->depth; i++)
        if (walk->above[i].device == st.st_dev && walk->above[i].inode == st.st_ino)
            return ERR_LOOP;
    if (walk->depth == WALK_DEPTH_MAX)
        return ERR_LIMIT;
    walk->above[walk->depth].device = st.st_dev;
    walk->above[walk->depth].inode = st.st_ino;
    walk->depth++;
    return 0;
}

/* Enters a folder and reads its names, in order. Returns how many, or an error. The caller frees
 * them, and leaves the folder. */
static int enter_and_list(struct walk *walk, const char *folder, struct dirent ***names)
{
    int fd = fs_open_beneath(walk->root_fd, *folder ? folder : ".", O_RDONLY | O_DIRECTORY);
    if (fd < 0)
        return fd;
    int rc = enter(walk, fd);
    if (rc == 0) {
        rc = scandirat(fd, ".", names, is_real_entry, by_bytes);
        if (rc < 0) {
            rc = err_from_errno(errno);
            walk->depth--;
        }
    }
    (void)close(fd);
    return rc;
}

static int report(const struct walk *walk, const char *path, int error)
{
    struct fs_entry entry = {.path = path, .error = error};
    int rc = walk->visit(walk->context, &entry);
    return rc < 0 ? rc : 0;
}

static int walk_path(struct walk *walk, const char *path)
{
    struct stat st;
    int error = fs_stat_beneath(walk->root_fd, path, 0, &st);
    if (error == ERR_NOT_FOUND &&
        fs_stat_beneath(walk->root_fd, path, O_NOFOLLOW, &st) == ERR_NOT_FOUND)
        return 0; /* It is no link to nothing: it has gone since its name was read. */
    if (error != 0)
        return report(walk, path, error);

    struct fs_entry entry = {.path = path, .st = &st};
    int rc = walk->visit(walk->context, &entry);
    if (rc != 0 || !S_ISDIR(st.st_mode))
        return rc < 0 ? rc : 0;
    struct dirent **names = NULL;
    int count = enter_and_list(walk, path, &names);
    return count < 0 ? report(walk, path, count) : walk_names(walk, path, names, count);
}

/* Visits what the folder that was just entered holds, leaves it, and frees the names. */
static int walk_names(struct walk *walk, const char *folder, struct dirent **names, int count)
{
    int rc = 0;
    assert(count == 0 || names);
    for (int i = 0; i < count; i++) {
        char *path;
        if (rc == 0 && asprintf(&path, "%s%s%s", folder, *folder ? "/" : "", names[i]->d_name) < 0)
            rc = ERR_NO_MEMORY;
        else if (rc == 0) {
            rc = walk_path(walk, path);
            free(path);
        }
        free(names[i]);
    }
    free(names);
    walk->depth--;
    return rc;
}

int fs_walk(int dir_fd, int (*visit)(void *context, const struct fs_entry *entry), void *context)
{
    struct walk walk = {.root_fd = dir_fd, .visit = visit, .context = context};
    struct dirent **names = NULL;
    int count = enter_and_list(&walk, "", &names);
    return count < 0 ? count : walk_names(&walk, "", names, count);
}

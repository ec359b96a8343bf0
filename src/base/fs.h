/* Files as this program needs them: read whole and never from outside a folder, walked, written
 * whole. */
#ifndef ATTIMO_BASE_FS_H
#define ATTIMO_BASE_FS_H

#include "base/buf.h"
#include "base/str.h"

#include <sys/stat.h>

/* Opens `path`, relative to `dir_fd` and below it: no link, no `..` may lead out of it (openat2,
 * RESOLVE_BENEATH). Returns a descriptor (O_CLOEXEC) or an error: ERR_OUTSIDE, ERR_NOT_FOUND,
 * ERR_DENIED, ERR_LOOP... Without openat2 no link is followed at all: ERR_OUTSIDE. */
int fs_open_beneath(int dir_fd, const char *path, int flags);

/* What fstat says of it, without opening it for anything. `flags`: 0, or O_NOFOLLOW. */
int fs_stat_beneath(int dir_fd, const char *path, int flags, struct stat *st);

/* Appends the whole of a regular file to `out` (or nothing, on failure), and tells what fstat says
 * of it if `st` is not NULL. ERR_FOLDER; ERR_INVALID: not a regular file either (never blocks on a
 * FIFO). ERR_TOO_LARGE: over `limit` bytes. ERR_CHANGED: size or modification time differ before
 * and after; read it again. */
int fs_read_beneath(int dir_fd, const char *path, size_t limit, struct buf *out, struct stat *st);

/* The same for a path of the user's own choice, wherever it leads. */
int fs_read(const char *path, size_t limit, struct buf *out);

/* Opens a folder of the user's own choice for reading what is in it. A descriptor (O_CLOEXEC) or an
 * error: ERR_NO_FOLDER, something else is there; ERR_NOT_FOUND, ERR_DENIED... */
int fs_open_folder(const char *path);

/* Whether nobody on this machine has the file open for writing. False as well where that cannot be
 * known: a file of another user, without CAP_LEASE; some file systems. SIGIO must be ignored: it
 * tells of whoever begins to write at this very moment. */
bool fs_is_at_rest(int dir_fd, const char *path);

/* Makes the folder that a server writes to (mode 0750), unless it is there. ERR_NOT_FOUND: the one
 * in which it would stand is not. ERR_DENIED, ERR_IO... */
int fs_make_data_folder(const char *path);

/* Writes all of `s`, whatever it takes. */
int fs_write_all(int fd, struct str s);

/* Puts a file called `name` with the bytes `s` (mode 0644) into the folder `dir_fd`, in place of
 * one that may be there. Other processes see all of it or nothing, and on return it is on the disk.
 * Where there was one, that one or the new one is there, whole, after a crash at any moment; where
 * there was none, others see the new one before the disk is waited for, and a power cut before the
 * return may leave less of it. ERR_NO_SPACE, ERR_DENIED, ERR_IO... */
int fs_replace(int dir_fd, const char *name, struct str s);

/* One entry of a walk. `path` is relative to the folder walked, without a leading `./`, valid
 * during the call. */
struct fs_entry {
    const char *path;
    const struct stat *st; /* follows links that stay inside */
    int error;             /* not 0: this entry could not be looked at; `st` is NULL */
};

/* Visits everything below `dir_fd`, folders before what they hold, names in byte order; links to
 * folders inside are followed. A visit of a folder that returns 1 skips what it holds; a negative
 * value ends the walk and is returned. A folder that cannot be entered is visited a second time,
 * with the reason: ERR_DENIED, ERR_LOOP (a link to a folder that it is in), ERR_LIMIT (deeper than
 * 32). What vanishes meanwhile is left out. An error of `dir_fd` itself is returned. */
int fs_walk(int dir_fd, int (*visit)(void *context, const struct fs_entry *entry), void *context);

#endif

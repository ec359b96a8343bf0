/* Owns zlib for files. */
#include "base/gzip.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE_MAX = 1 << 20 };

struct gzip_reader {
    gzFile file;
};

uint32_t gzip_crc(uint32_t crc, struct str s)
{
    return (uint32_t)crc32_z(crc, (const Bytef *)s.ptr, s.len);
}

int gzip_reader_create(struct gzip_reader **out, int fd)
{
    struct gzip_reader *reader = malloc(sizeof *reader);
    if (!reader)
        return ERR_NO_MEMORY;
    reader->file = gzdopen(fd, "rb");
    if (!reader->file) {
        free(reader);
        return ERR_NO_MEMORY;
    }
    *out = reader;
    return 0;
}

void gzip_reader_destroy(struct gzip_reader *reader)
{
    if (!reader)
        return;
    (void)gzclose_r(reader->file);
    free(reader);
}

static int error_of(gzFile file)
{
    int error = Z_OK;
    (void)gzerror(file, &error);
    switch (error) {
    case Z_OK:
        return 0;
    case Z_MEM_ERROR:
        return ERR_NO_MEMORY;
    case Z_ERRNO:
        return err_from_errno(errno);
    default:
        return ERR_INVALID;
    }
}

/* zlib holds for plain what it cannot read at all. */
int gzip_reader_check(struct gzip_reader *reader)
{
    if (!gzdirect(reader->file))
        return 0;
    int rc = error_of(reader->file);
    return rc != 0 ? rc : ERR_NO_GZIP;
}

ssize_t gzip_read(struct gzip_reader *reader, char *out, size_t room)
{
    int n = gzread(reader->file, out, room > PIECE_MAX ? PIECE_MAX : (unsigned)room);
    if (n > 0)
        return n;
    /* A file that is cut off ends like a whole one, but for the error. */
    int rc = error_of(reader->file);
    return rc != 0 || n == 0 ? rc : ERR_IO;
}

int gzip_write_file(int fd, struct str content, const atomic_bool *stop)
{
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    gzFile file = own < 0 ? NULL : gzdopen(own, "wb6");
    if (!file) {
        if (own >= 0)
            (void)close(own);
        return ERR_NO_MEMORY;
    }
    int rc = 0;
    while (rc == 0 && content.len > 0) {
        unsigned piece = content.len > PIECE_MAX ? PIECE_MAX : (unsigned)content.len;
        errno = 0;
        if (gzwrite(file, content.ptr, piece) != (int)piece)
            rc = error_of(file);
        else if (stop && atomic_load(stop))
            rc = ERR_STOPPED;
        content = str_skip(content, piece);
    }
    errno = 0;
    int closed = gzclose_w(file);
    if (rc == 0 && closed != Z_OK)
        rc = closed == Z_ERRNO ? err_from_errno(errno) : ERR_IO;
    return rc;
}

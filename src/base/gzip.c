/* Owns zlib for files. */
#include "base/gzip.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE_MAX = 1 << 20, PIECE = 256 * 1024, INPUT_SIZE = 64 * 1024, GZIP_ONLY = 16 };

/* Where in the file reading has come to. */
enum place { AT_START, IN_MEMBER, BEHIND_MEMBER, IN_PLAIN, AT_END };

struct gzip_reader {
    int fd;
    enum place place;
    int error;               /* at the end: why it is there */
    z_stream stream;         /* its input is what was read and not unpacked */
    Bytef input[INPUT_SIZE]; /* where that stands */
};

uint32_t gzip_crc(uint32_t crc, struct str s)
{
    return (uint32_t)crc32_z(crc, (const Bytef *)s.ptr, s.len);
}

/* --- reading -------------------------------------------------------------------------------- */

int gzip_reader_create(struct gzip_reader **out, int fd)
{
    struct gzip_reader *reader = malloc(sizeof *reader);
    if (!reader)
        return ERR_NO_MEMORY;
    reader->fd = fd;
    reader->place = AT_START;
    reader->error = 0;
    reader->stream = (z_stream){.next_in = reader->input};
    if (inflateInit2(&reader->stream, MAX_WBITS + GZIP_ONLY) != Z_OK) {
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
    (void)inflateEnd(&reader->stream);
    (void)close(reader->fd);
    free(reader);
}

/* Reads on behind what is left of the input. 1; 0: the file has ended. */
static int fill(struct gzip_reader *reader)
{
    z_stream *stream = &reader->stream;
    ssize_t n;
    memmove(reader->input, stream->next_in, stream->avail_in);
    stream->next_in = reader->input;
    do
        n = read(reader->fd, reader->input + stream->avail_in, INPUT_SIZE - stream->avail_in);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return err_from_errno(errno);
    stream->avail_in += (unsigned)n;
    return n > 0;
}

/* Nothing but zeros, as on a tape: whatever else may be a damaged member. */
static int skip_padding(struct gzip_reader *reader)
{
    z_stream *stream = &reader->stream;
    int more;
    do {
        for (; stream->avail_in > 0; stream->next_in++, stream->avail_in--)
            if (*stream->next_in != 0)
                return ERR_INVALID;
        more = fill(reader);
    } while (more > 0);
    reader->place = AT_END;
    return more;
}

/* Finds out what begins here: behind a member another one, or nothing that counts. */
static int look(struct gzip_reader *reader)
{
    z_stream *stream = &reader->stream;
    int more = 1;
    while (stream->avail_in < 2 && more > 0)
        more = fill(reader);
    if (more < 0)
        return more;
    if (stream->avail_in >= 2 && stream->next_in[0] == 0x1F && stream->next_in[1] == 0x8B) {
        (void)inflateReset(stream);
        reader->place = IN_MEMBER;
        return 0;
    }
    if (reader->place == BEHIND_MEMBER)
        return skip_padding(reader);
    reader->place = stream->avail_in > 0 ? IN_PLAIN : AT_END;
    return 0;
}

int gzip_reader_check(struct gzip_reader *reader)
{
    int rc = reader->place == AT_START ? look(reader) : 0;
    return rc == 0 && reader->place != IN_MEMBER ? ERR_NO_GZIP : rc;
}

/* Where the input has ended there may still be content that had no room before. */
static int unpack(struct gzip_reader *reader)
{
    int more = reader->stream.avail_in > 0 ? 1 : fill(reader);
    switch (inflate(&reader->stream, Z_NO_FLUSH)) {
    case Z_STREAM_END:
        reader->place = BEHIND_MEMBER;
        return 0;
    case Z_OK:
        return 0;
    case Z_BUF_ERROR:
        return more < 0 ? more : ERR_INVALID;
    case Z_MEM_ERROR:
        return ERR_NO_MEMORY;
    default:
        return ERR_INVALID;
    }
}

static int copy(struct gzip_reader *reader)
{
    z_stream *stream = &reader->stream;
    int more = stream->avail_in > 0 ? 1 : fill(reader);
    unsigned n = stream->avail_in < stream->avail_out ? stream->avail_in : stream->avail_out;
    memcpy(stream->next_out, stream->next_in, n);
    stream->next_in += n;
    stream->avail_in -= n;
    stream->next_out += n;
    stream->avail_out -= n;
    if (more == 0)
        reader->place = AT_END;
    return more < 0 ? more : 0;
}

/* An error waits until what was unpacked before it has been given. */
ssize_t gzip_read(struct gzip_reader *reader, char *out, size_t room)
{
    z_stream *stream = &reader->stream;
    unsigned piece = room > PIECE_MAX ? PIECE_MAX : (unsigned)room;
    stream->next_out = (Bytef *)out;
    stream->avail_out = piece;
    while (stream->avail_out > 0 && reader->place != AT_END) {
        int rc = reader->place == IN_MEMBER  ? unpack(reader)
                 : reader->place == IN_PLAIN ? copy(reader)
                                             : look(reader);
        if (rc != 0) {
            reader->error = rc;
            reader->place = AT_END;
        }
    }
    return stream->avail_out < piece ? (ssize_t)(piece - stream->avail_out) : reader->error;
}

/* RFC 1952 2.2 and 2.3: a member begins with its marks and "deflate", and ends with its size. */
int gzip_told_size(int fd, uint64_t *size)
{
    enum { HEAD = 10, TRAILER = 8, SIZE = 4 };
    static const unsigned char marks[] = {0x1F, 0x8B, Z_DEFLATED};
    unsigned char start[sizeof marks];
    unsigned char end[SIZE];
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_from_errno(errno);
    if (st.st_size < HEAD + TRAILER)
        return ERR_NO_GZIP;
    if (pread(fd, start, sizeof start, 0) != (ssize_t)sizeof start ||
        pread(fd, end, SIZE, st.st_size - SIZE) != SIZE)
        return ERR_IO;
    if (memcmp(start, marks, sizeof marks) != 0)
        return ERR_NO_GZIP;
    *size = end[0] | (uint64_t)end[1] << 8 | (uint64_t)end[2] << 16 | (uint64_t)end[3] << 24;
    return 0;
}

/* --- writing -------------------------------------------------------------------------------- */

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

static int write_content(gzFile file, ssize_t (*give)(void *context, char *out, size_t room),
                         void *context)
{
    char *piece = malloc(PIECE);
    if (!piece)
        return ERR_NO_MEMORY;
    int rc = 0;
    ssize_t n;
    while (rc == 0 && (n = give(context, piece, PIECE)) != 0) {
        errno = 0;
        if (n < 0)
            rc = (int)n;
        else if (gzwrite(file, piece, (unsigned)n) != (int)n)
            rc = error_of(file);
    }
    free(piece);
    return rc;
}

int gzip_write_file(int fd, ssize_t (*give)(void *context, char *out, size_t room), void *context)
{
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    gzFile file = own < 0 ? NULL : gzdopen(own, "wb6");
    if (!file) {
        if (own >= 0)
            (void)close(own);
        return ERR_NO_MEMORY;
    }
    int rc = write_content(file, give, context);
    errno = 0;
    int closed = gzclose_w(file);
    if (rc == 0 && closed != Z_OK)
        rc = closed == Z_ERRNO ? err_from_errno(errno) : ERR_IO;
    return rc;
}

/* Files in gzip form (RFC 1952), written and read as streams, and the checksum in them. The only
 * user of zlib below site/. */
#ifndef ATTIMO_BASE_GZIP_H
#define ATTIMO_BASE_GZIP_H

#include "base/str.h"

#include <sys/types.h>

/* The CRC-32 of what stands behind bytes whose CRC-32 is `crc` (0: of none). */
uint32_t gzip_crc(uint32_t crc, struct str s);

struct gzip_reader;

/* Reads the gzip file `fd` from its start. On success `fd` belongs to the reader. ERR_NO_MEMORY. */
int gzip_reader_create(struct gzip_reader **out, int fd);
void gzip_reader_destroy(struct gzip_reader *reader);

/* Looks at the beginning, before anything is read: 0, or ERR_NO_GZIP, ERR_IO, ERR_FOLDER,
 * ERR_NO_MEMORY. What is no gzip file would be read as it is. */
int gzip_reader_check(struct gzip_reader *reader);

/* Reads up to `room` bytes of content; 0 at the end. Members behind one another are one content;
 * zeros behind them are left out. ERR_INVALID: what follows is damaged, cut off or no member, or
 * the checksum of one is wrong (what could be unpacked has been given by then, and may be damaged
 * itself). ERR_IO, ERR_FOLDER, ERR_NO_MEMORY. From then on it is the same error. */
ssize_t gzip_read(struct gzip_reader *reader, char *out, size_t room);

/* How much content the gzip file `fd` says that it has: what its last four bytes tell, which is
 * that of its last member, modulo 2^32. Cheap, and no proof; moves nothing. ERR_NO_GZIP, ERR_IO. */
int gzip_told_size(int fd, uint64_t *size);

/* Appends a gzip file to `fd`, which stays open. `give` fills in up to `room` bytes of its content:
 * how many; 0 at the end; or an error, which ends all and is returned. ERR_NO_SPACE, ERR_IO,
 * ERR_NO_MEMORY. On failure `fd` holds a part, which is of no use. */
int gzip_write_file(int fd, ssize_t (*give)(void *context, char *out, size_t room), void *context);

#endif

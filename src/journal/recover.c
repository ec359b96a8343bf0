/* Owns reading a segment backwards. What stands behind the last intact line may be anything: half a
 * line, zeros that a file system left, another file's old bytes. */
#include "journal/recover.h"

#include "base/err.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { BLOCK = 256 * 1024 };

/* A part of the file: `at` bytes from its start. */
struct block {
    char *bytes;
    size_t len;
    uint64_t at;
};

static int read_block(const struct disk *disk, int fd, struct block *block, uint64_t end)
{
    block->len = end < BLOCK ? (size_t)end : BLOCK;
    block->at = end - block->len;
    return disk_read_all(disk, fd, block->bytes, block->len, block->at);
}

static bool is_event(struct str line, uint64_t *seq)
{
    char scratch[EVENT_LINE_MAX];
    struct event event;
    struct str part = event_line_intact_part(line);
    if (part.len == 0 || event_decode(&event, part, scratch) != 0)
        return false;
    *seq = event.seq;
    return true;
}

/* Looks for the last intact line that lies in the block. If there is none, `*end` is where the
 * search must go on: behind the first line end in it, whose line may begin before the block. */
static bool find_in_block(const struct block *block, struct tail *out, uint64_t *end)
{
    struct str rest = str_make(block->bytes, block->len);
    ptrdiff_t stop = str_find_last(rest, '\n');
    while (stop >= 0) {
        rest.len = (size_t)stop;
        ptrdiff_t before = str_find_last(rest, '\n');
        if (before < 0 && block->at > 0 && stop < EVENT_LINE_MAX) {
            *end = block->at + (uint64_t)stop + 1;
            return false;
        }
        if (is_event(str_skip(rest, (size_t)(before + 1)), &out->last_seq)) {
            out->good = block->at + (uint64_t)stop + 1;
            out->has_seq = true;
            return true;
        }
        stop = before;
    }
    *end = block->at;
    return false;
}

int recover_find_tail(const struct disk *disk, int fd, struct tail *out)
{
    struct stat st;
    *out = (struct tail){0};
    if (fstat(fd, &st) != 0)
        return err_from_errno(errno);
    out->size = (uint64_t)st.st_size;
    struct block block = {.bytes = malloc(BLOCK)};
    if (!block.bytes)
        return ERR_NO_MEMORY;
    int rc = 0;
    for (uint64_t end = out->size; end > 0;) {
        rc = read_block(disk, fd, &block, end);
        if (rc != 0 || find_in_block(&block, out, &end))
            break;
    }
    free(block.bytes);
    return rc;
}

/* Fuzzes recovery: the input is a recipe for a file of good lines and rubbish. Whatever it is, the
 * part that is kept ends with an intact line, nothing intact stands behind it. */
#include "journal/recover.h"

#include "base/buf.h"

#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void append_good(struct buf *file, uint64_t seq, size_t len)
{
    static const char filler[4096];
    char line[EVENT_LINE_ROOM];
    const struct event e = {
        .seq = seq,
        .id = STR("i"),
        .node = STR("n"),
        .event = STR("view"),
        .page = str_make(filler, len),
    };
    ssize_t n = event_encode(&e, line);
    assert(n > 0);
    buf_append(file, str_make(line, (size_t)n));
}

/* Each byte is a step, some with the next as their measure. */
static void cook(struct buf *file, struct str recipe)
{
    uint64_t seq = 1;
    for (size_t i = 0; i < recipe.len && file->len < (1 << 20); i++) {
        unsigned char step = (unsigned char)recipe.ptr[i];
        unsigned char next = i + 1 < recipe.len ? (unsigned char)recipe.ptr[i + 1] : 0;
        switch (step % 8) {
        case 0:
        case 1:
            append_good(file, seq++, (size_t)next * 4);
            break;
        case 2: /* a torn end */
            file->len -= next < file->len ? next : file->len;
            break;
        case 3:
            for (size_t k = 0; k < (size_t)next * next; k++)
                buf_append_char(file, '\0');
            break;
        case 4: /* a flipped bit */
            if (file->len > 0)
                file->ptr[file->len - 1 - next % file->len] ^= (char)(1 << (step >> 5));
            break;
        case 5:
            for (size_t k = 0; k < (size_t)next * next * 8; k++)
                buf_append_char(file, 'x');
            break;
        case 6:
            buf_append_char(file, '\n');
            break;
        default: /* rubbish of the fuzzer's own */
            buf_append(file, str_skip(recipe, i));
            break;
        }
    }
}

/* The slow way: the last line end before which something intact stands. */
static uint64_t find_good(struct str file, uint64_t *seq)
{
    char scratch[EVENT_LINE_MAX];
    struct event event;
    uint64_t good = 0;
    struct str rest = file;
    ptrdiff_t end;
    while ((end = str_find(rest, '\n')) >= 0) {
        struct str part = event_line_intact_part(str_make(rest.ptr, (size_t)end));
        rest = str_skip(rest, (size_t)end + 1);
        if (part.len == 0 || event_decode(&event, part, scratch) != 0)
            continue;
        good = file.len - rest.len;
        *seq = event.seq;
    }
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf file = BUF_EMPTY;
    struct tail tail;
    uint64_t seq = 0;
    cook(&file, str_make((const char *)data, size));
    int fd = memfd_create("segment", MFD_CLOEXEC);
    assert(fd >= 0 && write(fd, file.ptr, file.len) == (ssize_t)file.len);

    assert(recover_find_tail(fd, &tail) == 0);
    assert(tail.size == file.len && tail.good == find_good(buf_str(&file), &seq));
    assert(tail.has_seq == (tail.good > 0) && (!tail.has_seq || tail.last_seq == seq));

    assert(ftruncate(fd, (off_t)tail.good) == 0);
    struct tail again;
    assert(recover_find_tail(fd, &again) == 0);
    assert(again.good == tail.good && again.size == tail.good && again.last_seq == tail.last_seq);
    (void)close(fd);
    buf_finish(&file);
    return 0;
}

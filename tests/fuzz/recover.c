/* Fuzzes recovery: the input is a recipe for a file of good lines and rubbish. Whatever it is, the
 * part that is kept ends with an intact line, nothing intact stands behind it, and no line is lost
 * that was written whole and left alone. */
#include "journal/recover.h"

#include "base/buf.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Recovery reads blocks of this size from the end on: a line may lie across two of them. */
enum { BLOCK = 256 * 1024, FILE_MAX = 3 * BLOCK, STEPS_MAX = 128 };

/* A file, and the lines in it that nothing has happened to. */
struct dish {
    struct buf file;
    struct written {
        size_t start;
        size_t end;
        uint64_t seq;
    } lines[STEPS_MAX];
    size_t count;
};

static void append_good(struct dish *dish, uint64_t seq, size_t len)
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
    buf_append(&dish->file, str_make(line, (size_t)n));
    dish->lines[dish->count++] = (struct written){dish->file.len - (size_t)n, dish->file.len, seq};
}

static void append_repeated(struct dish *dish, char c, size_t count)
{
    char *at = buf_reserve(&dish->file, count);
    if (!at)
        abort();
    memset(at, c, count);
    dish->file.len += count;
}

static void tear(struct dish *dish, size_t bytes)
{
    dish->file.len -= bytes < dish->file.len ? bytes : dish->file.len;
    while (dish->count > 0 && dish->lines[dish->count - 1].end > dish->file.len)
        dish->count--;
}

static void flip(struct dish *dish, size_t from_end, int bit)
{
    if (dish->file.len == 0)
        return;
    size_t at = dish->file.len - 1 - from_end % dish->file.len;
    dish->file.ptr[at] ^= (char)(1 << bit);
    for (size_t i = 0; i < dish->count; i++) {
        if (at < dish->lines[i].start || at >= dish->lines[i].end)
            continue;
        memmove(&dish->lines[i], &dish->lines[i + 1], (--dish->count - i) * sizeof dish->lines[0]);
        return;
    }
}

/* Each byte is a step, some with the next as their measure. */
static void cook(struct dish *dish, struct str recipe)
{
    uint64_t seq = 1;
    for (size_t i = 0; i < recipe.len && i < STEPS_MAX && dish->file.len < FILE_MAX; i++) {
        unsigned char step = (unsigned char)recipe.ptr[i];
        size_t next = i + 1 < recipe.len ? (unsigned char)recipe.ptr[i + 1] : 0;
        bool is_large = step & 8;
        switch (step % 8) {
        case 0:
        case 1:
            append_good(dish, seq++, next * 4);
            break;
        case 2:
            tear(dish, is_large ? next * 16 : next);
            break;
        case 3:
            append_repeated(dish, '\0', is_large ? next * next : next);
            break;
        case 4:
            flip(dish, is_large ? next * 16 : next, step >> 5);
            break;
        case 5:
            append_repeated(dish, 'x', is_large ? BLOCK - next : next * 16);
            break;
        case 6:
            append_repeated(dish, '\n', 1);
            break;
        default: /* rubbish of the fuzzer's own */
            buf_append(&dish->file, str_skip(recipe, i));
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

static void check_tail(const struct tail *tail, const struct dish *dish)
{
    uint64_t seq = 0;
    assert(tail->size == dish->file.len && tail->good == find_good(buf_str(&dish->file), &seq));
    assert(tail->has_seq == (tail->good > 0) && (!tail->has_seq || tail->last_seq == seq));
    if (dish->count == 0)
        return;
    const struct written *last = &dish->lines[dish->count - 1];
    assert(tail->good >= last->end);
    assert(tail->good > last->end || tail->last_seq == last->seq);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dish dish;
    struct tail tail;
    struct tail again;
    dish.count = 0;
    buf_clear(&dish.file);
    cook(&dish, str_make((const char *)data, size));
    int fd = memfd_create("segment", MFD_CLOEXEC);
    assert(fd >= 0 && write(fd, dish.file.ptr, dish.file.len) == (ssize_t)dish.file.len);

    assert(recover_find_tail(&disk_system, fd, &tail) == 0);
    check_tail(&tail, &dish);

    assert(ftruncate(fd, (off_t)tail.good) == 0);
    assert(recover_find_tail(&disk_system, fd, &again) == 0);
    assert(again.good == tail.good && again.size == tail.good && again.last_seq == tail.last_seq);
    (void)close(fd);
    return 0;
}

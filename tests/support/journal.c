/* Owns a journal for tests. */
#include "support/journal.h"

#include "support/files.h"
#include "support/test.h"

#include "base/hash.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int64_t wall_ms(void *context)
{
    return ((const struct bench *)context)->wall_ms;
}

static uint64_t monotonic_ms(void *context)
{
    return ((const struct bench *)context)->monotonic_ms;
}

int bench_setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    assert_int_equal(hash_init(), 0);
    b->folder = files_make_folder();
    b->data_fd = open(b->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(b->data_fd >= 0);
    fault_init(&b->fault);
    b->wall_ms = 1795293903127; /* 2026-11-21T20:45:03.127Z */
    b->monotonic_ms = 5000;
    b->options = (struct journal_options){
        .data_fd = b->data_fd,
        .node = STR("parma1"),
        .durability = DURABILITY_POWER,
        .world = {&b->fault.disk, wall_ms, monotonic_ms, b},
    };
    *state = b;
    return 0;
}

int bench_teardown(void **state)
{
    struct bench *b = *state;
    journal_destroy(b->journal);
    (void)close(b->data_fd);
    files_remove(b->folder);
    buf_finish(&b->pages);
    free(b);
    return 0;
}

void bench_open(struct bench *b)
{
    assert_null(b->journal);
    assert_int_equal(journal_open(&b->journal, &b->options, &b->recovery), 0);
}

void bench_close(struct bench *b)
{
    int rc = journal_close(b->journal);
    b->journal = NULL;
    assert_int_equal(rc, 0);
}

void bench_crash(struct bench *b)
{
    journal_destroy(b->journal);
    b->journal = NULL;
}

void bench_add(struct bench *b, const char *page)
{
    struct event event = {
        .ts_ms = b->wall_ms,
        .event = STR("view"),
        .page = str_from(page),
        .transport = STR("server"),
    };
    assert_int_equal(journal_add(b->journal, &event), 0);
}

int bench_record(struct bench *b, const char *page)
{
    bench_add(b, page);
    return journal_commit(b->journal);
}

static void on_damage(void *context, const struct damage *damage)
{
    struct bench *b = context;
    if (b->damaged < sizeof b->damage / sizeof *b->damage)
        b->damage[b->damaged] = *damage;
    b->damaged++;
}

static int open_segments(const struct bench *b)
{
    int fd = openat(b->data_fd, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

void bench_read(struct bench *b, bool live)
{
    const struct iterate_options options = {open_segments(b), live, on_damage, b, NULL};
    struct iterate *it;
    struct event event;
    int rc;
    buf_clear(&b->pages);
    b->events = b->damaged = 0;
    b->last_seq = 0;
    assert_int_equal(iterate_create(&it, &options), 0);
    while ((rc = iterate_next(it, &event)) == 1) {
        assert_true(event.seq > b->last_seq);
        b->last_seq = event.seq;
        b->events++;
        buf_append(&b->pages, event.page);
        buf_append_char(&b->pages, ' ');
    }
    assert_int_equal(rc, 0);
    iterate_destroy(it);
    (void)close(options.dir_fd);
}

void assert_pages_at(struct bench *b, const char *expected, const char *file, int line)
{
    bench_read(b, b->journal != NULL);
    assert_str_at(buf_str(&b->pages), str_from(expected), file, line);
    if (b->damaged > 0)
        _fail(file, line);
}

void assert_next_page(struct iterate *it, const char *page)
{
    struct event event;
    assert_int_equal(iterate_next(it, &event), 1);
    assert_str(event.page, str_from(page));
}

const char *bench_segment(struct bench *b, size_t index)
{
    static char name[SEGMENT_FILE_SIZE];
    struct segment_list list;
    int fd = open_segments(b);
    assert_int_equal(segment_list_read(&list, fd), 0);
    assert_true(index < list.count);
    memcpy(name, list.items[index].file, sizeof name);
    segment_list_finish(&list);
    (void)close(fd);
    return name;
}

const char *bench_path(struct bench *b, size_t index)
{
    static char path[4096];
    (void)snprintf(path, sizeof path, "%s/journal/%s", b->folder, bench_segment(b, index));
    return path;
}

size_t bench_segments(struct bench *b)
{
    struct segment_list list;
    int fd = open_segments(b);
    assert_int_equal(segment_list_read(&list, fd), 0);
    size_t count = list.count;
    segment_list_finish(&list);
    (void)close(fd);
    return count;
}

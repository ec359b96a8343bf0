/* A journal in a temporary folder, with its clock and its disk in the test's hands. */
#ifndef ATTIMO_TESTS_JOURNAL_H
#define ATTIMO_TESTS_JOURNAL_H

#include "base/buf.h"
#include "journal/iterate.h"
#include "journal/journal.h"
#include "support/fault.h"

struct bench {
    char *folder; /* the data directory */
    int data_fd;
    struct fault fault;
    int64_t wall_ms;
    uint64_t monotonic_ms;
    struct journal_options options;
    struct journal_recovery recovery; /* of the last opening */
    struct journal *journal;          /* NULL: closed */

    struct buf pages; /* what bench_read found: the pages of all events, a space behind each */
    uint64_t last_seq;
    size_t events;
    struct damage damage[16]; /* its `file` is not valid */
    size_t damaged;
};

/* For cmocka: an empty folder, nothing opened. */
int bench_setup(void **state);
int bench_teardown(void **state);
#define BENCH_TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

void bench_open(struct bench *b);
void bench_close(struct bench *b); /* in order */
void bench_crash(struct bench *b); /* not in order */

/* Adds a view of `page`; adds and commits, and returns what commit says. */
void bench_add(struct bench *b, const char *page);
int bench_record(struct bench *b, const char *page);

/* Reads the whole journal, and fails the test if numbers do not rise. */
void bench_read(struct bench *b, bool live);

/* The same, and expects these pages and no damage. */
#define assert_pages(b, expected) assert_pages_at((b), (expected), __FILE__, __LINE__)
void assert_pages_at(struct bench *b, const char *expected, const char *file, int line);

/* A reader's next event is of `page`. */
void assert_next_page(struct iterate *it, const char *page);

/* The name of the `index`-th segment, and its path; valid until the next call. */
const char *bench_segment(struct bench *b, size_t index);
const char *bench_path(struct bench *b, size_t index);
size_t bench_segments(struct bench *b);

#endif

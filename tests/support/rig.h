/* A recorder with two feeds, whose disk, journal and completions are in the test's hands. */
#ifndef ATTIMO_TESTS_RIG_H
#define ATTIMO_TESTS_RIG_H

#include "support/journal.h"

#include "server/recorder.h"
#include "server/recorder_parts.h"

/* Bytes of a feed's ring, and how long tests wait for what must come. */
enum { RIG_RING = 64 * 1024, RIG_PATIENCE_MS = 30000 };

struct rig {
    struct bench *bench;
    struct log log;
    struct recorder *recorder;
    uv_mutex_t lock;
    uv_cond_t changed;
    enum durability durability; /* of those that are created from now on */
    int64_t compress_after_s;   /* likewise */
    bool looks;                 /* at the state, when something is completed: into `at_last` */
    struct recorder_state at_last;
    struct buf told; /* of each completion: "feed/slot:status " */
    size_t completions;
    struct buf found; /* what rig_read_back found: "event:page " or "event=n " */
};

/* For cmocka. The recorder has no thread yet. */
int rig_setup(void **state);
int rig_teardown(void **state);
#define RIG_TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

/* Another recorder on the same folder: one that takes the lock, or one that is handed the journal.
 * As recorder_create. */
int rig_create(struct rig *rig, struct recorder **out);
int rig_create_next(struct rig *rig, const struct journal_handover *handover,
                    struct recorder **out);

/* What a worker does: a view by the first feed, and a group of a `seen` and a click. */
void rig_view(struct rig *rig, const char *page);
bool rig_group(struct rig *rig, size_t feed, uint32_t slot, const char *page);

/* Turns the recorder until nothing waits. */
void rig_turn(struct rig *rig);

struct recorder_state rig_state(struct rig *rig);

/* What the journal holds, into `found`. */
void rig_read_back(struct rig *rig);

#define assert_found(f, expected)                        \
    do {                                                 \
        rig_read_back(f);                                \
        assert_str(buf_str(&(f)->found), STR(expected)); \
    } while (0)

#define assert_told(f, expected) assert_str(buf_str(&(f)->told), STR(expected))

#endif

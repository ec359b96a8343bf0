/* A journal that goes from one process to the next while both run (a take-over). Both hold the lock
 * of the data directory, each writes segments of its own, the next one's numbers begin far behind
 * those of the one before, and only one at a time notes in the lock file how far numbers have come.
 *
 * Happy path: the one before lets go; the next one, which has the journal open already, holds it;
 * the one before writes what it still has and closes; the next one mends. Failure modes: the next
 * one does not come, and the one before holds the journal again as if nothing had been; the one
 * before dies, and what it has left torn is cut by mending. */
#ifndef ATTIMO_JOURNAL_HANDOVER_H
#define ATTIMO_JOURNAL_HANDOVER_H

#include "journal/journal.h"

/* What the next process opens the journal with (struct journal_options). */
struct journal_handover {
    int lock_fd;        /* holds the lock; the journal's from a successful opening on */
    uint64_t first_seq; /* of its first event */
};

/* So far ahead of a number that the one before has not given yet does the next one begin. */
#define JOURNAL_HANDOVER_SKIP (UINT64_C(1) << 32)

/* The lock's descriptor; the journal's own. */
int journal_lock_fd(const struct journal *journal);

/* From here on numbers from `first_seq` on are another's: none of them is given, and the lock file,
 * which is told so, is left alone afterwards. Segments go on. ERR_LIMIT: numbers have come that far
 * already; ERR_NO_SPACE, ERR_IO: nothing has changed. */
int journal_let_go(struct journal *journal, uint64_t first_seq);

/* Notes in the lock file from here on: the next process once the one before has let go, or the one
 * before when the next one does not come. */
void journal_hold(struct journal *journal);

/* When the process before has ended: cuts what it has left behind the last whole line of its
 * segments, durably; `recovery` tells of it. ERR_IO... */
int journal_mend(struct journal *journal, struct journal_recovery *recovery);

#endif

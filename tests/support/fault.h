/* A disk that fails when told to: the journal's seam to the system, with the real files behind it.
 */
#ifndef ATTIMO_TESTS_FAULT_H
#define ATTIMO_TESTS_FAULT_H

#include "journal/disk.h"

#include <stdbool.h>
#include <stdint.h>

enum { FAULT_FOREVER = 1 << 30 };

/* Zeroed and with fault_init: nothing fails. The counters count down to 0 at the call that fails
 * first. */
struct fault {
    struct disk disk; /* to be handed in */

    size_t write_room; /* so many bytes can still be written; then `write_error` */
    int write_error;   /* 0: writes do not fail */
    size_t piece;      /* a write takes at most this much; 0: all */
    int interrupts;    /* so many writes and syncs are interrupted first (EINTR) */

    int good_reads; /* so many reads are good, */
    int fail_reads; /* and so many behind them fail (EIO) */

    bool skip_syncs;     /* syncs succeed at once: for tests that do thousands */
    int fail_syncs;      /* so many syncs of data fail from now on */
    int good_file_syncs; /* so many other syncs are good, */
    int fail_file_syncs; /* and so many behind them fail */
    int sync_error;
    int fail_truncates; /* so many cuts */
    int fail_creates;
    int create_error;

    unsigned writes; /* calls, and successful syncs, so far */
    unsigned syncs;
    unsigned file_syncs;
};

void fault_init(struct fault *f);

#endif

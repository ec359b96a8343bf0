/* Moments as the journal writes them: RFC 3339, UTC, to the millisecond. */
#ifndef ATTIMO_JOURNAL_TIMESTAMP_H
#define ATTIMO_JOURNAL_TIMESTAMP_H

#include "base/str.h"

enum { TIMESTAMP_LEN = 24, TIMESTAMP_COMPACT_LEN = 16 };

/* "2026-11-21T20:45:03.127Z", without a NUL. ERR_INVALID: not of the years 0 to 9999. */
int timestamp_write(char out[TIMESTAMP_LEN], int64_t ms);

/* Reads exactly that. ERR_INVALID. */
int timestamp_read(const char text[TIMESTAMP_LEN], int64_t *ms);

/* "20261121T204503Z", as in names of files, without a NUL, and back. ERR_INVALID likewise. */
int timestamp_write_compact(char out[TIMESTAMP_COMPACT_LEN], int64_t ms);
int timestamp_read_compact(const char text[TIMESTAMP_COMPACT_LEN], int64_t *ms);

#endif

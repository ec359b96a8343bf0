/* One piece of a journal: some whole lines, read by one thread. */
#ifndef ATTIMO_INSIGHT_SCAN_PIECE_H
#define ATTIMO_INSIGHT_SCAN_PIECE_H

#include "insight/line_guess.h"
#include "insight/scan.h"
#include "insight/scan_source.h"

enum { SCAN_DAY_LEN = sizeof "2026-11-20T" - 1 };

/* A zeroed struct has nothing to free. */
struct scan_piece {
    const struct scan *scan;
    size_t number;
    struct scan_lines lines;
    struct scan_stretch stretch; /* if it has an end: there are the lines */
    int failure;                 /* of reading that: the lines behind it are missing */
    const char *file;

    int64_t first_ms; /* the earliest of its events; INT64_MAX: none */
    int64_t last_ms;  /* the latest; INT64_MIN: none */
    struct scan_damage *damages;
    size_t damage_count;
    size_t damage_room;
    struct buf scratch;
    struct line_guess *guess; /* of the reader, as long as it reads */
    unsigned reader;
    char day[SCAN_DAY_LEN]; /* of the event before, as its `ts` has it */
    int64_t day_ms;         /* its beginning */
};

/* Gives the lines' events to the question and fills in the rest. What the question returns if not
 * 0, or ERR_NO_MEMORY. */
int scan_piece_read(struct scan_piece *piece);

void scan_piece_finish(struct scan_piece *piece);

#endif

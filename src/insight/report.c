/* Owns a report from its lines to its answer.
 *
 * Happy path: events are noted, gathered into page views, and these counted. Failure modes: a line
 * that cannot be read is counted as damaged and hides nothing else; when memory is short there is
 * no answer at all. */
#include "insight/report.h"

#include "base/crc.h"
#include "base/err.h"
#include "insight/report_tally.h"
#include "journal/event.h"

#include <stdlib.h>

enum { NOTED_MAX = 16 * 1024 };

struct report {
    struct report_query query;
    struct report_keys keys;
    struct gather gather;
    struct tally tally;
    struct gather_piece *piece; /* of report_add */
    struct str line[LINE_KEYS_MAX];
    struct buf scratch;
    uint64_t damaged;
};

int report_create(struct report **out, const struct report_query *query, struct buf *why)
{
    struct report *report = calloc(1, sizeof *report);
    *out = NULL;
    if (!report)
        return ERR_NO_MEMORY;
    report->query = *query;
    int rc = report_keys_init(&report->keys, &report->query, why);
    if (rc != 0) {
        free(report);
        return rc;
    }
    gather_init(&report->gather, &report->query, &report->keys);
    rc = tally_init(&report->tally, &report->gather, &report->keys);
    if (rc == 0)
        rc = gather_piece_create(&report->piece, &report->query, &report->keys);
    if (rc != 0) {
        report_destroy(report);
        return rc;
    }
    *out = report;
    return 0;
}

void report_destroy(struct report *report)
{
    if (!report)
        return;
    tally_finish(&report->tally);
    gather_finish(&report->gather);
    gather_piece_destroy(report->piece);
    buf_finish(&report->scratch);
    free(report);
}

/* --- lines ---------------------------------------------------------------------------------- */

/* `,"crc":"01234567"}` ends a line; it covers all that stands before it. */
static bool has_wrong_checksum(struct str line)
{
    enum { TAIL = sizeof ",\"crc\":\"01234567\"}" - 1, NAME = sizeof ",\"crc\":\"" - 1 };
    static const char digits[] = "0123456789abcdef";
    if (line.len < TAIL)
        return false;
    struct str body = str_make(line.ptr, line.len - TAIL);
    const char *tail = line.ptr + body.len;
    if (memcmp(tail, ",\"crc\":\"", NAME) != 0)
        return false;
    uint32_t crc = crc_of(body);
    for (int i = 0; i < 8; i++)
        if (tail[NAME + i] != digits[crc >> (28 - 4 * i) & 15])
            return true;
    return false;
}

static const char *read_event(struct report *report, struct str line, int64_t *ms)
{
    if (has_wrong_checksum(line))
        return "the checksum is wrong";
    const char *wrong = line_read(&report->keys.keys, line, report->line, &report->scratch);
    if (!wrong && !report->line[REPORT_EVENT].ptr)
        wrong = "no event";
    if (!wrong && line_time(report->line[REPORT_TS], ms) != 0)
        wrong = "no time";
    return wrong;
}

static int put_together(struct report *report)
{
    int rc = gather_meet(&report->gather, report->piece);
    for (size_t i = 0; rc == 0 && i < GATHER_PARTS; i++)
        rc = gather_take(&report->gather, report->piece, i);
    gather_empty(report->piece);
    return rc;
}

int report_add(struct report *report, struct str line, const char **damage)
{
    int64_t ms;
    *damage = read_event(report, line, &ms);
    report->damaged += *damage != NULL;
    if (*damage) {
        /* A whole line may stand behind what a crash has left of another. */
        line = event_line_intact_part(line);
        if (line.len == 0 || read_event(report, line, &ms))
            return buf_status(&report->scratch);
    }
    int rc = gather_note(report->piece, report->line, ms, line);
    return rc == 0 && gather_noted(report->piece) >= NOTED_MAX ? put_together(report) : rc;
}

int report_answer(struct report *report, const struct report_answer **out)
{
    int rc = put_together(report);
    *out = NULL;
    for (size_t p = 0; p < GATHER_PARTS; p++) {
        const struct gather_part *part = &report->gather.parts[p];
        for (uint32_t i = 1; rc == 0 && i <= part->visits.pool.last; i++)
            rc = tally_visit(&report->tally, part, table_at(&part->visits, i));
    }
    if (rc == 0)
        rc = tally_answer(&report->tally);
    if (rc != 0)
        return rc;
    report->tally.answer.loss.damaged = report->damaged;
    *out = &report->tally.answer;
    return 0;
}

/* Owns a report from its lines to its answer.
 *
 * Happy path: events are noted, gathered into page views, and these counted. Failure modes: a line
 * that cannot be read is counted as damaged and hides nothing else; when memory is short there is
 * no answer at all. */
#include "insight/report.h"

#include "base/err.h"
#include "insight/report_tally.h"

#include <stdlib.h>

/* Events of a page view that are further apart are not expected: tokens are good for a day. */
#define PAGE_VIEW_MS (INT64_C(48) * 3600 * 1000)

struct report {
    struct report_query query;
    struct report_keys keys;
    struct gather gather;
    struct tally tally;
    struct gather_piece *pieces[SCAN_PIECES_MAX];
    uint64_t damaged;
};

static void forget(struct report *report)
{
    tally_finish(&report->tally);
    gather_finish(&report->gather);
    for (size_t i = 0; i < SCAN_PIECES_MAX; i++) {
        gather_piece_destroy(report->pieces[i]);
        report->pieces[i] = NULL;
    }
    report->damaged = 0;
}

static int remember(struct report *report)
{
    gather_init(&report->gather, &report->query, &report->keys);
    int rc = tally_init(&report->tally, &report->gather, &report->keys);
    for (size_t i = 0; rc == 0 && i < SCAN_PIECES_MAX; i++)
        rc = gather_piece_create(&report->pieces[i], &report->query, &report->keys);
    return rc;
}

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
    rc = remember(report);
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
    forget(report);
    free(report);
}

/* --- reading -------------------------------------------------------------------------------- */

struct reading {
    struct report *report;
    const struct report_source *source;
    size_t pieces; /* of this round */
};

static int on_event(void *context, size_t piece, const struct scan_event *event)
{
    const struct reading *reading = context;
    return gather_note(reading->report->pieces[piece], event->values, event->ms, event->line);
}

/* A part is one thread's work: its page views are in no other. */
static int take_part(void *context, size_t part)
{
    const struct reading *reading = context;
    struct report *report = reading->report;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < reading->pieces; i++)
        rc = gather_take(&report->gather, report->pieces[i], part);
    return rc;
}

static int on_round(void *context, const struct scan_round *round)
{
    struct reading *reading = context;
    struct report *report = reading->report;
    int rc = 0;
    reading->pieces = round->pieces;
    for (size_t i = 0; rc == 0 && i < round->pieces; i++)
        rc = gather_meet(&report->gather, report->pieces[i]);
    if (rc == 0)
        rc = crew_run(round->crew, take_part, reading, GATHER_PARTS);
    for (size_t i = 0; i < round->pieces; i++)
        gather_empty(report->pieces[i]);
    return rc;
}

static int on_restart(void *context)
{
    const struct reading *reading = context;
    forget(reading->report);
    return remember(reading->report);
}

static void on_damage(void *context, const struct scan_damage *damage)
{
    const struct reading *reading = context;
    reading->report->damaged++;
    reading->source->on_damage(reading->source->context, damage);
}

/* A file that ends in the middle counts as damage: what stands before its end was given. */
static int on_failure(void *context, const char *file, int error)
{
    const struct reading *reading = context;
    reading->report->damaged += error == ERR_INVALID;
    return reading->source->on_failure(reading->source->context, file, error);
}

static int64_t later(int64_t ms, int64_t by)
{
    return ms == INT64_MIN || ms == INT64_MAX ? ms : ms + by;
}

int report_read(struct report *report, const struct report_source *source)
{
    struct reading reading = {.report = report, .source = source};
    const struct scan scan = {
        .keys = &report->keys.keys,
        .from_ms = later(report->query.before_ms, -PAGE_VIEW_MS),
        .to_ms = later(report->query.to_ms, PAGE_VIEW_MS),
        .threads = source->threads,
        .piece_size = source->piece_size,
        .on_event = on_event,
        .on_round = on_round,
        .on_restart = on_restart,
        .on_damage = on_damage,
        .on_failure = on_failure,
        .context = &reading,
    };
    return source->file ? scan_file(&scan, source->file) : scan_data(&scan, source->data);
}

int report_answer(struct report *report, const struct report_answer **out)
{
    int rc = 0;
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

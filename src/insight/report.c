/* Owns a report from its lines to its answer.
 *
 * Happy path: page views are gathered and given when they are over (visits), and counted by parts
 * that work side by side (report_tally); in the end the parts are added up. Failure modes: a line
 * that cannot be read is counted as damaged and hides nothing else; when memory is short there is
 * no answer at all. */
#include "insight/report.h"

#include "base/err.h"
#include "insight/report_tally.h"

#include <stdlib.h>

struct report {
    struct report_query query;
    struct report_keys keys;
    struct tally_question question;
    struct visits *visits;
    struct tally tallies[VISITS_PARTS]; /* in the end all is added to the first */
    const struct report_source *source; /* while it is read */
    uint64_t damaged;
};

static void forget(struct report *report)
{
    for (size_t i = 0; i < VISITS_PARTS; i++)
        tally_finish(&report->tallies[i]);
}

static int remember(struct report *report)
{
    int rc = 0;
    for (size_t i = 0; i < VISITS_PARTS; i++) {
        if (tally_init(&report->tallies[i], &report->question) != 0)
            rc = ERR_NO_MEMORY;
        report->tallies[i].visits = report->tallies[i].taps.visits = report->visits;
    }
    return rc;
}

int report_create(struct report **out, const struct report_query *query, struct complaint *why)
{
    struct report *report = calloc(1, sizeof *report);
    *out = NULL;
    if (!report)
        return ERR_NO_MEMORY;
    report->query = *query;
    report->question.query = &report->query;
    report->question.keys = &report->keys;
    (void)pthread_mutex_init(&report->question.open, NULL);
    int rc = report_keys_init(&report->keys, &report->query, why);
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
    visits_destroy(report->visits);
    (void)pthread_mutex_destroy(&report->question.open);
    free(report);
}

/* --- reading -------------------------------------------------------------------------------- */

static int on_visit(void *context, size_t part, struct visit *visit)
{
    struct report *report = context;
    return tally_visit(&report->tallies[part], visit);
}

/* What is damaged has been told, and is not told again. */
static int on_restart(void *context, bool keeps_undated)
{
    (void)keeps_undated;
    struct report *report = context;
    forget(report);
    return remember(report);
}

static void on_damage(void *context, const struct scan_damage *damage)
{
    struct report *report = context;
    report->damaged++;
    report->source->on_damage(report->source->context, damage);
}

static int on_failure(void *context, const char *file, int error)
{
    struct report *report = context;
    report->damaged++;
    return report->source->on_failure(report->source->context, file, error);
}

int report_read(struct report *report, const struct report_source *source)
{
    const struct report_query *query = &report->query;
    const struct visits_options options = {
        .wanted = &report->keys.wanted,
        .from_ms = query->before_ms,
        .to_ms = query->to_ms,
        .now_ms = query->now_ms,
        .ignores_journeys = true,
        .lost_from_ms = query->from_ms,
        .lost_to_ms = query->to_ms,
        .threads = source->threads,
        .piece_size = source->piece_size,
        .tell_name = report_keys_tell,
        .tell_figures = report_keys_tell_figures,
        .on_visit = on_visit,
        .on_restart = on_restart,
        .on_damage = on_damage,
        .on_failure = on_failure,
        .context = report,
    };
    report->source = source;
    int rc = visits_create(&report->visits, &options);
    if (rc == 0)
        rc = remember(report);
    if (rc != 0)
        return rc;
    rc = source->file ? visits_read_file(report->visits, source->file)
                      : visits_read_data(report->visits, source->data);
    report->source = NULL;
    return rc;
}

int report_answer(struct report *report, const struct report_answer **out)
{
    struct tally *tally = &report->tallies[0];
    int rc = report->visits ? 0 : remember(report);
    *out = NULL;
    for (size_t i = 1; rc == 0 && i < VISITS_PARTS; i++)
        rc = tally_add(tally, &report->tallies[i]);
    if (rc == 0)
        rc = tally_answer(tally);
    if (rc != 0)
        return rc;
    if (report->visits) {
        tally->answer.loss.dropped = visits_missing(report->visits).dropped;
        tally->answer.loss.refused = visits_missing(report->visits).refused;
    }
    tally->answer.loss.damaged = report->damaged;
    *out = &tally->answer;
    return 0;
}

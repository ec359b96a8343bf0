/* Owns an export: repeats are removed, time is kept, events go to what judges them.
 *
 * Failure modes: a line that cannot be read is counted and hides nothing else; when memory is
 * short, or rows are not taken any more, the export ends there. */
#include "insight/export.h"

#include "base/err.h"
#include "insight/export_parts.h"
#include "insight/fingerprint.h"

#include <stdlib.h>

struct export
{
    struct export_sink sink;
    struct entry_reader reader;
    struct entry entry;
    struct recent met; /* of uint64_t: ids, and counters of documents */
    struct sift sift;
    struct flat flat;
    bool begun;
    int64_t now_ms;   /* the latest time that was read */
    int64_t young_ms; /* since when what is new is young */
};

int export_create(struct export **out, const struct export_query *query, export_take *take,
                  void *context)
{
    struct export *export = calloc(1, sizeof *export);
    if (!export)
        return ERR_NO_MEMORY;
    export->sink = (struct export_sink){.query = *query, .take = take, .context = context};
    entry_reader_init(&export->reader);
    recent_init(&export->met, sizeof(uint64_t));
    sift_init(&export->sift, &export->sink);
    flat_init(&export->flat, &export->sink);
    *out = export;
    return 0;
}

void export_destroy(struct export *export)
{
    if (!export)
        return;
    entry_reader_finish(&export->reader);
    recent_finish(&export->met, NULL, NULL);
    sift_finish(&export->sift);
    flat_finish(&export->flat);
    free(export);
}

/* --- what both kinds judge by --------------------------------------------------------------- */

bool export_is_in_range(const struct export_sink *sink, int64_t ms)
{
    return ms >= sink->query.from_ms && ms < sink->query.to_ms;
}

unsigned visit_flags(const struct entry *entry)
{
    const struct str *values = entry->values;
    bool is_view = str_eq(values[ENTRY_event], STR("view"));
    bool is_seen = str_eq(values[ENTRY_event], STR("seen"));
    unsigned flags = 0;
    if (is_view || (is_seen && str_eq(values[ENTRY_pv_src], STR("client"))))
        flags |= VISIT_KNOWN;
    if (is_seen)
        flags |= VISIT_SEEN;
    if (is_view && line_is_set(values[ENTRY_purpose]))
        flags |= VISIT_AHEAD;
    if (line_is_set(values[ENTRY_bot]))
        flags |= VISIT_BOT;
    if (line_is_set(values[ENTRY_internal]))
        flags |= VISIT_INTERNAL;
    return flags;
}

uint64_t *visit_loss(struct export_sink *sink, unsigned flags)
{
    const struct include *include = &sink->query.include;
    if ((flags & VISIT_BOT) && !include->bots)
        return &sink->counts.bot;
    if ((flags & VISIT_AHEAD) && !(flags & VISIT_SEEN) && !include->prefetches)
        return &sink->counts.prefetch;
    if ((flags & VISIT_INTERNAL) && !include->internal)
        return &sink->counts.internal;
    return NULL;
}

/* --- time ----------------------------------------------------------------------------------- */

static int settle(struct export *export)
{
    int rc = sift_settle(&export->sift);
    if (rc == 0)
        rc = flat_settle(&export->flat);
    recent_finish(&export->met, NULL, NULL);
    return rc;
}

static int pass(struct export *export, int64_t ms)
{
    int rc = 0;
    bool falls_back = ms < export->now_ms - EXPORT_DAY_MS;
    if (!export->begun || falls_back) {
        export->begun = true;
        export->now_ms = export->young_ms = ms;
        return settle(export);
    }
    if (ms <= export->now_ms)
        return 0;
    export->now_ms = ms;
    rc = export->sink.query.flat ? flat_pass(&export->flat, ms) : sift_pass(&export->sift, ms);
    if (rc != 0 || ms - export->young_ms < EXPORT_DAY_MS)
        return rc;
    export->young_ms = ms;
    recent_turn(&export->met, NULL, NULL);
    sift_turn(&export->sift);
    flat_turn(&export->flat);
    return 0;
}

/* --- lines ---------------------------------------------------------------------------------- */

/* Remembers the key; whether it was there already, or ERR_NO_MEMORY. 0 is no key. */
static int is_met(struct export *export, uint64_t key)
{
    if (key == 0)
        return 0;
    if (recent_find(&export->met, key))
        return 1;
    return recent_add(&export->met, key) ? 0 : ERR_NO_MEMORY;
}

static uint64_t counter_mark(const struct entry *entry)
{
    const struct str *values = entry->values;
    if (!values[ENTRY_pv].ptr || !values[ENTRY_d].ptr || !values[ENTRY_n].ptr)
        return 0;
    return fingerprint(values[ENTRY_n],
                       fingerprint(values[ENTRY_d], fingerprint(values[ENTRY_pv], 1))) |
           1;
}

static int is_repeated(struct export *export)
{
    int met = is_met(export, fingerprint_key(export->entry.values[ENTRY_id]));
    return met == 0 ? is_met(export, counter_mark(&export->entry)) : met;
}

int export_add(struct export *export, struct str line, const struct text **damage)
{
    bool usable = entry_read(&export->reader, line, &export->entry, damage);
    export->sink.counts.damaged += *damage != NULL;
    if (!usable)
        return buf_status(&export->reader.scratch);
    int rc = pass(export, export->entry.ms);
    int repeated = rc == 0 ? is_repeated(export) : 0;
    if (rc != 0 || repeated < 0)
        return rc != 0 ? rc : repeated;
    if (repeated) {
        export->sink.counts.duplicate += export_is_in_range(&export->sink, export->entry.ms);
        return 0;
    }
    return export->sink.query.flat ? flat_add(&export->flat, &export->entry)
                                   : sift_add(&export->sift, &export->entry);
}

int export_end(struct export *export)
{
    return settle(export);
}

const struct export_counts *export_counts(const struct export *export)
{
    return &export->sink.counts;
}

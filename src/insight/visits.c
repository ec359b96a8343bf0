/* Owns gathering page views: reading records on all threads, and taking in those of the round
 * before meanwhile, each part in the order of the lines. */
#include "insight/visits.h"

#include "base/err.h"
#include "insight/visit_part.h"

#include <stdlib.h>

struct visits {
    struct visits_options options;
    struct visit_reader reader;
    struct visit_memory *memories[SCAN_READERS_MAX];
    struct buf records[SCAN_PIECES_MAX][VISITS_PARTS];
    struct buf figures[SCAN_PIECES_MAX][VISITS_PARTS]; /* of those records that have any */
    struct visit_part parts[VISITS_PARTS];
    bool more[VISITS_PARTS];
    int64_t settled_ms; /* while parts give what is over */
    struct visits_missing missing;
};

int visits_create(struct visits **out, const struct visits_options *options)
{
    struct visits *visits = calloc(1, sizeof *visits);
    *out = visits;
    if (!visits)
        return ERR_NO_MEMORY;
    visits->options = *options;
    visits->reader.wanted = options->wanted;
    row_numbers_init(&visits->reader.rows, options->wanted->text_count);
    row_numbers_init(&visits->reader.channels, VISIT_CHANNEL_WIDTH);
    visits->reader.rows.tell = options->tell;
    visits->reader.tell_name = options->tell_name;
    visits->reader.tell_figures = options->tell_figures;
    visits->reader.rows.context = options->context;
    for (size_t i = 0; i < VISITS_PARTS; i++)
        visit_part_init(&visits->parts[i], &visits->reader, i);
    return 0;
}

static void finish_reading(struct visits *visits)
{
    for (size_t i = 0; i < SCAN_READERS_MAX; i++) {
        free(visits->memories[i]);
        visits->memories[i] = NULL;
    }
    for (size_t i = 0; i < SCAN_PIECES_MAX; i++) {
        for (size_t part = 0; part < VISITS_PARTS; part++) {
            buf_finish(&visits->records[i][part]);
            buf_finish(&visits->figures[i][part]);
        }
    }
    for (size_t i = 0; i < VISITS_PARTS; i++)
        visit_part_finish(&visits->parts[i]);
}

void visits_destroy(struct visits *visits)
{
    if (!visits)
        return;
    finish_reading(visits);
    row_numbers_finish(&visits->reader.rows);
    row_numbers_finish(&visits->reader.channels);
    free(visits);
}

/* --- reading -------------------------------------------------------------------------------- */

static size_t part_of(uint64_t visit)
{
    return (size_t)(visit >> 1) % VISITS_PARTS; /* the lowest bit is always set */
}

static int append(struct visits *visits, size_t piece, const struct visit_record *record)
{
    struct buf *records = &visits->records[piece][part_of(record->visit)];
    buf_append(records, str_make((const char *)record, sizeof *record));
    return buf_status(records);
}

static int append_figures(struct visits *visits, size_t piece, const struct visit_record *record,
                          const float *figures)
{
    struct buf *out = &visits->figures[piece][part_of(record->visit)];
    size_t count = visits->options.wanted->figure_count;
    buf_append(out, str_make((const char *)figures, count * sizeof *figures));
    return buf_status(out);
}

static int on_event(void *context, size_t piece, const struct scan_event *event)
{
    struct visits *visits = context;
    struct visit_record record;
    float figures[VISITS_FIGURES_MAX];
    int rc = visit_record_make(&visits->reader, visits->memories[event->reader], event, &record,
                               figures);
    if (rc == 0)
        rc = append(visits, piece, &record);
    if (rc == 0 && record.has_figures)
        rc = append_figures(visits, piece, &record, figures);
    if (rc != 0 || record.journey == 0 || record.journey == record.visit ||
        visits->options.ignores_journeys)
        return rc;
    const struct visit_record joined = {
        .visit = record.journey,
        .is_joined = true,
        .is_late = record.has_late_journey,
    };
    return append(visits, piece, &joined);
}

/* --- taking in ------------------------------------------------------------------------------ */

static int on_part(void *context, size_t number, const struct scan_round *round)
{
    struct visits *visits = context;
    struct visit_part *part = &visits->parts[number];
    for (size_t i = 0; i < round->pieces; i++) {
        struct buf *records = &visits->records[round->first + i][number];
        struct buf *figures = &visits->figures[round->first + i][number];
        int rc = visit_part_add(part, &visits->options, buf_str(records), buf_str(figures));
        if (rc != 0)
            return rc;
        buf_clear(records);
        buf_clear(figures);
    }
    return visit_part_give(part, &visits->options, round->settled_ms, &visits->more[number]);
}

static int give_more(void *context, size_t number)
{
    struct visits *visits = context;
    return visit_part_give(&visits->parts[number], &visits->options, visits->settled_ms,
                           &visits->more[number]);
}

static bool any(const bool *flags, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (flags[i])
            return true;
    return false;
}

static int settle(struct visits *visits, struct crew *crew, int64_t settled_ms)
{
    const struct visits_options *options = &visits->options;
    return options->on_settled ? options->on_settled(options->context, crew, settled_ms) : 0;
}

static int on_round(void *context, struct crew *crew, const struct scan_round *round)
{
    struct visits *visits = context;
    int rc = 0;
    visits->settled_ms = round->settled_ms;
    while (rc == 0 && any(visits->more, VISITS_PARTS)) {
        rc = settle(visits, crew, INT64_MIN);
        if (rc == 0)
            rc = crew_run(crew, give_more, visits, VISITS_PARTS);
    }
    return rc == 0 ? settle(visits, crew, round->settled_ms) : rc;
}

static int on_restart(void *context, bool in_order)
{
    struct visits *visits = context;
    visits->reader.keeps_undated = in_order;
    for (size_t piece = 0; piece < SCAN_PIECES_MAX; piece++)
        for (size_t part = 0; part < VISITS_PARTS; part++) {
            buf_clear(&visits->records[piece][part]);
            buf_clear(&visits->figures[piece][part]);
        }
    for (size_t part = 0; part < VISITS_PARTS; part++)
        visit_part_clear(&visits->parts[part]);
    return visits->options.on_restart(visits->options.context, in_order);
}

static void on_damage(void *context, const struct scan_damage *damage)
{
    const struct visits *visits = context;
    visits->options.on_damage(visits->options.context, damage);
}

static int on_failure(void *context, const char *file, int error)
{
    const struct visits *visits = context;
    return visits->options.on_failure(visits->options.context, file, error);
}

/* --- the whole ------------------------------------------------------------------------------ */

static int read_all(struct visits *visits, struct scan *scan,
                    int (*read)(const struct scan *, const char *), const char *path)
{
    const struct visits_options *options = &visits->options;
    scan->keys = &options->wanted->keys;
    scan->threads = options->threads;
    scan->piece_size = options->piece_size;
    scan->on_event = on_event;
    scan->on_part = on_part;
    scan->parts = VISITS_PARTS;
    scan->on_round = on_round;
    scan->on_restart = on_restart;
    scan->on_damage = on_damage;
    scan->on_failure = on_failure;
    scan->context = visits;
    for (size_t i = 0; i < SCAN_READERS_MAX; i++) {
        visits->memories[i] = calloc(1, sizeof *visits->memories[i]);
        if (!visits->memories[i])
            return ERR_NO_MEMORY;
    }
    int rc = read(scan, path);
    struct visits_missing missing = {0};
    for (size_t i = 0; i < VISITS_PARTS; i++) {
        missing.dropped += visits->parts[i].missing.dropped;
        missing.refused += visits->parts[i].missing.refused;
    }
    visits->missing = missing;
    finish_reading(visits);
    return rc;
}

int visits_read_file(struct visits *visits, const char *path)
{
    struct scan scan = {.from_ms = INT64_MIN, .to_ms = INT64_MAX};
    return read_all(visits, &scan, scan_file, path);
}

static int64_t shifted(int64_t ms, int64_t by)
{
    return ms == INT64_MIN || ms == INT64_MAX ? ms : ms + by;
}

/* What a page view tells comes within a token's life. */
int visits_read_data(struct visits *visits, const char *data)
{
    visits->reader.is_servers = true;
    const int64_t life_ms = INT64_C(25) * 3600 * 1000;
    struct scan scan = {
        .from_ms = shifted(visits->options.from_ms, -life_ms),
        .to_ms = shifted(visits->options.to_ms, life_ms),
        .now_ms = visits->options.now_ms,
    };
    return read_all(visits, &scan, scan_data, data);
}

const struct str *visits_texts(struct visits *visits, uint32_t number)
{
    return row_numbers_at(&visits->reader.rows, number);
}

const struct str *visits_channel(struct visits *visits, uint32_t number)
{
    return row_numbers_at(&visits->reader.channels, number);
}

struct visits_missing visits_missing(const struct visits *visits)
{
    return visits->missing;
}

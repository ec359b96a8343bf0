/* Owns the way to an answer in SQL. */
#include "support/journals.h"
#include "support/test.h"

#include <sqlite3.h>

struct sql {
    sqlite3 *db;
};

static void run(struct sql *sql, const char *text)
{
    char *message = NULL;
    if (sqlite3_exec(sql->db, text, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s", message);
}

struct sql *sql_create(void)
{
    struct sql *sql = calloc(1, sizeof *sql);
    assert_non_null(sql);
    assert_int_equal(sqlite3_open(":memory:", &sql->db), SQLITE_OK);
    run(sql, "CREATE TABLE lines(line TEXT)");
    return sql;
}

void sql_destroy(struct sql *sql)
{
    if (!sql)
        return;
    (void)sqlite3_close(sql->db);
    free(sql);
}

struct sqlite3 *sql_fill(struct sql *sql, const struct journal *journal)
{
    struct buf line = BUF_EMPTY;
    sqlite3_stmt *insert;
    run(sql, "DELETE FROM lines");
    assert_int_equal(sqlite3_prepare_v2(sql->db, "INSERT INTO lines VALUES(?)", -1, &insert, NULL),
                     SQLITE_OK);
    for (size_t i = 0; i < journal->count; i++) {
        buf_clear(&line);
        journal_line(&journal->entries[i], &line);
        (void)sqlite3_bind_text(insert, 1, line.ptr, (int)line.len, SQLITE_TRANSIENT);
        assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
        (void)sqlite3_reset(insert);
    }
    (void)sqlite3_finalize(insert);
    buf_finish(&line);
    return sql->db;
}

/* From lines to events that can fill a step, each with its unit, its steps and its place. */
static const char events_sql[] =
    "WITH RECURSIVE raw AS (SELECT rowid AS r, line ->> 'id' AS id, line ->> 'seq' AS seq,"
    " CAST(strftime('%s', line ->> 'ts') AS INTEGER) - 1793534400 AS second,"
    " line ->> 'event' AS event, line ->> 'pv' AS pv, line ->> 'journey' AS journey,"
    " line ->> 'd' AS d, line ->> 'n' AS n, line ->> 't' AS t, line ->> 'page' AS page,"
    " line ->> 'cta' AS cta, line ->> 'utm_source' AS source, line ->> 'purpose' AS purpose,"
    " line ->> 'bot' AS bot, line ->> 'internal' AS internal FROM lines),\n"
    "by_id AS (SELECT *, row_number() OVER (PARTITION BY id ORDER BY second, seq, r) AS again"
    " FROM raw),\n"
    "by_counter AS (SELECT *, row_number() OVER (PARTITION BY CASE WHEN d IS NULL THEN id ELSE"
    " pv || d || '/' || n END ORDER BY second, seq) AS again_too FROM by_id WHERE again = 1),\n"
    "visit AS (SELECT pv, max(bot IS NOT NULL OR internal IS NOT NULL) AS out,"
    " max(purpose IS NOT NULL) AS prefetch, max(event = 'seen') AS seen,"
    " coalesce(max(journey) FILTER (WHERE event = 'seen'), max(journey), pv) AS journey,"
    " coalesce(max(page) FILTER (WHERE event = 'view'), max(page) FILTER (WHERE event = 'seen'))"
    " AS page,"
    " coalesce(max(source) FILTER (WHERE event = 'view'),"
    " max(source) FILTER (WHERE event = 'seen')) AS source FROM raw GROUP BY pv),\n"
    "meant AS (SELECT e.pv, e.event, e.d, e.n, e.t, e.second * 1000 + e.seq AS arrival,"
    " coalesce(e.page, v.page) AS page, coalesce(e.source, v.source) AS source, v.journey, e.cta"
    " FROM by_counter e JOIN visit v ON v.pv = e.pv"
    " WHERE again_too = 1 AND NOT v.out AND (v.seen OR NOT v.prefetch)),\n";

/* From there to the winning chains. %s: unit, steps as bits, strict, group. */
static const char chains_sql[] =
    "chosen AS (SELECT *, min(arrival) OVER (PARTITION BY pv, coalesce(d, arrival)) AS document,"
    " min(arrival) FILTER (WHERE d IS NOT NULL) OVER (PARTITION BY pv) AS first_document,"
    " event = 'view' AND arrival = min(arrival) FILTER (WHERE event = 'view')"
    " OVER (PARTITION BY pv) AS first_view"
    " FROM (SELECT *, %s AS unit, %s AS steps FROM meant) WHERE %d OR steps > 0),\n"
    "ranked AS (SELECT *, row_number() OVER (PARTITION BY pv ORDER BY"
    " CASE WHEN first_view THEN min(document, coalesce(first_document, document)) ELSE document"
    " END, NOT first_view, t, n, arrival) AS rank FROM chosen),\n"
    "placed AS (SELECT *, min(arrival) OVER (PARTITION BY pv ORDER BY rank"
    " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS place FROM ranked),\n"
    "event AS (SELECT *, place / 1000 AS second,"
    " row_number() OVER (PARTITION BY unit ORDER BY place, rank) AS at"
    " FROM placed WHERE unit IS NOT NULL),\n"
    "chain(unit, length, begin, entered, at, second, value) AS ("
    "SELECT unit, 1, at, second, at, second, %s FROM event"
    " WHERE steps & 1 AND second >= %d AND second < %d"
    " UNION SELECT c.unit, c.length + 1, c.begin, c.entered, e.at, e.second, c.value"
    " FROM chain c JOIN event e ON e.unit = c.unit AND e.at > c.at AND (e.steps >> c.length) & 1"
    " AND e.second - c.entered <= %d AND (%d <> 1 OR e.at = c.at + 1)"
    " AND (%d <> 2 OR e.second > c.second))\n"
    "SELECT value, length, entered, second - entered FROM (SELECT *, row_number() OVER"
    " (PARTITION BY unit ORDER BY length DESC, at, begin DESC) AS k FROM chain) WHERE k = 1";

static void append_steps(struct buf *out, const struct wanted *wanted)
{
    static const char *const events[] = {"view", "seen", "click", "order"};
    for (size_t k = 0; k < wanted->step_count; k++) {
        const struct wanted_step *step = &wanted->steps[k];
        buf_printf(out, "%s((event = '%s'", k > 0 ? " | " : "", events[step->event]);
        if (step->cta != NONE)
            buf_printf(out, " AND cta IS 'c%d'", step->cta);
        if (step->source != NONE)
            buf_printf(out, " AND source IS 's%d'", step->source);
        buf_printf(out, ") << %zu)", k);
    }
}

static void compose(const struct wanted *wanted, struct buf *out)
{
    static const char *const units[] = {"journey", "pv", "source"};
    static const char *const groups[] = {"NULL", "page", "source"};
    struct buf steps = BUF_EMPTY;
    append_steps(&steps, wanted);
    buf_append_char(&steps, '\0');
    buf_append(out, str_from(events_sql));
    buf_printf(out, chains_sql, units[wanted->unit], steps.ptr, wanted->mode == CHAIN_STRICT,
               groups[wanted->by], wanted->from, wanted->to, wanted->window, (int)wanted->mode,
               (int)wanted->mode);
    assert_int_equal(buf_status(out), 0);
    buf_finish(&steps);
}

void journal_sql(struct sql *sql, const struct journal *journal, const struct wanted *wanted,
                 struct winners *out)
{
    struct buf text = BUF_EMPTY;
    sqlite3_stmt *select;
    (void)sql_fill(sql, journal);
    compose(wanted, &text);
    if (sqlite3_prepare_v2(sql->db, text.ptr, (int)text.len, &select, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(sql->db));
    for (out->count = 0; sqlite3_step(select) == SQLITE_ROW; out->count++) {
        const unsigned char *value = sqlite3_column_text(select, 0);
        out->list[out->count] = (struct winner){
            .group = value ? atoi((const char *)value + 1) : NONE,
            .length = (size_t)sqlite3_column_int(select, 1),
            .entered = sqlite3_column_int(select, 2),
            .elapsed = sqlite3_column_int(select, 3),
        };
    }
    (void)sqlite3_finalize(select);
    buf_finish(&text);
}

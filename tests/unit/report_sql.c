/* Reports over random journals against SQL: two ways to the same counts, written apart. A journal
 * of which they differ is made as small as it gets, and printed.
 *
 * ATTIMO_JOURNALS says how many, ATTIMO_SEED which. */
#include "support/funnels.h"
#include "support/journals.h"
#include "support/test.h"

#include "insight/report.h"
#include "journal/timestamp.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>

enum { JOURNALS = 300 };

/* Of page /2 nothing is known. */
static const struct report_cta ctas[] = {{STR_INIT("c0"), 2}, {STR_INIT("c1"), NAN}};
static const struct report_page pages[] = {
    {STR_INIT("/0"), STR_INIT("c0"), ctas, 2, NULL},
    {STR_INIT("/1"), STR_INIT("c1"), ctas, 2, NULL},
};

/* A line for each page, as the engine's rows are told below. Times are those of the first event of
 * a page view; ?1, ?2, ?3 are where the period before, the period and the rest begin. */
static const char query[] =
    "WITH raw AS (SELECT rowid AS r, line ->> 'id' AS id, line ->> 'seq' AS seq, line ->> 'ts' AS "
    "ts,"
    " line ->> 'event' AS event, line ->> 'pv' AS pv, line ->> 'd' AS d, line ->> 'n' AS n,"
    " line ->> 'page' AS page, line ->> 'cta' AS cta, line ->> 'purpose' AS purpose,"
    " line ->> 'bot' AS bot, line ->> 'internal' AS internal FROM lines),"
    " by_id AS (SELECT *, row_number() OVER (PARTITION BY pv, id ORDER BY ts, seq) AS again"
    "  FROM raw WHERE event = 'click'),"
    " by_counter AS (SELECT *, row_number() OVER (PARTITION BY pv, d, n ORDER BY ts, seq, id)"
    "  AS once_more FROM by_id WHERE again = 1),"
    " clicks AS (SELECT pv, cta FROM by_counter WHERE once_more = 1 OR d IS NULL OR n IS NULL),"
    " views AS (SELECT pv, min(ts) AS ts, max(event = 'view') AS view, max(event = 'seen') AS seen,"
    "  coalesce(max(bot IS NOT NULL), 0) AS bot, coalesce(max(internal = 1), 0) AS internal,"
    "  max(event = 'view' AND purpose IS NOT NULL) AS prefetch,"
    "  max(CASE WHEN event IN ('view', 'seen') THEN page END) AS page FROM raw GROUP BY pv),"
    " counted AS (SELECT *, ts >= ?2 AS now,"
    "  (SELECT count(*) FROM clicks WHERE clicks.pv = views.pv) AS taps,"
    "  (SELECT count(*) FROM clicks WHERE clicks.pv = views.pv AND CASE views.page"
    "   WHEN '/0' THEN cta = 'c0' WHEN '/1' THEN cta = 'c1' ELSE 1 END) AS goals"
    "  FROM views WHERE ts >= ?1 AND ts < ?3 AND NOT bot AND NOT internal"
    "  AND NOT (prefetch AND NOT seen) AND (view OR seen))"
    " SELECT coalesce(page, '-') || ' ' || sum(now AND view) || ' ' || sum(now AND seen) || ' '"
    "  || sum(now AND seen AND taps > 0) || ' ' || sum(now AND seen AND goals > 0) || ' '"
    "  || sum(CASE WHEN now THEN goals ELSE 0 END) || ' before ' || sum(NOT now AND view) || ' '"
    "  || sum(NOT now AND seen) || ' ' || sum(NOT now AND seen AND goals > 0)"
    " FROM counted GROUP BY page HAVING sum(now) > 0 ORDER BY page";

/* Two ways to the same answer. */
struct comparison {
    struct sql *sql;
    struct zone *zone;
    int bounds[3];
    unsigned threads;
    size_t piece_size;
    struct buf engine;
    struct buf other;
};

/* --- SQL ------------------------------------------------------------------------------------ */

static void bind_second(sqlite3_stmt *select, int number, int second)
{
    char text[TIMESTAMP_LEN];
    assert_int_equal(timestamp_write(text, journal_ms(second)), 0);
    (void)sqlite3_bind_text(select, number, text, TIMESTAMP_LEN, SQLITE_TRANSIENT);
}

static void ask_sql(struct comparison *c, const struct journal *journal)
{
    sqlite3 *db = sql_fill(c->sql, journal);
    sqlite3_stmt *select;
    if (sqlite3_prepare_v2(db, query, -1, &select, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    for (int i = 0; i < 3; i++)
        bind_second(select, i + 1, c->bounds[i]);
    while (sqlite3_step(select) == SQLITE_ROW)
        buf_printf(&c->other, "%s\n", (const char *)sqlite3_column_text(select, 0));
    (void)sqlite3_finalize(select);
}

/* --- the engine ----------------------------------------------------------------------------- */

static int by_page(const void *left, const void *right)
{
    const struct report_row *const *a = left;
    const struct report_row *const *b = right;
    return str_cmp((*a)->by[0], (*b)->by[0]);
}

static void tell(const struct report_answer *answer, struct buf *out)
{
    const struct report_row *rows[8] = {NULL};
    assert_true(answer->rows.count <= 8);
    for (size_t i = 0; i < answer->rows.count; i++)
        rows[i] = &answer->rows.items[i];
    qsort(rows, answer->rows.count, sizeof *rows, by_page);
    for (size_t i = 0; i < answer->rows.count; i++) {
        const struct report_row *row = rows[i];
        struct str page = row->by[0].ptr ? row->by[0] : STR("-");
        buf_printf(out, "%.*s %d %d %d %d %d before %d %d %d\n", STR_ARG(page), (int)row->now.view,
                   (int)row->now.seen, (int)row->now.engaged, (int)row->now.goal, (int)row->taps,
                   (int)row->before.view, (int)row->before.seen, (int)row->before.goal);
    }
}

static void ask_engine(struct comparison *c, const struct journal *journal)
{
    struct buf lines = BUF_EMPTY;
    struct complaint why;
    struct report *report;
    const struct report_answer *answer;
    const struct report_query asked = {
        .by = {STR("page")},
        .by_count = 1,
        .before_ms = journal_ms(c->bounds[0]),
        .from_ms = journal_ms(c->bounds[1]),
        .to_ms = journal_ms(c->bounds[2]),
        .zone = c->zone,
        .pages = {.items = pages, .count = 2},
    };
    journal_text(journal, &lines);
    const struct report_source source = {
        .file = funnels_file(buf_str(&lines)),
        .threads = c->threads,
        .piece_size = c->piece_size,
        .on_damage = funnels_fail_on_damage,
        .on_failure = funnels_fail_on_error,
    };
    assert_int_equal(report_create(&report, &asked, &why), 0);
    assert_int_equal(report_read(report, &source), 0);
    assert_int_equal(report_answer(report, &answer), 0);
    tell(answer, &c->engine);
    report_destroy(report);
    buf_finish(&lines);
}

/* --- comparing ------------------------------------------------------------------------------ */

static bool differs(void *context, const struct journal *journal)
{
    struct comparison *c = context;
    buf_clear(&c->engine);
    buf_clear(&c->other);
    ask_sql(c, journal);
    ask_engine(c, journal);
    return !str_eq(buf_str(&c->engine), buf_str(&c->other));
}

static void check(struct comparison *c, struct journal *journal)
{
    struct buf lines = BUF_EMPTY;
    if (!differs(c, journal))
        return;
    journal_shrink(journal, differs, c);
    journal_text(journal, &lines);
    print_message("seconds %d, %d, %d in pieces of %zu of\n%.*s", c->bounds[0], c->bounds[1],
                  c->bounds[2], c->piece_size, STR_ARG(buf_str(&lines)));
    print_message("the engine:\n%.*sSQL:\n%.*s", STR_ARG(buf_str(&c->engine)),
                  STR_ARG(buf_str(&c->other)));
    fail();
}

static void random_journals_give_what_sql_gives(void **state)
{
    (void)state;
    uint64_t random = journal_setting("ATTIMO_SEED", 20261122) | 1;
    struct comparison c = {.sql = sql_create()};
    assert_int_equal(zone_create(&c.zone, STR("Europe/Rome")), 0);
    for (uint64_t i = journal_setting("ATTIMO_JOURNALS", JOURNALS); i > 0; i--) {
        struct journal journal;
        struct wanted ignored;
        journal_random(&journal, &ignored, &random);
        c.bounds[1] = (int)(random % 30);
        c.bounds[2] = c.bounds[1] + (int)(i % 30);
        if (i % 2 == 0) {
            journal_stretch(&journal);
            c.bounds[1] *= JOURNAL_STRETCH;
            c.bounds[2] *= JOURNAL_STRETCH;
        }
        /* A round for each line or two: time goes on with rounds. */
        c.threads = i % 2 == 0 ? 1 : 2;
        c.piece_size = 1 + (size_t)(random >> 32) % (i % 2 == 0 ? 8 : 1000);
        check(&c, &journal);
    }
    sql_destroy(c.sql);
    zone_destroy(c.zone);
    buf_finish(&c.engine);
    buf_finish(&c.other);
}

TEST_MAIN(cmocka_unit_test(random_journals_give_what_sql_gives))

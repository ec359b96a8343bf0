/* Reports of a period that is not over. */
#include "support/command.h"
#include "support/files.h"
#include "support/json.h"
#include "support/test.h"

#include <stdio.h>
#include <time.h>

enum { DAY_S = 86400, DAYS = 10 };

/* A day so many days from today, as "2026-11-20"; UTC. */
static const char *day_of(time_t now, int days, char out[16])
{
    struct tm tm;
    time_t then = now + (time_t)days * DAY_S;
    assert_non_null(gmtime_r(&then, &tm));
    assert_int_equal(strftime(out, 16, "%Y-%m-%d", &tm), 10);
    return out;
}

static void add(struct buf *lines, time_t when, const char *pv, const char *event)
{
    struct tm tm;
    char text[32];
    assert_non_null(gmtime_r(&when, &tm));
    (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    buf_printf(lines,
               "{\"v\":1,\"seq\":1,\"id\":\"%s-%s\",\"ts\":\"%s\",\"node\":\"a\",\"event\":\"%s\","
               "\"pv\":\"%s\",\"page\":\"/a\",\"utm_campaign\":\"autunno\"}\n",
               pv, event, text, event, pv);
}

/* A page view on each of the last days, and on as many before these. */
static void write_journal(struct command *c, time_t now)
{
    struct buf lines = BUF_EMPTY;
    char name[96];
    char pv[16];
    struct tm tm;
    time_t first = now - (time_t)(2 * DAYS) * DAY_S;
    for (int day = 2 * DAYS - 1; day >= 0; day--) {
        (void)snprintf(pv, sizeof pv, "p%d", day);
        add(&lines, now - (time_t)day * DAY_S - 2, pv, "view");
        add(&lines, now - (time_t)day * DAY_S - 1, pv, "seen");
    }
    assert_non_null(gmtime_r(&first, &tm));
    (void)strftime(name, sizeof name, "data/journal/a-00000000000000000001-%Y%m%dT%H%M%SZ.ndjson",
                   &tm);
    files_write(c->folder, name, buf_str(&lines));
    files_write(c->folder, "pages/a.md", STR("---\ntitle: a\n---\n"));
    buf_finish(&lines);
}

/* What is spent on days to come is not spent yet, and thirty whole days are not compared with ten.
 */
static void a_period_that_is_not_over_ends_now(void **state)
{
    struct command *c = *state;
    struct buf costs = BUF_EMPTY;
    char from[16];
    char to[16];
    time_t now = time(NULL);
    write_journal(c, now);
    day_of(now, 1 - DAYS, from);
    day_of(now, 2 * DAYS, to);
    buf_printf(&costs, "utm_campaign,from,to,eur\nautunno,%s,%s,300\n", from, to);
    files_write(c->folder, "costs.csv", buf_str(&costs));
    buf_finish(&costs);
    command_run(c, "report", "--data", command_path(c, "data"), "--pages", command_path(c, "pages"),
                "--costs", command_path(c, "costs.csv"), "--tz=UTC", "--format=json", "--from",
                from, "--to", to);
    assert_int_equal(c->code, 0);
    assert_true(json_is_valid(buf_str(&c->out)));
    assert_contains(buf_str(&c->out), STR("\"cost\":100,"));
    assert_contains(buf_str(&c->out), STR("\"before\":{\"view\":"));
    assert_contains(buf_str(&c->out), str_from(day_of(now, 0, to)));
    assert_false(str_contains(buf_str(&c->out), str_from(day_of(now, 2, to))));
}

TEST_MAIN(COMMAND_TEST(a_period_that_is_not_over_ends_now))

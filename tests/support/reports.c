/* Owns asking reports of journals made by hand. */
#include "support/reports.h"

#include "support/files.h"
#include "support/funnels.h"
#include "support/test.h"

#include "base/calendar.h"

#include <math.h>

static const struct report_cta shoes_ctas[] = {{STR_INIT("whatsapp"), 18}, {STR_INIT("call"), 5}};
static const struct report_cta shop_ctas[] = {{STR_INIT("directions"), NAN}};
static char always[] = "hours";

static const struct report_page pages[] = {
    {.path = STR_INIT("/guide"), .goal = STR_INIT("read")},
    {STR_INIT("/shoes"), STR_INIT("whatsapp"), shoes_ctas, 2, NULL},
    {STR_INIT("/shop"), STR_INIT("directions"), shop_ctas, 1, always},
};

/* From nine to five, UTC. */
static bool is_open(void *hours, int64_t ms)
{
    assert_ptr_equal(hours, always);
    int64_t hour = ms / 3600000 % 24;
    return hour >= 9 && hour < 17;
}

int reports_set_up(void **state)
{
    struct report_fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(zone_create(&f->zone, STR("Europe/Rome")), 0);
    f->query = (struct report_query){
        .by = {STR("page")},
        .by_count = 1,
        .before_ms = INT64_MIN,
        .from_ms = INT64_MIN,
        .to_ms = INT64_MAX,
        .zone = f->zone,
        .pages = {pages, 3, is_open},
    };
    *state = f;
    return 0;
}

int reports_tear_down(void **state)
{
    struct report_fixture *f = *state;
    report_destroy(f->report);
    zone_destroy(f->zone);
    buf_finish(&f->lines);
    free(f);
    return 0;
}

static void on_damage(void *context, const struct scan_damage *damage)
{
    (void)context;
    assert_non_null(damage->why);
}

void reports_add(struct report_fixture *f, const char *pv, const char *event, const char *time,
                 const char *more)
{
    f->seq++;
    buf_printf(&f->lines,
               "{\"v\":1,\"seq\":%u,\"id\":\"id-%u\",\"ts\":\"2026-%sZ\",\"node\":\"a\","
               "\"event\":\"%s\",\"pv\":\"%s\"%s}\n",
               f->seq, f->seq, time, event, pv, more);
}

void reports_see(struct report_fixture *f, const char *pv, const char *time, const char *more)
{
    reports_add(f, pv, "view", time, more);
    reports_add(f, pv, "seen", time, "");
}

/* Read in pieces of a line or two, by two threads. */
const struct report_answer *reports_answer(struct report_fixture *f)
{
    struct complaint why;
    char *folder = files_make_folder();
    struct buf path = BUF_EMPTY;
    buf_printf(&path, "%s/x.ndjson", folder);
    files_write(folder, "x.ndjson", buf_str(&f->lines));
    const struct report_source source = {
        .file = path.ptr,
        .threads = 2,
        .piece_size = 256,
        .on_damage = on_damage,
        .on_failure = funnels_fail_on_error,
    };
    assert_int_equal(report_create(&f->report, &f->query, &why), 0);
    assert_int_equal(report_read(f->report, &source), 0);
    assert_int_equal(report_answer(f->report, &f->answer), 0);
    files_remove(folder);
    buf_finish(&path);
    return f->answer;
}

const struct report_row *reports_row(const struct report_rows *rows, const char *value)
{
    for (size_t i = 0; i < rows->count; i++)
        if (str_eq(rows->items[i].by[0], str_from(value)))
            return &rows->items[i];
    fail_msg("there is no row %s", value);
    return NULL;
}

void reports_assert_counts(struct report_counts counts, uint64_t view, uint64_t seen,
                           uint64_t engaged, uint64_t goal)
{
    if (counts.view != view || counts.seen != seen || counts.engaged != engaged ||
        counts.goal != goal)
        fail_msg("%llu/%llu/%llu/%llu", (unsigned long long)counts.view,
                 (unsigned long long)counts.seen, (unsigned long long)counts.engaged,
                 (unsigned long long)counts.goal);
}

void reports_set_range(struct report_fixture *f, const char *before, const char *from,
                       const char *to)
{
    int64_t *const bounds[] = {&f->query.before_ms, &f->query.from_ms, &f->query.to_ms};
    const char *const days[] = {before, from, to};
    for (size_t i = 0; i < 3; i++) {
        struct date date;
        assert_int_equal(calendar_parse_date(str_from(days[i]), &date), 0);
        *bounds[i] = (int64_t)zone_to_utc(f->zone, calendar_days(date) * CALENDAR_DAY_S) * 1000;
    }
}

/* How much memory exports, reports and funnels take: what is under way needs it, not all that ever
 * was. Each question is asked of a few days of a server's journal, and of thirty times as many; and
 * of a file of page views, and of one four times as long. */
#include "support/command.h"
#include "support/files.h"
#include "support/journals.h"
#include "support/test.h"

#include "base/calendar.h"
#include "journal/timestamp.h"

#include <sched.h>
#include <stdio.h>

/* Page views are forgotten some two days after they have ended: within the few days that has begun.
 * Their keys are, some days later: of that few days show little, but keys are small. */
enum { FEW_DAYS = 5, MANY_DAYS = 150, DAY_VIEWS = 400, DAY_S = 86400 };
enum { FEW_VIEWS = 200000, MANY_VIEWS = 800000 };

/* How much more the many days may take, in percent. An export reads on one thread and takes the
 * same each time; where several read, it depends on how they meet. */
enum { SAME = 110, NEARLY_THE_SAME = 130, SAME_FILE = 105 };

/* --- a journal ------------------------------------------------------------------------------ */

/* Every other page view goes on with the journey of the one before. */
static void add_view(struct buf *out, const char *day, int64_t day_ms, int number)
{
    char token[JOURNAL_TOKEN];
    char journey[JOURNAL_TOKEN];
    const int64_t each_ms = INT64_C(1000) * DAY_S / DAY_VIEWS;
    journal_token(token, day_ms + number * each_ms, number);
    journal_token(journey, day_ms + number / 2 * 2 * each_ms, number / 2 * 2);
    static const char *const events[] = {"view", "seen", "click"};
    static const char *const more[] = {
        ",\"page\":\"/scarpe\",\"rev\":\"0123456789ab\",\"utm_source\":\"meta\",\"lang\":\"it\"",
        ",\"n\":1,\"t\":100",
        ",\"n\":2,\"t\":4000,\"cta\":\"call\",\"dest\":\"tel\"",
    };
    for (int i = 0; i < 3; i++) {
        int second = number * (DAY_S / DAY_VIEWS) + i;
        buf_printf(out,
                   "{\"v\":1,\"seq\":1,\"id\":\"%s-%d-%d\",\"ts\":\"%sT%02d:%02d:%02d.000Z\","
                   "\"node\":\"a\",\"event\":\"%s\",\"pv\":\"%s\"",
                   day, number, i, day, second / 3600, second / 60 % 60, second % 60, events[i],
                   token);
        if (i > 0)
            buf_printf(out, ",\"journey\":\"%s\",\"d\":\"x\"", journey);
        buf_printf(out, "%s}\n", more[i]);
    }
}

/* A segment for each day. */
static void write_days(struct command *c, const char *data, int days)
{
    struct buf lines = BUF_EMPTY;
    for (int i = 0; i < days; i++) {
        int64_t days_since_1970 = calendar_days((struct date){2024, 1, 1}) + i;
        struct date date = calendar_date(days_since_1970);
        char day[16];
        char file[96];
        (void)snprintf(day, sizeof day, "%04d-%02d-%02d", date.year, date.month, date.day);
        (void)snprintf(file, sizeof file, "%s/journal/a-%020d-%04d%02d%02dT000000Z.ndjson", data,
                       i + 1, date.year, date.month, date.day);
        buf_clear(&lines);
        for (int view = 0; view < DAY_VIEWS; view++)
            add_view(&lines, day, days_since_1970 * 1000 * DAY_S, view);
        files_write(c->folder, file, buf_str(&lines));
    }
    buf_finish(&lines);
}

/* A page view whose token a script has made up; or what the tab of another says four days later. */
static void write_scripts(FILE *out, int number, const char *time)
{
    const int days = 11500;
    int view = number % 200 == 0 || number < days ? number : number - days;
    (void)fprintf(out,
                  "{\"v\":1,\"id\":\"s%d\",\"ts\":\"%.*s\",\"event\":\"seen\","
                  "\"pv\":\"%022d\",\"pv_src\":\"client\"}\n",
                  number, TIMESTAMP_LEN, time, view);
}

/* One line for each page view, two of which are a journey, one every half minute. A round of
 * reading takes in some 60,000 such lines, and they are given in the next. */
static void write_file(struct command *c, const char *file, int views, bool with_scripts)
{
    FILE *out = fopen(command_path(c, file), "w"); /* the test itself must stay small */
    const int64_t first_ms = INT64_C(1704067200000);
    assert_non_null(out);
    for (int i = 0; i < views; i++) {
        char token[JOURNAL_TOKEN];
        char journey[JOURNAL_TOKEN];
        char time[TIMESTAMP_LEN];
        int64_t ms = first_ms + INT64_C(30000) * i;
        journal_token(token, ms, i);
        journal_token(journey, first_ms + INT64_C(30000) * (i / 2 * 2), i / 2 * 2);
        assert_int_equal(timestamp_write(time, ms), 0);
        (void)fprintf(out,
                      "{\"v\":1,\"id\":\"%d\",\"ts\":\"%.*s\",\"event\":\"seen\","
                      "\"pv\":\"%s\",\"journey\":\"%s\"}\n",
                      i, TIMESTAMP_LEN, time, token, journey);
        if (with_scripts && i % 100 == 0)
            write_scripts(out, i, time);
    }
    assert_int_equal(fclose(out), 0);
}

/* Each thread that reads has memory of its own: two of them here, wherever this runs. */
static void allow_two_processors(void)
{
    cpu_set_t allowed;
    cpu_set_t two;
    CPU_ZERO(&two);
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&two) < 2; i++)
        if (CPU_ISSET(i, &allowed))
            CPU_SET(i, &two);
    assert_int_equal(sched_setaffinity(0, sizeof two, &two), 0);
}

static int set_up(void **state)
{
    allow_two_processors();
    (void)command_setup(state);
    write_days(*state, "few", FEW_DAYS);
    write_days(*state, "many", MANY_DAYS);
    write_file(*state, "few.ndjson", FEW_VIEWS, false);
    write_file(*state, "many.ndjson", MANY_VIEWS, false);
    write_file(*state, "few-scripts.ndjson", FEW_VIEWS, true);
    write_file(*state, "many-scripts.ndjson", MANY_VIEWS, true);
    return 0;
}

/* --- questions ------------------------------------------------------------------------------ */

/* Asks of what stands in `$data`, expects a piece of what is said, and returns how much memory that
 * took. Under AddressSanitizer what is freed is free at once, against its habit. */
static uint64_t ask(struct command *c, const char *question, const char *data, const char *expected)
{
    struct buf script = BUF_EMPTY;
    buf_printf(&script,
               "export "
               "ASAN_OPTIONS=$ASAN_OPTIONS:quarantine_size_mb=0:thread_local_quarantine_size_kb=0\n"
               "data=%s; \"$ATTIMO\" %s --lang en",
               command_path(c, data), question);
    buf_append_char(&script, '\0');
    command_shell(c, script.ptr);
    assert_int_equal(c->code, 0);
    buf_append(&c->out, buf_str(&c->err));
    assert_contains(buf_str(&c->out), str_from(expected));
    buf_finish(&script);
    return c->peak;
}

static void assert_bounded(struct command *c, unsigned percent, const char *question,
                           const char *const answers[2])
{
    uint64_t few = ask(c, question, "few", answers[0]);
    uint64_t many = ask(c, question, "many", answers[1]);
    print_message("%s: %llu kB, and %llu kB\n", question, (unsigned long long)few / 1024,
                  (unsigned long long)many / 1024);
    assert_true(few > 0);
    assert_true(many <= few / 100 * percent);
}

static void an_export_keeps_what_is_under_way(void **state)
{
    static const char *const answers[] = {"attimo: 6,000 events;", "attimo: 180,000 events;"};
    assert_bounded(*state, SAME, "export --data $data >/dev/null", answers);
}

static void an_export_of_page_views_keeps_what_is_under_way(void **state)
{
    static const char *const answers[] = {"attimo: 2,000 page views;",
                                          "attimo: 60,000 page views;"};
    assert_bounded(*state, SAME, "export --flat --data $data >/dev/null", answers);
}

static void a_report_keeps_what_is_under_way(void **state)
{
    static const char *const answers[] = {"\"total\":{\"view\":2000,\"seen\":2000,",
                                          "\"total\":{\"view\":60000,\"seen\":60000,"};
    assert_bounded(*state, NEARLY_THE_SAME,
                   "report --from 2024-01-01 --to 2024-12-31 --format json --data $data", answers);
}

static void a_funnel_of_page_views_keeps_what_is_under_way(void **state)
{
    static const char *const answers[] = {"{\"step\":\"seen\",\"count\":2000,",
                                          "{\"step\":\"seen\",\"count\":60000,"};
    assert_bounded(*state, NEARLY_THE_SAME,
                   "funnel --from 2024-01-01 --unit pv --steps seen,left --format json"
                   " --data $data",
                   answers);
}

#define FUNNEL "funnel --steps seen,left --format json"

/* Two of each make a journey. */
static void of_a_file_a_funnel_keeps_what_is_under_way(void **state)
{
    static const char *const by_journey[] = {"{\"step\":\"seen\",\"count\":100000,",
                                             "{\"step\":\"seen\",\"count\":400000,"};
    static const char *const by_view[] = {"{\"step\":\"seen\",\"count\":200000,",
                                          "{\"step\":\"seen\",\"count\":800000,"};
    assert_bounded(*state, SAME_FILE, FUNNEL " --input $data.ndjson", by_journey);
    assert_bounded(*state, SAME_FILE, FUNNEL " --unit pv --input $data.ndjson", by_view);
}

/* Some of its page views come again after days. */
static void of_a_file_with_scripts_tokens_too(void **state)
{
    static const char *const by_journey[] = {"{\"step\":\"seen\",\"count\":101057,",
                                             "{\"step\":\"seen\",\"count\":404057,"};
    static const char *const by_view[] = {"{\"step\":\"seen\",\"count\":201057,",
                                          "{\"step\":\"seen\",\"count\":804057,"};
    assert_bounded(*state, NEARLY_THE_SAME, FUNNEL " --input $data-scripts.ndjson", by_journey);
    assert_bounded(*state, NEARLY_THE_SAME, FUNNEL " --unit pv --input $data-scripts.ndjson",
                   by_view);
}

TEST_MAIN_WITH(set_up, command_teardown, cmocka_unit_test(an_export_keeps_what_is_under_way),
               cmocka_unit_test(an_export_of_page_views_keeps_what_is_under_way),
               cmocka_unit_test(a_report_keeps_what_is_under_way),
               cmocka_unit_test(a_funnel_of_page_views_keeps_what_is_under_way),
               cmocka_unit_test(of_a_file_a_funnel_keeps_what_is_under_way),
               cmocka_unit_test(of_a_file_with_scripts_tokens_too))

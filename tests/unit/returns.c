/* What comes back days later is still the same page view and the same journey, though most that is
 * over is forgotten by then. */
#include "support/files.h"
#include "support/funnels.h"
#include "support/journals.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

/* --- tokens that come back ------------------------------------------------------------------ */

enum { DAYS = 11, MINUTES = DAYS * 24 * 60 }; /* from 20 November */
static const int back_after_hours[] = {23, 26, 60, 200, 260};

/* The first page view of all, of which something comes hours later. */
struct token_return {
    bool is_client;   /* the script has made its token up */
    bool was_journey; /* it is another page view's journey, at the beginning, as it is with all */
    bool is_journey;  /* or hours later */
};

static void add_first(struct funnel_fixture *f, const char *event, double second,
                      const struct token_return *r, bool as_journey)
{
    char token[JOURNAL_TOKEN + 2] = "0123456789abcdefghij-_";
    char other[JOURNAL_TOKEN];
    char more[128];
    if (!r->is_client)
        journal_token(token, funnels_origin_ms, 0);
    journal_token(other, funnels_origin_ms + (int64_t)(second * 1000), 1);
    int used = snprintf(more, sizeof more, ",\"d\":\"x\",\"n\":%d,\"t\":5", event[0]);
    if (as_journey)
        (void)snprintf(more + used, sizeof more - (size_t)used, ",\"journey\":\"%s\"", token);
    else if (r->is_client)
        (void)snprintf(more + used, sizeof more - (size_t)used, ",\"pv_src\":\"client\"");
    funnels_add(f, as_journey ? other : token, event, second, more);
}

/* Four page views an hour, of two events each, besides that one. */
static void add_day(struct funnel_fixture *f, int day, int back, const struct token_return *r)
{
    static const char clicked[] = ",\"d\":\"x\",\"n\":1,\"t\":5";
    char token[JOURNAL_TOKEN];
    char journey[JOURNAL_TOKEN];
    char more[128];
    for (int minute = day * 24 * 60; minute < (day + 1) * 24 * 60; minute += 15) {
        double second = 60.0 * minute;
        if (minute == 0) {
            add_first(f, "view", second, r, r->was_journey);
            add_first(f, "click", second + 1, r, r->was_journey);
            continue;
        }
        journal_token(token, funnels_origin_ms + INT64_C(60000) * minute, minute + 1);
        journal_token(journey, funnels_origin_ms + INT64_C(60000) * minute, minute + MINUTES);
        (void)snprintf(more, sizeof more, ",\"journey\":\"%s\"", r->was_journey ? journey : token);
        funnels_add(f, token, "view", second, more);
        (void)snprintf(more + strlen(more), sizeof more - strlen(more), "%s", clicked);
        funnels_add(f, token, "click", second + 1, more);
        if (minute == back * 60)
            add_first(f, "order", second + 2, r, r->is_journey);
    }
}

/* The lines so far as a server's folder: a segment for each day. */
static char *write_folder(const struct funnel_fixture *f)
{
    char *folder = files_make_folder();
    struct str lines = buf_str(&f->journal);
    struct str line;
    unsigned number = 0;
    char day[8] = "";
    char name[96] = "";
    struct buf segment = BUF_EMPTY;
    while (str_split(&lines, '\n', &line) && line.len > 0) {
        const char *ts = strstr(line.ptr, "\"ts\":\"") + 6;
        const char date[8] = {ts[0], ts[1], ts[2], ts[3], ts[5], ts[6], ts[8], ts[9]};
        number++;
        if (memcmp(day, date, sizeof day) != 0) {
            if (segment.len > 0)
                files_write(folder, name, buf_str(&segment));
            buf_clear(&segment);
            memcpy(day, date, sizeof day);
            (void)snprintf(name, sizeof name, "journal/a-%020u-%.8sT000000Z.ndjson", number, day);
        }
        buf_append(&segment, line);
        buf_append_char(&segment, '\n');
    }
    files_write(folder, name, buf_str(&segment));
    buf_finish(&segment);
    return folder;
}

/* Of a file, or of a server's folder. */
static const struct funnel_group *answer_of(struct funnel_fixture *f, bool folder)
{
    struct complaint why;
    if (!folder)
        return funnels_answer(f);
    char *data = write_folder(f);
    assert_int_equal(funnel_create(&f->funnel, &f->query, &why), 0);
    assert_int_equal(funnel_read_data(f->funnel, &f->input, data), 0);
    assert_int_equal(funnel_answer(f->funnel, &f->answer), 0);
    files_remove(data);
    return &f->answer->total;
}

static void forget_answer(struct funnel_fixture *f)
{
    funnel_destroy(f->funnel);
    f->funnel = NULL;
}

static void assert_one_comes_back(struct funnel_fixture *f, const char *unit,
                                  const struct token_return *r)
{
    f->query.unit = str_from(unit);
    f->query.window_ms = 90 * day_ms;
    f->input.piece_size = 400;
    for (size_t i = 0; i < sizeof back_after_hours / sizeof *back_after_hours; i++) {
        buf_clear(&f->journal);
        for (int day = 0; day < DAYS; day++)
            add_day(f, day, back_after_hours[i], r);
        for (int folder = 0; folder < 2; folder++) {
            funnels_assert_reached(answer_of(f, folder), DAYS * 96, DAYS * 96, 1);
            forget_answer(f);
        }
    }
}

static void a_token_that_comes_back_is_the_same_page_view(void **state)
{
    assert_one_comes_back(*state, "pv", &(struct token_return){0});
    assert_one_comes_back(*state, "pv", &(struct token_return){.is_client = true});
}

/* Of one page view, then also of another; of another first, and then of its own; of two others. */
static void a_journey_that_comes_back_is_the_same(void **state)
{
    assert_one_comes_back(*state, "journey", &(struct token_return){.is_journey = true});
    assert_one_comes_back(*state, "journey", &(struct token_return){.was_journey = true});
    assert_one_comes_back(*state, "journey",
                          &(struct token_return){.is_journey = true, .was_journey = true});
}

/* --- random ones ---------------------------------------------------------------------------- */

enum { VIEWS_MAX = 300, LINES_MAX = 5 * VIEWS_MAX };

struct random_view {
    char pv[JOURNAL_TOKEN + 2];
    char journey[JOURNAL_TOKEN + 2];
    bool is_client;
};

struct random_line {
    int64_t ms; /* since the origin */
    const struct random_view *view;
    const char *event;
    const char *journey;
    int n;
};

struct random_journal {
    struct random_view views[VIEWS_MAX];
    struct random_line lines[LINES_MAX];
    size_t view_count;
    size_t line_count;
    int returns; /* of a thousand page views */
};

static int64_t below(uint64_t *random, int64_t bound)
{
    *random = *random * 6364136223846793005 + 1442695040888963407;
    return (int64_t)((*random >> 20) % (uint64_t)bound);
}

static void add_random_line(struct random_journal *j, int64_t ms, const struct random_view *view,
                            const char *event, const char *journey)
{
    if (j->line_count == LINES_MAX)
        return;
    j->lines[j->line_count] =
        (struct random_line){ms, view, event, journey, (int)j->line_count % 9};
    j->line_count++;
}

/* Mostly within minutes, at times within a day, seldom days later. */
static void add_random_events(struct random_journal *j, const struct random_view *view, int64_t ms,
                              uint64_t *random)
{
    static const char *const events[] = {"seen", "click", "order"};
    if (!view->is_client)
        add_random_line(j, ms, view, "view", NULL);
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        int64_t later = below(random, 5) ? below(random, 300000) : below(random, day_ms - 1000);
        if (below(random, 1000) < j->returns)
            later = below(random, 20 * day_ms);
        if (below(random, 10) < 7)
            add_random_line(j, ms + later, view, events[i],
                            below(random, 10) ? view->journey : NULL);
    }
}

static void add_random_view(struct random_journal *j, int64_t ms, bool goes_on, uint64_t *random)
{
    struct random_view *view = &j->views[j->view_count++];
    view->is_client = below(random, 10) == 0;
    if (view->is_client)
        (void)snprintf(view->pv, sizeof view->pv, "%022lld", (long long)below(random, INT64_MAX));
    else
        journal_token(view->pv, funnels_origin_ms + ms, (int)j->view_count);
    const struct random_view *first = goes_on && j->view_count > 1 ? view - 1 : NULL;
    if (j->view_count > 1 && below(random, 1000) < j->returns)
        first = &j->views[below(random, (int64_t)j->view_count - 1)];
    memcpy(view->journey, first ? first->journey : view->pv, sizeof view->journey);
    if (!first && below(random, 10) == 0) /* nothing is there of its first page view */
        journal_token(view->journey, funnels_origin_ms + ms, VIEWS_MAX + (int)j->view_count);
    add_random_events(j, view, ms, random);
}

static int by_time(const void *left, const void *right)
{
    const struct random_line *a = left;
    const struct random_line *b = right;
    if (a->ms != b->ms)
        return a->ms < b->ms ? -1 : 1;
    return (a->n > b->n) - (a->n < b->n);
}

static void make_random(struct random_journal *j, struct funnel_fixture *f, uint64_t *random)
{
    static const int returns[] = {0, 0, 20, 150};
    int64_t days = 4 + below(random, 30);
    int64_t views = 60 + below(random, VIEWS_MAX - 60);
    int64_t silence = below(random, 3) ? 0 : 6 * day_ms; /* at half of it */
    *j = (struct random_journal){.returns = returns[below(random, 4)]};
    for (int64_t i = 0; i < views; i++) {
        bool goes_on = below(random, 3) == 0;
        int64_t ms = i * days * day_ms / views + (i > views / 2 ? silence : 0);
        add_random_view(j, goes_on ? ms - ms % 60000 : ms, goes_on, random);
    }
    qsort(j->lines, j->line_count, sizeof *j->lines, by_time);
    buf_clear(&f->journal);
    f->seq = 0;
    for (size_t i = 0; i < j->line_count; i++) {
        const struct random_line *line = &j->lines[i];
        char more[160];
        int used =
            snprintf(more, sizeof more, ",\"d\":\"x%zu\",\"n\":%d,\"t\":%d", i, line->n, line->n);
        if (line->journey)
            used += snprintf(more + used, sizeof more - (size_t)used, ",\"journey\":\"%s\"",
                             line->journey);
        (void)snprintf(more + used, sizeof more - (size_t)used, "%s",
                       line->view->is_client ? ",\"pv_src\":\"client\"" : "");
        funnels_add(f, line->view->pv, line->event, (double)line->ms / 1000, more);
    }
}

/* What a funnel says, in words. */
static void tell(struct buf *out, const struct funnel_fixture *f)
{
    const struct funnel_group *total = &f->answer->total;
    buf_clear(out);
    buf_printf(out, "%llu, %llu, %llu; %llu open; %.3f s, %.3f s; %llu orphans",
               (unsigned long long)total->reached[0], (unsigned long long)total->reached[1],
               (unsigned long long)total->reached[2], (unsigned long long)total->open,
               total->median_s, total->p90_s, (unsigned long long)f->answer->loss.orphan_click);
}

/* Read in one piece, everything is over at the end and nothing before. */
static void what_is_forgotten_changes_no_answer(void **state)
{
    static struct random_journal journal;
    struct funnel_fixture *f = *state;
    struct buf whole = BUF_EMPTY;
    struct buf pieces = BUF_EMPTY;
    uint64_t random = journal_setting("ATTIMO_SEED", 20261122);
    f->query.window_ms = 60 * day_ms;
    for (uint64_t i = journal_setting("ATTIMO_JOURNALS", 3000) / 20; i > 0; i--) {
        make_random(&journal, f, &random);
        f->query.unit = i % 3 ? STR("journey") : STR("pv");
        f->query.steps = i % 4 < 2 ? STR("view,click,order") : STR("seen,order,click");
        f->input.threads = 1;
        f->input.piece_size = 1 << 30;
        (void)answer_of(f, false);
        tell(&whole, f);
        forget_answer(f);
        f->input.threads = 1 + (unsigned)(i % 3);
        f->input.piece_size = 1 + (size_t)below(&random, i % 2 ? 400 : 4000);
        for (int folder = 0; folder < 2; folder++) {
            (void)answer_of(f, folder);
            tell(&pieces, f);
            forget_answer(f);
            if (!str_eq(buf_str(&whole), buf_str(&pieces)))
                fail_msg("journal %llu, %s: %.*s, whole %.*s", (unsigned long long)i,
                         folder ? "folder" : "file", STR_ARG(buf_str(&pieces)),
                         STR_ARG(buf_str(&whole)));
        }
    }
    buf_finish(&whole);
    buf_finish(&pieces);
}

TEST_MAIN(FUNNEL_TEST(a_token_that_comes_back_is_the_same_page_view),
          FUNNEL_TEST(a_journey_that_comes_back_is_the_same),
          FUNNEL_TEST(what_is_forgotten_changes_no_answer))

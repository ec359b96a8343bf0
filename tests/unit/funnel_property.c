/* Funnels over random journals against two slow and obvious ways to the same answer: every chain
 * tried in C, and SQL. What differs is made as small as it gets, and printed. How the engine cuts a
 * journal into pieces, and on how many threads it reads them, is random too.
 *
 * ATTIMO_JOURNALS says how many (a night has time for more), ATTIMO_SEED which. */
#include "support/funnels.h"
#include "support/journals.h"
#include "support/quantile.h"
#include "support/test.h"

#include <stdio.h>

enum { JOURNALS = 400, GROUPS = 4 };

/* --- an answer as text ---------------------------------------------------------------------- */

static void append_tally(struct buf *out, const uint64_t *reached, size_t steps, uint64_t open)
{
    for (size_t k = 0; k < steps; k++)
        buf_printf(out, "%llu ", (unsigned long long)reached[k]);
    buf_printf(out, "open %llu\n", (unsigned long long)open);
}

static void append_times(struct buf *out, int group, double *elapsed, size_t count)
{
    buf_printf(out, "%d: %zu times, median %.3f s, p90 %.3f s: ", group, count,
               quantile_of(elapsed, count, 0.5), quantile_of(elapsed, count, 0.9));
}

/* Of one group, or of all. */
static void tally(struct buf *out, const struct winners *winners, const struct wanted *wanted,
                  const int *group)
{
    uint64_t reached[JOURNAL_STEPS] = {0};
    uint64_t open = 0;
    double elapsed[JOURNAL_LINES];
    size_t times = 0;
    for (size_t i = 0; i < winners->count; i++) {
        const struct winner *winner = &winners->list[i];
        bool is_open = winner->entered > wanted->now - wanted->window;
        if (group && winner->group != *group)
            continue;
        open += is_open;
        for (size_t k = 0; !is_open && k < winner->length; k++)
            reached[k]++;
        if (!is_open && winner->length == wanted->step_count)
            elapsed[times++] = winner->elapsed;
    }
    if (group && reached[0] + open == 0)
        return;
    append_times(out, group ? *group : 99, elapsed, times);
    append_tally(out, reached, wanted->step_count, open);
}

static void tell_winners(struct buf *out, const struct winners *winners,
                         const struct wanted *wanted)
{
    tally(out, winners, wanted, NULL);
    for (int group = NONE; group < GROUPS; group++)
        tally(out, winners, wanted, &group);
}

static void tell_group(struct buf *out, const struct funnel_group *group,
                       const struct wanted *wanted, int number)
{
    buf_printf(out, "%d: %zu times, median %.3f s, p90 %.3f s: ", number,
               (size_t)group->elapsed_ms.count, group->median_s, group->p90_s);
    append_tally(out, group->reached, wanted->step_count, group->open);
}

static void tell_answer(struct buf *out, const struct funnel_answer *answer,
                        const struct wanted *wanted)
{
    tell_group(out, &answer->total, wanted, 99);
    for (int number = NONE; number < GROUPS; number++)
        for (size_t i = 0; i < answer->group_count; i++) {
            struct str value =
                wanted->by == WANTED_ALL ? str_make(NULL, 0) : answer->groups[i].by[0];
            if (value.ptr ? value.ptr[1] - '0' == number : number == NONE)
                tell_group(out, &answer->groups[i], wanted, number);
        }
}

/* --- the engine ----------------------------------------------------------------------------- */

static void append_steps(struct buf *out, const struct wanted *wanted)
{
    static const char *const events[] = {"view", "seen", "click", "order"};
    for (size_t k = 0; k < wanted->step_count; k++) {
        const struct wanted_step *step = &wanted->steps[k];
        bool filtered = step->cta != NONE || step->source != NONE;
        buf_printf(out, "%s%s%s", k > 0 ? "," : "", events[step->event], filtered ? ":" : "");
        if (step->cta != NONE)
            buf_printf(out, "cta=c%d%s", step->cta, step->source != NONE ? "," : "");
        if (step->source != NONE)
            buf_printf(out, "utm_source=s%d", step->source);
    }
}

/* How the engine reads. */
struct reading {
    unsigned threads;
    size_t piece_size;
};

static void ask_engine(struct buf *out, const struct journal *journal, const struct wanted *wanted,
                       struct reading reading)
{
    static const char *const units[] = {"journey", "pv", "utm_source"};
    static const char *const groups[] = {"", "page", "utm_source"};
    struct buf steps = BUF_EMPTY;
    struct buf line = BUF_EMPTY;
    struct zone *zone;
    struct funnel *funnel;
    struct complaint why;
    const struct funnel_answer *answer;
    const struct funnel_input input = {
        .threads = reading.threads,
        .piece_size = reading.piece_size,
        .on_damage = funnels_fail_on_damage,
        .on_failure = funnels_fail_on_error,
    };
    append_steps(&steps, wanted);
    assert_int_equal(zone_create(&zone, STR("UTC")), 0);
    const struct funnel_query query = {
        .steps = buf_str(&steps),
        .unit = str_from(units[wanted->unit]),
        .by = {str_from(groups[wanted->by])},
        .by_count = wanted->by != WANTED_ALL,
        .mode = wanted->mode,
        .window_ms = INT64_C(1000) * wanted->window,
        .from_ms = journal_ms(wanted->from),
        .to_ms = journal_ms(wanted->to),
        .now_ms = journal_ms(wanted->now),
        .zone = zone,
    };
    assert_int_equal(funnel_create(&funnel, &query, &why), 0);
    journal_text(journal, &line);
    assert_int_equal(funnel_read_file(funnel, &input, funnels_file(buf_str(&line))), 0);
    assert_int_equal(funnel_answer(funnel, &answer), 0);
    tell_answer(out, answer, wanted);
    funnel_destroy(funnel);
    zone_destroy(zone);
    buf_finish(&steps);
    buf_finish(&line);
}

/* --- comparing ------------------------------------------------------------------------------ */

/* Two ways to the same answer. */
struct comparison {
    struct wanted wanted;
    struct sql *sql; /* NULL: every chain tried */
    struct reading reading;
    struct buf engine;
    struct buf other;
};

static bool differs(void *context, const struct journal *journal)
{
    struct comparison *c = context;
    struct winners winners;
    buf_clear(&c->engine);
    buf_clear(&c->other);
    if (c->sql)
        journal_sql(c->sql, journal, &c->wanted, &winners);
    else
        journal_slow(journal, &c->wanted, &winners);
    tell_winners(&c->other, &winners, &c->wanted);
    ask_engine(&c->engine, journal, &c->wanted, c->reading);
    return !str_eq(buf_str(&c->engine), buf_str(&c->other));
}

static void report(const struct comparison *c, const struct journal *journal)
{
    const struct wanted *wanted = &c->wanted;
    static const char *const units[] = {"journey", "pv", "utm_source"};
    static const char *const groups[] = {"nothing", "page", "utm_source"};
    static const char *const modes[] = {"ordered", "strict", "increasing"};
    struct buf text = BUF_EMPTY;
    append_steps(&text, wanted);
    buf_printf(
        &text,
        "\n%u threads, pieces of %zu, by %s, groups by %s, %s, window %d, from %d to %d, now %d\n",
        c->reading.threads, c->reading.piece_size, units[wanted->unit], groups[wanted->by],
        modes[wanted->mode], wanted->window, wanted->from, wanted->to, wanted->now);
    journal_text(journal, &text);
    print_message("%.*s", STR_ARG(buf_str(&text)));
    print_message("the engine:\n%.*sthe other:\n%.*s", STR_ARG(buf_str(&c->engine)),
                  STR_ARG(buf_str(&c->other)));
    buf_finish(&text);
}

static void stretch(struct journal *journal, struct wanted *wanted)
{
    wanted->window *= JOURNAL_STRETCH;
    wanted->from *= JOURNAL_STRETCH;
    wanted->to *= JOURNAL_STRETCH;
    wanted->now *= JOURNAL_STRETCH;
    journal_stretch(journal);
}

static void check(struct comparison *c, struct journal *journal)
{
    if (!differs(c, journal))
        return;
    journal_shrink(journal, differs, c);
    report(c, journal);
    fail();
}

static void compare(struct sql *sql)
{
    uint64_t random = journal_setting("ATTIMO_SEED", 20261101) | 1;
    struct comparison c = {.sql = sql};
    for (uint64_t i = journal_setting("ATTIMO_JOURNALS", JOURNALS); i > 0; i--) {
        struct journal journal;
        journal_random(&journal, &c.wanted, &random);
        if (i % 2 == 0)
            stretch(&journal, &c.wanted);
        c.reading.threads = 1 + (unsigned)(i % 3);
        /* A round for each line or two: time goes on with rounds. */
        c.reading.piece_size = 1 + (size_t)(random >> 32) % (i % 2 == 0 ? 8 : i % 3 ? 100 : 4000);
        check(&c, &journal);
    }
    buf_finish(&c.engine);
    buf_finish(&c.other);
}

/* A few journals, with a border of pieces at every byte. */
static void where_pieces_end_makes_no_difference(void **state)
{
    uint64_t random = journal_setting("ATTIMO_SEED", 20261101) | 1;
    struct comparison c = {.reading = {.threads = 2}};
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct journal journal;
        journal_random(&journal, &c.wanted, &random);
        for (c.reading.piece_size = 1; c.reading.piece_size < 600; c.reading.piece_size++)
            check(&c, &journal);
    }
    buf_finish(&c.engine);
    buf_finish(&c.other);
}

static void random_journals_give_what_trying_every_chain_gives(void **state)
{
    (void)state;
    compare(NULL);
}

static void random_journals_give_what_sql_gives(void **state)
{
    (void)state;
    struct sql *sql = sql_create();
    compare(sql);
    sql_destroy(sql);
}

TEST_MAIN(cmocka_unit_test(random_journals_give_what_trying_every_chain_gives),
          cmocka_unit_test(random_journals_give_what_sql_gives),
          cmocka_unit_test(where_pieces_end_makes_no_difference))

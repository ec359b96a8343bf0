/* Funnels over random journals against two slow and obvious ways to the same answer: every chain
 * tried in C, and SQL. What differs is made as small as it gets, and printed.
 *
 * ATTIMO_JOURNALS says how many (a night has time for more), ATTIMO_SEED which. */
#include "support/journals.h"
#include "support/test.h"

#include "insight/funnel.h"

#include <stdio.h>

enum { JOURNALS = 400, GROUPS = 4 };

/* --- an answer as text ---------------------------------------------------------------------- */

static void append_tally(struct buf *out, const uint64_t *reached, size_t steps, uint64_t open)
{
    for (size_t k = 0; k < steps; k++)
        buf_printf(out, "%llu ", (unsigned long long)reached[k]);
    buf_printf(out, "open %llu\n", (unsigned long long)open);
}

/* Of one group, or of all. */
static void tally(struct buf *out, const struct winners *winners, const struct wanted *wanted,
                  const int *group)
{
    uint64_t reached[JOURNAL_STEPS] = {0};
    uint64_t open = 0;
    double elapsed = 0;
    for (size_t i = 0; i < winners->count; i++) {
        const struct winner *winner = &winners->list[i];
        bool is_open = winner->entered > wanted->now - wanted->window;
        if (group && winner->group != *group)
            continue;
        open += is_open;
        for (size_t k = 0; !is_open && k < winner->length; k++)
            reached[k]++;
        if (!is_open && winner->length == wanted->step_count)
            elapsed += winner->elapsed;
    }
    if (group && reached[0] + open == 0)
        return;
    buf_printf(out, "%d: %.0f s: ", group ? *group : 99, elapsed);
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
    double elapsed = 0;
    for (size_t i = 0; i < group->elapsed_count; i++)
        elapsed += group->elapsed_s[i];
    buf_printf(out, "%d: %.0f s: ", number, elapsed);
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

static void ask_engine(struct buf *out, const struct journal *journal, const struct wanted *wanted)
{
    static const char *const units[] = {"journey", "pv", "utm_source"};
    static const char *const groups[] = {"", "page", "utm_source"};
    struct buf steps = BUF_EMPTY;
    struct buf line = BUF_EMPTY;
    struct zone *zone;
    struct funnel *funnel;
    const struct funnel_answer *answer;
    const char *damage;
    append_steps(&steps, wanted);
    assert_int_equal(zone_create(&zone, STR("UTC")), 0);
    const struct funnel_query query = {
        .steps = buf_str(&steps),
        .unit = str_from(units[wanted->unit]),
        .by = {str_from(groups[wanted->by])},
        .by_count = wanted->by != WANTED_ALL,
        .mode = wanted->mode,
        .window_ms = wanted->window * 1000,
        .from_ms = journal_ms(wanted->from),
        .to_ms = journal_ms(wanted->to),
        .now_ms = journal_ms(wanted->now),
        .zone = zone,
    };
    assert_int_equal(funnel_create(&funnel, &query, &line), 0);
    for (size_t i = 0; i < journal->count; i++) {
        buf_clear(&line);
        journal_line(&journal->entries[i], &line);
        assert_int_equal(funnel_add(funnel, buf_str(&line), &damage), 0);
        assert_null(damage);
    }
    assert_int_equal(funnel_answer(funnel, &answer), 0);
    tell_answer(out, answer, wanted);
    funnel_destroy(funnel);
    zone_destroy(zone);
    buf_finish(&steps);
    buf_finish(&line);
}

/* --- comparing ------------------------------------------------------------------------------ */

static bool differs(const struct journal *journal, const struct wanted *wanted, struct sql *sql,
                    struct buf *engine, struct buf *other)
{
    struct winners winners;
    buf_clear(engine);
    buf_clear(other);
    if (sql)
        journal_sql(sql, journal, wanted, &winners);
    else
        journal_slow(journal, wanted, &winners);
    tell_winners(other, &winners, wanted);
    ask_engine(engine, journal, wanted);
    return !str_eq(buf_str(engine), buf_str(other));
}

/* Leaves out lines for as long as the answers differ. */
static void shrink(struct journal *journal, const struct wanted *wanted, struct sql *sql,
                   struct buf *engine, struct buf *other)
{
    for (size_t i = 0; i < journal->count;) {
        struct journal smaller = *journal;
        for (size_t j = i; j + 1 < smaller.count; j++)
            smaller.entries[j] = smaller.entries[j + 1];
        smaller.count--;
        if (differs(&smaller, wanted, sql, engine, other)) {
            *journal = smaller;
            i = 0;
        } else {
            i++;
        }
    }
    (void)differs(journal, wanted, sql, engine, other);
}

static void report(const struct journal *journal, const struct wanted *wanted,
                   const struct buf *engine, const struct buf *other)
{
    static const char *const units[] = {"journey", "pv", "utm_source"};
    static const char *const groups[] = {"nothing", "page", "utm_source"};
    static const char *const modes[] = {"ordered", "strict", "increasing"};
    struct buf text = BUF_EMPTY;
    append_steps(&text, wanted);
    buf_printf(&text, "\nby %s, groups by %s, %s, window %d, from %d to %d, now %d\n",
               units[wanted->unit], groups[wanted->by], modes[wanted->mode], wanted->window,
               wanted->from, wanted->to, wanted->now);
    for (size_t i = 0; i < journal->count; i++) {
        journal_line(&journal->entries[i], &text);
        buf_append_char(&text, '\n');
    }
    print_message("%.*s", STR_ARG(buf_str(&text)));
    print_message("the engine:\n%.*sthe other:\n%.*s", STR_ARG(buf_str(engine)),
                  STR_ARG(buf_str(other)));
    buf_finish(&text);
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    uint64_t value;
    return text && str_to_u64(str_from(text), &value) == 0 ? value : otherwise;
}

static void compare(struct sql *sql)
{
    uint64_t random = setting("ATTIMO_SEED", 20261101) | 1;
    struct buf engine = BUF_EMPTY;
    struct buf other = BUF_EMPTY;
    for (uint64_t i = setting("ATTIMO_JOURNALS", JOURNALS); i > 0; i--) {
        struct journal journal;
        struct wanted wanted;
        journal_random(&journal, &wanted, &random);
        if (!differs(&journal, &wanted, sql, &engine, &other))
            continue;
        shrink(&journal, &wanted, sql, &engine, &other);
        report(&journal, &wanted, &engine, &other);
        fail();
    }
    buf_finish(&engine);
    buf_finish(&other);
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
          cmocka_unit_test(random_journals_give_what_sql_gives))

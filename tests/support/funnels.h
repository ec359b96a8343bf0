/* A journal made by hand, line after line, and the funnel over it. */
#ifndef ATTIMO_TESTS_FUNNELS_H
#define ATTIMO_TESTS_FUNNELS_H

#include "insight/funnel.h"

struct funnel_fixture {
    struct funnel_query query; /* view,click,order by journey in ten minutes */
    struct zone *zone;
    struct funnel_input input;
    struct funnel *funnel;
    struct buf journal;
    const struct funnel_answer *answer;
    unsigned seq;
    unsigned damaged;
};

/* 2026-11-20T00:00:00Z; times below are seconds after it. */
extern const int64_t funnels_origin_ms;

int funnels_set_up(void **state);
int funnels_tear_down(void **state);
#define FUNNEL_TEST(name) cmocka_unit_test_setup_teardown(name, funnels_set_up, funnels_tear_down)

void funnels_add_line(struct funnel_fixture *f, struct str line);

/* Adds an event of a page view; `more` is further members, each after a comma. */
void funnels_add(struct funnel_fixture *f, const char *pv, const char *event, double seconds,
                 const char *more);

/* Adds "v0 c30 o90" of one page view: view, seen, click, order, help. */
void funnels_add_all(struct funnel_fixture *f, const char *pv, const char *text);

/* Asks the question, of what was added until now, and returns the total. */
const struct funnel_group *funnels_answer(struct funnel_fixture *f);

/* The group whose first value is `value` (NULL: none). */
const struct funnel_group *funnels_group(struct funnel_fixture *f, const char *value);

void funnels_assert_reached(const struct funnel_group *group, uint64_t a, uint64_t b, uint64_t c);

/* For whoever reads a journal without damage, and one that can be read: these fail the test. */
void funnels_fail_on_damage(void *context, const struct scan_damage *damage);
int funnels_fail_on_error(void *context, const char *file, int error);

/* The path of a file in memory with this content, until the next call. */
const char *funnels_file(struct str content);

#endif

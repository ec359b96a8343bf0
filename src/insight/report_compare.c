/* Owns comparing two times. */
#include "insight/report_compare.h"

#include <math.h>

/* Of what was answered, how much may be seen more or less than of the other. */
static const double coverage_slack = 0.05;

static bool is_covered_alike(const struct report_counts *a, const struct report_counts *b)
{
    if (a->view == 0 || b->view == 0)
        return a->view == b->view;
    double of_a = (double)a->seen / (double)a->view;
    double of_b = (double)b->seen / (double)b->view;
    return fabs(of_a - of_b) <= coverage_slack;
}

struct comparison report_compare(const struct report_counts *before,
                                 const struct report_counts *after)
{
    const struct share a = {after->goal, after->seen};
    const struct share b = {before->goal, before->seen};
    struct comparison c = {.verdict = VERDICT_NONE, .difference = statistics_newcombe(a, b)};
    if (a.trials == 0 || b.trials == 0)
        return c;
    c.more = statistics_more_trials(b, a);
    if (!is_covered_alike(before, after))
        c.verdict = VERDICT_COVERAGE;
    else if (c.difference.low > 0)
        c.verdict = VERDICT_HIGHER;
    else if (c.difference.high < 0)
        c.verdict = VERDICT_LOWER;
    else
        c.verdict = VERDICT_SAME;
    return c;
}

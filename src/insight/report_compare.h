/* Two times compared: before and after. It is no experiment; what differs may have other reasons.
 */
#ifndef ATTIMO_INSIGHT_REPORT_COMPARE_H
#define ATTIMO_INSIGHT_REPORT_COMPARE_H

#include "insight/report_answer.h"
#include "insight/statistics.h"

enum verdict {
    VERDICT_NONE,     /* one of them has no page view */
    VERDICT_COVERAGE, /* the script has seen another share of them: that would be compared */
    VERDICT_SAME,     /* no difference that can be shown */
    VERDICT_HIGHER,   /* after, and so that chance is a bad explanation */
    VERDICT_LOWER
};

struct comparison {
    enum verdict verdict;
    struct interval difference; /* of the rates, after less before: Newcombe's 95% */
    uint64_t more;              /* page views that it takes to show a difference like this; see
                                   statistics_more_trials */
};

/* Compares goal over seen. */
struct comparison report_compare(const struct report_counts *before,
                                 const struct report_counts *after);

#endif

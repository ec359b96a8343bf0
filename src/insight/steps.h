/* The steps of a funnel as people write them: `event[:key=value[,key=value]]`, with commas between.
 */
#ifndef ATTIMO_INSIGHT_STEPS_H
#define ATTIMO_INSIGHT_STEPS_H

#include "base/diag.h"

/* Eight conditions, and the event's name. */
enum { STEPS_MAX = 32, STEP_CONDITIONS_MAX = 9 };

struct condition {
    struct str key;
    struct str value;
};

/* All slices point into the text that was parsed. */
struct step {
    struct str text;                                  /* the whole, as it was written */
    struct condition conditions[STEP_CONDITIONS_MAX]; /* the first: `event` is its name */
    size_t count;
};

struct steps {
    struct step list[STEPS_MAX];
    size_t count;
};

/* Reads "view,click:cta=call,dest=tel,order". What stands behind a comma belongs to the step before
 * it if it is `key=value`, else it is the next step. ERR_INVALID, and `*why` says it. */
int steps_parse(struct steps *out, struct str text, struct complaint *why);

#endif

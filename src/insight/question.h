/* A funnel's question made ready for reading lines: which keys are needed, and what they are for.
 *
 * The values that steps, groups and unit look at are the *dimensions*: an event has its own, and
 * those that it lacks are the view's (UTM, referrer, device and so on stand there only). */
#ifndef ATTIMO_INSIGHT_QUESTION_H
#define ATTIMO_INSIGHT_QUESTION_H

#include "insight/funnel.h"
#include "insight/line.h"

/* The keys that every question needs; the first in struct line_keys. */
enum question_key {
    KEY_EVENT,
    KEY_TS,
    KEY_SEQ,
    KEY_ID,
    KEY_PV,
    KEY_PV_SRC,
    KEY_JOURNEY,
    KEY_D,
    KEY_N,
    KEY_T,
    KEY_PURPOSE,
    KEY_BOT,
    KEY_INTERNAL,
    KEY_OS,
    KEY_APP,
    KEY_UTM_SOURCE,
    KEY_REF_HOST,
    KEY_COUNT,
};

enum unit_kind { UNIT_JOURNEY, UNIT_PV, UNIT_KEY };

enum { DIMENSIONS_MAX = 40, CONDITIONS_MAX = 64, NO_DIMENSION = 255 };

struct question {
    struct funnel_query query;
    struct steps steps;
    struct line_keys keys;
    size_t dimension_count;
    struct {
        uint8_t key;    /* in `keys` */
        bool inherited; /* the view's counts where the event has none */
    } dimensions[DIMENSIONS_MAX];
    size_t condition_count;
    struct {
        uint8_t dimension;
        struct str value;
    } conditions[CONDITIONS_MAX];
    uint64_t needs[STEPS_MAX]; /* of each step: a bit for each of `conditions` */
    uint8_t by[FUNNEL_BY_MAX]; /* dimensions; NO_DIMENSION: a part of the time */
    enum unit_kind unit_kind;
    uint8_t unit; /* the dimension, for a unit of another key */
};

/* ERR_INVALID, with words in `why`; the texts of `query` must outlive the question. */
int question_init(struct question *question, const struct funnel_query *query, struct buf *why);

/* The steps that an event can fill, as bits: `own` are its dimensions, `carried` the view's. With
 * `carried` NULL those that it could fill, whatever the view will say. */
uint32_t question_steps(const struct question *question, const struct str *own,
                        const struct str *carried);

#endif

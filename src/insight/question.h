/* A funnel's question made ready for reading: which texts are needed, and what they are for. */
#ifndef ATTIMO_INSIGHT_QUESTION_H
#define ATTIMO_INSIGHT_QUESTION_H

#include "insight/funnel.h"
#include "insight/visits.h"

enum unit_kind { UNIT_JOURNEY, UNIT_PV, UNIT_KEY };

enum { CONDITIONS_MAX = 64, NO_TEXT = 255 };

struct question {
    struct funnel_query query;
    struct steps steps;
    struct visits_wanted wanted;
    size_t condition_count;
    struct {
        uint8_t text;
        struct str value;
    } conditions[CONDITIONS_MAX];
    uint64_t needs[STEPS_MAX]; /* of each step: a bit for each of `conditions` */
    uint8_t event;             /* the text that is an event's name */
    uint8_t by[FUNNEL_BY_MAX]; /* texts; NO_TEXT: a part of the time */
    enum unit_kind unit_kind;
    bool joins_views; /* a page view without its `view` cannot begin, or go on */
    uint8_t unit;     /* the text, for a unit of another key */
};

/* ERR_INVALID, and `*why` says it; the texts of `query` must outlive the question. */
int question_init(struct question *question, const struct funnel_query *query,
                  struct complaint *why);

/* What an event says under a text, or else its view. */
struct str question_value(const struct question *question, size_t text, const struct str *own,
                          const struct str *carried);

/* The steps that an event can fill, as bits: `own` are its texts, `carried` the view's. */
uint32_t question_steps(const struct question *question, const struct str *own,
                        const struct str *carried);

/* Whether an event with these texts matters, whatever its view will say. */
bool question_keeps(const struct question *question, const struct str *own);

#endif

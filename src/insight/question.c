/* Owns what a funnel's question needs of each line. */
#include "insight/question.h"

#include "base/err.h"

static bool is_time(struct str key)
{
    return str_eq(key, STR("day")) || str_eq(key, STR("hour")) || str_eq(key, STR("weekday"));
}

static int too_many(struct complaint *why)
{
    *why = (struct complaint){TEXT("too many keys and conditions", "troppe chiavi e condizioni"),
                              STR("")};
    return ERR_INVALID;
}

static int want(struct question *question, struct str key, uint8_t *out, struct complaint *why)
{
    int number = visits_want_text(&question->wanted, key);
    if (number < 0)
        return too_many(why);
    *out = (uint8_t)number;
    return 0;
}

static int add_condition(struct question *question, size_t step, const struct condition *condition,
                         struct complaint *why)
{
    uint8_t text;
    int rc = want(question, condition->key, &text, why);
    if (rc != 0)
        return rc;
    size_t i = 0;
    while (i < question->condition_count &&
           !(question->conditions[i].text == text &&
             str_eq(question->conditions[i].value, condition->value)))
        i++;
    if (i == CONDITIONS_MAX)
        return too_many(why);
    if (i == question->condition_count) {
        question->conditions[i].text = text;
        question->conditions[i].value = condition->value;
        question->condition_count++;
    }
    question->needs[step] |= UINT64_C(1) << i;
    return 0;
}

static int read_steps(struct question *question, struct complaint *why)
{
    int rc = steps_parse(&question->steps, question->query.steps, why);
    for (size_t s = 0; rc == 0 && s < question->steps.count; s++) {
        const struct step *step = &question->steps.list[s];
        for (size_t c = 0; rc == 0 && c < step->count; c++)
            rc = add_condition(question, s, &step->conditions[c], why);
    }
    return rc;
}

/* A journey may have its `view` further on from another page view than the first. */
static bool joins_views(const struct question *question)
{
    size_t steps = question->unit_kind == UNIT_PV        ? question->steps.count
                   : question->unit_kind == UNIT_JOURNEY ? 1
                                                         : 0;
    for (size_t s = 0; s < steps && s < question->steps.count; s++)
        if (str_eq(question->steps.list[s].conditions[0].value, STR("view")))
            return true;
    return false;
}

int question_init(struct question *question, const struct funnel_query *query,
                  struct complaint *why)
{
    *question = (struct question){.query = *query};
    visits_wanted_init(&question->wanted);
    int rc = want(question, STR("event"), &question->event, why);
    if (rc == 0)
        rc = read_steps(question, why);
    for (size_t i = 0; rc == 0 && i < query->by_count; i++) {
        question->by[i] = NO_TEXT;
        if (!is_time(query->by[i]))
            rc = want(question, query->by[i], &question->by[i], why);
    }
    if (rc != 0)
        return rc;
    question->unit_kind = UNIT_KEY;
    if (str_eq(query->unit, STR("journey")))
        question->unit_kind = UNIT_JOURNEY;
    else if (str_eq(query->unit, STR("pv")))
        question->unit_kind = UNIT_PV;
    else
        rc = want(question, query->unit, &question->unit, why);
    question->joins_views = joins_views(question);
    return rc;
}

struct str question_value(const struct question *question, size_t text, const struct str *own,
                          const struct str *carried)
{
    if (own[text].ptr || !question->wanted.inherited[text])
        return own[text];
    return carried[text];
}

/* The steps of which all conditions hold that are among `bits`. */
static uint32_t steps_of(const struct question *question, uint64_t bits)
{
    uint32_t steps = 0;
    for (size_t s = 0; s < question->steps.count; s++)
        if ((question->needs[s] & ~bits) == 0)
            steps |= UINT32_C(1) << s;
    return steps;
}

static bool holds(struct str value, struct str wanted)
{
    return value.ptr && str_eq(value, wanted);
}

uint32_t question_steps(const struct question *question, const struct str *own,
                        const struct str *carried)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < question->condition_count; i++) {
        struct str value = question_value(question, question->conditions[i].text, own, carried);
        if (holds(value, question->conditions[i].value))
            bits |= UINT64_C(1) << i;
    }
    return steps_of(question, bits);
}

/* Clicks are kept in any case, because those without a view are counted; in strict mode all that
 * may lie between two steps matters. */
bool question_keeps(const struct question *question, const struct str *own)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < question->condition_count; i++) {
        size_t text = question->conditions[i].text;
        bool may_come = !own[text].ptr && question->wanted.inherited[text];
        if (may_come || holds(own[text], question->conditions[i].value))
            bits |= UINT64_C(1) << i;
    }
    return question->query.mode == CHAIN_STRICT || holds(own[question->event], STR("click")) ||
           steps_of(question, bits) != 0;
}

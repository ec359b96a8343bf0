/* Owns what a funnel's question needs of each line. */
#include "insight/question.h"

#include "base/err.h"

/* In the order of enum question_key. */
static const char *const key_names[KEY_COUNT] = {
    "event", "ts",      "seq", "id",       "pv", "pv_src", "journey",    "d",        "n",
    "t",     "purpose", "bot", "internal", "os", "app",    "utm_source", "ref_host",
};

/* What is an event's own affair; all else is the view's too. */
static bool is_own(struct str key)
{
    static const char *const own[] = {
        "event",      "ts",     "seq",  "id",   "pv",  "pv_src", "journey", "d",
        "n",          "t",      "cta",  "dest", "crc", "node",   "v",       "transport",
        "engaged_ms", "scroll", "ttfb", "fcp",  "lcp", "cls",    "inp",
    };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (str_eq(key, str_from(own[i])))
            return true;
    return false;
}

static bool is_time(struct str key)
{
    return str_eq(key, STR("day")) || str_eq(key, STR("hour")) || str_eq(key, STR("weekday"));
}

static int too_many(struct buf *why)
{
    buf_printf(why, "too many keys and conditions");
    return ERR_INVALID;
}

/* The dimension of a key, a new one if need be. */
static int add_dimension(struct question *question, struct str key, uint8_t *out, struct buf *why)
{
    int number = line_keys_add(&question->keys, key);
    if (number < 0)
        return too_many(why);
    size_t i = 0;
    while (i < question->dimension_count && question->dimensions[i].key != number)
        i++;
    if (i == DIMENSIONS_MAX)
        return too_many(why);
    *out = (uint8_t)i;
    if (i == question->dimension_count) {
        question->dimensions[i].key = (uint8_t)number;
        question->dimensions[i].inherited = !is_own(key);
        question->dimension_count++;
    }
    return 0;
}

static int add_condition(struct question *question, size_t step, const struct condition *condition,
                         struct buf *why)
{
    uint8_t dimension;
    int rc = add_dimension(question, condition->key, &dimension, why);
    if (rc != 0)
        return rc;
    size_t i = 0;
    while (i < question->condition_count &&
           !(question->conditions[i].dimension == dimension &&
             str_eq(question->conditions[i].value, condition->value)))
        i++;
    if (i == CONDITIONS_MAX)
        return too_many(why);
    if (i == question->condition_count) {
        question->conditions[i].dimension = dimension;
        question->conditions[i].value = condition->value;
        question->condition_count++;
    }
    question->needs[step] |= UINT64_C(1) << i;
    return 0;
}

static int read_steps(struct question *question, struct buf *why)
{
    int rc = steps_parse(&question->steps, question->query.steps, why);
    for (size_t s = 0; rc == 0 && s < question->steps.count; s++) {
        const struct step *step = &question->steps.list[s];
        for (size_t c = 0; rc == 0 && c < step->count; c++)
            rc = add_condition(question, s, &step->conditions[c], why);
    }
    return rc;
}

int question_init(struct question *question, const struct funnel_query *query, struct buf *why)
{
    *question = (struct question){.query = *query};
    for (size_t i = 0; i < KEY_COUNT; i++)
        (void)line_keys_add(&question->keys, str_from(key_names[i]));
    int rc = read_steps(question, why);
    for (size_t i = 0; rc == 0 && i < query->by_count; i++) {
        question->by[i] = NO_DIMENSION;
        if (!is_time(query->by[i]))
            rc = add_dimension(question, query->by[i], &question->by[i], why);
    }
    if (rc != 0)
        return rc;
    question->unit_kind = UNIT_KEY;
    if (str_eq(query->unit, STR("journey")))
        question->unit_kind = UNIT_JOURNEY;
    else if (str_eq(query->unit, STR("pv")))
        question->unit_kind = UNIT_PV;
    else
        rc = add_dimension(question, query->unit, &question->unit, why);
    return rc;
}

/* The conditions that hold, as bits. */
static uint64_t holding(const struct question *question, const struct str *own,
                        const struct str *carried)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < question->condition_count; i++) {
        size_t d = question->conditions[i].dimension;
        struct str value = own[d];
        if (!value.ptr && question->dimensions[d].inherited) {
            if (!carried)
                bits |= UINT64_C(1) << i; /* it may come to hold */
            else
                value = carried[d];
        }
        if (value.ptr && str_eq(value, question->conditions[i].value))
            bits |= UINT64_C(1) << i;
    }
    return bits;
}

uint32_t question_steps(const struct question *question, const struct str *own,
                        const struct str *carried)
{
    uint64_t bits = holding(question, own, carried);
    uint32_t steps = 0;
    for (size_t s = 0; s < question->steps.count; s++)
        if ((question->needs[s] & ~bits) == 0)
            steps |= UINT32_C(1) << s;
    return steps;
}

/* Owns reading what the steps of a funnel are. */
#include "insight/steps.h"

#include "base/err.h"

static const struct text no_event = {"a step needs the name of an event",
                                     "a un passo serve il nome di un evento"};

static int complain(struct complaint *why, struct text words, struct str part)
{
    *why = (struct complaint){words, part};
    return ERR_INVALID;
}

static int add_condition(struct step *step, struct str text, struct complaint *why)
{
    ptrdiff_t equals = str_find(text, '=');
    if (equals <= 0 || (size_t)equals + 1 == text.len)
        return complain(why, TEXT("a condition is key=value", "una condizione è chiave=valore"),
                        text);
    if (step->count == STEP_CONDITIONS_MAX)
        return complain(why, TEXT("too many conditions", "troppe condizioni"), text);
    step->conditions[step->count++] = (struct condition){
        str_make(text.ptr, (size_t)equals),
        str_skip(text, (size_t)equals + 1),
    };
    return 0;
}

static int add_step(struct steps *steps, struct str text, struct complaint *why)
{
    ptrdiff_t colon = str_find(text, ':');
    struct str event = colon < 0 ? text : str_make(text.ptr, (size_t)colon);
    if (event.len == 0)
        return complain(why, no_event, text);
    if (steps->count == STEPS_MAX)
        return complain(why, TEXT("at most 32 steps", "al massimo 32 passi"), text);
    struct step *step = &steps->list[steps->count++];
    *step = (struct step){.text = text, .count = 1};
    step->conditions[0] = (struct condition){STR("event"), event};
    return colon < 0 ? 0 : add_condition(step, str_skip(text, (size_t)colon + 1), why);
}

/* "dest=tel" goes on with the step; "click:dest=tel" and "click" begin the next. */
static bool goes_on(struct str part)
{
    ptrdiff_t equals = str_find(part, '=');
    ptrdiff_t colon = str_find(part, ':');
    return equals >= 0 && (colon < 0 || colon > equals);
}

int steps_parse(struct steps *out, struct str text, struct complaint *why)
{
    struct str part;
    out->count = 0;
    while (str_split(&text, ',', &part)) {
        part = str_trim(part);
        int rc;
        if (out->count > 0 && goes_on(part)) {
            struct step *step = &out->list[out->count - 1];
            rc = add_condition(step, part, why);
            step->text.len = (size_t)(part.ptr + part.len - step->text.ptr);
        } else {
            rc = add_step(out, part, why);
        }
        if (rc != 0)
            return rc;
    }
    return out->count > 0 ? 0 : complain(why, no_event, text);
}

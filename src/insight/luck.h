/* Whether something that is tried line after line has paid lately. */
#ifndef ATTIMO_INSIGHT_LUCK_H
#define ATTIMO_INSIGHT_LUCK_H

#include <stdbool.h>
#include <stdint.h>

/* What does not pay once in five tries is soon no longer tried, but now and then for a while. 0 to
 * begin with. */
enum { LUCK_MAX = 256, LUCK_OUT = -256, LUCK_REST = 4096, LUCK_GAIN = 4 };

static inline bool luck_tries(int16_t *luck)
{
    if (*luck >= LUCK_OUT)
        return true;
    if (++*luck == LUCK_OUT)
        *luck = 0;
    return false;
}

static inline void luck_note(int16_t *luck, bool paid)
{
    if (paid)
        *luck = *luck < LUCK_MAX - LUCK_GAIN ? (int16_t)(*luck + LUCK_GAIN) : LUCK_MAX;
    else
        *luck = *luck == LUCK_OUT ? LUCK_OUT - LUCK_REST : (int16_t)(*luck - 1);
}

#endif

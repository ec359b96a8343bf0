/* The beginnings of lines, remembered by what stands where in them.
 *
 * Up to its time or its page a line tells what is its own, but in values as long as those of other
 * lines with its event. So nothing need be looked for: all bytes are compared at once with the
 * least and the most that each may be, and values stand where they stood before. */
#ifndef ATTIMO_INSIGHT_LINE_BEGINNING_H
#define ATTIMO_INSIGHT_LINE_BEGINNING_H

#include "base/str.h"

enum {
    LINE_BEGINNING_SLOT_BITS = 5,
    LINE_BEGINNING_FORMS = 4,
    LINE_BEGINNING_MAX = 288,
    LINE_BEGINNING_VALUES = 16,
};

/* What a line says up to a comma. */
struct line_beginning {
    uint16_t len;      /* with the comma; 0: nothing */
    uint16_t event_at; /* where its event's name stands */
    uint8_t last;      /* its last key, as line_guess knows it */
    uint8_t count;     /* of values */
    struct line_beginning_value {
        int8_t key; /* -1: not wanted */
        bool is_number;
        uint16_t at; /* in the line; texts without their quotes */
        uint16_t len;
    } values[LINE_BEGINNING_VALUES];
};

/* A zeroed struct remembers nothing. */
struct line_beginnings {
    size_t event_at; /* of the line that was learned last */
    struct line_beginning_slot {
        int16_t luck;
        uint8_t oldest;
        struct line_beginning_form {
            struct line_beginning is;
            /* What each byte may be; inside of texts, where `most` is 255, no quote and no
             * backslash. */
            unsigned char least[LINE_BEGINNING_MAX];
            unsigned char most[LINE_BEGINNING_MAX];
        } forms[LINE_BEGINNING_FORMS];
    } slots[1 << LINE_BEGINNING_SLOT_BITS];
};

/* The beginning that `line` has; or NULL, and then it can be learned, where `*pays` says so. */
const struct line_beginning *line_beginnings_find(struct line_beginnings *beginnings,
                                                  struct str line, bool *pays);

/* Learns how `line` begins: without escapes, its numbers all digits. */
void line_beginnings_learn(struct line_beginnings *beginnings, struct str line,
                           const struct line_beginning *beginning);

#endif

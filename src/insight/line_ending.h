/* The ends of lines that come again and again, remembered with what stands in them; and where their
 * last values are figures, what stands before these.
 *
 * From its page on, a line tells what many others tell in the same bytes: the page, its revision,
 * the channel, the phone. Comparing these bytes with those of a line before costs a fraction of
 * reading them, and whoever makes something of their values need do that only once. */
#ifndef ATTIMO_INSIGHT_LINE_ENDING_H
#define ATTIMO_INSIGHT_LINE_ENDING_H

#include "base/str.h"

enum {
    LINE_ENDINGS = 1024,
    LINE_ENDING_MAX = 320,
    LINE_ENDING_EVENT_MAX = 16,
    LINE_ENDING_VALUES = 24,
};

struct line_ending {
    /* No other ever has the same, and none that is remembered at the same time the same modulo
     * LINE_ENDINGS. 0: none is remembered here. */
    uint64_t number;
    uint16_t len;
    uint8_t event_len;
    uint8_t count;  /* of values */
    bool is_middle; /* the line goes on behind it, with a comma as its last byte */
    uint8_t last;   /* of a middle: its last key, as line_guess knows it */
    char event[LINE_ENDING_EVENT_MAX];
    char text[LINE_ENDING_MAX];
    struct line_ending_value {
        uint8_t key;
        bool is_absent; /* null */
        uint16_t at;    /* in `text` */
        uint16_t len;
    } values[LINE_ENDING_VALUES];
};

/* A zeroed struct remembers nothing. */
struct line_endings {
    uint64_t learned; /* how many were */
    struct line_ending *learning;
    const char *learned_from; /* where that one begins in its line */
    struct line_ending slots[LINE_ENDINGS];
};

/* The ending `text` of a line whose event is `event`; or NULL, and then it can be learned: each
 * value that is read from it is told, and its end, if it was read up to there. */
const struct line_ending *line_endings_find(struct line_endings *endings, struct str event,
                                            struct str text);
void line_endings_learn(struct line_endings *endings, int key, struct str value);
void line_endings_learned(struct line_endings *endings);

/* The same of what the ending `text` begins with, up to where figures come: learned when it was
 * read up to `end`, its last key being `last`. */
const struct line_ending *line_endings_find_middle(struct line_endings *endings, struct str event,
                                                   struct str text);
void line_endings_learned_middle(struct line_endings *endings, const char *end, uint8_t last);

/* Hands out the values as they stand at `text`, where the same bytes are. */
void line_ending_values(const struct line_ending *ending, const char *text, struct str *values);

#endif

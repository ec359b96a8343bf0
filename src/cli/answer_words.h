/* What funnels, reports, exports and checks say in the same words. */
#ifndef ATTIMO_CLI_ANSWER_WORDS_H
#define ATTIMO_CLI_ANSWER_WORDS_H

#include "base/buf.h"
#include "base/lang.h"
#include "insight/loss.h"

#include <stdbool.h>

/* "1 vista", "3 viste". */
void answer_words_count(struct buf *out, uint64_t n, struct text one, struct text many,
                        enum lang lang);

/* "Scarpe", for scarpe. */
void answer_words_capital(struct buf *out, struct str text);

/* What an app or a source of links is called: "Instagram" for instagram and ig; what is not known
 * stands as it was written. */
void answer_words_source(struct buf *out, struct str source, enum lang lang);

/* "iPhone", for ios. */
void answer_words_system(struct buf *out, struct str os);

/* A group's value, in words where the journal has a code. */
void answer_words_value(struct buf *out, struct str key, struct str value, enum lang lang);

/* Channels not to be compared: those with enough views for their coverage to mean anything, and
 * with one that is more than five points from that of all; of more than three, the three furthest
 * from it. Look at each channel, then append: "; iPhone da Instagram 78%: non confrontare". */
struct answer_unlike {
    double coverage; /* of all */
    size_t count;
    struct unlike_channel {
        size_t index; /* as it was looked at */
        double coverage;
    } channels[3]; /* the furthest first */
};
struct answer_unlike answer_unlike_of(uint64_t seen, uint64_t view);
void answer_unlike_look(struct answer_unlike *unlike, size_t index, uint64_t seen, uint64_t view);

/* `name(out, index, of)` appends what a channel is called. */
void answer_unlike_append(const struct answer_unlike *unlike, struct buf *out, enum lang lang,
                          void (*name)(struct buf *out, size_t index, const void *of),
                          const void *of);

/* "92%" of what was served was seen; more than 100% where browsers have shown what they had kept.
 * Where nothing was served: "–". */
void answer_words_covered(struct buf *out, uint64_t seen, uint64_t view);

/* "412 viste su 447 servite (92%)". */
void answer_words_coverage(struct buf *out, uint64_t seen, uint64_t view, enum lang lang);

/* "63 bot · 41 prefetch mai visti · ...". */
void answer_words_loss(struct buf *out, const struct loss *loss, enum lang lang);

/* The same of what there is only; if there is nothing, "niente". */
void answer_words_loss_brief(struct buf *out, const struct loss *loss, enum lang lang);

#endif

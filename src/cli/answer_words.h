/* What funnels and reports say in the same words. */
#ifndef ATTIMO_CLI_ANSWER_WORDS_H
#define ATTIMO_CLI_ANSWER_WORDS_H

#include "base/buf.h"
#include "base/lang.h"
#include "insight/loss.h"

#include <stdbool.h>

enum { ANSWER_CHANNELS_TOLD = 3 };

/* "Instagram", for instagram. */
void answer_words_capital(struct buf *out, struct str text);

/* "iPhone", for ios. */
void answer_words_system(struct buf *out, struct str os);

/* A group's value, in words where the journal has a code. */
void answer_words_value(struct buf *out, struct str key, struct str value, enum lang lang);

/* Whether a channel's coverage is more than five points from that of all, with enough views for
 * that to mean anything. */
bool answer_words_is_unlike(uint64_t all_seen, uint64_t all_view, uint64_t seen, uint64_t view);

/* "412 viste su 447 servite (92%)". */
void answer_words_coverage(struct buf *out, uint64_t seen, uint64_t view, enum lang lang);

/* "63 bot · 41 prefetch mai visti · ...". */
void answer_words_loss(struct buf *out, const struct loss *loss, enum lang lang);

#endif

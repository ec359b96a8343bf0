/* What a report says in words, as texts of one line: what stands in them from outside shows its
 * control characters. */
#ifndef ATTIMO_CLI_REPORT_WORDS_H
#define ATTIMO_CLI_REPORT_WORDS_H

#include "cli/report.h"

static inline const char *report_say(const struct report_print *print, const char *en,
                                     const char *it)
{
    return print->lang == LANG_IT ? it : en;
}

/* Empties a piece of the text that goes into `out`, which learns whether memory was short. */
static inline void report_clear(struct buf *piece, struct buf *out)
{
    out->failed |= piece->failed;
    buf_clear(piece);
}

/* Whether no page view was counted; and the sentences that say so, each a line, with what was left
 * out that somebody who tries things out has most likely seen of himself. */
bool report_words_is_empty(const struct report_print *print);
void report_words_empty(const struct report_print *print, struct buf *out);

/* "1–20 novembre 2026". */
void report_words_period(const struct report_print *print, struct buf *out);

/* "−44% sul periodo prima", "come nel periodo prima": the page views seen. */
void report_words_trend(const struct report_print *print, struct buf *out);

/* "Scarpe", for /voglio-comprare/scarpe. */
void report_words_page(const struct report_print *print, struct str path, struct buf *out);

/* "Instagram su iPhone", "newsletter / email", "google.com", "diretto". */
void report_words_channel(const struct report_print *print, const struct report_row *row,
                          struct buf *out);

/* What the goal of the row's page is called, or that any tap counts; nothing of rows that are of no
 * page. */
void report_words_goal(const struct report_print *print, const struct report_row *row,
                       struct buf *out);

/* The sentences that matter, each a line, the first first. */
void report_words_findings(const struct report_print *print, struct buf *out);

/* The part of them about taps while the shop was closed. */
void report_words_closed(const struct report_print *print, struct buf *out);

/* Revisions of pages, each a line: when the text changed, and what came of it. */
void report_words_changes(const struct report_print *print, struct buf *out);

/* "412 viste su 447 servite (92%); iPhone da Instagram 78%: non confrontare". */
void report_words_coverage(const struct report_print *print, struct buf *out);

#endif

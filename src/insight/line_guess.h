/* Lines as the journal writes them, read fast: which key comes next is guessed from the lines
 * before.
 *
 * The journal writes keys in a fixed order, and events of a kind have nearly the same keys; so most
 * guesses are right, and a key costs one comparison of 16 bytes. Most lines begin as others do but
 * for what their values say, and from the page on whole ends of lines come again. */
#ifndef ATTIMO_INSIGHT_LINE_GUESS_H
#define ATTIMO_INSIGHT_LINE_GUESS_H

#include "insight/line.h"
#include "insight/line_beginning.h"
#include "insight/line_ending.h"

enum { LINE_GUESS_KEYS = 64, LINE_GUESS_KINDS = 32 };

/* What was learned from the lines before. A zeroed struct has learned nothing. */
struct line_guess {
    struct line_guess_key {
        char text[16]; /* `"name":`, zeros behind it */
        uint16_t mask; /* a bit for each of its bytes */
        uint8_t len;   /* of it */
        int8_t number; /* among the wanted keys; -1: not wanted */
        bool begins_ending;
        bool ends_middle;
        bool ends_beginning;
    } known[LINE_GUESS_KEYS]; /* the first is nobody's: it stands before the first of a line */
    uint8_t count;
    struct line_guess_next {
        uint8_t likely;                        /* the one that came last time; 0: none did */
        uint8_t other;                         /* and the one before that */
    } next[LINE_GUESS_KINDS][LINE_GUESS_KEYS]; /* by event and key: which key came after it */
    int16_t luck[LINE_GUESS_KINDS]; /* by event: whether ends come again, see find_ending */
    int16_t middle_luck[LINE_GUESS_KINDS];
    struct line_beginnings beginnings;
    struct line_endings endings;
};

/* Reads a flat object without spaces and escapes as line_read does; `keys` must always be the same,
 * and its first `event`. False: the line is not of that form, or no object at all; `values` then
 * hold nothing of use.
 *
 * `*ending` is not 0 where the line ends as one before it, or goes on like it from its page up to
 * its figures, with the same event, and nothing else that is wanted stands before that, nor behind
 * it, than keys that are apart: then all other values are the same in all lines with this number.
 */
bool line_guess_read(struct line_guess *guess, const struct line_keys *keys, struct str line,
                     struct str *values, uint64_t *ending);

#endif

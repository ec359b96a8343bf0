/* The words of a page, as a reader counts and finds them. */
#ifndef ATTIMO_SITE_WORDING_H
#define ATTIMO_SITE_WORDING_H

#include "base/buf.h"

/* Appends `text` in small letters, with plain spaces, quotes and dashes, and no two spaces in a
 * row: so that a word is found however it is typed. Knows the letters of western Europe. */
void wording_fold(struct str text, struct buf *out);

/* Whether the folded `text` holds the folded `phrase` as whole words. */
bool wording_has(struct str text, struct str phrase);

/* Of a text as its author wrote it: Italian words in -issimo, "migliore" and their English like;
 * words of four or more letters in capitals; exclamation marks. */
struct wording_counts {
    int superlatives;
    int capitals;
    int exclamation_marks;
};
/* `folded` is the same text. */
struct wording_counts wording_count(struct str text, struct str folded);

#endif

/* The page that `attimo new` writes. */
#ifndef ATTIMO_CLI_NEW_TEXT_H
#define ATTIMO_CLI_NEW_TEXT_H

#include "base/buf.h"
#include "base/lang.h"

/* Appends the page in `lang`. `title` and `intent` are the keys' values as they stand in the file,
 * `cta` the lines of the call to action. */
struct new_page {
    struct str title;
    struct str intent;
    struct str cta;
};
void new_append_page(const struct new_page *page, enum lang lang, struct buf *out);

#endif

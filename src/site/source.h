/* Which files of the pages folder are published, and at which URL. Knows names, not contents. */
#ifndef ATTIMO_SITE_SOURCE_H
#define ATTIMO_SITE_SOURCE_H

#include "base/buf.h"
#include "base/str.h"

enum source_kind { SOURCE_MARKDOWN, SOURCE_HTML, SOURCE_ASSET };

/* What a file becomes by its name alone. `content_type` is static. */
struct source {
    enum source_kind kind;
    const char *content_type;
    bool compressible;
};

/* Whether anything called `name` (one path component) is ever looked at: not names starting with
 * `_` or `.`, not editors' leftovers (`~`, .swp, .tmp, 4913, .part). */
bool source_is_public(struct str name);

/* Whether all pages are made with it: `_site.yaml`, `_guidelines.yaml`, what `_theme/` holds, and
 * those below, of which their author is told when these are read. `file` is relative to the pages
 * folder. */
bool source_is_shared(struct str file);

/* What is meant for `_site.yaml` or `_guidelines.yaml` and called otherwise, as in `_site.yml`: it
 * is not read. Ends with NULL. */
extern const char *const source_misnamed_shared[];

/* Whether it is meant for a page, and an editor has called it otherwise: `x.md.txt`. It may be a
 * draft, and is not published. */
bool source_is_misnamed_page(struct str file);

/* Classifies a file by its path relative to the pages folder and appends its URL path (decoded,
 * NFC) to `url`: `x/scarpe.md` gives `/x/scarpe`, `x/index.html` gives `/x/`, assets keep their
 * names. ERR_NOT_FOUND: not a kind that is served, whatever the name, or a misnamed page.
 * ERR_INVALID: a name that is not UTF-8 or holds control characters. ERR_NO_MEMORY. */
int source_classify(struct str file, struct source *source, struct buf *url);

#endif

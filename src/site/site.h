/* The site: an immutable snapshot of every resource, found by path. */
#ifndef ATTIMO_SITE_SITE_H
#define ATTIMO_SITE_SITE_H

#include "base/diag.h"
#include "site/resource.h"

struct site;

/* Makes a site with one reference; takes its own references to the resources. Drafts are kept apart
 * from all others, and only site_find_draft finds them. Two files of one path: neither is in the
 * site, and both get an error (rule "url"). An alias (a redirect with 308) gives way to a file, and
 * to the same alias of a file that comes before its own in the order of names; all whose alias is
 * not theirs alone get a warning (rule "alias"). Who will want an address that is another file's
 * once he is no draft any more is told so: a scheduled one by an error, others by a warning (rule
 * "url"); and who has an alias that will then be a page's, by a warning. ERR_NO_MEMORY. */
int site_create(struct site **out, struct resource *const *resources, size_t count,
                struct diags *diags);

/* Threads may hold and drop references freely. The last drop frees. */
struct site *site_ref(struct site *site);
void site_unref(struct site *site);

/* The resource at `path` (decoded, NFC), or NULL. */
const struct resource *site_find(const struct site *site, struct str path);

/* The draft at `path`, of several a scheduled one, then the first in the order of names; or NULL.
 */
const struct resource *site_find_draft(const struct site *site, struct str path);

/* Where a path that is not there should have gone: `/x.html`, `/x.md`, a wrong trailing slash,
 * `/x/index`. Appends the decoded path to `out` and returns true, or false if no page answers to
 * it. */
bool site_canonical(const struct site *site, struct str path, struct buf *out);

/* What answers at `path`, perhaps after a redirect to its one true URL; NULL: nothing. */
const struct resource *site_find_spelling(const struct site *site, struct str path);

/* What all spellings of a page's path have in common, whatever pages there are: `/x` of `/x`,
 * `/x/`, `/x.html`, `/x.md`, `/x/index` and `/x/index.html`; `/` of the home page's. site_canonical
 * never leads from one to another. A slice of `path`, or `/`. */
struct str site_family(struct str path);

/* The body of every 404 (`/404`), or NULL. */
const struct resource *site_not_found(const struct site *site);

/* All resources but drafts, in order of path; valid as long as the site. */
struct resource *const *site_resources(const struct site *site, size_t *count);

/* All drafts, in order of path; valid as long as the site. */
struct resource *const *site_drafts(const struct site *site, size_t *count);

#endif

/* From a page file's bytes to a resource: front matter, Markdown, theme, compression. */
#ifndef ATTIMO_SITE_PAGE_H
#define ATTIMO_SITE_PAGE_H

#include "base/diag.h"
#include "site/resource.h"
#include "site/source.h"

enum { PAGE_SIZE_MAX = 1024 * 1024, ASSET_SIZE_MAX = 16 * 1024 * 1024 };

/* Compiles one file. `file` is its path relative to the pages folder and `url` its path on the
 * site. What is wrong with it is added to `diags`; ERR_INVALID if it may not be published.
 * ERR_NO_MEMORY. Pure: no I/O, any thread. */
int page_compile(struct resource **out, struct str file, struct str url,
                 const struct source *source, struct str bytes, enum tier tier,
                 struct diags *diags);

#endif

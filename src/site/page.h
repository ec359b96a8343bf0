/* From a page file's bytes to a resource: front matter, Markdown, theme, compression. */
#ifndef ATTIMO_SITE_PAGE_H
#define ATTIMO_SITE_PAGE_H

#include "base/diag.h"
#include "site/resource.h"
#include "site/settings.h"
#include "site/source.h"

enum { PAGE_SIZE_MAX = 1024 * 1024, ASSET_SIZE_MAX = 16 * 1024 * 1024 };

struct page_input {
    struct str file; /* relative to the pages folder */
    struct str url;  /* its path on the site, decoded */
    struct source source;
    struct str bytes;
    const struct settings *settings;
};

/* Compiles one file. What is wrong with it is added to `diags`; ERR_INVALID if it may not be
 * published. ERR_NO_MEMORY. Pure: no I/O, any thread. */
int page_compile(struct resource **out, const struct page_input *input, enum tier tier,
                 struct diags *diags);

#endif

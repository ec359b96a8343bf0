/* The rules that a page and a site are held to: what compiling does not mind, and a visitor, the
 * law or the brand would. lint_rules.h lists all that they say. */
#ifndef ATTIMO_SITE_LINT_H
#define ATTIMO_SITE_LINT_H

#include "base/diag.h"
#include "site/facts.h"
#include "site/front_matter.h"
#include "site/resource.h"
#include "site/settings.h"
#include "site/site.h"
#include "site/source.h"

#include <time.h>

/* A page that has been compiled. */
struct lint_page {
    struct str file; /* relative to the pages folder */
    struct str url;
    enum source_kind kind;
    struct str bytes; /* as its author wrote it */
    struct str html;  /* as it is sent */
    const struct front_matter *front;
    const struct facts *facts;
    const struct settings *settings;
    time_t now;
};

/* Adds what is wrong with a page; page_compile calls it, so that what is checked is what is
 * published. ERR_TOO_LARGE: its HTML cannot be read, so that not all rules were tried.
 * ERR_NO_MEMORY. Pure. */
int lint_page(const struct lint_page *page, struct diags *diags);

/* Adds what is wrong with the size of a page. ERR_NO_MEMORY. */
int lint_weight(struct resource *page, struct diags *diags);

/* Adds what is wrong with a file that pages show. */
void lint_asset(struct str file, struct str bytes, struct diags *diags);

/* Adds what is wrong with a whole site: what its pages share, links that lead nowhere on it, titles
 * that are there twice. Of the pages all but front and now are looked at; `html` is empty of those
 * that have expired. ERR_NO_MEMORY. */
struct lint_site {
    const struct settings *settings;
    const struct site *site;
    const struct lint_page *pages;
    size_t count;
    time_t now;
};
int lint_site(const struct lint_site *site, struct diags *diags);

#endif

/* What a report takes from the pages as they are now: their goals, what a tap is worth, opening
 * hours, and the words that people know them by. */
#ifndef ATTIMO_CLI_REPORT_SITE_H
#define ATTIMO_CLI_REPORT_SITE_H

#include "insight/report.h"
#include "site/front_matter.h"
#include "site/settings.h"

struct report_site {
    int fd;
    struct settings *settings; /* NULL: there is no such folder */
    struct str timezone;       /* the name of the settings' zone */
    struct site_page *pages;   /* in the order of their paths */
    size_t count;
    struct report_page *table;
};

/* Reads the folder. What is wrong with a page is `attimo check`'s to tell: here a page that cannot
 * be read is one that is not there. ERR_NOT_FOUND...: the folder cannot be looked at. ERR_INVALID:
 * nothing of its `_site.yaml` can be read; the pages are there, with the usual zone and currency.
 * ERR_NO_MEMORY. report_site_finish in every case. */
int report_site_read(struct report_site *out, const char *folder);
void report_site_finish(struct report_site *site);

/* The table for a query; lives as long as the site. */
struct report_pages report_site_pages(const struct report_site *site);

/* In which values are declared. */
struct str report_site_currency(const struct report_site *site);

/* What visitors read on a call to action ("Ordina su WhatsApp"), else its id. */
struct str report_site_label(const struct report_site *site, struct str page, struct str cta);

/* The id of the page's goal; empty: not known. */
struct str report_site_goal(const struct report_site *site, struct str page);

#endif

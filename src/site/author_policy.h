/* The Content-Security-Policy of an author's own HTML: what stands in it may run, and what it names
 * may be fetched. */
#ifndef ATTIMO_SITE_AUTHOR_POLICY_H
#define ATTIMO_SITE_AUTHOR_POLICY_H

#include "base/buf.h"
#include "site/html.h"

/* A zeroed struct is empty. */
struct author_policy {
    struct buf scripts; /* sources, each with a space before it */
    struct buf styles;
    struct buf origins;       /* that elements name */
    struct buf style_origins; /* that only styles name: no script comes from there */
    size_t style_hashes;
    bool has_handlers; /* attributes like onclick */
    bool has_style_attributes;
    bool has_data_fonts; /* that stand in styles themselves */
    bool has_data_media; /* sounds and films that stand in attributes */
};

void author_policy_see(struct author_policy *policy, const struct html_element *element);

/* Appends the whole field line; `script` is what attimo itself adds. */
void author_policy_append(const struct author_policy *policy, struct str script, struct buf *out);

/* The host, and its port, of another site's address as a policy names it; empty where it names
 * none: not https, not spelled in ASCII, an address of this site. */
struct str author_policy_host(struct str address);

void author_policy_finish(struct author_policy *policy);

#endif

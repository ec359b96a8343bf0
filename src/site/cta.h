/* Calls to action: what a page asks its visitor to do, and the links that do it. */
#ifndef ATTIMO_SITE_CTA_H
#define ATTIMO_SITE_CTA_H

#include "base/schema.h"
#include "site/place.h"

/* Kind, the key that it has in a page file. */
#define CTA_KINDS(X)            \
    X(LINK, "link")             \
    X(CALL, "call")             \
    X(SMS, "sms")               \
    X(MAIL, "mail")             \
    X(WHATSAPP, "whatsapp")     \
    X(DIRECTIONS, "directions") \
    X(SHARE, "share")

enum cta_kind {
#define CTA_ENUM(name, key) CTA_##name,
    CTA_KINDS(CTA_ENUM)
#undef CTA_ENUM
        CTA_KIND_COUNT
};

struct cta {
    enum cta_kind kind;
    struct str id; /* letters, digits, '-' and '_'; by default the kind */
    struct str label;
    struct str to;
    struct str text;
    struct str value; /* a decimal number in the site's currency, or empty */
    unsigned line;
};

enum { CTA_MAX = 8 };

/* In the page's order: the first is the primary one. */
struct cta_list {
    struct cta items[CTA_MAX];
    size_t count;
};

/* Reads the key `cta` into a struct cta_list. An item that has an error is left out. */
schema_reader cta_read;

/* What links need to know of their page. */
struct cta_page {
    const struct place *place;
    struct str title;
    struct str url; /* absolute, or empty when the site's is not known */
};

/* Appends where `cta` leads, not yet escaped for HTML. Returns words for what the page lacks for
 * it, and then `out` is of no use; there are none (NULL) when all is well. */
struct text cta_append_href(const struct cta *cta, const struct cta_page *page, struct buf *out);

#endif

/* What one URL answers with, in every coding, ready to send. Immutable once made; shared by sites.
 */
#ifndef ATTIMO_SITE_RESOURCE_H
#define ATTIMO_SITE_RESOURCE_H

#include "base/hash.h"
#include "http/negotiate.h"
#include "site/compress.h"

enum resource_kind {
    RESOURCE_PAGE,
    RESOURCE_ASSET,
    RESOURCE_REDIRECT, /* `location` in place of a body: no representation is there */
    RESOURCE_GONE,     /* 410, with a page as its body */
    RESOURCE_DRAFT     /* a page that only signed links open */
};

/* One coding of a resource. `fields` are whole field lines, each ending in CRLF, in two parts: what
 * describes the content (Content-Type, Content-Length, Content-Encoding), which a 304 leaves out,
 * and from `validators_at` on what both carry (ETag, Vary, X-Content-Type-Options). Status line,
 * Date, Cache-Control and Connection are not here. */
struct representation {
    struct str fields;
    size_t validators_at;
    struct str etag; /* with its quotes */
    struct str body;
};

/* A call to action of a page, as events know it. */
struct resource_cta {
    struct str id;
    struct str dest;  /* where it leads: "tel", "map", ... (docs/events.md) */
    struct str to;    /* the address behind /_/go, as it stands in a Location field; empty: none */
    struct str value; /* what one is worth, a decimal number in the site's currency; or empty */
};

/* What may be recorded of the visits to a page. */
enum capture {
    CAPTURE_FULL,
    CAPTURE_PAGE, /* what happens on it, but nothing that ties one event to another */
    CAPTURE_OFF   /* that it was served, and no more */
};

/* What a page tells of itself, for events and reports; what is absent is empty. */
struct resource_facts {
    struct str intent;               /* "know", "buy", "go", "do" */
    struct str stage;                /* "discovery", "evaluation", "purchase", "loyalty" */
    struct str goal;                 /* the id of a call to action, "read" or "shared" */
    struct str lang;                 /* that its reader reads: "it", "en-GB" */
    const struct resource_cta *ctas; /* in the page's order */
    size_t cta_count;
    enum capture capture;
};

struct resource {
    enum resource_kind kind;
    bool scheduled;  /* of a draft: it will be public by itself */
    unsigned status; /* 200, 410; of a redirect 307 (an expired page) or 308 (an alias) */
    struct str path; /* decoded, NFC: "/voglio-comprare/scarpe" */
    struct str file; /* relative to the pages folder */
    struct str
        location; /* of a redirect, as it stands in the field, but for the query to be kept */
    char version[HASH_TEXT_SIZE];   /* of the identity bytes: the `?v=` of an asset */
    char rev[HASH_TEXT_SIZE];       /* of a page: of its author's source; else empty */
    char theme_rev[HASH_TEXT_SIZE]; /* of a page: of the theme around it; else empty */
    uint64_t mark;                  /* the hash_pair of path and rev: tells one text from others */
    struct resource_facts facts;    /* of a page */
    enum tier tier;     /* the best one from the start where there is nothing to compress */
    unsigned available; /* bit per coding; a coding is there only where it is smaller */
    struct representation representations[CODING_COUNT];
};

struct resource_options {
    enum resource_kind kind;
    bool scheduled;
    unsigned status; /* 0: 200, or 410 for RESOURCE_GONE */
    struct str path;
    struct str file;
    struct str location;
    struct str content_type; /* as it stands in the field: "text/html; charset=utf-8" */
    struct str more_fields;  /* whole field lines of its own, as a Content-Security-Policy; a change
                                of these changes the entity tag, as one of the body does */
    struct str rev;
    struct str theme_rev;
    struct resource_facts facts;
    bool compressible;
    enum tier tier;
};

/* Makes a resource with one reference; copies all that it is given. A redirect has no body.
 * ERR_NO_MEMORY. */
int resource_create(struct resource **out, const struct resource_options *options, struct str body);

/* The same content at another tier: a new resource with one reference (the same one, where there
 * is nothing to compress). ERR_NO_MEMORY. */
int resource_recompress(struct resource **out, struct resource *resource, enum tier tier);

/* Whether it is only another name of a page; `location` is that page's path, encoded. */
bool resource_is_alias(const struct resource *resource);

/* The page's call to action of that id, or NULL. */
const struct resource_cta *resource_find_cta(const struct resource *resource, struct str id);

/* Threads may hold and drop references freely. The last drop frees. */
struct resource *resource_ref(struct resource *resource);
void resource_unref(struct resource *resource);

/* QUIC's first flight (RFC 9002 7.2: ten packets of 1 200 bytes): what fits is there after one
 * round trip. */
enum { FIRST_FLIGHT_BYTES = 12000 };

/* What the first response for it weighs: status line, Date, Cache-Control and fields of its
 * smallest coding plus body, in bytes. Not for redirects. */
size_t resource_wire_size(const struct resource *resource);

/* Memory that its bytes take, all codings and fields together. */
size_t resource_memory(const struct resource *resource);

#endif

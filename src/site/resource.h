/* What one URL answers with, in every coding, ready to send. Immutable once made; shared by sites.
 */
#ifndef ATTIMO_SITE_RESOURCE_H
#define ATTIMO_SITE_RESOURCE_H

#include "base/hash.h"
#include "http/negotiate.h"
#include "site/compress.h"

enum resource_kind { RESOURCE_PAGE, RESOURCE_ASSET };

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

struct resource {
    enum resource_kind kind;
    struct str path;              /* decoded, NFC: "/voglio-comprare/scarpe" */
    struct str file;              /* relative to the pages folder */
    char version[HASH_TEXT_SIZE]; /* of the identity bytes: the `?v=` of an asset */
    enum tier tier;
    unsigned available; /* bit per coding; a coding is there only where it is smaller */
    struct representation representations[CODING_COUNT];
};

struct resource_options {
    enum resource_kind kind;
    struct str path;
    struct str file;
    struct str content_type; /* as it stands in the field: "text/html; charset=utf-8" */
    bool compressible;
    enum tier tier;
};

/* Makes a resource with one reference; copies all that it is given. ERR_NO_MEMORY. */
int resource_create(struct resource **out, const struct resource_options *options, struct str body);

/* The same content at another tier: a new resource with one reference. ERR_NO_MEMORY. */
int resource_recompress(struct resource **out, const struct resource *resource, enum tier tier);

/* Threads may hold and drop references freely. The last drop frees. */
struct resource *resource_ref(struct resource *resource);
void resource_unref(struct resource *resource);

/* What the first response for it weighs: status line, Date, Cache-Control and fields of its
 * smallest coding plus body, in bytes. */
size_t resource_wire_size(const struct resource *resource);

/* Memory that its bytes take, all codings and fields together. */
size_t resource_memory(const struct resource *resource);

#endif

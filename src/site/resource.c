/* Owns what a URL answers with: its bytes in every coding and the field lines that go with them. */
#include "site/resource.h"

#include "base/err.h"
#include "base/token_len.h"
#include "http/response.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

/* The one allocation of a resource: counter, what recompressing needs, the public part, and behind
 * it its calls to action and all bytes that slices point at. */
struct owner {
    atomic_uint references;
    bool compressible;
    struct str content_type;
    struct str more_fields;
    struct resource resource;
    struct resource_cta ctas[];
};

/* One coding before it has its place. */
struct draft {
    struct buf fields;
    size_t validators_at;
    struct buf encoded; /* unused for identity */
    struct str body;
};

static struct owner *owner_of(const struct resource *resource)
{
    return (struct owner *)((const char *)resource - offsetof(struct owner, resource));
}

static struct str etag_of(struct str fields, size_t validators_at)
{
    return str_make(fields.ptr + validators_at + strlen("ETag: "), HASH_TEXT_SIZE - 1 + 2);
}

static int draft_fields(struct draft *draft, const struct resource_options *options,
                        enum coding coding)
{
    const struct str parts[] = {draft->body, options->more_fields};
    char hash[HASH_TEXT_SIZE];
    hash_text(hash, parts, 2);

    struct buf *fields = &draft->fields;
    buf_append(fields, STR("Content-Type: "));
    buf_append(fields, options->content_type);
    buf_printf(fields, "\r\nContent-Length: %zu\r\n", draft->body.len);
    if (coding != CODING_IDENTITY)
        buf_printf(fields, "Content-Encoding: %s\r\n", coding_name(coding));
    buf_append(fields, options->more_fields);
    draft->validators_at = fields->len;
    buf_printf(fields, "ETag: \"%s\"\r\n", hash);
    if (options->compressible)
        buf_append(fields, STR("Vary: Accept-Encoding\r\n"));
    buf_append(fields, STR("X-Content-Type-Options: nosniff\r\n"));
    return buf_status(fields);
}

/* Fills the drafts that are worth having; the others stay empty. */
static int draft_all(struct draft drafts[CODING_COUNT], const struct resource_options *options,
                     struct str body)
{
    if (options->kind == RESOURCE_REDIRECT)
        return 0;
    drafts[CODING_IDENTITY].body = body;
    int rc = draft_fields(&drafts[CODING_IDENTITY], options, CODING_IDENTITY);
    for (enum coding c = CODING_GZIP; rc == 0 && c < CODING_COUNT && options->compressible; c++) {
        struct draft *draft = &drafts[c];
        rc = compress_body(c, options->tier, body, &draft->encoded);
        if (rc != 0 || draft->encoded.len >= body.len)
            continue;
        draft->body = buf_str(&draft->encoded);
        rc = draft_fields(draft, options, c);
    }
    return rc;
}

static struct str put(char **at, struct str s)
{
    struct str copy = str_make(*at, s.len);
    if (s.len > 0)
        memcpy(*at, s.ptr, s.len);
    *at += s.len;
    return copy;
}

/* What they take besides their struct. */
static size_t facts_size(const struct resource_facts *facts)
{
    size_t total = facts->intent.len + facts->stage.len + facts->goal.len + facts->lang.len;
    for (size_t i = 0; i < facts->cta_count; i++) {
        const struct resource_cta *cta = &facts->ctas[i];
        total += sizeof *cta + cta->id.len + cta->dest.len + cta->to.len + cta->value.len;
    }
    return total;
}

static size_t bytes_needed(const struct draft drafts[CODING_COUNT],
                           const struct resource_options *options)
{
    size_t total = options->path.len + options->file.len + options->location.len +
                   options->content_type.len + options->more_fields.len +
                   facts_size(&options->facts);
    for (int c = 0; c < CODING_COUNT; c++)
        total += drafts[c].fields.len + drafts[c].body.len;
    return total;
}

static void put_facts(struct owner *owner, char **at, const struct resource_facts *facts)
{
    struct resource_facts *own = &owner->resource.facts;
    *own = (struct resource_facts){
        .ctas = owner->ctas, .cta_count = facts->cta_count, .capture = facts->capture};
    own->intent = put(at, facts->intent);
    own->stage = put(at, facts->stage);
    own->goal = put(at, facts->goal);
    own->lang = put(at, facts->lang);
    for (size_t i = 0; i < facts->cta_count; i++) {
        const struct resource_cta *cta = &facts->ctas[i];
        owner->ctas[i].id = put(at, cta->id);
        owner->ctas[i].dest = put(at, cta->dest);
        owner->ctas[i].to = put(at, cta->to);
        owner->ctas[i].value = put(at, cta->value);
    }
}

static void put_text(char out[HASH_TEXT_SIZE], struct str hash)
{
    if (hash.len == HASH_TEXT_SIZE - 1)
        memcpy(out, hash.ptr, hash.len);
}

static unsigned status_of(const struct resource_options *options)
{
    if (options->status != 0)
        return options->status;
    return options->kind == RESOURCE_GONE ? 410 : 200;
}

static struct owner *assemble(const struct draft drafts[CODING_COUNT],
                              const struct resource_options *options)
{
    struct owner *owner = malloc(sizeof *owner + bytes_needed(drafts, options));
    if (!owner)
        return NULL;

    char *at = (char *)(owner->ctas + options->facts.cta_count);
    struct resource *resource = &owner->resource;
    atomic_init(&owner->references, 1);
    owner->compressible = options->compressible;
    owner->content_type = put(&at, options->content_type);
    owner->more_fields = put(&at, options->more_fields);
    *resource = (struct resource){.kind = options->kind,
                                  .scheduled = options->scheduled,
                                  .status = status_of(options),
                                  .tier = options->compressible ? options->tier : TIER_BEST};
    resource->path = put(&at, options->path);
    resource->file = put(&at, options->file);
    resource->location = put(&at, options->location);
    put_text(resource->rev, options->rev);
    put_text(resource->theme_rev, options->theme_rev);
    resource->mark = hash_pair(resource->path, str_from(resource->rev));
    put_facts(owner, &at, &options->facts);
    for (unsigned c = 0; c < CODING_COUNT; c++) {
        const struct draft *draft = &drafts[c];
        struct representation *r = &resource->representations[c];
        if (draft->fields.len == 0)
            continue;
        resource->available |= 1U << c;
        r->fields = put(&at, buf_str(&draft->fields));
        r->validators_at = draft->validators_at;
        r->etag = etag_of(r->fields, r->validators_at);
        r->body = put(&at, draft->body);
    }
    assert(resource->kind == RESOURCE_REDIRECT || resource->available & 1U << CODING_IDENTITY);
    /* The entity tag of identity is the hash of the same bytes, in quotes. */
    if (resource->available != 0)
        memcpy(resource->version, resource->representations[CODING_IDENTITY].etag.ptr + 1,
               HASH_TEXT_SIZE - 1);
    return owner;
}

int resource_create(struct resource **out, const struct resource_options *options, struct str body)
{
    struct draft drafts[CODING_COUNT] = {0};
    int rc = draft_all(drafts, options, body);
    if (rc == 0) {
        struct owner *owner = assemble(drafts, options);
        if (owner)
            *out = &owner->resource;
        else
            rc = ERR_NO_MEMORY;
    }
    for (int c = 0; c < CODING_COUNT; c++) {
        buf_finish(&drafts[c].fields);
        buf_finish(&drafts[c].encoded);
    }
    return rc;
}

int resource_recompress(struct resource **out, struct resource *resource, enum tier tier)
{
    const struct owner *owner = owner_of(resource);
    if (!owner->compressible) {
        *out = resource_ref(resource);
        return 0;
    }
    struct resource_options options = {
        .kind = resource->kind,
        .scheduled = resource->scheduled,
        .status = resource->status,
        .path = resource->path,
        .file = resource->file,
        .content_type = owner->content_type,
        .more_fields = owner->more_fields,
        .rev = str_from(resource->rev),
        .theme_rev = str_from(resource->theme_rev),
        .facts = resource->facts,
        .compressible = owner->compressible,
        .tier = tier,
    };
    return resource_create(out, &options, resource->representations[CODING_IDENTITY].body);
}

bool resource_is_alias(const struct resource *resource)
{
    return resource->kind == RESOURCE_REDIRECT && resource->status == 308;
}

const struct resource_cta *resource_find_cta(const struct resource *resource, struct str id)
{
    const struct resource_facts *facts = &resource->facts;
    for (size_t i = 0; i < facts->cta_count; i++)
        if (str_eq(facts->ctas[i].id, id))
            return &facts->ctas[i];
    return NULL;
}

struct resource *resource_ref(struct resource *resource)
{
    unsigned before =
        atomic_fetch_add_explicit(&owner_of(resource)->references, 1, memory_order_relaxed);
    assert(before > 0);
    (void)before;
    return resource;
}

void resource_unref(struct resource *resource)
{
    if (!resource)
        return;
    struct owner *owner = owner_of(resource);
    if (atomic_fetch_sub_explicit(&owner->references, 1, memory_order_acq_rel) == 1)
        free(owner);
}

/* What tells a page's script of its view. */
static size_t timing_size(const struct resource *resource)
{
    if (resource->kind != RESOURCE_PAGE || resource->facts.capture == CAPTURE_OFF)
        return 0;
    return strlen("Server-Timing: rev;desc=\"\"\r\n") + HASH_TEXT_SIZE - 1 +
           (resource->facts.capture == CAPTURE_FULL ? strlen("pv;desc=\"\", ") + TOKEN_LEN : 0);
}

size_t resource_wire_size(const struct resource *resource)
{
    size_t smallest = SIZE_MAX;
    size_t rest = strlen("HTTP/1.1 200 OK\r\n") + RESPONSE_DATE_LINE_LEN + strlen("\r\n");
    rest += resource->kind == RESOURCE_ASSET ? strlen("Cache-Control: no-cache\r\n")
                                             : strlen("Cache-Control: private, no-cache\r\n");
    rest += timing_size(resource);
    for (unsigned c = 0; c < CODING_COUNT; c++) {
        const struct representation *r = &resource->representations[c];
        size_t size = r->fields.len + r->body.len;
        if ((resource->available & 1U << c) && size < smallest)
            smallest = size;
    }
    return rest + smallest;
}

size_t resource_memory(const struct resource *resource)
{
    size_t total = sizeof(struct owner) + resource->path.len + resource->file.len +
                   resource->location.len + owner_of(resource)->content_type.len +
                   owner_of(resource)->more_fields.len + facts_size(&resource->facts);
    for (int c = 0; c < CODING_COUNT; c++)
        total += resource->representations[c].fields.len + resource->representations[c].body.len;
    return total;
}

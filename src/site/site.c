/* Owns the snapshot of a site and the table that finds a path in it. */
#include "site/site.h"

#include "base/err.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Open addressing with linear probing, at most half full. The paths are the site's own, so nobody
 * outside can choose them to collide, and a cheap hash will do. */
struct slot {
    uint32_t hash;
    uint32_t number; /* of the resource, from 1; 0: empty */
};

struct site {
    atomic_uint references;
    const struct resource *not_found;
    struct slot *slots;
    size_t mask; /* number of slots, a power of two, less one */
    size_t count;
    size_t draft_count;
    struct resource *resources[]; /* in order of path; then the drafts */
};

static uint64_t load_word(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* Eight bytes at a time; the last eight may overlap those before. */
static uint32_t hash_path(struct str path)
{
    static const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t h = path.len * odd;
    if (path.len < sizeof(uint64_t)) {
        for (size_t i = 0; i < path.len; i++)
            h = (h ^ (unsigned char)path.ptr[i]) * odd;
        return (uint32_t)(h >> 32);
    }
    const char *last = path.ptr + path.len - sizeof(uint64_t);
    for (const char *p = path.ptr; p < last; p += sizeof(uint64_t)) {
        h = (h ^ load_word(p)) * odd;
        h ^= h >> 32;
    }
    h = (h ^ load_word(last)) * odd;
    return (uint32_t)(h >> 32);
}

const struct resource *site_find(const struct site *site, struct str path)
{
    uint32_t hash = hash_path(path);
    for (size_t i = hash & site->mask;; i = (i + 1) & site->mask) {
        const struct slot *slot = &site->slots[i];
        if (slot->number == 0)
            return NULL;
        if (slot->hash == hash) {
            const struct resource *resource = site->resources[slot->number - 1];
            if (str_eq(resource->path, path))
                return resource;
        }
    }
}

const struct resource *site_find_draft(const struct site *site, struct str path)
{
    for (size_t i = 0; i < site->draft_count; i++)
        if (str_eq(site->resources[site->count + i]->path, path))
            return site->resources[site->count + i];
    return NULL;
}

static void insert(struct site *site, size_t index)
{
    uint32_t hash = hash_path(site->resources[index]->path);
    size_t i = hash & site->mask;
    while (site->slots[i].number != 0)
        i = (i + 1) & site->mask;
    site->slots[i] = (struct slot){.hash = hash, .number = (uint32_t)index + 1};
}

/* By path, files before aliases, who is scheduled before other drafts, and then by file, so that
 * what is said about duplicates has one order. */
static int by_path(const void *a, const void *b)
{
    const struct resource *left = *(struct resource *const *)a;
    const struct resource *right = *(struct resource *const *)b;
    int order = str_cmp(left->path, right->path);
    if (order == 0)
        order = resource_is_alias(left) - resource_is_alias(right);
    if (order == 0)
        order = right->scheduled - left->scheduled;
    return order != 0 ? order : str_cmp(left->file, right->file);
}

/* Tells the author of `one` about `other`, of the same path. */
static void report_file(const struct resource *one, const struct resource *other,
                        struct diags *diags)
{
    diags_say(diags, SEVERITY_ERROR, one->file, 0, "url",
              "%.*s is also the address of %.*s: neither is published until one of them is "
              "renamed or removed",
              "%.*s è anche l’indirizzo di %.*s: non si pubblica né l’uno né l’altro finché "
              "uno dei due non cambia nome o non viene tolto",
              STR_ARG(one->path), STR_ARG(other->file));
}

static void report_alias(const struct resource *one, const struct resource *other, bool has_it,
                         struct diags *diags)
{
    if (has_it)
        diags_say(diags, SEVERITY_WARNING, one->file, 0, "alias",
                  "the alias %.*s leads here, but %.*s has it too",
                  "l’alias %.*s porta qui, ma ce l’ha anche %.*s", STR_ARG(one->path),
                  STR_ARG(other->file));
    else
        diags_say(diags, SEVERITY_WARNING, one->file, 0, "alias",
                  "the alias %.*s does not lead here, but to %.*s, which has it too",
                  "l’alias %.*s non porta qui, ma a %.*s, che ce l’ha anch’esso",
                  STR_ARG(one->path), STR_ARG(other->file));
}

static void report_alias_of_file(const struct resource *alias, const struct resource *file,
                                 struct diags *diags)
{
    diags_say(diags, SEVERITY_WARNING, alias->file, 0, "alias",
              "the alias %.*s does not lead here: it is the address of %.*s",
              "l’alias %.*s non porta qui: è l’indirizzo di %.*s", STR_ARG(alias->path),
              STR_ARG(file->file));
}

/* Which of `count` resources of one path has it: the only file, or the first of aliases. NULL:
 * none. Their authors are told. */
static struct resource *choose(struct resource *const *same, size_t count, struct diags *diags)
{
    size_t files = 0;
    while (files < count && !resource_is_alias(same[files]))
        files++;
    for (size_t i = 0; i < count && count > 1; i++) {
        if (i < files && files > 1)
            report_file(same[i], same[(i + 1) % files], diags);
        else if (i >= files && files > 0)
            report_alias_of_file(same[i], same[0], diags);
        else if (files == 0)
            report_alias(same[i], same[i == 0 ? 1 : 0], i == 0, diags);
    }
    return files > 1 ? NULL : same[0];
}

static void report_draft(const struct resource *draft, const struct resource *other,
                         struct diags *diags)
{
    if (draft->scheduled)
        diags_say(diags, SEVERITY_ERROR, draft->file, 0, "url",
                  "%.*s is also the address of %.*s: once the time of this page has come, neither "
                  "is published until one of them is renamed or removed",
                  "%.*s è anche l’indirizzo di %.*s: quando sarà l’ora di questa pagina non si "
                  "pubblicherà né l’uno né l’altro, finché uno dei due non cambia nome o non viene "
                  "tolto",
                  STR_ARG(draft->path), STR_ARG(other->file));
    else
        diags_say(diags, SEVERITY_WARNING, draft->file, 0, "url",
                  "%.*s is also the address of %.*s: once this is no draft any more, neither is "
                  "published until one of them is renamed or removed",
                  "%.*s è anche l’indirizzo di %.*s: quando questa non sarà più una bozza non si "
                  "pubblicherà né l’uno né l’altro, finché uno dei due non cambia nome o non viene "
                  "tolto",
                  STR_ARG(draft->path), STR_ARG(other->file));
}

static void report_alias_of_draft(const struct resource *alias, const struct resource *draft,
                                  struct diags *diags)
{
    diags_say(diags, SEVERITY_WARNING, alias->file, 0, "alias",
              "the alias %.*s leads here only until %.*s is published: it is that page's address",
              "l’alias %.*s porta qui solo finché non si pubblica %.*s: è il suo indirizzo",
              STR_ARG(alias->path), STR_ARG(draft->file));
}

/* Tells about `count` drafts of one path, of which `public` has it now, if anybody. Nothing stops a
 * scheduled one but who is public by then. */
static void report_drafts(struct resource *const *same, size_t count, const struct resource *public,
                          struct diags *diags)
{
    bool alias = public && resource_is_alias(public);
    if (alias)
        report_alias_of_draft(public, same[0], diags);
    for (size_t i = 0; i < count; i++) {
        const struct resource *other = count > 1 ? same[i == 0 ? 1 : 0] : NULL;
        if (other && same[i]->scheduled && !other->scheduled)
            other = NULL;
        if (public && !alias)
            other = public;
        if (other)
            report_draft(same[i], other, diags);
    }
}

/* Tells the authors of drafts who has their addresses. Both lists are sorted. */
static void look_ahead(struct resource *const *public, size_t public_count,
                       struct resource *const *drafts, size_t draft_count, struct diags *diags)
{
    size_t at = 0;
    size_t end;
    for (size_t start = 0; start < draft_count; start = end) {
        struct str path = drafts[start]->path;
        end = start + 1;
        while (end < draft_count && str_eq(path, drafts[end]->path))
            end++;
        while (at < public_count && str_cmp(public[at] -> path, path) < 0)
            at++;
        bool taken = at < public_count && str_eq(public[at] -> path, path);
        report_drafts(drafts + start, end - start, taken ? public[at] : NULL, diags);
    }
}

/* Keeps of `sorted` what has a path of its own; returns how many. */
static size_t drop_duplicates(struct resource **sorted, size_t count, struct diags *diags)
{
    size_t kept = 0;
    size_t end;
    for (size_t start = 0; start < count; start = end) {
        end = start + 1;
        while (end < count && str_eq(sorted[start]->path, sorted[end]->path))
            end++;
        struct resource *chosen = choose(sorted + start, end - start, diags);
        if (chosen)
            sorted[kept++] = chosen;
    }
    return kept;
}

static void fill(struct site *site)
{
    for (size_t i = 0; i < site->count; i++) {
        struct resource *resource = resource_ref(site->resources[i]);
        /* It answers for what is not there; asked for by name, it is not there either. */
        if (str_eq(resource->path, STR("/404")) && resource->kind == RESOURCE_PAGE)
            site->not_found = resource;
        else
            insert(site, i);
    }
    for (size_t i = 0; i < site->draft_count; i++)
        (void)resource_ref(site->resources[site->count + i]);
}

/* Puts those of `from` that are drafts (or are none) behind `*count` others. */
static void take(struct site *site, struct resource *const *from, size_t from_count, bool drafts,
                 size_t *count)
{
    for (size_t i = 0; i < from_count; i++)
        if ((from[i]->kind == RESOURCE_DRAFT) == drafts)
            site->resources[(*count)++] = from[i];
}

int site_create(struct site **out, struct resource *const *resources, size_t count,
                struct diags *diags)
{
    assert(count < UINT32_MAX / 4);
    size_t slots = 8;
    while (slots < 2 * count)
        slots *= 2;

    struct site *site = malloc(sizeof *site + count * sizeof(struct resource *));
    if (!site)
        return ERR_NO_MEMORY;
    *site = (struct site){.mask = slots - 1};
    atomic_init(&site->references, 1);
    site->slots = calloc(slots, sizeof *site->slots);
    if (!site->slots)
        goto fail_free_site;

    take(site, resources, count, false, &site->count);
    if (site->count > 0)
        qsort(site->resources, site->count, sizeof(struct resource *), by_path);
    site->count = drop_duplicates(site->resources, site->count, diags);
    struct resource **drafts = site->resources + site->count;
    size_t all = site->count;
    take(site, resources, count, true, &all);
    site->draft_count = all - site->count;
    if (site->draft_count > 0)
        qsort(drafts, site->draft_count, sizeof(struct resource *), by_path);
    look_ahead(site->resources, site->count, drafts, site->draft_count, diags);
    fill(site);
    *out = site;
    return 0;

fail_free_site:
    free(site);
    return ERR_NO_MEMORY;
}

struct site *site_ref(struct site *site)
{
    unsigned before = atomic_fetch_add_explicit(&site->references, 1, memory_order_relaxed);
    assert(before > 0);
    (void)before;
    return site;
}

void site_unref(struct site *site)
{
    if (!site || atomic_fetch_sub_explicit(&site->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < site->count + site->draft_count; i++)
        resource_unref(site->resources[i]);
    free(site->slots);
    free(site);
}

/* Cuts off what a spelling adds to the path of a page; whether it is a folder's. */
static bool cut_spelling(struct str *path)
{
    size_t len = path->len;
    (void)(str_cut_end(path, STR(".html")) || str_cut_end(path, STR(".md")));
    bool folder = str_cut_end(path, STR("/index"));
    if (!folder && path->len == len)
        (void)str_cut_end(path, STR("/"));
    return folder;
}

struct str site_family(struct str path)
{
    for (size_t before = path.len + 1; path.len < before;) {
        before = path.len;
        (void)cut_spelling(&path);
    }
    return path.len > 0 ? path : STR("/");
}

/* Appends `stem`, with a slash behind it if `folder`, if a page other than `path` is there. */
static bool append_page(const struct site *site, struct str path, struct str stem, bool folder,
                        struct buf *out)
{
    size_t start = out->len;
    buf_append(out, stem);
    if (folder)
        buf_append_char(out, '/');
    if (buf_status(out) == 0) {
        struct str candidate = str_skip(buf_str(out), start);
        const struct resource *resource = site_find(site, candidate);
        if (resource && resource->kind != RESOURCE_ASSET && !str_eq(candidate, path))
            return true;
    }
    out->len = start;
    return false;
}

bool site_canonical(const struct site *site, struct str path, struct buf *out)
{
    if (path.len == 0 || path.ptr[0] != '/')
        return false;
    struct str stem = path;
    bool folder = cut_spelling(&stem);
    return append_page(site, path, stem, folder, out) ||
           append_page(site, path, stem, !folder, out);
}

const struct resource *site_find_spelling(const struct site *site, struct str path)
{
    const struct resource *found = site_find(site, path);
    struct buf target = BUF_EMPTY;
    if (!found && site_canonical(site, path, &target))
        found = site_find(site, buf_str(&target));
    buf_finish(&target);
    return found;
}

const struct resource *site_not_found(const struct site *site)
{
    return site->not_found;
}

struct resource *const *site_resources(const struct site *site, size_t *count)
{
    *count = site->count;
    return site->resources;
}

struct resource *const *site_drafts(const struct site *site, size_t *count)
{
    *count = site->draft_count;
    return site->resources + site->count;
}

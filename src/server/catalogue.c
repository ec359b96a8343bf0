/* Owns the entries, their order, and who of two gets an address. */
#include "server/catalogue.h"

#include "base/err.h"

#include <stdlib.h>

struct version version_of(const struct stat *st)
{
    return (struct version){.device = st->st_dev,
                            .inode = st->st_ino,
                            .size = st->st_size,
                            .modified = st->st_mtim,
                            .changed = st->st_ctim};
}

bool version_same(const struct version *a, const struct version *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified.tv_sec == b->modified.tv_sec && a->modified.tv_nsec == b->modified.tv_nsec;
}

static void entry_destroy(struct entry *entry)
{
    free(entry->path);
    loaded_file_finish(&entry->file);
    compiled_finish(&entry->compiled);
    diags_finish(&entry->diags);
    free(entry);
}

void catalogue_finish(struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->count; i++)
        entry_destroy(catalogue->entries[i]);
    free(catalogue->entries);
    *catalogue = (struct catalogue){0};
}

size_t catalogue_position(const struct catalogue *catalogue, struct str path)
{
    size_t low = 0;
    size_t high = catalogue->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(str_from(catalogue->entries[middle]->path), path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct entry *catalogue_find(const struct catalogue *catalogue, struct str path)
{
    size_t at = catalogue_position(catalogue, path);
    bool found = at < catalogue->count && str_eq(str_from(catalogue->entries[at]->path), path);
    return found ? catalogue->entries[at] : NULL;
}

bool catalogue_has_folder(const struct catalogue *catalogue, struct str path)
{
    /* What is in the folder stands behind "path/" in the order of paths. */
    for (size_t i = catalogue_position(catalogue, path); i < catalogue->count; i++) {
        struct str other = str_from(catalogue->entries[i]->path);
        if (!str_starts_with(other, path))
            return false;
        if (other.len > path.len && other.ptr[path.len] == '/')
            return true;
    }
    return false;
}

static int make_room(struct catalogue *catalogue)
{
    if (catalogue->count < catalogue->capacity)
        return 0;
    size_t capacity = catalogue->capacity ? 2 * catalogue->capacity : 64;
    struct entry **grown = realloc(catalogue->entries, capacity * sizeof(struct entry *));
    if (!grown)
        return ERR_NO_MEMORY;
    catalogue->entries = grown;
    catalogue->capacity = capacity;
    return 0;
}

struct entry *catalogue_add(struct catalogue *catalogue, struct str path)
{
    struct entry *entry = catalogue_find(catalogue, path);
    if (entry)
        return entry;
    entry = calloc(1, sizeof *entry);
    if (!entry)
        return NULL;
    entry->path = strndup(path.ptr, path.len);
    if (!entry->path || make_room(catalogue) != 0) {
        entry_destroy(entry);
        return NULL;
    }
    size_t at = catalogue_position(catalogue, path);
    memmove(catalogue->entries + at + 1, catalogue->entries + at,
            (catalogue->count - at) * sizeof(struct entry *));
    catalogue->entries[at] = entry;
    catalogue->count++;
    return entry;
}

void catalogue_remove(struct catalogue *catalogue, size_t position)
{
    struct entry *entry = catalogue->entries[position];
    catalogue->count--;
    memmove(catalogue->entries + position, catalogue->entries + position + 1,
            (catalogue->count - position) * sizeof(struct entry *));
    entry_destroy(entry);
}

/* --- gathering */

static bool is_served(const struct compiled *compiled)
{
    return compiled->resource && (compiled->state == PAGE_LIVE || compiled->state == PAGE_EXPIRED);
}

/* By URL; of one URL, who has the better right to it comes first: who is there before who is about
 * to go, who was served before who is new. */
static int by_right(const void *a, const void *b)
{
    const struct entry *left = *(struct entry *const *)a;
    const struct entry *right = *(struct entry *const *)b;
    int order = str_cmp(str_from(left->file.url), str_from(right->file.url));
    if (order == 0)
        order = (left->missing_ms != 0) - (right->missing_ms != 0);
    if (order == 0)
        order = right->served - left->served;
    return order != 0 ? order : strcmp(left->path, right->path);
}

/* `same` are entries of one URL, by right. */
static bool has_better_right(const struct entry *first, const struct entry *second)
{
    return first->served != second->served || (first->missing_ms == 0) != (second->missing_ms == 0);
}

static void settle_clash(struct entry **same, size_t count)
{
    bool first_stays = count == 1 || has_better_right(same[0], same[1]);
    for (size_t i = 0; i < count; i++)
        same[i]->clash = same[i == 0 && count > 1 ? 1 : 0];
    if (first_stays)
        same[0]->clash = NULL;
}

static size_t list_served(const struct catalogue *catalogue, bool assets_only, struct entry **out,
                          size_t *resources)
{
    size_t count = 0;
    *resources = 0;
    for (size_t i = 0; i < catalogue->count; i++) {
        struct entry *entry = catalogue->entries[i];
        if (assets_only && !entry_is_asset(entry))
            continue;
        entry->clash = NULL;
        *resources += 1 + entry->compiled.redirect_count;
        if (is_served(&entry->compiled))
            out[count++] = entry;
    }
    return count;
}

static bool is_draft(const struct compiled *compiled)
{
    return compiled->resource && compiled->resource->kind == RESOURCE_DRAFT;
}

int catalogue_gather(struct catalogue *catalogue, bool assets_only, struct resource ***out,
                     size_t *count)
{
    size_t room;
    struct entry **served = calloc(catalogue->count + 1, sizeof(struct entry *));
    if (!served)
        return ERR_NO_MEMORY;
    size_t served_count = list_served(catalogue, assets_only, served, &room);
    struct resource **resources = calloc(room + 1, sizeof(struct resource *));
    if (!resources) {
        free(served);
        return ERR_NO_MEMORY;
    }

    qsort(served, served_count, sizeof(struct entry *), by_right);
    size_t end;
    for (size_t start = 0; start < served_count; start = end) {
        end = start + 1;
        while (end < served_count && strcmp(served[start]->file.url, served[end]->file.url) == 0)
            end++;
        settle_clash(served + start, end - start);
    }
    *count = 0;
    for (size_t i = 0; i < served_count; i++) {
        const struct entry *entry = served[i];
        if (entry->clash)
            continue;
        resources[(*count)++] = resource_ref(entry->compiled.resource);
        for (size_t k = 0; k < entry->compiled.redirect_count; k++)
            resources[(*count)++] = resource_ref(entry->compiled.redirects[k]);
    }
    for (size_t i = 0; i < catalogue->count && !assets_only; i++)
        if (is_draft(&catalogue->entries[i]->compiled))
            resources[(*count)++] = resource_ref(catalogue->entries[i]->compiled.resource);
    free(served);
    *out = resources;
    return 0;
}

/* Owns the files of takedowns, and what stands in a page's place. */
#include "server/takedown.h"

#include "base/err.h"
#include "base/fs.h"
#include "base/schema.h"
#include "base/yaml_quote.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILE_SIZE_MAX = 64 * 1024, REASON_MAX = 4 * 1024 };

static const struct str suffix = STR_INIT(".yaml");

/* --- files */

/* Named by a hash: a path may be longer than a file name can be. One page has one file. */
static void file_name(struct str path, char out[HASH_TEXT_SIZE + sizeof ".yaml"])
{
    const struct str family = site_family(path);
    hash_text(out, &family, 1);
    memcpy(out + HASH_TEXT_SIZE - 1, suffix.ptr, suffix.len + 1);
}

/* Made for the server's user to read, whoever makes it with whatever umask. */
static int make_folder(int data_fd)
{
    if (mkdirat(data_fd, "takedowns", 0755) == 0)
        return fchmodat(data_fd, "takedowns", 0755, 0) == 0 ? 0 : err_from_errno(errno);
    return errno == EEXIST ? 0 : err_from_errno(errno);
}

/* The folder of takedowns, which is made if `make`. A descriptor or an error. */
static int open_folder(const char *data, bool make)
{
    int data_fd = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (data_fd < 0)
        return err_from_errno(errno);
    int rc = make ? make_folder(data_fd) : 0;
    if (rc != 0) {
        (void)close(data_fd);
        return rc;
    }
    int fd = openat(data_fd, "takedowns", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        fd = err_from_errno(errno);
    (void)close(data_fd);
    return fd;
}

/* --- reading */

static const struct schema_key keys[] = {
    {"page", schema_text, offsetof(struct takedown, path)},
    {"then", schema_text, offsetof(struct takedown, then)},
    {"reason", schema_text, offsetof(struct takedown, reason)},
    {"since", schema_text, offsetof(struct takedown, since)},
    {0},
};

/* Puts all slices into one piece of memory of the takedown's own. */
static int keep(struct takedown *out, const struct takedown *from)
{
    const struct str parts[] = {from->path, from->then, from->reason, from->since, from->file};
    struct str *const slices[] = {&out->path, &out->then, &out->reason, &out->since, &out->file};
    size_t total = 1;
    for (size_t i = 0; i < 5; i++)
        total += parts[i].len;
    char *at = malloc(total);
    if (!at)
        return ERR_NO_MEMORY;
    out->text = at;
    for (size_t i = 0; i < 5; i++) {
        if (parts[i].len > 0)
            memcpy(at, parts[i].ptr, parts[i].len);
        *slices[i] = str_make(at, parts[i].len);
        at += parts[i].len;
    }
    *at = '\0'; /* the file's name is a C string */
    return 0;
}

/* For one more, which is zeroed and not counted yet. */
static int make_room(struct takedowns *out)
{
    struct takedown *grown = realloc(out->items, (out->count + 1) * sizeof *grown);
    if (!grown)
        return ERR_NO_MEMORY;
    out->items = grown;
    out->items[out->count] = (struct takedown){0};
    return 0;
}

static int parse(struct takedowns *out, struct str text, struct str file, struct diags *diags)
{
    const struct schema_source source = {file, diags, SEVERITY_WARNING};
    struct takedown takedown = {.file = file};
    struct yaml *document = NULL;
    int rc = yaml_parse(&document, text, file, 1, diags);
    if (rc == 0)
        schema_read(&source, yaml_root(document), keys, &takedown);
    if (rc == 0 && !str_starts_with(takedown.path, STR("/")))
        diags_say(diags, SEVERITY_ERROR, file, 0, "takedown", "this names no page",
                  "qui non c’è scritto quale pagina");
    else if (rc == 0)
        rc = keep(&out->items[out->count], &takedown);
    if (rc == 0 && out->items[out->count].text)
        out->count++;
    yaml_destroy(document);
    return rc == ERR_NO_MEMORY ? rc : 0;
}

static int read_one(struct takedowns *out, int folder, const char *name, struct diags *diags)
{
    struct str file = str_from(name);
    struct buf text = BUF_EMPTY;
    if (file.ptr[0] == '.' || !str_ends_with(file, suffix))
        return 0; /* being written */
    int rc = make_room(out);
    if (rc != 0)
        return rc;
    rc = fs_read_beneath(folder, name, FILE_SIZE_MAX, &text, NULL);
    if (rc == 0) {
        rc = parse(out, buf_str(&text), file, diags);
    } else if (rc != ERR_NO_MEMORY && rc != ERR_NOT_FOUND) {
        out->unread = true;
        diags_say_unreadable(diags, file, "takedown", rc);
    }
    buf_finish(&text);
    return rc == ERR_NO_MEMORY ? rc : 0;
}

static int read_folder(struct takedowns *out, DIR *folder, struct diags *diags)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry)
            return errno != 0 ? err_from_errno(errno) : 0;
        int rc = read_one(out, dirfd(folder), entry->d_name, diags);
        if (rc != 0)
            return rc;
    }
}

static int by_family(const void *a, const void *b)
{
    const struct takedown *left = a;
    const struct takedown *right = b;
    return str_cmp(site_family(left->path), site_family(right->path));
}

/* Of one page, the last comes first; of one moment, what leads nowhere. */
static int by_family_and_time(const void *a, const void *b)
{
    const struct takedown *left = a;
    const struct takedown *right = b;
    int order = by_family(a, b);
    if (order == 0)
        order = str_cmp(right->since, left->since);
    return order != 0 ? order : str_cmp(left->then, right->then);
}

/* All files, in the order of the folder. */
static int read_files(struct takedowns *out, const char *data, struct diags *diags)
{
    *out = (struct takedowns){0};
    int fd = open_folder(data, false);
    if (fd < 0)
        return fd == ERR_NOT_FOUND ? 0 : fd;
    DIR *folder = fdopendir(fd);
    if (!folder) {
        (void)close(fd);
        return ERR_NO_MEMORY;
    }
    int rc = read_folder(out, folder, diags);
    (void)closedir(folder);
    if (rc != 0)
        takedowns_finish(out);
    return rc;
}

static void drop(struct takedown *takedown)
{
    resource_unref(takedown->replacements[0]);
    resource_unref(takedown->replacements[1]);
    free(takedown->text);
}

int takedowns_read(struct takedowns *out, const char *data, struct diags *diags)
{
    int rc = read_files(out, data, diags);
    if (rc != 0 || out->count == 0)
        return rc;
    qsort(out->items, out->count, sizeof *out->items, by_family_and_time);
    size_t kept = 1;
    for (size_t i = 1; i < out->count; i++) {
        if (by_family(&out->items[kept - 1], &out->items[i]) == 0)
            drop(&out->items[i]);
        else
            out->items[kept++] = out->items[i];
    }
    out->count = kept;
    return 0;
}

static bool has_error(const struct diags *diags, struct str file)
{
    for (size_t i = 0; i < diags->count; i++)
        if (diags->items[i].severity == SEVERITY_ERROR &&
            str_eq(str_from(diags->items[i].file), file))
            return true;
    return false;
}

int takedowns_keep_spoiled(struct takedowns *takedowns, const struct takedowns *before,
                           const struct diags *diags)
{
    for (size_t i = 0; i < before->count; i++) {
        const struct takedown *known = &before->items[i];
        if (!has_error(diags, known->file) || takedowns_find(takedowns, known->path))
            continue;
        int rc = make_room(takedowns);
        if (rc == 0)
            rc = keep(&takedowns->items[takedowns->count], known);
        if (rc != 0)
            return rc;
        takedowns->count++;
        qsort(takedowns->items, takedowns->count, sizeof *takedowns->items, by_family);
    }
    return 0;
}

void takedowns_finish(struct takedowns *takedowns)
{
    for (size_t i = 0; i < takedowns->count; i++)
        drop(&takedowns->items[i]);
    free(takedowns->items);
    *takedowns = (struct takedowns){0};
}

const struct takedown *takedowns_find(const struct takedowns *takedowns, struct str path)
{
    const struct takedown key = {.path = path};
    if (takedowns->count == 0)
        return NULL;
    return bsearch(&key, takedowns->items, takedowns->count, sizeof key, by_family);
}

/* --- writing */

/* Removes the files of all takedowns of the page but `name`; ERR_NOT_FOUND: there is none. */
static int remove_others(const char *data, int folder, struct str path, const char *name)
{
    struct takedowns all;
    struct diags none = {0};
    const struct takedown key = {.path = path};
    int rc = read_files(&all, data, &none);
    int removed = ERR_NOT_FOUND;
    for (size_t i = 0; rc == 0 && i < all.count; i++) {
        const char *file = all.items[i].file.ptr;
        if (by_family(&key, &all.items[i]) != 0 || (name && strcmp(file, name) == 0))
            continue;
        removed = 0;
        if (unlinkat(folder, file, 0) != 0 && errno != ENOENT)
            rc = err_from_errno(errno);
    }
    takedowns_finish(&all);
    diags_finish(&none);
    return rc == 0 ? removed : rc;
}

/* Whether the server will read from the file what was meant: nobody is to be told that a page is
 * down which stays. ERR_INVALID: it would not. */
static int read_back(struct str text, const char *name, const struct takedown *meant)
{
    struct takedowns understood = {0};
    struct diags none = {0};
    int rc = text.len > FILE_SIZE_MAX ? ERR_INVALID : make_room(&understood);
    if (rc == 0)
        rc = parse(&understood, text, str_from(name), &none);
    if (rc == 0 && (understood.count == 0 || !str_eq(understood.items[0].path, meant->path) ||
                    !str_eq(understood.items[0].then, meant->then)))
        rc = ERR_INVALID;
    takedowns_finish(&understood);
    diags_finish(&none);
    return rc;
}

static void append_line(struct buf *out, const char *key, struct str value)
{
    buf_printf(out, "%s: ", key);
    yaml_quote(out, value);
    buf_append_char(out, '\n');
}

/* A reason may be a whole message that somebody pasted: no cause to leave the page where it is. */
static void append_reason(struct buf *out, struct str reason)
{
    struct buf cut = BUF_EMPTY;
    bool valid;
    size_t len = 0;
    while (len < reason.len) {
        size_t next = len + str_utf8_char(str_skip(reason, len), &valid);
        if (next > REASON_MAX)
            break;
        len = next;
    }
    buf_append(&cut, str_make(reason.ptr, len));
    if (len < reason.len)
        buf_append(&cut, STR("…"));
    append_line(out, "reason", buf_str(&cut));
    out->failed |= cut.failed;
    buf_finish(&cut);
}

static int write_file(int folder, const char *name, const struct takedown *takedown)
{
    struct buf text = BUF_EMPTY;
    append_line(&text, "page", takedown->path);
    if (takedown->then.len > 0)
        append_line(&text, "then", takedown->then);
    append_reason(&text, takedown->reason);
    append_line(&text, "since", takedown->since);
    int rc = buf_status(&text);
    if (rc == 0)
        rc = read_back(buf_str(&text), name, takedown);
    if (rc == 0)
        rc = fs_replace(folder, name, buf_str(&text));
    buf_finish(&text);
    return rc;
}

int takedown_write(const char *data, const struct takedown *takedown)
{
    char name[HASH_TEXT_SIZE + sizeof ".yaml"];
    int folder = open_folder(data, true);
    if (folder < 0)
        return folder;
    file_name(takedown->path, name);
    int rc = write_file(folder, name, takedown);
    int others = rc == 0 ? remove_others(data, folder, takedown->path, name) : ERR_NOT_FOUND;
    (void)close(folder);
    return others == ERR_NOT_FOUND ? rc : others;
}

int takedown_remove(const char *data, struct str path)
{
    char name[HASH_TEXT_SIZE + sizeof ".yaml"];
    int folder = open_folder(data, false);
    if (folder < 0)
        return folder;
    file_name(path, name);
    int rc = remove_others(data, folder, path, NULL);
    /* One that is spoiled is known by its name alone. */
    if (rc == ERR_NOT_FOUND)
        rc = unlinkat(folder, name, 0) == 0 ? 0 : err_from_errno(errno);
    if (rc == 0 && fsync(folder) != 0)
        rc = err_from_errno(errno);
    (void)close(folder);
    return rc;
}

/* --- in a page's place */

void takedowns_inherit(struct takedowns *takedowns, const struct takedowns *before)
{
    for (size_t i = 0; i < takedowns->count; i++) {
        struct takedown *takedown = &takedowns->items[i];
        const struct takedown *known = takedowns_find(before, takedown->path);
        if (!known || !str_eq(known->then, takedown->then))
            continue;
        for (size_t k = 0; k < 2; k++)
            if (known->replacements[k] && !takedown->replacements[k])
                takedown->replacements[k] = resource_ref(known->replacements[k]);
    }
}

static int make_replacement(struct takedown *takedown, const struct gone_page *gone,
                            struct str path, struct resource **place)
{
    struct resource *made;
    const struct resource_options redirect = {
        .kind = RESOURCE_REDIRECT,
        .status = 307,
        .path = path,
        .location = takedown->then,
    };
    int rc = takedown->then.len > 0 ? resource_create(&made, &redirect, STR(""))
                                    : gone_page_at(gone, path, &made);
    if (rc != 0)
        return rc;
    resource_unref(*place);
    *place = made;
    return 0;
}

static int prepare_one(struct takedown *takedown, const struct gone_page *gone)
{
    struct buf folder = BUF_EMPTY;
    struct str family = site_family(takedown->path);
    int rc = make_replacement(takedown, gone, family, &takedown->replacements[0]);
    if (rc == 0 && family.len > 1) {
        buf_append(&folder, family);
        buf_append_char(&folder, '/');
        rc = buf_status(&folder);
        if (rc == 0)
            rc = make_replacement(takedown, gone, buf_str(&folder), &takedown->replacements[1]);
    }
    buf_finish(&folder);
    return rc;
}

static bool is_prepared(const struct takedown *takedown)
{
    return takedown->replacements[0] &&
           (takedown->replacements[1] || site_family(takedown->path).len == 1);
}

int takedowns_prepare(struct takedowns *takedowns, const struct gone_page *gone, bool anew)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < takedowns->count; i++)
        if (anew || !is_prepared(&takedowns->items[i]))
            rc = prepare_one(&takedowns->items[i], gone);
    return rc;
}

/* Adds to `kept` those of `resources` that are not taken down. */
static void keep_others(struct resource **kept, size_t *count, const struct takedowns *takedowns,
                        struct resource *const *resources, size_t resource_count)
{
    for (size_t i = 0; i < resource_count; i++)
        if (!takedowns_find(takedowns, resources[i]->path))
            kept[(*count)++] = resources[i];
}

int takedowns_apply(struct site **out, struct site *base, const struct takedowns *takedowns)
{
    if (takedowns->count == 0) {
        *out = site_ref(base);
        return 0;
    }
    size_t public_count;
    size_t draft_count;
    struct resource *const *public = site_resources(base, &public_count);
    struct resource *const *drafts = site_drafts(base, &draft_count);
    struct resource **kept =
        calloc(public_count + draft_count + 2 * takedowns->count, sizeof(struct resource *));
    struct diags none = {0};
    if (!kept)
        return ERR_NO_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < takedowns->count; i++)
        for (size_t k = 0; k < 2; k++)
            if (takedowns->items[i].replacements[k])
                kept[count++] = takedowns->items[i].replacements[k];
    keep_others(kept, &count, takedowns, public, public_count);
    keep_others(kept, &count, takedowns, drafts, draft_count);
    int rc = site_create(out, kept, count, &none);
    free(kept);
    diags_finish(&none);
    return rc;
}

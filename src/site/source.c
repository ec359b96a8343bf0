/* Owns what a file's name means: whether it is published, as what, and where. */
#include "site/source.h"

#include "base/err.h"
#include "http/path.h"

/* Extensions are compared without regard to case: cameras write IMG.JPG. */
static const struct {
    const char *extension;
    struct source source;
} kinds[] = {
    {".md", {SOURCE_MARKDOWN, "text/html; charset=utf-8", true}},
    {".html", {SOURCE_HTML, "text/html; charset=utf-8", true}},
    {".css", {SOURCE_ASSET, "text/css; charset=utf-8", true}},
    {".js", {SOURCE_ASSET, "text/javascript; charset=utf-8", true}},
    {".svg", {SOURCE_ASSET, "image/svg+xml", true}},
    {".txt", {SOURCE_ASSET, "text/plain; charset=utf-8", true}},
    {".xml", {SOURCE_ASSET, "application/xml", true}},
    {".json", {SOURCE_ASSET, "application/json", true}},
    {".webmanifest", {SOURCE_ASSET, "application/manifest+json", true}},
    {".webp", {SOURCE_ASSET, "image/webp", false}},
    {".avif", {SOURCE_ASSET, "image/avif", false}},
    {".jpg", {SOURCE_ASSET, "image/jpeg", false}},
    {".jpeg", {SOURCE_ASSET, "image/jpeg", false}},
    {".png", {SOURCE_ASSET, "image/png", false}},
    {".gif", {SOURCE_ASSET, "image/gif", false}},
    {".ico", {SOURCE_ASSET, "image/x-icon", false}},
    {".woff2", {SOURCE_ASSET, "font/woff2", false}},
    {".pdf", {SOURCE_ASSET, "application/pdf", false}},
};

bool source_is_public(struct str name)
{
    static const char *const leftovers[] = {"~", ".swp", ".swx", ".tmp", ".part"};
    if (name.len == 0 || name.ptr[0] == '_' || name.ptr[0] == '.')
        return false;
    for (size_t i = 0; i < sizeof leftovers / sizeof *leftovers; i++)
        if (str_ends_with(name, str_from(leftovers[i])))
            return false;
    /* vim writes this to see whether it can create files. */
    return !str_eq(name, STR("4913"));
}

/* Habit, and editors that put `.txt` behind whatever name they are given. */
const char *const source_misnamed_shared[] = {
    "_site.yml",           "_site.yaml.txt",  "_site.yml.txt",
    "_site.txt",           "_guidelines.yml", "_guidelines.yaml.txt",
    "_guidelines.yml.txt", "_guidelines.txt", NULL,
};

bool source_is_shared(struct str file)
{
    for (size_t i = 0; source_misnamed_shared[i]; i++)
        if (str_eq(file, str_from(source_misnamed_shared[i])))
            return true;
    return str_eq(file, STR("_site.yaml")) || str_eq(file, STR("_guidelines.yaml")) ||
           str_starts_with(file, STR("_theme/"));
}

static bool has_control_characters(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7F)
            return true;
    return false;
}

static struct str name_of(struct str file)
{
    return str_skip(file, (size_t)(str_find_last(file, '/') + 1));
}

static const struct source *kind_of(struct str name)
{
    ptrdiff_t dot = str_find_last(name, '.');
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && dot > 0; i++)
        if (str_eq_nocase(str_skip(name, (size_t)dot), str_from(kinds[i].extension)))
            return &kinds[i].source;
    return NULL;
}

bool source_is_misnamed_page(struct str file)
{
    struct str name = name_of(file);
    ptrdiff_t dot = str_find_last(name, '.');
    if (dot < 0 || !str_eq_nocase(str_skip(name, (size_t)dot), STR(".txt")))
        return false;
    const struct source *meant = kind_of(str_make(name.ptr, (size_t)dot));
    return meant && meant->kind != SOURCE_ASSET;
}

/* The file's path as its URL has it, still without the first slash. */
static struct str url_part(struct str file, struct str name, enum source_kind kind)
{
    if (kind == SOURCE_ASSET)
        return file;
    size_t stem = (size_t)str_find_last(name, '.');
    if (str_eq(str_make(name.ptr, stem), STR("index")))
        stem = 0;
    return str_make(file.ptr, file.len - name.len + stem);
}

int source_classify(struct str file, struct source *source, struct buf *url)
{
    struct str name = name_of(file);
    const struct source *kind = kind_of(name);
    if (!kind || source_is_misnamed_page(file))
        return ERR_NOT_FOUND;
    if (has_control_characters(file) || !str_is_utf8(file))
        return ERR_INVALID;

    *source = *kind;
    buf_append_char(url, '/');
    return path_normalize(url_part(file, name, kind->kind), url);
}

/* Owns compiling a text as one page of a site. */
#include "support/page.h"

#include "base/calendar.h"
#include "base/err.h"
#include "support/test.h"

static struct compiled_page compile_file_at(const char *file, const char *path, const char *site,
                                            struct str bytes, time_t now)
{
    struct compiled_page f = {0};
    struct source html = {SOURCE_HTML, "text/html; charset=utf-8", true};
    struct source markdown = {SOURCE_MARKDOWN, "text/html; charset=utf-8", true};
    struct source icon = {SOURCE_ASSET, "image/x-icon", false};
    assert_int_equal(settings_create(&f.settings, str_from(site), &f.diags), 0);
    struct page_input input = {.file = str_from(file),
                               .url = str_from(path),
                               .bytes = bytes,
                               .settings = f.settings,
                               .now = now};
    input.source = str_ends_with(input.file, STR(".md"))     ? markdown
                   : str_ends_with(input.file, STR(".html")) ? html
                                                             : icon;
    f.rc = page_compile(&f.compiled, &input, TIER_QUICK, &f.diags);
    return f;
}

struct compiled_page compile_file(const char *file, const char *path, const char *site,
                                  struct str bytes)
{
    return compile_file_at(file, path, site, bytes, 0);
}

struct compiled_page compile_page(const char *text)
{
    return compile_file("x/a.md", "/x/a", SITE, str_from(text));
}

time_t utc(const char *text)
{
    struct date_time time;
    assert_int_equal(calendar_parse_date_time(str_from(text), &time), 0);
    return (time_t)time.local_s;
}

struct compiled_page compile_at(const char *text, const char *now)
{
    return compile_file_at("x/a.md", "/x/a", SITE, str_from(text), utc(now));
}

void page_drop(struct compiled_page *f)
{
    compiled_finish(&f->compiled);
    settings_destroy(f->settings);
    diags_finish(&f->diags);
}

struct str body_of(const struct compiled_page *f)
{
    assert_int_equal(f->rc, 0);
    return f->compiled.resource->representations[CODING_IDENTITY].body;
}

size_t occurrences(struct str haystack, const char *needle)
{
    size_t count = 0;
    const char *at;
    while ((at = memmem(haystack.ptr, haystack.len, needle, strlen(needle)))) {
        count++;
        haystack = str_skip(haystack, (size_t)(at - haystack.ptr) + 1);
    }
    return count;
}

void assert_cta(const struct compiled_page *f, const char *id, const char *dest, const char *to)
{
    const struct resource_cta *cta = resource_find_cta(f->compiled.resource, str_from(id));
    assert_non_null(cta);
    assert_str(cta->dest, str_from(dest));
    assert_str(cta->to, str_from(to));
}

void assert_not_published_as(const char *file, const char *text, const char *complaint)
{
    struct compiled_page f = compile_file(file, "/a", SITE, str_from(text));
    struct buf words = BUF_EMPTY;
    assert_int_equal(f.rc, ERR_INVALID);
    assert_null(f.compiled.resource);
    for (size_t i = 0; i < f.diags.count; i++) {
        diag_format(&f.diags.items[i], &words);
        buf_append_char(&words, '\n');
    }
    assert_contains(buf_str(&words), str_from(complaint));
    buf_finish(&words);
    page_drop(&f);
}

void assert_not_published(const char *text, const char *complaint)
{
    assert_not_published_as("x/a.md", text, complaint);
}

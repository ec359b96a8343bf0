/* Owns the rules about what pages and the theme fetch, and what their policies (author_policy.c,
 * look.c) do not let them. */
#include "site/lint_parts.h"

#include "base/err.h"
#include "site/author_policy.h"
#include "site/css.h"
#include "site/link.h"

#include <stdlib.h>

/* --- addresses ------------------------------------------------------------------------------ */

/* Whether a browser that reads `address` asks another origin than the site's. */
static bool is_elsewhere(const struct lint_fetches *fetches, struct str address)
{
    struct str own = fetches->lint->page->settings->url;
    address = str_trim_lines(address);
    bool absolute = str_starts_with(address, STR("//")) ||
                    str_starts_with_nocase(address, STR("https://")) ||
                    str_starts_with_nocase(address, STR("http://"));
    struct str path;
    return absolute && !link_own_path(address, own, &path);
}

static void say(const struct lint_fetches *fetches, enum lint_remark id, struct str address)
{
    const struct lint *lint = fetches->lint;
    char *copy = strndup(address.ptr, address.len);
    if (copy)
        lint_say(lint->diags, lint->page->file, lint_text_line(lint->page, address), id,
                 lint_same(copy), lint_nothing);
    lint->diags->failed |= !copy;
    free(copy);
}

/* The policy of an author's HTML names other sites by https, and by what its header may hold. */
static void check_address(const struct lint_fetches *fetches, struct str address)
{
    address = str_trim_lines(address);
    if (address.len == 0 || !is_elsewhere(fetches, address))
        return;
    bool named = fetches->has_policy || author_policy_host(address).len > 0;
    bool blocked = fetches->is_strict || !named;
    say(fetches, blocked ? LINT_BLOCKED : LINT_OTHER_ORIGIN, address);
}

/* "a.webp 1x, b.webp 2x" */
static void check_candidates(const struct lint_fetches *fetches, const char *srcset)
{
    struct str rest = str_from(srcset);
    struct str candidate;
    while (str_split(&rest, ',', &candidate)) {
        struct str address;
        candidate = str_trim_lines(candidate);
        if (str_split(&candidate, ' ', &address))
            check_address(fetches, address);
    }
}

void lint_fetches_of_style(const struct lint_fetches *fetches, struct str css)
{
    struct str address;
    while (css_next_address(&css, &address))
        check_address(fetches, address);
}

/* --- elements ------------------------------------------------------------------------------- */

/* What is embedded is blocked wherever it comes from, and so are frames in Markdown. Returns
 * whether the element is such a one. */
static bool check_embedded(const struct lint_fetches *fetches, const struct html_element *element)
{
    bool is_object = html_is(element, "object");
    bool is_blocked = is_object || html_is(element, "embed") ||
                      (fetches->is_strict && html_is(element, "iframe"));
    struct str address = str_trim_lines(str_from(html_value(element, is_object ? "data" : "src")));
    if (!is_blocked || fetches->has_policy)
        return false;
    if (address.len > 0)
        say(fetches, LINT_BLOCKED, address);
    return true;
}

/* Of what a document is linked with, these are fetched as soon as it is there. */
static bool is_fetched(struct str rel)
{
    static const struct str kinds[] = {STR_INIT("stylesheet"), STR_INIT("icon"),
                                       STR_INIT("preload"), STR_INIT("modulepreload"),
                                       STR_INIT("manifest")};
    while (rel.len > 0) {
        size_t n = 0;
        while (n < rel.len && !strchr(" \t\r\n\f", rel.ptr[n]))
            n++;
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            if (str_eq_nocase(str_make(rel.ptr, n), kinds[i]))
                return true;
        rel = str_skip(rel, n + 1);
    }
    return false;
}

static void check_source(const struct lint_fetches *fetches, const struct html_element *element)
{
    static const char *const by_src[] = {"img",   "script", "iframe", "video", "audio",
                                         "embed", "source", "track",  "input"};
    for (size_t i = 0; i < sizeof by_src / sizeof *by_src; i++)
        if (html_is(element, by_src[i]))
            check_address(fetches, str_from(html_value(element, "src")));
    if (html_is(element, "object"))
        check_address(fetches, str_from(html_value(element, "data")));
    if (html_is(element, "link") && is_fetched(str_from(html_value(element, "rel"))))
        check_address(fetches, str_from(html_value(element, "href")));
    if (html_is(element, "image"))
        check_address(fetches, str_from(html_value(element, "href")));
}

static bool is_policy(const struct html_element *element)
{
    const char *name = html_is(element, "meta") ? html_value(element, "http-equiv") : NULL;
    return name && str_eq_nocase(str_from(name), STR("content-security-policy"));
}

void lint_fetches_of(struct lint_fetches *fetches, const struct html_element *element)
{
    const char *style = html_value(element, "style");
    fetches->has_policy |= !fetches->is_strict && is_policy(element);
    if (!check_embedded(fetches, element))
        check_source(fetches, element);
    check_candidates(fetches, html_value(element, "srcset"));
    check_candidates(fetches, html_value(element, "imagesrcset"));
    check_address(fetches, str_from(html_value(element, "poster")));
    if (style)
        lint_fetches_of_style(fetches, str_from(style));
}

/* --- the theme ------------------------------------------------------------------------------ */

static void on_element(void *context, const struct html_element *element)
{
    lint_fetches_of(context, element);
}

static void on_text(void *context, struct str text, const struct html_element *parent)
{
    if (html_is(parent, "style"))
        lint_fetches_of_style(context, text);
}

int lint_theme(const struct settings *settings, struct diags *diags)
{
    static const struct html_visitor visitor = {on_element, on_text};
    const struct lint_page parts[] = {
        {.file = STR("_theme/header.html"), .bytes = buf_str(&settings->look.header)},
        {.file = STR("_theme/footer.html"), .bytes = buf_str(&settings->look.footer)},
        {.file = STR("_theme/style.css"), .bytes = buf_str(&settings->look.style)},
    };
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof parts / sizeof *parts; i++) {
        struct lint_page page = parts[i];
        page.settings = settings;
        const struct lint lint = {&page, diags};
        struct lint_fetches fetches = {.lint = &lint, .is_strict = true};
        if (str_ends_with(page.file, STR(".css")))
            lint_fetches_of_style(&fetches, page.bytes);
        else
            rc = lint_visit(page.bytes, &visitor, &fetches);
        if (rc == ERR_TOO_LARGE) /* then no page is small enough */
            rc = 0;
    }
    return rc;
}

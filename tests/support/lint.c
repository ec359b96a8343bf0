#include "support/lint.h"

#include "base/err.h"
#include "support/test.h"

struct compiled_page lint_compile(const char *file, const char *site, const char *rules,
                                  struct str bytes)
{
    struct compiled_page f = {0};
    struct str name = str_from(file);
    struct page_input input = {.file = name, .url = STR("/x/a"), .bytes = bytes};
    input.source.kind = str_ends_with(name, STR(".md"))     ? SOURCE_MARKDOWN
                        : str_ends_with(name, STR(".html")) ? SOURCE_HTML
                                                            : SOURCE_ASSET;
    input.source.content_type = "text/html; charset=utf-8";
    input.now = 1795300000; /* 2026-11-21 */
    assert_int_equal(settings_create(&f.settings, str_from(site), &f.diags), 0);
    if (rules)
        assert_int_equal(guidelines_create(&f.settings->guidelines, str_from(rules), &f.diags), 0);
    input.settings = f.settings;
    f.rc = page_compile(&f.compiled, &input, TIER_QUICK, &f.diags);
    return f;
}

static const struct diag *find(const struct compiled_page *f, const char *words_it)
{
    for (size_t i = 0; i < f->diags.count; i++)
        if (strcmp(f->diags.items[i].words_it, words_it) == 0)
            return &f->diags.items[i];
    for (size_t i = 0; i < f->diags.count; i++)
        print_message("said: %u %s: %s\n", f->diags.items[i].line, f->diags.items[i].rule,
                      f->diags.items[i].words_it);
    return NULL;
}

void assert_says(const struct compiled_page *f, const struct expected *expected)
{
    const struct diag *d = find(f, expected->words_it);
    if (!d)
        fail_msg("nothing says: %s", expected->words_it);
    assert_string_equal(d->words, expected->words);
    assert_string_equal(d->rule, expected->rule);
    assert_int_equal(d->severity, expected->severity);
    assert_int_equal(d->line, expected->line);
    for (enum lang lang = LANG_EN; lang <= LANG_IT; lang++)
        assert_true(*text_in(d->why, lang) && *text_in(d->fix, lang));
    if (expected->severity == SEVERITY_ERROR)
        assert_int_equal(f->rc, ERR_INVALID);
}

void assert_silent(const struct compiled_page *f)
{
    for (size_t i = 0; i < f->diags.count; i++)
        fail_msg("said %u %s: %s", f->diags.items[i].line, f->diags.items[i].rule,
                 f->diags.items[i].words_it);
    assert_int_equal(f->rc, 0);
}

void check(const char *file, const char *rules, const char *bad, const char *good,
           const struct expected *expected)
{
    struct compiled_page f = lint_compile(file, SITE, rules, str_from(bad));
    assert_says(&f, expected);
    page_drop(&f);
    f = lint_compile(file, SITE, rules, str_from(good));
    assert_silent(&f);
    page_drop(&f);
}

void check_md(const char *bad, const char *good, const struct expected *expected)
{
    check("a.md", NULL, bad, good, expected);
}

void check_html(const char *bad, const char *good, const struct expected *expected)
{
    check("a.html", NULL, bad, good, expected);
}

void check_rules(const char *rules, const char *bad, const char *good,
                 const struct expected *expected)
{
    check("a.md", rules, bad, good, expected);
}

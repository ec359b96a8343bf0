/* Pages that tests compile from a text: what came of it, and what was said. */
#ifndef ATTIMO_TESTS_PAGE_H
#define ATTIMO_TESTS_PAGE_H

#include "base/diag.h"
#include "site/page.h"

/* A site with all that pages may need of one, and the front matter that every page needs. */
#define SITE                                                                                    \
    "name: Passo Svelto\nurl: https://www.example.it\nlegal: P.IVA 0 & co\nprivacy: /privacy\n" \
    "place:\n  name: Passo Svelto\n  street: Via A 1\n  city: Parma\n  tel: 0521 5550100\n"     \
    "  whatsapp: +39 347 5550100\n"
#define HEAD "---\ntitle: Scarpe\ndescription: Le scarpe\n"

struct compiled_page {
    struct settings *settings;
    struct diags diags;
    struct compiled compiled;
    int rc;
};

/* Compiles a file of that name and address; to be dropped. `site` is the text of `_site.yaml`. */
struct compiled_page compile_file(const char *file, const char *path, const char *site,
                                  struct str bytes);

/* The same of "x/a.md" at /x/a in SITE, in 1970 or at a moment ("2026-11-17T09:00", UTC). */
struct compiled_page compile_page(const char *text);
struct compiled_page compile_at(const char *text, const char *now);
time_t utc(const char *text);

void page_drop(struct compiled_page *f);

/* The HTML of a page that is published. */
struct str body_of(const struct compiled_page *f);
size_t occurrences(struct str haystack, const char *needle);

/* What a call to action is known for. */
void assert_cta(const struct compiled_page *f, const char *id, const char *dest, const char *to);

/* The file may not be published, and one of the complaints holds these words. */
void assert_not_published_as(const char *file, const char *text, const char *complaint);
void assert_not_published(const char *text, const char *complaint);

#endif

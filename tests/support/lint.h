/* What the rules say of pages that tests compile from a text. */
#ifndef ATTIMO_TESTS_LINT_H
#define ATTIMO_TESTS_LINT_H

#include "support/page.h"

/* A head of which there is nothing to say. */
#define GOOD HEAD "goal: letto\n"
#define HTML                                                                               \
    "<!doctype html><html lang=it><head><title>T</title><meta name=description content=D>" \
    "<meta name=viewport content='width=device-width,initial-scale=1'></head><body>"       \
    "<a data-cta=x href=/>x</a>"
#define TEN        \
    "dieci dieci " \
    "dieci dieci " \
    "dieci dieci "

/* Compiles the page /x/a on 2026-11-21, of the kind that `file` is named for. `rules` is the text
 * of `_guidelines.yaml`, or NULL. To be dropped. */
struct compiled_page lint_compile(const char *file, const char *site, const char *rules,
                                  struct str bytes);

/* What the rule says in either language, at which line and how badly, and that it tells why and
 * what to do. */
struct expected {
    enum severity severity;
    const char *rule;
    unsigned line;
    const char *words;
    const char *words_it;
};

void assert_says(const struct compiled_page *f, const struct expected *expected);
void assert_silent(const struct compiled_page *f);

/* `bad` gets what is expected, `good` nothing at all. */
void check(const char *file, const char *rules, const char *bad, const char *good,
           const struct expected *expected);
void check_md(const char *bad, const char *good, const struct expected *expected);
void check_html(const char *bad, const char *good, const struct expected *expected);
void check_rules(const char *rules, const char *bad, const char *good,
                 const struct expected *expected);

#endif

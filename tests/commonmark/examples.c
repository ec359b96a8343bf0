/* The examples of the CommonMark specification through our Markdown: examples VERSION-OF-MD4C, and
 * on standard input, for each example, a line "NUMBER LENGTH LENGTH" followed by that many bytes of
 * Markdown and of HTML. What md4c 0.4.8 is known to do otherwise must come out otherwise, and
 * nothing else. */
#include "base/buf.h"
#include "site/markdown.h"

#include <stdio.h>
#include <stdlib.h>

struct example {
    unsigned number;
    char *markdown;
    size_t markdown_len;
    char *html;
    size_t html_len;
};

/* By their numbers in version 0.31.2 of the specification. */
static const struct difference {
    unsigned number;
    const char *what;
} known[] = {
    {10, "a tab between # and the text stays, which no browser shows"},
    {82, "a tab behind the text of a heading stays, which no browser shows"},
    {171, "<textarea> holds Markdown (0.30 made it like <pre>)"},
    {354, "a currency sign is no punctuation (0.31 made it so)"},
    {625, "a comment in a line may not hold -- (0.31 allows it)"},
    {626, "<!--> and <!---> are no comments (0.31 made them so)"},
};

static const char *known_difference(unsigned number)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == number)
            return known[i].what;
    return NULL;
}

static bool starts_block(struct str html)
{
    return str_starts_with(html, STR("<ul>")) || str_starts_with(html, STR("<ol")) ||
           str_starts_with(html, STR("<blockquote>"));
}

/* md4c writes <br> for <br />, and no line end before or after the first block of a list's item. */
static void append_comparable(struct buf *out, struct str html)
{
    for (struct str rest = html; rest.len > 0; rest = str_skip(rest, 1)) {
        struct str before = str_make(html.ptr, html.len - rest.len);
        bool is_first = str_ends_with(before, STR("<li>")) || starts_block(str_skip(rest, 1));
        if (rest.ptr[0] == '\n' && is_first)
            continue;
        if (str_starts_with(rest, STR(" />")))
            rest = str_skip(rest, 2);
        buf_append_char(out, rest.ptr[0]);
    }
}

static char *read_bytes(size_t len)
{
    char *bytes = malloc(len + 1);
    if (!bytes || fread(bytes, 1, len, stdin) != len) {
        fputs("examples: the input ends within an example\n", stderr);
        exit(2);
    }
    return bytes;
}

static bool next_example(struct example *e)
{
    char line[64];
    if (!fgets(line, sizeof line, stdin))
        return false;
    char *at = line;
    e->number = (unsigned)strtoul(at, &at, 10);
    e->markdown_len = strtoul(at, &at, 10);
    e->html_len = strtoul(at, &at, 10);
    if (e->number == 0 || *at != '\n') {
        fprintf(stderr, "examples: not the start of an example: %s\n", line);
        exit(2);
    }
    e->markdown = read_bytes(e->markdown_len);
    e->html = read_bytes(e->html_len);
    return true;
}

static void print_difference(const struct example *e, struct str html)
{
    printf("not ok %u: another HTML\n--- Markdown\n%.*s--- expected\n%.*s--- got\n%.*s---\n",
           e->number, (int)e->markdown_len, e->markdown, (int)e->html_len, e->html, (int)html.len,
           html.ptr);
}

/* Whether the example comes out as it should: right, or wrong in the way that is known. With
 * another version than 0.4.8 (`exact` is false) what is known may be right as well. */
static bool check(const struct example *e, bool exact)
{
    struct buf html = BUF_EMPTY;
    struct buf got = BUF_EMPTY;
    struct buf expected = BUF_EMPTY;
    bool done = markdown_to_html(str_make(e->markdown, e->markdown_len), &html) == 0;
    append_comparable(&got, buf_str(&html));
    append_comparable(&expected, str_make(e->html, e->html_len));
    bool same = done && str_eq(buf_str(&got), buf_str(&expected));

    const char *difference = known_difference(e->number);
    bool good = same ? !(difference && exact) : difference && done;
    if (!same && good)
        printf("known difference %u: %s\n", e->number, difference);
    else if (same && !good)
        printf("not ok %u: right, but known as different: %s\n", e->number, difference);
    else if (!good)
        print_difference(e, buf_str(&html));
    buf_finish(&html);
    buf_finish(&got);
    buf_finish(&expected);
    return good;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: examples VERSION-OF-MD4C <EXAMPLES\n", stderr);
        return 2;
    }
    bool exact = strcmp(argv[1], "0.4.8") == 0;
    unsigned passed = 0;
    unsigned failed = 0;
    for (struct example e; next_example(&e);) {
        if (check(&e, exact))
            passed++;
        else
            failed++;
        free(e.markdown);
        free(e.html);
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}

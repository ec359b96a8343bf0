/* docs/funnel.md and docs/report.md name every key and every column that programs are given, and no
 * other. */
#include "support/command.h"
#include "support/files.h"
#include "support/test.h"

#include <stdio.h>

enum { KEYS_MAX = 256 };

struct keys {
    struct str list[KEYS_MAX];
    size_t count;
};

static bool has(const struct keys *keys, struct str key)
{
    for (size_t i = 0; i < keys->count; i++)
        if (str_eq(keys->list[i], key))
            return true;
    return false;
}

/* The keys of all objects: strings with a colon behind them. */
static void find_keys(struct keys *out, struct str json)
{
    *out = (struct keys){.count = 0};
    for (size_t i = 0; i < json.len; i++) {
        if (json.ptr[i] != '"')
            continue;
        size_t start = ++i;
        while (i < json.len && json.ptr[i] != '"')
            i += json.ptr[i] == '\\' ? 2 : 1;
        struct str key = str_make(json.ptr + start, i - start);
        if (i + 1 < json.len && json.ptr[i + 1] == ':' && !has(out, key)) {
            assert_true(out->count < KEYS_MAX);
            out->list[out->count++] = key;
        }
    }
    assert_true(out->count > 0);
}

/* The example of JSON: lines that are set in, from the one with the first brace on. */
static struct str find_example(struct str document)
{
    struct str example = str_make(NULL, 0);
    struct str line;
    while (str_split(&document, '\n', &line)) {
        if (!example.ptr && str_starts_with(line, STR("    {\"")))
            example = line;
        else if (example.ptr && !str_starts_with(line, STR("    ")))
            break;
        else if (example.ptr)
            example.len = (size_t)(line.ptr + line.len - example.ptr);
    }
    assert_true(example.len > 0);
    return example;
}

/* Where a key is told of in words: `key`. */
static bool is_told(struct str document, struct str key)
{
    struct buf words = BUF_EMPTY;
    buf_printf(&words, "`%.*s`", STR_ARG(key));
    bool told = str_contains(document, buf_str(&words));
    buf_finish(&words);
    return told;
}

static void compare_keys(struct str document, struct str answer, struct str asked)
{
    struct keys documented;
    struct keys given;
    find_keys(&documented, find_example(document));
    find_keys(&given, answer);
    for (size_t i = 0; i < documented.count; i++)
        if (!has(&given, documented.list[i]))
            fail_msg("\"%.*s\" is in the document only", STR_ARG(documented.list[i]));
    for (size_t i = 0; i < given.count; i++)
        if (!has(&documented, given.list[i]) && !is_told(document, given.list[i]) &&
            !str_eq(given.list[i], asked))
            fail_msg("\"%.*s\" is not in the document", STR_ARG(given.list[i]));
}

/* The head of a table but for its first column, as `a,b,c` in the document, spaces or not. */
static void compare_columns(struct str document, struct str table)
{
    struct buf dense = BUF_EMPTY;
    struct buf expected = BUF_EMPTY;
    struct str head;
    struct str first;
    assert_true(str_split(&table, '\r', &head) && str_split(&head, ',', &first));
    for (size_t i = 0; i < document.len; i++)
        if (document.ptr[i] != ' ' && document.ptr[i] != '\n')
            buf_append_char(&dense, document.ptr[i]);
    buf_printf(&expected, "`%.*s`", STR_ARG(head));
    if (!str_contains(buf_str(&dense), buf_str(&expected)))
        fail_msg("the document has other columns than %.*s", STR_ARG(head));
    buf_finish(&dense);
    buf_finish(&expected);
}

/* A page view of a day, with all that can happen on one. */
static void append_view(struct buf *out, int day, const char *rev)
{
    static const char *const events[] = {
        "view\",\"page\":\"/x\",\"app\":\"instagram\",\"os\":\"ios\",\"utm_campaign\":\"autunno",
        "seen", "click\",\"cta\":\"call\",\"dest\":\"tel", "left",
        "summary\",\"lcp\":700,\"ttfb\":90,\"inp\":8,\"cls\":0,\"engaged_ms\":4000,\"d\":\"d"};
    for (int i = 0; i < 5; i++)
        buf_printf(out,
                   "{\"v\":1,\"seq\":%d,\"id\":\"%d-%d\",\"ts\":\"2026-11-%02dT10:00:0%dZ\","
                   "\"event\":\"%s\",\"pv\":\"p%d\",\"rev\":\"%s\"}\n",
                   day * 10 + i, day, i, day, i, events[i], day, rev);
}

static const char *write_journal(struct command *c)
{
    struct buf journal = BUF_EMPTY;
    append_view(&journal, 14, "r1");
    append_view(&journal, 16, "r2");
    files_write(c->folder, "x.ndjson", buf_str(&journal));
    files_write(c->folder, "pages/x.md",
                STR("---\ntitle: x\ncta:\n  - call: x\n    value: 3\n---\nx\n"));
    files_write(c->folder, "costs.csv",
                STR("utm_campaign,from,to,eur\nautunno,2026-11-16,2026-11-16,5\n"));
    buf_finish(&journal);
    return command_path(c, "x.ndjson");
}

#define DAYS "--from=2026-11-16", "--to=2026-11-17"

static void what_a_funnel_gives_is_documented(void **state)
{
    struct command *c = *state;
    struct buf document = BUF_EMPTY;
    const char *file = write_journal(c);
    files_read("docs/funnel.md", &document);
    command_run(c, "funnel", "--input", file, DAYS, "--format=json", "--steps=seen,click");
    compare_keys(buf_str(&document), buf_str(&c->out), STR(""));
    command_run(c, "funnel", "--input", file, DAYS, "--format=json", "--by=page");
    compare_keys(buf_str(&document), buf_str(&c->out), STR("page"));
    command_run(c, "funnel", "--input", file, DAYS, "--format=csv", "--by=page");
    compare_columns(buf_str(&document), buf_str(&c->out));
    buf_finish(&document);
}

static void what_a_report_gives_is_documented(void **state)
{
    struct command *c = *state;
    struct buf document = BUF_EMPTY;
    const char *file = write_journal(c);
    files_read("docs/report.md", &document);
    static const char *const formats[] = {"json", "csv"};
    for (size_t i = 0; i < 2; i++) {
        command_run(c, "report", "--input", file, DAYS, "--pages", command_path(c, "pages"),
                    "--costs", command_path(c, "costs.csv"), "--format", formats[i]);
        assert_int_equal(c->code, 0);
        if (i == 0)
            compare_keys(buf_str(&document), buf_str(&c->out), STR(""));
        else
            compare_columns(buf_str(&document), buf_str(&c->out));
    }
    buf_finish(&document);
}

TEST_MAIN(COMMAND_TEST(what_a_funnel_gives_is_documented),
          COMMAND_TEST(what_a_report_gives_is_documented))

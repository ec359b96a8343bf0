/* Reports of page views that not everything is known of, and by keys that few ask for. */
#include "support/command.h"
#include "support/files.h"
#include "support/test.h"

#include <stdio.h>

/* A page view of 2026-11-16, seen, with what its summary says. */
static void add_view(struct buf *out, const char *pv, const char *node, const char *summary)
{
    static const char *const events[] = {"view", "seen", "summary"};
    for (int i = 0; i < 3; i++)
        buf_printf(out,
                   "{\"v\":1,\"seq\":1,\"id\":\"%s-%d\",\"ts\":\"2026-11-16T10:00:0%d.000Z\","
                   "\"node\":\"%s\",\"event\":\"%s\",\"pv\":\"%s\",\"page\":\"/a\"%s}\n",
                   pv, i, i, node, events[i], pv, i == 2 ? summary : "");
}

static void write_journal(struct command *c, const char *summary)
{
    struct buf journal = BUF_EMPTY;
    add_view(&journal, "A", "parma", summary);
    add_view(&journal, "B", "parma", summary);
    add_view(&journal, "C", "lodi", summary);
    files_write(c->folder, "x.ndjson", buf_str(&journal));
    files_write(c->folder, "pages/a.md", STR("---\ntitle: a\n---\n"));
    buf_finish(&journal);
}

#define REPORT(c, ...)                                                                         \
    command_run(c, "report", "--input", command_path(c, "x.ndjson"), "--pages",                \
                command_path(c, "pages"), "--from=2026-11-16", "--to=2026-11-16", "--lang=en", \
                __VA_ARGS__)

static void the_servers_of_a_site_can_be_told_apart(void **state)
{
    struct command *c = *state;
    write_journal(c, "");
    REPORT(c, "--by=node", "--format=csv");
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("\r\nparma,2,2,"));
    assert_contains(buf_str(&c->out), STR("\r\nlodi,1,1,"));
}

static void of_the_phones_only_what_is_known_is_told(void **state)
{
    struct command *c = *state;
    write_journal(c, ",\"engaged_ms\":4000,\"lcp\":2000,\"cls\":0.04");
    REPORT(c, "--format=text");
    assert_contains(buf_str(&c->out), STR("\nFrom the phones, p75: LCP 2.0\u00A0s · CLS 0.04\n"));
    write_journal(c, ",\"engaged_ms\":4000,\"scroll\":50");
    REPORT(c, "--format=text");
    assert_contains(buf_str(&c->out), STR("\nEngaged time: median 4"));
    assert_false(str_contains(buf_str(&c->out), STR("From the phones")));
    REPORT(c, "--format=html");
    assert_int_equal(c->code, 0);
    assert_false(str_contains(buf_str(&c->out), STR("Speed on the phones")));
}

/* Browsers tell of interactions that took 104 ms or more: the slowest of few say nothing of all. */
static void slow_taps_of_some_are_no_verdict_on_all(void **state)
{
    struct command *c = *state;
    write_journal(c, ",\"engaged_ms\":4000,\"lcp\":2000,\"inp\":640,\"cls\":0.04");
    REPORT(c, "--format=text");
    assert_contains(buf_str(&c->out), STR(" · INP 640\u00A0ms (where it is 104 ms or more) · "));
    assert_contains(buf_str(&c->out), STR("the page is there within 2.0\u00A0s.\n"));
    REPORT(c, "--format=html");
    assert_contains(buf_str(&c->out), STR("640\u00A0ms</dd><dd>a tap is answered, where that took "
                                          "104 ms or more</dd>"));
    assert_contains(buf_str(&c->out), STR("the page is there: <span class=\"good\">good</span>"));
    assert_false(str_contains(buf_str(&c->out), STR(">poor<")));
}

/* Pages that a browser had kept: 10 were served, 12 seen; and one channel has none that was served.
 */
static void write_kept(struct command *c)
{
    static const char *const channels[] = {"news", "kept"};
    struct buf journal = BUF_EMPTY;
    for (int i = 0; i < 17; i++) {
        const char *source = channels[i >= 12];
        for (int k = i < 10 ? 0 : 1; k < 2; k++)
            buf_printf(&journal,
                       "{\"v\":1,\"seq\":1,\"id\":\"%d-%d\",\"ts\":\"2026-11-16T10:00:0%dZ\","
                       "\"event\":\"%s\",\"pv\":\"p%d\",\"page\":\"/a\",\"utm_source\":\"%s\"}\n",
                       i, k, k, k == 0 ? "view" : "seen", i, source);
    }
    files_write(c->folder, "x.ndjson", buf_str(&journal));
    files_write(c->folder, "pages/a.md", STR("---\ntitle: a\n---\n"));
    buf_finish(&journal);
}

static void coverage_is_the_same_in_all_forms(void **state)
{
    struct command *c = *state;
    write_kept(c);
    REPORT(c, "--format=text");
    assert_contains(buf_str(&c->out), STR("\nnews       12      120%"));
    assert_contains(buf_str(&c->out), STR("\nkept        5         –"));
    assert_contains(buf_str(&c->out), STR("17 seen of 10 served (170%)"));
    REPORT(c, "--format=html");
    assert_contains(buf_str(&c->out), STR("data-l=\"Coverage\" data-v=\"1.2\">120%</td>"));
    assert_contains(buf_str(&c->out), STR("data-l=\"Coverage\" data-v=\"\">–</td>"));
    assert_contains(buf_str(&c->out), STR("170.0% of those served"));
}

/* Else the 10th would stand before the 2nd, and Friday before Monday. */
static void days_have_an_order_of_their_own(void **state)
{
    struct command *c = *state;
    write_kept(c);
    REPORT(c, "--format=html", "--by=weekday");
    assert_contains(buf_str(&c->out), STR("<tr><td data-v=\"1\">Mon</td>"));
    assert_contains(buf_str(&c->out), STR("<tr><td data-v=\"20773\">16 November 2026</td>"));
    REPORT(c, "--format=html", "--by=page");
    assert_contains(buf_str(&c->out), STR("<tr><td>/a<small>"));
}

static void write_booking(struct command *c, const char *cta)
{
    struct buf journal = BUF_EMPTY;
    static const char *const events[] = {"view", "seen", "click"};
    for (int i = 0; i < 3; i++)
        buf_printf(
            &journal,
            "{\"v\":1,\"seq\":1,\"id\":\"%d\",\"ts\":\"2026-11-16T10:00:0%dZ\",\"event\":\"%s\","
            "\"pv\":\"a\",\"page\":\"/a\"%s}\n",
            i, i, events[i], i == 2 ? cta : "");
    files_write(c->folder, "x.ndjson", buf_str(&journal));
    buf_finish(&journal);
}

/* Older journals have them as they stand in the page. */
static void spaces_around_a_name_in_html_are_none(void **state)
{
    struct command *c = *state;
    static const char *const heads[] = {"", "---\ngoal: prenota\n---\n"};
    static const char *const taps[] = {",\"cta\":\"prenota\",\"dest\":\"tel\"",
                                       ",\"cta\":\"prenota \",\"dest\":\"tel\""};
    for (size_t i = 0; i < 4; i++) {
        struct buf html = BUF_EMPTY;
        buf_printf(&html,
                   "%s<!doctype html><title>a</title><a data-cta=\"prenota \" href=\"tel:1\">x",
                   heads[i / 2]);
        files_write(c->folder, "pages/a.html", buf_str(&html));
        write_booking(c, taps[i % 2]);
        REPORT(c, "--format=json");
        assert_contains(buf_str(&c->out), STR("\"goal\":1,\"rate\":1,"));
        assert_contains(buf_str(&c->out), STR("\"goal_guessed\":0,"));
        assert_contains(buf_str(&c->out),
                        STR("\"cta\":\"prenota\",\"dest\":\"tel\",\"goal\":true"));
        buf_finish(&html);
    }
}

/* The server calls a link to another page by its kind, where its author has not called it anything.
 */
static void a_link_to_another_page_is_told_as_no_call_to_action(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "pages/index.md", STR("---\ntitle: x\n---\n"));
    write_booking(c, ",\"cta\":\"page\",\"dest\":\"page\"");
    REPORT(c, "--format=html");
    assert_false(str_contains(buf_str(&c->out), STR(">page<")));
    assert_false(str_contains(buf_str(&c->out), STR("What was tapped")));
    assert_false(str_contains(buf_str(&c->out), STR("whose goal is not known")));
    write_booking(c, ",\"cta\":\"call\",\"dest\":\"tel\"");
    REPORT(c, "--format=html");
    assert_contains(buf_str(&c->out), STR("What was tapped"));
    assert_contains(buf_str(&c->out), STR(">call<small>/a</small>"));
    assert_contains(buf_str(&c->out), STR("whose goal is not known"));
}

static void write_sources(struct command *c, int count)
{
    struct buf journal = BUF_EMPTY;
    for (int i = 0; i < count; i++)
        buf_printf(&journal,
                   "{\"v\":1,\"seq\":1,\"id\":\"%d\",\"ts\":\"2026-11-16T10:00:00Z\",\"event\":"
                   "\"view\",\"pv\":\"p%d\",\"page\":\"/a\",\"utm_source\":\"s%d\"}\n",
                   i, i, i);
    files_write(c->folder, "x.ndjson", buf_str(&journal));
    files_write(c->folder, "pages/a.md", STR("---\ntitle: a\n---\n"));
    buf_finish(&journal);
}

/* The CSV file, which has all rows, has none of them. */
static void channels_beyond_ten_are_counted(void **state)
{
    struct command *c = *state;
    write_sources(c, 10);
    REPORT(c, "--format=text");
    assert_contains(buf_str(&c->out), STR("\nCHANNEL "));
    assert_false(str_contains(buf_str(&c->out), STR(" more (--format")));
    write_sources(c, 12);
    REPORT(c, "--format=text");
    assert_contains(buf_str(&c->out), STR("\nand 2 more (--format json has all)\n"));
}

TEST_MAIN(COMMAND_TEST(a_link_to_another_page_is_told_as_no_call_to_action),
          COMMAND_TEST(slow_taps_of_some_are_no_verdict_on_all),
          COMMAND_TEST(coverage_is_the_same_in_all_forms),
          COMMAND_TEST(channels_beyond_ten_are_counted),
          COMMAND_TEST(days_have_an_order_of_their_own),
          COMMAND_TEST(spaces_around_a_name_in_html_are_none),
          COMMAND_TEST(the_servers_of_a_site_can_be_told_apart),
          COMMAND_TEST(of_the_phones_only_what_is_known_is_told))

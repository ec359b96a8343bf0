/* The rules about pages that are something else at another time: what they weigh then, and where
 * they lead. */
#include "support/page.h"
#include "support/test.h"

#include "base/err.h"

#include <stdio.h>

#define GOOD HEAD "goal: letto\n"

/* Words that do not repeat, so that compression finds little. */
static struct compiled_page compile_with(const char *head, size_t words, const char *site)
{
    struct buf text = BUF_EMPTY;
    uint64_t n = 88172645463325252U;
    buf_append(&text, str_from(head));
    buf_append(&text, STR("---\n"));
    for (size_t i = 0; i < words; i++) {
        n ^= n << 13;
        n ^= n >> 7;
        n ^= n << 17;
        buf_printf(&text, "%llx\n", (unsigned long long)n);
    }
    struct compiled_page f = compile_file("a.md", "/a", site, buf_str(&text));
    buf_finish(&text);
    return f;
}

static void a_page_to_come_weighs_what_it_will_when_it_is_live(void **state)
{
    (void)state;
    static const char *const later[] = {GOOD "publish_at: 2026-12-24 18:00\n", GOOD "draft: yes\n"};
    struct compiled_page f = compile_with(GOOD, 1200, SITE);
    assert_int_equal(f.rc, 0);
    size_t live = f.compiled.wire_size;
    page_drop(&f);
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        f = compile_with(later[i], 1200, SITE);
        assert_int_equal(f.rc, 0);
        assert_in_range(f.compiled.wire_size, live - 50, live + 50);
        assert_int_equal(occurrences(body_of(&f), "<script>"), 0);
        page_drop(&f);

        f = compile_with(later[i], 1330, SITE);
        assert_int_equal(f.rc, ERR_INVALID);
        assert_int_equal(f.diags.errors, 1);
        assert_string_equal(f.diags.items[0].rule, "first-flight");
        page_drop(&f);

        /* Without its script it fits. */
        f = compile_with(later[i], 1330, SITE "capture: off\n");
        assert_int_equal(f.rc, 0);
        page_drop(&f);
    }
}

/* Whether a page that leads there is not published for it. */
static bool is_refused(const char *then)
{
    char text[512];
    (void)snprintf(text, sizeof text,
                   GOOD "aliases: [/qr, /caff%%C3%%A8]\nexpires_at: 2026-12-24\nthen: %s\n---\nT\n",
                   then);
    struct compiled_page f = compile_page(text);
    bool refused = f.rc != 0;
    if (refused) {
        assert_string_equal(f.diags.items[0].rule, "link");
        assert_int_equal(f.diags.items[0].line, 7);
    }
    page_drop(&f);
    return refused;
}

static void an_expired_page_may_not_lead_to_itself(void **state)
{
    (void)state;
    static const char *const bad[] = {"/x/a",         "/x/a?da=qr", "/x/%61",
                                      "/x/a.html#su", "/x/a.md",    "https://www.example.it/x/a"};
    /* That some of these are pages of their own is known when all pages are. */
    static const char *const good[] = {"/",
                                       "/x/",
                                       "/x/a/",
                                       "/x/a/b",
                                       "/x/a/index",
                                       "/qr",
                                       "/caff\xC3\xA8",
                                       "https://www.example.it",
                                       "https://www.example.items/x/a",
                                       "https://altrove.example/x/a"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_true(is_refused(bad[i]));
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_false(is_refused(good[i]));
}

TEST_MAIN(cmocka_unit_test(a_page_to_come_weighs_what_it_will_when_it_is_live),
          cmocka_unit_test(an_expired_page_may_not_lead_to_itself))

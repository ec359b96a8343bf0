/* The rules about pages that are something else at another time: what they weigh then, and where
 * they lead. */
#include "support/page.h"
#include "support/test.h"

#include "base/err.h"

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

TEST_MAIN(cmocka_unit_test(a_page_to_come_weighs_what_it_will_when_it_is_live))

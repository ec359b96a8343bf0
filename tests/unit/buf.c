/* Buffers: what is appended is there, whatever its size, and a failure is remembered. */
#include "base/buf.h"

#include "base/err.h"
#include "support/test.h"

static void what_is_appended_comes_out_in_order(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    buf_append(&b, STR("a"));
    buf_append(&b, STR(""));
    buf_append_char(&b, 'b');
    buf_printf(&b, "%d%s", 12, "c");
    buf_printf(&b, "%s", "");
    assert_str(buf_str(&b), STR("ab12c"));
    buf_finish(&b);
    assert_int_equal(buf_str(&b).len, 0);
    buf_finish(NULL);
}

static void it_grows_over_every_boundary(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    for (int i = 0; i < 5000; i++)
        buf_printf(&b, "%04d", i);
    assert_int_equal(buf_status(&b), 0);
    assert_int_equal(b.len, 20000);
    for (size_t i = 0; i < 5000; i += 499) {
        uint64_t n;
        assert_int_equal(str_to_u64(str_make(b.ptr + i * 4, 4), &n), 0);
        assert_int_equal(n, i);
    }
    buf_finish(&b);
}

static void text_for_html_cannot_leave_its_place(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    buf_append_html(&b, STR("<b a=\"x\" b='y'>& perch\xC3\xA9"));
    assert_str(buf_str(&b), STR("&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp; perch\xC3\xA9"));
    buf_clear(&b);
    buf_append_html(&b, STR(""));
    buf_append_html(&b, STR("<"));
    assert_str(buf_str(&b), STR("&lt;"));
    buf_finish(&b);
}

static void a_failure_is_remembered_until_it_is_cleared(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    buf_append(&b, STR("kept"));
    assert_null(buf_reserve(&b, SIZE_MAX));
    assert_int_equal(buf_status(&b), ERR_NO_MEMORY);
    buf_append(&b, STR("lost"));
    buf_append_char(&b, '!');
    buf_printf(&b, "%d", 1);
    assert_str(buf_str(&b), STR("kept"));
    assert_int_equal(buf_status(&b), ERR_NO_MEMORY);

    buf_clear(&b);
    buf_append(&b, STR("new"));
    assert_int_equal(buf_status(&b), 0);
    assert_str(buf_str(&b), STR("new"));
    buf_finish(&b);
}

static void what_is_consumed_is_gone_from_the_front(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    buf_consume(&b, 0);
    buf_append(&b, STR("GET /"));
    buf_consume(&b, 4);
    assert_str(buf_str(&b), STR("/"));
    buf_append(&b, STR("x"));
    assert_str(buf_str(&b), STR("/x"));
    buf_consume(&b, 2);
    assert_int_equal(b.len, 0);
    buf_finish(&b);
}

static void any_bytes_become_a_string_of_json(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    buf_append_json(&b, STR("caff\xC3\xA8 \"\\\n"));
    assert_str(buf_str(&b), STR("\"caff\xC3\xA8 \\\"\\\\\\u000a\""));
    buf_clear(&b);
    buf_append_json(&b, STR("caff\xE8"));
    assert_str(buf_str(&b), STR("\"caff\\\\xe8\""));
    buf_finish(&b);
}

TEST_MAIN(cmocka_unit_test(any_bytes_become_a_string_of_json),
          cmocka_unit_test(what_is_appended_comes_out_in_order),
          cmocka_unit_test(it_grows_over_every_boundary),
          cmocka_unit_test(text_for_html_cannot_leave_its_place),
          cmocka_unit_test(a_failure_is_remembered_until_it_is_cleared),
          cmocka_unit_test(what_is_consumed_is_gone_from_the_front))

/* Links to drafts: good for one page, for a while, and only as they were made. */
#include "site/preview.h"

#include "support/test.h"

static const unsigned char key[HASH_KEY_SIZE] = "thirty-two bytes of a secret key";
static const unsigned char other_key[HASH_KEY_SIZE] = "thirty-two bytes of another key.";

static void link_to(struct buf *query, const char *path, time_t until)
{
    buf_clear(query);
    buf_append(query, STR("preview="));
    preview_append_token(query, key, str_from(path), until);
}

static void a_link_opens_its_page_until_it_ends(void **state)
{
    (void)state;
    struct buf query = BUF_EMPTY;
    link_to(&query, "/x/a", 1000);
    assert_true(preview_is_allowed(buf_str(&query), key, STR("/x/a"), 999));
    assert_true(preview_is_allowed(buf_str(&query), key, STR("/x/a"), 1000));
    assert_false(preview_is_allowed(buf_str(&query), key, STR("/x/a"), 1001));
    buf_finish(&query);
}

static void a_link_opens_no_other_page_and_no_other_site(void **state)
{
    (void)state;
    struct buf query = BUF_EMPTY;
    link_to(&query, "/x/a", 1000);
    assert_false(preview_is_allowed(buf_str(&query), key, STR("/x/b"), 999));
    assert_false(preview_is_allowed(buf_str(&query), other_key, STR("/x/a"), 999));
    buf_finish(&query);
}

static void what_messengers_add_to_a_link_does_no_harm(void **state)
{
    (void)state;
    struct buf query = BUF_EMPTY;
    buf_append(&query, STR("fbclid=1&preview="));
    preview_append_token(&query, key, STR("/a"), 1000);
    buf_append(&query, STR("&utm_source=whatsapp"));
    assert_true(preview_is_allowed(buf_str(&query), key, STR("/a"), 999));
    buf_finish(&query);
}

static void a_changed_link_is_worth_nothing(void **state)
{
    (void)state;
    struct buf query = BUF_EMPTY;
    link_to(&query, "/a", 1000);
    for (size_t i = strlen("preview="); i < query.len; i++) {
        char kept = query.ptr[i];
        query.ptr[i] = (char)(kept == '9' ? '8' : '9');
        assert_false(preview_is_allowed(buf_str(&query), key, STR("/a"), 999));
        query.ptr[i] = kept;
    }
    for (size_t length = 0; length < query.len; length++)
        assert_false(preview_is_allowed(str_make(query.ptr, length), key, STR("/a"), 999));
    assert_false(preview_is_allowed(STR(""), key, STR("/a"), 999));
    assert_false(preview_is_allowed(STR("preview=99999999999999999999.a"), key, STR("/a"), 999));
    buf_finish(&query);
}

static int set_up(void **state)
{
    (void)state;
    return hash_init();
}

TEST_MAIN_WITH(set_up, NULL, cmocka_unit_test(a_link_opens_its_page_until_it_ends),
               cmocka_unit_test(a_link_opens_no_other_page_and_no_other_site),
               cmocka_unit_test(what_messengers_add_to_a_link_does_no_harm),
               cmocka_unit_test(a_changed_link_is_worth_nothing))

/* Tokens: the server recognises its own, for the page that they were made for, for a day. */
#include "capture/token.h"

#include "support/test.h"

enum { DAY_MS = 24 * 3600 * 1000 };

static const int64_t now = 1795310103127;
static const struct text {
    struct str path;
    struct str rev;
} page = {STR_INIT("/voglio-comprare/scarpe"), STR_INIT("a1b2c3d4e5f6a7b8")};
static const unsigned char secret[HASH_KEY_SIZE] = "a secret that is 32 bytes long.";

static struct token_key key_of(const unsigned char bytes[HASH_KEY_SIZE])
{
    struct token_key key;
    token_key_init(&key, bytes);
    return key;
}

static struct str make(char out[TOKEN_LEN], int64_t ms, bool prefetch, const struct text *of)
{
    const struct token_facts facts = {.ms = ms, .random = 0x0123456789abcdef, .prefetch = prefetch};
    struct token_key key = key_of(secret);
    token_write(out, &key, &facts, hash_pair(of->path, of->rev));
    return str_make(out, TOKEN_LEN);
}

static enum token_verdict judge(struct str token, const struct text *of, int64_t at)
{
    struct token_facts facts;
    struct token_key key = key_of(secret);
    return token_read(&facts, token, &key, hash_pair(of->path, of->rev), at);
}

static void a_token_is_recognised_and_tells_its_facts(void **state)
{
    (void)state;
    char bytes[TOKEN_LEN];
    struct token_key key = key_of(secret);
    struct token_facts facts;
    struct str token = make(bytes, now, true, &page);
    assert_int_equal(token_read(&facts, token, &key, hash_pair(page.path, page.rev), now + 5000),
                     TOKEN_GOOD);
    assert_int_equal(facts.ms, now);
    assert_int_equal(facts.random, 0x0123456789abcdef);
    assert_true(facts.prefetch);
    assert_true(token_has_form(token));
}

static void it_is_good_for_a_day(void **state)
{
    (void)state;
    char bytes[TOKEN_LEN];
    struct str token = make(bytes, now, false, &page);
    assert_int_equal(judge(token, &page, now + DAY_MS), TOKEN_GOOD);
    assert_int_equal(judge(token, &page, now + DAY_MS + 1), TOKEN_OLD);
}

static void a_clock_that_steps_back_an_hour_spoils_nothing(void **state)
{
    (void)state;
    char bytes[TOKEN_LEN];
    struct str token = make(bytes, now, false, &page);
    assert_int_equal(judge(token, &page, now - 3600 * 1000), TOKEN_GOOD);
    assert_int_equal(judge(token, &page, now - DAY_MS - 1), TOKEN_OLD);
}

static void no_single_character_can_be_changed(void **state)
{
    (void)state;
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char bytes[TOKEN_LEN];
    struct str token = make(bytes, now, false, &page);
    for (size_t i = 0; i < TOKEN_LEN; i++) {
        char was = bytes[i];
        for (const char *c = alphabet; *c; c++) {
            bytes[i] = *c;
            assert_int_equal(judge(token, &page, now), *c == was ? TOKEN_GOOD : TOKEN_FORGED);
        }
        bytes[i] = was;
    }
}

static void it_is_of_no_other_page_revision_or_installation(void **state)
{
    (void)state;
    static const unsigned char other_secret[HASH_KEY_SIZE] = "another one that is 32 bytes.";
    const struct text other_path = {STR("/voglio-comprare/scarpa"), page.rev};
    const struct text other_rev = {page.path, STR("a1b2c3d4e5f6a7b9")};
    const struct text shifted = {STR("8/voglio-comprare/scarpe"), STR("a1b2c3d4e5f6a7b")};
    char bytes[TOKEN_LEN];
    struct str token = make(bytes, now, false, &page);
    assert_int_equal(judge(token, &other_path, now), TOKEN_FORGED);
    assert_int_equal(judge(token, &other_rev, now), TOKEN_FORGED);
    assert_int_equal(judge(token, &shifted, now), TOKEN_FORGED);

    struct token_key other = key_of(other_secret);
    struct token_facts facts;
    assert_int_equal(token_read(&facts, token, &other, hash_pair(page.path, page.rev), now),
                     TOKEN_FORGED);
}

static void paths_of_any_length_are_signed_to_their_end(void **state)
{
    (void)state;
    char path[3000];
    char bytes[TOKEN_LEN];
    memset(path, 'a', sizeof path);
    for (size_t len = 250; len < sizeof path; len = len * 5 / 4) {
        const struct text of = {str_make(path, len), page.rev};
        struct str token = make(bytes, now, false, &of);
        assert_int_equal(judge(token, &of, now), TOKEN_GOOD);
        path[len - 1] = 'b';
        assert_int_equal(judge(token, &of, now), TOKEN_FORGED);
        path[len - 1] = 'a';
    }
}

static void what_a_script_makes_up_is_told_from_what_is_forged(void **state)
{
    (void)state;
    assert_int_equal(judge(STR("0123456789abcdefghij-_"), &page, now), TOKEN_CLIENT);
    assert_int_equal(judge(STR("0123456789abcdef0123456789abcdef"), &page, now), TOKEN_CLIENT);
    assert_int_equal(judge(STR("12345678901234567890123456789012345678"), &page, now),
                     TOKEN_CLIENT);
    assert_int_equal(judge(STR("12345678901234567890123"), &page, now), TOKEN_FORGED);
    assert_int_equal(judge(STR(""), &page, now), TOKEN_ABSENT);
    assert_int_equal(judge(STR("0123456789abcdefghij-!"), &page, now), TOKEN_FORGED);
    assert_int_equal(judge(STR("short"), &page, now), TOKEN_FORGED);
    assert_false(token_has_form(STR("short")));
}

static void the_id_is_the_token_without_what_proves_it(void **state)
{
    (void)state;
    char bytes[TOKEN_LEN];
    char other[TOKEN_LEN];
    const struct text other_page = {STR("/"), page.rev};
    struct str id = token_id(make(bytes, now, false, &page));
    assert_int_equal(id.len, TOKEN_ID_LEN);
    assert_str(id, token_id(make(other, now, false, &other_page)));
    assert_str(token_id(STR("0123456789abcdefghij-_")), STR("0123456789abcdefghij-_"));
}

static void the_id_tells_when_the_token_was_made(void **state)
{
    (void)state;
    char bytes[TOKEN_LEN];
    for (int64_t ms = now; ms < INT64_C(1) << 42; ms = ms * 9 / 8 + 12345678) {
        for (int prefetch = 0; prefetch < 2; prefetch++) {
            int64_t made_ms = token_date(token_id(make(bytes, ms, prefetch, &page)));
            assert_true(made_ms <= ms && ms < made_ms + TOKEN_DATE_STEP);
        }
    }
    assert_int_equal(token_date(token_id(STR("0123456789abcdefghij-_"))), -1);
}

static int set_up(void **state)
{
    (void)state;
    return hash_init();
}

TEST_MAIN_WITH(set_up, NULL, cmocka_unit_test(a_token_is_recognised_and_tells_its_facts),
               cmocka_unit_test(it_is_good_for_a_day),
               cmocka_unit_test(a_clock_that_steps_back_an_hour_spoils_nothing),
               cmocka_unit_test(no_single_character_can_be_changed),
               cmocka_unit_test(it_is_of_no_other_page_revision_or_installation),
               cmocka_unit_test(paths_of_any_length_are_signed_to_their_end),
               cmocka_unit_test(what_a_script_makes_up_is_told_from_what_is_forged),
               cmocka_unit_test(the_id_is_the_token_without_what_proves_it),
               cmocka_unit_test(the_id_tells_when_the_token_was_made))

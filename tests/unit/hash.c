/* Hashes: known answers, and text that may stand in a field or an address. */
#include "base/hash.h"

#include "support/test.h"

static void text_depends_on_every_byte_and_on_nothing_else(void **state)
{
    (void)state;
    char whole[HASH_TEXT_SIZE];
    char parts[HASH_TEXT_SIZE];
    char other[HASH_TEXT_SIZE];
    hash_text(whole, &(struct str){"scarpe", 6}, 1);
    hash_text(parts, (const struct str[]){{"scar", 4}, {NULL, 0}, {"pe", 2}}, 3);
    hash_text(other, &(struct str){"scarpa", 6}, 1);
    assert_string_equal(whole, parts);
    assert_string_not_equal(whole, other);
}

static void text_is_the_known_digest_in_characters_that_stand_anywhere(void **state)
{
    (void)state;
    char out[HASH_TEXT_SIZE];
    hash_text(out, &(struct str){NULL, 0}, 1);
    assert_string_equal(out, "yuZpQdnvvUBOTYh1");
    for (int i = 0; i < 500; i++) {
        hash_text(out, &(struct str){(const char *)&i, sizeof i}, 1);
        assert_int_equal(strlen(out), 16);
        for (const char *c = out; *c; c++)
            assert_true((*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
                        (*c >= 'A' && *c <= 'Z') || *c == '-' || *c == '_');
    }
}

static void sha256_is_what_browsers_compute(void **state)
{
    (void)state;
    char out[HASH_BASE64_SIZE];
    hash_sha256_base64(out, STR(""));
    assert_string_equal(out, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    hash_sha256_base64(out, STR("abc"));
    assert_string_equal(out, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

static void random_bytes_do_not_repeat(void **state)
{
    (void)state;
    char first[16];
    char second[16];
    hash_random(first, sizeof first);
    hash_random(second, sizeof second);
    assert_memory_not_equal(first, second, sizeof first);
}

static int set_up(void **state)
{
    (void)state;
    return hash_init();
}

TEST_MAIN_WITH(set_up, NULL, cmocka_unit_test(text_depends_on_every_byte_and_on_nothing_else),
               cmocka_unit_test(text_is_the_known_digest_in_characters_that_stand_anywhere),
               cmocka_unit_test(sha256_is_what_browsers_compute),
               cmocka_unit_test(random_bytes_do_not_repeat))

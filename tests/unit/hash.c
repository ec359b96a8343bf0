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

static void short_hashes_are_those_of_siphash(void **state)
{
    (void)state;
    unsigned char key[HASH_SHORT_KEY_SIZE];
    char bytes[15];
    for (unsigned i = 0; i < sizeof key; i++)
        key[i] = (unsigned char)i;
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i;
    /* From the paper's appendix A. */
    assert_int_equal(hash_short(key, str_make(bytes, sizeof bytes)), 0xa129ca6149be45e5);
}

static void a_stream_of_numbers_follows_from_its_seed_and_never_repeats(void **state)
{
    (void)state;
    enum { COUNT = 500 };
    static const unsigned char seed[HASH_KEY_SIZE] = "thirty-two bytes that are known";
    struct random_stream one;
    struct random_stream same;
    struct random_stream other;
    uint64_t seen[COUNT];
    random_stream_init(&one, seed);
    random_stream_init(&same, seed);
    random_stream_init(&other, NULL);
    for (int i = 0; i < COUNT; i++) {
        seen[i] = random_stream_next(&one);
        assert_int_equal(random_stream_next(&same), seen[i]);
        assert_int_not_equal(random_stream_next(&other), seen[i]);
        for (int k = 0; k < i; k++)
            assert_int_not_equal(seen[k], seen[i]);
    }
}

static int set_up(void **state)
{
    (void)state;
    return hash_init();
}

TEST_MAIN_WITH(set_up, NULL, cmocka_unit_test(text_depends_on_every_byte_and_on_nothing_else),
               cmocka_unit_test(text_is_the_known_digest_in_characters_that_stand_anywhere),
               cmocka_unit_test(sha256_is_what_browsers_compute),
               cmocka_unit_test(random_bytes_do_not_repeat),
               cmocka_unit_test(short_hashes_are_those_of_siphash),
               cmocka_unit_test(a_stream_of_numbers_follows_from_its_seed_and_never_repeats))

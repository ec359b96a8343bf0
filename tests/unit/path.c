/* Paths: every spelling of one address is one path, and no spelling of it harms. */
#include "http/path.h"

#include "base/err.h"
#include "support/test.h"

static int decode(const char *raw, struct buf *scratch, struct str *out)
{
    return path_decode(str_from(raw), scratch, out);
}

static void a_plain_path_is_not_copied(void **state)
{
    (void)state;
    struct buf scratch = BUF_EMPTY;
    struct str raw = STR("/voglio-comprare/scarpe");
    struct str path;
    assert_int_equal(path_decode(raw, &scratch, &path), 0);
    assert_ptr_equal(path.ptr, raw.ptr);
    assert_str(path, raw);
    assert_null(scratch.ptr);
}

static void escapes_are_decoded_once(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"/a%20b", "/a b"},   {"/%41%4a%4A", "/AJJ"},           {"/%2561", "/%61"},
        {"/100%25", "/100%"}, {"/citt%C3%A0", "/citt\xC3\xA0"}, {"/citt\xC3\xA0", "/citt\xC3\xA0"},
        {"/a+b", "/a+b"},
    };
    struct buf scratch = BUF_EMPTY;
    struct str path;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(decode(cases[i][0], &scratch, &path), 0);
        assert_str(path, str_from(cases[i][1]));
    }
    buf_finish(&scratch);
}

static void both_ways_to_write_an_accent_are_one_path(void **state)
{
    (void)state;
    struct buf scratch = BUF_EMPTY;
    struct str path;
    /* a and a combining grave accent, as macOS names files; and the same as one letter. */
    assert_int_equal(decode("/citta%CC%80/orari", &scratch, &path), 0);
    assert_str(path, STR("/citt\xC3\xA0/orari"));
    assert_int_equal(decode("/citta\xCC\x80/orari", &scratch, &path), 0);
    assert_str(path, STR("/citt\xC3\xA0/orari"));
    buf_finish(&scratch);
}

static void what_is_no_path_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "/a%2Fb",     "/%",       "/%4",       "/%4g",      "/%%41",         "/%00",
        "/a%0Ab",     "/%7F",     "/%1b%5b",   "/%C3",      "/%C0%AF",       "/%FF",
        "/%ED%A0%80", "/\xC3%20", "/\x80/a/b", "/%41\x01b", "/%F4%90%80%80",
    };
    struct buf scratch = BUF_EMPTY;
    struct str path;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (decode(cases[i], &scratch, &path) != ERR_INVALID)
            fail_msg("%s was decoded", cases[i]);
    buf_finish(&scratch);
}

/* "/a" and `count` times `mark`. */
static int decode_marks(const char *mark, int count, struct buf *scratch)
{
    struct buf raw = BUF_EMPTY;
    struct str path;
    buf_append(&raw, STR("/a"));
    for (int i = 0; i < count; i++)
        buf_append(&raw, str_from(mark));
    int rc = path_decode(buf_str(&raw), scratch, &path);
    buf_finish(&raw);
    return rc;
}

static void a_heap_of_accents_is_refused_before_it_costs_time(void **state)
{
    (void)state;
    struct buf scratch = BUF_EMPTY;
    assert_int_equal(decode_marks("\xCC\x80", 30, &scratch), 0);
    assert_int_equal(decode_marks("\xCC\x80", 31, &scratch), ERR_INVALID);
    assert_int_equal(decode_marks("\xCC\x80\xCC\xA3", 2000, &scratch), ERR_INVALID);
    assert_int_equal(decode_marks("\xE0\xBD\xB3", 2000, &scratch), ERR_INVALID);
    buf_finish(&scratch);
}

static void every_path_survives_the_way_to_the_client_and_back(void **state)
{
    (void)state;
    struct buf original = BUF_EMPTY;
    struct buf encoded = BUF_EMPTY;
    struct buf scratch = BUF_EMPTY;
    struct str path;
    buf_append_char(&original, '/');
    for (int c = 0x20; c < 0x7F; c++)
        buf_append_char(&original, (char)c);
    buf_append(&original, STR("\xC3\xA0\xE2\x82\xAC\xF0\x9F\x91\x9F"));

    path_encode(buf_str(&original), &encoded);
    for (size_t i = 0; i < encoded.len; i++)
        assert_true(encoded.ptr[i] > 0x20 && encoded.ptr[i] < 0x7F && encoded.ptr[i] != '"');
    assert_int_equal(path_decode(buf_str(&encoded), &scratch, &path), 0);
    assert_str(path, buf_str(&original));

    buf_finish(&original);
    buf_finish(&encoded);
    buf_finish(&scratch);
}

static void an_encoded_path_never_names_another_host(void **state)
{
    (void)state;
    struct buf out = BUF_EMPTY;
    path_encode(STR("//evil.example/a//b"), &out);
    assert_str(buf_str(&out), STR("/%2Fevil.example/a//b"));
    buf_clear(&out);
    path_encode(STR("/a?b#c\r\n"), &out);
    assert_str(buf_str(&out), STR("/a%3Fb%23c%0D%0A"));
    buf_finish(&out);
}

static void normalising_refuses_what_is_not_utf8(void **state)
{
    (void)state;
    struct buf out = BUF_EMPTY;
    assert_int_equal(path_normalize(STR("perch\xE9"), &out), ERR_INVALID);
    assert_int_equal(path_normalize(STR("perche\xCC\x81"), &out), 0);
    assert_str(buf_str(&out), STR("perch\xC3\xA9"));
    buf_finish(&out);
}

TEST_MAIN(cmocka_unit_test(a_plain_path_is_not_copied), cmocka_unit_test(escapes_are_decoded_once),
          cmocka_unit_test(both_ways_to_write_an_accent_are_one_path),
          cmocka_unit_test(what_is_no_path_is_refused),
          cmocka_unit_test(a_heap_of_accents_is_refused_before_it_costs_time),
          cmocka_unit_test(every_path_survives_the_way_to_the_client_and_back),
          cmocka_unit_test(an_encoded_path_never_names_another_host),
          cmocka_unit_test(normalising_refuses_what_is_not_utf8))

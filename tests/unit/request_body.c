/* Request bodies: whole however they are cut, and never more than the limit. */
#include "support/test.h"

#include "base/err.h"
#include "http/request_body.h"

enum { LIMIT = 32 };

static const struct request chunked = {.framing = FRAMING_CHUNKED};

/* Feeds `text` in pieces of `size`; `*left` is what did not belong to the body. */
static enum parse_result feed(struct request_body *body, struct str text, size_t size, size_t *left)
{
    enum parse_result result = PARSE_INCOMPLETE;
    while (result == PARSE_INCOMPLETE && text.len > 0) {
        struct refusal refusal;
        size_t used;
        struct str piece = str_make(text.ptr, size < text.len ? size : text.len);
        result = request_body_feed(body, piece, &used, &refusal);
        text = str_skip(text, used);
        if (result == PARSE_REFUSED)
            assert_true(refusal.status == 400 || refusal.status == 413);
    }
    *left = text.len;
    return result;
}

static void chunks_give_the_same_body_in_pieces_of_any_size(void **state)
{
    (void)state;
    struct str text = STR(
        "5 ; ext=\"a \\\"b\";c=d;e\r\nhello\r\nA\r\n, my world\r\n0\r\nTrailer: x\r\n\r\nGET /");
    for (size_t size = 1; size <= text.len; size++) {
        struct request_body *body;
        size_t left;
        assert_int_equal(request_body_create(&body, &chunked, LIMIT), 0);
        assert_int_equal(feed(body, text, size, &left), PARSE_DONE);
        assert_str(request_body_bytes(body), STR("hello, my world"));
        assert_true(left >= sizeof "GET /" - 1);
        request_body_destroy(body);
    }
}

static void a_counted_body_takes_its_length_and_no_more(void **state)
{
    (void)state;
    const struct request counted = {.framing = FRAMING_LENGTH, .content_length = 5};
    struct request_body *body;
    size_t left;
    assert_int_equal(request_body_create(&body, &counted, LIMIT), 0);
    assert_int_equal(feed(body, STR("helloGET /"), 100, &left), PARSE_DONE);
    assert_str(request_body_bytes(body), STR("hello"));
    assert_int_equal(left, 5);
    request_body_destroy(body);
}

static void a_body_over_the_limit_is_refused(void **state)
{
    (void)state;
    const struct request counted = {.framing = FRAMING_LENGTH, .content_length = LIMIT + 1};
    struct request_body *body;
    size_t left;
    assert_int_equal(request_body_create(&body, &counted, LIMIT), ERR_TOO_LARGE);

    assert_int_equal(request_body_create(&body, &chunked, LIMIT), 0);
    assert_int_equal(
        feed(body, STR("10\r\n0123456789abcdef\r\n11\r\n0123456789abcdefg\r\n"), 7, &left),
        PARSE_REFUSED);
    request_body_destroy(body);
}

/* Chunk extensions and trailers are no body, but cost the same to read. */
static void endless_framing_is_refused(void **state)
{
    (void)state;
    struct request_body *body;
    enum parse_result result = PARSE_INCOMPLETE;
    size_t left;
    assert_int_equal(request_body_create(&body, &chunked, LIMIT), 0);
    assert_int_equal(feed(body, STR("1;"), 2, &left), PARSE_INCOMPLETE);
    for (int i = 0; i < 1000 && result == PARSE_INCOMPLETE; i++)
        result = feed(body, STR("eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"), 40, &left);
    assert_int_equal(result, PARSE_REFUSED);
    request_body_destroy(body);
}

static void malformed_chunks_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {"g\r\n",
                                        "5\r\nhelloX",
                                        "-1\r\n",
                                        "5\nhello\r\n0\r\n\r\n",
                                        "fffffffffffffffff\r\n",
                                        "0x5\r\nhello\r\n",
                                        "0\r\n: y\r\n\r\n",
                                        "0\r\nX: y\r\n: z\r\n\r\n",
                                        "5;a\n\nhello\r\n0\r\n\r\n",
                                        "5;a=\"\\\n\"\r\nhello\r\n0\r\n\r\n",
                                        "5;a \r\nhello\r\n0\r\n\r\n",
                                        "5 \r\nhello\r\n0\r\n\r\n",
                                        "\r\n"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request_body *body;
        size_t left;
        assert_int_equal(request_body_create(&body, &chunked, LIMIT), 0);
        assert_int_equal(feed(body, str_from(cases[i]), 100, &left), PARSE_REFUSED);
        request_body_destroy(body);
    }
}

TEST_MAIN(cmocka_unit_test(chunks_give_the_same_body_in_pieces_of_any_size),
          cmocka_unit_test(a_counted_body_takes_its_length_and_no_more),
          cmocka_unit_test(a_body_over_the_limit_is_refused),
          cmocka_unit_test(endless_framing_is_refused),
          cmocka_unit_test(malformed_chunks_are_refused))

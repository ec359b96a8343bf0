/* Request heads: what slices they give, and that any way of cutting them into pieces comes to the
 * same. The table of what is refused is tests/e2e/requests.c. */
#include "support/test.h"

#include "base/buf.h"
#include "http/request.h"

#include <stdio.h>

static const struct request_limits limits = {.head = 16384, .target = 8192, .fields = 64};

static enum parse_result parse(const char *text, struct request *request, struct refusal *refusal)
{
    return request_parse(request, str_from(text), &limits, refusal);
}

static void a_head_becomes_slices_of_the_input(void **state)
{
    (void)state;
    struct request r;
    struct refusal refusal;
    static const char text[] =
        "GET /voglio-andare/negozio?utm_source=qr HTTP/1.1\r\nHost: a.example\r\n"
        "Accept-Encoding: br\r\nX-Other: 1\r\nACCEPT-encoding:  gzip \r\n\r\nrest";
    assert_int_equal(parse(text, &r, &refusal), PARSE_DONE);
    assert_int_equal(r.method, METHOD_GET);
    assert_str(r.path, STR("/voglio-andare/negozio"));
    assert_str(r.query, STR("utm_source=qr"));
    assert_true(r.keep_alive);
    assert_int_equal(r.head_len, sizeof text - 1 - 4);

    unsigned at = 0;
    struct str value;
    assert_true(request_field(&r, FIELD_ACCEPT_ENCODING, &at, &value));
    assert_str(value, STR("br"));
    assert_true(request_field(&r, FIELD_ACCEPT_ENCODING, &at, &value));
    assert_str(value, STR("gzip"));
    assert_false(request_field(&r, FIELD_ACCEPT_ENCODING, &at, &value));
    assert_true(value.ptr >= text && value.ptr < text + sizeof text);
}

static void fields_are_known_by_name_whatever_its_case(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum field id;
    } fields[] = {
        {"user-agent", FIELD_USER_AGENT},
        {"REFERER", FIELD_REFERER},
        {"Accept-Language", FIELD_ACCEPT_LANGUAGE},
        {"Cookie", FIELD_COOKIE},
        {"Content-Type", FIELD_CONTENT_TYPE},
        {"Sec-Fetch-Site", FIELD_SEC_FETCH_SITE},
        {"sec-fetch-mode", FIELD_SEC_FETCH_MODE},
        {"Sec-Purpose", FIELD_PURPOSE},
        {"Purpose", FIELD_PURPOSE},
        {"X-Purpose", FIELD_PURPOSE},
        {"X-moz", FIELD_PURPOSE},
        {"X-FB-HTTP-Engine", FIELD_PURPOSE},
        {"Sec-GPC", FIELD_SEC_GPC},
        {"DNT", FIELD_DNT},
        {"Save-Data", FIELD_SAVE_DATA},
        {"Sec-CH-UA-Mobile", FIELD_MOBILE},
        {"X-Requested-With", FIELD_REQUESTED_WITH},
        {"Ping-From", FIELD_PING_FROM},
        {"CF-IPCountry", FIELD_COUNTRY}, /* named by the limits */
    };
    const struct request_limits with_country = {
        .head = 16384, .target = 8192, .fields = 64, .country_field = STR("cf-ipcountry")};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct request r;
        struct refusal refusal;
        struct str value;
        unsigned at = 0;
        struct buf text = BUF_EMPTY;
        buf_printf(&text, "GET / HTTP/1.1\r\nHost: a\r\n%s: x%zu\r\n\r\n", fields[i].name, i);
        assert_int_equal(request_parse(&r, buf_str(&text), &with_country, &refusal), PARSE_DONE);
        assert_true(request_field(&r, fields[i].id, &at, &value));
        assert_true(str_starts_with(value, STR("x")));
        assert_false(request_field(&r, fields[i].id, &at, &value));
        buf_finish(&text);
    }
}

/* All values of a field, with a space behind each. */
static void expect_values(const struct request *r, enum field id, const char *expected)
{
    struct buf values = BUF_EMPTY;
    struct str value;
    unsigned at = 0;
    while (request_field(r, id, &at, &value))
        buf_printf(&values, "%.*s ", STR_ARG(value));
    assert_str(buf_str(&values), str_from(expected));
    buf_finish(&values);
}

static void lines_of_several_fields_keep_their_order(void **state)
{
    (void)state;
    struct request r;
    struct refusal refusal;
    static const char text[] =
        "GET / HTTP/1.1\r\nCookie: a\r\nIf-Match: x\r\nHost: h\r\nCookie: b\r\n"
        "If-Match: y\r\nCookie: c\r\nReferer: r\r\n\r\n";
    assert_int_equal(parse(text, &r, &refusal), PARSE_DONE);
    expect_values(&r, FIELD_COOKIE, "a b c ");
    expect_values(&r, FIELD_IF_MATCH, "x y ");
    expect_values(&r, FIELD_HOST, "h ");
    expect_values(&r, FIELD_REFERER, "r ");
    expect_values(&r, FIELD_PURPOSE, "");
}

static void as_many_lines_as_there_may_be_can_be_one_field(void **state)
{
    (void)state;
    struct request r;
    struct refusal refusal;
    struct buf text = BUF_EMPTY;
    struct buf values = BUF_EMPTY;
    buf_append(&text, STR("GET / HTTP/1.0\r\n"));
    for (int i = 0; i < REQUEST_FIELDS_MAX; i++) {
        buf_printf(&text, "Cookie: %d\r\n", i);
        buf_printf(&values, "%d ", i);
    }
    buf_append(&text, STR("\r\n"));
    assert_int_equal(request_parse(&r, buf_str(&text), &limits, &refusal), PARSE_DONE);
    expect_values(&r, FIELD_COOKIE, values.ptr);
    buf_finish(&text);
    buf_finish(&values);
}

static void expect_incomplete(const char *text, size_t n)
{
    struct request r;
    struct refusal refusal;
    /* A copy of just that size, so that the sanitizer sees a read behind it. */
    char *piece = malloc(n);
    assert_non_null(piece);
    memcpy(piece, text, n);
    assert_int_equal(request_parse(&r, str_make(piece, n), &limits, &refusal), PARSE_INCOMPLETE);
    free(piece);
}

static void every_shorter_piece_of_a_good_head_is_incomplete(void **state)
{
    (void)state;
    static const char *const versions[] = {"1.1", "1.3"};
    for (size_t i = 0; i < 2; i++) {
        char text[256];
        int len = snprintf(text, sizeof text,
                           "POST /_/e?x HTTP/%s\r\nHost: a\r\nEmpty:\r\nSpaced: \t v \t\r\n"
                           "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
                           versions[i]);
        for (size_t n = 1; n < (size_t)len; n++)
            expect_incomplete(text, n);
        struct request r;
        struct refusal refusal;
        assert_int_equal(parse(text, &r, &refusal), PARSE_DONE);
        assert_int_equal(r.framing, FRAMING_CHUNKED);
        assert_true(r.expects_continue);
        assert_true(r.keep_alive);
    }
}

static void an_absolute_form_target_is_read_as_its_path(void **state)
{
    (void)state;
    struct request r;
    struct refusal refusal;
    assert_int_equal(parse("GET HTTP://a.example?q HTTP/1.1\r\nHost: a\r\n\r\n", &r, &refusal),
                     PARSE_DONE);
    assert_str(r.host, STR("a.example"));
    assert_str(r.path, STR("/"));
    assert_str(r.query, STR("q"));
    assert_int_equal(parse("GET http://[::1]:80/x HTTP/1.0\r\n\r\n", &r, &refusal), PARSE_DONE);
    assert_str(r.host, STR("[::1]:80"));
    assert_str(r.path, STR("/x"));
}

static void persistence_follows_version_and_connection(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool keep_alive;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close, keep-alive\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
        {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request r;
        struct refusal refusal;
        assert_int_equal(parse(cases[i].text, &r, &refusal), PARSE_DONE);
        assert_int_equal(r.keep_alive, cases[i].keep_alive);
    }
}

static void white_space_around_a_value_is_none_of_it(void **state)
{
    (void)state;
    static const char *const lines[] = {"DNT:1",    "DNT: 1",  "DNT: 1 ",     "DNT:\t1\t",
                                        "DNT: 1\t", "DNT:  1", "DNT: \t1 \t", "DNT:1  "};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct request r;
        struct refusal refusal;
        char text[100];
        (void)snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n", lines[i]);
        assert_int_equal(parse(text, &r, &refusal), PARSE_DONE);
        assert_str(request_value(&r, FIELD_DNT), STR("1"));
    }
}

static void only_http_1_1_has_an_interim_answer(void **state)
{
    (void)state;
    struct request r;
    struct refusal refusal;
    assert_int_equal(
        parse("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", &r, &refusal),
        PARSE_DONE);
    assert_true(r.expects_continue);
    assert_int_equal(
        parse("GET / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", &r, &refusal),
        PARSE_DONE);
    assert_false(r.expects_continue);
}

/* Neither llhttp nor a fold without text may hide a line from us. */
static void folded_and_bare_lines_are_refused_wherever_they_hide(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n \r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n \r\nY: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\t2\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX:\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
        "GET / HTTP/1.0\n\r\n",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request r;
        struct refusal refusal;
        assert_int_equal(parse(cases[i], &r, &refusal), PARSE_REFUSED);
        assert_int_equal(refusal.status, 400);
    }
}

static void an_endless_head_is_refused_at_its_limit(void **state)
{
    (void)state;
    struct buf text = BUF_EMPTY;
    struct request r;
    struct refusal refusal;
    buf_append(&text, STR("GET / HTTP/1.1\r\nHost: a\r\nX: "));
    while (text.len < limits.head - 1)
        buf_append_char(&text, 'x');
    assert_int_equal(request_parse(&r, buf_str(&text), &limits, &refusal), PARSE_INCOMPLETE);
    buf_append_char(&text, 'x');
    assert_int_equal(request_parse(&r, buf_str(&text), &limits, &refusal), PARSE_REFUSED);
    assert_int_equal(refusal.status, 431);

    text.len -= 4; /* one that ends where it must, and one that ends a byte later */
    buf_append(&text, STR("\r\n\r\n"));
    assert_int_equal(text.len, limits.head);
    assert_int_equal(request_parse(&r, buf_str(&text), &limits, &refusal), PARSE_DONE);
    text.len -= 4;
    buf_append(&text, STR("x\r\n\r\n"));
    assert_int_equal(request_parse(&r, buf_str(&text), &limits, &refusal), PARSE_REFUSED);
    assert_int_equal(refusal.status, 431);
    buf_finish(&text);
}

TEST_MAIN(cmocka_unit_test(a_head_becomes_slices_of_the_input),
          cmocka_unit_test(fields_are_known_by_name_whatever_its_case),
          cmocka_unit_test(lines_of_several_fields_keep_their_order),
          cmocka_unit_test(as_many_lines_as_there_may_be_can_be_one_field),
          cmocka_unit_test(every_shorter_piece_of_a_good_head_is_incomplete),
          cmocka_unit_test(an_absolute_form_target_is_read_as_its_path),
          cmocka_unit_test(persistence_follows_version_and_connection),
          cmocka_unit_test(white_space_around_a_value_is_none_of_it),
          cmocka_unit_test(only_http_1_1_has_an_interim_answer),
          cmocka_unit_test(folded_and_bare_lines_are_refused_wherever_they_hide),
          cmocka_unit_test(an_endless_head_is_refused_at_its_limit))

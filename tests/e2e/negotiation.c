/* Which coding a client gets, and when it gets none because it has it already. */
#include "support/decode.h"
#include "support/files.h"
#include "support/server.h"
#include "support/test.h"

#include <stdio.h>

/* Long enough for every coding to be worth it. */
static void write_long_page(struct server *s)
{
    struct buf body = BUF_EMPTY;
    for (int i = 0; i < 100; i++)
        buf_printf(&body, "Paragrafo %d: le scarpe da corsa si scelgono la sera.\n\n", i);
    buf_append_char(&body, '\0');
    server_page(s, "index.md", body.ptr);
    buf_finish(&body);
}

static struct response ask(struct server *s, const char *method, const char *accept,
                           const char *if_none_match)
{
    char fields[512] = "";
    int n = 0;
    if (accept)
        n = snprintf(fields, sizeof fields, "Accept-Encoding: %s\r\n", accept);
    if (if_none_match)
        (void)snprintf(fields + n, sizeof fields - (size_t)n, "If-None-Match: %s\r\n",
                       if_none_match);
    return server_ask(s, method, "/", fields);
}

static void copy_field(char *to, size_t size, const struct response *r, const char *name)
{
    struct str value = response_field(r, name);
    assert_true(value.ptr && value.len < size);
    memcpy(to, value.ptr, value.len);
    to[value.len] = '\0';
}

static void the_best_coding_that_is_accepted_is_sent(void **state)
{
    struct server *s = *state;
    static const struct {
        const char *accept;
        const char *coding;
    } cases[] = {
        {NULL, ""},
        {"", ""},
        {"identity", ""},
        {"deflate", ""},
        {"gzip", "gzip"},
        {"br", "br"},
        {"BR", "br"},
        {"gzip, deflate, br, zstd", "br"},
        {"gzip,br", "br"},
        {"*", "br"},
        {"*;q=0.1, br;q=0", "gzip"},
        {"br;q=0", ""},
        {"br;q=0, gzip", "gzip"},
        {"br;q=0.000, gzip;q=0.001", "gzip"},
        {"br;q=0.5, gzip;q=1.0", "gzip"},
        {"br;q=0.9 , gzip;q=0.8", "br"},
        {"br; q=0.2, gzip ;q=0.1", "br"},
        {"gzip;q=0.1, identity;q=0.5", ""},
        {"*;q=0", ""},
        {"identity;q=0", ""},
        {"br;q=abc, gzip", "gzip"},
        {",, ,gzip", "gzip"},
        {"gzip\r\nAccept-Encoding: br", "br"},
        {"br;q=1.0;q=0, \"gzip\", ;;;", ""},
    };
    write_long_page(s);
    server_start(s);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct response r = ask(s, "GET", cases[i].accept, NULL);
        assert_int_equal(r.status, 200);
        if (!str_eq(response_field(&r, "Content-Encoding"), str_from(cases[i].coding)))
            fail_msg("Accept-Encoding \"%s\" gets \"%.*s\"", cases[i].accept ? cases[i].accept : "",
                     STR_ARG(response_field(&r, "Content-Encoding")));
        assert_field(&r, "Vary", "Accept-Encoding");
    }

    server_stop(s);
}

static void all_codings_hold_the_same_page(void **state)
{
    struct server *s = *state;
    write_long_page(s);
    server_start(s);

    struct response plain = ask(s, "GET", "identity", NULL);
    static const char *const codings[] = {"gzip", "br"};
    for (size_t i = 0; i < 2; i++) {
        struct response r = ask(s, "GET", codings[i], NULL);
        assert_str(response_field(&r, "Content-Encoding"), str_from(codings[i]));
        assert_true(r.body.len * 2 < plain.body.len);
        struct buf decoded = BUF_EMPTY;
        decode(response_field(&r, "Content-Encoding"), r.body, &decoded);
        assert_true(str_eq(buf_str(&decoded), plain.body));
        buf_finish(&decoded);
    }

    server_stop(s);
}

static void each_coding_has_a_strong_etag_of_its_own(void **state)
{
    struct server *s = *state;
    write_long_page(s);
    server_start(s);

    static const char *const codings[] = {"identity", "gzip", "br"};
    char etags[3][64];
    for (size_t i = 0; i < 3; i++) {
        struct response r = ask(s, "GET", codings[i], NULL);
        copy_field(etags[i], sizeof etags[i], &r, "ETag");
        assert_true(etags[i][0] == '"' && etags[i][strlen(etags[i]) - 1] == '"');
    }
    assert_string_not_equal(etags[0], etags[1]);
    assert_string_not_equal(etags[1], etags[2]);
    assert_string_not_equal(etags[0], etags[2]);

    server_stop(s);
}

/* Asks for the page, then again with a condition made of its ETag. The best tier may replace the
 * quick one in between, once: then the second answer has another ETag, and it is asked once more.
 */
static struct response ask_twice(struct server *s, const char *coding, const char *format,
                                 struct response *first)
{
    for (int i = 0;; i++) {
        char etag[64];
        char condition[256];
        *first = ask(s, "GET", coding, NULL);
        copy_field(etag, sizeof etag, first, "ETag");
        (void)snprintf(condition, sizeof condition, format, etag);
        struct response second = ask(s, "GET", coding, condition);
        if (i > 0 || str_eq(response_field(&second, "ETag"), str_from(etag)))
            return second;
    }
}

static void a_client_that_has_the_page_gets_304_with_the_same_fields(void **state)
{
    struct server *s = *state;
    write_long_page(s);
    server_start(s);

    static const char *const codings[] = {"identity", "gzip", "br"};
    for (size_t i = 0; i < 3; i++) {
        struct response full;
        struct response r = ask_twice(s, codings[i], "%s", &full);
        assert_not_modified(&r, &full);
        assert_no_field(&r, "Content-Length");
        assert_no_field(&r, "Content-Type");
        assert_no_field(&r, "Content-Encoding");
    }

    server_stop(s);
}

static void conditions_compare_weakly_and_within_lists(void **state)
{
    struct server *s = *state;
    static const struct {
        const char *format;
        unsigned status;
    } cases[] = {
        {"%s", 304},
        {"W/%s", 304},
        {"\"other\", %s", 304},
        {"\"a,b\",W/\"c\" , W/%s,\"d\"", 304},
        {"\"other\"\r\nIf-None-Match: %s", 304},
        {"*", 304},
        {"\"other\"", 200},
        {"w/%s", 200},
        {"\"%.4s\"", 200},
        {"", 200},
    };
    write_long_page(s);
    server_start(s);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct response full;
        struct response r = ask_twice(s, "br", cases[i].format, &full);
        if (r.status != cases[i].status)
            fail_msg("If-None-Match %s gets %u", cases[i].format, r.status);
    }

    server_stop(s);
}

static void the_etag_of_another_coding_does_not_match(void **state)
{
    struct server *s = *state;
    write_long_page(s);
    server_start(s);

    char etag[64];
    struct response plain = ask(s, "GET", "identity", NULL);
    copy_field(etag, sizeof etag, &plain, "ETag");
    struct response r = ask(s, "GET", "br", etag);
    assert_int_equal(r.status, 200);
    assert_field(&r, "Content-Encoding", "br");

    server_stop(s);
}

/* A head without what time changes, and without what tells of a view: HEAD is none. */
static void strip_changing(const struct response *r, struct buf *out)
{
    struct str rest = r->head;
    struct str line;
    while (str_split(&rest, '\n', &line))
        if (!str_starts_with(line, STR("Date: ")) && !str_starts_with(line, STR("Server-Timing: ")))
            buf_append(out, line);
}

static void head_says_what_get_would(void **state)
{
    struct server *s = *state;
    write_long_page(s);
    server_start(s);

    static const char *const codings[] = {"identity", "gzip", "br"};
    for (size_t i = 0; i < 3; i++) {
        struct buf heads[2] = {BUF_EMPTY, BUF_EMPTY};
        struct response get = ask(s, "GET", codings[i], NULL);
        struct response head = ask(s, "HEAD", codings[i], NULL);
        if (!str_eq(response_field(&get, "ETag"), response_field(&head, "ETag")))
            get = ask(s, "GET", codings[i], NULL); /* the best tier came in between */
        strip_changing(&get, &heads[0]);
        strip_changing(&head, &heads[1]);
        assert_str(buf_str(&heads[1]), buf_str(&heads[0]));
        buf_finish(&heads[0]);
        buf_finish(&heads[1]);
    }

    server_stop(s);
}

static void a_condition_holds_for_head_and_assets_too(void **state)
{
    struct server *s = *state;
    write_long_page(s);
    files_write(s->pages, "a.txt", STR("breve"));
    server_start(s);

    char etag[64];
    char fields[128];
    struct response r = ask(s, "GET", "identity", NULL);
    copy_field(etag, sizeof etag, &r, "ETag");
    assert_int_equal(ask(s, "HEAD", "identity", etag).status, 304);

    r = server_get(s, "/a.txt");
    copy_field(etag, sizeof etag, &r, "ETag");
    (void)snprintf(fields, sizeof fields, "If-None-Match: %s\r\n", etag);
    r = server_ask(s, "GET", "/a.txt", fields);
    assert_int_equal(r.status, 304);
    assert_field(&r, "Cache-Control", "no-cache");

    server_stop(s);
}

TEST_MAIN(SERVER_TEST(the_best_coding_that_is_accepted_is_sent),
          SERVER_TEST(all_codings_hold_the_same_page),
          SERVER_TEST(each_coding_has_a_strong_etag_of_its_own),
          SERVER_TEST(a_client_that_has_the_page_gets_304_with_the_same_fields),
          SERVER_TEST(conditions_compare_weakly_and_within_lists),
          SERVER_TEST(the_etag_of_another_coding_does_not_match),
          SERVER_TEST(head_says_what_get_would),
          SERVER_TEST(a_condition_holds_for_head_and_assets_too))

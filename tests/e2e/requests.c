/* Raw requests, one test for each row of the table: what comes back, and what becomes of the
 * connection. */
#include "support/files.h"
#include "support/server.h"
#include "support/test.h"

#include "e2e/table/fields.h"
#include "e2e/table/framing.h"
#include "e2e/table/line.h"

#include <stdio.h>

static const char probe_request[] =
    "GET /probe.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
static const char probe_body[] = "the probe answers";

/* The buffers belong to the trial, so that one which fails leaks nothing. */
struct trial {
    const struct row *row;
    struct server *server;
    struct buf request;
    struct buf transcript;
    char name[160];
};

static struct server *start(void)
{
    struct server *s = server_create();
    server_configure(s, "limits:\n  head: 16KiB\n");
    server_page(s, "index.md", "Benvenuti.");
    server_page(s, "x.md", "Una pagina.");
    server_page(s, "dir/index.md", "Una cartella.");
    server_page(s, "caff\xc3\xa8.md", "Un bar.");
    files_write(s->pages, "probe.txt", STR(probe_body));
    files_write(s->pages, ".env", STR("secret"));
    server_start(s);
    return s;
}

/* What the row sends: its bytes, the filler put in, and the request behind it. */
static void compose(const struct row *row, struct buf *bytes)
{
    for (size_t i = 0; i < row->bytes.len; i++)
        if (row->filler && row->bytes.ptr[i] == '~')
            for (unsigned n = 0; n < row->times; n++)
                buf_append(bytes, str_from(row->filler));
        else
            buf_append_char(bytes, row->bytes.ptr[i]);
    buf_append(bytes, STR(probe_request));
    assert_int_equal(buf_status(bytes), 0);
}

/* Reads until the server closes: "200 405 open". Checks on the way what holds for every answer. */
static void read_transcript(struct client *c, const struct row *row, struct buf *out)
{
    bool to_head = str_starts_with(row->bytes, STR("HEAD "));
    bool probed = false;
    bool said_close = false;
    unsigned answers = 0;
    struct response r;
    while (client_read(c, &r, to_head)) {
        probed = str_eq(r.body, STR(probe_body));
        if (!probed)
            buf_printf(out, "%u ", r.status);
        if (r.status >= 200)
            to_head = false;
        if (answers++ == 0 && row->holds)
            assert_contains(r.head, str_from(row->holds));
        if (row->lacks && (str_contains(r.head, str_from(row->lacks)) ||
                           str_contains(r.body, str_from(row->lacks))))
            fail_msg("\"%s\" is in the answer", row->lacks);
        if (said_close)
            fail_msg("an answer follows one that said Connection: close");
        said_close = str_eq_nocase(response_field(&r, "Connection"), STR("close"));
    }
    if (answers > 0 && !said_close)
        fail_msg("the last answer did not say Connection: close");
    buf_append(out, probed ? STR("open") : STR("closed"));
    assert_int_equal(buf_status(out), 0);
}

static void assert_expected(const struct row *row, struct str transcript, const char *how)
{
    struct str rest = str_from(row->expect);
    struct str one;
    while (str_split(&rest, '|', &one))
        if (str_eq(one, transcript))
            return;
    fail_msg("%s: %s: expected \"%s\", got \"%.*s\" (sent %s)", row->section, row->why, row->expect,
             STR_ARG(transcript), how);
}

static void send_and_compare(struct trial *trial, size_t piece)
{
    struct client *c = server_connect(trial->server, 0);
    client_send(c, buf_str(&trial->request), piece);
    buf_clear(&trial->transcript);
    read_transcript(c, trial->row, &trial->transcript);
    assert_expected(trial->row, buf_str(&trial->transcript), piece ? "in pieces" : "whole");
    client_close(c);
}

/* The first answer to `bytes`, on a connection of its own. */
static struct response first_answer(struct trial *trial, struct str bytes)
{
    struct client *c = server_connect(trial->server, 0);
    struct response r;
    client_send(c, bytes, 0);
    assert_true(client_read(c, &r, str_starts_with(bytes, STR("HEAD "))));
    return r;
}

/* Asks the same without its conditions. */
static void compare_with_unconditional(struct trial *trial)
{
    struct str rest = trial->row->bytes;
    struct str line;
    buf_clear(&trial->request);
    while (str_split(&rest, '\n', &line))
        if (!str_starts_with(line, STR("If-")))
            buf_printf(&trial->request, "%.*s%s", STR_ARG(line), rest.ptr ? "\n" : "");
    assert_int_equal(buf_status(&trial->request), 0);
    struct response full = first_answer(trial, buf_str(&trial->request));
    struct response r = first_answer(trial, trial->row->bytes);
    if (!str_eq(response_field(&full, "ETag"), response_field(&r, "ETag")))
        full = first_answer(trial, buf_str(&trial->request)); /* the best tier came in between */
    assert_not_modified(&r, &full);
}

static void a_row_holds(void **state)
{
    struct trial *trial = *state;
    compose(trial->row, &trial->request);

    enum { LONG = 1000, PIECE_OF_LONG = 97 };
    send_and_compare(trial, 0);
    send_and_compare(trial, trial->request.len > LONG ? PIECE_OF_LONG : 1);
    if (str_starts_with(str_from(trial->row->expect), STR("304")))
        compare_with_unconditional(trial);

    struct response r = server_get(trial->server, "/probe.txt");
    assert_int_equal(r.status, 200);
}

static bool is_row(const struct row *rows, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(name, str_from(rows[i].why)))
            return true;
    return false;
}

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

/* In the lines of its tables, names of rows stand between backquotes. */
static void the_list_of_duties_names_rows_that_are_there(void **state)
{
    (void)state;
    struct buf text = BUF_EMPTY;
    files_read("tests/e2e/table/README.md", &text);
    assert_true(text.len > 0);
    struct str rest = buf_str(&text);
    struct str line;
    while (str_split(&rest, '\n', &line)) {
        struct str part;
        if (!str_starts_with(line, STR("|")))
            continue;
        for (unsigned n = 0; str_split(&line, '`', &part); n++) {
            bool known = n % 2 == 0 || is_row(line_rows, COUNT(line_rows), part) ||
                         is_row(field_rows, COUNT(field_rows), part) ||
                         is_row(framing_rows, COUNT(framing_rows), part);
            if (!known)
                fail_msg("README.md: there is no row \"%.*s\"", STR_ARG(part));
        }
    }
    buf_finish(&text);
}

static size_t add_trials(struct trial *to, struct CMUnitTest *tests, size_t at,
                         const struct row *rows, size_t count, struct server *s)
{
    for (size_t i = 0; i < count; i++, at++) {
        to[at] = (struct trial){.row = &rows[i], .server = s};
        (void)snprintf(to[at].name, sizeof to[at].name, "request: %s (%s)", rows[i].why,
                       rows[i].section);
        tests[at] = (struct CMUnitTest){
            .name = to[at].name, .test_func = a_row_holds, .initial_state = &to[at]};
    }
    return at;
}

int main(void)
{
    static struct trial trials[COUNT(line_rows) + COUNT(field_rows) + COUNT(framing_rows)];
    static struct CMUnitTest tests[COUNT(trials) + 1];
    const char *filter = getenv("TEST_FILTER");
    if (filter && *filter)
        cmocka_set_test_filter(filter);

    struct server *s = start();
    size_t n = add_trials(trials, tests, 0, line_rows, COUNT(line_rows), s);
    n = add_trials(trials, tests, n, field_rows, COUNT(field_rows), s);
    n = add_trials(trials, tests, n, framing_rows, COUNT(framing_rows), s);
    tests[n] = (struct CMUnitTest)cmocka_unit_test(the_list_of_duties_names_rows_that_are_there);
    int failed = _cmocka_run_group_tests("requests", tests, n + 1, NULL, NULL);

    if (failed)
        server_print_log(s);
    for (size_t i = 0; i < n; i++) {
        buf_finish(&trials[i].request);
        buf_finish(&trials[i].transcript);
    }
    server_stop(s);
    server_destroy(s);
    return failed;
}

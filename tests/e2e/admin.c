/* The admin listener: health, readiness, metrics, and that it is nowhere else. */
#include "support/document.h"
#include "support/files.h"
#include "support/server.h"
#include "support/test.h"

#include <stdio.h>

static void health_and_readiness_are_told(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_page(s, "x.md", "Una pagina.");
    files_write(s->pages, "rotta.md", STR("---\ntitle: [\n---\nTesto.\n"));
    server_start(s);

    assert_int_equal(server_admin(s, "/healthz").status, 200);
    struct response r = server_admin(s, "/readyz");
    assert_int_equal(r.status, 200);
    assert_contains(response_field(&r, "Content-Type"), STR("application/json"));
    assert_contains(r.body, STR("\"live\":2,\"rejected\":1,"));
    assert_int_equal(server_admin(s, "/nothing").status, 404);

    server_stop(s);
}

static void the_public_side_tells_none_of_it(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);

    assert_int_equal(server_get(s, "/healthz").status, 404);
    assert_int_equal(server_get(s, "/readyz").status, 404);
    assert_int_equal(server_get(s, "/metrics").status, 404);
    assert_int_equal(server_admin(s, "/").status, 404);

    server_stop(s);
}

static void the_admin_side_can_be_off(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_flag(s, "--admin", "off");
    server_start(s);

    assert_int_equal(s->admin.len, 0);
    assert_int_equal(server_get(s, "/").status, 200);

    server_stop(s);
}

/* The name of a sample, without labels, and of a histogram without its suffix if `family` is set.
 */
static struct str sample_name(struct str line)
{
    struct str rest = line;
    struct str name;
    (void)str_split(&rest, ' ', &name);
    ptrdiff_t brace = str_find(name, '{');
    return brace < 0 ? name : str_make(name.ptr, (size_t)brace);
}

static bool is_described(struct str text, const char *keyword, struct str name)
{
    char line[256];
    int n = snprintf(line, sizeof line, "# %s %.*s ", keyword, STR_ARG(name));
    return n > 0 && str_contains(text, str_make(line, (size_t)n));
}

/* Whether the family of a sample has both lines; of a histogram, the family is the name without its
 * ending. */
static bool is_documented(struct str text, struct str name)
{
    static const char *const endings[] = {"", "_bucket", "_sum", "_count"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct str family = name;
        if (!str_ends_with(name, str_from(endings[i])))
            continue;
        family.len -= strlen(endings[i]);
        if (is_described(text, "HELP", family) && is_described(text, "TYPE", family))
            return true;
    }
    return false;
}

static bool is_number(struct str s)
{
    char text[64] = {0};
    if (s.len == 0 || s.len >= sizeof text)
        return false;
    memcpy(text, s.ptr, s.len);
    char *end;
    (void)strtod(text, &end);
    return *end == '\0';
}

static void check_sample(struct str text, struct str line)
{
    struct str name = sample_name(line);
    if (!str_starts_with(name, STR("attimo_")) && !str_starts_with(name, STR("process_")))
        fail_msg("whose is this? %.*s", STR_ARG(line));
    if (!is_documented(text, name))
        fail_msg("no HELP or TYPE for %.*s", STR_ARG(line));
    ptrdiff_t space = str_find_last(line, ' ');
    if (space < 0 || !is_number(str_skip(line, (size_t)space + 1)))
        fail_msg("no number in %.*s", STR_ARG(line));
    bool counts = is_described(text, "TYPE", name) && str_ends_with(name, STR("_total"));
    char type[256];
    (void)snprintf(type, sizeof type, "# TYPE %.*s counter\n", STR_ARG(name));
    if (counts)
        assert_contains(text, str_from(type));
}

static void metrics_are_in_the_form_that_prometheus_reads(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);
    assert_int_equal(server_get(s, "/").status, 200);
    assert_int_equal(server_get(s, "/none").status, 404);

    struct response r = server_admin(s, "/metrics");
    assert_int_equal(r.status, 200);
    assert_contains(response_field(&r, "Content-Type"), STR("text/plain; version=0.0.4"));
    assert_true(str_ends_with(r.body, STR("\n")));
    struct str rest = r.body;
    struct str line;
    unsigned samples = 0;
    while (str_split(&rest, '\n', &line)) {
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        check_sample(r.body, line);
        samples++;
    }
    assert_true(samples >= 5);

    server_stop(s);
}

/* Appends a metric's name without its labels, and without `attimo_`, as docs/operations.md has it.
 */
static void append_metric(struct buf *names, struct str name)
{
    ptrdiff_t labels = str_find(name, '{');
    name.len = labels < 0 ? name.len : (size_t)labels;
    if (str_starts_with(name, STR("attimo_")))
        name = str_skip(name, strlen("attimo_"));
    buf_printf(names, "%.*s\n", STR_ARG(name));
}

static void metrics_of_document(struct buf *names)
{
    struct buf document = BUF_EMPTY;
    struct buf words = BUF_EMPTY;
    struct str word;
    files_read("docs/operations.md", &document);
    document_names(document_section(buf_str(&document), "Metrics"), "| metric |", &words);
    for (struct str rest = buf_str(&words); str_split(&rest, '\n', &word);)
        append_metric(names, word);
    buf_finish(&document);
    buf_finish(&words);
}

static void metrics_of_answer(struct str text, struct buf *names)
{
    struct str line;
    struct str name;
    while (str_split(&text, '\n', &line)) {
        if (!str_starts_with(line, STR("# TYPE ")))
            continue;
        line = str_skip(line, strlen("# TYPE "));
        (void)str_split(&line, ' ', &name);
        append_metric(names, name);
    }
}

static void expect_listed(struct str names, struct str list, const char *where)
{
    struct str name;
    assert_true(names.len > 0);
    while (str_split(&names, '\n', &name))
        if (!document_lists(list, name))
            fail_msg("%.*s is not %s", STR_ARG(name), where);
}

static void every_metric_is_documented_and_no_other(void **state)
{
    struct server *s = *state;
    struct buf documented = BUF_EMPTY;
    struct buf told = BUF_EMPTY;
    server_start(s);
    metrics_of_document(&documented);
    metrics_of_answer(server_admin(s, "/metrics").body, &told);
    expect_listed(buf_str(&told), buf_str(&documented), "in docs/operations.md");
    expect_listed(buf_str(&documented), buf_str(&told), "among the metrics");
    server_stop(s);
    buf_finish(&documented);
    buf_finish(&told);
}

static void requests_are_counted(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_flag(s, "--workers", "2");
    server_start(s);

    for (int i = 0; i < 10; i++)
        assert_int_equal(server_get(s, i % 2 ? "/" : "/none").status, i % 2 ? 200 : 404);
    struct client *c = server_connect(s, 0);
    client_send_text(c, "GET / HTTP/1.1\r\n\r\n");
    assert_int_equal(client_response(c).status, 400);
    client_close(c);
    server_wait_until_alone(s);
    assert_true(server_metric(s, "attimo_requests_total") == 11);
    assert_true(server_metric(s, "attimo_refused_requests_total") == 1);
    assert_true(server_metric(s, "attimo_connections_total") == 11);

    server_stop(s);
}

static void who_asks_for_nothing_does_not_keep_others_out(void **state)
{
    struct server *s = *state;
    enum { MORE_THAN_THERE_IS_ROOM = 40 };
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);

    for (int i = 0; i < MORE_THAN_THERE_IS_ROOM; i++)
        (void)server_connect_admin(s);
    assert_int_equal(server_admin(s, "/healthz").status, 200);
    for (int i = 0; i < MORE_THAN_THERE_IS_ROOM; i++)
        client_send(server_connect_admin(s), STR("GET /healthz HT"), 0);
    assert_int_equal(server_admin(s, "/healthz").status, 200);

    server_stop(s);
}

TEST_MAIN(SERVER_TEST(who_asks_for_nothing_does_not_keep_others_out),
          SERVER_TEST(health_and_readiness_are_told), SERVER_TEST(the_public_side_tells_none_of_it),
          SERVER_TEST(the_admin_side_can_be_off),
          SERVER_TEST(metrics_are_in_the_form_that_prometheus_reads),
          SERVER_TEST(every_metric_is_documented_and_no_other), SERVER_TEST(requests_are_counted))

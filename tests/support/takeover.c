/* Owns the fixture of the tests of take-overs. */
#include "support/takeover.h"

#include "support/test.h"
#include "support/visit.h"

#include <stdio.h>
#include <stdlib.h>

#define POST_HEAD "POST /_/e HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"

int takeover_setup(void **state)
{
    struct takeover *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->before = server_create();
    f->next = server_create();
    server_page(f->before, "index.md", "Benvenuti.");
    server_flag(f->next, "--pages", f->before->pages);
    server_flag(f->next, "--data", f->before->data);
    server_flag(f->next, "--take-over", NULL);
    *state = f;
    return 0;
}

int takeover_teardown(void **state)
{
    struct takeover *f = *state;
    void *server = f->before;
    if (f->next->process.pid)
        server_print_log(f->next);
    (void)server_teardown(&server);
    server_destroy(f->next);
    free(f);
    return 0;
}

unsigned takeover_click(struct client *c, int n)
{
    char request[400];
    char body[100];
    int len = snprintf(body, sizeof body, "pv=%032x&p=/&d=a&e=click&cta=link&n=1", (unsigned)n);
    (void)snprintf(request, sizeof request, POST_HEAD "Content-Length: %d\r\n\r\n%s", len, body);
    client_send_text(c, request);
    return client_response(c).status;
}

void takeover_expect_serving(struct server *s, int n)
{
    struct client *c = server_connect(s, 0);
    assert_true(client_is_served(c, "/"));
    assert_int_equal(takeover_click(c, n), 204);
    client_close(c);
}

void takeover_expect_clicks(const struct server *s, size_t expected)
{
    struct record record;
    record_read(&record, s->data);
    assert_int_equal(record_count(&record, "click"), expected);
    for (size_t i = 1; i < record.count; i++)
        assert_true(record.events[i].seq > record.events[i - 1].seq);
    record_finish(&record);
}

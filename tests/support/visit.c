#include "support/visit.h"

#include "journal/iterate.h"
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* What stands in quotes behind `name`. */
static void take_timing(char *out, size_t size, struct str timing, const char *name)
{
    const char *at = timing.len > 0 ? memmem(timing.ptr, timing.len, name, strlen(name)) : NULL;
    out[0] = '\0';
    if (!at)
        return;
    struct str value = str_skip(timing, (size_t)(at - timing.ptr) + strlen(name));
    ptrdiff_t end = str_find(value, '"');
    assert_true(end >= 0 && (size_t)end < size);
    memcpy(out, value.ptr, (size_t)end);
    out[end] = '\0';
}

struct view visit_page(struct server *s, const char *target, const char *fields)
{
    struct view view = {.response = server_ask(s, "GET", target, fields)};
    struct str timing = response_field(&view.response, "Server-Timing");
    take_timing(view.token, sizeof view.token, timing, "pv;desc=\"");
    take_timing(view.rev, sizeof view.rev, timing, "rev;desc=\"");
    return view;
}

struct response visit_post(struct server *s, const char *target, const char *fields,
                           const char *body)
{
    struct buf request = BUF_EMPTY;
    struct client *c = server_connect(s, 0);
    buf_printf(&request, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n%s\r\n%s", target,
               strlen(body),
               fields ? fields
                      : "Content-Type: text/plain;charset=UTF-8\r\nSec-Fetch-Site: same-origin\r\n",
               body);
    assert_int_equal(buf_status(&request), 0);
    client_send(c, buf_str(&request), 0);
    buf_finish(&request);
    return client_response(c);
}

unsigned visit_send(struct server *s, const struct view *view, const char *path, const char *lines)
{
    struct buf body = BUF_EMPTY;
    buf_printf(&body, "pv=%s&p=%s&r=%s&d=0123456789abcdef&%s", view->token, path, view->rev, lines);
    buf_append_char(&body, '\0');
    assert_int_equal(buf_status(&body), 0);
    unsigned status = visit_post(s, "/_/e", NULL, body.ptr).status;
    buf_finish(&body);
    return status;
}

static void on_damage(void *context, const struct damage *damage)
{
    (void)context;
    fail_msg("damage in %s at %llu", damage->file, (unsigned long long)damage->offset);
}

void record_read(struct record *record, const char *data)
{
    char path[512];
    struct iterate *it;
    struct event event;
    (void)snprintf(path, sizeof path, "%s/journal", data);
    struct iterate_options options = {.dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                                      .on_damage = on_damage};
    assert_true(options.dir_fd >= 0);
    *record = (struct record){.events = calloc(RECORD_MAX, sizeof *record->events)};
    assert_non_null(record->events);
    assert_int_equal(iterate_create(&it, &options), 0);
    while (iterate_next(it, &event) == 1) {
        struct str line = iterate_line(it);
        char *copy = malloc(line.len + EVENT_LINE_MAX);
        assert_true(copy && record->count < RECORD_MAX);
        memcpy(copy, line.ptr, line.len);
        assert_int_equal(
            event_decode(&record->events[record->count], str_make(copy, line.len), copy + line.len),
            0);
        record->texts[record->count++] = copy;
    }
    iterate_destroy(it);
    (void)close(options.dir_fd);
}

void record_finish(struct record *record)
{
    for (size_t i = 0; i < record->count; i++)
        free(record->texts[i]);
    free(record->events);
    *record = (struct record){0};
}

size_t record_count(const struct record *record, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < record->count; i++)
        count += str_eq(record->events[i].event, str_from(name));
    return count;
}

const struct event *record_find(const struct record *record, const char *name, size_t nth)
{
    for (size_t i = 0; i < record->count; i++)
        if (str_eq(record->events[i].event, str_from(name)) && nth-- == 0)
            return &record->events[i];
    fail_msg("no such event: %s", name);
    return NULL;
}

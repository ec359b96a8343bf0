/* Owns one connection of a test to the server. */
#include "support/client.h"

#include "support/test.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static bool parse_inet(struct endpoint *e, struct str text)
{
    ptrdiff_t colon = str_find_last(text, ':');
    uint64_t port;
    if (colon < 0 || str_to_u64(str_skip(text, (size_t)colon + 1), &port) != 0)
        return false;

    char host[INET6_ADDRSTRLEN] = {0};
    struct str name = str_make(text.ptr, (size_t)colon);
    bool six = name.len > 2 && name.ptr[0] == '[';
    if (six)
        name = str_make(name.ptr + 1, name.len - 2);
    if (name.len >= sizeof host)
        return false;
    memcpy(host, name.ptr, name.len);

    if (six) {
        struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
        memcpy(&e->address.storage, &a, sizeof a);
        e->len = sizeof a;
        return inet_pton(AF_INET6, host, &((struct sockaddr_in6 *)&e->address)->sin6_addr) == 1;
    }
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    memcpy(&e->address.storage, &a, sizeof a);
    e->len = sizeof a;
    return inet_pton(AF_INET, host, &((struct sockaddr_in *)&e->address)->sin_addr) == 1;
}

bool endpoint_parse(struct endpoint *e, struct str text)
{
    *e = (struct endpoint){0};
    if (str_starts_with(text, STR("http://")))
        return parse_inet(e, str_skip(text, strlen("http://")));
    if (!str_starts_with(text, STR("unix:")))
        return false;
    struct str path = str_skip(text, strlen("unix:"));
    if (path.len >= sizeof e->address.local.sun_path)
        return false;
    e->address.local.sun_family = AF_UNIX;
    memcpy(e->address.local.sun_path, path.ptr, path.len);
    e->len = sizeof e->address.local;
    return true;
}

struct client *client_create(const struct endpoint *to)
{
    int fd = socket(to->address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (connect(fd, &to->address.any, to->len) != 0) {
        (void)close(fd);
        fail_msg("cannot connect: %s", strerror(errno));
    }
    if (to->address.any.sa_family != AF_UNIX) {
        const int yes = 1;
        assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes), 0);
    }
    struct client *c = calloc(1, sizeof *c);
    assert_non_null(c);
    c->fd = fd;
    return c;
}

void client_destroy(struct client *c)
{
    if (!c)
        return;
    client_close(c);
    buf_finish(&c->in);
    free(c);
}

static void wait_for(struct client *c, short events)
{
    struct pollfd p = {.fd = c->fd, .events = events};
    int n;
    do
        n = poll(&p, 1, CLIENT_PATIENCE_MS);
    while (n < 0 && errno == EINTR);
    assert_true(n >= 0);
    if (n == 0)
        fail_msg("the server does nothing for %d ms (%zu bytes wait to be read: \"%.*s\")",
                 CLIENT_PATIENCE_MS, c->in.len, (int)(c->in.len < 400 ? c->in.len : 400),
                 c->in.ptr ? c->in.ptr : "");
}

/* Takes what has come, so that neither side waits for the other to read. */
static bool receive(struct client *c, int flags)
{
    char *to = buf_reserve(&c->in, 16384);
    assert_non_null(to);
    ssize_t n = recv(c->fd, to, 16384, flags);
    if (n > 0) {
        c->in.len += (size_t)n;
        return true;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    c->was_reset = n < 0;
    c->ended = true;
    return false;
}

static void send_piece(struct client *c, struct str bytes)
{
    while (bytes.len && !c->sending_ends) {
        ssize_t n = send(c->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n >= 0) {
            bytes = str_skip(bytes, (size_t)n);
        } else if (errno == EAGAIN) {
            wait_for(c, POLLOUT | POLLIN);
            if (!c->ended)
                (void)receive(c, MSG_DONTWAIT);
        } else if (errno != EINTR) {
            c->sending_ends = true;
        }
    }
}

void client_send(struct client *c, struct str bytes, size_t piece)
{
    while (bytes.len) {
        size_t n = piece && piece < bytes.len ? piece : bytes.len;
        send_piece(c, str_make(bytes.ptr, n));
        bytes = str_skip(bytes, n);
    }
}

void client_send_text(struct client *c, const char *text)
{
    client_send(c, str_from(text), 0);
}

size_t client_send_unread(struct client *c, struct str bytes, int ms)
{
    size_t sent = 0;
    while (sent < bytes.len) {
        struct str rest = str_skip(bytes, sent);
        ssize_t n = send(c->fd, rest.ptr, rest.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        struct pollfd p = {.fd = c->fd, .events = POLLOUT};
        if (n >= 0)
            sent += (size_t)n;
        else if (errno != EAGAIN || poll(&p, 1, ms) == 0)
            break;
    }
    return sent;
}

static bool receive_more(struct client *c)
{
    if (c->ended)
        return false;
    wait_for(c, POLLIN);
    return receive(c, MSG_DONTWAIT);
}

static void bad_response(const struct response *r, const char *why)
{
    fail_msg("the response %s:\n%.*s", why, STR_ARG(r->head));
}

static bool is_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!isalnum((unsigned char)s.ptr[i]) && s.ptr[i] != '-')
            return false;
    return s.len > 0;
}

static bool is_value(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
            return false;
    return true;
}

/* The value of the `nth` field line of a name. */
static struct str field_at(const struct response *r, struct str name, unsigned nth)
{
    struct str rest = r->head;
    struct str line;
    (void)str_split(&rest, '\n', &line);
    while (str_split(&rest, '\n', &line)) {
        ptrdiff_t colon = str_find(line, ':');
        if (colon > 0 && str_eq_nocase(str_make(line.ptr, (size_t)colon), name) && nth-- == 0)
            return str_trim_lines(str_skip(line, (size_t)colon + 1));
    }
    return str_make(NULL, 0);
}

/* Every line of the head ends in CRLF; each field line is a name that stands on no other, a colon
 * and a value. */
static void check_lines(const struct response *r)
{
    struct str rest = str_make(r->head.ptr, r->head.len - 4);
    struct str line;
    bool first = true;
    while (str_split(&rest, '\n', &line)) {
        if (rest.len && !str_ends_with(line, STR("\r")))
            bad_response(r, "has a line that ends in a bare LF");
        if (str_ends_with(line, STR("\r")))
            line.len--;
        ptrdiff_t colon = str_find(line, ':');
        if (!is_value(line))
            bad_response(r, "holds a control character");
        struct str name = str_make(line.ptr, colon < 0 ? 0 : (size_t)colon);
        if (!first && !is_name(name))
            bad_response(r, "has a line that is no field");
        if (!first && field_at(r, name, 1).ptr)
            bad_response(r, "has a field on two lines");
        first = false;
    }
}

static unsigned check_status_line(const struct response *r)
{
    const char *p = r->head.ptr;
    if (!str_starts_with(r->head, STR("HTTP/1.1 ")) || !isdigit((unsigned char)p[9]) ||
        !isdigit((unsigned char)p[10]) || !isdigit((unsigned char)p[11]) || p[12] != ' ' ||
        p[9] < '1' || p[9] > '5')
        bad_response(r, "has a bad status line");
    return (unsigned)((p[9] - '0') * 100 + (p[10] - '0') * 10 + (p[11] - '0'));
}

/* RFC 9110 5.6.7, and the day of the week is that of the date. */
static bool is_imf_fixdate(struct str s)
{
    static const char form[] = "%a, %d %b %Y %H:%M:%S GMT";
    char again[64] = "";
    char given[sizeof "Sun, 06 Nov 1994 08:49:37 GMT"] = "";
    struct tm tm = {0};
    if (s.len != sizeof given - 1)
        return false;
    memcpy(given, s.ptr, s.len);
    const char *end = strptime(given, form, &tm);
    time_t when = timegm(&tm);
    return end && gmtime_r(&when, &tm) && strftime(again, sizeof again, form, &tm) > 0 &&
           strcmp(given, again) == 0;
}

/* Date (RFC 9110 6.6.1), Allow (15.5.6), and what is about the connection alone (7.6.1). */
static void check_fields(const struct response *r)
{
    static const char *const unnamed[] = {"Keep-Alive", "Proxy-Connection",  "TE",
                                          "Trailer",    "Transfer-Encoding", "Upgrade"};
    struct str connection = response_field(r, "Connection");
    if (r->status >= 200 && !is_imf_fixdate(response_field(r, "Date")))
        bad_response(r, "has no Date that is one");
    if (r->status == 405 && !response_field(r, "Allow").ptr)
        bad_response(r, "does not say what is allowed");
    if (connection.ptr && !str_eq(connection, STR("close")) &&
        !str_eq(connection, STR("keep-alive")))
        bad_response(r, "names something else in Connection");
    for (size_t i = 0; i < sizeof unnamed / sizeof *unnamed; i++)
        if (response_field(r, unnamed[i]).ptr)
            bad_response(r, "has a field for the connection that Connection does not name");
}

/* RFC 9112 6.3 as far as attimo uses it: always a length, or a status that has no content. */
static size_t body_length(const struct response *r, bool to_head)
{
    struct str length = response_field(r, "Content-Length");
    if (r->status < 200 || r->status == 204) {
        if (length.ptr)
            bad_response(r, "has a Content-Length where none may be");
        return 0;
    }
    if (r->status == 304)
        return 0;
    uint64_t n = 0;
    if (!length.ptr || str_to_u64(length, &n) != 0)
        bad_response(r, "does not have a Content-Length");
    return to_head ? 0 : (size_t)n;
}

bool client_read(struct client *c, struct response *r, bool to_head)
{
    buf_consume(&c->in, c->used);
    c->used = 0;

    const char *end = NULL;
    while (!c->in.len || !(end = memmem(c->in.ptr, c->in.len, "\r\n\r\n", 4)))
        if (!receive_more(c)) {
            if (c->in.len)
                fail_msg("the server closed within a head: \"%.*s\"", STR_ARG(buf_str(&c->in)));
            return false;
        }

    size_t head_len = (size_t)(end - c->in.ptr) + 4;
    r->head = str_make(c->in.ptr, head_len);
    r->status = check_status_line(r);
    check_lines(r);
    check_fields(r);
    size_t body_len = body_length(r, to_head);
    while (c->in.len < head_len + body_len)
        if (!receive_more(c))
            fail_msg("the server closed with %zu of %zu bytes sent", c->in.len - head_len,
                     body_len);

    r->head = str_make(c->in.ptr, head_len);
    r->body = str_make(c->in.ptr + head_len, body_len);
    c->used = head_len + body_len;
    return true;
}

struct response client_response(struct client *c)
{
    struct response r = {0};
    if (!client_read(c, &r, false))
        fail_msg("the server closed instead of answering%s", c->was_reset ? " (reset)" : "");
    return r;
}

void client_expect_close(struct client *c)
{
    struct response r;
    if (client_read(c, &r, false))
        fail_msg("the server answered instead of closing:\n%.*s", STR_ARG(r.head));
}

bool client_is_served(struct client *c, const char *target)
{
    char request[512];
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
    client_send_text(c, request);
    struct response r;
    return client_read(c, &r, false);
}

bool client_hears(struct client *c, int ms)
{
    if (c->in.len > c->used || c->ended)
        return true;
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    return poll(&p, 1, ms) > 0;
}

void client_half_close(struct client *c)
{
    (void)shutdown(c->fd, SHUT_WR);
}

void client_close(struct client *c)
{
    if (c->fd >= 0)
        (void)close(c->fd);
    c->fd = -1;
    c->ended = true;
    c->sending_ends = true;
}

void client_reset(struct client *c)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    assert_int_equal(setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    client_close(c);
}

struct str response_field(const struct response *r, const char *name)
{
    return field_at(r, str_from(name), 0);
}

void assert_not_modified(const struct response *r, const struct response *full)
{
    static const char *const kept[] = {"ETag", "Vary", "Cache-Control", "Content-Location",
                                       "Expires"};
    assert_int_equal(r->status, 304);
    assert_int_equal(full->status, 200);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        assert_str(response_field(r, kept[i]), response_field(full, kept[i]));
}

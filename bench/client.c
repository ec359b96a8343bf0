/* The time, connecting, and reading responses, for the generators. */
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

uint64_t now_ns(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

void give_up(const char *what)
{
    perror(what);
    exit(1);
}

static bool parse_unix(struct target *out, const char *path)
{
    struct sockaddr_un *sun = (struct sockaddr_un *)&out->address;
    if (strlen(path) >= sizeof(sun->sun_path))
        return false;
    sun->sun_family = AF_UNIX;
    snprintf(sun->sun_path, sizeof(sun->sun_path), "%s", path);
    out->len = sizeof(*sun);
    return true;
}

bool target_parse(struct target *out, const char *text)
{
    memset(out, 0, sizeof(*out));
    if (strncmp(text, "unix:", 5) == 0)
        return parse_unix(out, text + 5);

    char host[INET_ADDRSTRLEN];
    const char *colon = strchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof(host))
        return false;
    snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
    char *end;
    long port = strtol(colon + 1, &end, 10);
    struct sockaddr_in *in = (struct sockaddr_in *)&out->address;
    in->sin_family = AF_INET;
    in->sin_port = htons((uint16_t)port);
    out->len = sizeof(*in);
    return end != colon + 1 && *end == '\0' && port >= 0 && port <= UINT16_MAX &&
           inet_pton(AF_INET, host, &in->sin_addr) == 1;
}

static bool bind_source(int fd, uint32_t source)
{
    const struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(source)};
    int on = 1;
    return setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on)) == 0 &&
           bind(fd, (const struct sockaddr *)&in, sizeof(in)) == 0;
}

int target_connect(const struct target *target, uint32_t source)
{
    int fd = socket(target->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int on = 1;
    if (target->address.ss_family == AF_INET &&
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0)
        goto fail_close_fd;
    if (source != 0 && !bind_source(fd, source))
        goto fail_close_fd;
    if (connect(fd, (const struct sockaddr *)&target->address, target->len) != 0)
        goto fail_close_fd;
    return fd;

fail_close_fd:;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

/* Reads the status and the length in a whole head. */
static bool read_head(struct response *response, size_t *body)
{
    static const char ok[] = "HTTP/1.1 200 ";
    static const char no_content[] = "HTTP/1.1 204 ";
    static const char field[] = "\r\ncontent-length:";
    *body = 0;
    if (strncmp(response->head, no_content, sizeof(no_content) - 1) == 0)
        return true;
    if (strncmp(response->head, ok, sizeof(ok) - 1) != 0)
        return false;
    const char *at = strcasestr(response->head, field);
    if (!at)
        return false;
    *body = strtoul(at + sizeof(field) - 1, NULL, 10);
    return true;
}

enum response_state response_feed(struct response *response, const char *bytes, size_t len)
{
    if (!response->in_body) {
        size_t had = response->head_len;
        size_t room = sizeof(response->head) - 1 - had;
        size_t taken = len < room ? len : room;
        memcpy(response->head + had, bytes, taken);
        response->head[had + taken] = '\0';
        response->head_len = had + taken;
        const char *end = strstr(response->head, "\r\n\r\n");
        if (!end)
            return taken < room ? RESPONSE_PARTIAL : RESPONSE_BAD;
        if (!read_head(response, &response->body_left))
            return RESPONSE_BAD;
        len -= (size_t)(end + 4 - response->head) - had;
        response->in_body = true;
    }
    if (len > response->body_left)
        return RESPONSE_BAD;
    response->body_left -= len;
    if (response->body_left > 0)
        return RESPONSE_PARTIAL;
    response->head_len = 0;
    response->in_body = false;
    return RESPONSE_COMPLETE;
}

bool exchange(int fd, const char *request, size_t len)
{
    if (send(fd, request, len, MSG_NOSIGNAL) != (ssize_t)len)
        return false;
    struct response response = {0};
    enum response_state state = RESPONSE_PARTIAL;
    while (state == RESPONSE_PARTIAL) {
        char bytes[16384];
        ssize_t n = recv(fd, bytes, sizeof(bytes), 0);
        if (n <= 0)
            return false;
        state = response_feed(&response, bytes, (size_t)n);
    }
    return state == RESPONSE_COMPLETE;
}

size_t ask(int fd, const char *request, char *in, size_t room)
{
    size_t n = 0;
    size_t whole = 0;
    if (send(fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
        give_up("send");
    while (whole == 0 || n < whole) {
        ssize_t got = recv(fd, in + n, room - n - 1, 0);
        if (got <= 0)
            give_up("recv");
        n += (size_t)got;
        in[n] = '\0';
        const char *end = strstr(in, "\r\n\r\n");
        const char *length = strcasestr(in, "\r\ncontent-length:");
        if (end && length)
            whole = (size_t)(end - in) + 4 +
                    strtoul(length + sizeof "\r\ncontent-length:" - 1, NULL, 10);
    }
    return n;
}

bool request_load(const char *path, char *out, size_t size, size_t *len)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    *len = fread(out, 1, size, file);
    bool whole = feof(file) && !ferror(file);
    if (!whole && *len == size)
        errno = EFBIG;
    fclose(file);
    return whole && *len > 0;
}

/* The limit: what one core can do at most. A raw epoll loop that answers whatever it reads with the
 * same bytes, without looking at it.
 *
 *     limit LISTEN RESPONSE-FILE      LISTEN is 127.0.0.1:0 or unix:PATH
 *
 * It prints "listening on ADDR" when it can be connected to. Every read gets one answer, so a
 * client that pipelines or splits its requests is answered wrongly: this measures, it does not
 * serve. */
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { RESPONSE_MAX = 65536, EVENTS = 256, BACKLOG = 4096 };

struct answer {
    char bytes[RESPONSE_MAX];
    size_t len;
};

static int listen_on(const struct target *where)
{
    int fd = socket(where->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    /* Accepted connections inherit it. */
    int on = 1;
    if (where->address.ss_family == AF_INET &&
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0)
        return -1;
    if (bind(fd, (const struct sockaddr *)&where->address, where->len) != 0)
        return -1;
    return listen(fd, BACKLOG) == 0 ? fd : -1;
}

static void say_where(int fd, const char *wanted)
{
    struct sockaddr_in in = {0};
    socklen_t len = sizeof(in);
    if (getsockname(fd, (struct sockaddr *)&in, &len) == 0 && in.sin_family == AF_INET)
        printf("listening on 127.0.0.1:%u\n", ntohs(in.sin_port));
    else
        printf("listening on %s\n", wanted);
    fflush(stdout);
}

static void accept_all(int epoll_fd, int listener)
{
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
            close(fd);
    }
}

static void give(const struct answer *answer, int fd)
{
    static char request[RESPONSE_MAX];
    ssize_t n = recv(fd, request, sizeof(request), 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0 || send(fd, answer->bytes, answer->len, MSG_NOSIGNAL) != (ssize_t)answer->len)
        close(fd);
}

static int serve(const struct answer *answer, int listener)
{
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    if (epoll_fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event) != 0)
        return -1;
    for (;;) {
        struct epoll_event events[EVENTS];
        int n = epoll_wait(epoll_fd, events, EVENTS, -1);
        if (n < 0 && errno != EINTR)
            return -1;
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == listener)
                accept_all(epoll_fd, listener);
            else
                give(answer, events[i].data.fd);
        }
    }
}

int main(int argc, char **argv)
{
    static struct answer answer;
    struct target where;
    if (argc != 3 || !target_parse(&where, argv[1])) {
        fprintf(stderr, "usage: limit 127.0.0.1:PORT|unix:PATH RESPONSE-FILE\n");
        return 2;
    }
    if (!request_load(argv[2], answer.bytes, sizeof(answer.bytes), &answer.len)) {
        perror(argv[2]);
        return 3;
    }
    int listener = listen_on(&where);
    if (listener < 0) {
        perror(argv[1]);
        return 3;
    }
    say_where(listener, argv[1]);
    serve(&answer, listener);
    perror("limit");
    return 3;
}

/* A client that means no good: attack MODE PORT SECONDS CONNECTIONS [TARGET...]
 *
 *     hold      connects, asks for one page on each connection, and stays
 *     flood     connects without a word, as fast as it goes; the oldest of CONNECTIONS makes room
 *     reset     connects, says nothing, half a head, a page's or an event's request, and resets
 *     pipeline  100 000 requests for TARGET on each connection; no answer is ever read
 *     devour    the same, but answers are read as fast as they come
 *     chunks    chunked bodies without end to each TARGET in turn
 *
 * Who is thrown out comes again, until the time is over. Only 127.0.0.1 is ever attacked. Prints a
 * line of JSON: how many connections, how many bytes went out; and of pipelines, how many requests,
 * how many connections were through with theirs, and how many could send no more in the end. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 4096, PIPELINE = 100000, AT_ONCE = 2000, REQUEST_MAX = 64, CHUNK = 1000 };

struct attacker {
    int fd; /* -1: to be connected anew */
    size_t sent;
    bool is_blocked; /* there is more to send, and no room for it */
};

struct attack {
    const char *mode;
    struct sockaddr_in to;
    uint64_t end_ms;
    size_t count;
    struct attacker attackers[CONNECTIONS_MAX];
    struct pollfd polls[CONNECTIONS_MAX];
    char **targets;
    size_t target_count;
    char request[REQUEST_MAX]; /* what a pipeline is made of */
    size_t request_len;
    uint64_t connected, refused, bytes, complete, blocked;
};

static uint64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static bool is_mode(const struct attack *attack, const char *mode)
{
    return strcmp(attack->mode, mode) == 0;
}

/* With a reset instead of a FIN: else the ports of this machine would soon be used up. */
static void reset(struct attacker *attacker)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(attacker->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    (void)close(attacker->fd);
    attacker->fd = -1;
}

/* False: it was not to be had. */
static bool begin(struct attack *attack, struct attacker *attacker)
{
    int small = 4096;
    *attacker = (struct attacker){.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)};
    if (attacker->fd < 0)
        return false;
    if (is_mode(attack, "pipeline"))
        (void)setsockopt(attacker->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (connect(attacker->fd, (struct sockaddr *)&attack->to, sizeof attack->to) != 0 &&
        errno != EINPROGRESS) {
        attack->refused++;
        reset(attacker);
        return false;
    }
    attack->connected++;
    return true;
}

/* Takes no answer to be the end, but for an error. */
static void send_some(struct attack *attack, struct attacker *attacker, const char *bytes,
                      size_t len)
{
    ssize_t n = send(attacker->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
        attacker->sent += (size_t)n;
        attack->bytes += (size_t)n;
    } else if (n < 0 && errno != EAGAIN && errno != ENOTCONN) {
        reset(attacker);
    }
}

/* --- what is said once */

static void say(struct attack *attack, struct attacker *attacker, const char *words)
{
    struct pollfd poll_for = {.fd = attacker->fd, .events = POLLOUT};
    if (poll(&poll_for, 1, 1000) == 1)
        send_some(attack, attacker, words, strlen(words));
}

static void hold(struct attack *attack)
{
    for (size_t i = 0; i < attack->count; i++)
        if (begin(attack, &attack->attackers[i]))
            say(attack, &attack->attackers[i], "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    while (now_ms() < attack->end_ms)
        (void)poll(NULL, 0, 20);
}

static void flood(struct attack *attack)
{
    for (size_t i = 0; now_ms() < attack->end_ms; i = (i + 1) % attack->count) {
        if (attack->attackers[i].fd >= 0)
            reset(&attack->attackers[i]);
        (void)begin(attack, &attack->attackers[i]);
    }
}

static const char event[] =
    "POST /_/e HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 71\r\n\r\n"
    "pv=00000000000000000000000000000abc&p=/&d=a&e=click&cta=call&n=1&t=5120";

static void storm(struct attack *attack)
{
    static const char *const words[] = {
        "",
        "GET / HT",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        event,
        "POST /_/e HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\npv=",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf a chunk",
    };
    struct attacker *attacker = &attack->attackers[0];
    for (size_t i = 0; now_ms() < attack->end_ms; i++) {
        const char *now = words[i % (sizeof words / sizeof *words)];
        if (!begin(attack, attacker))
            continue;
        if (*now)
            say(attack, attacker, now);
        if (attacker->fd >= 0)
            reset(attacker);
    }
}

/* --- what never ends */

static void send_pipeline(struct attack *attack, struct attacker *attacker)
{
    static char many[REQUEST_MAX * AT_ONCE];
    size_t len = attack->request_len;
    if (!many[0])
        for (size_t i = 0; i < AT_ONCE; i++)
            memcpy(many + i * len, attack->request, len);
    size_t from = attacker->sent % len;
    size_t rest = PIPELINE * len - attacker->sent;
    size_t room = AT_ONCE * len - from;
    if (rest > 0)
        send_some(attack, attacker, many + from, rest < room ? rest : room);
}

static void send_chunks(struct attack *attack, struct attacker *attacker, const char *target)
{
    char bytes[CHUNK + 512];
    int len = 0;
    if (attacker->sent == 0) {
        len = snprintf(bytes, sizeof bytes,
                       "POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n",
                       target);
        send_some(attack, attacker, bytes, (size_t)len);
        return;
    }
    /* One byte in each: what stands around it is far more. */
    for (len = 0; len < CHUNK; len += 6)
        memcpy(bytes + len, "1\r\nb\r\n", 6);
    size_t from = attacker->sent % 6;
    send_some(attack, attacker, bytes + from, (size_t)len - from);
}

/* What the server has to say. False: it is through with us. */
static bool read_some(const struct attacker *attacker)
{
    static char bytes[65536];
    ssize_t n = recv(attacker->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    return n > 0 || (n < 0 && errno == EAGAIN);
}

/* Before a connection is given up. */
static void look_back(struct attack *attack, const struct attacker *attacker)
{
    if (attacker->sent == PIPELINE * attack->request_len)
        attack->complete++;
    else if (attacker->is_blocked)
        attack->blocked++;
}

static void step(struct attack *attack, size_t i)
{
    struct attacker *attacker = &attack->attackers[i];
    short events = attack->polls[i].revents;
    bool is_pipeline = is_mode(attack, "pipeline");
    if (events & (POLLERR | POLLHUP) || (events & POLLIN && !is_pipeline && !read_some(attacker))) {
        look_back(attack, attacker);
        reset(attacker);
        return;
    }
    attacker->is_blocked = attack->polls[i].events & POLLOUT && !(events & POLLOUT);
    if (events & POLLOUT && is_mode(attack, "chunks"))
        send_chunks(attack, attacker, attack->targets[i % attack->target_count]);
    else if (events & POLLOUT)
        send_pipeline(attack, attacker);
}

static void go_on(struct attack *attack)
{
    bool is_pipeline = is_mode(attack, "pipeline");
    bool has_end = is_pipeline || is_mode(attack, "devour");
    while (now_ms() < attack->end_ms) {
        for (size_t i = 0; i < attack->count; i++) {
            struct attacker *attacker = &attack->attackers[i];
            if (attacker->fd < 0)
                (void)begin(attack, attacker);
            bool all_out = has_end && attacker->sent == PIPELINE * attack->request_len;
            short wanted = (short)((all_out ? 0 : POLLOUT) | (is_pipeline ? 0 : POLLIN));
            attack->polls[i] = (struct pollfd){.fd = attacker->fd, .events = wanted};
        }
        (void)poll(attack->polls, attack->count, 10);
        for (size_t i = 0; i < attack->count; i++)
            if (attack->polls[i].fd >= 0)
                step(attack, i);
    }
}

int main(int argc, char **argv)
{
    static struct attack attack;
    struct rlimit files;
    if (argc < 5) {
        fprintf(stderr, "usage: attack MODE PORT SECONDS CONNECTIONS [TARGET...]\n");
        return 2;
    }
    attack.mode = argv[1];
    attack.to = (struct sockaddr_in){.sin_family = AF_INET,
                                     .sin_port = htons((uint16_t)atoi(argv[2])),
                                     .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    attack.end_ms = now_ms() + (uint64_t)(atof(argv[3]) * 1000);
    attack.count = strtoul(argv[4], NULL, 10);
    attack.targets = argv + 5;
    attack.target_count = (size_t)argc - 5;
    if (attack.count < 1 || attack.count > CONNECTIONS_MAX ||
        (is_mode(&attack, "chunks") && attack.target_count < 1))
        return 2;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    attack.request_len = (size_t)snprintf(attack.request, sizeof attack.request,
                                          "GET %s HTTP/1.1\r\nHost: a\r\n\r\n",
                                          attack.target_count > 0 ? attack.targets[0] : "/");
    if (attack.request_len >= sizeof attack.request)
        return 2;
    for (size_t i = 0; i < attack.count; i++)
        attack.attackers[i].fd = -1;

    if (is_mode(&attack, "hold"))
        hold(&attack);
    else if (is_mode(&attack, "flood"))
        flood(&attack);
    else if (is_mode(&attack, "reset"))
        storm(&attack);
    else
        go_on(&attack);

    for (size_t i = 0; i < attack.count; i++)
        if (attack.attackers[i].fd >= 0) {
            look_back(&attack, &attack.attackers[i]);
            reset(&attack.attackers[i]);
        }
    printf("{\"connections\":%llu,\"refused\":%llu,\"bytes\":%llu,\"requests\":%llu,"
           "\"complete\":%llu,\"blocked\":%llu}\n",
           (unsigned long long)attack.connected, (unsigned long long)attack.refused,
           (unsigned long long)attack.bytes,
           (unsigned long long)(attack.bytes / attack.request_len),
           (unsigned long long)attack.complete, (unsigned long long)attack.blocked);
    return 0;
}

/* An open-loop generator: requests go out on a fixed schedule whether or not earlier ones have been
 * answered, and latency counts from the moment a request was meant to be sent.
 *
 *     openloop [-s] [-c CONNECTIONS] -r RATE -n REQUESTS TARGET REQUEST-FILE
 *
 * Without -r the loop is closed: each connection sends when it has its answer. With -s it sleeps
 * between the schedule and the sockets, and leaves the processor to those that it measures beside
 * others; latency then counts its own waking up.
 *
 * A closed-loop generator waits for a slow answer and so leaves out the requests that would have
 * met the same slowness (coordinated omission); here they are sent late and their wait is counted.
 *
 * Happy path: connect, one request on each connection to warm it, then spin between the schedule
 * and the sockets until all are answered, and print one line of JSON. A connection has one request
 * under way at a time. If none is free when a request is due, it waits: that is the server's
 * slowness and is counted as `queued`. If one was free and the send was still over 100 us behind,
 * the generator itself was too slow: `late`, and with many of those the figures are worth nothing.
 * Failure modes: a bad answer, or a connection that ends, is an error and loses that connection; no
 * answer at all for ten seconds ends the run with what was measured. Exit 1 if there were errors.
 */
#include "client.h"
#include "histogram.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_MAX = 16384, EVENTS = 256, CONNECTIONS_MAX = 10000 };

#define LATE_NS  UINT64_C(100000)
#define STALL_NS (10 * NS_PER_S)

struct connection {
    int fd;
    uint64_t intended; /* when its request under way was meant to be sent */
    struct response response;
};

struct run {
    const char *request;
    size_t request_len;
    double interval_ns;
    bool is_closed;
    bool sleeps;
    uint64_t wanted, sent, done, errors, late, queued;
    uint64_t start, end;
    uint64_t starved_until; /* when a due request last had no free connection */
    int epoll_fd;
    size_t count;
    struct connection *connections;
    struct connection **free; /* a ring: each connection gets its turn */
    size_t free_at, free_count;
    struct histogram latency;
};

static uint64_t due_at(const struct run *run, uint64_t number)
{
    return run->start + (uint64_t)((double)number * run->interval_ns);
}

static void set_free(struct run *run, struct connection *connection)
{
    run->free[(run->free_at + run->free_count++) % run->count] = connection;
}

static struct connection *take_free(struct run *run)
{
    struct connection *connection = run->free[run->free_at];
    run->free_at = (run->free_at + 1) % run->count;
    run->free_count--;
    return connection;
}

static void lose(struct run *run, struct connection *connection)
{
    run->errors++;
    close(connection->fd);
    connection->fd = -1;
}

/* Sends what is due, as far as there are free connections. */
static void send_due(struct run *run)
{
    while (run->sent < run->wanted) {
        uint64_t due = due_at(run, run->sent);
        uint64_t now = now_ns();
        if (due > now)
            return;
        if (run->free_count == 0) {
            run->starved_until = now;
            return;
        }
        if (due < run->starved_until)
            run->queued++;
        uint64_t could = due > run->starved_until ? due : run->starved_until;
        run->late += now - could > LATE_NS;
        struct connection *connection = take_free(run);
        connection->intended = run->is_closed ? now : due;
        run->sent++;
        ssize_t n =
            send(connection->fd, run->request, run->request_len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n != (ssize_t)run->request_len)
            lose(run, connection);
    }
}

static void receive(struct run *run, struct connection *connection)
{
    static char bytes[65536];
    ssize_t n = recv(connection->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    enum response_state state =
        n > 0 ? response_feed(&connection->response, bytes, (size_t)n) : RESPONSE_BAD;
    if (state == RESPONSE_BAD) {
        lose(run, connection);
    } else if (state == RESPONSE_COMPLETE) {
        run->end = now_ns();
        histogram_add(&run->latency, run->end - connection->intended);
        run->done++;
        set_free(run, connection);
    }
}

/* How long nothing is to be sent. */
static struct timespec pause_of(const struct run *run)
{
    uint64_t now = now_ns();
    uint64_t until = now + NS_PER_S / 100;
    if (run->sent < run->wanted && run->free_count > 0)
        until = due_at(run, run->sent);
    uint64_t pause = run->sleeps && until > now ? until - now : 0;
    return (struct timespec){(time_t)(pause / NS_PER_S), (long)(pause % NS_PER_S)};
}

static void run_schedule(struct run *run)
{
    run->start = now_ns() + NS_PER_S / 1000;
    run->end = run->start;
    while (run->done + run->errors < run->wanted) {
        send_due(run);
        struct epoll_event events[EVENTS];
        const struct timespec pause = pause_of(run);
        int n = epoll_pwait2(run->epoll_fd, events, EVENTS, &pause, NULL);
        for (int i = 0; i < n; i++)
            receive(run, events[i].data.ptr);
        uint64_t last = run->end > run->start ? run->end : run->start;
        uint64_t now = now_ns();
        if (run->errors >= run->count || (now > last && now - last > STALL_NS && run->sent > 0))
            break;
    }
}

static bool open_all(struct run *run, const struct target *target)
{
    run->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    run->connections = calloc(run->count, sizeof(*run->connections));
    run->free = calloc(run->count, sizeof(struct connection *));
    if (run->epoll_fd < 0 || !run->connections || !run->free)
        return false;
    for (size_t i = 0; i < run->count; i++) {
        struct connection *connection = &run->connections[i];
        connection->fd = target_connect(target, 0);
        if (connection->fd < 0 || !exchange(connection->fd, run->request, run->request_len))
            return false;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        if (epoll_ctl(run->epoll_fd, EPOLL_CTL_ADD, connection->fd, &event) != 0)
            return false;
        set_free(run, connection);
    }
    return true;
}

static double us(uint64_t ns)
{
    return (double)ns / 1000.0;
}

static void print(const struct run *run)
{
    const struct histogram *h = &run->latency;
    double seconds = (double)(run->end - run->start) / (double)NS_PER_S;
    printf("{\"connections\":%zu,\"rate\":%.1f,\"achieved\":%.1f,\"seconds\":%.3f,"
           "\"requests\":%llu,\"done\":%llu,\"errors\":%llu,\"late\":%llu,\"queued\":%llu,"
           "\"mean_us\":%.2f,\"p50_us\":%.2f,\"p99_us\":%.2f,\"p999_us\":%.2f,\"max_us\":%.2f}\n",
           run->count, run->is_closed ? 0.0 : (double)NS_PER_S / run->interval_ns,
           seconds > 0 ? (double)run->done / seconds : 0.0, seconds,
           (unsigned long long)run->wanted, (unsigned long long)run->done,
           (unsigned long long)(run->wanted - run->done), (unsigned long long)run->late,
           (unsigned long long)run->queued, h->count ? us(h->sum) / (double)h->count : 0.0,
           us(histogram_quantile(h, 0.5)), us(histogram_quantile(h, 0.99)),
           us(histogram_quantile(h, 0.999)), us(h->max));
}

static bool parse_options(struct run *run, int argc, char **argv)
{
    double rate = 0;
    run->count = 1;
    int option;
    while ((option = getopt(argc, argv, "sc:r:n:")) != -1) {
        if (option == 'c')
            run->count = strtoul(optarg, NULL, 10);
        else if (option == 'r')
            rate = strtod(optarg, NULL);
        else if (option == 'n')
            run->wanted = strtoull(optarg, NULL, 10);
        else if (option == 's')
            run->sleeps = true;
        else
            return false;
    }
    run->is_closed = rate <= 0;
    if (!run->is_closed)
        run->interval_ns = (double)NS_PER_S / rate;
    return run->count >= 1 && run->count <= CONNECTIONS_MAX && run->wanted > 0 &&
           argc - optind == 2;
}

int main(int argc, char **argv)
{
    static struct run run;
    struct target target;
    if (!parse_options(&run, argc, argv) || !target_parse(&target, argv[optind])) {
        fprintf(stderr, "usage: openloop [-s] [-c CONNECTIONS] [-r RATE] -n REQUESTS "
                        "127.0.0.1:PORT|unix:PATH REQUEST-FILE\n");
        return 2;
    }
    static char request[REQUEST_MAX];
    if (!request_load(argv[optind + 1], request, sizeof(request), &run.request_len)) {
        perror(argv[optind + 1]);
        return 3;
    }
    run.request = request;
    if (run.sleeps)
        (void)prctl(PR_SET_TIMERSLACK, 1);
    if (!open_all(&run, &target)) {
        fprintf(stderr, "openloop: cannot get an answer from %s: ", argv[optind]);
        perror(NULL);
        return 3;
    }
    run_schedule(&run);
    print(&run);
    return run.done == run.wanted ? 0 : 1;
}

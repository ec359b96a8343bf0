/* Opens idle keep-alive connections and holds them.
 *
 *     idle COUNT TARGET REQUEST-FILE
 *
 * Each connection makes one request first, as a browser's would have: what a server keeps for a
 * connection after its first answer is what counts. Prints "holding COUNT" when all are open, waits
 * for the end of its standard input, then prints as JSON how many the server has closed meanwhile.
 */
#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { REQUEST_MAX = 16384, PER_SOURCE = 1000, SPARE_FDS = 16 };

/* 127.0.0.2 and on, a thousand connections each. */
static uint32_t source_of(const struct target *target, size_t i)
{
    const uint32_t first = 0x7f000002;
    return target->address.ss_family == AF_INET ? first + (uint32_t)(i / PER_SOURCE) : 0;
}

static bool allow_fds(size_t count)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return false;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= count + SPARE_FDS;
}

static size_t count_closed(const int *fds, size_t count)
{
    size_t closed = 0;
    for (size_t i = 0; i < count; i++) {
        char byte;
        ssize_t n = recv(fds[i], &byte, 1, MSG_DONTWAIT);
        closed += n >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    }
    return closed;
}

static bool open_all(int *fds, size_t count, const struct target *target, const char *request,
                     size_t len)
{
    for (size_t i = 0; i < count; i++) {
        fds[i] = target_connect(target, source_of(target, i));
        if (fds[i] < 0 || !exchange(fds[i], request, len)) {
            fprintf(stderr, "idle: connection %zu of %zu failed: ", i + 1, count);
            perror(NULL);
            return false;
        }
    }
    return true;
}

/* Opens, says so, waits for the end of the standard input, and says what has become of them. */
static bool hold(int *fds, size_t count, const struct target *target, const char *request,
                 size_t len)
{
    if (!open_all(fds, count, target, request, len))
        return false;
    printf("holding %zu\n", count);
    fflush(stdout);
    char ignored[64];
    while (read(STDIN_FILENO, ignored, sizeof(ignored)) > 0)
        ;
    printf("{\"held\":%zu,\"closed_by_server\":%zu}\n", count, count_closed(fds, count));
    return true;
}

int main(int argc, char **argv)
{
    struct target target;
    long count = argc == 4 ? strtol(argv[1], NULL, 10) : 0;
    if (count <= 0 || !target_parse(&target, argv[2])) {
        fprintf(stderr, "usage: idle COUNT 127.0.0.1:PORT|unix:PATH REQUEST-FILE\n");
        return 2;
    }
    static char request[REQUEST_MAX];
    size_t len;
    if (!request_load(argv[3], request, sizeof(request), &len)) {
        perror(argv[3]);
        return 3;
    }
    if (!allow_fds((size_t)count)) {
        fprintf(stderr, "idle: the limit of open files is too low for %ld connections\n", count);
        return 3;
    }
    int *fds = calloc((size_t)count, sizeof(*fds));
    bool held = fds && hold(fds, (size_t)count, &target, request, len);
    free(fds);
    return held ? 0 : 3;
}

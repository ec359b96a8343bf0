/* How long from a writer's close() or rename() to the first answer with the new bytes.
 *
 *     publish HOST:PORT|unix:PATH PAGES-FOLDER COUNT MILLISECONDS
 *
 * Saves the page `bench.md` COUNT times, by turns in its place and by renaming, MILLISECONDS apart,
 * and asks for it on one connection, five times a millisecond, until the new version is answered;
 * then until its brotli coding is another one: that of the best tier. Prints a line for each save:
 * microseconds until live, microseconds until the best tier (a million and more: not within a
 * second). A saved page that is not live within ten seconds ends the run with exit 1. */
#include "client.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BODY_SIZE = 10000, ANSWER_MAX = 1 << 20, PATIENCE_S = 10, BEST_PATIENCE_S = 1 };

static const char ask_plain[] = "GET /bench HTTP/1.1\r\nHost: bench\r\n\r\n";
static const char ask_brotli[] =
    "GET /bench HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: br\r\n\r\n";
static char in[ANSWER_MAX];

/* A page of ten kilobytes that says which version it is. */
static size_t page(char *out, size_t room, unsigned version)
{
    size_t n = (size_t)snprintf(out, room,
                                "---\ntitle: Una pagina di prova\ndescription: Per misurare.\n"
                                "intent: know\n---\nEcco la versione-%08u.\n\n",
                                version);
    for (unsigned i = 0; n < BODY_SIZE; i++)
        n += (size_t)snprintf(out + n, room - n, "Parole %u, e altre %u, che %u non finiscono%s",
                              i * 7919 % 1000, i * 104729 % 997, version % 89 + i,
                              i % 8 == 7 ? ".\n\n" : ", ");
    return n;
}

static int write_all(int fd, const char *bytes, size_t n)
{
    return write(fd, bytes, n) == (ssize_t)n ? 0 : -1;
}

/* Saves, and returns the moment just before the call that completes it. */
static uint64_t save(const char *folder, unsigned version)
{
    static char text[2 * BODY_SIZE];
    char path[4096];
    char aside[4096];
    size_t n = page(text, sizeof text, version);
    (void)snprintf(path, sizeof path, "%s/bench.md", folder);
    (void)snprintf(aside, sizeof aside, "%s/.bench.md.new", folder);
    int in_place = version % 2 == 0;
    int fd = open(in_place ? path : aside, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || write_all(fd, text, n) != 0)
        give_up("write");
    uint64_t began = now_ns();
    (void)close(fd);
    if (!in_place) {
        began = now_ns();
        if (rename(aside, path) != 0)
            give_up("rename");
    }
    return began;
}

static void pause_a_moment(void)
{
    const struct timespec moment = {0, 200000};
    (void)nanosleep(&moment, NULL);
}

static uint64_t until_live(int fd, unsigned version, uint64_t began)
{
    char wanted[32];
    (void)snprintf(wanted, sizeof wanted, "versione-%08u", version);
    while (!memmem(in, ask(fd, ask_plain, in, sizeof in), wanted, strlen(wanted))) {
        if (now_ns() - began > PATIENCE_S * NS_PER_S)
            give_up("not live");
        pause_a_moment();
    }
    return now_ns() - began;
}

static uint64_t until_best(int fd, uint64_t began)
{
    char etag[32] = {0};
    while (now_ns() - began < BEST_PATIENCE_S * NS_PER_S) {
        (void)ask(fd, ask_brotli, in, sizeof in);
        const char *now = strstr(in, "ETag: ");
        if (!now)
            give_up("no ETag");
        if (*etag && strncmp(now, etag, sizeof etag - 1) != 0)
            return now_ns() - began;
        memcpy(etag, now, sizeof etag - 1);
        pause_a_moment();
    }
    return now_ns() - began;
}

int main(int argc, char **argv)
{
    struct target target;
    if (argc != 5 || !target_parse(&target, argv[1])) {
        (void)fprintf(stderr, "usage: publish HOST:PORT|unix:PATH PAGES-FOLDER COUNT "
                              "MILLISECONDS\n");
        return 2;
    }
    int fd = target_connect(&target, 0);
    if (fd < 0)
        give_up(argv[1]);
    unsigned count = (unsigned)strtoul(argv[3], NULL, 10);
    long apart_ms = strtol(argv[4], NULL, 10);
    const struct timespec apart = {apart_ms / 1000, apart_ms % 1000 * 1000000L};
    unsigned first = (unsigned)(now_ns() / NS_PER_S % 100000) * 1000;
    for (unsigned version = first; version < first + count; version++) {
        uint64_t began = save(argv[2], version);
        uint64_t live = until_live(fd, version, began);
        uint64_t best = until_best(fd, began);
        (void)printf("%.1f %.1f\n", (double)live / 1000, (double)best / 1000);
        (void)nanosleep(&apart, NULL);
    }
    return 0;
}

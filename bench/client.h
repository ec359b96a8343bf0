/* What the generators share: the time, where to connect to, and reading one response to its end. */
#ifndef ATTIMO_BENCH_CLIENT_H
#define ATTIMO_BENCH_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define NS_PER_S UINT64_C(1000000000)

/* A clock that only goes forward. */
uint64_t now_ns(void);

/* Says what has failed, and why by errno, and exits. */
_Noreturn void give_up(const char *what);

struct target {
    struct sockaddr_storage address;
    socklen_t len;
};

/* Reads "127.0.0.1:8080" or "unix:/run/attimo.sock". False if it is neither. */
bool target_parse(struct target *out, const char *text);

/* A connected, blocking socket, without Nagle's delay on TCP, or -1 with errno. `source`, if not 0,
 * is the IPv4 address to connect from, in host order: one address has ports for some 28 000
 * connections to one place. */
int target_connect(const struct target *target, uint32_t source);

enum { RESPONSE_HEAD_MAX = 4096 };

/* How much of a response has come. A zeroed struct waits for the first byte. */
struct response {
    char head[RESPONSE_HEAD_MAX];
    size_t head_len;
    size_t body_left;
    bool in_body;
};

enum response_state { RESPONSE_BAD = -1, RESPONSE_PARTIAL, RESPONSE_COMPLETE };

/* Takes the next bytes. Complete only when exactly one 200 response with a Content-Length, or one
 * 204, has come to its end; then the struct is ready for the next. Bad: another status, no length,
 * too much. */
enum response_state response_feed(struct response *response, const char *bytes, size_t len);

/* Sends the request and blocks until its response is complete. False: it failed, or was bad. */
bool exchange(int fd, const char *request, size_t len);

/* Sends the request, blocks until its answer, of any status, has come whole, and returns its
 * length. It is left in `in`, with a NUL behind it. Exits if it fails, has no Content-Length, or is
 * too long for `room`. */
size_t ask(int fd, const char *request, char *in, size_t room);

/* Reads a whole request from a file. False, with errno, if there is none or it is over `size`. */
bool request_load(const char *path, char *out, size_t size, size_t *len);

#endif

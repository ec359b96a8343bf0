/* A raw HTTP client: bytes go out in chosen pieces, responses come in and are checked for form, and
 * it knows what became of the connection. All waiting has a bound, and what must not happen fails
 * the test. */
#ifndef ATTIMO_TESTS_CLIENT_H
#define ATTIMO_TESTS_CLIENT_H

#include "base/buf.h"
#include "base/str.h"

#include <sys/socket.h>
#include <sys/un.h>

enum { CLIENT_PATIENCE_MS = 10000 };

struct endpoint {
    union {
        struct sockaddr any;
        struct sockaddr_storage storage;
        struct sockaddr_un local;
    } address;
    socklen_t len;
};

/* Reads `http://127.0.0.1:8080`, `http://[::1]:8080` or `unix:/path`. False: none of these. */
bool endpoint_parse(struct endpoint *e, struct str text);

struct client {
    int fd;            /* -1 once closed by us */
    struct buf in;     /* what has come and was not consumed */
    size_t used;       /* of it: the response that was read last */
    bool ended;        /* the server has closed */
    bool was_reset;    /* ... with a reset */
    bool sending_ends; /* the server takes no more */
    struct client *next;
};

/* One response; its slices are valid until the next read of the same client. */
struct response {
    unsigned status;
    struct str head; /* from the status line to the empty line, included */
    struct str body;
};

struct client *client_create(const struct endpoint *to);
void client_destroy(struct client *c);

/* Sends everything, in pieces of `piece` bytes each with a write of its own (0: all in one). A
 * server that has closed meanwhile is no failure: it may refuse before the end. */
void client_send(struct client *c, struct str bytes, size_t piece);
void client_send_text(struct client *c, const char *text);

/* Sends without ever reading, until everything is out or the server takes nothing for `ms`. Returns
 * how many bytes went out. */
size_t client_send_unread(struct client *c, struct str bytes, int ms);

/* Reads the next response, whole. False: the server closed instead. `to_head`: it answers HEAD.
 * Fails the test for anything but a well-formed response that says its length. */
bool client_read(struct client *c, struct response *r, bool to_head);

/* The same where there must be one. */
struct response client_response(struct client *c);

/* Waits until the server closes; anything else that it sends fails the test. */
void client_expect_close(struct client *c);

/* Whether the connection is of use: a GET of `target` on it gets an answer. */
bool client_is_served(struct client *c, const char *target);

/* Whether bytes (or the end) come within `ms`. */
bool client_hears(struct client *c, int ms);

void client_half_close(struct client *c);
void client_close(struct client *c);
void client_reset(struct client *c); /* closes with a reset instead of a FIN */

/* The value of a field, without spaces around it; ptr is NULL if there is none. */
struct str response_field(const struct response *r, const char *name);

/* A 304 that says what `full`, the 200 that it stands for, says of itself (RFC 9110 15.4.5). */
void assert_not_modified(const struct response *r, const struct response *full);

#define assert_field(r, name, expected) assert_str(response_field((r), (name)), STR(expected))
#define assert_no_field(r, name)        assert_null(response_field((r), (name)).ptr)

#endif

/* The rungs between the limit and attimo: what libuv costs, and what reading the request costs.
 *
 *     rung libuv|llhttp|reading 127.0.0.1:PORT RESPONSE-FILE
 *
 * `libuv` answers whatever it reads with the same bytes; `llhttp` parses it first, every field, and
 * answers each whole request; `reading` has it read by attimo's own http/request, and answers each
 * whole head. It reads into one buffer and answers with send(2), as attimo does. */
#include "client.h"
#include "http/request.h"

#include <llhttp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

enum { BUFFER_SIZE = 65536, BACKLOG = 4096 };

struct peer;

struct rung {
    char response[BUFFER_SIZE];
    size_t response_len;
    char buffer[BUFFER_SIZE]; /* what was read last, whoever sent it */
    /* How many answers what was read asks for. Negative: it is not HTTP. */
    int (*count_requests)(struct peer *peer, struct str bytes);
    struct request request; /* what was read last, as attimo reads it */
    llhttp_settings_t settings;
    uv_loop_t loop;
    uv_tcp_t listener;
};

struct peer {
    uv_tcp_t tcp;
    struct rung *rung;
    llhttp_t parser;
    unsigned whole; /* requests that have ended in what is parsed */
    size_t seen;    /* bytes of their targets and fields */
};

static int on_slice(llhttp_t *parser, const char *at, size_t len)
{
    struct peer *peer = parser->data;
    (void)at;
    peer->seen += len;
    return 0;
}

static int on_message_complete(llhttp_t *parser)
{
    struct peer *peer = parser->data;
    peer->whole++;
    return 0;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)suggested;
    struct peer *peer = handle->data;
    *buf = uv_buf_init(peer->rung->buffer, sizeof(peer->rung->buffer));
}

static int count_reads(struct peer *peer, struct str bytes)
{
    (void)peer;
    (void)bytes;
    return 1;
}

static int count_messages(struct peer *peer, struct str bytes)
{
    peer->whole = 0;
    return llhttp_execute(&peer->parser, bytes.ptr, bytes.len) == HPE_OK ? (int)peer->whole : -1;
}

/* Of requests without a body, each of which has come whole. */
static int count_heads(struct peer *peer, struct str bytes)
{
    static const struct request_limits limits = {
        .head = 16384, .target = 8192, .fields = REQUEST_FIELDS_MAX};
    struct request *request = &peer->rung->request;
    struct refusal refusal;
    int count = 0;
    for (; bytes.len > 0; bytes = str_skip(bytes, request->head_len), count++)
        if (request_parse(request, bytes, &limits, &refusal) != PARSE_DONE)
            return -1;
    return count;
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct peer *peer = stream->data;
    const struct rung *rung = peer->rung;
    if (n == 0)
        return;
    int answers = n > 0 ? rung->count_requests(peer, str_make(buf->base, (size_t)n)) : -1;
    uv_os_fd_t fd;
    bool sent = answers >= 0 && uv_fileno((uv_handle_t *)stream, &fd) == 0;
    for (; sent && answers > 0; answers--)
        sent = send(fd, rung->response, rung->response_len, MSG_NOSIGNAL) ==
               (ssize_t)rung->response_len;
    if (!sent)
        uv_close((uv_handle_t *)stream, on_closed);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct rung *rung = listener->data;
    struct peer *peer = status == 0 ? calloc(1, sizeof(*peer)) : NULL;
    if (!peer)
        return;
    peer->rung = rung;
    llhttp_init(&peer->parser, HTTP_REQUEST, &rung->settings);
    peer->parser.data = peer;
    uv_tcp_init(&rung->loop, &peer->tcp);
    peer->tcp.data = peer;
    if (uv_accept(listener, (uv_stream_t *)&peer->tcp) != 0 || uv_tcp_nodelay(&peer->tcp, 1) != 0 ||
        uv_read_start((uv_stream_t *)&peer->tcp, on_alloc, on_read) != 0)
        uv_close((uv_handle_t *)&peer->tcp, on_closed);
}

static int listen_on(struct rung *rung, const struct target *where)
{
    struct sockaddr_in in;
    int len = sizeof(in);
    llhttp_settings_init(&rung->settings);
    rung->settings.on_url = rung->settings.on_header_field = rung->settings.on_header_value =
        on_slice;
    rung->settings.on_message_complete = on_message_complete;
    int rc = uv_loop_init(&rung->loop);
    if (rc == 0)
        rc = uv_tcp_init(&rung->loop, &rung->listener);
    rung->listener.data = rung;
    if (rc == 0)
        rc = uv_tcp_bind(&rung->listener, (const struct sockaddr *)&where->address, 0);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)&rung->listener, BACKLOG, on_connection);
    if (rc == 0)
        rc = uv_tcp_getsockname(&rung->listener, (struct sockaddr *)&in, &len);
    if (rc == 0)
        printf("listening on 127.0.0.1:%u\n", ntohs(in.sin_port));
    fflush(stdout);
    return rc;
}

static bool choose(struct rung *rung, const char *name)
{
    if (strcmp(name, "libuv") == 0)
        rung->count_requests = count_reads;
    else if (strcmp(name, "llhttp") == 0)
        rung->count_requests = count_messages;
    else if (strcmp(name, "reading") == 0)
        rung->count_requests = count_heads;
    return rung->count_requests != NULL;
}

int main(int argc, char **argv)
{
    static struct rung rung;
    struct target where;
    if (argc != 4 || !choose(&rung, argv[1]) || !target_parse(&where, argv[2]) ||
        where.address.ss_family != AF_INET) {
        fprintf(stderr, "usage: rung libuv|llhttp|reading 127.0.0.1:PORT RESPONSE-FILE\n");
        return 2;
    }
    if (!request_load(argv[3], rung.response, sizeof(rung.response), &rung.response_len)) {
        perror(argv[3]);
        return 3;
    }
    int rc = listen_on(&rung, &where);
    if (rc == 0)
        rc = uv_run(&rung.loop, UV_RUN_DEFAULT);
    fprintf(stderr, "rung: %s\n", uv_strerror(rc));
    return 3;
}

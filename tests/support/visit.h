/* Visits to the real server, and what its journal then says of them. */
#ifndef ATTIMO_TESTS_VISIT_H
#define ATTIMO_TESTS_VISIT_H

#include "journal/event.h"
#include "support/server.h"

/* What a page's answer tells its script. */
struct view {
    struct response response;
    char token[40]; /* empty: it tells none */
    char rev[24];
};

/* A GET of `target`. `fields` is NULL or whole field lines. */
struct view visit_page(struct server *s, const char *target, const char *fields);

/* What a POST of `body` gets, as text/plain and from the same origin if `fields` is NULL. */
struct response visit_post(struct server *s, const char *target, const char *fields,
                           const char *body);

/* Sends `lines` as the script of that page does: `pv`, `p`, `r` and `d` stand before them. `path`
 * is the page's, encoded. Returns the status. */
unsigned visit_send(struct server *s, const struct view *view, const char *path, const char *lines);

enum { RECORD_MAX = 4096 };

/* All that a journal holds, in order. */
struct record {
    struct event *events; /* RECORD_MAX of them */
    size_t count;
    char *texts[RECORD_MAX];
};

/* Reads it. Damage fails the test, and so would a line that a running server is just writing: then
 * there must be nothing under way. */
void record_read(struct record *record, const char *data);
void record_finish(struct record *record);

/* How many events of that name there are, and the `nth` of them, from 0; one that is not there
 * fails the test. */
size_t record_count(const struct record *record, const char *name);
const struct event *record_find(const struct record *record, const char *name, size_t nth);

#endif

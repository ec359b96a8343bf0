/* One row of the table of raw requests: what is sent, what must come back, and why.
 *
 * Each row is sent twice on connections of their own, whole and one byte at a time, with a good
 * request right behind it. `expect` is what comes back: the statuses in order, then the
 * connection's fate. "open": the request behind it was answered too. "closed": it was not, and the
 * server closed. Alternatives, where the RFC leaves a choice, stand between bars: "400 closed|405
 * open". */
#ifndef ATTIMO_TESTS_E2E_ROW_H
#define ATTIMO_TESTS_E2E_ROW_H

#include "base/str.h"

struct row {
    const char *section; /* where it is written */
    const char *why;     /* what the row proves; the name of the test, so in lower case */
    struct str bytes;
    const char *expect;
    const char *holds; /* what the head of the first response must hold, or NULL */
    const char *lacks; /* what no response may hold, or NULL */
    unsigned times;    /* each '~' in `bytes` stands for this many of `filler` */
    const char *filler;
};

#define ROW_FIELDS(section_, why_, bytes_, expect_)                                \
    .section = (section_), .why = (why_), .bytes = {(bytes_), sizeof(bytes_) - 1}, \
    .expect = (expect_)

#define ROW(section_, why_, bytes_, expect_)        \
    {                                               \
        ROW_FIELDS(section_, why_, bytes_, expect_) \
    }

/* With a piece of the head that must be in the first response. */
#define ROW_HOLDS(section_, why_, bytes_, expect_, holds_)             \
    {                                                                  \
        ROW_FIELDS(section_, why_, bytes_, expect_), .holds = (holds_) \
    }

/* With something that no response may hold. */
#define ROW_LACKS(section_, why_, bytes_, expect_, lacks_)             \
    {                                                                  \
        ROW_FIELDS(section_, why_, bytes_, expect_), .lacks = (lacks_) \
    }

/* With '~' in the bytes standing for `times_` of `filler_`. */
#define ROW_FILL(section_, why_, bytes_, expect_, times_, filler_)                          \
    {                                                                                       \
        ROW_FIELDS(section_, why_, bytes_, expect_), .times = (times_), .filler = (filler_) \
    }

/* The lines that most rows have in common. */
#define GET  "GET / HTTP/1.1\r\nHost: a\r\n"
#define POST "POST / HTTP/1.1\r\nHost: a\r\n"
#define END  "\r\n"

#endif

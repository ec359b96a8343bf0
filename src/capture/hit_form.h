/* The packed form of a hit: a head and lengths; what the page tells, and what the browser tells,
 * each in one piece that begins with its lengths, so that it can be known again as a whole; the
 * other texts one behind the other; the numbers that are there. It never leaves the process.
 * Private to hit*.c. */
#ifndef ATTIMO_CAPTURE_HIT_FORM_H
#define ATTIMO_CAPTURE_HIT_FORM_H

#include "capture/hit.h"

enum {
#define HIT_INDEX(name) HIT_NUMBER_##name,
    HIT_NUMBERS(HIT_INDEX)
#undef HIT_INDEX
        HIT_NUMBER_COUNT
};

struct hit_head {
    int64_t ts_ms;
    uint32_t flags;
    uint16_t numbers; /* a bit for each that is there */
    uint8_t kind;
    uint8_t transport;
    uint16_t page_len; /* of the pieces */
    uint16_t agent_len;
};

#define HIT_LEN(name, max) uint16_t name;
struct hit_lens {
    HIT_VIEW_TEXTS(HIT_LEN)
    HIT_EVENT_TEXTS(HIT_LEN)
};

struct hit_form {
    struct hit_head head;
    struct hit_lens lens;
};

struct hit_page_lens {
    HIT_PAGE_TEXTS(HIT_LEN)
};

struct hit_agent_lens {
    HIT_AGENT_TEXTS(HIT_LEN)
    uint16_t is_mobile; /* HIT_MOBILE, which is no length but read with them */
};
#undef HIT_LEN

#define HIT_ADD(name, max) +(max)
enum {
    HIT_PAGE_MAX = sizeof(struct hit_page_lens) HIT_PAGE_TEXTS(HIT_ADD),
    HIT_AGENT_MAX = sizeof(struct hit_agent_lens) HIT_AGENT_TEXTS(HIT_ADD),
};

_Static_assert(HIT_ROOM >= sizeof(struct hit_form) + HIT_PAGE_MAX +
                               HIT_AGENT_MAX HIT_VIEW_TEXTS(HIT_ADD) HIT_EVENT_TEXTS(HIT_ADD) +
                               HIT_NUMBER_COUNT * sizeof(int64_t),
               "no packed hit is longer");
#undef HIT_ADD

/* Takes the text of `len` bytes that begins at `at`; returns its end. */
static inline const char *hit_take_text(const char *at, size_t len, struct str *text)
{
    if (len > 0)
        *text = str_make(at, len);
    return at + len;
}

#endif

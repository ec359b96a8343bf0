/* Owns the packed form of a hit: a head of fixed size, the texts one behind the other, the numbers
 * that are there. It never leaves the process. */
#include "capture/hit.h"

#include "base/copy.h"

#include <assert.h>

enum {
#define INDEX(name, max) TEXT_##name,
    HIT_TEXTS(INDEX)
#undef INDEX
        TEXT_COUNT,
#define INDEX(name) NUMBER_##name,
    NUMBER_BEFORE = -1,
    HIT_NUMBERS(INDEX)
#undef INDEX
        NUMBER_COUNT
};

struct head {
    int64_t ts_ms;
    uint32_t flags;
    uint16_t numbers; /* a bit for each that is there */
    uint8_t kind;
    uint8_t transport;
    uint16_t lens[TEXT_COUNT];
};

#define ADD(name, max) +(max)
_Static_assert(HIT_ROOM >= sizeof(struct head) + NUMBER_COUNT * sizeof(int64_t) HIT_TEXTS(ADD),
               "no packed hit is longer");
#undef ADD

static char *put_number(char *at, struct head *head, unsigned index, struct event_number number)
{
    if (!number.set)
        return at;
    head->numbers |= (uint16_t)(1U << index);
    memcpy(at, &number.value, sizeof number.value);
    return at + sizeof number.value;
}

static inline char *put_text(char *at, struct str text, uint16_t *len, size_t max)
{
    if (text.len == 0)
        return at;
    text.len = text.len < max ? text.len : max;
    *len = (uint16_t)text.len;
    return copy_short(at, text);
}

size_t hit_pack(const struct hit *hit, char *out)
{
    struct head head = {.ts_ms = hit->ts_ms,
                        .flags = hit->flags,
                        .kind = (uint8_t)hit->kind,
                        .transport = (uint8_t)hit->transport};
    char *at = out + sizeof head;
#define PUT(name, max) at = put_text(at, hit->name, &head.lens[TEXT_##name], (max));
    HIT_VIEW_TEXTS(PUT)
    if (hit->kind != HIT_VIEW) {
        HIT_EVENT_TEXTS(PUT)
    }
#undef PUT
#define PUT(name) at = put_number(at, &head, NUMBER_##name, hit->name);
    if (hit->kind != HIT_VIEW) {
        HIT_NUMBERS(PUT)
    }
#undef PUT
    memcpy(out, &head, sizeof head);
    assert(at - out <= HIT_ROOM);
    return (size_t)(at - out);
}

static const char *get_number(const char *at, const struct head *head, unsigned index,
                              struct event_number *number)
{
    if (!(head->numbers & 1U << index))
        return at;
    number->set = true;
    memcpy(&number->value, at, sizeof number->value);
    return at + sizeof number->value;
}

static const char *get_text(const char *at, size_t len, struct str *text)
{
    if (len > 0)
        *text = str_make(at, len);
    return at + len;
}

/* What only other events than views have. */
static const char *get_event(struct hit *out, const struct head *head, const char *at)
{
    memset(&out->journey, 0, sizeof *out - offsetof(struct hit, journey));
#define GET(name, max) at = get_text(at, head->lens[TEXT_##name], &out->name);
    HIT_EVENT_TEXTS(GET)
#undef GET
#define GET(name) at = get_number(at, head, NUMBER_##name, &out->name);
    HIT_NUMBERS(GET)
#undef GET
    return at;
}

void hit_unpack(struct hit *out, struct str record)
{
    struct head head;
    assert(record.len >= sizeof head);
    memcpy(&head, record.ptr, sizeof head);
    hit_init_view(out);
    out->kind = (enum hit_kind)head.kind;
    out->transport = (enum hit_transport)head.transport;
    out->flags = head.flags;
    out->ts_ms = head.ts_ms;
    const char *at = record.ptr + sizeof head;
#define GET(name, max) at = get_text(at, head.lens[TEXT_##name], &out->name);
    HIT_VIEW_TEXTS(GET)
    if (out->kind != HIT_VIEW)
        at = get_event(out, &head, at);
#undef GET
    assert(at == record.ptr + record.len);
}

/* Owns packing: the worker's part of a hit's way. */
#include "capture/hit_form.h"

#include "base/copy.h"

#include <assert.h>

static inline char *put_text(char *at, struct str text, uint16_t *len, size_t max)
{
    if (text.len == 0)
        return at;
    text.len = text.len < max ? text.len : max;
    *len = (uint16_t)text.len;
    return copy_short(at, text);
}

static char *put_number(char *at, struct hit_head *head, unsigned index, struct event_number number)
{
    if (!number.set)
        return at;
    head->numbers |= (uint16_t)(1U << index);
    memcpy(at, &number.value, sizeof number.value);
    return at + sizeof number.value;
}

#define PUT(name, max) at = put_text(at, hit->name, &lens.name, (max));

static inline char *put_page(char *out, const struct hit *hit)
{
    struct hit_page_lens lens = {0};
    char *at = out + sizeof lens;
    HIT_PAGE_TEXTS(PUT)
    memcpy(out, &lens, sizeof lens);
    return at;
}

static inline char *put_agent(char *out, const struct hit *hit)
{
    struct hit_agent_lens lens = {.is_mobile = (uint16_t)(hit->flags & HIT_MOBILE)};
    char *at = out + sizeof lens;
    HIT_AGENT_TEXTS(PUT)
    memcpy(out, &lens, sizeof lens);
    return at;
}

#undef PUT

#define PUT(name, max)   at = put_text(at, hit->name, &form->lens.name, (max));
#define PUT_NUMBER(name) at = put_number(at, &form->head, HIT_NUMBER_##name, hit->name);

static inline char *put_view(char *at, const struct hit *hit, struct hit_form *form)
{
    HIT_VIEW_TEXTS(PUT)
    return at;
}

/* What only other events than views have. */
static char *put_event(char *at, const struct hit *hit, struct hit_form *form)
{
    HIT_EVENT_TEXTS(PUT)
    HIT_NUMBERS(PUT_NUMBER)
    return at;
}

size_t hit_pack(const struct hit *hit, char *out)
{
    struct hit_form form = {.head = {.ts_ms = hit->ts_ms,
                                     .flags = hit->flags,
                                     .kind = (uint8_t)hit->kind,
                                     .transport = (uint8_t)hit->transport}};
    char *page = out + sizeof form;
    char *agent = put_page(page, hit);
    char *at = put_agent(agent, hit);
    form.head.page_len = (uint16_t)(agent - page);
    form.head.agent_len = (uint16_t)(at - agent);
    at = put_view(at, hit, &form);
    if (hit->kind != HIT_VIEW)
        at = put_event(at, hit, &form);
    memcpy(out, &form, sizeof form);
    assert(at - out <= HIT_ROOM);
    return (size_t)(at - out);
}

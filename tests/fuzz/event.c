/* Fuzzes reading a line: the input is a line's body, which gets a right checksum, and then also the
 * line as it came. What can be read is written and read again, to the same. */
#include "journal/event.h"

#include "base/crc.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool lies_in(struct str part, struct str whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_event(const struct event *e, struct str line, struct str scratch)
{
    char again[EVENT_LINE_ROOM];
    char third[EVENT_LINE_ROOM];
    char own[EVENT_LINE_MAX];
    struct event back;
    assert(lies_in(e->id, line) || lies_in(e->id, scratch));
    assert(lies_in(e->page, line) || lies_in(e->page, scratch));
    assert(lies_in(e->transport, line) || lies_in(e->transport, scratch));

    ssize_t n = event_encode(e, again);
    if (n < 0)
        return; /* rubbish that grows when it becomes U+FFFD */
    assert(n <= EVENT_LINE_MAX && memchr(again, '\n', (size_t)n) == again + n - 1);
    assert(str_is_utf8(str_make(again, (size_t)n)));
    assert(event_line_is_intact(str_make(again, (size_t)n - 1)));
    assert(event_decode(&back, str_make(again, (size_t)n - 1), own) == 0);
    assert(back.seq == e->seq && back.ts_ms == e->ts_ms && back.cls.value == e->cls.value);
    assert(event_encode(&back, third) == n && memcmp(again, third, (size_t)n) == 0);
}

/* Memory of its own, so that AddressSanitizer sees whoever reads or writes beyond. */
static void read_line(struct str line)
{
    struct event event;
    char *copy = malloc(line.len ? line.len : 1);
    char *scratch = malloc(EVENT_LINE_MAX);
    if (!copy || !scratch)
        abort();
    if (line.len > 0)
        memcpy(copy, line.ptr, line.len);
    struct str part = event_line_intact_part(str_make(copy, line.len));
    assert(lies_in(part, str_make(copy, line.len)));
    if (part.len > 0 && event_decode(&event, part, scratch) == 0)
        check_event(&event, part, str_make(scratch, EVENT_LINE_MAX));
    free(copy);
    free(scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { BODY_MAX = EVENT_LINE_MAX - 32 };
    char line[EVENT_LINE_MAX];
    char tail[32];
    struct str input = str_make((const char *)data, size);
    if (size > BODY_MAX)
        return 0;
    read_line(input);
    int n = snprintf(tail, sizeof tail, ",\"crc\":\"%08x\"}", crc_of(input));
    if (size > 0)
        memcpy(line, data, size);
    memcpy(line + size, tail, (size_t)n);
    read_line(str_make(line, size + (size_t)n));
    return 0;
}

/* Fuzzes what the script sends, on its way to a line of the journal: read, packed, unpacked,
 * classified, written. The input is a body; its first bytes, up to a NUL, are the user agent too,
 * and a referrer and a language, which are as much from outside. */
#include "capture/body.h"

#include "capture/classify.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool lies_in(struct str part, struct str whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

/* A link that nobody has named is called by its kind, which is a constant. */
static bool is_name_of_kind(struct str cta)
{
    return str_eq(cta, STR("call")) || str_eq(cta, STR("directions")) ||
           classify_dest_is_known(cta);
}

/* A line that is one valid line, and says what the event says. */
static void check_event(struct event *event)
{
    char line[EVENT_LINE_ROOM];
    char scratch[EVENT_LINE_MAX];
    struct event back;
    event->seq = 1;
    event->id = STR("0");
    event->node = STR("a");
    ssize_t n = event_encode(event, line);
    assert(n > 0 && line[n - 1] == '\n');
    assert(!memchr(line, '\n', (size_t)n - 1));
    assert(str_is_utf8(str_make(line, (size_t)n)));
    assert(event_decode(&back, str_make(line, (size_t)n - 1), scratch) == 0);
    assert(str_eq(back.event, event->event) && str_eq(back.d, event->d));
    assert(str_eq(back.journey, event->journey) && back.n.value == event->n.value);
}

static void check_hit(const struct hit *hit, struct str packed, struct hit_reader *reader)
{
    struct event event;
    enum hit_kind kind = hit_read(&event, packed, reader);
    assert(kind == hit->kind && str_eq(event.d, hit->d) && str_eq(event.cta, hit->cta));
    assert(kind >= HIT_SEEN && kind <= HIT_RETURN && event.n.set);
    check_event(&event);
}

static void check_body(struct body *body, struct str bytes, struct str room)
{
    static struct hit_reader *reader;
    static char packed[HIT_ROOM];
    if (!reader && hit_reader_create(&reader) != 0)
        abort();
    struct str head = str_make(bytes.ptr, strnlen(bytes.ptr, bytes.len));
    assert(body->count > 0 && body->count <= BODY_LINES_MAX);
    assert(str_starts_with(body->path, STR("/")));
    for (size_t i = 0; i < body->count; i++) {
        struct hit *hit = &body->hits[i];
        assert(lies_in(hit->cta, bytes) || lies_in(hit->cta, room) || is_name_of_kind(hit->cta));
        assert(lies_in(hit->query, bytes) || lies_in(hit->query, room));
        hit->page = body->path;
        hit->user_agent = hit->language = hit->purpose = hit->requested_with = head;
        if (i % 2 == 0)
            hit->referrer = head;
        check_hit(hit, str_make(packed, hit_pack(hit, packed)), reader);
    }
}

/* Memory of its own, so that AddressSanitizer sees whoever reads or writes beyond. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct body body;
    char *bytes = malloc(size ? size : 1);
    char *room = malloc(size ? size : 1);
    if (!bytes || !room)
        abort();
    if (size > 0)
        memcpy(bytes, data, size);
    const char *wrong = body_read(&body, str_make(bytes, size), STR("a.it"), room);
    assert(!wrong || *wrong);
    if (!wrong)
        check_body(&body, str_make(bytes, size), str_make(room, size));
    free(bytes);
    free(room);
    return 0;
}

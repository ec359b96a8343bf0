/* Fuzzes what the script sends, on its way to a line of the journal: read, packed, unpacked,
 * classified, written. The input is a body; its first bytes, up to a NUL, are the user agent too,
 * and a referrer and a language, which are as much from outside. What was read and is sent again is
 * read the same. */
#include "capture/body.h"

#include "base/dest.h"
#include "base/hash.h"
#include "capture/classify.h"
#include "capture/token.h"
#include "fuzz/support/slice.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(const int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct hit_reader *reader;

/* --- events --------------------------------------------------------------------------------- */

/* A link that nobody has named is called by its kind, which is a constant. */
static bool is_name_of_kind(struct str cta)
{
    return str_eq(cta, STR("call")) || str_eq(cta, STR("directions")) || dest_is_known(cta);
}

/* A line that is one valid line, and says what the event says; whoever has remembered parts of it,
 * it is the same. */
static void check_event(struct event *event)
{
    char line[EVENT_LINE_ROOM];
    char again[EVENT_LINE_ROOM];
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
    event->written = (struct event_written){0};
    /* Near the limit there may be room for a key that was written before, and else none. */
    if (n < EVENT_LINE_MAX / 2)
        assert(event_encode(event, again) == n && memcmp(line, again, (size_t)n) == 0);
}

/* Twice: what pages and browsers tell is read once and then remembered. */
static void check_read(const struct hit *hit, void (*check)(const struct hit *, struct event *))
{
    static char packed[HIT_ROOM];
    struct str record = str_make(packed, hit_pack(hit, packed));
    assert(record.len <= HIT_ROOM);
    for (int i = 0; i < 2; i++) {
        struct event event;
        assert(hit_read(&event, record, reader) == hit->kind);
        check(hit, &event);
        check_event(&event);
    }
}

static void check_sent(const struct hit *hit, struct event *event)
{
    assert(str_eq(event->d, hit->d) && str_eq(event->cta, hit->cta));
    assert(hit->kind >= HIT_SEEN && hit->kind <= HIT_RETURN && event->n.set);
}

/* No text is longer than docs/events.md says, and a host that was found is one. */
static void check_view(const struct hit *hit, struct event *event)
{
    char address[8 + CLASSIFY_HOST_MAX] = "https://";
    char room[CLASSIFY_HOST_MAX];
    assert(event->lang.len <= CLASSIFY_LANGUAGE_MAX && event->ref_host.len <= CLASSIFY_HOST_MAX);
    assert(event->internal == ((hit->flags & HIT_INTERNAL) != 0));
    assert(str_starts_with(hit->page, event->page));
    if (event->ref_host.len == 0)
        return;
    memcpy(address + 8, event->ref_host.ptr, event->ref_host.len);
    struct str host = classify_referrer(str_make(address, 8 + event->ref_host.len), room);
    assert(str_find(event->ref_host, '@') < 0 && str_find(event->ref_host, '/') < 0);
    assert(host.len <= event->ref_host.len);
}

/* A request for a page, or for a link that is counted, of which all is what somebody wrote. */
static void check_visit(const struct body *body, struct str head, struct str bytes)
{
    struct hit hit;
    unsigned chosen = (unsigned)bytes.len;
    hit_init_view(&hit);
    hit.kind = chosen % 3 == 0 ? HIT_REDIRECT : HIT_VIEW;
    hit.transport = chosen % 3 == 0 ? HIT_BY_REDIRECT : HIT_BY_SERVER;
    hit.flags = (chosen >> 1) & (2 * HIT_MOBILE - 1);
    if (hit.kind == HIT_REDIRECT)
        hit = (struct hit){.kind = hit.kind, .transport = hit.transport, .flags = hit.flags};
    hit.page = body->count > 0 ? body->path : bytes;
    hit.rev = hit.theme_rev = hit.intent = hit.stage = head;
    hit.user_agent = hit.language = hit.requested_with = hit.referrer = hit.query = head;
    hit.purpose = chosen % 5 == 0 ? head : STR("");
    hit.country = str_make(head.ptr, head.len < 2 ? head.len : 2);
    hit.pv = token_has_form(body->token) ? token_id(body->token) : STR("");
    check_read(&hit, check_view);
}

/* --- tokens --------------------------------------------------------------------------------- */

static void check_token(struct str token)
{
    static const struct token_key key = {{1}};
    const struct token_facts facts = {.ms = 1795255200000 + (int64_t)token.len,
                                      .random = token.len};
    struct token_facts back = {0};
    char own[TOKEN_LEN];
    enum token_verdict verdict = token_read(&back, token, &key, 1, facts.ms);
    assert(verdict != TOKEN_GOOD && verdict != TOKEN_OLD); /* nobody guesses 64 bits */
    assert((verdict == TOKEN_ABSENT) == (token.len == 0));
    assert(verdict != TOKEN_CLIENT || token_has_form(token));
    token_write(own, &key, &facts, 1);
    struct str ours = str_make(own, sizeof own);
    assert(token_read(&back, ours, &key, 1, facts.ms + 1) == TOKEN_GOOD);
    assert(back.ms == facts.ms && back.random == facts.random);
    assert(token_read(&back, ours, &key, 1, facts.ms + 2 * TOKEN_LIFE_MS) == TOKEN_OLD);
    assert(token_read(&back, ours, &key, 2, facts.ms) == TOKEN_FORGED);
}

/* --- sending again -------------------------------------------------------------------------- */

static void send_text(struct buf *out, const char *key, struct str text)
{
    if (text.len > 0)
        buf_printf(out, "&%s=", key);
    for (size_t i = 0; i < text.len; i++)
        buf_printf(out, "%%%02x", (unsigned char)text.ptr[i]);
}

static void send_number(struct buf *out, const char *key, struct event_number number)
{
    if (number.set)
        buf_printf(out, "&%s=%lld.%03lld", key, (long long)number.value / 1000,
                   (long long)number.value % 1000);
}

static void send_count(struct buf *out, const char *key, struct event_number number)
{
    if (number.set)
        buf_printf(out, "&%s=%lld", key, (long long)number.value);
}

static void send_hit(struct buf *out, const struct hit *hit)
{
    static const char *const kinds[] = {"view", "seen",    "engaged", "click",
                                        "left", "summary", "return"};
    buf_printf(out, "&e=%s", kinds[hit->kind]);
    send_count(out, "n", hit->n);
    send_count(out, "t", hit->t);
    send_text(out, "cta", hit->cta);
    send_text(out, "dest", hit->dest);
    send_number(out, "engaged_ms", hit->engaged_ms);
    send_number(out, "scroll", hit->scroll);
    send_number(out, "ttfb", hit->ttfb);
    send_number(out, "fcp", hit->fcp);
    send_number(out, "lcp", hit->lcp);
    send_number(out, "cls", hit->cls);
    send_number(out, "inp", hit->inp);
    buf_append_char(out, '\n');
}

static void send_body(struct buf *out, const struct body *body)
{
    const struct hit *first = &body->hits[0];
    struct buf query = BUF_EMPTY;
    buf_append_char(&query, '?');
    buf_append(&query, first->query);
    send_text(out, "pv", body->token);
    send_text(out, "p", body->path);
    send_text(out, "r", first->rev);
    send_text(out, "d", first->d);
    if (token_has_form(first->journey)) /* else it has lost its signature */
        send_text(out, "j", first->journey);
    send_text(out, "u", buf_str(&query));
    send_text(out, "ref", first->referrer);
    for (size_t i = 0; i < body->count; i++)
        send_hit(out, &body->hits[i]);
    buf_finish(&query);
}

static bool same_number(struct event_number a, struct event_number b)
{
    return a.set == b.set && (!a.set || a.value == b.value);
}

#define SAME_NUMBER(name) assert(same_number(a->name, b->name));

static void check_same(const struct body *one, const struct body *other)
{
    assert(one->count == other->count);
    assert(str_eq(one->token, other->token) && str_eq(one->path, other->path));
    for (size_t i = 0; i < one->count; i++) {
        const struct hit *a = &one->hits[i];
        const struct hit *b = &other->hits[i];
        assert(a->kind == b->kind && str_eq(a->rev, b->rev) && str_eq(a->d, b->d));
        assert(str_eq(a->cta, b->cta) && str_eq(a->dest, b->dest));
        assert(str_eq(a->query, b->query) && str_eq(a->referrer, b->referrer));
        assert(!token_has_form(a->journey) || str_eq(a->journey, b->journey));
        HIT_NUMBERS(SAME_NUMBER)
    }
}

/* Reads what must be read as `body` was. */
static void check_again(const struct body *body, struct str bytes)
{
    static struct body again;
    char *room = malloc(bytes.len);
    if (!room)
        abort();
    const char *wrong = body_read(&again, bytes, STR("a.it"), room);
    assert(!wrong);
    check_same(body, &again);
    free(room);
}

/* Lines may end as on any system, and empty ones mean nothing. */
static void write_otherwise(struct buf *out, struct str bytes)
{
    struct str line;
    buf_append(out, STR("\n"));
    while (str_split(&bytes, '\n', &line)) {
        buf_append(out, line);
        buf_append(out, STR(" \r\n\r\n"));
    }
}

/* --- all of it ------------------------------------------------------------------------------ */

static void check_body(struct body *body, struct str bytes, struct str room)
{
    struct str head = str_make(bytes.ptr, strnlen(bytes.ptr, bytes.len));
    struct buf again = BUF_EMPTY;
    assert(body->count > 0 && body->count <= BODY_LINES_MAX);
    assert(str_starts_with(body->path, STR("/")));
    send_body(&again, body);
    check_again(body, buf_str(&again));
    buf_clear(&again);
    write_otherwise(&again, bytes);
    check_again(body, buf_str(&again));
    buf_finish(&again);
    for (size_t i = 0; i < body->count; i++) {
        struct hit *hit = &body->hits[i];
        assert(lies_in(hit->cta, bytes) || lies_in(hit->cta, room) || is_name_of_kind(hit->cta));
        assert(lies_in(hit->query, bytes) || lies_in(hit->query, room));
        hit->page = body->path;
        hit->user_agent = hit->language = hit->purpose = hit->requested_with = head;
        if (token_has_form(body->token)) {
            hit->pv = token_id(body->token);
            hit->flags |= HIT_CLIENT_TOKEN;
        }
        if (i % 2 == 0)
            hit->referrer = head;
        check_read(hit, check_sent);
    }
}

int LLVMFuzzerInitialize(const int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    if (hash_init() != 0 || hit_reader_create(&reader) != 0)
        abort();
    return 0;
}

/* Memory of its own, so that AddressSanitizer sees whoever reads or writes beyond. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct body body;
    char *copy = malloc(size ? size : 1);
    char *room = malloc(size ? size : 1);
    if (!copy || !room)
        abort();
    if (size > 0)
        memcpy(copy, data, size);
    struct str bytes = str_make(copy, size);
    const char *wrong = body_read(&body, bytes, STR("a.it"), room);
    assert(!wrong || *wrong);
    if (!wrong)
        check_body(&body, bytes, str_make(room, size));
    else
        body.count = 0;
    if (body.count == 0)
        body.token = body.path = STR("");
    check_token(body.token);
    check_visit(&body, str_make(copy, strnlen(copy, size)), bytes);
    free(copy);
    free(room);
    return 0;
}

/* Fuzzes events and their lines. The input is a line's body, which gets a right checksum, and then
 * also the line as it came: what can be read is written and read again, to the same. Or, with a
 * first byte below a space, it is an event in pieces, of any texts and numbers: what is written of
 * it is a line that says so. */
#include "journal/event.h"

#include "base/buf.h"
#include "base/crc.h"
#include "base/err.h"
#include "fuzz/support/slice.h"
#include "journal/event_keys.h"
#include "journal/timestamp.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- lines ---------------------------------------------------------------------------------- */

/* The names of files hold times, too, without their milliseconds. */
static void check_time(int64_t ms)
{
    char text[TIMESTAMP_COMPACT_LEN];
    int64_t back;
    assert(timestamp_write_compact(text, ms) == 0 && timestamp_read_compact(text, &back) == 0);
    assert(ms - back >= 0 && ms - back < 1000);
}

/* Reads a line that was written, which holds nothing but one event, and writes it again. */
static void check_written(struct str line, struct event *back, char scratch[EVENT_LINE_MAX])
{
    char again[EVENT_LINE_ROOM];
    struct str body = str_make(line.ptr, line.len - 1);
    assert(line.len <= EVENT_LINE_MAX && str_find(line, '\n') == (ptrdiff_t)body.len);
    assert(str_is_utf8(line));
    assert(event_line_is_intact(body) && str_eq(event_line_intact_part(body), body));
    assert(event_decode(back, body, scratch) == 0);
    assert(event_encode(back, again) == (ssize_t)line.len);
    assert(memcmp(again, line.ptr, line.len) == 0);
    check_time(back->ts_ms);
}

static void check_event(const struct event *e, struct str line, struct str scratch)
{
    char again[EVENT_LINE_ROOM];
    char own[EVENT_LINE_MAX];
    struct event back;
    assert(lies_in(e->id, line) || lies_in(e->id, scratch));
    assert(lies_in(e->page, line) || lies_in(e->page, scratch));
    assert(lies_in(e->transport, line) || lies_in(e->transport, scratch));

    ssize_t n = event_encode(e, again);
    if (n < 0)
        return; /* rubbish that grows when it becomes U+FFFD */
    check_written(str_make(again, (size_t)n), &back, own);
    assert(back.seq == e->seq && back.ts_ms == e->ts_ms && back.cls.value == e->cls.value);
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

static void read_lines(struct str input)
{
    enum { BODY_MAX = EVENT_LINE_MAX - 32 };
    char line[EVENT_LINE_MAX];
    char tail[32];
    if (input.len > BODY_MAX)
        return;
    read_line(input);
    int n = snprintf(tail, sizeof tail, ",\"crc\":\"%08x\"}", crc_of(input));
    if (input.len > 0)
        memcpy(line, input.ptr, input.len);
    memcpy(line + input.len, tail, (size_t)n);
    read_line(str_make(line, input.len + (size_t)n));
}

/* --- events --------------------------------------------------------------------------------- */

enum { PIECE_SEQ = EVENT_KEY_COUNT, PIECE_TIME, PIECE_ID, PIECES, LONG = 128, REPEATS = 40 };

/* What is known of an event without its being written. */
struct recipe {
    struct event event;
    struct buf texts[EVENT_KEY_COUNT + 1]; /* of those that are made longer */
    size_t text_count;
    bool is_certain; /* nothing need be cut, and no byte becomes another one */
};

static int64_t take_number(struct str *input)
{
    int64_t number = 0;
    size_t n = input->len < sizeof number ? input->len : sizeof number;
    memcpy(&number, input->ptr, n);
    *input = str_skip(*input, n);
    return number;
}

/* A length, and that many bytes; some come again and again. */
static struct str take_text(struct recipe *recipe, struct str *input, bool is_long)
{
    size_t len = input->len > 0 ? (unsigned char)input->ptr[0] : 0;
    *input = str_skip(*input, 1);
    struct str text = str_make(input->ptr, len < input->len ? len : input->len);
    *input = str_skip(*input, text.len);
    recipe->is_certain &= str_is_utf8(text) && text.len <= 16;
    if (!is_long || recipe->text_count > EVENT_KEY_COUNT)
        return text;
    struct buf *copy = &recipe->texts[recipe->text_count++];
    for (int i = 0; i < REPEATS; i++)
        buf_append(copy, text);
    recipe->is_certain = false;
    return buf_str(copy);
}

static void add_piece(struct recipe *recipe, struct str *input)
{
    unsigned char byte = (unsigned char)input->ptr[0];
    unsigned piece = byte % LONG % PIECES;
    struct event *event = &recipe->event;
    *input = str_skip(*input, 1);
    if (piece == PIECE_SEQ) {
        event->seq = (uint64_t)take_number(input);
    } else if (piece == PIECE_TIME) {
        event->ts_ms = take_number(input);
    } else if (piece == PIECE_ID) {
        event->id = take_text(recipe, input, byte >= LONG);
    } else {
        const struct event_key *key = &event_keys[piece];
        void *member = event_member(event, key);
        if (key->kind == EVENT_KIND_flag)
            *(bool *)member = true;
        else if (key->kind == EVENT_KIND_count || key->kind == EVENT_KIND_number)
            *(struct event_number *)member = (struct event_number){true, take_number(input)};
        else
            *(struct str *)member = take_text(recipe, input, byte >= LONG);
    }
}

static int64_t within(int64_t number)
{
    return number > EVENT_NUMBER_MAX    ? EVENT_NUMBER_MAX
           : number < -EVENT_NUMBER_MAX ? -EVENT_NUMBER_MAX
                                        : number;
}

static void check_text(const struct recipe *recipe, struct str text, struct str back)
{
    if (recipe->is_certain)
        assert(str_eq(text, back));
    else if (str_is_utf8(text))
        assert(str_starts_with(text, back));
    else
        assert(str_is_utf8(back));
}

static void check_whole(struct str text, struct str back)
{
    if (str_is_utf8(text))
        assert(str_eq(text, back));
    else
        assert(back.len >= text.len / 4);
}

static void check_number(struct event_number number, struct event_number back)
{
    assert(number.set == back.set && (!number.set || within(number.value) == back.value));
}

#define CHECK_identity(name)  check_whole(recipe->event.name, back->name);
#define CHECK_text(name)      check_text(recipe, recipe->event.name, back->name);
#define CHECK_utm(name)       CHECK_text(name)
#define CHECK_count(name)     check_number(recipe->event.name, back->name);
#define CHECK_number(name)    CHECK_count(name)
#define CHECK_flag(name)      assert(recipe->event.name == back->name);
#define CHECK_KEY(kind, name) CHECK_##kind(name)

static void check_same(const struct recipe *recipe, const struct event *back)
{
    assert(back->seq == recipe->event.seq && back->ts_ms == recipe->event.ts_ms);
    check_whole(recipe->event.id, back->id);
    EVENT_KEYS(CHECK_KEY)
}

/* With keys that were written before, as hits and the journal have them, it is the same line. */
static void check_with_parts(const struct event *event, struct str line)
{
    char parts[3][EVENT_WRITTEN_MAX];
    char again[EVENT_LINE_ROOM];
    struct event with = *event;
    with.written.origin = event_write_origin(event, parts[0]);
    with.written.page = event_write_page(event, parts[1]);
    with.written.agent = event_write_agent(event, parts[2]);
    ssize_t n = event_encode(&with, again);
    /* Near the limit there may be room for a key that was written before, and else none. */
    assert(n >= (ssize_t)line.len);
    if (line.len < EVENT_LINE_MAX / 2)
        assert(n == (ssize_t)line.len && memcmp(again, line.ptr, line.len) == 0);
}

static size_t size_of_whole(const struct event *e)
{
    return e->id.len + e->node.len + e->event.len + e->pv.len + e->pv_src.len + e->journey.len +
           e->d.len;
}

static void check_refusal(const struct event *event, int rc)
{
    const int64_t year_0 = INT64_C(-62167219200000);
    const int64_t year_10000 = INT64_C(253402300800000);
    bool is_wrong = event->id.len == 0 || event->node.len == 0 || event->event.len == 0 ||
                    event->seq > EVENT_NUMBER_MAX || event->ts_ms < year_0 ||
                    event->ts_ms >= year_10000;
    /* A byte takes six where it is escaped. */
    assert(is_wrong ? rc < 0
                    : rc == ERR_TOO_LARGE && size_of_whole(event) * 6 > EVENT_LINE_MAX / 2);
}

static void write_event(struct str input)
{
    struct recipe recipe = {.event = {.id = STR("i"), .node = STR("n"), .event = STR("e")},
                            .is_certain = true};
    char line[EVENT_LINE_ROOM];
    char scratch[EVENT_LINE_MAX];
    struct event back;
    while (input.len > 0)
        add_piece(&recipe, &input);
    ssize_t n = event_encode(&recipe.event, line);
    if (n > 0) {
        check_written(str_make(line, (size_t)n), &back, scratch);
        check_same(&recipe, &back);
        check_with_parts(&recipe.event, str_make(line, (size_t)n));
    } else {
        check_refusal(&recipe.event, (int)n);
    }
    for (size_t i = 0; i < recipe.text_count; i++)
        buf_finish(&recipe.texts[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = str_make((const char *)data, size);
    if (size > 0 && data[0] < ' ')
        write_event(str_skip(input, 1));
    else
        read_lines(input);
    return 0;
}

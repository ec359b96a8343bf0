/* Owns writing events: keys in their order, what may not be there left out, never too long. */
#include "journal/event.h"

#include "base/copy.h"
#include "base/crc.h"
#include "base/err.h"
#include "journal/digits.h"
#include "journal/event_keys.h"
#include "journal/json_text.h"
#include "journal/timestamp.h"

#include <assert.h>

enum {
    NUMBER_ROOM = 32,
    BODY_MAX = EVENT_LINE_MAX - EVENT_TAIL_LEN - 1, /* what stands before ,"crc" */
};

#define COPY(out, literal) \
    (memcpy((out), (literal), sizeof(literal) - 1), (out) + sizeof(literal) - 1)

/* A number beyond EVENT_NUMBER_MAX is written as that. */
static char *put_size(char *out, int64_t number, uint64_t *size)
{
    *size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    if (*size > EVENT_NUMBER_MAX)
        *size = EVENT_NUMBER_MAX;
    if (number < 0)
        *out++ = '-';
    return out;
}

static char *put_count(char *out, int64_t number)
{
    uint64_t size;
    out = put_size(out, number, &size);
    return digits_write(out, size);
}

/* Thousandths, without zeros at the end. */
static char *put_number(char *out, int64_t thousandths)
{
    uint64_t size;
    out = put_size(out, thousandths, &size);
    out = digits_write(out, size / 1000);
    unsigned decimals = (unsigned)(size % 1000);
    if (decimals == 0)
        return out;
    *out++ = '.';
    *out++ = (char)('0' + decimals / 100);
    if (decimals % 100 > 0)
        *out++ = (char)('0' + decimals / 10 % 10);
    if (decimals % 10 > 0)
        *out++ = (char)('0' + decimals % 10);
    return out;
}

static struct str text_of(const struct event *event, const struct event_key *key)
{
    struct str text = *(const struct str *)event_member(event, key);
    return key->kind == EVENT_KIND_utm ? json_text_cut(text, EVENT_UTM_MAX) : text;
}

/* Keys are copied in one piece of fixed size, which is faster than the few bytes that they have. */
static char *put_key(char *out, const struct event_key *key)
{
    memcpy(out, key->text, EVENT_KEY_ROOM);
    return out + key->len;
}

/* The following return the end, or NULL if there is no room before `limit`. */

static bool has_room(const char *out, const char *limit)
{
    return limit - out >= EVENT_KEY_ROOM + NUMBER_ROOM;
}

static char *put_text(char *out, const char *limit, const struct event_key *key, struct str text)
{
    if (!has_room(out, limit))
        return NULL;
    out = json_text_write(put_key(out, key), limit - 1, text);
    if (out)
        *out++ = '"';
    return out;
}

static char *put_value(char *out, const char *limit, const struct event_key *key,
                       struct event_number number)
{
    if (!has_room(out, limit))
        return NULL;
    out = put_key(out, key);
    return key->kind == EVENT_KIND_count ? put_count(out, number.value)
                                         : put_number(out, number.value);
}

static char *put_flag(char *out, const char *limit, const struct event_key *key, bool flag)
{
    return flag && has_room(out, limit) ? put_key(out, key) : NULL;
}

static char *put_written(char *out, const char *limit, struct str keys)
{
    return (size_t)(limit - out) >= keys.len ? copy_short(out, keys) : NULL;
}

/* Most keys are not there: code for each of them, made from the list, passes over one in two
 * instructions. */
#define PUT(name, is_there, put, value)                                                   \
    if ((is_there) && !(out = put(out, limit, &event_keys[EVENT_INDEX_##name], (value)))) \
        return NULL;
#define PUT_text(name)     PUT(name, event->name.len > 0, put_text, event->name)
#define PUT_identity(name) PUT_text(name)
#define PUT_utm(name) \
    PUT(name, event->name.len > 0, put_text, json_text_cut(event->name, EVENT_UTM_MAX))
#define PUT_count(name)     PUT(name, event->name.set, put_value, event->name)
#define PUT_number(name)    PUT_count(name)
#define PUT_flag(name)      PUT(name, event->name, put_flag, event->name)
#define PUT_KEY(kind, name) PUT_##kind(name)

/* Identity and time: always there. */
static char *put_origin(char *out, const char *limit, const struct event *event)
{
    out = COPY(out, ",\"id\":\"");
    out = json_text_write(out, limit, event->id);
    if (!out || !has_room(out, limit))
        return NULL;
    out = COPY(out, "\",\"ts\":\"");
    if (timestamp_write(out, event->ts_ms) != 0)
        return NULL;
    out += TIMESTAMP_LEN;
    *out++ = '"';
    PUT_KEY(identity, node)
    return out;
}

/* A function for each run of keys. */
#define PUT_RUN(name, keys)                                                          \
    static char *put_##name(char *out, const char *limit, const struct event *event) \
    {                                                                                \
        keys(PUT_KEY) return out;                                                    \
    }
PUT_RUN(first, EVENT_FIRST_KEYS)
PUT_RUN(page, EVENT_PAGE_KEYS)
PUT_RUN(visit, EVENT_VISIT_KEYS)
PUT_RUN(agent, EVENT_AGENT_KEYS)
PUT_RUN(last, EVENT_LAST_KEYS)

/* All before the checksum; its end, or NULL if it does not fit in BODY_MAX bytes. */
static char *put_body(char *out, const struct event *event)
{
    const char *limit = out + BODY_MAX;
    out = COPY(out, "{\"v\":1,\"seq\":");
    out = digits_write(out, event->seq);
    out = event->written.origin.len > 0 ? put_written(out, limit, event->written.origin)
                                        : put_origin(out, limit, event);
    out = out ? put_first(out, limit, event) : NULL;
    if (out)
        out = event->written.page.len > 0 ? put_written(out, limit, event->written.page)
                                          : put_page(out, limit, event);
    out = out ? put_visit(out, limit, event) : NULL;
    if (out)
        out = event->written.agent.len > 0 ? put_written(out, limit, event->written.agent)
                                           : put_agent(out, limit, event);
    return out ? put_last(out, limit, event) : NULL;
}

static struct str written(const char *start, const char *end)
{
    return end ? str_make(start, (size_t)(end - start)) : STR("");
}

struct str event_write_origin(const struct event *event, char *out)
{
    return written(out, put_origin(out, out + EVENT_WRITTEN_MAX, event));
}

struct str event_write_page(const struct event *event, char *out)
{
    return written(out, put_page(out, out + EVENT_WRITTEN_MAX, event));
}

struct str event_write_agent(const struct event *event, char *out)
{
    return written(out, put_agent(out, out + EVENT_WRITTEN_MAX, event));
}

static ssize_t put_end(char *start, char *end)
{
    uint32_t crc = crc_of(str_make(start, (size_t)(end - start)));
    end = COPY(end, ",\"crc\":\"");
    /* What is behind the eight digits of a checksum is written over, or not part of the line. */
    digits_hex(end, (uint64_t)crc << 32);
    end += 8;
    end = COPY(end, "\"}\n");
    assert(end - start <= EVENT_LINE_MAX);
    return end - start;
}

static bool may_be_cut(const struct event_key *key)
{
    return key->kind == EVENT_KIND_text || key->kind == EVENT_KIND_utm;
}

/* Cuts each text to what can be written in `max` bytes; returns how long they are then, keys and
 * quotes included. */
static size_t cut_texts(struct event *event, size_t max)
{
    size_t sum = 0;
    for (size_t i = 0; i < EVENT_KEY_COUNT; i++) {
        const struct event_key *key = &event_keys[i];
        struct str text = may_be_cut(key) ? text_of(event, key) : str_make(NULL, 0);
        size_t len;
        if (!may_be_cut(key))
            continue;
        text = json_text_fit(text, max, &len);
        *(struct str *)event_member(event, key) = text;
        sum += text.len ? key->len + len + 1 : 0;
    }
    return sum;
}

/* What is too long is levelled: the longest texts lose most, short ones nothing. */
static ssize_t encode_cut(const struct event *event, char *out)
{
    struct event whole = *event;
    whole.written = (struct event_written){0};
    struct event cut = whole;
    (void)cut_texts(&cut, 0);
    char *end = put_body(out, &cut);
    if (!end)
        return ERR_TOO_LARGE;

    /* The largest level at which all fits; put_value asks for a little more room than it uses. */
    size_t room = (size_t)(out + BODY_MAX - end);
    room -= room < EVENT_KEY_ROOM + NUMBER_ROOM ? room : EVENT_KEY_ROOM + NUMBER_ROOM;
    size_t low = 0;
    size_t high = EVENT_LINE_MAX;
    while (high - low > 1) {
        size_t level = low + (high - low) / 2;
        cut = whole;
        if (cut_texts(&cut, level) <= room)
            low = level;
        else
            high = level;
    }
    cut = whole;
    (void)cut_texts(&cut, low);
    end = put_body(out, &cut);
    assert(end);
    return put_end(out, end);
}

ssize_t event_encode(const struct event *event, char *out)
{
    char time[TIMESTAMP_LEN];
    if (event->id.len == 0 || event->node.len == 0 || event->event.len == 0 ||
        event->seq > EVENT_NUMBER_MAX)
        return ERR_INVALID;
    char *end = put_body(out, event);
    if (end)
        return put_end(out, end);
    if (timestamp_write(time, event->ts_ms) != 0)
        return ERR_INVALID;
    return encode_cut(event, out);
}

/* The checksum at the end of a line; false if there is none. */
static bool read_crc(struct str line, uint32_t *crc)
{
    if (line.len < EVENT_TAIL_LEN)
        return false;
    struct str tail = str_skip(line, line.len - EVENT_TAIL_LEN);
    if (!str_starts_with(tail, STR(",\"crc\":\"")) || !str_ends_with(tail, STR("\"}")))
        return false;
    *crc = 0;
    for (size_t i = 8; i < 16; i++) {
        unsigned char c = (unsigned char)tail.ptr[i];
        unsigned digit = c - (unsigned)'0' < 10 ? c - (unsigned)'0' : c - (unsigned)'a' + 10;
        if (digit > 15 || (digit < 10 && c > '9'))
            return false;
        *crc = *crc << 4 | digit;
    }
    return true;
}

bool event_line_is_intact(struct str line)
{
    uint32_t crc;
    return line.len < EVENT_LINE_MAX && read_crc(line, &crc) &&
           crc == crc_of(str_make(line.ptr, line.len - EVENT_TAIL_LEN));
}

struct str event_line_intact_part(struct str line)
{
    static const struct str start = STR_INIT("{\"v\":");
    uint32_t crc;
    if (!read_crc(line, &crc))
        return str_make(NULL, 0); /* whatever it holds, its end is not one of ours */
    if (event_line_is_intact(line))
        return line;
    if (line.len >= EVENT_LINE_MAX)
        line = str_skip(line, line.len - (EVENT_LINE_MAX - 1));
    /* Quotes in texts are escaped, so that only a line begins like this. */
    for (size_t at = line.len; at-- > 0;) {
        struct str part = str_skip(line, at);
        if (part.ptr[0] == '{' && str_starts_with(part, start) && event_line_is_intact(part))
            return part;
    }
    return str_make(NULL, 0);
}

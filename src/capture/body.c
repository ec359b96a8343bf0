/* Owns the keys that the script may send, and what may stand in them. */
#include "capture/body.h"

#include "base/base64url.h"
#include "base/dest.h"
#include "capture/classify.h"
#include "capture/form.h"
#include "capture/token.h"
#include "journal/json_text.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

struct key;

/* Writes to `out` what `value`, which is decoded and UTF-8, says. False: that may not be. */
typedef bool reader(const struct key *key, struct str value, void *out);

enum owner {
    OF_BODY,     /* stands in the first line, and is the same for all */
    OF_DOCUMENT, /* likewise, and goes into every hit */
    OF_EVENT,
    OF_LINE,    /* what must be judged with what else is known */
    OF_SUMMARY, /* of an event that is one */
};

struct key {
    struct str name;
    enum owner owner;
    reader *read;
    size_t offset; /* in struct body, in struct reading, or in struct hit */
    int64_t max;   /* bytes of a text; value of a number */
    const char *wrong;
};

/* --- kinds of values */

static const struct {
    struct str name;
    enum hit_kind kind;
} kinds[] = {
    {STR_INIT("seen"), HIT_SEEN},       {STR_INIT("engaged"), HIT_ENGAGED},
    {STR_INIT("click"), HIT_CLICK},     {STR_INIT("left"), HIT_LEFT},
    {STR_INIT("summary"), HIT_SUMMARY}, {STR_INIT("return"), HIT_RETURN},
};

/* What is not there, as forms and as scripts write it. */
static bool is_nothing(struct str value)
{
    return value.len == 0 || str_eq(value, STR("undefined")) || str_eq(value, STR("NaN")) ||
           str_eq(value, STR("Infinity"));
}

static bool read_kind(const struct key *key, struct str value, void *out)
{
    (void)key;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(value, kinds[i].name)) {
            *(enum hit_kind *)out = kinds[i].kind;
            return true;
        }
    return false;
}

/* Whatever it is, it is judged by whoever can. */
static bool read_token(const struct key *key, struct str value, void *out)
{
    *(struct str *)out = value;
    return value.len <= (size_t)key->max;
}

static bool read_journey(const struct key *key, struct str value, void *out)
{
    (void)key;
    *(struct str *)out = token_id(value);
    return token_has_form(value);
}

/* Letters, digits, `-` and `_`, never cut. */
static bool read_name(const struct key *key, struct str value, void *out)
{
    *(struct str *)out = value;
    return value.len <= (size_t)key->max && base64url_spells(value);
}

static bool read_text(const struct key *key, struct str value, void *out)
{
    *(struct str *)out = json_text_cut(value, (size_t)key->max);
    return true;
}

/* As publishing reads `data-cta`: without the spaces around it. */
static bool read_label(const struct key *key, struct str value, void *out)
{
    value = str_trim(json_text_cut(str_trim(value), (size_t)key->max));
    if (!is_nothing(value))
        *(struct str *)out = value;
    return true;
}

static bool read_path(const struct key *key, struct str value, void *out)
{
    *(struct str *)out = value;
    return str_starts_with(value, STR("/")) && value.len <= (size_t)key->max;
}

static bool read_dest(const struct key *key, struct str value, void *out)
{
    (void)key;
    *(struct str *)out = value;
    return dest_is_known(value);
}

static bool read_query(const struct key *key, struct str value, void *out)
{
    return read_text(key, str_starts_with(value, STR("?")) ? str_skip(value, 1) : value, out);
}

static bool read_count(const struct key *key, struct str value, void *out)
{
    uint64_t count;
    if (str_to_u64(value, &count) != 0 || count > (uint64_t)key->max)
        return false;
    *(struct event_number *)out = (struct event_number){true, (int64_t)count};
    return true;
}

/* The script counts milliseconds in 32 bits, which are negative from 24.8 days on, and a tab may
 * stay open for longer. Readers order a document's events by it: what is beyond the bound comes
 * last, in the order of `n`. */
static bool read_time(const struct key *key, struct str value, void *out)
{
    const uint64_t wrap = 1ULL << 32;
    uint64_t time;
    bool negative = str_starts_with(value, STR("-"));
    if (str_to_u64(str_skip(value, negative), &time) != 0 || (negative && time > wrap / 2))
        return false;
    if (negative)
        time = wrap - time;
    int64_t bounded = time > (uint64_t)key->max ? key->max : (int64_t)time;
    *(struct event_number *)out = (struct event_number){true, bounded};
    return true;
}

/* As JavaScript writes numbers: 0.0625, 5e-7. A time before a prerendered page was shown is
 * negative, and a screen that bounces scrolls further than there is page: one measure that is out
 * of bounds does not spoil the rest. */
static bool read_number(const struct key *key, struct str value, void *out)
{
    enum { NUMBER_MAX = 32 };
    char text[NUMBER_MAX + 1];
    char *end;
    bool negative = str_starts_with(value, STR("-"));
    value = str_skip(value, negative);
    if (value.len == 0 || value.len > NUMBER_MAX || value.ptr[0] < '0' || value.ptr[0] > '9')
        return false;
    for (size_t i = 0; i < value.len; i++)
        if (!((value.ptr[i] >= '0' && value.ptr[i] <= '9') || strchr(".e+-", value.ptr[i])))
            return false;
    memcpy(text, value.ptr, value.len);
    text[value.len] = '\0';
    double number = strtod(text, &end);
    if (end != text + value.len)
        return false;
    number = negative ? 0 : fmin(number, (double)key->max);
    *(struct event_number *)out = (struct event_number){true, llround(number * 1000)};
    return true;
}

/* --- the table */

struct reading {
    struct body *body;
    struct hit document; /* what goes into every hit */
    struct str link;     /* the address that the line's link leads to */
    struct str host;     /* the site's own */
    char *room;
};

#define TIME_MAX (30LL * 24 * 3600 * 1000)

#define KEY(name, owner, read, offset, max)                                          \
    {                                                                                \
        STR_INIT(name), owner, read, offset, max, "'" name "' is not what it may be" \
    }
#define BODY(name, read, member, max) KEY(name, OF_BODY, read, offsetof(struct body, member), max)
#define DOCUMENT(name, read, member, max) \
    KEY(name, OF_DOCUMENT, read, offsetof(struct hit, member), max)
#define EVENT(name, read, max) KEY(#name, OF_EVENT, read, offsetof(struct hit, name), max)
#define SUMMARY(name, max)     KEY(#name, OF_SUMMARY, read_number, offsetof(struct hit, name), max)

static const struct key keys[] = {
    BODY("pv", read_token, token, 64),
    BODY("p", read_path, path, 8192),
    DOCUMENT("r", read_name, rev, HASH_TEXT_SIZE - 1),
    DOCUMENT("rev", read_name, rev, HASH_TEXT_SIZE - 1), /* as Server-Timing calls it */
    DOCUMENT("d", read_name, d, 40),
    DOCUMENT("j", read_journey, journey, 0),
    DOCUMENT("u", read_query, query, 2048),
    DOCUMENT("ref", read_text, referrer, 512),
    KEY("e", OF_EVENT, read_kind, offsetof(struct hit, kind), 0),
    EVENT(n, read_count, 1000000),
    EVENT(t, read_time, TIME_MAX),
    EVENT(cta, read_label, 64),
    EVENT(dest, read_dest, 0),
    KEY("to", OF_LINE, read_text, offsetof(struct reading, link), 512),
    SUMMARY(engaged_ms, TIME_MAX),
    SUMMARY(scroll, 100),
    SUMMARY(ttfb, TIME_MAX),
    SUMMARY(fcp, TIME_MAX),
    SUMMARY(lcp, TIME_MAX),
    SUMMARY(cls, 1000),
    SUMMARY(inp, TIME_MAX),
};
enum { KEY_COUNT = sizeof keys / sizeof *keys };

/* --- reading */

static unsigned find(struct str name)
{
    unsigned i = 0;
    while (i < KEY_COUNT && !str_eq(name, keys[i].name))
        i++;
    return i;
}

static const char *read_value(struct reading *reading, const struct key *key, struct str value,
                              struct hit *hit)
{
    void *out = key->owner == OF_BODY       ? (void *)reading->body
                : key->owner == OF_DOCUMENT ? (void *)&reading->document
                : key->owner == OF_LINE     ? (void *)reading
                                            : (void *)hit;
    bool well_formed = true;
    struct str decoded = form_decode(reading->room, value, &well_formed);
    if (decoded.ptr == reading->room)
        reading->room += decoded.len;
    if (!well_formed)
        return "a '%' without two hexadecimal digits behind it";
    if (!str_is_utf8(decoded))
        return "what is not UTF-8";
    if (is_nothing(decoded))
        return NULL;
    return key->read(key, decoded, (char *)out + key->offset) ? NULL : key->wrong;
}

/* What a line must say, and may not. `owners` has a bit for each owner of a key in it. */
static const char *judge_line(const struct hit *hit, unsigned owners)
{
    if (hit->kind == HIT_KIND_COUNT)
        return "a line without 'e'";
    if (!hit->n.set)
        return "a line without 'n'";
    if ((owners & 1U << OF_SUMMARY) && hit->kind != HIT_SUMMARY)
        return "numbers of a summary, but in no summary";
    if (hit->kind == HIT_CLICK && hit->cta.len == 0 && hit->dest.len == 0)
        return "a click with neither 'cta' nor 'dest'";
    return NULL;
}

/* An address as the browser has made it whole, or, in an SVG, as its author wrote it. */
static struct str dest_of_link(struct str link, struct str host)
{
    return classify_is_at_host(link, host) ? STR("page") : dest_of(link, STR(""));
}

/* A link that nobody has named is called as front matter calls its kind. */
static struct str id_of_kind(struct str dest)
{
    if (str_eq(dest, STR("tel")))
        return STR("call");
    return str_eq(dest, STR("map")) ? STR("directions") : dest;
}

static const char *read_line(struct reading *reading, struct str line, struct hit *hit)
{
    bool first = reading->body->count == 0;
    uint32_t seen = 0;   /* a bit for each key */
    unsigned owners = 0; /* and for each owner of one */
    struct str name;
    struct str value;
    *hit = (struct hit){.kind = HIT_KIND_COUNT};
    reading->link = STR("");
    while (form_next(&line, &name, &value)) {
        unsigned index = find(name);
        if (index == KEY_COUNT)
            continue;
        const struct key *key = &keys[index];
        if (seen & 1U << index)
            return "a key that is there twice";
        seen |= 1U << index;
        owners |= 1U << key->owner;
        if (!first && (key->owner == OF_BODY || key->owner == OF_DOCUMENT))
            return "what holds for all lines stands in the first one";
        const char *wrong = read_value(reading, key, value, hit);
        if (wrong)
            return wrong;
    }
    if (reading->link.len > 0)
        hit->dest = dest_of_link(reading->link, reading->host);
    if (hit->cta.len == 0)
        hit->cta = id_of_kind(hit->dest);
    return judge_line(hit, owners);
}

static void spread_document(struct reading *reading)
{
    for (size_t i = 0; i < reading->body->count; i++) {
        struct hit *hit = &reading->body->hits[i];
        hit->rev = reading->document.rev;
        hit->d = reading->document.d;
        hit->journey = reading->document.journey;
        hit->query = reading->document.query;
        hit->referrer = reading->document.referrer;
    }
}

const char *body_read(struct body *out, struct str bytes, struct str host, char *room)
{
    struct reading reading = {.body = out};
    struct str line;
    reading.room = room;
    reading.host = host;
    out->token = out->path = STR("");
    out->count = 0;
    while (str_split(&bytes, '\n', &line)) {
        line = str_trim_lines(line);
        if (line.len == 0)
            continue;
        if (out->count == BODY_LINES_MAX)
            return "too many lines";
        const char *wrong = read_line(&reading, line, &out->hits[out->count]);
        if (wrong)
            return wrong;
        out->count++;
    }
    if (out->count == 0)
        return "no event";
    if (out->path.len == 0)
        return "no 'p'";
    if (reading.document.d.len == 0)
        return "no 'd'";
    spread_document(&reading);
    return NULL;
}

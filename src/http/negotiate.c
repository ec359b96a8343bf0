/* Owns reading Accept-Encoding and If-None-Match, and choosing a coding. */
#include "http/negotiate.h"

/* A coding that the client did not name is still acceptable as identity, but after all that it did
 * name (RFC 9110 12.5.3 gives it no quality). */
enum { QUALITY_FULL = 1000, QUALITY_UNNAMED = 1 };

/* What a member names, beside the codings themselves. */
enum { NAME_ANY = CODING_COUNT, NAME_UNKNOWN };

const char *coding_name(enum coding coding)
{
    static const char *const names[CODING_COUNT] = {NULL, "gzip", "br"};
    return names[coding];
}

struct accepted negotiate_default(void)
{
    return (struct accepted){.q = {[CODING_IDENTITY] = QUALITY_FULL}};
}

bool negotiate_is_usual(struct str value)
{
    return str_starts_with(value, STR("gzip, deflate, br")) &&
           (value.len == sizeof "gzip, deflate, br" - 1 ||
            str_eq(str_skip(value, sizeof "gzip, deflate, br" - 1), STR(", zstd")));
}

enum coding negotiate_smallest(unsigned available)
{
    if (available & 1U << CODING_BROTLI)
        return CODING_BROTLI;
    return available & 1U << CODING_GZIP ? CODING_GZIP : CODING_IDENTITY;
}

/* Whether `name` is `lower`, which is as long, in any case. What folds onto a letter with the bit
 * 0x20 is that letter. */
static bool is(struct str name, const char *lower)
{
    for (size_t i = 0; i < name.len; i++)
        if ((name.ptr[i] | 0x20) != lower[i])
            return false;
    return true;
}

static int name_of(struct str name)
{
    switch (name.len) {
    case 1:
        return name.ptr[0] == '*' ? NAME_ANY : NAME_UNKNOWN;
    case 2:
        return is(name, "br") ? (int)CODING_BROTLI : NAME_UNKNOWN;
    case 4:
        return is(name, "gzip") ? (int)CODING_GZIP : NAME_UNKNOWN;
    case 6: /* RFC 9110 8.4.1.3: x-gzip is gzip. */
        return is(name, "x-gzip") ? (int)CODING_GZIP : NAME_UNKNOWN;
    case 8:
        return is(name, "identity") ? (int)CODING_IDENTITY : NAME_UNKNOWN;
    default:
        return NAME_UNKNOWN;
    }
}

/* Reads a qvalue (RFC 9110 12.4.2) as thousandths; -1 if it is none. */
static int read_quality(struct str s)
{
    if (s.len == 0 || s.len > 5 || (s.ptr[0] != '0' && s.ptr[0] != '1') ||
        (s.len > 1 && s.ptr[1] != '.'))
        return -1;
    int quality = (s.ptr[0] - '0') * QUALITY_FULL;
    int unit = QUALITY_FULL / 10;
    for (size_t i = 2; i < s.len; i++, unit /= 10) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return -1;
        quality += (s.ptr[i] - '0') * unit;
    }
    return quality <= QUALITY_FULL ? quality : -1;
}

/* Reads the parameter of a member, from behind its `;`; the only one there may be is `q`. */
static int read_weight(struct str parameter)
{
    parameter = str_trim(parameter);
    if (parameter.len < 2 || (parameter.ptr[0] | 0x20) != 'q' || parameter.ptr[1] != '=')
        return -1;
    return read_quality(str_skip(parameter, 2));
}

static void note(struct negotiation *n, int name, unsigned short quality)
{
    /* Named twice: the better quality counts, in whatever order they stand. */
    if (name == NAME_ANY) {
        n->any_seen = true;
        if (quality > n->any)
            n->any = quality;
    } else if (name != NAME_UNKNOWN) {
        n->seen |= 1U << name;
        if (quality > n->named.q[name])
            n->named.q[name] = quality;
    }
}

static bool ends_name(char c)
{
    /* Nearly all of a name lies above the comma, so that one comparison is enough for it. */
    return c == ';' || (c <= ',' && (c == ',' || c == ' ' || c == '\t'));
}

/* Reads the member at `p`, which is no separator; returns where it ends. */
static const char *read_member(struct negotiation *n, const char *p, const char *end)
{
    const char *start = p;
    while (p < end && !ends_name(*p))
        p++;
    int name = name_of(str_make(start, (size_t)(p - start)));
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;

    int quality = QUALITY_FULL;
    if (p < end && *p != ',') {
        const char *rest = p;
        const char *comma = memchr(p, ',', (size_t)(end - p));
        p = comma ? comma : end;
        quality = *rest == ';' ? read_weight(str_make(rest + 1, (size_t)(p - rest - 1))) : -1;
    }
    if (quality >= 0)
        note(n, name, (unsigned short)quality);
    return p;
}

void negotiate_line(struct negotiation *n, struct str value)
{
    if (value.len == 0)
        return;
    const char *p = value.ptr;
    const char *end = p + value.len;
    while (p < end) {
        if (*p == ' ' || *p == ',' || *p == '\t')
            p++;
        else
            p = read_member(n, p, end);
    }
}

struct accepted negotiate_finish(const struct negotiation *n)
{
    struct accepted accepted = n->named;
    for (unsigned c = 0; c < CODING_COUNT; c++) {
        if (n->seen & 1U << c)
            continue;
        if (n->any_seen)
            accepted.q[c] = n->any;
        else if (c == CODING_IDENTITY)
            accepted.q[c] = QUALITY_UNNAMED;
    }
    return accepted;
}

enum coding negotiate_choose(const struct accepted *accepted, unsigned available)
{
    unsigned short best = 0;
    enum coding chosen = CODING_IDENTITY;
    for (unsigned c = CODING_COUNT; c-- > 0;) {
        if ((available & 1U << c) && accepted->q[c] > best) {
            best = accepted->q[c];
            chosen = (enum coding)c;
        }
    }
    return chosen;
}

static bool is_weak(struct str etag)
{
    return str_starts_with(etag, STR("W/"));
}

/* An entity tag without its mark of weakness, which weak comparison ignores (RFC 9110 8.8.3.2). */
static struct str opaque_tag(struct str etag)
{
    return is_weak(etag) ? str_skip(etag, 2) : etag;
}

/* Whether `list` is `*` or names `etag`; `strongly`: tags marked as weak in it name nothing. */
static bool names_etag(struct str list, struct str etag, bool strongly)
{
    struct str rest = str_trim(list);
    if (str_eq(rest, STR("*")))
        return true;

    etag = opaque_tag(etag);
    while (rest.len > 0) {
        struct str tag = opaque_tag(rest);
        bool counts = !strongly || !is_weak(rest);
        ptrdiff_t close = tag.len && tag.ptr[0] == '"' ? str_find(str_skip(tag, 1), '"') : -1;
        if (close < 0) {
            /* A separator, or something that is no tag: on behind the next comma. */
            ptrdiff_t comma = str_find(rest, ',');
            rest = comma < 0 ? str_make(NULL, 0) : str_trim(str_skip(rest, (size_t)comma + 1));
            continue;
        }
        size_t length = (size_t)close + 2;
        if (counts && str_eq(str_make(tag.ptr, length), etag))
            return true;
        rest = str_trim(str_skip(tag, length));
    }
    return false;
}

bool negotiate_etag_matches(struct str if_none_match, struct str etag)
{
    /* First as one tag, which is what browsers send. */
    return str_eq(if_none_match, etag) || names_etag(if_none_match, etag, false);
}

bool negotiate_etag_matches_strongly(struct str if_match, struct str etag)
{
    return !is_weak(etag) && names_etag(if_match, etag, true);
}

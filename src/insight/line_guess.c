/* Owns reading lines by guessing what comes next. */
#include "insight/line_guess.h"

#include "insight/luck.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { STEP = 16, EVENT = 0 };

/* Which of 16 bytes are as in `like`, as bits. */
#if defined(__SSE2__)
static inline unsigned same_bytes(const char *bytes, const char *like)
{
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    __m128i b = _mm_loadu_si128((const __m128i *)(const void *)like);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b));
}

/* Which of 16 bytes are quotes or backslashes, as bits. */
static inline unsigned find_specials(const char *bytes)
{
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    __m128i quotes = _mm_cmpeq_epi8(a, _mm_set1_epi8('"'));
    __m128i backslashes = _mm_cmpeq_epi8(a, _mm_set1_epi8('\\'));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(quotes, backslashes));
}

/* How many of 16 bytes are digits or points before a comma; 0: others are, or there is none. */
static inline unsigned count_digits(const char *bytes)
{
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    __m128i from_0 = _mm_sub_epi8(a, _mm_set1_epi8('0'));
    __m128i digits = _mm_cmpeq_epi8(_mm_min_epu8(from_0, _mm_set1_epi8(9)), from_0);
    __m128i points = _mm_cmpeq_epi8(a, _mm_set1_epi8('.'));
    unsigned others = ~(unsigned)_mm_movemask_epi8(_mm_or_si128(digits, points));
    unsigned count = (unsigned)__builtin_ctz(others);
    return count < STEP && bytes[count] == ',' ? count : 0;
}
#else
static inline unsigned same_bytes(const char *bytes, const char *like)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < STEP; i++)
        bits |= (unsigned)(bytes[i] == like[i]) << i;
    return bits;
}

static inline unsigned find_specials(const char *bytes)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < STEP; i++)
        bits |= (unsigned)(bytes[i] == '"' || bytes[i] == '\\') << i;
    return bits;
}

static inline unsigned count_digits(const char *bytes)
{
    unsigned count = 0;
    while (count < STEP && ((bytes[count] >= '0' && bytes[count] <= '9') || bytes[count] == '.'))
        count++;
    return count < STEP && bytes[count] == ',' ? count : 0;
}
#endif

/* --- keys ----------------------------------------------------------------------------------- */

static inline bool is_key(const struct line_guess_key *key, const char *at)
{
    return (same_bytes(at, key->text) & key->mask) == key->mask;
}

/* The number of what stands at `at`, learned if need be; 0: no key of the usual form. */
static uint8_t look_up(struct line_guess *guess, const struct line_keys *keys, const char *at,
                       const char *end)
{
    size_t room = (size_t)(end - at) < STEP ? (size_t)(end - at) : STEP;
    const char *colon = *at == '"' ? memchr(at + 1, ':', room - 1) : NULL;
    if (!colon || colon[-1] != '"' || colon - 1 == at)
        return 0;
    struct str name = str_make(at + 1, (size_t)(colon - at) - 2);
    if (memchr(name.ptr, '"', name.len) || memchr(name.ptr, '\\', name.len))
        return 0;
    char text[STEP] = {0};
    memcpy(text, at, name.len + 3);
    for (uint8_t i = 1; i <= guess->count; i++)
        if (memcmp(guess->known[i].text, text, STEP) == 0)
            return i;
    if (guess->count + 1 == LINE_GUESS_KEYS)
        return 0;
    struct line_guess_key *key = &guess->known[++guess->count];
    memcpy(key->text, text, STEP);
    key->len = (uint8_t)(name.len + 3);
    key->mask = (uint16_t)((1U << key->len) - 1);
    key->number = (int8_t)line_keys_find(keys, name);
    key->begins_ending = str_eq(name, STR("page"));
    key->ends_middle = str_eq(name, STR("transport"));
    key->ends_beginning = key->begins_ending || str_eq(name, STR("t"));
    return guess->count;
}

/* --- values --------------------------------------------------------------------------------- */

/* From behind the quote of a text to its end; NULL: there is a backslash, or no end. */
static inline const char *find_end(const char *at, const char *end)
{
    for (; end - at >= STEP; at += STEP) {
        unsigned found = find_specials(at);
        if (found) {
            at += __builtin_ctz(found);
            return *at == '"' ? at : NULL;
        }
    }
    for (; at < end && *at != '\\'; at++)
        if (*at == '"')
            return at;
    return NULL;
}

/* A number or a word; what stands behind it, or NULL. */
static inline const char *read_bare(const char *at, const char *end, struct str *out)
{
    const char *from = at;
    unsigned digits = end - at >= STEP ? count_digits(at) : 0;
    if (digits > 0) {
        *out = str_make(from, digits);
        return at + digits;
    }
    at = line_bare_end(from, end);
    *out = str_make(from, (size_t)(at - from));
    return at > from && line_bare_value(out) ? at : NULL;
}

/* --- lines ---------------------------------------------------------------------------------- */

/* Events of a kind have the same keys; nothing depends on two kinds being told apart. */
static unsigned kind_of(struct str event)
{
    unsigned first = event.len > 0 ? (unsigned char)event.ptr[0] : 0;
    unsigned third = event.len > 2 ? (unsigned char)event.ptr[2] : 0;
    return (first * 3 + third) % LINE_GUESS_KINDS;
}

/* The key at `at`, or NULL: none of the usual form. */
static inline const struct line_guess_key *guess_key(struct line_guess *guess,
                                                     const struct line_keys *keys,
                                                     struct line_guess_next *next, const char *at,
                                                     const char *end)
{
    uint8_t likely = next->likely;
    if (end - at >= STEP && likely != 0) {
        if (is_key(&guess->known[likely], at))
            return &guess->known[likely];
        uint8_t other = next->other;
        next->other = likely;
        if (other != 0 && is_key(&guess->known[other], at)) {
            next->likely = other;
            return &guess->known[other];
        }
    }
    next->likely = at < end ? look_up(guess, keys, at, end) : 0;
    return next->likely ? &guess->known[next->likely] : NULL;
}

/* A line on its way. What changes with each key is handed on by value, to stay in registers. */
struct walk {
    const struct line_keys *keys;
    struct line_guess *guess;
    struct str *values;
    const char *end;
};

/* What stands behind the value at `at`, or NULL. */
static inline const char *read_value(const char *at, const char *end, struct str *out)
{
    if (*at != '"')
        return read_bare(at, end, out);
    const char *from = at + 1;
    const char *quote = find_end(from, end);
    if (!quote)
        return NULL;
    *out = str_make(from, (size_t)(quote - from));
    return quote + 1;
}

/* What stands from `at` to the checksum, `,"crc":"01234567"}`; or empty. */
static struct str rest_of(const char *at, const char *line_end)
{
    enum { TAIL = sizeof ",\"crc\":\"01234567\"}" - 1, SPECIALS = 1 << 3 | 1 << 5 | 1 << 14 };
    static const char tail[] = ",\"crc\":\"";
    const char *end = line_end - TAIL;
    if (end - at < STEP || memcmp(end, tail, sizeof tail - 1) != 0 || line_end[-2] != '"' ||
        line_end[-1] != '}' || find_specials(line_end - STEP) != SPECIALS)
        return str_make(NULL, 0);
    return str_make(at, (size_t)(end - at));
}

/* The ending that the line has from `at` on, or the middle where ends do not come again because
 * there are figures in them; NULL: none that came before. `before` has bits of the wanted keys that
 * have come. */
static __attribute__((noinline)) const struct line_ending *find_ending(const struct walk *w,
                                                                       const char *at,
                                                                       uint64_t before)
{
    struct line_guess *guess = w->guess;
    struct str event = w->values[EVENT];
    uint64_t others = before & ~w->keys->apart & ~(UINT64_C(1) << EVENT);
    if (w->keys->apart == 0 || !event.ptr || others != 0)
        return NULL;
    struct str rest = rest_of(at, w->end);
    if (rest.len == 0)
        return NULL;
    int16_t *luck = &guess->luck[kind_of(event)];
    if (luck_tries(luck)) {
        const struct line_ending *ending = line_endings_find(&guess->endings, event, rest);
        luck_note(luck, ending);
        return ending;
    }
    luck = &guess->middle_luck[kind_of(event)];
    if (!luck_tries(luck))
        return NULL;
    const struct line_ending *middle = line_endings_find_middle(&guess->endings, event, rest);
    luck_note(luck, middle);
    return middle;
}

/* Where reading is: at what stands in front of the next key. */
struct place {
    const char *at;
    const struct line_guess_key *key; /* the one before */
    uint64_t before;                  /* bits of the wanted keys that have come */
};

static bool is_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return true;
}

/* Learns how a line begins that has been read. */
static void learn_beginning(const struct walk *w, struct str line)
{
    struct line_guess *guess = w->guess;
    struct line_beginning beginning = {0};
    for (const char *at = line.ptr; *at != '}' && at - line.ptr < LINE_BEGINNING_MAX;) {
        struct str value;
        const struct line_guess_key *key = &guess->known[look_up(guess, w->keys, ++at, w->end)];
        if (key->ends_beginning && beginning.event_at > 0) {
            beginning.len = (uint16_t)(at - line.ptr);
            line_beginnings_learn(&guess->beginnings, line, &beginning);
        }
        if (key->len == 0 || key->ends_beginning || beginning.count == LINE_BEGINNING_VALUES)
            return;
        at += key->len;
        bool is_number = *at != '"';
        at = read_value(at, w->end, &value);
        if (!at || !value.ptr || (is_number && !is_digits(value)))
            return;
        uint16_t value_at = (uint16_t)(value.ptr - line.ptr);
        beginning.values[beginning.count++] = (struct line_beginning_value){
            .key = key->number,
            .is_number = is_number,
            .at = value_at,
            .len = (uint16_t)value.len,
        };
        beginning.last = (uint8_t)(key - guess->known);
        if (key->number == EVENT)
            beginning.event_at = value_at;
    }
}

/* Takes the values of a beginning that is known, if the line has one. */
static inline struct place take_beginning(const struct walk *w, struct str line, bool *pays)
{
    const struct line_beginning *beginning =
        line_beginnings_find(&w->guess->beginnings, line, pays);
    struct place place = {line.ptr, &w->guess->known[0], 0};
    if (!beginning)
        return place;
    for (size_t i = 0; i < beginning->count; i++) {
        const struct line_beginning_value *value = &beginning->values[i];
        w->values[value->key] = str_make(line.ptr + value->at, value->len);
        place.before |= UINT64_C(1) << value->key;
    }
    place.at += beginning->len - 1;
    place.key += beginning->last;
    return place;
}

/* Behind a middle `before` has bits of the wanted keys that have come since. */
static bool read_from(const struct walk *w, struct place place, uint64_t *ending)
{
    struct line_guess *guess = w->guess;
    const char *at = place.at;
    const char *end = w->end;
    const struct line_guess_key *key = place.key;
    const struct line_ending *found = NULL;
    uint64_t before = place.before;
    unsigned kind = before ? kind_of(w->values[EVENT]) : 0;
    struct line_guess_next *next = guess->next[kind];
    do {
        struct str value;
        const struct line_guess_key *last = key;
        key = guess_key(guess, w->keys, &next[last - guess->known], ++at, end);
        if (!key || end - at <= key->len)
            return false;
        if (key->begins_ending && !found) {
            found = find_ending(w, at, before);
            if (found) {
                line_ending_values(found, at, w->values);
                *ending = found->number;
                if (!found->is_middle)
                    return true;
                at += found->len - 1;
                key = &guess->known[found->last];
                before = 0;
                continue;
            }
        }
        if (key->ends_middle)
            line_endings_learned_middle(&guess->endings, at, (uint8_t)(last - guess->known));
        at = read_value(at + key->len, end, &value);
        if (!at)
            return false;
        if (key->number < 0)
            continue;
        w->values[key->number] = value;
        before |= UINT64_C(1) << key->number;
        if (key->number == EVENT)
            next = guess->next[kind_of(value)];
        if (guess->endings.learning)
            line_endings_learn(&guess->endings, key->number, value);
    } while (at < end && *at == ',');
    if (at + 1 != end || *at != '}')
        return false;
    if (found && (before & ~w->keys->apart) != 0)
        *ending = 0;
    line_endings_learned(&guess->endings);
    return true;
}

bool line_guess_read(struct line_guess *guess, const struct line_keys *keys, struct str line,
                     struct str *values, uint64_t *ending)
{
    const struct walk w = {keys, guess, values, line.ptr + line.len};
    bool pays;
    *ending = 0;
    guess->endings.learning = NULL;
    if (line.len < 2 || *line.ptr != '{')
        return false;
    struct place place = take_beginning(&w, line, &pays);
    if (!read_from(&w, place, ending))
        return false;
    if (place.at == line.ptr && pays)
        learn_beginning(&w, line);
    return true;
}

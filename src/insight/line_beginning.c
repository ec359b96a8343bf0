/* Owns remembering the beginnings of lines. */
#include "insight/line_beginning.h"

#include "insight/luck.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { STEP = 16, WIDE_STEP = 64 };

#if defined(__SSE2__)
static inline __m128i load(const void *at)
{
    return _mm_loadu_si128(at);
}

/* What is wrong with the 16 bytes at `i`: zeros where nothing is. */
static inline __m128i compare(const struct line_beginning_form *form, const char *line, size_t i)
{
    __m128i bytes = load(line + i);
    __m128i most = load(form->most + i);
    __m128i beyond =
        _mm_or_si128(_mm_subs_epu8(bytes, most), _mm_subs_epu8(load(form->least + i), bytes));
    __m128i specials = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    __m128i is_text = _mm_cmpeq_epi8(most, _mm_set1_epi8(-1));
    return _mm_or_si128(beyond, _mm_and_si128(specials, is_text));
}

static inline bool is_right(__m128i wrong)
{
    return _mm_movemask_epi8(_mm_cmpeq_epi8(wrong, _mm_setzero_si128())) == 0xFFFF;
}

/* Nearly always the last bytes tell one form from another. */
static bool matches(const struct line_beginning_form *form, const char *line)
{
    size_t last = form->is.len - (size_t)STEP;
    __m128i wrong = compare(form, line, last);
    if (!is_right(wrong))
        return false;
    for (size_t i = 0; i < last; i += STEP)
        wrong = _mm_or_si128(wrong, compare(form, line, i));
    return is_right(wrong);
}
#else
static bool matches(const struct line_beginning_form *form, const char *line)
{
    bool wrong = false;
    for (size_t i = 0; i < form->is.len; i++) {
        unsigned char c = (unsigned char)line[i];
        wrong |= c < form->least[i] || c > form->most[i];
        wrong |= form->most[i] == UINT8_MAX && (c == '"' || c == '\\');
    }
    return !wrong;
}
#endif

#if defined(__x86_64__)
#define TARGET_WIDE __attribute__((target("avx512bw")))

/* The same of 64 bytes at `i`, as bits. */
TARGET_WIDE static inline uint64_t compare_wide(const struct line_beginning_form *form,
                                                const char *line, size_t i)
{
    __m512i bytes = _mm512_loadu_si512(line + i);
    __m512i most = _mm512_loadu_si512(form->most + i);
    __m512i least = _mm512_loadu_si512(form->least + i);
    uint64_t beyond = _mm512_cmplt_epu8_mask(bytes, least) | _mm512_cmpgt_epu8_mask(bytes, most);
    uint64_t specials = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')) |
                        _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
    return beyond | (specials & _mm512_cmpeq_epi8_mask(most, _mm512_set1_epi8(-1)));
}

TARGET_WIDE static bool matches_wide(const struct line_beginning_form *form, const char *line)
{
    size_t last = form->is.len - (size_t)WIDE_STEP;
    uint64_t wrong = compare_wide(form, line, last);
    for (size_t i = 0; i < last && wrong == 0; i += WIDE_STEP)
        wrong = compare_wide(form, line, i);
    return wrong == 0;
}

static bool is_alike(const struct line_beginning_form *form, const char *line)
{
    return form->is.len >= WIDE_STEP && __builtin_cpu_supports("avx512bw")
               ? matches_wide(form, line)
               : matches(form, line);
}
#else
static bool is_alike(const struct line_beginning_form *form, const char *line)
{
    return matches(form, line);
}
#endif

static struct line_beginning_slot *slot_of(struct line_beginnings *beginnings, struct str line)
{
    uint32_t name;
    size_t at = beginnings->event_at;
    if (at == 0 || line.len < at + sizeof name)
        return NULL;
    memcpy(&name, line.ptr + at, sizeof name);
    return &beginnings->slots[(name * UINT32_C(0x9E3779B1)) >> (32 - LINE_BEGINNING_SLOT_BITS)];
}

static const struct line_beginning *find_in(const struct line_beginning_slot *slot, struct str line)
{
    for (size_t i = 0; i < LINE_BEGINNING_FORMS; i++) {
        const struct line_beginning_form *form = &slot->forms[i];
        if (form->is.len > 0 && form->is.len <= line.len && is_alike(form, line.ptr))
            return &form->is;
    }
    return NULL;
}

const struct line_beginning *line_beginnings_find(struct line_beginnings *beginnings,
                                                  struct str line, bool *pays)
{
    struct line_beginning_slot *slot = slot_of(beginnings, line);
    *pays = !slot || luck_tries(&slot->luck);
    if (!slot || !*pays)
        return NULL;
    const struct line_beginning *found = find_in(slot, line);
    luck_note(&slot->luck, found);
    return found;
}

/* What stands between values is fixed. */
static void fill(struct line_beginning_form *form, struct str line)
{
    const struct line_beginning *is = &form->is;
    memcpy(form->least, line.ptr, is->len);
    memcpy(form->most, line.ptr, is->len);
    for (size_t i = 0; i < is->count; i++) {
        const struct line_beginning_value *value = &is->values[i];
        memset(form->least + value->at, value->is_number ? '0' : 0, value->len);
        memset(form->most + value->at, value->is_number ? '9' : UINT8_MAX, value->len);
    }
}

static void drop_unwanted(struct line_beginning *beginning)
{
    uint8_t kept = 0;
    for (size_t i = 0; i < beginning->count; i++)
        if (beginning->values[i].key >= 0)
            beginning->values[kept++] = beginning->values[i];
    beginning->count = kept;
}

void line_beginnings_learn(struct line_beginnings *beginnings, struct str line,
                           const struct line_beginning *beginning)
{
    beginnings->event_at = beginning->event_at;
    struct line_beginning_slot *slot = slot_of(beginnings, line);
    if (!slot || beginning->len < STEP || beginning->len > LINE_BEGINNING_MAX ||
        find_in(slot, line))
        return;
    struct line_beginning_form *form = &slot->forms[slot->oldest];
    slot->oldest = (uint8_t)((slot->oldest + 1) % LINE_BEGINNING_FORMS);
    form->is = *beginning;
    fill(form, line);
    drop_unwanted(&form->is);
}

/* Owns remembering the ends of lines. */
#include "insight/line_ending.h"

#include "insight/fingerprint.h"

#if defined(__SSE4_2__)
#include <nmmintrin.h>
#endif

enum { STRIDE = 4 * sizeof(uint64_t), MIDDLE_MIN = 2 * STRIDE };

static inline uint64_t mix(uint64_t hash, const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
#if defined(__SSE4_2__)
    return _mm_crc32_u64(hash, word);
#else
    return fingerprint_fold(hash ^ word, 0x9E3779B97F4A7C15);
#endif
}

/* Of a text of at least STRIDE bytes. Four chains, each of which waits for itself only. */
static uint64_t hash_of(struct str event, struct str text)
{
    uint64_t a = fingerprint_short(event);
    uint64_t b = text.len;
    uint64_t c = event.len;
    uint64_t d = 0;
    const char *last = text.ptr + text.len - STRIDE;
    for (const char *at = text.ptr;; at += STRIDE) {
        at = at < last ? at : last;
        a = mix(a, at);
        b = mix(b, at + 8);
        c = mix(c, at + 16);
        d = mix(d, at + 24);
        if (at == last)
            break;
    }
    return fingerprint_fold(a << 32 ^ b ^ 0x9E3779B97F4A7C15, c << 32 ^ d ^ 0xD6E8FEB86659FD93);
}

static bool is_same(const struct line_ending *ending, bool is_middle, struct str event,
                    struct str text)
{
    return ending->number != 0 && ending->is_middle == is_middle &&
           ending->event_len == event.len && memcmp(ending->text, text.ptr, ending->len) == 0 &&
           memcmp(ending->event, event.ptr, event.len) == 0;
}

/* Another one is learned in its place. */
static void learn(struct line_endings *endings, struct line_ending *ending, struct str event,
                  const char *text)
{
    ending->number = 0;
    ending->count = 0;
    ending->event_len = (uint8_t)event.len;
    memcpy(ending->event, event.ptr, event.len);
    endings->learning = ending;
    endings->learned_from = text;
}

const struct line_ending *line_endings_find(struct line_endings *endings, struct str event,
                                            struct str text)
{
    endings->learning = NULL;
    if (text.len < STRIDE || text.len > LINE_ENDING_MAX || event.len > LINE_ENDING_EVENT_MAX)
        return NULL;
    struct line_ending *ending = &endings->slots[hash_of(event, text) % LINE_ENDINGS];
    if (ending->len == text.len && is_same(ending, false, event, text))
        return ending;
    learn(endings, ending, event, text.ptr);
    ending->is_middle = false;
    ending->len = (uint16_t)text.len;
    memcpy(ending->text, text.ptr, text.len);
    return NULL;
}

/* Where it ends is not known: it is found by how it begins. */
const struct line_ending *line_endings_find_middle(struct line_endings *endings, struct str event,
                                                   struct str text)
{
    endings->learning = NULL;
    if (text.len < MIDDLE_MIN || event.len > LINE_ENDING_EVENT_MAX)
        return NULL;
    uint64_t hash = hash_of(event, str_make(text.ptr, MIDDLE_MIN));
    struct line_ending *middle = &endings->slots[hash % LINE_ENDINGS];
    if (middle->len <= text.len && is_same(middle, true, event, text))
        return middle;
    learn(endings, middle, event, text.ptr);
    middle->is_middle = true;
    return NULL;
}

void line_endings_learn(struct line_endings *endings, int key, struct str value)
{
    struct line_ending *ending = endings->learning;
    if (!ending)
        return;
    if (ending->count == LINE_ENDING_VALUES) {
        endings->learning = NULL;
        return;
    }
    ending->values[ending->count++] = (struct line_ending_value){
        .key = (uint8_t)key,
        .is_absent = !value.ptr,
        .at = (uint16_t)(value.ptr ? value.ptr - endings->learned_from : 0),
        .len = (uint16_t)value.len,
    };
}

static void remember(struct line_endings *endings, struct line_ending *ending)
{
    ending->number = ++endings->learned * LINE_ENDINGS + (uint64_t)(ending - endings->slots);
}

void line_endings_learned(struct line_endings *endings)
{
    if (endings->learning && !endings->learning->is_middle)
        remember(endings, endings->learning);
    endings->learning = NULL;
}

void line_endings_learned_middle(struct line_endings *endings, const char *end, uint8_t last)
{
    struct line_ending *middle = endings->learning;
    size_t len = (size_t)(end - endings->learned_from);
    if (!middle || !middle->is_middle)
        return;
    endings->learning = NULL;
    if (len > LINE_ENDING_MAX)
        return;
    memcpy(middle->text, endings->learned_from, len);
    middle->len = (uint16_t)len;
    middle->last = last;
    remember(endings, middle);
}

void line_ending_values(const struct line_ending *ending, const char *text, struct str *values)
{
    for (size_t i = 0; i < ending->count; i++) {
        const struct line_ending_value *value = &ending->values[i];
        values[value->key] =
            value->is_absent ? str_make(NULL, 0) : str_make(text + value->at, value->len);
    }
}

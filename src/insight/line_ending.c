/* Owns remembering the ends of lines. */
#include "insight/line_ending.h"

#include "insight/fingerprint.h"

enum { STRIDE = 2 * sizeof(uint64_t) };

/* Of a text of at least STRIDE bytes. */
static uint64_t hash_of(struct str event, struct str text)
{
    uint64_t hash = fingerprint_short(event) ^ (uint64_t)text.len << 32 ^ event.len;
    const char *last = text.ptr + text.len - STRIDE;
    uint64_t words[2];
    for (const char *at = text.ptr; at < last; at += STRIDE) {
        memcpy(words, at, sizeof words);
        hash = fingerprint_fold(hash ^ words[0], words[1] ^ 0x9E3779B97F4A7C15);
    }
    memcpy(words, last, sizeof words);
    return fingerprint_fold(hash ^ words[0], words[1] ^ 0xD6E8FEB86659FD93);
}

static bool is_same(const struct line_ending *ending, struct str event, struct str text)
{
    return ending->number != 0 && ending->len == text.len && ending->event_len == event.len &&
           memcmp(ending->text, text.ptr, text.len) == 0 &&
           memcmp(ending->event, event.ptr, event.len) == 0;
}

const struct line_ending *line_endings_find(struct line_endings *endings, struct str event,
                                            struct str text)
{
    endings->learning = NULL;
    if (text.len < STRIDE || text.len > LINE_ENDING_MAX || event.len > LINE_ENDING_EVENT_MAX)
        return NULL;
    struct line_ending *ending = &endings->slots[hash_of(event, text) % LINE_ENDINGS];
    if (is_same(ending, event, text))
        return ending;
    ending->number = 0;
    ending->count = 0;
    ending->len = (uint16_t)text.len;
    ending->event_len = (uint8_t)event.len;
    memcpy(ending->text, text.ptr, text.len);
    memcpy(ending->event, event.ptr, event.len);
    endings->learning = ending;
    endings->learned_from = text.ptr;
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

void line_endings_learned(struct line_endings *endings)
{
    if (endings->learning)
        endings->learning->number = ++endings->last;
    endings->learning = NULL;
}

void line_ending_values(const struct line_ending *ending, struct str text, struct str *values)
{
    for (size_t i = 0; i < ending->count; i++) {
        const struct line_ending_value *value = &ending->values[i];
        values[value->key] =
            value->is_absent ? str_make(NULL, 0) : str_make(text.ptr + value->at, value->len);
    }
}

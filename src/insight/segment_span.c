/* Owns telling what time segments are of. */
#include "insight/segment_span.h"

#include "base/err.h"

#include <stdlib.h>

int segment_spans(struct segment_span **out, const struct segment_list *list, int64_t now_ms)
{
    struct segment_span *spans = calloc(list->count + 1, sizeof *spans);
    *out = spans;
    if (!spans)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < list->count; i++) {
        const struct segment_entry *entry = &list->items[i];
        int64_t start_ms = entry->name.start_ms;
        int64_t later_ms = !entry->is_newest ? entry[1].name.start_ms : now_ms ? now_ms : start_ms;
        spans[i] = (struct segment_span){
            .begin_ms = start_ms < later_ms ? start_ms : later_ms,
            .end_ms = entry->is_newest ? INT64_MAX : entry[1].name.start_ms,
            .is_vague = later_ms < start_ms,
        };
    }
    return 0;
}

bool segment_span_meets(const struct segment_span *span, int64_t from_ms, int64_t to_ms,
                        int64_t slack_ms)
{
    if (span->is_vague)
        return true;
    if (to_ms < INT64_MAX - slack_ms && span->begin_ms >= to_ms + slack_ms)
        return false;
    return span->end_ms == INT64_MAX || from_ms < INT64_MIN + slack_ms ||
           span->end_ms >= from_ms - slack_ms;
}

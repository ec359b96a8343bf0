/* Owns making a journal that goes wrong as small as it gets. */
#include "support/journals.h"
#include "support/test.h"

uint64_t journal_setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    uint64_t value;
    return text && str_to_u64(str_from(text), &value) == 0 ? value : otherwise;
}

void journal_text(const struct journal *journal, struct buf *out)
{
    for (size_t i = 0; i < journal->count; i++) {
        journal_line(&journal->entries[i], out);
        buf_append_char(out, '\n');
    }
}

void journal_shrink(struct journal *journal, journal_wrong *wrong, void *context)
{
    for (size_t i = 0; i < journal->count;) {
        struct journal smaller = *journal;
        for (size_t j = i; j + 1 < smaller.count; j++)
            smaller.entries[j] = smaller.entries[j + 1];
        smaller.count--;
        if (wrong(context, &smaller)) {
            *journal = smaller;
            i = 0;
        } else {
            i++;
        }
    }
    (void)wrong(context, journal);
}

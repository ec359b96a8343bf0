/* Owns handing a journal on. */
#include "journal/handover.h"

#include "base/err.h"
#include "journal/journal_parts.h"
#include "journal/lock.h"
#include "journal/segment_list.h"

int journal_lock_fd(const struct journal *j)
{
    return j->lock_fd;
}

int journal_let_go(struct journal *j, uint64_t first_seq)
{
    if (j->next_seq >= first_seq)
        return ERR_LIMIT;
    const struct lock_note note = {.next_seq = first_seq};
    int rc = journal_note(j, &note);
    if (rc != 0)
        return rc;
    j->is_held = false;
    j->end_seq = first_seq;
    return 0;
}

void journal_hold(struct journal *j)
{
    j->is_held = true;
    j->end_seq = EVENT_NUMBER_MAX + 1;
}

int journal_mend(struct journal *j, struct journal_recovery *recovery)
{
    struct segment_list list;
    *recovery = (struct journal_recovery){0};
    int rc = segment_list_read(&list, j->dir_fd);
    for (size_t i = 0; rc == 0 && i < list.count; i++) {
        const struct segment_entry *entry = &list.items[i];
        if (entry->is_last && entry->name.first_seq < j->first_seq &&
            strcmp(entry->name.node, j->node) == 0 && !entry->name.compressed)
            rc = journal_repair_tail(j, entry, recovery);
    }
    segment_list_finish(&list);
    recovery->unclean = recovery->cut_bytes > 0;
    recovery->next_seq = j->next_seq;
    return rc;
}

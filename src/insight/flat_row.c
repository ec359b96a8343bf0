/* Owns how events become a page view's row. */
#include "insight/flat_row.h"

#include "base/err.h"
#include "insight/export_parts.h"
#include "insight/fingerprint.h"

#include <stdlib.h>

/* Columns that the event's own key fills. */
struct from_entry {
    uint8_t column;
    uint8_t key;
};

#define FROM(name) {FLAT_##name, ENTRY_##name},
static const struct from_entry carried[] = {FLAT_CARRIED(FROM)};
static const struct from_entry measured[] = {FLAT_MEASURED(FROM)};

enum { CARRIED = sizeof carried / sizeof *carried, MEASURED = sizeof measured / sizeof *measured };
enum rank { RANK_NONE, RANK_OTHER, RANK_SEEN, RANK_VIEW };

/* --- packing -------------------------------------------------------------------------------- */

enum { LENGTH_SIZE = sizeof(uint16_t), ABSENT = UINT16_MAX };

static uint16_t packed_length(struct str value)
{
    return value.ptr ? (uint16_t)(value.len < ABSENT ? value.len : ABSENT - 1) : ABSENT;
}

static int pack(struct flat_row *row, const struct str values[FLAT_COLUMNS])
{
    size_t size = 0;
    for (size_t i = 0; i < FLAT_COLUMNS; i++)
        size += LENGTH_SIZE + (values[i].ptr ? (size_t)packed_length(values[i]) : 0);
    char *texts = malloc(size);
    if (!texts)
        return ERR_NO_MEMORY;
    char *at = texts;
    for (size_t i = 0; i < FLAT_COLUMNS; i++) {
        uint16_t length = packed_length(values[i]);
        memcpy(at, &length, LENGTH_SIZE);
        at += LENGTH_SIZE;
        if (length == ABSENT)
            continue;
        memcpy(at, values[i].ptr, length);
        at += length;
    }
    free(row->texts);
    row->texts = texts;
    return 0;
}

static void unpack(const struct flat_row *row, struct str values[FLAT_COLUMNS])
{
    const char *at = row->texts;
    memset(values, 0, FLAT_COLUMNS * sizeof *values);
    for (size_t i = 0; at && i < FLAT_COLUMNS; i++) {
        uint16_t length;
        memcpy(&length, at, LENGTH_SIZE);
        at += LENGTH_SIZE;
        if (length == ABSENT)
            continue;
        values[i] = str_make(at, length);
        at += length;
    }
}

/* --- events --------------------------------------------------------------------------------- */

struct flat_row *flat_row_create(const struct entry *entry)
{
    struct flat_row *row = calloc(1, sizeof *row);
    if (!row)
        return NULL;
    row->first_ms = row->ms = entry->ms;
    row->visit = fingerprint_key(entry->values[ENTRY_pv]);
    return row;
}

void flat_row_destroy(struct flat_row *row)
{
    if (!row)
        return;
    free(row->texts);
    free(row);
}

static bool is_event(const struct entry *entry, struct str name)
{
    return str_eq(entry->values[ENTRY_event], name);
}

static enum rank rank_of(const struct entry *entry)
{
    return is_event(entry, STR("view"))   ? RANK_VIEW
           : is_event(entry, STR("seen")) ? RANK_SEEN
                                          : RANK_OTHER;
}

/* Puts `value` into a column that has none, or that a lesser event has filled. */
static bool fill(struct str *column, struct str value, bool is_better)
{
    if (!value.ptr || (column->ptr && (!is_better || str_eq(*column, value))))
        return false;
    *column = value;
    return true;
}

static bool fill_carried(struct flat_row *row, const struct entry *entry, struct str *values)
{
    enum rank rank = rank_of(entry);
    bool is_better = rank > row->rank;
    bool changed = fill(&values[FLAT_pv], entry->values[ENTRY_pv], false);
    changed |= fill(&values[FLAT_pv_src], entry->values[ENTRY_pv_src], false);
    changed |= fill(&values[FLAT_journey], entry->values[ENTRY_journey], rank == RANK_SEEN);
    changed |= fill(&values[FLAT_ts], entry->values[ENTRY_ts], is_better);
    for (size_t i = 0; i < CARRIED; i++)
        changed |= fill(&values[carried[i].column], entry->values[carried[i].key], is_better);
    if (is_better) {
        row->rank = (uint8_t)rank;
        row->ms = entry->ms;
    }
    return changed;
}

static bool is_listed(struct str list, struct str text)
{
    struct str part;
    while (str_split(&list, ';', &part))
        if (str_eq(part, text))
            return true;
    return false;
}

/* No page has so many calls to action that their names fill this; somebody who makes up names could
 * have the list read and copied again with each. */
enum { CTAS_MAX = 1024 };

/* The first tap is told in full, of all others the call to action. */
static bool fill_click(struct flat_row *row, const struct entry *entry, struct str *values,
                       struct buf *scratch)
{
    struct str cta = entry->values[ENTRY_cta];
    struct str *list = &values[FLAT_ctas];
    bool is_first = row->clicks++ == 0;
    if (is_first) {
        values[FLAT_cta] = cta;
        values[FLAT_dest] = entry->values[ENTRY_dest];
        values[FLAT_click_t] = entry->values[ENTRY_t];
    }
    if (!cta.ptr || cta.len == 0 || list->len + cta.len >= CTAS_MAX || is_listed(*list, cta))
        return is_first;
    buf_append(scratch, *list);
    if (scratch->len > 0)
        buf_append_char(scratch, ';');
    buf_append(scratch, cta);
    *list = buf_str(scratch);
    return true;
}

/* Summaries add up what was before them: the last of a document counts, and of documents the one
 * that came last. */
static bool fill_summary(struct flat_row *row, const struct entry *entry, struct str *values)
{
    uint64_t document = fingerprint_key(entry->values[ENTRY_d]);
    uint64_t number = 0;
    if (entry->values[ENTRY_n].ptr)
        (void)str_to_u64(entry->values[ENTRY_n], &number);
    if (document == row->document && number < row->summary)
        return false;
    row->document = document;
    row->summary = number;
    for (size_t i = 0; i < MEASURED; i++)
        values[measured[i].column] = entry->values[measured[i].key];
    return true;
}

int flat_row_add(struct flat_row *row, const struct entry *entry)
{
    struct str values[FLAT_COLUMNS];
    struct buf scratch = BUF_EMPTY;
    unpack(row, values);
    bool changed = fill_carried(row, entry, values);
    row->flags |= visit_flags(entry);
    row->has_view |= is_event(entry, STR("view"));
    row->is_engaged |= is_event(entry, STR("engaged"));
    row->has_left |= is_event(entry, STR("left"));
    row->returns += is_event(entry, STR("return"));
    if (is_event(entry, STR("click")))
        changed |= fill_click(row, entry, values, &scratch);
    else if (is_event(entry, STR("summary")))
        changed |= fill_summary(row, entry, values);
    int rc = buf_status(&scratch);
    if (rc == 0 && (changed || !row->texts))
        rc = pack(row, values);
    buf_finish(&scratch);
    return rc;
}

/* --- the row as a whole --------------------------------------------------------------------- */

static struct str truth(bool is_so)
{
    return is_so ? STR("true") : STR("false");
}

int flat_row_values(const struct flat_row *row, struct str values[FLAT_COLUMNS],
                    struct buf *scratch)
{
    unpack(row, values);
    buf_clear(scratch);
    buf_printf(scratch, "%u", row->clicks);
    size_t end = scratch->len;
    buf_printf(scratch, "%u", row->returns);
    if (buf_status(scratch) != 0)
        return ERR_NO_MEMORY;
    values[FLAT_clicks] = str_make(scratch->ptr, end);
    values[FLAT_returns] = str_skip(buf_str(scratch), end);
    values[FLAT_view] = truth(row->has_view);
    values[FLAT_seen] = truth((row->flags & VISIT_SEEN) != 0);
    values[FLAT_engaged] = truth(row->is_engaged);
    values[FLAT_left] = truth(row->has_left);
    if (!values[FLAT_journey].ptr)
        values[FLAT_journey] = values[FLAT_pv];
    return 0;
}

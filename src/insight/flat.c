/* Owns gathering events into page views, and telling each when it is complete. */
#include "insight/flat.h"

#include "base/err.h"
#include "insight/export_parts.h"
#include "insight/fingerprint.h"
#include "insight/flat_row.h"

#define WORD(column_name)   [FLAT_##column_name] = {STR_INIT(#column_name), COLUMN_TEXT}
#define NUMBER(column_name) [FLAT_##column_name] = {STR_INIT(#column_name), COLUMN_NUMBER}
#define FLAG(column_name)   [FLAT_##column_name] = {STR_INIT(#column_name), COLUMN_FLAG}

const struct column flat_columns[FLAT_COLUMNS] = {
    WORD(pv),        WORD(pv_src),       WORD(journey),    WORD(ts),           WORD(node),
    WORD(page),      WORD(rev),          WORD(theme_rev),  WORD(intent),       WORD(stage),
    WORD(variant),   WORD(utm_source),   WORD(utm_medium), WORD(utm_campaign), WORD(utm_content),
    WORD(utm_term),  WORD(utm_id),       WORD(ref_host),   WORD(app),          WORD(device),
    WORD(os),        WORD(lang),         WORD(country),    WORD(purpose),      WORD(bot),
    WORD(ctas),      WORD(cta),          WORD(dest),       NUMBER(clicks),     NUMBER(click_t),
    NUMBER(returns), NUMBER(engaged_ms), NUMBER(scroll),   NUMBER(ttfb),       NUMBER(fcp),
    NUMBER(lcp),     NUMBER(cls),        NUMBER(inp),      FLAG(internal),     FLAG(early),
    FLAG(gpc),       FLAG(save_data),    FLAG(cached),     FLAG(view),         FLAG(seen),
    FLAG(engaged),   FLAG(left),
};

struct flat_visit {
    uint64_t key;
    struct flat_row *row; /* NULL: it has been told */
};

void flat_init(struct flat *flat, struct export_sink *sink)
{
    *flat = (struct flat){.sink = sink};
    recent_init(&flat->visits, sizeof(struct flat_visit));
    flat->end = &flat->first;
}

/* --- rows that are complete ----------------------------------------------------------------- */

static int tell(struct flat *flat, const struct flat_row *row)
{
    struct export_sink *sink = flat->sink;
    struct str values[FLAT_COLUMNS];
    if (!export_is_in_range(sink, row->ms))
        return 0;
    uint64_t *loss = visit_loss(sink, row->flags);
    ++*(loss ? loss : &sink->counts.given);
    int rc = loss ? 0 : flat_row_values(row, values, &flat->scratch);
    return rc == 0 && !loss ? sink->take(sink->context, &(struct export_row){.values = values})
                            : rc;
}

static struct flat_row *take_first(struct flat *flat)
{
    struct flat_row *row = flat->first;
    flat->first = row->next;
    if (!flat->first)
        flat->end = &flat->first;
    return row;
}

static int tell_first(struct flat *flat)
{
    struct flat_row *row = take_first(flat);
    struct flat_visit *visit = row->visit ? recent_find(&flat->visits, row->visit) : NULL;
    if (visit)
        visit->row = NULL;
    int rc = tell(flat, row);
    flat_row_destroy(row);
    return rc;
}

int flat_pass(struct flat *flat, int64_t ms)
{
    int rc = 0;
    while (rc == 0 && flat->first && flat->first->first_ms + EXPORT_DAY_MS <= ms)
        rc = tell_first(flat);
    return rc;
}

void flat_turn(struct flat *flat)
{
    recent_turn(&flat->visits, NULL, NULL);
}

int flat_settle(struct flat *flat)
{
    int rc = 0;
    while (rc == 0 && flat->first)
        rc = tell_first(flat);
    recent_finish(&flat->visits, NULL, NULL);
    return rc;
}

void flat_finish(struct flat *flat)
{
    while (flat->first)
        flat_row_destroy(take_first(flat));
    recent_finish(&flat->visits, NULL, NULL);
    buf_finish(&flat->scratch);
}

/* --- events --------------------------------------------------------------------------------- */

static struct flat_row *add_row(struct flat *flat, const struct entry *entry)
{
    struct flat_row *row = flat_row_create(entry);
    if (!row)
        return NULL;
    *flat->end = row;
    flat->end = &row->next;
    return row;
}

/* The row that the entry belongs to, a new one if need be. */
static struct flat_row *find_row(struct flat *flat, const struct entry *entry)
{
    uint64_t key = fingerprint_key(entry->values[ENTRY_pv]);
    if (key == 0)
        return add_row(flat, entry);
    struct flat_visit *visit = recent_find(&flat->visits, key);
    if (!visit)
        visit = recent_add(&flat->visits, key);
    if (visit && !visit->row)
        visit->row = add_row(flat, entry);
    return visit ? visit->row : NULL;
}

int flat_add(struct flat *flat, const struct entry *entry)
{
    struct str event = entry->values[ENTRY_event];
    bool has_visit = fingerprint_key(entry->values[ENTRY_pv]) != 0;
    /* A tap of a browser without scripts is a row by itself; what else knows no page view is none,
     * and a redirect is mostly no person's. */
    if (str_eq(event, STR("redirect")) || (!has_visit && !str_eq(event, STR("click"))))
        return 0;
    struct flat_row *row = find_row(flat, entry);
    return row ? flat_row_add(row, entry) : ERR_NO_MEMORY;
}

/* Opening hours as people and as machines read them. */
#ifndef ATTIMO_SITE_HOURS_TEXT_H
#define ATTIMO_SITE_HOURS_TEXT_H

#include "site/hours.h"
#include "site/words.h"

/* Appends what holds at `now`: "Aperto ora, fino alle 13:00", "Chiuso ora, apre lunedì alle
 * 9:00". */
void hours_append_state(const struct hours *hours, const struct zone *zone, time_t now,
                        const struct words *words, struct buf *out);

/* Appends a table of the week, days of the same hours together, and the closures that are not
 * over. HTML. */
void hours_append_table(const struct hours *hours, const struct zone *zone, time_t now,
                        const struct words *words, struct buf *out);

/* Appends `"openingHoursSpecification":[...],"specialOpeningHoursSpecification":[...],` for
 * JSON-LD; the second only if there are closures. */
void hours_append_json(const struct hours *hours, struct buf *out);

/* When what the functions above append may change next: at the next opening or closing, and at the
 * midnight before it, when days get other names. 0: never. */
time_t hours_changes_at(const struct hours *hours, const struct zone *zone, time_t now);

#endif

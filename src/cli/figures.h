/* Figures as people write them in their language. */
#ifndef ATTIMO_CLI_FIGURES_H
#define ATTIMO_CLI_FIGURES_H

#include "base/buf.h"
#include "base/lang.h"
#include "insight/statistics.h"

/* "1.234" in Italian, "1,234" in English. */
void figures_append_count(struct buf *out, uint64_t n, enum lang lang);

/* "3,16" with so many decimals, thousands apart. */
void figures_append_decimal(struct buf *out, double number, int decimals, enum lang lang);

/* A share as "17,8%", or "100%" where it is all. */
void figures_append_share(struct buf *out, uint64_t part, uint64_t whole, enum lang lang);

/* "13,2–23,4": percents, without their sign. */
void figures_append_interval(struct buf *out, struct interval interval, enum lang lang);

/* "684 €", "€684": cents where they matter. */
void figures_append_money(struct buf *out, double amount, struct str currency, enum lang lang);

/* "+12%", "−3%", "=", from `before` to `now`, and "−100%" if nothing is left; of nothing nothing is
 * known: "–". */
void figures_append_change(struct buf *out, uint64_t before, uint64_t now, enum lang lang);

/* Whether that is "=". */
bool figures_is_same(uint64_t before, uint64_t now);

/* "1,2 s", "90 ms". */
void figures_append_ms(struct buf *out, double ms, enum lang lang);

/* "21 s", "2,5 min", "30 h", "7 g". */
void figures_append_seconds(struct buf *out, double seconds, enum lang lang);

/* Days since 1970: "20 novembre 2026", "20 November 2026"; "1–20 novembre 2026"; "20/11". */
void figures_append_day(struct buf *out, int64_t day, enum lang lang);
void figures_append_days(struct buf *out, int64_t first, int64_t last, enum lang lang);
void figures_append_short_day(struct buf *out, int64_t day, enum lang lang);

/* "lun", "Mon"; 0 is Monday. */
const char *figures_weekday(int weekday, enum lang lang);

/* How many columns a UTF-8 text takes: its characters, which is right for the scripts of page
 * names. */
size_t figures_columns(struct str s);

/* Appends the text, with spaces before it (or behind it) up to `width` columns. */
void figures_append_right(struct buf *out, struct str text, size_t width);
void figures_append_left(struct buf *out, struct str text, size_t width);

#endif

/* How often each value came: what quantiles need, in memory that does not grow with the values.
 *
 * Values are whole numbers. Up to SPREAD_KNOWN of them are told as they are. Of more those below
 * SPREAD_EXACT are; above, the nearest one of four significant digits or so: within one part in
 * SPREAD_EXACT. */
#ifndef ATTIMO_INSIGHT_SPREAD_H
#define ATTIMO_INSIGHT_SPREAD_H

#include <stdint.h>

enum { SPREAD_KNOWN = 1024, SPREAD_EXACT = 8192 };
#define SPREAD_MAX ((UINT64_C(1) << 40) - 1)

/* A zeroed struct is empty. Values are kept as a list for as long as counts would take more. */
struct spread {
    uint64_t count; /* of all values */
    uint64_t *list;
    uint32_t listed;
    uint32_t room;
    uint32_t **blocks; /* of counts; NULL: there is a list */
};

void spread_finish(struct spread *spread);

/* ERR_NO_MEMORY. A value above SPREAD_MAX counts as that. */
int spread_add(struct spread *spread, uint64_t value);

/* Adds the values of `from`. ERR_NO_MEMORY. */
int spread_add_all(struct spread *spread, const struct spread *from);

/* The same, and leaves `from` empty: what can be is handed over. ERR_NO_MEMORY. */
int spread_take(struct spread *spread, struct spread *from);

/* The value below which the part `q` (0 to 1) of the values lies, interpolated linearly between the
 * two nearest (Hyndman and Fan, type 7: what R, NumPy and quantile_cont do). NAN: there is none. */
double spread_quantile(struct spread *spread, double q);

#endif

/* Time: one that only goes forward, one on the wall, and the wall's as HTTP writes it. */
#ifndef ATTIMO_BASE_CLOCK_H
#define ATTIMO_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds that never go back; only differences mean something. */
uint64_t clock_monotonic_ms(void);

/* Seconds since 1970, UTC. */
time_t clock_wall(void);

/* Milliseconds since 1970, UTC; may step backwards. */
int64_t clock_wall_ms(void);

enum { CLOCK_HTTP_DATE_LEN = 29 };

/* IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7), without a NUL. */
void clock_http_date(char out[CLOCK_HTTP_DATE_LEN], time_t when);

#endif

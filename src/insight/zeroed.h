/* Large memory that begins as zeros and is then read and written all over, as hash tables are. */
#ifndef ATTIMO_INSIGHT_ZEROED_H
#define ATTIMO_INSIGHT_ZEROED_H

#include <stddef.h>

/* `count` items of `size` bytes, all zero; free() frees them. NULL: out of memory. What calloc
 * gives costs two page faults for each 4 KiB that is looked at before it is written to; this costs
 * one, and from 2 MiB on, where the system has pages of that size to give, hardly any. */
void *zeroed(size_t count, size_t size);

#endif

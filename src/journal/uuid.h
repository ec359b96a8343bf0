/* UUIDs of version 7 (RFC 9562 5.7): their order is nearly that of time. */
#ifndef ATTIMO_JOURNAL_UUID_H
#define ATTIMO_JOURNAL_UUID_H

#include <stdint.h>

enum { UUID_LEN = 36, UUID_RANDOM_SIZE = 10 };

/* The moment (ms since 1970, its low 48 bits) and 74 random bits, as text without a NUL. */
void uuid_write(char out[UUID_LEN], int64_t ms, const unsigned char random[UUID_RANDOM_SIZE]);

#endif

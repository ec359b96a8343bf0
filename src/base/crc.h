/* CRC-32 as gzip and zlib compute it: finds damage, proves nothing to an adversary. */
#ifndef ATTIMO_BASE_CRC_H
#define ATTIMO_BASE_CRC_H

#include "base/str.h"

uint32_t crc_of(struct str s);

#endif

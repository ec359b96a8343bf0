/* What a test and the program whose memory it makes scarce share: a mapped file. */
#ifndef ATTIMO_TESTS_SCARCE_H
#define ATTIMO_TESTS_SCARCE_H

#include <stdatomic.h>
#include <stdint.h>

struct scarce {
    _Atomic int64_t successes; /* so many allocations succeed; counts down, below zero */
    _Atomic int64_t failures;  /* and so many fail then */
};

#endif

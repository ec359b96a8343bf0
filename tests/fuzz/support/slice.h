/* What is said of a slice that was read from an input. */
#ifndef ATTIMO_TESTS_FUZZ_SLICE_H
#define ATTIMO_TESTS_FUZZ_SLICE_H

#include "base/str.h"

/* Nowhere, if it is empty. */
static inline bool lies_in(struct str part, struct str whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

#endif

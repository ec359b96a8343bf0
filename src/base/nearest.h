/* Which of several names somebody most likely meant who has written another one. */
#ifndef ATTIMO_BASE_NEAREST_H
#define ATTIMO_BASE_NEAREST_H

#include "base/str.h"

struct nearest {
    struct str word;  /* what was written */
    size_t distance;  /* less than this is near */
    const char *name; /* of those looked at, or NULL: none comes near */
};

struct nearest nearest_begin(struct str word);

/* Looks at one of the names, of at most NEAREST_NAME_MAX bytes. */
enum { NEAREST_NAME_MAX = 32 };
void nearest_look(struct nearest *nearest, const char *name);

#endif

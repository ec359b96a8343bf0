/* Whether a text is JSON. */
#ifndef ATTIMO_TESTS_JSON_H
#define ATTIMO_TESTS_JSON_H

#include "base/str.h"

/* RFC 8259, one value and nothing behind it but spaces. */
bool json_is_valid(struct str text);

#endif

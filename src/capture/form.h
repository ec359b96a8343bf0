/* Texts as browsers write them into queries and forms: `a=b&c=d`, `+` and `%20`. */
#ifndef ATTIMO_CAPTURE_FORM_H
#define ATTIMO_CAPTURE_FORM_H

#include "base/str.h"

/* Takes the next `name=value` from `*rest`, both still encoded; empty ones are passed over. False
 * once nothing is left. */
bool form_next(struct str *rest, struct str *name, struct str *value);

/* Decodes into `out`, which has room for text.len bytes, and returns what stands there (`text`
 * itself where there is nothing to decode). A `%` that no two hex digits follow stays as it is, and
 * `*well_formed` (unless NULL) is then false, else left alone. */
struct str form_decode(char *out, struct str text, bool *well_formed);

#endif

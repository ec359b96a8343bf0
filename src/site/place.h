/* A place that people can go to, call and write to. */
#ifndef ATTIMO_SITE_PLACE_H
#define ATTIMO_SITE_PLACE_H

#include "base/buf.h"
#include "base/schema.h"
#include "site/hours.h"

/* All as the author wrote it; absent fields are empty. `lat` and `lon` are degrees, both or none.
 */
struct place {
    struct str name;
    struct str street;
    struct str city;
    struct str postcode;
    struct str country;
    struct str lat;
    struct str lon;
    struct str tel;
    struct str whatsapp; /* an international number */
    struct hours hours;
};

/* Reads the key `place` into a struct place. */
schema_reader place_read;

/* What `own` says, and `shared` where it is silent. An address is taken as a whole, so that no
 * street gets another shop's city, and so are hours with their closures: those of another address
 * are not taken over. */
struct place place_or(const struct place *own, const struct place *shared);

/* Appends what a map finds the place by: its coordinates, else name and address. Nothing when it
 * has neither. */
void place_append_destination(const struct place *place, struct buf *out);

#endif

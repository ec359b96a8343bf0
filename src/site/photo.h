/* What a picture's file says beside the picture. */
#ifndef ATTIMO_SITE_PHOTO_H
#define ATTIMO_SITE_PHOTO_H

#include "base/str.h"

/* Whether it is an Apple phone's HEIC, whatever the file is called: no other phone shows it. */
bool photo_is_heic(struct str bytes);

/* Whether its Exif part (of JPEG, PNG, WebP, AVIF or HEIC) holds the coordinates where it was
 * taken. Any bytes may come in. */
bool photo_has_position(struct str bytes);

#endif

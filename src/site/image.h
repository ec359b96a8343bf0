/* What the head of an image file says: its format and how large it is shown. */
#ifndef ATTIMO_SITE_IMAGE_H
#define ATTIMO_SITE_IMAGE_H

#include "base/str.h"

/* Pixels as the image is shown, turned if its metadata turn it; 0 where the file does not say. */
struct image_size {
    unsigned width;
    unsigned height;
};

/* PNG, JPEG, GIF, WebP, AVIF and SVG; nothing for other bytes, and for damaged ones. */
struct image_size image_size_of(struct str bytes);

/* "image/png" and so on, by what the bytes are; NULL if they are none of these formats. */
const char *image_media_type(struct str bytes);

#endif

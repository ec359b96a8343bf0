/* What a camera notes in a picture's file: its Exif part, and the segments of JPEG files in which
 * that stands. Any bytes may come in. */
#ifndef ATTIMO_SITE_EXIF_H
#define ATTIMO_SITE_EXIF_H

#include "base/str.h"

/* The number of `size` bytes (at most 4) at `at`, 0 where `bytes` have ended. */
uint32_t exif_number(struct str bytes, size_t at, size_t size, bool big_endian);

/* A segment of a JPEG file, without its marker and length; less of it where the file is cut off. */
struct exif_segment {
    unsigned marker;
    struct str content;
};

/* The segment at `*at`, which then is where the next one begins; the first is at EXIF_JPEG_FIRST.
 * False where the picture itself begins, and where there is no segment. */
enum { EXIF_JPEG_FIRST = 2 };
bool exif_next_segment(struct str jpeg, size_t *at, struct exif_segment *out);

/* The Exif part: a TIFF. */
struct exif {
    struct str tiff;
    bool big_endian;
};

/* Finds that of a JPEG, PNG or WebP file. False: it has none. */
bool exif_find(struct exif *out, struct str file);

/* Finds in an AVIF or HEIC file what begins as a TIFF does, from `*at` on, which then is behind its
 * beginning: it may be one, or some of the picture's bytes. False: there is no more. */
bool exif_search(struct exif *out, struct str file, size_t *at);

/* The offset of its first directory. */
size_t exif_directory(const struct exif *exif);

/* The offset of an entry of the directory at `directory`, or 0; what it counts; and the number that
 * its value of up to four bytes is. */
size_t exif_entry(const struct exif *exif, size_t directory, unsigned tag);
uint32_t exif_count(const struct exif *exif, size_t entry);
uint32_t exif_value(const struct exif *exif, size_t entry, size_t size);

#endif

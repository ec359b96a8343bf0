/* Fuzzes the reading of an image's head. The input is an image file. */
#include "site/image.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_make((const char *)data, size);
    struct image_size shown = image_size_of(bytes);
    const char *type = image_media_type(bytes);
    assert(!type || strncmp(type, "image/", 6) == 0);
    assert(type || (shown.width == 0 && shown.height == 0));
    return 0;
}

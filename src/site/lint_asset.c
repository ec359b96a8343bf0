/* Owns the rules about pictures as files. */
#include "site/lint_parts.h"
#include "site/photo.h"

#include <stdio.h>

enum { PICTURE_BYTES_MAX = 150 * 1000 };

static bool is_picture(struct str file)
{
    static const struct str endings[] = {STR_INIT(".jpg"),  STR_INIT(".jpeg"), STR_INIT(".png"),
                                         STR_INIT(".webp"), STR_INIT(".avif"), STR_INIT(".gif")};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (file.len > endings[i].len &&
            str_eq_nocase(str_skip(file, file.len - endings[i].len), endings[i]))
            return true;
    return false;
}

void lint_asset(struct str file, struct str bytes, struct diags *diags)
{
    char size[24];
    if (!is_picture(file))
        return;
    (void)snprintf(size, sizeof size, "%zu", bytes.len / 1000);
    if (photo_is_heic(bytes))
        lint_say(diags, file, 0, LINT_IMAGE_HEIC, lint_nothing, lint_nothing);
    if (bytes.len > PICTURE_BYTES_MAX)
        lint_say(diags, file, 0, LINT_IMAGE_HEAVY, lint_same(size), lint_nothing);
    if (photo_has_position(bytes))
        lint_say(diags, file, 0, LINT_IMAGE_GPS, lint_nothing, lint_nothing);
}

/* Owns drawing bars. */
#include "cli/bar.h"

unsigned bar_append(struct buf *out, unsigned eighths)
{
    static const char *const ends[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    for (unsigned i = 0; i < eighths / 8; i++)
        buf_append(out, STR("█"));
    buf_append(out, str_from(ends[eighths % 8]));
    return (eighths + 7) / 8;
}

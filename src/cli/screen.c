/* Owns what a terminal asks of a text. */
#include "cli/screen.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { COLUMNS_MIN = 20 };

bool screen_has_colour(int fd)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    bool is_dumb = term && strcmp(term, "dumb") == 0;
    return isatty(fd) && !is_dumb && !(no_colour && *no_colour);
}

size_t screen_columns(int fd)
{
    struct winsize size = {0};
    if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

/* How many bytes of `line` fit: up to the last space before the edge, or all of it. A first word
 * that is too long is left whole. */
static size_t find_break(struct str line, size_t columns)
{
    size_t column = 0;
    size_t space = 0;
    bool in_word = false; /* has there been one? */
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i];
        if (c == '\033') {
            while (i + 1 < line.len && line.ptr[i] != 'm')
                i++;
            continue;
        }
        if (c == ' ' && in_word)
            space = i;
        in_word |= c != ' ';
        column += (c & 0xC0) != 0x80;
        if (column > columns && space > 0)
            return space;
    }
    return line.len;
}

static void append_line(struct buf *out, struct str line, size_t columns)
{
    bool is_bullet = str_starts_with(line, STR(" • "));
    size_t indent = is_bullet ? 3 : 2;
    struct str head = str_make(line.ptr, is_bullet ? strlen(" • ") : 0);
    buf_append(out, head);
    line = str_skip(line, head.len);
    size_t room = columns - (is_bullet ? indent : 0);
    for (;;) {
        size_t n = find_break(line, room);
        size_t end = n;
        while (end > 0 && line.ptr[end - 1] == ' ')
            end--;
        buf_append(out, str_make(line.ptr, n < line.len ? end : n));
        if (n == line.len)
            break;
        line = str_trim(str_skip(line, n));
        buf_append_char(out, '\n');
        for (size_t i = 0; i < indent; i++)
            buf_append_char(out, ' ');
        room = columns - indent;
    }
}

void screen_append(struct buf *out, struct str lines, size_t columns)
{
    struct str line;
    if (columns < COLUMNS_MIN) {
        buf_append(out, lines);
        return;
    }
    while (lines.len > 0 && str_split(&lines, '\n', &line)) {
        append_line(out, line, columns);
        buf_append_char(out, '\n');
    }
}

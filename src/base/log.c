/* Owns the form of a log line. */
#include "base/log.h"

#include "base/fs.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

enum { LINE_MAX_BYTES = 2048 };

/* Copies `words` with control characters made visible; returns the length written, at most `room`.
 */
static size_t make_visible(char *out, size_t room, const char *words)
{
    static const char hex[] = "0123456789abcdef";
    size_t n = 0;
    for (; *words && room - n > 4; words++) {
        unsigned char c = (unsigned char)*words;
        if (c >= 0x20 && c != 0x7F) {
            out[n++] = *words;
            continue;
        }
        out[n++] = '\\';
        out[n++] = 'x';
        out[n++] = hex[c >> 4];
        out[n++] = hex[c & 15];
    }
    return n;
}

void log_write(const struct log *log, enum log_level level, const char *format, ...)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    if (level > log->level)
        return;

    char words[LINE_MAX_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);

    struct timespec now;
    struct tm tm;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &tm);
    char line[LINE_MAX_BYTES * 4];
    int head = snprintf(line, sizeof line, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %s ",
                        tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                        tm.tm_sec, now.tv_nsec / 1000000, names[level]);
    size_t n = (size_t)head + make_visible(line + head, sizeof line - (size_t)head - 1, words);
    line[n++] = '\n';
    (void)fs_write_all(log->fd,
                       str_make(line, n)); /* a log that cannot be written has nobody to tell */
}

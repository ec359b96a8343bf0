/* Owns the form of a log line. */
#include "base/log.h"

#include "base/fs.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

enum { LINE_MAX_BYTES = 2048 };

void log_set_level(struct log *log, enum log_level level)
{
    __atomic_store_n(&log->level, level, __ATOMIC_RELAXED);
}

void log_write(const struct log *log, enum log_level level, const char *format, ...)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    if (level > __atomic_load_n(&log->level, __ATOMIC_RELAXED))
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
    size_t n = (size_t)head;
    n += str_visible(line + n, sizeof line - n - 1, str_from(words));
    line[n++] = '\n';
    (void)fs_write_all(log->fd,
                       str_make(line, n)); /* a log that cannot be written has nobody to tell */
}

/* The program's talk to its operator: one line an event, on stderr, levels as syslog names them.
 * Only cli/ and server/ use it. */
#ifndef ATTIMO_BASE_LOG_H
#define ATTIMO_BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

struct log {
    int fd;
    enum log_level level; /* what is less important is left out */
};

/* Writes "<time> <level> <words>\n" with one write(2), so that threads do not mix lines. Control
 * characters in the words are shown as \xHH: a log line is always one line. */
void log_write(const struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* From any thread, while others write. */
void log_set_level(struct log *log, enum log_level level);

#define log_error(log, ...)   log_write((log), LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(log, ...) log_write((log), LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(log, ...)    log_write((log), LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(log, ...)   log_write((log), LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif

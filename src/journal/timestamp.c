/* Owns the journal's way to write time. */
#include "journal/timestamp.h"

#include "base/calendar.h"
#include "base/err.h"
#include "journal/digits.h"

enum { DAY_MS = CALENDAR_DAY_S * 1000 };

static const char form[] = "0000-00-00T00:00:00.000Z";
static const char compact_form[] = "00000000T000000Z";

struct moment {
    struct date date;
    unsigned ms; /* of the day */
};

static int split(struct moment *out, int64_t ms)
{
    int64_t days = ms / DAY_MS - (ms % DAY_MS < 0);
    if (days < -719528 || days > 2932896) /* 0000-01-01 and 9999-12-31 */
        return ERR_INVALID;
    out->date = calendar_date(days);
    out->ms = (unsigned)(ms - days * DAY_MS);
    return 0;
}

int timestamp_write(char out[TIMESTAMP_LEN], int64_t ms)
{
    struct moment m;
    int rc = split(&m, ms);
    if (rc != 0)
        return rc;
    memcpy(out, form, TIMESTAMP_LEN);
    digits_pair(out, (unsigned)m.date.year / 100);
    digits_pair(out + 2, (unsigned)m.date.year % 100);
    digits_pair(out + 5, (unsigned)m.date.month);
    digits_pair(out + 8, (unsigned)m.date.day);
    digits_pair(out + 11, m.ms / 3600000);
    digits_pair(out + 14, m.ms / 60000 % 60);
    digits_pair(out + 17, m.ms / 1000 % 60);
    out[20] = (char)('0' + m.ms % 1000 / 100);
    digits_pair(out + 21, m.ms % 100);
    return 0;
}

int timestamp_write_compact(char out[TIMESTAMP_COMPACT_LEN], int64_t ms)
{
    struct moment m;
    int rc = split(&m, ms);
    if (rc != 0)
        return rc;
    memcpy(out, compact_form, TIMESTAMP_COMPACT_LEN);
    digits_pair(out, (unsigned)m.date.year / 100);
    digits_pair(out + 2, (unsigned)m.date.year % 100);
    digits_pair(out + 4, (unsigned)m.date.month);
    digits_pair(out + 6, (unsigned)m.date.day);
    digits_pair(out + 9, m.ms / 3600000);
    digits_pair(out + 11, m.ms / 60000 % 60);
    digits_pair(out + 13, m.ms / 1000 % 60);
    return 0;
}

/* Whether `text` has digits where the form has a 0, and the form's own characters elsewhere. */
static bool has_form(const char *text, const char *like, size_t len)
{
    bool right = true;
    for (size_t i = 0; i < len; i++)
        right &= like[i] == '0' ? (unsigned char)(text[i] - '0') < 10 : text[i] == like[i];
    return right;
}

static int get(const char *text, unsigned digits)
{
    int number = 0;
    for (unsigned i = 0; i < digits; i++)
        number = number * 10 + (text[i] - '0');
    return number;
}

struct fields {
    struct date date;
    int hour, minute, second, ms;
};

static int join(const struct fields *f, int64_t *ms)
{
    static const unsigned char days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const struct date *d = &f->date;
    if (d->month < 1 || d->month > 12 || d->day < 1 || d->day > days[d->month - 1] ||
        (d->month == 2 && d->day == 29 && !calendar_is_leap(d->year)) || f->hour > 23 ||
        f->minute > 59 || f->second > 59)
        return ERR_INVALID;
    int64_t second = (f->hour * 60 + f->minute) * 60 + f->second;
    *ms = (calendar_days(*d) * CALENDAR_DAY_S + second) * 1000 + f->ms;
    return 0;
}

int timestamp_read(const char text[TIMESTAMP_LEN], int64_t *ms)
{
    if (!has_form(text, form, TIMESTAMP_LEN))
        return ERR_INVALID;
    const struct fields f = {
        .date = {get(text, 4), get(text + 5, 2), get(text + 8, 2)},
        .hour = get(text + 11, 2),
        .minute = get(text + 14, 2),
        .second = get(text + 17, 2),
        .ms = get(text + 20, 3),
    };
    return join(&f, ms);
}

int timestamp_read_compact(const char text[TIMESTAMP_COMPACT_LEN], int64_t *ms)
{
    if (!has_form(text, compact_form, TIMESTAMP_COMPACT_LEN))
        return ERR_INVALID;
    const struct fields f = {
        .date = {get(text, 4), get(text + 4, 2), get(text + 6, 2)},
        .hour = get(text + 9, 2),
        .minute = get(text + 11, 2),
        .second = get(text + 13, 2),
    };
    return join(&f, ms);
}

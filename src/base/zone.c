/* Owns the reading of compiled time zones (RFC 9636).
 *
 * A zone is a list of moments at which its offset changed, and a rule (as POSIX writes TZ) for all
 * that comes after the last of them. Only the 64-bit part of the file is read; every file of this
 * century has it. Abbreviations and leap seconds are passed over: POSIX time has none. */
#include "base/zone.h"

#include "base/buf.h"
#include "base/calendar.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/zone_rule.h"

#include <stdlib.h>

enum { FILE_SIZE_MAX = 256 * 1024, HEADER_SIZE = 44, NAME_LENGTH_MAX = 64, TYPE_SIZE = 6 };

struct change {
    int64_t at;
    int32_t offset; /* from then on */
};

struct zone {
    int32_t first_offset; /* before the first change */
    struct zone_rule rule;
    size_t count;
    struct change changes[];
};

/* Bytes in network order. */
static uint64_t read_number(const unsigned char *at, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++)
        number = number << 8 | at[i];
    return number;
}

/* The counts of one header, in the file's order. */
struct header {
    size_t utc_indicators;
    size_t standard_indicators;
    size_t leaps;
    size_t changes;
    size_t types;
    size_t characters;
};

static int read_header(struct str *rest, struct header *header)
{
    if (rest->len < HEADER_SIZE || memcmp(rest->ptr, "TZif", 4) != 0 || rest->ptr[4] < '2')
        return ERR_INVALID;
    const unsigned char *at = (const unsigned char *)rest->ptr + 20;
    size_t *const counts[] = {&header->utc_indicators, &header->standard_indicators,
                              &header->leaps,          &header->changes,
                              &header->types,          &header->characters};
    for (size_t i = 0; i < 6; i++) {
        *counts[i] = (size_t)read_number(at + 4 * i, 4);
        if (*counts[i] > FILE_SIZE_MAX)
            return ERR_INVALID;
    }
    *rest = str_skip(*rest, HEADER_SIZE);
    return 0;
}

static size_t data_size(const struct header *h, size_t time_size)
{
    return h->changes * (time_size + 1) + h->types * TYPE_SIZE + h->characters +
           h->leaps * (time_size + 4) + h->standard_indicators + h->utc_indicators;
}

static int32_t offset_of(const unsigned char *types, size_t type)
{
    return (int32_t)(uint32_t)read_number(types + type * TYPE_SIZE, 4);
}

/* `data` holds what `header` counts; behind it stands the rule between two line ends. */
static int read_zone(struct zone **out, const struct header *header, struct str data)
{
    size_t size = data_size(header, 8);
    if (header->types == 0 || data.len < size)
        return ERR_INVALID;
    struct zone *zone = calloc(1, sizeof *zone + header->changes * sizeof(struct change));
    if (!zone)
        return ERR_NO_MEMORY;

    const unsigned char *times = (const unsigned char *)data.ptr;
    const unsigned char *kinds = times + 8 * header->changes;
    const unsigned char *types = kinds + header->changes;
    zone->first_offset = offset_of(types, 0);
    zone->count = header->changes;
    struct str rule = str_trim_lines(str_skip(data, size));
    int rc = rule.len > 0 ? zone_rule_parse(&zone->rule, rule) : 0;
    for (size_t i = 0; i < zone->count && rc == 0; i++) {
        zone->changes[i].at = (int64_t)read_number(times + 8 * i, 8);
        if (kinds[i] >= header->types || (i > 0 && zone->changes[i].at <= zone->changes[i - 1].at))
            rc = ERR_INVALID;
        else
            zone->changes[i].offset = offset_of(types, kinds[i]);
    }
    if (rc == 0)
        *out = zone;
    else
        free(zone);
    return rc;
}

/* Every file has a 32-bit part first, for readers of the last century. */
static int parse(struct zone **out, struct str bytes)
{
    struct header header;
    int rc = read_header(&bytes, &header);
    if (rc != 0)
        return rc;
    bytes = str_skip(bytes, data_size(&header, 4));
    rc = read_header(&bytes, &header);
    return rc == 0 ? read_zone(out, &header, bytes) : rc;
}

static bool is_name(struct str name)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '\0' || !strchr(allowed, name.ptr[i]))
            return false;
    return name.len > 0 && name.len <= NAME_LENGTH_MAX && name.ptr[0] != '/';
}

int zone_create(struct zone **out, struct str name)
{
    char path[sizeof ZONE_FOLDER + 1 + NAME_LENGTH_MAX] = ZONE_FOLDER "/";
    struct buf bytes = BUF_EMPTY;
    if (str_eq(name, STR("UTC"))) {
        *out = calloc(1, sizeof **out);
        return *out ? 0 : ERR_NO_MEMORY;
    }
    if (!is_name(name))
        return ERR_NOT_FOUND;
    memcpy(path + strlen(path), name.ptr, name.len);

    int rc = fs_read(path, FILE_SIZE_MAX, &bytes);
    if (rc == 0)
        rc = parse(out, buf_str(&bytes));
    else if (rc != ERR_NO_MEMORY)
        rc = ERR_NOT_FOUND;
    buf_finish(&bytes);
    return rc;
}

void zone_destroy(struct zone *zone)
{
    free(zone);
}

int32_t zone_offset(const struct zone *zone, time_t when)
{
    if (zone->count == 0 || when >= zone->changes[zone->count - 1].at) {
        int32_t last = zone->count > 0 ? zone->changes[zone->count - 1].offset : zone->first_offset;
        return zone->rule.present ? zone_rule_offset(&zone->rule, when) : last;
    }
    size_t low = 0;
    size_t high = zone->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes[middle].at <= when)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? zone->first_offset : zone->changes[low - 1].offset;
}

static int64_t second_of(int64_t ms)
{
    return ms / 1000 - (ms % 1000 < 0);
}

struct zone_time zone_time_ahead(int32_t ahead, int64_t ms)
{
    int64_t second = second_of(ms) + ahead;
    int64_t day = second / CALENDAR_DAY_S - (second % CALENDAR_DAY_S < 0);
    int of_day = (int)(second - day * CALENDAR_DAY_S);
    return (struct zone_time){second, day, of_day, of_day / 3600};
}

struct zone_time zone_time(const struct zone *zone, int64_t ms)
{
    return zone_time_ahead(zone_offset(zone, (time_t)second_of(ms)), ms);
}

time_t zone_to_utc(const struct zone *zone, int64_t local_s)
{
    /* Offsets stay within a day, and no zone changes its own twice in two days. */
    int32_t before = zone_offset(zone, (time_t)(local_s - CALENDAR_DAY_S));
    int32_t after = zone_offset(zone, (time_t)(local_s + CALENDAR_DAY_S));
    time_t early = (time_t)(local_s - before);
    time_t late = (time_t)(local_s - after);
    if (zone_offset(zone, early) == before)
        return early;
    return zone_offset(zone, late) == after ? late : early;
}

/* Owns the way from bytes to events: cutting into lines, checking, reading. */
#include "insight/scan_piece.h"

#include "base/crc.h"
#include "base/err.h"
#include "journal/digits.h"
#include "journal/event.h"
#include "journal/timestamp.h"

#include <endian.h>
#include <stdlib.h>

void scan_piece_finish(struct scan_piece *piece)
{
    free(piece->damages);
    buf_finish(&piece->scratch);
    *piece = (struct scan_piece){0};
}

/* `,"crc":"01234567"}` ends a line; it covers all that stands before it. */
static bool has_wrong_checksum(struct str line)
{
    enum { TAIL = sizeof ",\"crc\":\"01234567\"}" - 1, NAME = sizeof ",\"crc\":\"" - 1 };
    char digits[16]; /* of which the first eight count */
    if (line.len < TAIL)
        return false;
    struct str body = str_make(line.ptr, line.len - TAIL);
    const char *tail = line.ptr + body.len;
    if (memcmp(tail, ",\"crc\":\"", NAME) != 0)
        return false;
    digits_hex(digits, (uint64_t)crc_of(body) << 32);
    return memcmp(tail + NAME, digits, 8) != 0;
}

/* Whether eight bytes are as in `form`, with any digits for its zeros; these digits are left of
 * them, the first one lowest, and zeros for all else. */
static inline bool take_digits(const char *at, const char form[8], uint64_t *digits)
{
    uint64_t bytes;
    uint64_t like;
    uint64_t room = 0; /* in each byte: what it takes to get from the most that it may be to 127 */
    memcpy(&bytes, at, sizeof bytes);
    memcpy(&like, form, sizeof like);
    for (int i = 7; i >= 0; i--)
        room = room << 8 | (form[i] == '0' ? 127 - 9 : 127);
    *digits = le64toh(bytes) ^ le64toh(like);
    return ((*digits | (*digits + room)) & UINT64_C(0x8080808080808080)) == 0;
}

/* The milliseconds of "10:00:00.250Z", or -1: not of that form, or none of a day's. */
static int64_t time_of_day(const char *text)
{
    uint64_t clock;
    uint64_t rest;
    bool right = take_digits(text, "00:00:00", &clock);
    right &= take_digits(text + 5, ":00.000Z", &rest);
    clock = clock * 10 + (clock >> 8); /* two digits together */
    uint64_t hour = clock & 0xFF;
    uint64_t minute = clock >> 24 & 0xFF;
    uint64_t second = clock >> 48 & 0xFF;
    if (!right || hour > 23 || minute > 59 || second > 59)
        return -1;
    uint64_t ms = (rest >> 32 & 0xF) * 100 + (rest >> 40 & 0xF) * 10 + (rest >> 48 & 0xF);
    return (int64_t)(((hour * 60 + minute) * 60 + second) * 1000 + ms);
}

/* As line_time; events of one day mostly come together. */
static int read_time(struct scan_piece *piece, struct str text, int64_t *ms)
{
    bool is_usual = text.len == TIMESTAMP_LEN;
    if (is_usual && memcmp(text.ptr, piece->day, SCAN_DAY_LEN) == 0) {
        int64_t of_day = time_of_day(text.ptr + SCAN_DAY_LEN);
        *ms = piece->day_ms + of_day;
        if (of_day >= 0)
            return 0;
    }
    int rc = line_time(text, ms);
    if (rc == 0 && is_usual && timestamp_read(text.ptr, ms) == 0) {
        memcpy(piece->day, text.ptr, SCAN_DAY_LEN);
        piece->day_ms = *ms - time_of_day(text.ptr + SCAN_DAY_LEN);
    }
    return rc;
}

/* Why it is no event, or NULL. */
static const struct text *read_event(struct scan_piece *piece, struct str *values,
                                     struct scan_event *event)
{
    if (has_wrong_checksum(event->line))
        return &line_wrong_checksum;
    const struct line_keys *keys = piece->scan->keys;
    const struct text *wrong = NULL;
    memset(values, 0, keys->count * sizeof *values);
    if (!line_guess_read(piece->guess, keys, event->line, values, &event->ending))
        wrong = line_read(keys, event->line, values, &piece->scratch);
    if (!wrong && !values[SCAN_EVENT].ptr)
        wrong = &line_without_event;
    if (!wrong && read_time(piece, values[SCAN_TS], &event->ms) != 0)
        wrong = &line_without_time;
    return wrong;
}

static int add_damage(struct scan_piece *piece, uint64_t offset, const struct text *why)
{
    if (piece->damage_count == piece->damage_room) {
        size_t room = piece->damage_room ? piece->damage_room * 2 : 16;
        struct scan_damage *grown = realloc(piece->damages, room * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        piece->damages = grown;
        piece->damage_room = room;
    }
    piece->damages[piece->damage_count++] = (struct scan_damage){piece->file, offset, why};
    return 0;
}

static int give(struct scan_piece *piece, const struct scan_event *event)
{
    const struct scan *scan = piece->scan;
    if (event->ms < piece->first_ms)
        piece->first_ms = event->ms;
    if (event->ms > piece->last_ms)
        piece->last_ms = event->ms;
    if (event->ms < scan->from_ms || event->ms >= scan->to_ms)
        return 0;
    return scan->on_event(scan->context, piece->number, event);
}

static int read_line(struct scan_piece *piece, struct str line, uint64_t offset, bool is_whole)
{
    static const struct text too_long = {"much too long", "è troppo lunga"};
    struct str values[LINE_KEYS_MAX];
    struct scan_event event = {.values = values, .line = line, .reader = piece->reader};
    const struct text *wrong = is_whole ? read_event(piece, values, &event) : &too_long;
    if (!wrong)
        return give(piece, &event);
    if (buf_status(&piece->scratch) != 0 || str_trim_lines(line).len == 0)
        return buf_status(&piece->scratch);
    int rc = add_damage(piece, offset, wrong);
    /* A whole line may stand behind what a crash has left of another. */
    event.line = event_line_intact_part(line);
    if (rc == 0 && event.line.len > 0 && !read_event(piece, values, &event))
        rc = give(piece, &event);
    return rc;
}

static int read_lines(struct scan_piece *piece)
{
    struct str left = piece->lines.bytes;
    uint64_t offset = piece->lines.offset;
    bool is_whole = piece->lines.dropped == 0;
    for (int rc = 0; left.len > 0; is_whole = true) {
        ptrdiff_t end = str_find(left, '\n');
        struct str line = str_make(left.ptr, end < 0 ? left.len : (size_t)end);
        if (line.len > 0)
            rc = read_line(piece, line, offset, is_whole);
        if (rc != 0)
            return rc;
        offset += line.len + 1 + (is_whole ? 0 : piece->lines.dropped);
        left = str_skip(left, line.len + 1);
    }
    return 0;
}

int scan_piece_read(struct scan_piece *piece)
{
    piece->first_ms = INT64_MAX;
    piece->last_ms = INT64_MIN;
    piece->damage_count = 0;
    piece->failure = 0;
    if (piece->stretch.end == 0)
        return read_lines(piece);
    int rc;
    do {
        piece->failure = scan_stretch_next(&piece->stretch, &piece->lines);
        rc = read_lines(piece);
    } while (rc == 0 && piece->lines.bytes.len > 0);
    return rc;
}

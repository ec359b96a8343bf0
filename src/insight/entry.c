/* Owns reading a line as an event with all its keys. */
#include "insight/entry.h"

#include "insight/entry_quick.h"

#define KIND_identity COLUMN_TEXT
#define KIND_text     COLUMN_TEXT
#define KIND_utm      COLUMN_TEXT
#define KIND_count    COLUMN_NUMBER
#define KIND_number   COLUMN_NUMBER
#define KIND_flag     COLUMN_FLAG

#define COLUMN(kind, name) {STR_INIT(#name), KIND_##kind},

const struct column entry_columns[ENTRY_KEYS] = {{STR_INIT("v"), COLUMN_NUMBER},
                                                 {STR_INIT("seq"), COLUMN_NUMBER},
                                                 {STR_INIT("id"), COLUMN_TEXT},
                                                 {STR_INIT("ts"), COLUMN_TEXT},
                                                 EVENT_KEYS(COLUMN)};

_Static_assert((int)ENTRY_KEYS <= (int)LINE_KEYS_MAX, "line_read takes them all");

void entry_reader_init(struct entry_reader *reader)
{
    *reader = (struct entry_reader){0};
    for (size_t i = 0; i < ENTRY_KEYS; i++)
        (void)line_keys_add(&reader->keys, entry_columns[i].name);
    entry_quick_init(&reader->quick);
}

void entry_reader_finish(struct entry_reader *reader)
{
    buf_finish(&reader->scratch);
}

/* Whether the line ends as the server's do. A line of another program may have no checksum. */
static bool has_checksum(struct str line)
{
    enum { TAIL = sizeof ",\"crc\":\"01234567\"}" - 1 };
    return line.len >= TAIL && str_starts_with(str_skip(line, line.len - TAIL), STR(",\"crc\":\""));
}

static const struct text *read_line(struct entry_reader *reader, struct str line, struct entry *out)
{
    const struct text *wrong = NULL;
    bool is_ours = has_checksum(line);
    out->line = line;
    if (is_ours && !event_line_is_intact(line))
        return &line_wrong_checksum;
    if (!is_ours || !entry_quick_read(&reader->quick, line, out->values))
        wrong = line_read(&reader->keys, line, out->values, &reader->scratch);
    if (!wrong && !out->values[ENTRY_event].ptr)
        wrong = &line_without_event;
    if (!wrong && line_time(out->values[ENTRY_ts], &out->ms) != 0)
        wrong = &line_without_time;
    return wrong;
}

bool entry_read(struct entry_reader *reader, struct str line, struct entry *out,
                const struct text **damage)
{
    *damage = read_line(reader, line, out);
    if (!*damage)
        return true;
    line = event_line_intact_part(line);
    return line.len > 0 && !read_line(reader, line, out);
}

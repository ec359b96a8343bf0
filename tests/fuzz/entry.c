/* Fuzzes exports: each line of the input as it came, and with a right checksum, through both kinds;
 * no line is lost or counted twice. What is read quickly is what is read with patience, and what
 * the journal writes is read as it was meant. A first byte below a space is none of the lines': it
 * says what the export is asked for. */
#include "base/crc.h"
#include "insight/entry_quick.h"
#include "insight/export.h"
#include "insight/flat.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is asked for, as bits. */
enum { WITH_BOTS = 1, WITH_INTERNAL = 2, WITH_PREFETCHES = 4, SOME_DAYS = 8, WANTS_FEW = 16 };
enum { FEW = 3, OVER = 1 };

struct run {
    struct export_query query;
    struct export *events;
    struct export *flat;
    struct entry_reader reader;
    uint64_t lines; /* that are events */
    uint64_t damaged;
    uint64_t rows[2];
    bool wants_few;
    bool is_over;
    size_t sum;
};

/* --- one line ------------------------------------------------------------------------------- */

static void check_quick(struct entry_reader *reader, struct str line)
{
    struct str quick[ENTRY_KEYS];
    struct str patient[ENTRY_KEYS];
    if (!entry_quick_read(&reader->quick, line, quick))
        return;
    const struct text *wrong = line_read(&reader->keys, line, patient, &reader->scratch);
    assert(!wrong);
    for (size_t i = 0; i < ENTRY_KEYS; i++)
        assert((quick[i].ptr != NULL) == (patient[i].ptr != NULL) && str_eq(quick[i], patient[i]));
}

static void check_text(struct str value, struct str text)
{
    assert((value.ptr != NULL) == (text.len > 0) && str_eq(value, text));
}

static void check_number(struct str value, struct event_number number, double unit)
{
    char text[64];
    assert((value.ptr != NULL) == number.set);
    if (!number.set)
        return;
    (void)snprintf(text, sizeof text, "%.*s", STR_ARG(value));
    double difference = strtod(text, NULL) * unit - (double)number.value;
    assert(fabs(difference) <= fabs((double)number.value) / 1e12);
}

#define CHECK_text(name)      check_text(values[ENTRY_##name], event->name);
#define CHECK_identity(name)  CHECK_text(name)
#define CHECK_utm(name)       CHECK_text(name)
#define CHECK_count(name)     check_number(values[ENTRY_##name], event->name, 1);
#define CHECK_number(name)    check_number(values[ENTRY_##name], event->name, 1000);
#define CHECK_flag(name)      assert(line_is_set(values[ENTRY_##name]) == event->name);
#define CHECK_KEY(kind, name) CHECK_##kind(name)

static void check_same(const struct entry *entry, const struct event *event)
{
    const struct str *values = entry->values;
    uint64_t seq;
    assert(str_to_u64(values[ENTRY_seq], &seq) == 0 && seq == event->seq);
    assert(entry->ms == event->ts_ms);
    check_text(values[ENTRY_id], event->id);
    EVENT_KEYS(CHECK_KEY)
}

/* What the journal reads of a line, it writes so that exports read the same. */
static void check_as_journal(struct entry_reader *reader, struct str line)
{
    char scratch[2][EVENT_LINE_MAX];
    char written[EVENT_LINE_ROOM];
    struct event event;
    struct entry entry;
    const struct text *damage;
    struct str part = event_line_intact_part(line);
    if (part.len == 0 || event_decode(&event, part, scratch[0]) != 0)
        return;
    ssize_t n = event_encode(&event, written);
    if (n < 0)
        return; /* rubbish that grows when it becomes U+FFFD */
    struct str again = str_make(written, (size_t)n - 1);
    assert(event_decode(&event, again, scratch[1]) == 0);
    assert(entry_read(reader, again, &entry, &damage) && !damage);
    check_same(&entry, &event);
}

/* --- rows ----------------------------------------------------------------------------------- */

/* Reads all of a row, so that AddressSanitizer sees what is not there. */
static void read_row(struct run *run, const struct str *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t b = 0; b < values[i].len; b++)
            run->sum += (unsigned char)values[i].ptr[b];
}

/* Whoever wants only a few rows ends the export. */
static int take(struct run *run, int kind)
{
    run->rows[kind]++;
    run->is_over |= run->wants_few && run->rows[kind] == FEW;
    return run->is_over ? OVER : 0;
}

static int on_event(void *context, const struct export_row *row)
{
    struct run *run = context;
    struct entry entry;
    const struct text *damage;
    assert(entry_read(&run->reader, row->line, &entry, &damage));
    assert(entry.ms >= run->query.from_ms && entry.ms < run->query.to_ms);
    for (size_t i = 0; i < ENTRY_KEYS; i++)
        assert(str_eq(entry.values[i], row->values[i]));
    read_row(run, row->values, ENTRY_KEYS);
    return take(run, 0);
}

static int on_visit(void *context, const struct export_row *row)
{
    struct run *run = context;
    assert(!row->line.ptr);
    read_row(run, row->values, FLAT_COLUMNS);
    return take(run, 1);
}

/* --- all lines ------------------------------------------------------------------------------ */

static void add(struct run *run, struct str line)
{
    struct entry entry;
    const struct text *damage[3];
    char *copy = malloc(line.len ? line.len : 1);
    if (!copy)
        abort();
    memcpy(copy, line.ptr, line.len);
    line.ptr = copy;
    check_as_journal(&run->reader, line);
    run->lines += entry_read(&run->reader, line, &entry, &damage[0]);
    run->damaged += damage[0] != NULL;
    int rc = export_add(run->events, line, &damage[1]);
    assert(rc == (run->is_over ? OVER : 0) && damage[1] == damage[0]);
    rc = run->is_over ? OVER : export_add(run->flat, line, &damage[2]);
    assert(rc == (run->is_over ? OVER : 0) && (run->is_over || damage[2] == damage[0]));
    free(copy);
}

static void add_with_checksum(struct run *run, struct str line)
{
    char whole[EVENT_LINE_MAX];
    if (line.len > sizeof whole - 32)
        return;
    memcpy(whole, line.ptr, line.len);
    int n = snprintf(whole + line.len, 32, ",\"crc\":\"%08x\"}", crc_of(line));
    struct str sealed = str_make(whole, line.len + (size_t)n);
    check_quick(&run->reader, sealed);
    add(run, sealed);
}

static void check_counts(const struct run *run)
{
    const struct export_counts *events = export_counts(run->events);
    const struct export_counts *flat = export_counts(run->flat);
    uint64_t all =
        events->given + events->bot + events->prefetch + events->internal + events->duplicate;
    assert(events->given == run->rows[0] && flat->given == run->rows[1]);
    assert(events->damaged == run->damaged && flat->damaged == run->damaged);
    assert(events->duplicate == flat->duplicate);
    assert(run->query.to_ms == INT64_MAX ? all == run->lines : all <= run->lines);
    assert(flat->given + flat->bot + flat->prefetch + flat->internal + flat->duplicate <=
           run->lines);
    assert(!run->query.include.bots || events->bot + flat->bot == 0);
    assert(!run->query.include.internal || events->internal + flat->internal == 0);
    assert(!run->query.include.prefetches || events->prefetch + flat->prefetch == 0);
}

static struct export_query query_of(unsigned asked)
{
    const int64_t day = INT64_C(1793491200000); /* 2026-11-01 */
    return (struct export_query){
        .from_ms = asked & SOME_DAYS ? day : INT64_MIN,
        .to_ms = asked & SOME_DAYS ? day + 2 * (int64_t)EXPORT_DAY_MS : INT64_MAX,
        .include = {.bots = asked & WITH_BOTS,
                    .internal = asked & WITH_INTERNAL,
                    .prefetches = asked & WITH_PREFETCHES},
    };
}

static void begin(struct run *run, unsigned asked)
{
    run->query = query_of(asked);
    run->wants_few = asked & WANTS_FEW;
    struct export_query flat = run->query;
    flat.flat = true;
    entry_reader_init(&run->reader);
    if (export_create(&run->events, &run->query, on_event, run) != 0 ||
        export_create(&run->flat, &flat, on_visit, run) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run run = {0};
    struct str rest = str_make((const char *)data, size);
    struct str line;
    bool is_asked = size > 0 && data[0] < ' ' && data[0] != '\n';
    begin(&run, is_asked ? data[0] : 0);
    rest = str_skip(rest, is_asked);
    while (!run.is_over && rest.len > 0 && str_split(&rest, '\n', &line)) {
        add(&run, line);
        if (!run.is_over)
            add_with_checksum(&run, line);
    }
    if (!run.wants_few) {
        assert(export_end(run.events) == 0 && export_end(run.flat) == 0);
        check_counts(&run);
    }
    export_destroy(run.events);
    export_destroy(run.flat);
    entry_reader_finish(&run.reader);
    return 0;
}

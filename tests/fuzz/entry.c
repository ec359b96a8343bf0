/* Fuzzes exports: each line of the input as it came, and with a right checksum, through both kinds;
 * and what is read quickly is what is read with patience. */
#include "base/crc.h"
#include "insight/entry_quick.h"
#include "insight/export.h"
#include "insight/flat.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(struct str line)
{
    struct entry_reader reader;
    struct str quick[ENTRY_KEYS];
    struct str patient[ENTRY_KEYS];
    entry_reader_init(&reader);
    if (entry_quick_read(&reader.quick, line, quick)) {
        const struct text *wrong = line_read(&reader.keys, line, patient, &reader.scratch);
        assert(!wrong);
        for (size_t i = 0; i < ENTRY_KEYS; i++)
            assert((quick[i].ptr != NULL) == (patient[i].ptr != NULL) &&
                   str_eq(quick[i], patient[i]));
    }
    entry_reader_finish(&reader);
}

/* Reads all of a row, so that AddressSanitizer sees what is not there. */
static int on_row(void *context, const struct export_row *row)
{
    size_t *sum = context;
    size_t count = row->line.ptr ? (size_t)ENTRY_KEYS : (size_t)FLAT_COLUMNS;
    for (size_t i = 0; i < count; i++)
        for (size_t b = 0; b < row->values[i].len; b++)
            *sum += (unsigned char)row->values[i].ptr[b];
    return 0;
}

static void add(struct export *const exports[2], struct str line)
{
    const struct text *damage;
    char *copy = malloc(line.len ? line.len : 1);
    if (!copy)
        abort();
    memcpy(copy, line.ptr, line.len);
    for (int i = 0; i < 2; i++)
        (void)export_add(exports[i], str_make(copy, line.len), &damage);
    free(copy);
}

static void add_with_checksum(struct export *const exports[2], struct str line)
{
    char whole[EVENT_LINE_MAX];
    if (line.len > sizeof whole - 32)
        return;
    memcpy(whole, line.ptr, line.len);
    int n = snprintf(whole + line.len, 32, ",\"crc\":\"%08x\"}", crc_of(line));
    struct str sealed = str_make(whole, line.len + (size_t)n);
    check_same(sealed);
    add(exports, sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct export_query query = {.from_ms = INT64_MIN, .to_ms = INT64_MAX};
    struct export *exports[2];
    size_t sum = 0;
    for (int i = 0; i < 2; i++) {
        query.flat = i == 1;
        if (export_create(&exports[i], &query, on_row, &sum) != 0)
            abort();
    }
    struct str rest = str_make((const char *)data, size);
    struct str line;
    while (size > 0 && str_split(&rest, '\n', &line)) {
        add(exports, line);
        add_with_checksum(exports, line);
    }
    for (int i = 0; i < 2; i++) {
        (void)export_end(exports[i]);
        export_destroy(exports[i]);
    }
    return 0;
}

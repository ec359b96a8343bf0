/* Owns the form of the names of segments. */
#include "journal/segment_name.h"

#include "base/err.h"
#include "journal/timestamp.h"

#include <inttypes.h>
#include <stdio.h>

enum { SEQ_DIGITS = 20 };

bool segment_node_is_valid(struct str node)
{
    for (size_t i = 0; i < node.len; i++) {
        char c = node.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    return node.len > 0 && node.len <= NODE_MAX;
}

int segment_name_write(char out[SEGMENT_FILE_SIZE], const struct segment_name *name)
{
    char time[TIMESTAMP_COMPACT_LEN];
    int rc = timestamp_write_compact(time, name->start_ms);
    if (rc != 0)
        return rc;
    (void)snprintf(out, SEGMENT_FILE_SIZE, "%s-%020" PRIu64 "-%.*s.ndjson%s", name->node,
                   name->first_seq, TIMESTAMP_COMPACT_LEN, time, name->compressed ? ".gz" : "");
    return 0;
}

int segment_name_read(struct segment_name *out, struct str file)
{
    *out = (struct segment_name){0};
    out->compressed = str_cut_end(&file, STR(".gz"));
    struct str node;
    struct str seq;
    if (!str_cut_end(&file, STR(".ndjson")) || !str_split(&file, '-', &node) ||
        !str_split(&file, '-', &seq) || !segment_node_is_valid(node) || seq.len != SEQ_DIGITS ||
        str_to_u64(seq, &out->first_seq) != 0 || file.len != TIMESTAMP_COMPACT_LEN ||
        timestamp_read_compact(file.ptr, &out->start_ms) != 0)
        return ERR_INVALID;
    memcpy(out->node, node.ptr, node.len);
    return 0;
}

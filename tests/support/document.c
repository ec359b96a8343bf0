#include "support/document.h"

#include "support/test.h"

struct str document_section(struct str document, const char *heading)
{
    struct buf start = BUF_EMPTY;
    buf_printf(&start, "\n## %s\n", heading);
    const char *at = memmem(document.ptr, document.len, start.ptr, start.len);
    assert_non_null(at);
    struct str section = str_skip(document, (size_t)(at - document.ptr) + start.len);
    const char *end = memmem(section.ptr, section.len, "\n## ", 4);
    section.len = end ? (size_t)(end - section.ptr) : section.len;
    buf_finish(&start);
    return section;
}

void document_names(struct str section, const char *head, struct buf *names)
{
    bool in_table = false;
    struct str line;
    while (str_split(&section, '\n', &line)) {
        struct str cell;
        in_table &= str_starts_with(line, STR("|"));
        in_table |= str_starts_with(line, str_from(head));
        line = str_skip(line, 1);
        if (!in_table || !str_split(&line, '|', &cell) || !str_contains(cell, STR("`")))
            continue;
        struct str word;
        for (bool quoted = false; str_split(&cell, '`', &word); quoted = !quoted)
            if (quoted)
                buf_printf(names, "%.*s\n", STR_ARG(word));
    }
}

bool document_lists(struct str names, struct str name)
{
    struct str line;
    while (str_split(&names, '\n', &line))
        if (str_eq(line, name))
            return true;
    return false;
}

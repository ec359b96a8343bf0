/* Owns what programs read from `attimo check --json`. Keys are only ever added. */
#include "cli/check.h"
#include "cli/diag_print.h"
#include "cli/page_table.h"

static void append_member(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, ",\"%s\":", name);
    if (text)
        buf_append_json(out, str_from(text));
    else
        buf_append(out, STR("null"));
}

static const char *state_name(const struct check *check, const struct checked_page *page)
{
    static const char *const names[] = {
        [PAGE_LIVE] = "live",
        [PAGE_SCHEDULED] = "scheduled",
        [PAGE_EXPIRED] = "expired",
        [PAGE_DRAFT] = "draft",
    };
    bool is_rejected = page->errors > 0 || check->broken;
    return is_rejected ? "rejected" : names[page->compiled->state];
}

static void append_page(struct buf *out, const struct check *check, const struct checked_page *page)
{
    size_t size = page->compiled->wire_size;
    buf_append(out, STR("{\"file\":"));
    buf_append_json(out, str_from(page->file->file));
    append_member(out, "url", page->file->url);
    append_member(out, "state", state_name(check, page));
    if (page->live.len > 0)
        append_member(out, "live", page->live.ptr);
    if (page->compiled->goal[0])
        append_member(out, "goal", page->compiled->goal);
    if (size > 0)
        buf_printf(out, ",\"wire_bytes\":%zu,\"first_flight\":%.3f", size,
                   (double)size / FIRST_FLIGHT_BYTES);
    buf_printf(out, ",\"errors\":%zu,\"warnings\":%zu}", page->errors, page->warnings);
}

static void append_finding(struct buf *out, const struct diag *d, enum lang lang)
{
    buf_append(out, STR("{\"file\":"));
    buf_append_json(out, str_from(d->file));
    buf_printf(out, ",\"line\":%u", d->line);
    append_member(out, "severity", severity_name(d->severity, LANG_EN));
    append_member(out, "rule", d->rule);
    append_member(out, "words", lang == LANG_IT ? d->words_it : d->words);
    append_member(out, "why", diag_why(d, lang));
    append_member(out, "fix", diag_fix(d, lang));
    buf_append_char(out, '}');
}

void check_print_json(const struct check *check, FILE *out)
{
    const struct diags *diags = &check->folder->diags;
    struct buf json = BUF_EMPTY;
    size_t counts[3] = {0};
    size_t findings = 0;
    buf_append(&json, STR("{\"version\":1,\"folder\":"));
    buf_append_json(&json, str_from(check->name));
    buf_append(&json, STR(",\"pages\":["));
    for (size_t i = 0; i < check->count; i++) {
        buf_append(&json, i > 0 ? STR(",\n") : STR("\n"));
        append_page(&json, check, &check->pages[i]);
    }
    buf_append(&json, STR("],\n\"findings\":["));
    for (size_t i = 0; i < diags->count; i++) {
        if (!check_tells(check, &diags->items[i]))
            continue;
        buf_append(&json, findings++ > 0 ? STR(",\n") : STR("\n"));
        append_finding(&json, &diags->items[i], check->lang);
        counts[diags->items[i].severity]++;
    }
    buf_printf(&json, "],\n\"errors\":%zu,\"warnings\":%zu,\"notes\":%zu}\n",
               counts[SEVERITY_ERROR], counts[SEVERITY_WARNING], counts[SEVERITY_NOTE]);
    (void)fwrite(json.ptr, 1, json.len, out);
    buf_finish(&json);
}

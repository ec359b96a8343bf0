/* Owns the words about each change: one line for each, and the figures of all together. */
#include "server/publisher_parts.h"

#include <stdlib.h>
#include <time.h>

enum { SHOWN_MAX = 20, REV_SHOWN = 8, KEPT_MAX = 1000 };

static void append_diags(struct buf *out, const struct diags *diags, enum severity least)
{
    const char *separator = "";
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->items[i].severity < least)
            continue;
        buf_printf(out, "%s", separator);
        diag_format(&diags->items[i], out);
        separator = "; ";
    }
}

static void append_time(struct buf *out, time_t when)
{
    struct tm tm = {0};
    (void)gmtime_r(&when, &tm);
    buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
               tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void append_size(struct buf *out, const struct resource *resource)
{
    size_t wire = resource_wire_size(resource);
    buf_printf(out, ", %zu.%zu kB on the wire", wire / 1000, wire % 1000 / 100);
    if (resource->kind == RESOURCE_PAGE)
        buf_printf(out, ", %zu%% of the first flight",
                   (wire * 100 + FIRST_FLIGHT_BYTES / 2) / FIRST_FLIGHT_BYTES);
}

static void append_state(struct buf *out, const struct entry *entry)
{
    const struct compiled *compiled = &entry->compiled;
    switch (compiled->state) {
    case PAGE_DRAFT:
        buf_append(out, STR(" is a draft, and not public"));
        break;
    case PAGE_SCHEDULED:
        buf_append(out, STR(" is not public before "));
        append_time(out, compiled->switches_at);
        break;
    case PAGE_EXPIRED:
        buf_append(out, STR(" has expired"));
        break;
    case PAGE_LIVE:
        buf_append(out, STR(" is live"));
    }
}

/* A page that changes by itself goes on whatever the rules find: it would be missed only when the
 * server is started again. */
static void append_findings(struct buf *out, const struct diags *diags)
{
    if (diags->errors > 0) {
        buf_append(out, STR(", but the next start will not publish it: "));
        append_diags(out, diags, SEVERITY_ERROR);
    } else if (diags->warnings > 0) {
        buf_printf(out, ", %zu warning%s: ", diags->warnings, diags->warnings == 1 ? "" : "s");
        append_diags(out, diags, SEVERITY_WARNING);
    }
}

/* Whether it would be served, and must not be. */
static bool is_taken_down(struct publisher *publisher, const struct entry *entry)
{
    enum page_state state = entry->compiled.state;
    return (state == PAGE_LIVE || state == PAGE_EXPIRED) &&
           release_is_taken_down(&publisher->release, str_from(entry->file.url));
}

static void append_publication(struct publisher *publisher, const struct entry *entry,
                               struct buf *out)
{
    append_state(out, entry);
    if (entry->changed_ns != 0) {
        double seconds = (double)(uv_hrtime() - entry->changed_ns) / 1e9;
        buf_printf(out, " after %.1f ms", seconds * 1000);
        release_observe(&publisher->release, seconds);
    }
    if (entry->compiled.state == PAGE_LIVE && entry->compiled.resource)
        append_size(out, entry->compiled.resource);
}

/* "/x is live after 2.1 ms, 4.1 kB on the wire, 34% of the first flight, 1 warning: x.md:3: ..." */
static void tell_published(struct publisher *publisher, const struct entry *entry, struct buf *out)
{
    buf_append_visible(out, str_from(entry->file.url));
    if (is_taken_down(publisher, entry))
        buf_append(out, STR(" stays taken down"));
    else
        append_publication(publisher, entry, out);
    if (!entry->rejected)
        append_findings(out, &entry->diags);
    if (entry->diags.errors > 0 && !entry->rejected)
        log_warning(publisher->options.log, "%.*s", STR_ARG(buf_str(out)));
    else
        log_info(publisher->options.log, "%.*s", STR_ARG(buf_str(out)));
}

static bool is_public(const struct compiled *compiled)
{
    return compiled->resource && compiled->resource->kind != RESOURCE_DRAFT;
}

/* Of what is live: the author's source, or of an asset its bytes; empty: nothing is. */
static const char *revision(struct publisher *publisher, const struct entry *entry)
{
    const struct resource *live = entry->compiled.resource;
    if (!is_public(&entry->compiled) || is_taken_down(publisher, entry))
        return "";
    return *live->rev ? live->rev : live->version;
}

static void tell_rejected(struct publisher *publisher, const struct entry *entry, struct buf *out)
{
    const char *live = entry->served ? revision(publisher, entry) : "";
    buf_append_visible(out, str_from(entry->path));
    buf_append(out, STR(" is not published"));
    if (*live)
        buf_printf(out, ", version %.*s stays live", REV_SHOWN, live);
    buf_append(out, STR(": "));
    append_diags(out, &entry->diags, SEVERITY_ERROR);
    log_error(publisher->options.log, "%.*s", STR_ARG(buf_str(out)));
}

/* What its author meant to be published, or took for a file. */
static void tell_passed_over(const struct publisher *publisher, const struct entry *entry,
                             struct buf *out)
{
    append_diags(out, &entry->diags, SEVERITY_WARNING);
    log_warning(publisher->options.log, "%.*s", STR_ARG(buf_str(out)));
}

static void tell_clash(const struct publisher *publisher, const struct entry *entry,
                       struct buf *out)
{
    buf_append_visible(out, str_from(entry->path));
    buf_append(out, STR(" is not published: error: url: "));
    buf_append_visible(out, str_from(entry->file.url));
    buf_append(out, STR(" is also the address of "));
    buf_append_visible(out, str_from(entry->clash->path));
    buf_append(out, STR(": rename or remove one of them"));
    log_error(publisher->options.log, "%.*s", STR_ARG(buf_str(out)));
}

static void tell(struct publisher *publisher, const struct entry *entry, struct buf *line)
{
    bool rejected = entry->news == NEWS_REJECTED && entry->rejected;
    if (entry->clash && !entry->clashed)
        tell_clash(publisher, entry, line);
    else if (rejected)
        tell_rejected(publisher, entry, line);
    else if (entry->news == NEWS_REJECTED && !entry->file.file && entry->diags.warnings > 0)
        tell_passed_over(publisher, entry, line);
    else if (entry->file.file && !entry->clash &&
             (entry->compiled.resource || entry->news == NEWS_PUBLISHED))
        tell_published(publisher, entry, line);
}

/* What is there at the start is told otherwise. */
void publisher_tell(struct publisher *publisher, struct entry *entry)
{
    struct buf line = BUF_EMPTY;
    if (publisher->serving)
        tell(publisher, entry, &line);
    buf_finish(&line);
    entry->changed_ns = 0;
}

static bool is_known(const struct diags *known, const struct diag *d)
{
    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->items[i].file, d->file) == 0 &&
            strcmp(known->items[i].words, d->words) == 0)
            return true;
    return false;
}

/* Of what pages want of each other, what was not so before. */
void publisher_tell_site(struct publisher *publisher, struct diags *diags)
{
    struct buf line = BUF_EMPTY;
    for (size_t i = 0; i < diags->count && publisher->serving; i++) {
        if (is_known(&publisher->site_diags, &diags->items[i]))
            continue;
        buf_clear(&line);
        diag_format(&diags->items[i], &line);
        log_warning(publisher->options.log, "%.*s", STR_ARG(buf_str(&line)));
    }
    buf_finish(&line);
    diags_finish(&publisher->site_diags);
    diags_move(&publisher->site_diags, diags);
}

void publisher_tell_settings(const struct publisher *publisher, bool refused)
{
    struct buf line = BUF_EMPTY;
    if (!publisher->serving)
        return;
    append_diags(&line, &publisher->settings_diags, SEVERITY_WARNING);
    if (refused)
        log_error(publisher->options.log, "the site's settings stay as they were: %.*s",
                  STR_ARG(buf_str(&line)));
    else if (publisher->shared_changed)
        log_info(publisher->options.log, "the site's settings have changed%s%.*s",
                 line.len > 0 ? ": " : "", STR_ARG(buf_str(&line)));
    else if (line.len > 0)
        log_info(publisher->options.log, "the site's settings: %.*s", STR_ARG(buf_str(&line)));
    buf_finish(&line);
}

void publisher_tell_removed(const struct publisher *publisher, const struct entry *entry)
{
    if (entry->served)
        log_info(publisher->options.log, "%s is no more: %s was removed", entry->file.url,
                 entry->path);
}

void publisher_tell_kept(struct publisher *publisher)
{
    struct buf members = BUF_EMPTY;
    size_t count = 0;
    for (size_t i = 0; i < publisher->catalogue.count && count < KEPT_MAX; i++) {
        const struct entry *entry = publisher->catalogue.entries[i];
        const char *live = entry->rejected && !entry->clash ? revision(publisher, entry) : "";
        if (!*live)
            continue;
        buf_append(&members, count++ > 0 ? STR(",") : STR(""));
        buf_append_json(&members, str_from(entry->path));
        buf_printf(&members, ":\"%.*s\"", REV_SHOWN, live);
    }
    /* Commands then say less; nothing else depends on it. */
    if (publisher->options.data && buf_status(&members) == 0)
        (void)kept_tell(&publisher->kept, publisher->options.data, publisher->options.pages,
                        buf_str(&members));
    buf_finish(&members);
}

/* --- figures */

static void append_rejected(struct buf *out, const struct diag *d, const char *live)
{
    buf_printf(out, "%s{\"file\":", out->len > 0 ? "," : "");
    buf_append_json(out, str_from(d->file));
    if (d->line > 0)
        buf_printf(out, ",\"line\":%u", d->line);
    buf_append(out, STR(",\"error\":"));
    buf_append_json(out, str_from(d->words));
    if (*live)
        buf_printf(out, ",\"live\":\"%.*s\"", REV_SHOWN, live);
    buf_append_char(out, '}');
}

static void append_first_error(struct buf *out, const struct diags *diags, const char *live)
{
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->items[i].severity != SEVERITY_ERROR)
            continue;
        append_rejected(out, &diags->items[i], live);
        return;
    }
}

static void count_rejected(struct publisher *publisher, const struct entry *entry,
                           struct release_counts *counts)
{
    static char same_address[] = "another file has the same address";
    const struct diag clash = {.file = entry->path, .words = same_address};
    counts->rejected++;
    if (counts->rejected > SHOWN_MAX)
        return;
    if (entry->clash)
        append_rejected(&counts->rejected_json, &clash, "");
    else
        append_first_error(&counts->rejected_json, &entry->diags, revision(publisher, entry));
}

static int by_switch(const void *a, const void *b)
{
    const struct entry *left = *(const struct entry *const *)a;
    const struct entry *right = *(const struct entry *const *)b;
    time_t one = left->compiled.switches_at;
    time_t other = right->compiled.switches_at;
    return one != other ? (one > other) - (one < other) : strcmp(left->path, right->path);
}

static void append_switch(struct buf *out, const struct entry *entry)
{
    bool begins = entry->compiled.state == PAGE_SCHEDULED;
    buf_printf(out, "%s{\"file\":", out->len > 0 ? "," : "");
    buf_append_json(out, str_from(entry->path));
    buf_append(out, STR(",\"url\":"));
    buf_append_json(out, str_from(entry->file.url));
    buf_printf(out, ",\"%s\":\"", begins ? "publish_at" : "expires_at");
    append_time(out, entry->compiled.switches_at);
    buf_append(out, STR("\"}"));
}

/* Which pages will begin or end next. It is only for show: without memory there is none. */
static void count_switches(const struct catalogue *catalogue, struct release_counts *counts)
{
    size_t count = 0;
    const struct entry **switching = calloc(catalogue->count + 1, sizeof(struct entry *));
    if (!switching)
        return;
    for (size_t i = 0; i < catalogue->count; i++)
        if (catalogue->entries[i]->compiled.switches_at != 0 && !catalogue->entries[i]->clash)
            switching[count++] = catalogue->entries[i];
    qsort(switching, count, sizeof(struct entry *), by_switch);
    for (size_t i = 0; i < count && i < SHOWN_MAX; i++)
        append_switch(&counts->schedule_json, switching[i]);
    if (count > 0)
        counts->next_switch = switching[0]->compiled.switches_at;
    free(switching);
}

void publisher_count(struct publisher *publisher, struct release_counts *counts)
{
    *counts = (struct release_counts){0};
    if (publisher->settings_diags.errors > 0) {
        counts->rejected++;
        append_first_error(&counts->rejected_json, &publisher->settings_diags, "");
    }
    for (size_t i = 0; i < publisher->catalogue.count; i++) {
        const struct entry *entry = publisher->catalogue.entries[i];
        const struct compiled *compiled = &entry->compiled;
        bool compiled_once = compiled->resource || compiled->state != PAGE_LIVE;
        if (entry_is_page(entry) && compiled_once && !entry->clash)
            counts->pages[compiled->state]++;
        if (entry->rejected || entry->clash)
            count_rejected(publisher, entry, counts);
    }
    count_switches(&publisher->catalogue, counts);
}

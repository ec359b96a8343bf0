/* Owns reading a folder from one input. */
#include "fuzz/support/bundle.h"

#include "base/calendar.h"
#include "base/err.h"

#include <assert.h>
#include <stdlib.h>

static void add_file(struct bundle *bundle, struct str name, struct str bytes)
{
    struct bundle_file *file = &bundle->files[bundle->count];
    struct str last = str_skip(name, (size_t)(str_find_last(name, '/') + 1));
    if (bundle->count == BUNDLE_FILES_MAX || name.len > 200 || !source_is_public(name) ||
        !source_is_public(last))
        return;
    *file = (struct bundle_file){.name = name, .bytes = bytes};
    if (str_eq(name, STR("page.md")))
        file->name = STR("x/page.md");
    else if (str_eq(name, STR("page.html")))
        file->name = STR("x/page.html");
    int rc = source_classify(file->name, &file->source, &file->url);
    assert(rc == 0 || rc == ERR_NOT_FOUND || rc == ERR_INVALID);
    if (rc != 0)
        buf_finish(&file->url);
    bundle->count += rc == 0;
}

static void set_now(struct bundle *bundle, struct str text)
{
    struct date_time now;
    if (calendar_parse_date_time(text, &now) == 0)
        bundle->now = (time_t)now.local_s;
}

/* What readers of files refuse, as they do what is no UTF-8, never comes this far. */
static void add_part(struct bundle *bundle, struct str name, struct str bytes)
{
    const struct {
        struct str name;
        struct str *part;
    } parts[] = {
        {STR("_guidelines.yaml"), &bundle->guidelines},
        {STR("_theme/style.css"), &bundle->look.style},
        {STR("_theme/header.html"), &bundle->look.header},
        {STR("_theme/footer.html"), &bundle->look.footer},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (str_eq(name, parts[i].name) && str_is_utf8(bytes))
            *parts[i].part = bytes;
    if (str_starts_with(name, STR("now ")))
        set_now(bundle, str_skip(name, 4));
    else
        add_file(bundle, name, bytes);
}

static struct str take_until_mark(struct str *rest)
{
    static const char mark[] = "\n%% ";
    const char *at = rest->len ? memmem(rest->ptr, rest->len, mark, strlen(mark)) : NULL;
    struct str part = str_make(rest->ptr, at ? (size_t)(at - rest->ptr) + 1 : rest->len);
    *rest = at ? str_skip(*rest, part.len + strlen(mark) - 1) : str_make(NULL, 0);
    return part;
}

static void read_files(struct bundle *bundle, struct str input)
{
    struct str rest = input;
    bundle->site = take_until_mark(&rest);
    while (rest.ptr) {
        struct str part = take_until_mark(&rest);
        struct str name;
        if (str_split(&part, '\n', &name))
            add_part(bundle, name, part);
    }
    if (bundle->count > 0)
        return;
    bundle->site = STR("");
    add_file(bundle, STR("page.md"), input);
}

static void make_settings(struct bundle *bundle, struct diags *diags)
{
    const struct look_files *look = &bundle->look;
    if (settings_create(&bundle->settings, bundle->site, diags) != 0)
        abort();
    struct settings *settings = bundle->settings;
    if (bundle->guidelines.ptr &&
        guidelines_create(&settings->guidelines, bundle->guidelines, diags) != 0)
        abort();
    if (settings->script.len > 0)
        settings->script = STR("0"); /* shorter than the real one, so that less is compressed */
    if ((look->style.ptr || look->header.ptr || look->footer.ptr) &&
        settings_set_look(settings, look, diags) != 0)
        abort();
}

void bundle_read(struct bundle *bundle, struct str input, struct diags *diags)
{
    read_files(bundle, input);
    make_settings(bundle, diags);
}

void bundle_finish(struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->count; i++) {
        buf_finish(&bundle->files[i].url);
        compiled_finish(&bundle->files[i].compiled);
    }
    settings_destroy(bundle->settings);
}

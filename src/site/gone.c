/* Owns the page in the place of pages that were taken down. */
#include "site/gone.h"

#include "base/err.h"
#include "site/theme.h"
#include "site/words.h"

int gone_page_make(struct gone_page *out, const struct settings *settings,
                   const struct site *assets)
{
    *out = (struct gone_page){0};
    struct buf assets_seen = BUF_EMPTY;
    struct diags none = {0};
    time_t never = 0;
    /* Like the page for 404, it has no address of its own. */
    const struct page_input input = {
        .file = STR(""), .url = STR("/404"), .settings = settings, .assets = assets};
    const struct front_matter front = {.present = true,
                                       .title = words_of(settings->lang)->unavailable};
    const struct theme_page page = {.input = &input, .front = &front, .over = true};
    int rc = theme_render(&page, &out->html, &assets_seen, &never, &none);
    buf_append(&out->fields, buf_str(&settings->look.policy));
    buf_finish(&assets_seen);
    diags_finish(&none);
    return rc == 0 ? buf_status(&out->fields) : rc;
}

void gone_page_finish(struct gone_page *page)
{
    buf_finish(&page->html);
    buf_finish(&page->fields);
}

bool gone_page_same(const struct gone_page *a, const struct gone_page *b)
{
    return str_eq(buf_str(&a->html), buf_str(&b->html)) &&
           str_eq(buf_str(&a->fields), buf_str(&b->fields));
}

int gone_page_at(const struct gone_page *page, struct str path, struct resource **out)
{
    const struct resource_options options = {
        .kind = RESOURCE_GONE,
        .path = path,
        .content_type = STR("text/html; charset=utf-8"),
        .more_fields = buf_str(&page->fields),
        .compressible = true,
        .tier = TIER_QUICK,
    };
    return resource_create(out, &options, buf_str(&page->html));
}

/* Owns the way from a page file's bytes to a resource. */
#include "site/page.h"

#include "base/err.h"
#include "site/front_matter.h"
#include "site/markdown.h"
#include "site/theme.h"

#include <stdlib.h>

static void complain(const struct page_input *input, struct diags *diags, unsigned line,
                     const char *rule, const char *words)
{
    diags_add(diags, SEVERITY_ERROR, input->file, line, rule, "%s", words);
}

static unsigned first_bad_line(struct str bytes)
{
    struct str line;
    unsigned number = 0;
    while (str_split(&bytes, '\n', &line)) {
        number++;
        if (!str_is_utf8(line))
            return number;
    }
    return 0;
}

/* What browsers are told to be UTF-8 and is not would show as garbage; an empty file is one whose
 * author is still writing. */
static void check_text(const struct page_input *input, struct diags *diags)
{
    if (!str_is_utf8(input->bytes))
        complain(input, diags, first_bad_line(input->bytes), "encoding",
                 "this is not UTF-8; save the file as UTF-8");
    else if (str_trim_lines(input->bytes).len == 0)
        complain(input, diags, 0, "empty", "there is nothing in this file");
}

static void check_required(const struct page_input *input, const struct front_matter *front,
                           struct diags *diags)
{
    if (!front->present) {
        complain(input, diags, 1, "front-matter",
                 "the first line must be '---', followed by 'title: ...', 'description: ...' and "
                 "another '---'");
        return;
    }
    if (!front->document)
        return; /* It could not be read, which has been said. */
    if (str_trim_lines(front->title).len == 0)
        complain(input, diags, 1, "title", "the page has no 'title'");
    if (str_trim_lines(front->description).len == 0)
        complain(input, diags, 1, "description",
                 "the page has no 'description': one sentence that makes people come");
}

static int render_markdown(const struct page_input *input, const struct front_matter *front,
                           struct buf *html, struct diags *diags)
{
    struct buf content = BUF_EMPTY;
    check_required(input, front, diags);
    int rc = markdown_to_html(front->body, &content);
    if (rc == ERR_TOO_LARGE)
        complain(input, diags, front->body_line, "size", "the text is over 256 KiB");
    if (rc == 0) {
        const struct theme_page page = {
            .settings = input->settings,
            .front = front,
            .path = input->url,
            .content = buf_str(&content),
        };
        rc = theme_render(&page, input->file, html, diags);
    }
    buf_finish(&content);
    return rc;
}

/* Authors' HTML goes out as they wrote it, but for its front matter. */
static int render_text(const struct page_input *input, struct buf *html, struct diags *diags)
{
    struct front_matter front;
    int rc = front_matter_read(&front, input->file, input->bytes, diags);
    if (rc == 0 && input->source.kind == SOURCE_MARKDOWN) {
        rc = render_markdown(input, &front, html, diags);
    } else if (rc == 0) {
        buf_append(html, front.present ? front.body : input->bytes);
        rc = buf_status(html);
    }
    front_matter_finish(&front);
    return rc;
}

static int make_resource(struct resource **out, const struct page_input *input, enum tier tier,
                         struct str body)
{
    const struct resource_options options = {
        .kind = input->source.kind == SOURCE_ASSET ? RESOURCE_ASSET : RESOURCE_PAGE,
        .path = input->url,
        .file = input->file,
        .content_type = str_from(input->source.content_type),
        .compressible = input->source.compressible,
        .tier = tier,
    };
    return resource_create(out, &options, body);
}

static int compile_text(struct compiled *out, const struct page_input *input, enum tier tier,
                        struct diags *diags)
{
    struct buf html = BUF_EMPTY;
    size_t errors = diags->errors;
    check_text(input, diags);
    int rc = diags->errors > errors ? ERR_INVALID : render_text(input, &html, diags);
    if (rc == 0 && diags->errors > errors)
        rc = ERR_INVALID;
    if (rc == ERR_TOO_LARGE)
        rc = ERR_INVALID;
    if (rc == 0)
        rc = make_resource(&out->resource, input, tier, buf_str(&html));
    buf_finish(&html);
    return rc;
}

int page_compile(struct compiled *out, const struct page_input *input, enum tier tier,
                 struct diags *diags)
{
    *out = (struct compiled){.state = PAGE_LIVE};
    int rc = input->source.kind == SOURCE_ASSET
                 ? make_resource(&out->resource, input, tier, input->bytes)
                 : compile_text(out, input, tier, diags);
    if (rc != 0)
        compiled_finish(out);
    return rc;
}

void compiled_finish(struct compiled *compiled)
{
    if (!compiled)
        return;
    resource_unref(compiled->resource);
    for (size_t i = 0; i < compiled->redirect_count; i++)
        resource_unref(compiled->redirects[i]);
    free(compiled->redirects);
    buf_finish(&compiled->assets);
    *compiled = (struct compiled){0};
}

/* Owns what all pages of a site share in their looks. */
#include "site/look.h"

#include "site/colour.h"
#include "site/css.h"
#include "site/theme_css.h"

#include <stdio.h>

/* The papers of theme.css, and what text on them is mixed with. */
static const struct colour paper_light = {0xFB, 0xFA, 0xF6};
static const struct colour paper_dark = {0x11, 0x14, 0x12};
static const struct colour black = {0, 0, 0};
static const struct colour white = {255, 255, 255};

static void append_colour(struct buf *out, const char *name, struct colour c)
{
    buf_printf(out, "--%s:#%02x%02x%02x;", name, c.red, c.green, c.blue);
}

/* Links take the brand's colour where it can be read; the button has it as it is. */
static void append_brand(struct buf *out, struct colour brand)
{
    bool dark_text = colour_contrast(brand, black) > colour_contrast(brand, white);
    buf_append(out, STR(":root{"));
    append_colour(out, "accent", colour_readable(brand, paper_light, black));
    append_colour(out, "button", brand);
    append_colour(out, "on-button", dark_text ? black : white);
    buf_append(out, STR("}@media (prefers-color-scheme:dark){:root{"));
    append_colour(out, "accent", colour_readable(brand, paper_dark, white));
    append_colour(out, "button", brand);
    append_colour(out, "on-button", dark_text ? black : white);
    buf_append(out, STR("}}"));
}

static bool ends_its_element(struct str style)
{
    for (size_t i = 0; i + 1 < style.len; i++)
        if (style.ptr[i] == '<' && (style.ptr[i + 1] == '/' || style.ptr[i + 1] == '!'))
            return true;
    return false;
}

/* What stands at the beginning stays, so that lines count as in the file. */
static struct str trim_end(struct str text)
{
    struct str trimmed = str_trim_lines(text);
    return trimmed.len > 0 ? str_make(text.ptr, (size_t)(trimmed.ptr - text.ptr) + trimmed.len)
                           : trimmed;
}

/* Browsers read every line end as '\n', and compare the hash of that. */
static void append_lines(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        bool is_first_of_two = text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n';
        if (!is_first_of_two)
            buf_append_char(out, text.ptr[i] == '\r' ? '\n' : text.ptr[i]);
    }
}

static void make_style(struct look *look, struct str colour, struct str own, struct diags *diags)
{
    struct colour brand;
    if (own.ptr && ends_its_element(own)) {
        diags_say(diags, SEVERITY_ERROR, STR("_theme/style.css"), 0, "theme",
                  "'</' and '<!' have no place in a style sheet, so it is not used",
                  "in un foglio di stile non vanno «</» e «<!», e quindi non viene usato");
        own = str_make(NULL, 0);
    }
    append_lines(&look->style, own.ptr ? trim_end(own) : str_from(theme_css));
    if (colour.len > 0 && colour_parse(colour, &brand) == 0) {
        append_brand(&look->style, brand);
        (void)snprintf(look->accent, sizeof look->accent, "#%02x%02x%02x", brand.red, brand.green,
                       brand.blue);
    }
}

static void append_source(struct buf *out, const char *directive, struct str text)
{
    char hash[HASH_BASE64_SIZE];
    if (text.len == 0)
        return;
    hash_sha256_base64(hash, text);
    buf_printf(out, "; %s 'sha256-%s'", directive, hash);
}

/* What a page may fetch is its own images, fonts and sounds; what may run in it is the one script.
 * Forms may go to other sites, because attimo answers none. */
static void make_policy(struct look *look, struct str script)
{
    struct buf *out = &look->policy;
    buf_append(out, STR("Content-Security-Policy: default-src 'none'"));
    append_source(out, "style-src", buf_str(&look->style));
    append_source(out, "script-src", script);
    buf_append(out, STR("; img-src 'self' data:; media-src 'self'; font-src 'self'"));
    buf_append(out, css_holds_font(buf_str(&look->style)) ? STR(" data:") : STR(""));
    buf_append(out, STR("; connect-src 'self'; form-action 'self' https:; base-uri 'none'; "
                        "frame-ancestors 'self'\r\n"));
}

int look_make(struct look *out, struct str colour, const struct look_files *files,
              struct str script, struct diags *diags)
{
    *out = (struct look){.accent = "#0b6b4f"};
    make_style(out, colour, files->style, diags);
    buf_append(&out->header, trim_end(files->header));
    buf_append(&out->footer, trim_end(files->footer));
    make_policy(out, script);
    const struct str parts[] = {buf_str(&out->style), STR("\n"), buf_str(&out->header), STR("\n"),
                                buf_str(&out->footer)};
    hash_text(out->rev, parts, sizeof parts / sizeof *parts);
    struct buf *const bufs[] = {&out->style, &out->header, &out->footer, &out->policy};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) {
        int rc = buf_status(bufs[i]);
        if (rc != 0) {
            look_finish(out);
            return rc;
        }
    }
    return 0;
}

void look_finish(struct look *look)
{
    if (!look)
        return;
    buf_finish(&look->style);
    buf_finish(&look->header);
    buf_finish(&look->footer);
    buf_finish(&look->policy);
    *look = (struct look){0};
}

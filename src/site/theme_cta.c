/* Owns the looks of calls to action. */
#include "site/theme_cta.h"

#include "site/capture_slot.h"

/* Strokes on a field of 24 by 24. */
static const char *const icons[] = {
    [CTA_LINK] = "M4 12h15M13 6l6 6-6 6",
    [CTA_CALL] = "M7 4 5 6c0 7 6 13 13 13l2-2-4-4-2 2c-2-1-4-3-5-5l2-2z",
    [CTA_SMS] = "M4 5h16v11H10l-4 4v-4H4zM8 10.5h8",
    [CTA_MAIL] = "M3 6h18v12H3zl9 7 9-7",
    [CTA_WHATSAPP] = "M4 5h16v11H10l-4 4v-4H4zM8 10.5h8",
    [CTA_DIRECTIONS] = "M20 4 4 11l7 2 2 7z",
    [CTA_SHARE] = "M12 15V4M8 8l4-4 4 4M5 13v7h14v-7",
};

static void append(const struct render *r, const struct cta *cta)
{
    struct buf href = BUF_EMPTY;
    const struct cta_page page = {.place = &r->place, .title = r->front->title, .url = r->url};
    struct text lacks = cta_append_href(cta, &page, &href);
    if (lacks.en)
        diags_say_text(r->diags, SEVERITY_ERROR, r->input->file, cta->line, "cta", lacks);
    if (cta->kind == CTA_SHARE && r->url.len == 0)
        diags_say(r->diags, SEVERITY_WARNING, r->input->file, cta->line, "cta",
                  "'share' cannot name this page's address until _site.yaml has 'url'",
                  "«share» non può mandare l’indirizzo di questa pagina finché in _site.yaml non "
                  "c’è «url»");

    buf_append(r->out, STR("<a class=\"cta\" data-cta=\""));
    buf_append_html(r->out, cta->id);
    buf_append(r->out, STR("\" href=\""));
    buf_append_html(r->out, buf_str(&href));
    buf_append_char(r->out, '"');
    if (r->reports)
        capture_slot_append_ping(r->input->url, cta->id, r->out);
    buf_printf(r->out, "><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"%s\"/></svg>",
               icons[cta->kind]);
    buf_append_html(r->out, str_trim_lines(cta->label));
    buf_append(r->out, STR("</a>\n"));
    r->out->failed |= href.failed;
    buf_finish(&href);
}

void theme_cta_append_first(const struct render *r)
{
    const struct cta_list *ctas = &r->front->ctas;
    if (ctas->count == 0)
        return;
    buf_append(r->out, STR("<p class=\"go\">\n"));
    append(r, &ctas->items[0]);
    buf_append(r->out, STR("</p>\n"));
}

void theme_cta_append_others(const struct render *r)
{
    const struct cta_list *ctas = &r->front->ctas;
    if (ctas->count < 2)
        return;
    buf_append(r->out, STR("<p class=\"also\">\n"));
    for (size_t i = 1; i < ctas->count; i++)
        append(r, &ctas->items[i]);
    buf_append(r->out, STR("</p>\n"));
}

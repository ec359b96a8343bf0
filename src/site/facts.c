/* Owns what events and reports say of a page. */
#include "site/facts.h"

#include "base/dest.h"
#include "base/err.h"
#include "site/link.h"
#include "site/theme_head.h"

static struct str id_of(const struct facts_cta *cta)
{
    return str_make(cta->text.ptr, cta->id_length);
}

bool facts_know(const struct facts *facts, struct str id)
{
    for (size_t i = 0; i < facts->count; i++)
        if (str_eq(id_of(&facts->ctas[i]), id))
            return true;
    return false;
}

/* NULL where there is none to be added. */
static struct facts_cta *add(struct facts *facts, struct str id)
{
    if (facts->count == FACTS_CTA_MAX || id.len == 0 || id.len > FACTS_ID_MAX ||
        facts_know(facts, id))
        return NULL;
    struct facts_cta *cta = &facts->ctas[facts->count++];
    buf_append(&cta->text, id);
    cta->id_length = cta->text.len;
    return cta;
}

void facts_take_link(struct facts *facts, struct str id, struct str href,
                     const struct page_input *input)
{
    struct facts_cta *cta = add(facts, id);
    if (cta && href.len > 0)
        cta->dest = dest_of(href, input->settings->url);
}

void facts_take_front(struct facts *facts, const struct front_matter *front,
                      const struct page_input *input)
{
    struct place place = place_or(&front->place, &input->settings->place);
    struct buf url = BUF_EMPTY;
    theme_head_append_url(input, &url);
    facts->is_not_found = str_eq(input->url, STR("/404"));
    const struct cta_page page = {.place = &place, .title = front->title, .url = buf_str(&url)};
    for (size_t i = 0; i < front->ctas.count; i++) {
        struct buf href = BUF_EMPTY;
        const struct cta *from = &front->ctas.items[i];
        bool leads = !cta_append_href(from, &page, &href).en;
        struct facts_cta *cta = add(facts, from->id);
        if (cta && leads) {
            cta->dest = dest_of(buf_str(&href), input->settings->url);
            link_append_location(buf_str(&href), &cta->text);
        }
        if (cta) {
            cta->value = from->value;
            cta->text.failed |= href.failed || url.failed;
        }
        buf_finish(&href);
    }
    buf_finish(&url);
}

void facts_append_ids(const struct facts *facts, struct buf *out)
{
    for (size_t i = 0; i < facts->count; i++) {
        buf_append(out, i > 0 ? STR(", ") : STR(""));
        buf_append(out, id_of(&facts->ctas[i]));
    }
}

struct str facts_goal(const struct facts *facts, const struct front_matter *front)
{
    bool says_all = front->goal.len > 0 || facts->count == 0 || facts->is_not_found;
    return says_all ? front->goal : id_of(&facts->ctas[0]);
}

int facts_of(struct facts *facts, const struct front_matter *front, struct resource_facts *out)
{
    for (size_t i = 0; i < facts->count; i++) {
        const struct facts_cta *cta = &facts->ctas[i];
        int rc = buf_status(&cta->text);
        if (rc != 0)
            return rc;
        facts->list[i] = (struct resource_cta){
            .id = id_of(cta),
            .dest = cta->dest,
            .to = str_skip(buf_str(&cta->text), cta->id_length),
            .value = cta->value,
        };
    }
    *out = (struct resource_facts){
        .intent = str_from(intent_name(front->intent)),
        .stage = str_from(stage_name(front->stage)),
        .goal = facts_goal(facts, front),
        .ctas = facts->list,
        .cta_count = facts->count,
    };
    return 0;
}

void facts_finish(struct facts *facts)
{
    for (size_t i = 0; i < facts->count; i++)
        buf_finish(&facts->ctas[i].text);
    facts->count = 0;
}

/* Owns the way from a page file's bytes to a resource. */
#include "site/page.h"

#include "base/err.h"
#include "http/path.h"
#include "site/author.h"
#include "site/content.h"
#include "site/facts.h"
#include "site/front_matter.h"
#include "site/link.h"
#include "site/lint.h"
#include "site/markdown.h"
#include "site/schedule.h"
#include "site/theme.h"

#include <stdio.h>
#include <stdlib.h>

static void complain(const struct page_input *input, struct diags *diags, unsigned line,
                     const char *rule, struct text words)
{
    diags_say_text(diags, SEVERITY_ERROR, input->file, line, rule, words);
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

void page_say_empty(struct str file, struct diags *diags)
{
    diags_say_text(diags, SEVERITY_ERROR, file, 0, "empty",
                   TEXT("there is nothing in this file", "in questo file non c’è niente"));
}

/* What browsers are told to be UTF-8 and is not would show as garbage; an empty file is one whose
 * author is still writing. */
static void check_text(const struct page_input *input, struct diags *diags)
{
    if (!str_is_utf8(input->bytes))
        complain(input, diags, first_bad_line(input->bytes), "encoding",
                 TEXT("this is not UTF-8; save the file as UTF-8",
                      "questo non è UTF-8; salva il file in UTF-8"));
    else if (str_trim_lines(input->bytes).len == 0)
        page_say_empty(input->file, diags);
}

static void check_required(const struct page_input *input, const struct front_matter *front,
                           struct diags *diags)
{
    if (!front->present) {
        complain(
            input, diags, 1, "front-matter",
            TEXT("the first line must be '---', followed by 'title: ...', 'description: ...' and "
                 "another '---'",
                 "la prima riga è «---»; seguono «title: …», «description: …» e un altro «---»"));
        return;
    }
    if (!front->document)
        return; /* It could not be read, which has been said. */
    if (str_trim_lines(front->title).len == 0)
        complain(input, diags, 1, "title",
                 TEXT("the page has no 'title'", "alla pagina manca «title», il titolo"));
    if (str_trim_lines(front->description).len == 0)
        complain(input, diags, 1, "description",
                 TEXT("the page has no 'description': one sentence that makes people come",
                      "alla pagina manca «description»: una frase che fa venire voglia di aprire"));
}

/* A page on its way. */
struct compilation {
    const struct page_input *input;
    enum tier tier;
    struct front_matter front;
    struct facts facts;
    struct compiled *out;
    struct buf html;
    struct buf fields; /* of its own */
    struct buf title;  /* of a document of its author's: what its <title> says */
    struct diags *diags;
};

static void finish_compilation(struct compilation *c)
{
    buf_finish(&c->html);
    buf_finish(&c->fields);
    buf_finish(&c->title);
    facts_finish(&c->facts);
}

/* Whether events of it are recorded, now that its state is known. */
static bool reports(const struct compilation *c)
{
    return c->out->state == PAGE_LIVE && !str_eq(c->input->url, STR("/404"));
}

static int render_theme(struct compilation *c, struct str content, bool over)
{
    const struct theme_page page = {
        .input = c->input,
        .front = &c->front,
        .content = content,
        .reports = !over && reports(c),
        .over = over,
    };
    buf_append(&c->fields, buf_str(&c->input->settings->look.policy));
    return theme_render(&page, &c->html, &c->out->assets, &c->out->changes_at, c->diags);
}

static int add_images(struct compilation *c, struct str html, struct buf *out)
{
    const struct gallery gallery = {c->input->assets, c->input->file, &c->out->assets};
    const struct content content = {
        .gallery = &gallery,
        .file = c->input->file,
        .below = c->front.image.len > 0,
        .diags = c->diags,
    };
    return content_append(&content, html, out);
}

static void complain_entangled(const struct compilation *c)
{
    complain(c->input, c->diags, c->front.body_line, "size",
             TEXT("this HTML is too deep or too entangled to be read",
                  "questo HTML è troppo annidato o troppo ingarbugliato per leggerlo"));
}

static int render_markdown(struct compilation *c)
{
    struct buf content = BUF_EMPTY;
    check_required(c->input, &c->front, c->diags);
    struct buf plain = BUF_EMPTY;
    int rc = markdown_to_html(c->front.body, &plain);
    if (rc == ERR_TOO_LARGE)
        complain(c->input, c->diags, c->front.body_line, "size",
                 TEXT("the text is over 256 KiB", "il testo supera i 256 KiB"));
    if (rc == 0) {
        rc = add_images(c, buf_str(&plain), &content);
        if (rc == ERR_TOO_LARGE)
            complain_entangled(c);
    }
    if (rc == 0)
        rc = render_theme(c, buf_str(&content), false);
    buf_finish(&plain);
    buf_finish(&content);
    return rc;
}

static int render_html(struct compilation *c)
{
    const struct author_page page = {
        .input = c->input,
        .front = &c->front,
        .source = c->front.present ? c->front.body : c->input->bytes,
        .first_line = c->front.body_line,
        .facts = &c->facts,
        .title = &c->title,
        .reports = reports(c),
    };
    int rc = author_render(&page, &c->html, &c->fields, &c->out->assets, c->diags);
    if (rc == ERR_TOO_LARGE)
        complain_entangled(c);
    return rc;
}

static int render_body(struct compilation *c)
{
    return c->input->source.kind == SOURCE_MARKDOWN ? render_markdown(c) : render_html(c);
}

static int make_page(struct compilation *c, enum resource_kind kind)
{
    char rev[HASH_TEXT_SIZE];
    hash_text(rev, &c->input->bytes, 1);
    struct resource_facts facts;
    int rc = buf_status(&c->fields);
    if (rc == 0)
        rc = facts_of(&c->facts, &c->front, &facts);
    if (rc != 0)
        return rc;
    facts.capture = c->input->settings->capture;
    facts.lang = c->front.lang.len > 0 ? c->front.lang : c->input->settings->lang;
    const struct resource_options options = {
        .kind = kind,
        .scheduled = c->out->state == PAGE_SCHEDULED,
        .path = c->input->url,
        .file = c->input->file,
        .content_type = str_from(c->input->source.content_type),
        .more_fields = buf_str(&c->fields),
        .rev = str_from(rev),
        .theme_rev = str_from(c->input->settings->look.rev),
        .facts = facts,
        .compressible = true,
        .tier = c->tier,
    };
    return resource_create(&c->out->resource, &options, buf_str(&c->html));
}

static int make_redirect(const struct page_input *input, struct resource **out, unsigned status,
                         struct str path, struct str location)
{
    const struct resource_options options = {
        .kind = RESOURCE_REDIRECT,
        .status = status,
        .path = path,
        .file = input->file,
        .location = location,
    };
    return resource_create(out, &options, str_make(NULL, 0));
}

/* --- what else a page has ------------------------------------------------------------------- */

/* One more redirect, if this page has none of that path yet. */
static int add_alias(struct compilation *c, struct str path, struct str location)
{
    struct compiled *out = c->out;
    if (str_eq(path, c->input->url))
        return 0;
    for (size_t i = 0; i < out->redirect_count; i++)
        if (str_eq(out->redirects[i]->path, path))
            return 0;
    struct resource **grown =
        realloc(out->redirects, (out->redirect_count + 1) * sizeof(struct resource *));
    if (!grown)
        return ERR_NO_MEMORY;
    out->redirects = grown;
    int rc = make_redirect(c->input, &grown[out->redirect_count], 308, path, location);
    if (rc == 0)
        out->redirect_count++;
    return rc;
}

static int add_aliases(struct compilation *c)
{
    const struct yaml_node *list = c->front.aliases;
    struct buf location = BUF_EMPTY;
    struct buf scratch = BUF_EMPTY;
    struct str path;
    path_encode(c->input->url, &location);
    int rc = buf_status(&location);
    const struct yaml_node *item = schema_first_text(list);
    for (; item && rc == 0; item = schema_next_text(list, item)) {
        rc = path_decode(item->text, &scratch, &path);
        if (rc == 0)
            rc = add_alias(c, path, buf_str(&location));
    }
    buf_finish(&scratch);
    buf_finish(&location);
    return rc;
}

/* What an expired page leaves behind. */
static int make_over(struct compilation *c)
{
    int rc;
    if (c->title.len > 0)
        c->front.title = buf_str(&c->title);
    if (c->front.then.len == 0) {
        rc = render_theme(c, str_make(NULL, 0), true);
        return rc == 0 ? make_page(c, RESOURCE_GONE) : rc;
    }
    struct buf location = BUF_EMPTY;
    link_append_location(c->front.then, &location);
    rc = buf_status(&location);
    if (rc == 0)
        rc = make_redirect(c->input, &c->out->resource, 307, c->input->url, buf_str(&location));
    buf_finish(&location);
    return rc;
}

/* --- compiling ------------------------------------------------------------------------------ */

/* What the page is now, once its author has nothing to mend. */
static int make_state(struct compilation *c)
{
    int rc;
    switch (c->out->state) {
    case PAGE_SCHEDULED:
    case PAGE_DRAFT:
        return make_page(c, RESOURCE_DRAFT);
    case PAGE_EXPIRED:
        buf_clear(&c->html);
        buf_clear(&c->fields);
        rc = make_over(c);
        break;
    default:
        rc = make_page(c, RESOURCE_PAGE);
        break;
    }
    return rc == 0 ? add_aliases(c) : rc;
}

static int keep_source(struct compilation *c)
{
    const struct front_matter *front = &c->front;
    if (c->out->changes_at != 0 || front->publish_at.present || front->expires_at.present)
        buf_append(&c->out->source, c->input->bytes);
    return buf_status(&c->out->source);
}

/* The page is rendered whatever its state is, so that its author is told what is wrong before it is
 * public; one that is over does not change with its words any more. */
static int render(struct compilation *c)
{
    struct schedule schedule = schedule_at(&c->front, c->input->settings->zone, c->input->now);
    c->out->state = schedule.state;
    c->out->changes_at = schedule.changes_at;
    c->out->switches_at = schedule.changes_at;
    facts_take_front(&c->facts, &c->front, c->input);
    int rc = render_body(c);
    if (schedule.state == PAGE_EXPIRED)
        c->out->changes_at = schedule.changes_at;
    return rc;
}

/* What its author, or the table of pages, is told of it. */
static void note_goal(struct compilation *c)
{
    struct str goal = facts_goal(&c->facts, &c->front);
    (void)snprintf(c->out->goal, sizeof c->out->goal, "%.*s", STR_ARG(goal));
}

/* The rules, before the state is made: an expired page is no longer there then. Nothing is known of
 * a page whose front matter cannot be read: neither what it asks nor that it is a draft. */
static int lint(const struct compilation *c)
{
    if (c->front.present && !c->front.document)
        return 0;
    const struct lint_page page = {
        .file = c->input->file,
        .url = c->input->url,
        .kind = c->input->source.kind,
        .bytes = c->input->bytes,
        .html = buf_str(&c->html),
        .front = &c->front,
        .facts = &c->facts,
        .settings = c->input->settings,
        .now = c->input->now,
    };
    int rc = lint_page(&page, c->diags);
    if (rc == ERR_TOO_LARGE) {
        complain_entangled(c);
        rc = 0;
    }
    return rc;
}

/* A page that is still to come weighs what it will once it is live: then it reports. What is wrong
 * with it has been said. */
static int weigh_to_come(struct compilation *c)
{
    struct compiled compiled = {.state = PAGE_LIVE};
    struct diags said = {0};
    struct compilation live = {
        .input = c->input, .tier = c->tier, .front = c->front, .out = &compiled, .diags = &said};
    facts_take_front(&live.facts, &live.front, live.input);
    int rc = render_body(&live);
    if (rc == 0)
        rc = make_page(&live, RESOURCE_PAGE);
    if (rc == 0)
        rc = lint_weight(compiled.resource, c->diags);
    if (rc == 0)
        c->out->wire_size = resource_wire_size(compiled.resource);
    finish_compilation(&live);
    compiled_finish(&compiled);
    diags_finish(&said);
    return rc;
}

static int weigh(struct compilation *c)
{
    if (c->out->state == PAGE_SCHEDULED || c->out->state == PAGE_DRAFT)
        return weigh_to_come(c);
    if (c->out->resource->kind != RESOURCE_REDIRECT)
        c->out->wire_size = resource_wire_size(c->out->resource);
    return c->out->state == PAGE_EXPIRED ? 0 : lint_weight(c->out->resource, c->diags);
}

static int finish_page(struct compilation *c)
{
    int rc = lint(c);
    if (rc == 0)
        rc = make_state(c);
    if (rc == 0)
        rc = weigh(c);
    if (rc == 0)
        rc = keep_source(c);
    if (rc == 0)
        note_goal(c);
    return rc;
}

static int compile_text(struct compilation *c)
{
    size_t errors = c->diags->errors;
    check_text(c->input, c->diags);
    if (c->diags->errors > errors)
        return ERR_INVALID;
    int rc = front_matter_read(&c->front, c->input->file, c->input->bytes, c->diags);
    if (rc == 0)
        rc = render(c);
    if (rc == 0)
        rc = finish_page(c);
    bool wrong = c->diags->errors > errors && !c->input->was_good;
    if (rc == 0 && wrong)
        rc = ERR_INVALID;
    front_matter_finish(&c->front);
    return rc;
}

static int make_asset(struct resource **out, const struct page_input *input, enum tier tier)
{
    const struct resource_options options = {
        .kind = RESOURCE_ASSET,
        .path = input->url,
        .file = input->file,
        .content_type = str_from(input->source.content_type),
        .compressible = input->source.compressible,
        .tier = tier,
    };
    return resource_create(out, &options, input->bytes);
}

/* Nobody means an empty picture, but for an icon, with which browsers stop asking for one. */
static bool is_empty_picture(const struct page_input *input)
{
    struct str type = str_from(input->source.content_type);
    return input->bytes.len == 0 && str_starts_with(type, STR("image/")) &&
           !str_eq(type, STR("image/x-icon"));
}

static int compile_asset(struct compiled *out, const struct page_input *input, enum tier tier,
                         struct diags *diags)
{
    size_t errors = diags->errors;
    if (is_empty_picture(input))
        page_say_empty(input->file, diags);
    lint_asset(input->file, input->bytes, diags);
    return diags->errors > errors ? ERR_INVALID : make_asset(&out->resource, input, tier);
}

static int compile(struct compiled *out, const struct page_input *input, enum tier tier,
                   struct diags *diags)
{
    if (input->source.kind == SOURCE_ASSET)
        return compile_asset(out, input, tier, diags);

    struct compilation c = {.input = input, .tier = tier, .out = out, .diags = diags};
    int rc = compile_text(&c);
    if (rc != 0) {
        struct compiled facts = {.wire_size = out->wire_size};
        memcpy(facts.goal, out->goal, sizeof facts.goal);
        compiled_finish(out);
        *out = facts;
    }
    finish_compilation(&c);
    return rc;
}

int page_compile(struct compiled *out, const struct page_input *input, enum tier tier,
                 struct diags *diags)
{
    size_t errors = diags->errors;
    *out = (struct compiled){.state = PAGE_LIVE};
    int rc = compile(out, input, tier, diags);
    if (rc == 0 || rc == ERR_NO_MEMORY)
        return rc;
    /* Whatever refuses a file tells why. Should something forget to, silence would be worst. */
    if (diags->errors == errors)
        complain(input, diags, 0, "unexplained",
                 TEXT("this cannot be published, and attimo cannot say why",
                      "questo non si può pubblicare, e attimo non sa dire perché"));
    return ERR_INVALID;
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
    buf_finish(&compiled->source);
    *compiled = (struct compiled){0};
}

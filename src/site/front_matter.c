/* Owns front matter: finding it, and the table of the keys that a page may have. */
#include "site/front_matter.h"

#include "base/err.h"

/* --- keys ----------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    enum intent intent;
} intent_words[] = {
    {"know", INTENT_KNOW},    {"sapere", INTENT_KNOW}, {"buy", INTENT_BUY}, {"go", INTENT_GO},
    {"comprare", INTENT_BUY}, {"do", INTENT_DO},       {"fare", INTENT_DO}, {"andare", INTENT_GO},
};

static enum intent find_intent(struct str word)
{
    for (size_t i = 0; i < sizeof intent_words / sizeof *intent_words; i++)
        if (str_eq_nocase(word, str_from(intent_words[i].word)))
            return intent_words[i].intent;
    return INTENT_NONE;
}

const char *intent_name(enum intent intent)
{
    static const char *const names[] = {"", "know", "buy", "go", "do"};
    return names[intent];
}

static void read_intent(const struct schema_source *source, const struct yaml_node *value,
                        void *field)
{
    enum intent intent = INTENT_NONE;
    if (value->kind == YAML_SCALAR)
        intent = find_intent(value->text);
    if (intent == INTENT_NONE)
        schema_wrong_type(source, value,
                          "one of know, buy, go, do (sapere, comprare, andare, fare)");
    else
        *(enum intent *)field = intent;
}

void lang_read(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    if (value->kind != YAML_SCALAR || value->text.len < 2 || value->text.len > 35 ||
        strspn(value->text.ptr, allowed) != value->text.len)
        schema_wrong_type(source, value, "a language, as in it, en or pt-BR");
    else
        *(struct str *)field = value->text;
}

/* Every key that a page may have. Those without a reader have no effect yet. */
static const struct schema_key keys[] = {
    {"title", schema_text, offsetof(struct front_matter, title)},
    {"description", schema_text, offsetof(struct front_matter, description)},
    {"answer", schema_text, offsetof(struct front_matter, answer)},
    {"lang", lang_read, offsetof(struct front_matter, lang)},
    {"intent", read_intent, offsetof(struct front_matter, intent)},
    {"cta", cta_read, offsetof(struct front_matter, ctas)},
    {"place", place_read, offsetof(struct front_matter, place)},
    {"stage", NULL, 0},
    {"goal", NULL, 0},
    {"image", NULL, 0},
    {"image_alt", NULL, 0},
    {"credit", NULL, 0},
    {"author", NULL, 0},
    {"tags", NULL, 0},
    {"categories", NULL, 0},
    {"date", NULL, 0},
    {"aliases", NULL, 0},
    {"draft", NULL, 0},
    {"publish_at", NULL, 0},
    {"expires_at", NULL, 0},
    {"then", NULL, 0},
    {"product", NULL, 0},
    {0},
};

/* --- the file ------------------------------------------------------------------------------- */

/* "voglio-andare/negozio.md" wants to go. */
static enum intent intent_of_folder(struct str file)
{
    static const struct str prefix = {"voglio-", 7};
    ptrdiff_t slash = str_find(file, '/');
    struct str folder = str_make(file.ptr, slash < 0 ? 0 : (size_t)slash);
    return str_starts_with(folder, prefix) ? find_intent(str_skip(folder, prefix.len))
                                           : INTENT_NONE;
}

static bool is_fence(struct str line)
{
    return str_starts_with(line, STR("---")) && str_trim_lines(str_skip(line, 3)).len == 0;
}

enum split { SPLIT_NONE, SPLIT_DONE, SPLIT_OPEN };

/* Divides the file into front matter and body. */
static enum split split(struct str bytes, struct str *yaml, struct str *body, unsigned *body_line)
{
    struct str rest = bytes;
    struct str line = {0};
    unsigned lines = 1;
    if (!str_split(&rest, '\n', &line) || !is_fence(line))
        return SPLIT_NONE;
    const char *begin = rest.ptr;
    while (str_split(&rest, '\n', &line)) {
        lines++;
        if (!is_fence(line))
            continue;
        *yaml = str_make(begin, (size_t)(line.ptr - begin));
        *body = rest;
        *body_line = lines + 1;
        return SPLIT_DONE;
    }
    return SPLIT_OPEN;
}

static int read_keys(struct front_matter *front, struct str yaml,
                     const struct schema_source *source)
{
    int rc = yaml_parse(&front->document, yaml, source->file, 2, source->diags);
    if (rc == ERR_INVALID)
        return 0; /* It has been said why. */
    if (rc == 0)
        schema_read(source, yaml_root(front->document), keys, front);
    return rc;
}

int front_matter_read(struct front_matter *out, struct str file, struct str bytes,
                      struct diags *diags)
{
    static const struct str byte_order_mark = {"\xEF\xBB\xBF", 3};
    const struct schema_source source = {file, diags, SEVERITY_WARNING};
    if (str_starts_with(bytes, byte_order_mark))
        bytes = str_skip(bytes, byte_order_mark.len);

    *out = (struct front_matter){.body = bytes, .body_line = 1, .intent = intent_of_folder(file)};
    struct str yaml = {0};
    switch (split(bytes, &yaml, &out->body, &out->body_line)) {
    case SPLIT_NONE:
        return 0;
    case SPLIT_OPEN:
        out->present = true;
        diags_add(diags, SEVERITY_ERROR, file, 1, "front-matter",
                  "the front matter that begins here does not end; put a line '---' after it");
        return 0;
    default:
        out->present = true;
        return read_keys(out, yaml, &source);
    }
}

void front_matter_finish(struct front_matter *front)
{
    if (!front)
        return;
    yaml_destroy(front->document);
    *front = (struct front_matter){0};
}

/* Owns `_guidelines.yaml`: the table of the rules that a brand may set. */
#include "site/guidelines.h"

#include "base/err.h"

#include <stdlib.h>

static bool is_text(const struct yaml_node *node)
{
    return node && node->kind == YAML_SCALAR && str_trim_lines(node->text).len > 0;
}

/* `- word`, or `- word: what to say instead`. */
static void read_words(const struct schema_source *source, const struct yaml_node *value,
                       void *field)
{
    const struct yaml_node *item = schema_items(value);
    for (; item; item = schema_next_item(value, item)) {
        bool pair = item->kind == YAML_MAPPING && item->first && !item->first->next;
        schema_warn_cut(source, pair ? item->first : item);
        if (is_text(item) || (pair && is_text(item->first)))
            continue;
        diags_say(source->diags, SEVERITY_ERROR, source->file, item->line, "wrong-type",
                  "an item of 'never_say' is a word, or 'word: what to say instead'",
                  "una voce di «never_say» è una parola, oppure «parola: che cosa dire invece»");
        return;
    }
    *(const struct yaml_node **)field = value;
}

static void read_tags(const struct schema_source *source, const struct yaml_node *value,
                      void *field)
{
    const struct yaml_node *item = schema_items(value);
    for (; item; item = schema_next_item(value, item)) {
        schema_warn_cut(source, item);
        if (is_text(item))
            continue;
        diags_say(source->diags, SEVERITY_ERROR, source->file, item->line, "wrong-type",
                  "'require_expiry' is a list of tags, as in [real-time]",
                  "«require_expiry» è un elenco di tag, per esempio [real-time]");
        return;
    }
    *(const struct yaml_node **)field = value;
}

static void read_credit(const struct schema_source *source, const struct yaml_node *value,
                        void *field)
{
    if (yaml_bool(value, field) != 0)
        diags_say(source->diags, SEVERITY_ERROR, source->file, value->line, "wrong-type",
                  "'require_credit' is yes or no", "«require_credit» è sì o no");
}

static void read_limit(const struct schema_source *source, const struct yaml_node *value,
                       void *field)
{
    uint64_t n;
    if (value->kind == YAML_SCALAR && str_to_u64(value->text, &n) == 0 && n <= 1000)
        *(int *)field = (int)n;
    else
        diags_say(source->diags, SEVERITY_ERROR, source->file, value->line, "wrong-type",
                  "'%s' is a number from 0 to 1000", "«%s» è un numero da 0 a 1000",
                  value->key->text.ptr);
}

static void read_limits(const struct schema_source *source, const struct yaml_node *value,
                        void *field)
{
    static const struct schema_key keys[] = {
        {"superlatives", read_limit, offsetof(struct guidelines, superlatives)},
        {"capitals", read_limit, offsetof(struct guidelines, capitals)},
        {"exclamation_marks", read_limit, offsetof(struct guidelines, exclamation_marks)},
        {0},
    };
    schema_read(source, value, keys, field);
}

static const struct schema_key keys[] = {
    {"never_say", read_words, offsetof(struct guidelines, never_say)},
    {"require_credit", read_credit, offsetof(struct guidelines, require_credit)},
    {"require_expiry", read_tags, offsetof(struct guidelines, require_expiry)},
    {"at_most", read_limits, 0},
    {0},
};

int guidelines_create(struct guidelines **out, struct str yaml, struct diags *diags)
{
    /* A rule that is not understood is not kept: that is worse here than elsewhere. */
    const struct schema_source source = {STR("_guidelines.yaml"), diags, SEVERITY_ERROR};
    struct guidelines *guidelines = calloc(1, sizeof *guidelines);
    if (!guidelines)
        return ERR_NO_MEMORY;
    guidelines->superlatives = GUIDELINES_NO_LIMIT;
    guidelines->capitals = GUIDELINES_NO_LIMIT;
    guidelines->exclamation_marks = GUIDELINES_NO_LIMIT;

    int rc = yaml_parse(&guidelines->document, yaml, source.file, 1, diags);
    if (rc == ERR_NO_MEMORY) {
        guidelines_destroy(guidelines);
        return rc;
    }
    if (rc == 0)
        schema_read(&source, yaml_root(guidelines->document), keys, guidelines);
    *out = guidelines;
    return 0;
}

void guidelines_destroy(struct guidelines *guidelines)
{
    if (!guidelines)
        return;
    yaml_destroy(guidelines->document);
    free(guidelines);
}

struct guidelines_word guidelines_word(const struct yaml_node *item)
{
    if (item->kind == YAML_SCALAR)
        return (struct guidelines_word){.word = item->text};
    return (struct guidelines_word){item->first->key->text, str_trim_lines(item->first->text)};
}

/* Owns the reading of YAML mappings by tables of keys. */
#include "base/schema.h"

#include "base/nearest.h"

/* The key that was most likely meant, or NULL when none comes near. */
static const char *nearest_key(const struct schema_key *keys, struct str name)
{
    struct nearest nearest = nearest_begin(name);
    for (; keys->name; keys++)
        nearest_look(&nearest, keys->name);
    return nearest.name;
}

static void complain_unknown(const struct schema_source *source, const struct schema_key *keys,
                             const struct yaml_node *key)
{
    const char *meant = nearest_key(keys, key->text);
    if (meant)
        diags_say(source->diags, source->unknown_key, source->file, key->line, "unknown-key",
                  "'%s' is not known; did you mean '%s'?",
                  "attimo non conosce «%s»; volevi dire «%s»?", key->text.ptr, meant);
    else
        diags_say(source->diags, source->unknown_key, source->file, key->line, "unknown-key",
                  "'%s' is not known", "attimo non conosce «%s»", key->text.ptr);
}

/* Of a key's value it is said by the key, of a list's item by its line. */
static void warn(const struct schema_source *source, const struct yaml_node *value,
                 const char *rule, struct text words)
{
    const struct yaml_node *key = value->key;
    struct diag_words all = {0};
    if (key) {
        buf_printf(&all.en, "'%s' %s", key->text.ptr, words.en);
        buf_printf(&all.it, "«%s» %s", key->text.ptr, words.it);
    } else {
        buf_printf(&all.en, "this %s", words.en);
        buf_printf(&all.it, "questa voce %s", words.it);
    }
    diags_say_words(source->diags, SEVERITY_WARNING, source->file, key ? key->line : value->line,
                    rule, &all);
}

static void warn_null(const struct schema_source *source, const struct yaml_node *value)
{
    warn(source, value, "no-value",
         TEXT("has no value; what begins with # needs quotes",
              "non ha valore; quello che comincia con # va fra virgolette"));
}

void schema_warn_cut(const struct schema_source *source, const struct yaml_node *value)
{
    if (value->cut)
        warn(source, value, "cut-off",
             TEXT("ends before a '#'; a text with ' #' in it needs quotes",
                  "si ferma davanti a un #; un testo con « #» va fra virgolette"));
}

void schema_read(const struct schema_source *source, const struct yaml_node *mapping,
                 const struct schema_key *keys, void *out)
{
    if (!mapping)
        return;
    if (mapping->kind != YAML_MAPPING) {
        schema_wrong_type(source, mapping,
                          TEXT("lines of 'key: value'", "un elenco di righe «chiave: valore»"));
        return;
    }
    for (const struct yaml_node *value = mapping->first; value; value = value->next) {
        const struct schema_key *k = keys;
        while (k->name && !str_eq(str_from(k->name), value->key->text))
            k++;
        if (!k->name)
            complain_unknown(source, keys, value->key);
        else if (k->read && (k->reads_null || !yaml_is_null(value)))
            k->read(source, value, (char *)out + k->offset);
        else if (k->read)
            warn_null(source, value);
    }
}

void schema_text(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    if (value->kind != YAML_SCALAR) {
        schema_wrong_type(source, value,
                          TEXT("a text; put quotes around it", "un testo; mettilo fra virgolette"));
        return;
    }
    schema_warn_cut(source, value);
    *(struct str *)field = value->text;
}

/* Italians write a comma, which YAML leaves in the text. */
static const struct text a_number = {"a number, as in 18 or 18.50",
                                     "un numero con il punto, per esempio 18 o 18.50"};

/* Of a point before three digits they mean that thousands are parted there. */
static const struct text an_amount = {
    "a number without a point between thousands: 1299 or 18.50",
    "un numero senza il punto delle migliaia: 1299 o, con i centesimi, 18.50"};

static bool is_number(struct str s)
{
    if (s.len > 0 && (*s.ptr == '-' || *s.ptr == '+'))
        s = str_skip(s, 1);
    size_t digits = 0;
    size_t points = 0;
    for (size_t i = 0; i < s.len; i++) {
        digits += s.ptr[i] >= '0' && s.ptr[i] <= '9';
        points += s.ptr[i] == '.';
    }
    return digits > 0 && points <= 1 && digits + points == s.len;
}

void schema_number(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    if (value->kind != YAML_SCALAR || !is_number(value->text)) {
        schema_wrong_type(source, value, a_number);
        return;
    }
    *(struct str *)field = value->text;
}

static bool is_amount(struct str s)
{
    ptrdiff_t point = str_find(s, '.');
    size_t decimals = point < 0 ? 0 : s.len - (size_t)point - 1;
    return is_number(s) && !strchr("+-", *s.ptr) && (point < 0 || decimals == 1 || decimals == 2);
}

void schema_amount(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    if (value->kind != YAML_SCALAR || !is_amount(value->text))
        schema_wrong_type(source, value, an_amount);
    else
        *(struct str *)field = value->text;
}

void schema_bool(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    if (yaml_bool(value, field) != 0)
        schema_wrong_type(source, value, TEXT("true or false", "true (sì) o false (no)"));
}

void schema_texts(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    const struct yaml_node *item = schema_items(value);
    for (; item; item = schema_next_item(value, item)) {
        if (item->kind != YAML_SCALAR) {
            schema_wrong_type(source, value,
                              TEXT("a text or a list of texts", "un testo o un elenco di testi"));
            return;
        }
        if (yaml_is_null(item))
            warn_null(source, item);
        else
            schema_warn_cut(source, item);
    }
    *(const struct yaml_node **)field = value;
}

void schema_moment(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    struct schema_moment moment = {.present = true, .line = value->line};
    if (value->kind != YAML_SCALAR || calendar_parse_date_time(value->text, &moment.time) != 0)
        schema_wrong_type(source, value,
                          TEXT("a date and a time, as in 2026-12-24 18:00",
                               "una data e un’ora, per esempio 2026-12-24 18:00"));
    else
        *(struct schema_moment *)field = moment;
}

int schema_choose(const struct schema_source *source, const struct yaml_node *value,
                  const struct schema_word *words, struct text wanted)
{
    for (; value->kind == YAML_SCALAR && words->word; words++)
        if (str_eq_nocase(value->text, str_from(words->word)))
            return words->value;
    schema_wrong_type(source, value, wanted);
    return -1;
}

void schema_wrong_type(const struct schema_source *source, const struct yaml_node *value,
                       struct text wanted)
{
    const struct yaml_node *key = value->key;
    struct diag_words words = {0};
    if (key) {
        buf_printf(&words.en, "'%s' must be %s", key->text.ptr, wanted.en);
        buf_printf(&words.it, "«%s» deve essere %s", key->text.ptr, wanted.it);
    } else {
        buf_printf(&words.en, "this must be %s", wanted.en);
        buf_printf(&words.it, "qui ci vuole %s", wanted.it);
    }
    diags_say_words(source->diags, SEVERITY_ERROR, source->file, key ? key->line : value->line,
                    "wrong-type", &words);
}

void schema_error(const struct schema_source *source, const struct yaml_node *value,
                  const char *rule, struct text words)
{
    diags_say_text(source->diags, SEVERITY_ERROR, source->file, value->line, rule, words);
}

const struct yaml_node *schema_items(const struct yaml_node *value)
{
    return value->kind == YAML_SEQUENCE ? value->first : value;
}

const struct yaml_node *schema_next_item(const struct yaml_node *list, const struct yaml_node *item)
{
    return list->kind == YAML_SEQUENCE ? item->next : NULL;
}

static const struct yaml_node *skip_nulls(const struct yaml_node *list,
                                          const struct yaml_node *item)
{
    while (item && yaml_is_null(item))
        item = schema_next_item(list, item);
    return item;
}

const struct yaml_node *schema_first_text(const struct yaml_node *list)
{
    return list ? skip_nulls(list, schema_items(list)) : NULL;
}

const struct yaml_node *schema_next_text(const struct yaml_node *list, const struct yaml_node *item)
{
    return skip_nulls(list, schema_next_item(list, item));
}

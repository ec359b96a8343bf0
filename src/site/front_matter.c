/* Owns front matter: finding it, and the table of the keys that a page may have. */
#include "site/front_matter.h"

#include "base/err.h"
#include "http/path.h"
#include "site/link.h"

/* --- keys ----------------------------------------------------------------------------------- */

static const struct schema_word intent_words[] = {
    {"know", INTENT_KNOW},    {"sapere", INTENT_KNOW}, {"buy", INTENT_BUY},
    {"comprare", INTENT_BUY}, {"go", INTENT_GO},       {"andare", INTENT_GO},
    {"do", INTENT_DO},        {"fare", INTENT_DO},     {0},
};

const char *intent_name(enum intent intent)
{
    static const char *const names[] = {"", "know", "buy", "go", "do"};
    return names[intent];
}

const char *stage_name(enum stage stage)
{
    static const char *const names[] = {"", "discovery", "evaluation", "purchase", "loyalty"};
    return names[stage];
}

static void read_intent(const struct schema_source *source, const struct yaml_node *value,
                        void *field)
{
    int chosen = schema_choose(source, value, intent_words,
                               TEXT("one of know, buy, go, do (sapere, comprare, andare, fare)",
                                    "uno fra sapere, comprare, andare, fare"));
    if (chosen >= 0)
        *(enum intent *)field = (enum intent)chosen;
}

static void read_stage(const struct schema_source *source, const struct yaml_node *value,
                       void *field)
{
    static const struct schema_word words[] = {
        {"discovery", STAGE_DISCOVERY},    {"scoperta", STAGE_DISCOVERY},
        {"evaluation", STAGE_EVALUATION},  {"valutazione", STAGE_EVALUATION},
        {"purchase", STAGE_PURCHASE},      {"acquisto", STAGE_PURCHASE},
        {"loyalty", STAGE_LOYALTY},        {"fedelta", STAGE_LOYALTY},
        {"fedelt\xC3\xA0", STAGE_LOYALTY}, {0},
    };
    int chosen = schema_choose(source, value, words,
                               TEXT("one of discovery, evaluation, purchase, loyalty (scoperta, "
                                    "valutazione, acquisto, fedelt\xC3\xA0)",
                                    "uno fra scoperta, valutazione, acquisto, fedeltà"));
    if (chosen >= 0)
        *(enum stage *)field = (enum stage)chosen;
}

/* The goals that are no call to action have names in both languages. */
static void read_goal(const struct schema_source *source, const struct yaml_node *value,
                      void *field)
{
    struct str goal = {0};
    schema_text(source, value, &goal);
    if (str_eq_nocase(goal, STR("letto")))
        goal = STR("read");
    else if (str_eq_nocase(goal, STR("condiviso")))
        goal = STR("shared");
    *(struct str *)field = goal;
}

static void read_then(const struct schema_source *source, const struct yaml_node *value,
                      void *field)
{
    struct str to = value->text;
    bool page = str_starts_with(to, STR("/")) || str_starts_with(to, STR("https://")) ||
                str_starts_with(to, STR("http://"));
    if (value->kind != YAML_SCALAR || !page || !link_is_allowed(to))
        schema_wrong_type(
            source, value,
            TEXT("a path of this site that begins with '/', or an https address",
                 "un indirizzo di questo sito che comincia con «/», o un indirizzo https"));
    else
        *(struct str *)field = to;
}

static void read_image(const struct schema_source *source, const struct yaml_node *value,
                       void *field)
{
    struct front_matter *front = field;
    front->image_line = value->line;
    schema_text(source, value, &front->image);
}

/* Without a query, or what browsers read as a slash. */
static bool is_path_alone(struct str text)
{
    return str_find(text, '?') < 0 && str_find(text, '#') < 0 && str_find(text, '\\') < 0;
}

/* Whether a page may have it: `path` is decoded. */
static bool is_free(struct str path)
{
    return str_starts_with(path, STR("/")) && !str_starts_with(path, STR("//")) &&
           !str_starts_with(path, STR("/_")) && !str_eq(path, STR("/404"));
}

/* Whether it can be asked for: what no request may name would lead nobody anywhere. */
static bool is_askable(struct str path)
{
    struct buf raw = BUF_EMPTY;
    struct buf scratch = BUF_EMPTY;
    struct str decoded;
    path_encode(path, &raw);
    int rc = buf_status(&raw);
    if (rc == 0)
        rc = path_decode(buf_str(&raw), &scratch, &decoded);
    buf_finish(&raw);
    buf_finish(&scratch);
    return rc != ERR_INVALID;
}

/* What is wrong with an alias, which may be written as a browser shows it or as it sends it; no
 * words: nothing. */
static struct text find_fault(struct str text)
{
    struct buf scratch = BUF_EMPTY;
    struct str path;
    struct text fault = {0};
    int rc = path_decode(text, &scratch, &path);
    if (!is_path_alone(text) || (rc == 0 && !is_free(path)))
        fault = TEXT("an alias is a path of this site, as in /natale: it begins with one '/', "
                     "holds no '?', '#' or '\\', and is neither /404 nor begins with /_",
                     "un alias è un indirizzo di questo sito, per esempio /natale: comincia con "
                     "un solo «/», non ha «?», «#» né «\\», non è /404 e non comincia con /_");
    else if (rc == ERR_INVALID && str_find(text, '%') >= 0)
        fault = TEXT("no browser can ask for this alias: its '%' begins no escape of a character "
                     "that an address may have, as %C3%A8 does; for a percent sign write %25",
                     "nessun browser può chiedere questo alias: il suo «%» non introduce un "
                     "carattere che un indirizzo possa avere, come fa %C3%A8; per un segno di "
                     "percentuale scrivi %25");
    else if (rc == ERR_INVALID || (rc == 0 && !is_askable(path)))
        fault = TEXT("no browser can ask for this alias: it holds a line end or another control "
                     "character, or more than 30 accents in a row",
                     "nessun browser può chiedere questo alias: contiene un a capo o un altro "
                     "carattere di controllo, o più di 30 accenti di fila");
    buf_finish(&scratch);
    return fault;
}

static void read_aliases(const struct schema_source *source, const struct yaml_node *value,
                         void *field)
{
    const struct yaml_node *list = NULL;
    schema_texts(source, value, &list);
    const struct yaml_node *item = schema_first_text(list);
    for (; item; item = schema_next_text(list, item)) {
        struct text fault = find_fault(item->text);
        if (fault.en) {
            schema_error(source, item, "alias", fault);
            return;
        }
    }
    *(const struct yaml_node **)field = list;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* A code of two or three letters, and parts that tell more of it (RFC 5646 2.1). `text` ends in
 * NUL. */
static bool is_language(struct str text)
{
    size_t code = strspn(text.ptr, LETTERS);
    bool ends = text.ptr[code] == '\0' || text.ptr[code] == '-';
    return (code == 2 || code == 3) && ends && text.len <= 35 &&
           strspn(text.ptr, LETTERS "0123456789-") == text.len;
}

void lang_read(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    if (value->kind != YAML_SCALAR || !is_language(value->text))
        schema_wrong_type(
            source, value,
            TEXT("a language, as in it, en or pt-BR", "una lingua, per esempio it, en o pt-BR"));
    else
        *(struct str *)field = value->text;
}

/* What keeps a page back, or ends it, is refused where it is empty: half a line shows nobody a
 * page. */
static const struct schema_key keys[] = {
    {"title", schema_text, offsetof(struct front_matter, title)},
    {"description", schema_text, offsetof(struct front_matter, description)},
    {"answer", schema_text, offsetof(struct front_matter, answer)},
    {"lang", lang_read, offsetof(struct front_matter, lang)},
    {"intent", read_intent, offsetof(struct front_matter, intent)},
    {"stage", read_stage, offsetof(struct front_matter, stage)},
    {"cta", cta_read, offsetof(struct front_matter, ctas)},
    {"goal", read_goal, offsetof(struct front_matter, goal)},
    {"place", place_read, offsetof(struct front_matter, place)},
    {"product", product_read, offsetof(struct front_matter, product)},
    {"image", read_image, 0},
    {"image_alt", schema_text, offsetof(struct front_matter, image_alt)},
    {"credit", schema_text, offsetof(struct front_matter, credit)},
    {"author", schema_text, offsetof(struct front_matter, author)},
    {"tags", schema_texts, offsetof(struct front_matter, tags)},
    {"categories", schema_texts, offsetof(struct front_matter, categories)},
    {"date", schema_moment, offsetof(struct front_matter, date)},
    {"aliases", read_aliases, offsetof(struct front_matter, aliases)},
    {"draft", schema_bool, offsetof(struct front_matter, draft), true},
    {"publish_at", schema_moment, offsetof(struct front_matter, publish_at), true},
    {"expires_at", schema_moment, offsetof(struct front_matter, expires_at), true},
    {"then", read_then, offsetof(struct front_matter, then)},
    {0},
};

/* --- the file ------------------------------------------------------------------------------- */

static enum intent find_intent(struct str word)
{
    for (const struct schema_word *w = intent_words; w->word; w++)
        if (str_eq_nocase(word, str_from(w->word)))
            return (enum intent)w->value;
    return INTENT_NONE;
}

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
    const struct schema_source source = {file, diags, SEVERITY_WARNING};
    bytes = str_skip_mark(bytes);

    *out = (struct front_matter){.body = bytes, .body_line = 1, .intent = intent_of_folder(file)};
    struct str yaml = {0};
    switch (split(bytes, &yaml, &out->body, &out->body_line)) {
    case SPLIT_NONE:
        return 0;
    case SPLIT_OPEN:
        out->present = true;
        diags_say(diags, SEVERITY_ERROR, file, 1, "front-matter",
                  "the front matter that begins here does not end; put a line '---' after it",
                  "l’intestazione che comincia qui non finisce; mettile dopo una riga «---»");
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

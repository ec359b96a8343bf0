/* Owns YAML: libyaml's events become a tree, and its complaints become words for authors. */
#include "base/yaml.h"

#include "base/err.h"
#include "base/yaml_complaint.h"

#include <assert.h>
#include <stdlib.h>
#include <yaml.h>

enum { DEPTH_MAX = 16, NODES_MAX = 20000 };

/* A node and its text in one allocation; a document is the chain of all of them. */
struct slot {
    struct slot *older;
    struct yaml_node node;
    char text[];
};

struct yaml {
    struct slot *newest;
    struct yaml_node *root;
};

/* A sequence or mapping that is still open. */
struct level {
    struct yaml_node *node;
    struct yaml_node *last;
    struct yaml_node *key; /* read, and waiting for its value */
};

struct builder {
    yaml_parser_t parser;
    struct yaml *document;
    struct str text;
    struct str file;
    unsigned first_line;
    struct diags *diags;
    struct str rest; /* of the text, behind its first `passed` characters */
    size_t passed;
    size_t nodes;
    size_t documents;
    size_t depth;
    struct level levels[DEPTH_MAX];
    bool done;
};

static unsigned line_of(const struct builder *b, yaml_mark_t mark)
{
    return b->first_line + (unsigned)mark.line;
}

/* Adds an error and gives the code that ends the parse. */
static int refuse(struct builder *b, unsigned line, struct text words)
{
    diags_say_text(b->diags, SEVERITY_ERROR, b->file, line, "yaml", words);
    return ERR_INVALID;
}

/* --- libyaml's complaints ------------------------------------------------------------------- */

/* The reader, which runs ahead of the scanner, tells an offset instead of a line. */
static unsigned problem_line(const struct builder *b)
{
    if (b->parser.error != YAML_READER_ERROR)
        return line_of(b, b->parser.problem_mark);

    unsigned line = b->first_line;
    for (size_t i = 0; i < b->text.len && i < b->parser.problem_offset; i++)
        line += b->text.ptr[i] == '\n';
    return line;
}

static bool begins_with_tab(const struct builder *b, unsigned line)
{
    struct str rest = b->text;
    struct str text = {NULL, 0};
    for (unsigned i = b->first_line; i <= line; i++)
        if (!str_split(&rest, '\n', &text))
            return false;
    size_t spaces = 0;
    while (spaces < text.len && text.ptr[spaces] == ' ')
        spaces++;
    return spaces < text.len && text.ptr[spaces] == '\t';
}

static int refuse_syntax(struct builder *b)
{
    if (b->parser.error == YAML_MEMORY_ERROR)
        return ERR_NO_MEMORY;

    unsigned line = problem_line(b);
    const char *problem = b->parser.problem ? b->parser.problem : "unknown";
    if (begins_with_tab(b, line))
        return refuse(b, line,
                      TEXT("this line begins with a tab; indent with spaces",
                           "questa riga comincia con un tabulatore; per i rientri usa gli spazi"));
    const struct yaml_complaint *complaint = yaml_complaint_find(problem);
    if (complaint) {
        bool at_context = complaint->at_context && b->parser.context;
        return refuse(b, at_context ? line_of(b, b->parser.context_mark) : line, complaint->words);
    }
    diags_say(b->diags, SEVERITY_ERROR, b->file, line, "yaml", "this is not YAML: %s",
              "questo non è YAML: %s", problem);
    return ERR_INVALID;
}

/* --- the tree ------------------------------------------------------------------------------- */

/* Whether a comment follows that is rather a part of the text: comments have a space behind their
 * '#', and "Felpe #parma" has none. libyaml counts characters, and its events come in order. */
static bool is_cut(struct builder *b, const yaml_event_t *event)
{
    bool valid;
    for (; b->passed < event->end_mark.index && b->rest.len > 0; b->passed++)
        b->rest = str_skip(b->rest, str_utf8_char(b->rest, &valid));
    struct str rest = b->rest;
    while (rest.len > 0 && (rest.ptr[0] == ' ' || rest.ptr[0] == '\t'))
        rest = str_skip(rest, 1);
    return rest.len > 1 && rest.ptr[0] == '#' && !strchr(" \t\r\n", rest.ptr[1]);
}

static int make_node(struct builder *b, enum yaml_kind kind, const yaml_event_t *event,
                     struct yaml_node **out)
{
    bool scalar = kind == YAML_SCALAR;
    size_t len = scalar ? event->data.scalar.length : 0;
    if (++b->nodes > NODES_MAX)
        return refuse(b, line_of(b, event->start_mark),
                      TEXT("there are too many values", "ci sono troppi valori"));

    struct slot *slot = calloc(1, sizeof *slot + len + 1);
    if (!slot)
        return ERR_NO_MEMORY;
    if (len > 0)
        memcpy(slot->text, event->data.scalar.value, len);
    slot->older = b->document->newest;
    b->document->newest = slot;

    slot->node = (struct yaml_node){
        .kind = kind,
        .line = line_of(b, event->start_mark),
        .text = str_make(slot->text, len),
        .quoted = scalar && event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE,
    };
    slot->node.cut = scalar && !slot->node.quoted && is_cut(b, event);
    *out = &slot->node;
    return 0;
}

static int take_key(struct builder *b, struct level *level, struct yaml_node *key)
{
    if (key->kind != YAML_SCALAR)
        return refuse(b, key->line,
                      TEXT("a key must be a word, not a list; check the brackets",
                           "una chiave è una parola, non un elenco; controlla le parentesi"));
    if (key->text.len == 0)
        return refuse(b, key->line,
                      TEXT("the key before ':' is missing", "manca la chiave prima di «:»"));
    for (const struct yaml_node *n = level->node->first; n; n = n->next) {
        if (!str_eq(n->key->text, key->text))
            continue;
        diags_say(b->diags, SEVERITY_ERROR, b->file, key->line, "yaml",
                  "'%s' is given twice; it already stands in line %u",
                  "«%s» c’è due volte; sta già nella riga %u", key->text.ptr, n->key->line);
        return ERR_INVALID;
    }
    level->key = key;
    return 0;
}

static int attach(struct builder *b, struct yaml_node *node)
{
    if (b->depth == 0) {
        b->document->root = node;
        return 0;
    }
    struct level *level = &b->levels[b->depth - 1];
    if (level->node->kind == YAML_MAPPING && !level->key)
        return take_key(b, level, node);

    node->key = level->key;
    level->key = NULL;
    if (level->last)
        level->last->next = node;
    else
        level->node->first = node;
    level->last = node;
    return 0;
}

static int open_collection(struct builder *b, enum yaml_kind kind, const yaml_event_t *event)
{
    struct yaml_node *node;
    int rc = make_node(b, kind, event, &node);
    if (rc == 0)
        rc = attach(b, node);
    if (rc != 0)
        return rc;
    if (b->depth == DEPTH_MAX)
        return refuse(
            b, node->line,
            TEXT("this is nested too deeply", "ci sono troppi livelli uno dentro l’altro"));
    b->levels[b->depth++] = (struct level){.node = node};
    return 0;
}

static int add_scalar(struct builder *b, const yaml_event_t *event)
{
    struct yaml_node *node;
    int rc = make_node(b, YAML_SCALAR, event, &node);
    if (rc != 0)
        return rc;
    if (memchr(node->text.ptr, '\0', node->text.len))
        return refuse(
            b, node->line,
            TEXT("a text must not hold a zero byte", "un testo non può contenere un byte zero"));
    return attach(b, node);
}

/* Anchors could make a small file large, and tags mean nothing here: both are rather a text that
 * lacks its quotes. */
static int check_properties(struct builder *b, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL;
    const yaml_char_t *tag = NULL;
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (anchor || event->type == YAML_ALIAS_EVENT)
        return refuse(b, line_of(b, event->start_mark),
                      TEXT("a text that begins with '*' or '&' must be in quotes",
                           "un testo che comincia con * o & va fra virgolette"));
    if (tag)
        return refuse(b, line_of(b, event->start_mark),
                      TEXT("a text that begins with '!' must be in quotes",
                           "un testo che comincia con ! va fra virgolette"));
    return 0;
}

static int on_event(struct builder *b, const yaml_event_t *event)
{
    int rc = check_properties(b, event);
    if (rc != 0)
        return rc;
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++b->documents > 1)
            return refuse(
                b, line_of(b, event->start_mark),
                TEXT("a second '---' begins another document; only one is read",
                     "un secondo «---» comincia un altro documento; se ne legge uno solo"));
        return 0;
    case YAML_SCALAR_EVENT:
        return add_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(b, YAML_SEQUENCE, event);
    case YAML_MAPPING_START_EVENT:
        return open_collection(b, YAML_MAPPING, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        assert(b->depth > 0);
        b->depth--;
        return 0;
    case YAML_STREAM_END_EVENT:
        b->done = true;
        return 0;
    default:
        return 0;
    }
}

static int build(struct builder *b)
{
    int rc = 0;
    while (rc == 0 && !b->done) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event))
            return refuse_syntax(b);
        rc = on_event(b, &event);
        yaml_event_delete(&event);
    }
    return rc;
}

int yaml_parse(struct yaml **out, struct str text, struct str file, unsigned first_line,
               struct diags *diags)
{
    /* libyaml would count a byte order mark as a column, and find the next line badly indented. */
    text = str_skip_mark(text);
    struct builder b = {
        .text = text, .file = file, .first_line = first_line, .diags = diags, .rest = text};
    b.document = calloc(1, sizeof *b.document);
    if (!b.document)
        return ERR_NO_MEMORY;
    if (!yaml_parser_initialize(&b.parser)) {
        yaml_destroy(b.document);
        return ERR_NO_MEMORY;
    }
    const char *bytes = text.ptr ? text.ptr : "";
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)bytes, text.len);

    int rc = build(&b);
    yaml_parser_delete(&b.parser);
    if (rc != 0) {
        yaml_destroy(b.document);
        return rc;
    }
    if (yaml_is_null(b.document->root))
        b.document->root = NULL;
    *out = b.document;
    return 0;
}

void yaml_destroy(struct yaml *document)
{
    if (!document)
        return;
    while (document->newest) {
        struct slot *slot = document->newest;
        document->newest = slot->older;
        free(slot);
    }
    free(document);
}

/* --- reading the tree ----------------------------------------------------------------------- */

const struct yaml_node *yaml_root(const struct yaml *document)
{
    return document ? document->root : NULL;
}

const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key)
{
    if (!mapping || mapping->kind != YAML_MAPPING)
        return NULL;
    for (const struct yaml_node *n = mapping->first; n; n = n->next)
        if (str_eq(n->key->text, str_from(key)))
            return n;
    return NULL;
}

static bool is_plain(const struct yaml_node *node)
{
    return node && node->kind == YAML_SCALAR && !node->quoted;
}

bool yaml_is_null(const struct yaml_node *node)
{
    return is_plain(node) && (node->text.len == 0 || str_eq(node->text, STR("~")) ||
                              str_eq_nocase(node->text, STR("null")));
}

int yaml_bool(const struct yaml_node *node, bool *out)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {
        {"true", true}, {"false", false}, {"yes", true},       {"no", false},
        {"on", true},   {"off", false},   {"s\xC3\xAC", true}, {"S\xC3\x8C", true},
        {"si", true},   {"vero", true},   {"falso", false},
    };
    if (!is_plain(node))
        return ERR_INVALID;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!str_eq_nocase(node->text, str_from(words[i].word)))
            continue;
        *out = words[i].value;
        return 0;
    }
    return ERR_INVALID;
}

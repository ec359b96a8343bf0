/* YAML as a tree of nodes that know their lines. The only user of libyaml. */
#ifndef ATTIMO_BASE_YAML_H
#define ATTIMO_BASE_YAML_H

#include "base/diag.h"
#include "base/str.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
    enum yaml_kind kind;
    unsigned line;           /* of the file, from 1 */
    struct str text;         /* of a scalar, ends in NUL; owned by the document */
    bool quoted;             /* a scalar in quotes or as a block: always a string */
    bool cut;                /* one in neither, behind which a '#' begins a word on its line */
    struct yaml_node *key;   /* of a mapping's member, else NULL */
    struct yaml_node *first; /* members of a sequence or mapping, in order */
    struct yaml_node *next;  /* sibling */
};

struct yaml; /* one document */

/* Parses the one document in `text`. `first_line` is the line of the file on which `text` starts.
 * What is not YAML, and what has no place here (anchors, aliases, tags, repeated keys, a second
 * document, depths over 16, more than 20 000 values, zero bytes), is added to `diags` under rule
 * "yaml", and ERR_INVALID is returned. ERR_NO_MEMORY. An empty document has no root (yaml_root
 * gives NULL). */
int yaml_parse(struct yaml **out, struct str text, struct str file, unsigned first_line,
               struct diags *diags);
void yaml_destroy(struct yaml *document);

const struct yaml_node *yaml_root(const struct yaml *document);

/* The value under `key`; NULL when it is not there or `mapping` is NULL or none. */
const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key);

/* Whether a scalar says nothing: empty and unquoted, `~`, `null`. */
bool yaml_is_null(const struct yaml_node *node);

/* true/false/yes/no/on/off/sì/si/vero/falso, unquoted. ERR_INVALID otherwise. */
int yaml_bool(const struct yaml_node *node, bool *out);

#endif

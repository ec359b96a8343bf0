/* Reads a YAML mapping into a struct, by a table of its keys. */
#ifndef ATTIMO_BASE_SCHEMA_H
#define ATTIMO_BASE_SCHEMA_H

#include "base/calendar.h"
#include "base/diag.h"
#include "base/yaml.h"

/* Where values come from, and where complaints about them go. */
struct schema_source {
    struct str file;
    struct diags *diags;
    enum severity unknown_key; /* how bad a key is that the table does not know */
};

/* Puts `value` (null only where the table says so) into the field, or adds an error. What it stores
 * may point into the document. */
typedef void schema_reader(const struct schema_source *source, const struct yaml_node *value,
                           void *field);

/* One key of a table; a zeroed entry ends the table. Without `read` the key is known and has no
 * effect. The field lies `offset` bytes into the struct. */
struct schema_key {
    const char *name;
    schema_reader *read;
    size_t offset;
    bool reads_null; /* a null is not passed over: the reader gets it, too, and refuses it */
};

/* Reads what is there; fields of keys that are absent or null stay as they are, and a null is a
 * warning (rule "no-value"). A `mapping` that is NULL is empty; one that is no mapping is an error
 * (rule "wrong-type"). Unknown keys (rule "unknown-key") are named together with the nearest one of
 * the table. */
void schema_read(const struct schema_source *source, const struct yaml_node *mapping,
                 const struct schema_key *keys, void *out);

/* Readers for fields of type struct str: any scalar; a decimal number, kept as it is written. Of a
 * text that is rather longer than YAML takes it, "Felpe #parma", they warn. */
schema_reader schema_text;
schema_reader schema_number;

/* An amount of money, kept as it is written: not negative, of a point one or two digits behind. */
schema_reader schema_amount;

/* For a bool. */
schema_reader schema_bool;

/* A list of scalars (or one), for a `const struct yaml_node *`: walk it with schema_first_text. */
schema_reader schema_texts;

/* For a struct schema_moment: a date, with a time and an offset if one likes. */
struct schema_moment {
    bool present;
    struct date_time time;
    unsigned line;
};
schema_reader schema_moment;

/* One of several words, in any letter case; a table ends with a zeroed entry. Returns its value, or
 * adds the error that the key must be `wanted` and returns -1. */
struct schema_word {
    const char *word;
    int value;
};
int schema_choose(const struct schema_source *source, const struct yaml_node *value,
                  const struct schema_word *words, struct text wanted);

/* Adds the error that `value` is not what its key wants: "'cta' must be <wanted>", "«cta» deve
 * essere <wanted>". */
void schema_wrong_type(const struct schema_source *source, const struct yaml_node *value,
                       struct text wanted);

/* Warns of a text that YAML cuts off before a '#' (rule "cut-off"), as schema_text and schema_texts
 * do. */
void schema_warn_cut(const struct schema_source *source, const struct yaml_node *value);

/* Adds an error about a value that has the right type. */
void schema_error(const struct schema_source *source, const struct yaml_node *value,
                  const char *rule, struct text words);

/* A scalar or mapping where a list is meant is a list of one: the first item of `value`, to be
 * followed by `next` (which is NULL for that one). */
const struct yaml_node *schema_items(const struct yaml_node *value);
const struct yaml_node *schema_next_item(const struct yaml_node *list,
                                         const struct yaml_node *item);

/* The same of a list that schema_texts has read, or NULL: an item without a value is passed over.
 */
const struct yaml_node *schema_first_text(const struct yaml_node *list);
const struct yaml_node *schema_next_text(const struct yaml_node *list,
                                         const struct yaml_node *item);

#endif

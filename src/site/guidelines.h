/* The brand's own rules: `_guidelines.yaml`, read once and then immutable. */
#ifndef ATTIMO_SITE_GUIDELINES_H
#define ATTIMO_SITE_GUIDELINES_H

#include "base/diag.h"
#include "base/schema.h"

enum { GUIDELINES_NO_LIMIT = -1 };

struct guidelines {
    const struct yaml_node *never_say;      /* a list; see guidelines_word */
    const struct yaml_node *require_expiry; /* tags; NULL: "real-time" */
    bool require_credit;
    int superlatives; /* at most; or GUIDELINES_NO_LIMIT */
    int capitals;
    int exclamation_marks;
    struct yaml *document;
};

/* Reads the text of `_guidelines.yaml`. What is wrong is told in `diags` (file "_guidelines.yaml");
 * the rest of the rules hold whatever is wrong with one. ERR_NO_MEMORY. */
int guidelines_create(struct guidelines **out, struct str yaml, struct diags *diags);
void guidelines_destroy(struct guidelines *guidelines);

/* A word that is never said, and what to say instead (empty: the brand does not say). */
struct guidelines_word {
    struct str word;
    struct str instead;
};
struct guidelines_word guidelines_word(const struct yaml_node *item);

#endif

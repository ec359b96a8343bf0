/* Front matter: what a page file says of itself between two `---` lines, before its body. */
#ifndef ATTIMO_SITE_FRONT_MATTER_H
#define ATTIMO_SITE_FRONT_MATTER_H

#include "base/diag.h"
#include "site/cta.h"
#include "site/place.h"
#include "site/product.h"

enum intent { INTENT_NONE, INTENT_KNOW, INTENT_BUY, INTENT_GO, INTENT_DO };

/* "know", "buy", "go", "do"; "" for none. */
const char *intent_name(enum intent intent);

/* How far its visitors are on their way to buying. */
enum stage { STAGE_NONE, STAGE_DISCOVERY, STAGE_EVALUATION, STAGE_PURCHASE, STAGE_LOYALTY };

/* "discovery", "evaluation", "purchase", "loyalty"; "" for none. */
const char *stage_name(enum stage stage);

/* Slices of what is absent are empty, lists NULL. They point into the document and into the file's
 * bytes. */
struct front_matter {
    bool present;
    struct str body;    /* what comes after it; the whole file without */
    unsigned body_line; /* the line of the file on which the body begins */
    struct str title;
    struct str description;
    struct str answer;
    struct str lang;
    enum intent intent; /* as written, else as the folder is called */
    enum stage stage;
    struct str goal; /* the id of a call to action, "read" or "shared" */
    struct str image;
    unsigned image_line;
    struct str image_alt;
    struct str credit;
    struct str author;
    const struct yaml_node *tags; /* lists of texts: schema_first_text */
    const struct yaml_node *categories;
    const struct yaml_node *aliases; /* paths of this site: path_decode */
    struct schema_moment date;
    struct schema_moment publish_at;
    struct schema_moment expires_at;
    bool draft;
    struct str then; /* where an expired page redirects */
    struct cta_list ctas;
    struct place place;
    struct product product;
    struct yaml *document;
};

/* Splits a page file and reads its front matter. What is wrong is added to `diags`; the body is
 * good whatever is wrong before it. `bytes` must outlive the result. ERR_NO_MEMORY. */
int front_matter_read(struct front_matter *out, struct str file, struct str bytes,
                      struct diags *diags);
void front_matter_finish(struct front_matter *front);

/* A reader for the key `lang`: a language as HTML wants it ("it", "pt-BR"), into a struct str. */
schema_reader lang_read;

#endif

/* Front matter: what a page file says of itself between two `---` lines, before its body. */
#ifndef ATTIMO_SITE_FRONT_MATTER_H
#define ATTIMO_SITE_FRONT_MATTER_H

#include "base/diag.h"
#include "site/cta.h"
#include "site/place.h"

enum intent { INTENT_NONE, INTENT_KNOW, INTENT_BUY, INTENT_GO, INTENT_DO };

/* "know", "buy", "go", "do"; "" for none. */
const char *intent_name(enum intent intent);

/* Slices of what is absent are empty. They point into the document and into the file's bytes. */
struct front_matter {
    bool present;
    struct str body;    /* what comes after it; the whole file without */
    unsigned body_line; /* the line of the file on which the body begins */
    struct str title;
    struct str description;
    struct str answer;
    struct str lang;
    enum intent intent; /* as written, else as the folder is called */
    struct cta_list ctas;
    struct place place;
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

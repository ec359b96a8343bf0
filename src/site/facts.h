/* What events and reports say of a page, gathered while it is compiled. */
#ifndef ATTIMO_SITE_FACTS_H
#define ATTIMO_SITE_FACTS_H

#include "site/front_matter.h"
#include "site/page.h"

enum { FACTS_CTA_MAX = 32, FACTS_ID_MAX = 64 };

/* A call to action: its id, and behind it where it leads. */
struct facts_cta {
    struct buf text;
    size_t id_length;
    struct str dest;
    struct str value;
};

/* A zeroed struct knows nothing. */
struct facts {
    struct facts_cta ctas[FACTS_CTA_MAX];
    size_t count;
    bool is_not_found; /* the page for what is not there: it exists for nothing */
    struct resource_cta list[FACTS_CTA_MAX]; /* what facts_of hands out */
};

/* Takes the calls to action of the page's front matter; /_/go leads to these. */
void facts_take_front(struct facts *facts, const struct front_matter *front,
                      const struct page_input *input);

/* Takes one of an author's HTML, which leads to `href` (empty: nowhere). One that is known by its
 * id, has no id or too long a one, or is too many, is passed over. */
void facts_take_link(struct facts *facts, struct str id, struct str href,
                     const struct page_input *input);

/* Whether a call to action of that id is known; the ids of all that are, "a, b". */
bool facts_know(const struct facts *facts, struct str id);
void facts_append_ids(const struct facts *facts, struct buf *out);

/* What the page exists for: as it says itself, else its first call to action, else empty; of the
 * page for what is not there only what it says itself. */
struct str facts_goal(const struct facts *facts, const struct front_matter *front);

/* What is known. Slices belong to `facts` and `front`. `out` is of no use when it fails.
 * ERR_NO_MEMORY. */
int facts_of(struct facts *facts, const struct front_matter *front, struct resource_facts *out);

void facts_finish(struct facts *facts);

#endif

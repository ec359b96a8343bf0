/* Everything that the rules can say, as a list. */
#ifndef ATTIMO_SITE_LINT_RULES_H
#define ATTIMO_SITE_LINT_RULES_H

#include "base/diag.h"

enum lint_remark {
    LINT_FLIGHT_OVER,
    LINT_FLIGHT_NEAR,
    LINT_TITLE_LONG,
    LINT_TITLE_TWICE,
    LINT_DESCRIPTION_MISSING,
    LINT_DESCRIPTION_LONG,
    LINT_CTA_MISSING,
    LINT_CTA_FORM,
    LINT_GOAL_UNKNOWN,
    LINT_EXPIRED,
    LINT_NEVER_LIVE,
    LINT_REAL_TIME,
    LINT_ALT_MISSING,
    LINT_SIZE_MISSING,
    LINT_IMAGE_HEAVY,
    LINT_IMAGE_HEIC,
    LINT_IMAGE_GPS,
    LINT_WORD,
    LINT_WORD_INSTEAD,
    LINT_CREDIT,
    LINT_EXAMPLE,
    LINT_EXPIRY,
    LINT_SUPERLATIVES,
    LINT_CAPITALS,
    LINT_EXCLAMATIONS,
    LINT_LEGAL,
    LINT_PRIVACY,
    LINT_STRUCK_PRICE,
    LINT_STRUCK_PRICE_HTML,
    LINT_HOLIDAY,
    LINT_LANG,
    LINT_ZOOM,
    LINT_OTHER_ORIGIN,
    LINT_BLOCKED,
    LINT_DEAD_LINK,
    LINT_THEN_DEAD,
    LINT_THEN_LOOP,
    LINT_THEN_BACK,
    LINT_NO_URL,
    LINT_REMARK_COUNT
};

/* In their words, {1} and {2} stand for what the rule has found. */
extern const struct remark lint_remarks[LINT_REMARK_COUNT];

/* What `attimo new` writes in places that every author has words of his own for. */
#define LINT_EXAMPLE_DESCRIPTION_IT \
    "Una frase che risponde al bisogno e fa venire voglia di aprire."
#define LINT_EXAMPLE_DESCRIPTION_EN "One sentence that answers the need and makes people come."
#define LINT_EXAMPLE_ANSWER_IT      "La risposta, subito."
#define LINT_EXAMPLE_ANSWER_EN      "The answer, at once."
#define LINT_EXAMPLE_PHONE          "+39 0521 000000"
#define LINT_EXAMPLE_MOBILE         "+39 347 0000000"
#define LINT_EXAMPLE_ADDRESS        "Via Esempio 1, Parma"
#define LINT_EXAMPLE_TEXT_IT        "Qui il testo: frasi corte, la cosa più utile per prima."
#define LINT_EXAMPLE_TEXT_EN        "The text: short sentences, the most useful thing first."
enum { LINT_EXAMPLES = 9 };
extern const struct str lint_examples[LINT_EXAMPLES];

/* What holds for all that is said under a rule. */
struct lint_rule {
    const char *id;
    const char *name_it; /* the rule's name for those who read Italian */
    struct text why;
    struct text fix;
};

/* The rule of that id, or NULL. */
const struct lint_rule *lint_rule_find(const char *id);

#endif

/* The languages in which attimo speaks to people. */
#ifndef ATTIMO_BASE_LANG_H
#define ATTIMO_BASE_LANG_H

enum lang { LANG_EN, LANG_IT };

/* The same words in each of them. */
struct text {
    const char *en;
    const char *it;
};

#define TEXT(english, italian) ((struct text){(english), (italian)})

static inline const char *text_in(struct text text, enum lang lang)
{
    return lang == LANG_IT ? text.it : text.en;
}

#endif

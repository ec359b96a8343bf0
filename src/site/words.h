/* The words that attimo itself puts on pages, in the page's language. */
#ifndef ATTIMO_SITE_WORDS_H
#define ATTIMO_SITE_WORDS_H

#include "base/buf.h"
#include "base/calendar.h"

/* Pages in other languages than Italian get English words. */
struct words {
    bool italian;
    const char *const *days;   /* "lunedì", "Monday": from Monday on */
    const char *const *months; /* "gennaio", "January": from January on */
    struct str open_now;       /* "Aperto ora" */
    struct str closed_now;
    struct str closed;               /* of a day: "chiuso" */
    struct str closures;             /* before dates: "Chiuso" */
    struct str lowest;               /* before the lowest price of 30 days */
    const char *const *availability; /* by enum availability; empty for the unknown */
    struct str photo;                /* before a credit */
    struct str over;                 /* "Questa pagina non è più valida." */
    struct str unavailable;          /* the title in place of a page that was taken down */
    struct str home;                 /* of a link to the first page */
    struct str one_more_tap;         /* the title of what stands in a counted link's place */
    struct str not_counted;          /* why it stands there */
    struct str go_on;                /* of the link on it */
};

const struct words *words_of(struct str lang);

/* "25 dicembre", "December 25"; with the year if `year`. */
void words_append_date(const struct words *words, struct date date, bool year, struct buf *out);

/* "9:00", from minutes since midnight. */
void words_append_time(int minutes, struct buf *out);

/* "1.299,90 €", "€1,299.90": the decimal number `amount` in a currency (ISO 4217). A whole amount
 * has no decimals. */
void words_append_price(const struct words *words, struct str amount, struct str currency,
                        struct buf *out);

#endif

/* What is true of the shop whose month bench/shop.c writes: its pages, where people come from, what
 * share of them taps, and what gets lost on the way. */
#ifndef ATTIMO_BENCH_SHOP_MODEL_H
#define ATTIMO_BENCH_SHOP_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct shop_tap {
    const char *cta;
    const char *dest;
    double rate; /* the share of those who see the page that does it */
};

struct shop_page {
    const char *path, *rev, *intent, *stage;
    double share; /* of page views */
    struct shop_tap goal, other;
};

struct shop_channel {
    double share; /* of visits */
    const char *source, *medium, *campaign, *content;
    const char *ref_host, *app, *os; /* `os` NULL: any */
    double appeal;                   /* makes taps rarer or more frequent */
    double lost;                     /* the share of visits of which the script tells nothing */
};

enum { SHOP_PAGES = 5, SHOP_CHANNELS = 8 };
extern const struct shop_page shop_pages[SHOP_PAGES];
extern const struct shop_channel shop_channels[SHOP_CHANNELS];

/* Shares: of visits, but where it says otherwise. */
#define SHOP_ON        0.22 /* of seen pages: the visitor goes on to another one */
#define SHOP_BOTS      0.16
#define SHOP_PREFETCH  0.09 /* fetched ahead and never seen */
#define SHOP_STAFF     0.03
#define SHOP_MADE_REAL 0.02  /* fetched ahead, then seen */
#define SHOP_CLIENT    0.02  /* the token is out of the script's sight, and it makes its own */
#define SHOP_TAP_LOST  0.003 /* of taps */
#define SHOP_TAP_LATE  0.004 /* of taps: sent minutes later, when there is a network again */
#define SHOP_RESENT    0.005 /* of what scripts send */

/* How busy the hours of a day are, and the days of a week from Monday on. */
extern const double shop_hours[24];
extern const double shop_weekdays[7];

/* The share of seen page views in which the goal is tapped, where `more` is added to its rate, and
 * the share in which anything is: the goal, the other call to action, the way to another page. */
double shop_goal_rate(const struct shop_page *page, double more);
double shop_tap_rate(const struct shop_page *page, double more);

/* The share of seen journeys in which `cta` is tapped on some page; `more` is added to the rate of
 * the first page's goal. */
double shop_journey_rate(const char *cta, double more);

/* --- chance: the same for the same seed, on every machine ----------------------------------- */

struct chance {
    uint64_t state;
};

uint64_t chance_bits(struct chance *chance);
double chance_share(struct chance *chance); /* from 0 to below 1 */
bool chance_of(struct chance *chance, double share);

/* A time as people take it: half of them less than `median`, a few ten times as long; `most` at
 * most. */
uint32_t chance_ms(struct chance *chance, double median, uint32_t most);

/* A page, by its share; another one than `besides`, if that is not NULL. */
const struct shop_page *chance_page(struct chance *chance, const struct shop_page *besides);
const struct shop_channel *chance_channel(struct chance *chance);

#endif

/* Owns the shop's tables and what follows from them. */
#include "shop_model.h"

#include <math.h>
#include <string.h>

/* The pages of pages/, and how well they do. */
const struct shop_page shop_pages[SHOP_PAGES] = {
    {"/voglio-comprare/vento-2",
     "9f3a12cc41d07be2",
     "buy",
     "purchase",
     0.34,
     {"whatsapp", "whatsapp", 0.16},
     {"call", "tel", 0.04}},
    {"/voglio-comprare/pioggia",
     "1c77e0a95b3f2d48",
     "buy",
     "purchase",
     0.14,
     {"whatsapp", "whatsapp", 0.12},
     {"directions", "map", 0.05}},
    {"/voglio-andare/negozio",
     "a1b2c3d4e5f60718",
     "go",
     "purchase",
     0.24,
     {"directions", "map", 0.19},
     {"call", "tel", 0.08}},
    {"/voglio-fare/analisi-corsa",
     "77d0f31b0a9c4e56",
     "do",
     NULL,
     0.10,
     {"whatsapp", "whatsapp", 0.09},
     {"call", "tel", 0.03}},
    {"/voglio-sapere/scegliere-scarpe",
     "e4452b6d1f8093ca",
     "know",
     "discovery",
     0.18,
     {"prova", "page", 0.06},
     {"share", "share", 0.02}},
};

const struct shop_channel shop_channels[SHOP_CHANNELS] = {
    {0.24, NULL, NULL, NULL, NULL, "www.google.com", NULL, NULL, 1.0, 0.03},
    {0.17, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1.1, 0.03},
    {0.16, "instagram", "paid_social", "vento-autunno", "storia", NULL, "instagram", "ios", 0.8,
     0.21},
    {0.15, "instagram", "paid_social", "vento-autunno", "post", NULL, "instagram", "android", 0.8,
     0.05},
    {0.09, "google", "cpc", "scarpe-corsa-parma", NULL, "www.google.com", NULL, NULL, 1.3, 0.03},
    {0.08, "vetrina", "qr", NULL, NULL, NULL, NULL, NULL, 1.4, 0.02},
    {0.06, "newsletter", "email", "ottobre", "bottone-alto", NULL, NULL, NULL, 1.2, 0.04},
    {0.05, NULL, NULL, NULL, NULL, "l.facebook.com", "facebook", "android", 0.7, 0.06},
};

const double shop_hours[24] = {
    0.20, 0.10, 0.06, 0.05, 0.06, 0.15, 0.40, 0.80, 1.10, 1.20, 1.25, 1.30,
    1.60, 1.70, 1.30, 1.10, 1.20, 1.50, 1.80, 1.90, 1.80, 1.70, 1.10, 0.53,
};
const double shop_weekdays[7] = {0.9, 0.9, 0.95, 1.0, 1.1, 1.2, 0.95};

/* --- what follows --------------------------------------------------------------------------- */

static double clamp(double rate)
{
    return rate < 0 ? 0 : rate > 1 ? 1 : rate;
}

/* Among those who are seen a channel has a smaller share, the more of it is lost. */
static double seen_share(const struct shop_channel *channel)
{
    double sum = 0;
    for (size_t i = 0; i < SHOP_CHANNELS; i++)
        sum += shop_channels[i].share * (1 - shop_channels[i].lost);
    return channel->share * (1 - channel->lost) / sum;
}

double shop_goal_rate(const struct shop_page *page, double more)
{
    double rate = 0;
    for (size_t i = 0; i < SHOP_CHANNELS; i++) {
        const struct shop_channel *channel = &shop_channels[i];
        rate += seen_share(channel) * clamp((page->goal.rate + more) * channel->appeal);
    }
    return rate;
}

double shop_tap_rate(const struct shop_page *page, double more)
{
    double rate = 0;
    for (size_t i = 0; i < SHOP_CHANNELS; i++) {
        const struct shop_channel *channel = &shop_channels[i];
        double none = (1 - clamp((page->goal.rate + more) * channel->appeal)) *
                      (1 - clamp(page->other.rate * channel->appeal)) * (1 - SHOP_ON);
        rate += seen_share(channel) * (1 - none);
    }
    return rate;
}

/* The share of the visitors to a page who tap `cta` on it. */
static double rate_on(const struct shop_page *page, const char *cta, double appeal, double more)
{
    if (strcmp(page->goal.cta, cta) == 0)
        return clamp((page->goal.rate + (page == shop_pages ? more : 0)) * appeal);
    return strcmp(page->other.cta, cta) == 0 ? clamp(page->other.rate * appeal) : 0;
}

double shop_journey_rate(const char *cta, double more)
{
    enum { ROUNDS = 60 }; /* nobody goes on to more pages than that */
    double rate = 0;
    for (size_t c = 0; c < SHOP_CHANNELS; c++) {
        double none[SHOP_PAGES] = {1, 1, 1, 1, 1}; /* from this page on */
        double all = 0;
        for (int round = 0; round < ROUNDS; round++) {
            double next[SHOP_PAGES];
            for (size_t a = 0; a < SHOP_PAGES; a++) {
                double on = 0;
                for (size_t b = 0; b < SHOP_PAGES; b++)
                    on += a == b ? 0 : shop_pages[b].share / (1 - shop_pages[a].share) * none[b];
                next[a] = (1 - rate_on(&shop_pages[a], cta, shop_channels[c].appeal, more)) *
                          (1 - SHOP_ON + SHOP_ON * on);
            }
            memcpy(none, next, sizeof none);
        }
        for (size_t a = 0; a < SHOP_PAGES; a++)
            all += shop_pages[a].share * none[a];
        rate += seen_share(&shop_channels[c]) * (1 - all);
    }
    return rate;
}

/* --- chance --------------------------------------------------------------------------------- */

/* SplitMix64 (Steele, Lea, Flood 2014). */
uint64_t chance_bits(struct chance *chance)
{
    uint64_t z = chance->state += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
}

double chance_share(struct chance *chance)
{
    return (double)(chance_bits(chance) >> 11) * 0x1p-53;
}

bool chance_of(struct chance *chance, double share)
{
    return chance_share(chance) < share;
}

uint32_t chance_ms(struct chance *chance, double median, uint32_t most)
{
    double u = chance_share(chance);
    /* Log-logistic: as a log-normal time, but without its bell to compute. */
    double ms = median * pow((u + 1e-9) / (1 - u), 0.55);
    return ms < most ? (uint32_t)ms : most;
}

const struct shop_page *chance_page(struct chance *chance, const struct shop_page *besides)
{
    double left = chance_share(chance) * (1 - (besides ? besides->share : 0));
    const struct shop_page *last = NULL;
    for (size_t i = 0; i < SHOP_PAGES; i++) {
        if (&shop_pages[i] == besides)
            continue;
        last = &shop_pages[i];
        if (left < last->share)
            return last;
        left -= last->share;
    }
    return last;
}

const struct shop_channel *chance_channel(struct chance *chance)
{
    double left = chance_share(chance);
    for (size_t i = 0; i + 1 < SHOP_CHANNELS; i++) {
        if (left < shop_channels[i].share)
            return &shop_channels[i];
        left -= shop_channels[i].share;
    }
    return &shop_channels[SHOP_CHANNELS - 1];
}

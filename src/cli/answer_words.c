/* Owns the words that funnels and reports share. */
#include "cli/answer_words.h"

#include "cli/figures.h"

#include <math.h>

enum { CHANNEL_VIEWS_MIN = 30 };

/* --- names ---------------------------------------------------------------------------------- */

void answer_words_capital(struct buf *out, struct str text)
{
    size_t start = out->len;
    buf_append_visible(out, text);
    if (out->len > start && out->ptr[start] >= 'a' && out->ptr[start] <= 'z')
        out->ptr[start] = (char)(out->ptr[start] - 'a' + 'A');
}

void answer_words_system(struct buf *out, struct str os)
{
    static const struct {
        struct str code;
        struct str name;
    } known[] = {{STR_INIT("ios"), STR_INIT("iPhone")}, {STR_INIT("android"), STR_INIT("Android")}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(os, known[i].code)) {
            buf_append(out, known[i].name);
            return;
        }
    buf_append_visible(out, os);
}

static const struct {
    struct str key;
    struct str value;
    struct text words;
} codes[] = {
    {STR_INIT("intent"), STR_INIT("know"), {"know", "sapere"}},
    {STR_INIT("intent"), STR_INIT("buy"), {"buy", "comprare"}},
    {STR_INIT("intent"), STR_INIT("go"), {"go", "andare"}},
    {STR_INIT("intent"), STR_INIT("do"), {"do", "fare"}},
    {STR_INIT("device"), STR_INIT("mobile"), {"phone", "telefono"}},
    {STR_INIT("device"), STR_INIT("tablet"), {"tablet", "tablet"}},
    {STR_INIT("device"), STR_INIT("desktop"), {"computer", "computer"}},
    {STR_INIT("os"), STR_INIT("ios"), {"iOS", "iOS"}},
    {STR_INIT("os"), STR_INIT("android"), {"Android", "Android"}},
};

void answer_words_value(struct buf *out, struct str key, struct str value, enum lang lang)
{
    if (!value.ptr) {
        buf_append(out, str_from(text_in(TEXT("(none)", "(senza)"), lang)));
        return;
    }
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (str_eq(key, codes[i].key) && str_eq(value, codes[i].value)) {
            buf_append(out, str_from(text_in(codes[i].words, lang)));
            return;
        }
    if (str_eq(key, STR("weekday")) && value.len == 1 && value.ptr[0] >= '1' && value.ptr[0] <= '7')
        buf_append(out, str_from(figures_weekday(value.ptr[0] - '1', lang)));
    else
        buf_append_visible(out, value);
}

/* --- what can be trusted, and what is left out ---------------------------------------------- */

bool answer_words_is_unlike(uint64_t all_seen, uint64_t all_view, uint64_t seen, uint64_t view)
{
    if (view < CHANNEL_VIEWS_MIN || all_view == 0)
        return false;
    double difference = (double)seen / (double)view - (double)all_seen / (double)all_view;
    return fabs(difference) > 0.05;
}

void answer_words_coverage(struct buf *out, uint64_t seen, uint64_t view, enum lang lang)
{
    figures_append_count(out, seen, lang);
    buf_append(out, str_from(text_in(TEXT(" seen of ", " viste su "), lang)));
    figures_append_count(out, view, lang);
    buf_append(out, str_from(text_in(TEXT(" served", " servite"), lang)));
    if (view > 0)
        buf_printf(out, " (%.0f%%)", (double)seen / (double)view * 100);
}

void answer_words_loss(struct buf *out, const struct loss *loss, enum lang lang)
{
    const struct {
        uint64_t count;
        bool always;
        struct text one;
        struct text many;
    } parts[] = {
        {loss->bot, true, {"bot", "bot"}, {"bots", "bot"}},
        {loss->prefetch,
         true,
         {"prefetch never seen", "prefetch mai visto"},
         {"prefetches never seen", "prefetch mai visti"}},
        {loss->internal, true, {"internal", "interna"}, {"internal", "interne"}},
        {loss->orphan_click,
         true,
         {"tap without a view", "tocco senza vista"},
         {"taps without a view", "tocchi senza vista"}},
        {loss->duplicate, false, {"repeated", "ripetuto"}, {"repeated", "ripetuti"}},
        {loss->refused, true, {"refused", "respinto"}, {"refused", "respinti"}},
        {loss->dropped,
         false,
         {"not recorded", "non registrata"},
         {"not recorded", "non registrate"}},
        {loss->damaged, true, {"damaged", "danneggiato"}, {"damaged", "danneggiati"}},
    };
    bool first = true;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].count == 0 && !parts[i].always)
            continue;
        if (!first)
            buf_append(out, STR(" · "));
        figures_append_count(out, parts[i].count, lang);
        buf_printf(out, " %s", text_in(parts[i].count == 1 ? parts[i].one : parts[i].many, lang));
        first = false;
    }
}

/* Owns the words that funnels, reports, exports and checks share. */
#include "cli/answer_words.h"

#include "cli/figures.h"

#include <math.h>

enum { CHANNEL_VIEWS_MIN = 30 };

void answer_words_count(struct buf *out, uint64_t n, struct text one, struct text many,
                        enum lang lang)
{
    figures_append_count(out, n, lang);
    buf_append_char(out, ' ');
    buf_append(out, str_from(text_in(n == 1 ? one : many, lang)));
}

/* --- names ---------------------------------------------------------------------------------- */

void answer_words_capital(struct buf *out, struct str text)
{
    size_t start = out->len;
    buf_append_visible(out, text);
    if (out->len > start && out->ptr[start] >= 'a' && out->ptr[start] <= 'z')
        out->ptr[start] = (char)(out->ptr[start] - 'a' + 'A');
}

void answer_words_source(struct buf *out, struct str source, enum lang lang)
{
    static const struct {
        struct str code;
        struct text name;
    } known[] = {
        {STR_INIT("instagram"), {"Instagram", "Instagram"}},
        {STR_INIT("ig"), {"Instagram", "Instagram"}},
        {STR_INIT("facebook"), {"Facebook", "Facebook"}},
        {STR_INIT("fb"), {"Facebook", "Facebook"}},
        {STR_INIT("meta"), {"Meta", "Meta"}},
        {STR_INIT("messenger"), {"Messenger", "Messenger"}},
        {STR_INIT("threads"), {"Threads", "Threads"}},
        {STR_INIT("whatsapp"), {"WhatsApp", "WhatsApp"}},
        {STR_INIT("wa"), {"WhatsApp", "WhatsApp"}},
        {STR_INIT("telegram"), {"Telegram", "Telegram"}},
        {STR_INIT("tiktok"), {"TikTok", "TikTok"}},
        {STR_INIT("youtube"), {"YouTube", "YouTube"}},
        {STR_INIT("yt"), {"YouTube", "YouTube"}},
        {STR_INIT("google"), {"Google", "Google"}},
        {STR_INIT("bing"), {"Bing", "Bing"}},
        {STR_INIT("linkedin"), {"LinkedIn", "LinkedIn"}},
        {STR_INIT("pinterest"), {"Pinterest", "Pinterest"}},
        {STR_INIT("snapchat"), {"Snapchat", "Snapchat"}},
        {STR_INIT("twitter"), {"Twitter", "Twitter"}},
        {STR_INIT("x"), {"X", "X"}},
        {STR_INIT("reddit"), {"Reddit", "Reddit"}},
        {STR_INIT("wechat"), {"WeChat", "WeChat"}},
        {STR_INIT("line"), {"LINE", "LINE"}},
        {STR_INIT("kakaotalk"), {"KakaoTalk", "KakaoTalk"}},
        {STR_INIT("naver"), {"Naver", "Naver"}},
        {STR_INIT("viber"), {"Viber", "Viber"}},
        {STR_INIT("discord"), {"Discord", "Discord"}},
        {STR_INIT("slack"), {"Slack", "Slack"}},
        {STR_INIT("teams"), {"Teams", "Teams"}},
        {STR_INIT("webview"), {"an app", "un’app"}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq_nocase(source, known[i].code)) {
            buf_append(out, str_from(text_in(known[i].name, lang)));
            return;
        }
    buf_append_visible(out, source);
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

struct answer_unlike answer_unlike_of(uint64_t seen, uint64_t view)
{
    return (struct answer_unlike){.coverage = view > 0 ? (double)seen / (double)view : NAN};
}

void answer_unlike_look(struct answer_unlike *unlike, size_t index, uint64_t seen, uint64_t view)
{
    enum { TOLD_MAX = sizeof unlike->channels / sizeof *unlike->channels };
    struct unlike_channel channel = {index, (double)seen / (double)view};
    double distance = fabs(channel.coverage - unlike->coverage);
    if (view < CHANNEL_VIEWS_MIN || !(distance > 0.05))
        return;
    size_t at = unlike->count;
    while (at > 0 && distance > fabs(unlike->channels[at - 1].coverage - unlike->coverage))
        at--;
    if (at == TOLD_MAX)
        return;
    unlike->count += unlike->count < TOLD_MAX;
    for (size_t i = unlike->count - 1; i > at; i--)
        unlike->channels[i] = unlike->channels[i - 1];
    unlike->channels[at] = channel;
}

void answer_unlike_append(const struct answer_unlike *unlike, struct buf *out, enum lang lang,
                          void (*name)(struct buf *out, size_t index, const void *of),
                          const void *of)
{
    for (size_t i = 0; i < unlike->count; i++) {
        buf_append(out, i == 0 ? STR("; ") : STR(", "));
        name(out, unlike->channels[i].index, of);
        buf_printf(out, " %.0f%%", unlike->channels[i].coverage * 100);
    }
    if (unlike->count > 0)
        buf_append(out, str_from(text_in(TEXT(": do not compare", ": non confrontare"), lang)));
}

void answer_words_covered(struct buf *out, uint64_t seen, uint64_t view)
{
    if (view > 0)
        buf_printf(out, "%.0f%%", (double)seen / (double)view * 100);
    else
        buf_append(out, STR("–"));
}

void answer_words_coverage(struct buf *out, uint64_t seen, uint64_t view, enum lang lang)
{
    answer_words_count(out, seen, TEXT("seen", "vista"), TEXT("seen", "viste"), lang);
    buf_append(out, str_from(text_in(TEXT(" of ", " su "), lang)));
    answer_words_count(out, view, TEXT("served", "servita"), TEXT("served", "servite"), lang);
    if (view > 0) {
        buf_append(out, STR(" ("));
        answer_words_covered(out, seen, view);
        buf_append_char(out, ')');
    }
}

/* How many kinds of loss were appended; of those that are looked for always, also where there are
 * none. */
static size_t append_loss(struct buf *out, const struct loss *loss, bool with_none, enum lang lang)
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
    size_t told = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].count == 0 && !(parts[i].always && with_none))
            continue;
        if (told++ > 0)
            buf_append(out, STR(" · "));
        answer_words_count(out, parts[i].count, parts[i].one, parts[i].many, lang);
    }
    return told;
}

void answer_words_loss(struct buf *out, const struct loss *loss, enum lang lang)
{
    (void)append_loss(out, loss, true, lang);
}

void answer_words_loss_brief(struct buf *out, const struct loss *loss, enum lang lang)
{
    if (append_loss(out, loss, false, lang) == 0)
        buf_append(out, str_from(text_in(TEXT("nothing", "niente"), lang)));
}

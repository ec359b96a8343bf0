/* Owns how one event looks to people: when, what, where, and whence. */
#include "base/buf.h"
#include "capture/hit.h"
#include "cli/journal.h"

#include <time.h>

#define DIM   "\033[2m"
#define PLAIN "\033[0m"

static const struct look {
    struct str event;
    struct text name;
    const char *tint;
} looks[] = {
    {STR_INIT("view"), {"view", "servita"}, DIM},
    {STR_INIT("seen"), {"seen", "vista"}, ""},
    {STR_INIT("engaged"), {"engaged", "coinvolta"}, "\033[36m"},
    {STR_INIT("click"), {"click", "tocco"}, "\033[1;32m"},
    {STR_INIT("left"), {"left", "uscita"}, "\033[32m"},
    {STR_INIT("summary"), {"summary", "riepilogo"}, DIM},
    {STR_INIT("return"), {"return", "ritorno"}, ""},
    {STR_INIT("redirect"), {"redirect", "rinvio"}, "\033[34m"},
    {STR_INIT("gap"), {"gap", "lacuna"}, "\033[1;31m"},
    {STR_INIT("refused"), {"refused", "respinti"}, "\033[31m"},
};

_Static_assert(sizeof looks / sizeof *looks == HIT_KIND_COUNT, "every kind has its look");

enum { NAME_COLUMNS = 10 };

static const struct look *look_of(struct str event)
{
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (str_eq(event, looks[i].event))
            return &looks[i];
    return NULL;
}

static void append_name(struct buf *out, const struct event *event, enum lang lang, bool colour)
{
    const struct look *look = look_of(event->event);
    struct str name = look ? str_from(text_in(look->name, lang)) : event->event;
    buf_append(out, str_from(colour && look ? look->tint : ""));
    buf_append_visible(out, name);
    for (size_t n = name.len; n < NAME_COLUMNS; n++)
        buf_append_char(out, ' ');
    buf_append(out, str_from(colour ? PLAIN : ""));
}

/* The texts that are there, with spaces between them. What came from outside shows its control
 * characters instead of moving the cursor. */
static void append_words(struct buf *out, const char *before, const struct str *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (words[i].len == 0)
            continue;
        buf_append(out, str_from(before));
        buf_append_visible(out, words[i]);
        before = " ";
    }
}

/* "12 s  75%  LCP 1234 ms": how long, how far down, how soon. */
static void append_vitals(struct buf *out, const struct event *event)
{
    if (event->engaged_ms.set)
        buf_printf(out, "  %lld s", (long long)(event->engaged_ms.value / 1000000));
    if (event->scroll.set)
        buf_printf(out, "  %lld%%", (long long)(event->scroll.value / 1000));
    if (event->lcp.set)
        buf_printf(out, "  LCP %lld ms", (long long)(event->lcp.value / 1000));
}

static void append_marks(struct buf *out, const struct event *event, enum lang lang)
{
    if (event->bot.len > 0)
        append_words(out, "  bot: ", &event->bot, 1);
    if (event->purpose.len > 0)
        append_words(out, "  ", &event->purpose, 1);
    if (event->internal)
        buf_append(out, str_from(lang == LANG_IT ? "  interna" : "  internal"));
    bool counts = str_eq(event->event, STR("gap")) || str_eq(event->event, STR("refused"));
    if (counts && event->n.set)
        buf_printf(out, "  %lld", (long long)event->n.value);
}

void journal_print_pretty(const struct event *event, enum lang lang, bool colour, FILE *out)
{
    struct buf line = BUF_EMPTY;
    struct tm tm = {0};
    time_t seconds = (time_t)(event->ts_ms / 1000);
    (void)localtime_r(&seconds, &tm);
    char time[32] = "";
    (void)strftime(time, sizeof time, "%Y-%m-%d %H:%M:%S", &tm);
    buf_printf(&line, "%s%s%s  ", colour ? DIM : "", time, colour ? PLAIN : "");
    append_name(&line, event, lang, colour);
    append_words(&line, " ", &event->page, 1);
    const struct str target[] = {event->cta, event->dest};
    append_words(&line, "  → ", target, str_eq(event->cta, event->dest) ? 1 : 2);
    const struct str source[] = {event->utm_source, event->utm_medium, event->utm_campaign};
    bool has_utm = event->utm_source.len + event->utm_medium.len + event->utm_campaign.len > 0;
    append_words(&line, "  ← ", has_utm ? source : &event->ref_host, has_utm ? 3 : 1);
    const struct str phone[] = {event->app, event->device, event->os};
    append_words(&line, "  ", phone, 3);
    append_vitals(&line, event);
    append_marks(&line, event, lang);
    buf_append_char(&line, '\n');
    if (buf_status(&line) == 0)
        (void)fwrite(line.ptr, 1, line.len, out);
    buf_finish(&line);
}

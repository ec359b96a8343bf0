/* Owns a report as one HTML file: what a browser needs is in it. */
#include "cli/report_html.h"
#include "cli/answer_words.h"

#include "base/hash.h"
#include "cli/figures.h"
#include "cli/report_look.h"

#include <math.h>

/* Opens a section with its heading and a sentence below it (NULL: none). */
static void open_section(const struct report_print *print, struct text heading, struct text lead,
                         struct buf *out)
{
    buf_printf(out, "<section><h2>%s</h2>\n", text_in(heading, print->lang));
    if (lead.en)
        buf_printf(out, "<p class=\"lead\">%s</p>\n", text_in(lead, print->lang));
}

static void close_section(struct buf *out)
{
    buf_append(out, STR("</section>\n"));
}

static void append_lines(struct buf *out, const char *const *lines)
{
    for (; *lines; lines++)
        buf_append(out, str_from(*lines));
}

/* --- head ----------------------------------------------------------------------------------- */

/* Nothing may be asked of anybody, and of scripts only ours may run. */
static void append_policy(struct buf *out, struct str script)
{
    char hash[HASH_BASE64_SIZE];
    hash_sha256_base64(hash, script);
    buf_printf(out,
               "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
               "img-src data:; style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; "
               "form-action 'none'\">\n",
               hash);
}

static bool is_colour(struct str text)
{
    if (text.len != 7 || text.ptr[0] != '#')
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (!strchr("0123456789abcdefABCDEF", text.ptr[i]) || text.ptr[i] == '\0')
            return false;
    return true;
}

static void append_title(const struct report_print *print, struct buf *out)
{
    const struct settings *settings = print->site->settings;
    struct buf text = BUF_EMPTY;
    buf_append(&text, str_from(report_say(print, "Report ", "Rapporto ")));
    report_words_period(print, &text);
    if (settings && settings->name.len > 0) {
        buf_append(&text, STR(" · "));
        buf_append_visible(&text, settings->name);
    }
    buf_append_html(out, buf_str(&text));
    out->failed |= text.failed;
    buf_finish(&text);
}

static void append_head(const struct report_print *print, struct str script, struct buf *out)
{
    const struct settings *settings = print->site->settings;
    buf_printf(out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
               report_say(print, "en", "it"));
    append_policy(out, script);
    buf_append(out, STR("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                        "<meta name=\"robots\" content=\"noindex\">\n"
                        "<meta name=\"referrer\" content=\"no-referrer\">\n"
                        "<link rel=\"icon\" href=\"data:,\">\n<title>"));
    append_title(print, out);
    buf_append(out, STR("</title>\n<style>\n"));
    append_lines(out, report_css);
    if (settings && is_colour(settings->colour))
        buf_printf(out, ":root { --brand: %.*s }\n", STR_ARG(settings->colour));
    buf_append(out, STR("</style>\n</head>\n<body>\n"));
}

static void append_header(const struct report_print *print, struct buf *out)
{
    const struct settings *settings = print->site->settings;
    struct buf text = BUF_EMPTY;
    if (settings)
        buf_append_visible(&text, settings->name);
    buf_append(out, STR("<header>\n<p class=\"over\">"));
    buf_append_html(out, buf_str(&text));
    buf_append(out, STR("</p>\n<h1>"));
    report_clear(&text, out);
    report_words_period(print, &text);
    buf_append_html(out, buf_str(&text));
    buf_append(out, STR("</h1>\n<p class=\"under\">"));
    buf_append(out, str_from(report_say(print,
                                        "What your pages have led to. Page views are "
                                        "counted, not people.",
                                        "Che cosa hanno portato le pagine. Si contano pagine "
                                        "viste, non persone.")));
    buf_append(out, STR("</p>\n"));
    out->failed |= text.failed;
    buf_finish(&text);
}

/* --- cards ---------------------------------------------------------------------------------- */

static void open_card(const struct report_print *print, struct text name, struct buf *out)
{
    buf_printf(out, "<div><dt>%s</dt><dd>", text_in(name, print->lang));
}

static void append_cards_of_views(const struct report_print *print, struct buf *out)
{
    const struct report_row *total = &print->answer->total;
    open_card(print, TEXT("Pages seen", "Pagine viste"), out);
    figures_append_count(out, total->now.seen, print->lang);
    buf_append(out, STR("</dd><dd>"));
    if (print->has_before)
        report_words_trend(print, out);
    buf_append(out, STR("</dd></div>\n"));
    open_card(print, TEXT("With the goal", "Con obiettivo"), out);
    figures_append_count(out, total->now.goal, print->lang);
    buf_append(out, STR("</dd><dd>"));
    figures_append_share(out, total->now.goal, total->now.seen, print->lang);
    if (total->now.seen > 0) {
        buf_append(out, STR(" <span>(95%: "));
        figures_append_interval(out, statistics_wilson(total->now.goal, total->now.seen),
                                print->lang);
        buf_append(out, STR(")</span>"));
    }
    buf_append(out, STR("</dd></div>\n"));
}

/* An amount too long for the usual size is written smaller. */
static void append_amount(const struct report_print *print, struct text name, double amount,
                          struct str currency, struct buf *out)
{
    enum { LONG = 9 };
    struct buf text = BUF_EMPTY;
    if (isnan(amount))
        buf_append(&text, STR("–"));
    else
        figures_append_money(&text, amount, currency, print->lang);
    buf_printf(out, "<div><dt>%s</dt><dd%s>", text_in(name, print->lang),
               figures_columns(buf_str(&text)) > LONG ? " class=\"long\"" : "");
    buf_append_html(out, buf_str(&text));
    out->failed |= text.failed;
    buf_finish(&text);
}

static void append_cards_of_money(const struct report_print *print, struct buf *out)
{
    const struct report_row *total = &print->answer->total;
    struct str currency = report_site_currency(print->site);
    if (!isnan(total->value)) {
        append_amount(print, TEXT("Value*", "Valore*"), total->value, currency, out);
        buf_append(out, STR("</dd><dd>"));
        buf_append(out,
                   str_from(report_say(print, "declared, not revenue", "dichiarato, non incasso")));
        buf_append(out, STR("</dd></div>\n"));
    }
    if (!isnan(total->cost)) {
        append_amount(print, TEXT("Cost per goal", "Costo per obiettivo"),
                      total->now.goal > 0 ? total->cost / (double)total->now.goal : NAN, STR("EUR"),
                      out);
        buf_append(out, STR("</dd><dd>"));
        figures_append_money(out, total->cost, STR("EUR"), print->lang);
        buf_append(out, str_from(report_say(print, " spent", " spesi")));
        buf_append(out, STR("</dd></div>\n"));
    }
}

static void append_cards(const struct report_print *print, struct buf *out)
{
    const struct report_row *total = &print->answer->total;
    if (report_words_is_empty(print)) {
        buf_append(out, STR("</header>\n"));
        return;
    }
    buf_append(out, STR("<dl class=\"cards\">\n"));
    append_cards_of_views(print, out);
    append_cards_of_money(print, out);
    if (!isnan(total->engaged_s)) {
        open_card(print, TEXT("Attention", "Attenzione"), out);
        figures_append_seconds(out, total->engaged_s, print->lang);
        buf_append(out, STR("</dd><dd>"));
        buf_append(out, str_from(report_say(print, "median on the page", "mediana sulla pagina")));
        buf_append(out, STR("</dd></div>\n"));
    }
    if (!isnan(total->vitals[VITAL_LCP])) {
        open_card(print, TEXT("There within", "Appare entro"), out);
        figures_append_ms(out, total->vitals[VITAL_LCP], print->lang);
        buf_append(out, STR("</dd><dd>"));
        buf_append(out, str_from(report_say(print, "on 3 phones of 4", "su 3 telefoni su 4")));
        buf_append(out, STR("</dd></div>\n"));
    }
    buf_append(out, STR("</dl>\n</header>\n"));
}

/* --- what is said --------------------------------------------------------------------------- */

static void append_list(struct str lines, struct buf *out)
{
    struct str line;
    buf_append(out, STR("<ul class=\"say\">\n"));
    lines.len--; /* nothing is behind the last one's end */
    while (str_split(&lines, '\n', &line)) {
        buf_append(out, STR("<li>"));
        buf_append_html(out, line);
        buf_append(out, STR("</li>\n"));
    }
    buf_append(out, STR("</ul>\n"));
}

static void append_findings(const struct report_print *print, struct buf *out)
{
    struct buf lines = BUF_EMPTY;
    report_words_findings(print, &lines);
    if (lines.len > 0) {
        open_section(print, TEXT("In short", "In breve"), TEXT(NULL, NULL), out);
        append_list(buf_str(&lines), out);
        close_section(out);
    }
    out->failed |= lines.failed;
    buf_finish(&lines);
}

static void append_changes(const struct report_print *print, struct buf *out)
{
    struct buf lines = BUF_EMPTY;
    report_words_changes(print, &lines);
    if (lines.len > 0) {
        open_section(print, TEXT("Changes of text", "Cambi di testo"),
                     TEXT("Before and after, which is no experiment: seasons, campaigns and "
                          "chance change too.",
                          "Prima e dopo, che non è un esperimento: cambiano anche stagioni, "
                          "campagne e caso."),
                     out);
        append_list(buf_str(&lines), out);
        close_section(out);
    }
    out->failed |= lines.failed;
    buf_finish(&lines);
}

/* --- speed ---------------------------------------------------------------------------------- */

/* web.dev's thresholds: good up to the first, poor beyond the second. Phones tell slow interactions
 * only, of which no verdict on all follows. */
static const struct {
    enum report_vital vital;
    const char *name;
    struct text meaning;
    double good;
    double poor;
} vitals[] = {
    {VITAL_TTFB, "TTFB", {"the first byte comes", "arriva il primo byte"}, 800, 1800},
    {VITAL_LCP, "LCP", {"the page is there", "la pagina appare"}, 2500, 4000},
    {VITAL_INP,
     "INP",
     {"a tap is answered, where that took 104 ms or more",
      "un tocco ha risposta, dove ci sono voluti 104 ms o più"},
     NAN,
     NAN},
    {VITAL_CLS, "CLS", {"how much it jumps", "quanto si sposta"}, 0.1, 0.25},
};

static void append_vital(const struct report_print *print, size_t i, struct buf *out)
{
    double value = print->answer->total.vitals[vitals[i].vital];
    bool good = value <= vitals[i].good;
    buf_printf(out, "<div><dt>%s</dt><dd>", vitals[i].name);
    if (vitals[i].vital == VITAL_CLS)
        figures_append_decimal(out, value, 2, print->lang);
    else
        figures_append_ms(out, value, print->lang);
    buf_printf(out, "</dd><dd>%s", text_in(vitals[i].meaning, print->lang));
    if (!isnan(vitals[i].good))
        buf_printf(out, ": <span class=\"%s\">%s</span>", good ? "good" : "poor",
                   good ? report_say(print, "good", "bene")
                   : value <= vitals[i].poor
                       ? report_say(print, "could be better", "si può migliorare")
                       : report_say(print, "poor", "male"));
    buf_append(out, STR("</dd></div>\n"));
}

static void append_speed(const struct report_print *print, struct buf *out)
{
    bool is_known = false;
    for (size_t i = 0; i < sizeof vitals / sizeof *vitals; i++)
        is_known |= !isnan(print->answer->total.vitals[vitals[i].vital]);
    if (!is_known)
        return;
    open_section(print, TEXT("Speed on the phones", "Velocità sui telefoni"),
                 TEXT("As measured there: three of four were at least this fast.",
                      "Come l’hanno misurata: tre su quattro sono almeno così veloci."),
                 out);
    buf_append(out, STR("<dl class=\"cards\">\n"));
    for (size_t i = 0; i < sizeof vitals / sizeof *vitals; i++)
        if (!isnan(print->answer->total.vitals[vitals[i].vital]))
            append_vital(print, i, out);
    buf_append(out, STR("</dl>\n"));
    close_section(out);
}

/* --- what can be trusted -------------------------------------------------------------------- */

static void append_note(const struct report_print *print, struct text name, struct str text,
                        struct buf *out)
{
    buf_printf(out, "<dt>%s</dt><dd>", text_in(name, print->lang));
    buf_append_html(out, text);
    buf_append(out, STR("</dd>\n"));
}

static void append_trust(const struct report_print *print, struct buf *out)
{
    struct buf text = BUF_EMPTY;
    open_section(print, TEXT("What these numbers leave out", "Che cosa resta fuori"),
                 TEXT(NULL, NULL), out);
    buf_append(out, STR("<dl class=\"fine\">\n"));
    if (report_words_is_empty(print))
        buf_append(&text, STR("–"));
    else
        report_words_coverage(print, &text);
    append_note(print, TEXT("Coverage", "Copertura"), buf_str(&text), out);
    report_clear(&text, out);
    answer_words_loss(&text, &print->answer->loss, print->lang);
    append_note(print, TEXT("Left out", "Fuori dal conto"), buf_str(&text), out);
    append_note(print, TEXT("95%", "95%"),
                str_from(report_say(print,
                                    "With so many views the true rate lies between these two in 95 "
                                    "of 100 reports. Where two ranges overlap much, chance is a "
                                    "good explanation.",
                                    "Con queste viste il tasso vero sta fra i due estremi in 95 "
                                    "rapporti su 100. Se due intervalli si sovrappongono molto, il "
                                    "caso è una buona spiegazione.")),
                out);
    if (!isnan(print->answer->total.value))
        append_note(print, TEXT("* Value", "* Valore"),
                    str_from(report_say(print,
                                        "An estimate: declared value × views with the goal, not "
                                        "revenue.",
                                        "Stima: valore dichiarato × viste con obiettivo, non "
                                        "incasso.")),
                    out);
    buf_append(out, STR("</dl>\n"));
    close_section(out);
    out->failed |= text.failed;
    buf_finish(&text);
}

static void append_footer(const struct report_print *print, struct buf *out)
{
    buf_append(out, STR("</main>\n<footer><p>"));
    buf_append(out, str_from(report_say(print,
                                        "Counted by attimo on the site’s own server, without "
                                        "cookies. Days and hours of ",
                                        "Contato da attimo sul server del sito, senza cookie. "
                                        "Giorni e ore di ")));
    struct buf text = BUF_EMPTY;
    buf_append_visible(&text, print->zone);
    buf_append_html(out, buf_str(&text));
    buf_append(out, STR(".</p></footer>\n"));
    out->failed |= text.failed;
    buf_finish(&text);
}

/* --- the whole ------------------------------------------------------------------------------ */

static void append_pictures(const struct report_print *print, struct buf *out)
{
    open_section(print, TEXT("Day by day", "Giorno per giorno"), TEXT(NULL, NULL), out);
    report_html_series(print, out);
    buf_printf(out, "<details><summary>%s</summary>\n",
               report_say(print, "The same as a table", "Gli stessi dati in tabella"));
    report_html_days(print, out);
    buf_append(out, STR("</details>\n"));
    close_section(out);
    buf_append(out, STR("<div class=\"two\">\n"));
    open_section(print, TEXT("From view to goal", "Dalla vista all’obiettivo"), TEXT(NULL, NULL),
                 out);
    report_html_funnel(print, out);
    close_section(out);
    open_section(print, TEXT("When people come", "Quando arrivano"), TEXT(NULL, NULL), out);
    report_html_hours(print, out);
    close_section(out);
    buf_append(out, STR("</div>\n"));
}

static void append_tables(const struct report_print *print, struct buf *out)
{
    const struct report_answer *answer = print->answer;
    bool pages = print->query->by_count == 1 && str_eq(print->query->by[0], STR("page"));
    open_section(print, pages ? TEXT("Pages", "Pagine") : TEXT("Groups", "Gruppi"),
                 TEXT(NULL, NULL), out);
    report_html_rows(print, out);
    close_section(out);
    buf_append(out, STR("<div class=\"two\">\n"));
    if (answer->channels.count > 0) {
        open_section(print, TEXT("Channels", "Canali"),
                     TEXT("Coverage is how much of what was served the script has seen: "
                          "compare only channels where it is alike.",
                          "La copertura è quanto lo script ha visto di ciò che è stato "
                          "servito: si confrontano solo canali dove è simile."),
                     out);
        report_html_channels(print, out);
        close_section(out);
    }
    if (report_html_has_ctas(answer)) {
        open_section(print, TEXT("What was tapped", "Che cosa hanno toccato"),
                     TEXT("“Then left”: the dialler, the map or the chat did open.",
                          "«Poi usciti»: si è aperto il telefono, la mappa o la chat."),
                     out);
        report_html_ctas(print, out);
        close_section(out);
    }
    buf_append(out, STR("</div>\n"));
    if (answer->campaigns.count > 0) {
        open_section(print, TEXT("Campaigns", "Campagne"), TEXT(NULL, NULL), out);
        report_html_campaigns(print, out);
        close_section(out);
    }
}

void report_print_html(const struct report_print *print, struct buf *out)
{
    struct buf script = BUF_EMPTY;
    append_lines(&script, report_js);
    append_head(print, buf_str(&script), out);
    append_header(print, out);
    append_cards(print, out);
    buf_append(out, STR("<main>\n"));
    append_findings(print, out);
    if (!report_words_is_empty(print)) {
        append_pictures(print, out);
        append_tables(print, out);
    }
    append_changes(print, out);
    append_speed(print, out);
    append_trust(print, out);
    append_footer(print, out);
    buf_append(out, STR("<script>"));
    buf_append(out, buf_str(&script));
    buf_append(out, STR("</script>\n</body>\n</html>\n"));
    out->failed |= script.failed;
    buf_finish(&script);
}

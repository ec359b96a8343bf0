/* Owns the five lines of `attimo report --brief`. */
#include "cli/answer_words.h"
#include "cli/figures.h"
#include "cli/report_words.h"

#include <math.h>

static struct str first_line(const struct buf *lines)
{
    struct str all = buf_str(lines);
    struct str line = str_make("", 0);
    (void)str_split(&all, '\n', &line);
    return line;
}

static void append_headline(const struct report_print *print, struct buf *out)
{
    const struct report_row *total = &print->answer->total;
    const struct settings *settings = print->site->settings;
    if (settings && settings->name.len > 0) {
        buf_append_visible(out, settings->name);
        buf_append(out, STR(", "));
    }
    report_words_period(print, out);
    buf_append(out, STR(": "));
    answer_words_count(out, total->now.seen, TEXT("page view", "pagina vista"),
                       TEXT("page views", "pagine viste"), print->lang);
    if (print->has_before && total->before.seen > 0) {
        buf_append(out, STR(" ("));
        if (figures_is_same(total->before.seen, total->now.seen))
            report_words_trend(print, out);
        else
            figures_append_change(out, total->before.seen, total->now.seen, print->lang);
        buf_append_char(out, ')');
    }
    buf_append(out, STR(", "));
    figures_append_count(out, total->now.goal, print->lang);
    buf_append(out, str_from(report_say(print, " with the goal", " con l’obiettivo")));
    if (total->now.seen > 0) {
        buf_append(out, STR(": "));
        figures_append_share(out, total->now.goal, total->now.seen, print->lang);
        buf_append(out, STR(" (95%: "));
        figures_append_interval(out, statistics_wilson(total->now.goal, total->now.seen),
                                print->lang);
        buf_append_char(out, ')');
    }
    buf_append(out, STR(".\n"));
}

/* The row with most goals. */
static void append_best(const struct report_print *print, struct buf *out)
{
    const struct report_rows *rows = &print->answer->rows;
    const struct report_row *best = NULL;
    for (size_t i = 0; i < rows->count; i++)
        if (!best || rows->items[i].now.goal > best->now.goal)
            best = &rows->items[i];
    if (!best || best->now.goal == 0) {
        buf_append(out, str_from(report_say(print, "No goal was reached yet.\n",
                                            "Nessun obiettivo raggiunto, per ora.\n")));
        return;
    }
    buf_append(out, str_from(report_say(print, "Most goals: ", "Più obiettivi: ")));
    for (size_t i = 0; i < print->query->by_count; i++) {
        if (i > 0)
            buf_append(out, STR(" · "));
        if (str_eq(print->query->by[i], STR("page")) && best->by[i].ptr)
            report_words_page(print, best->by[i], out);
        else
            answer_words_value(out, print->query->by[i], best->by[i], print->lang);
    }
    buf_append(out, STR(", "));
    figures_append_count(out, best->now.goal, print->lang);
    buf_append(out, str_from(report_say(print, " of ", " su ")));
    answer_words_count(out, best->now.seen, TEXT("view", "vista"), TEXT("views", "viste"),
                       print->lang);
    buf_append(out, STR(" ("));
    figures_append_share(out, best->now.goal, best->now.seen, print->lang);
    buf_append(out, STR(").\n"));
}

static void append_money(const struct report_print *print, struct buf *out)
{
    const struct report_row *total = &print->answer->total;
    const struct settings *settings = print->site->settings;
    struct str currency = settings ? settings->currency : STR("EUR");
    if (isnan(total->value) && isnan(total->cost)) {
        buf_append(out, str_from(report_say(print, "Neither values nor costs are declared.\n",
                                            "Non sono dichiarati né valori né costi.\n")));
        return;
    }
    if (!isnan(total->value)) {
        buf_append(out, str_from(report_say(print, "Estimated value ", "Valore stimato ")));
        figures_append_money(out, total->value, currency, print->lang);
        buf_append(out, str_from(report_say(print, " (declared, not revenue)",
                                            " (dichiarato, non incasso)")));
    }
    if (!isnan(total->cost)) {
        buf_append(out, str_from(isnan(total->value) ? report_say(print, "Cost ", "Costo ")
                                                     : report_say(print, ", cost ", ", costo ")));
        figures_append_money(out, total->cost, STR("EUR"), print->lang);
        if (total->now.goal > 0) {
            buf_append(out, str_from(report_say(print, ", each goal ", ", ogni obiettivo ")));
            figures_append_money(out, total->cost / (double)total->now.goal, STR("EUR"),
                                 print->lang);
        }
    }
    buf_append(out, STR(".\n"));
}

/* What asks for something to be done: a closed door, a change; else how long people stayed. */
static void append_to_do(const struct report_print *print, struct buf *out)
{
    struct buf lines = BUF_EMPTY;
    report_words_closed(print, &lines);
    if (lines.len == 0)
        report_words_changes(print, &lines);
    if (lines.len == 0 && !isnan(print->answer->total.engaged_s)) {
        buf_append(&lines, str_from(report_say(print, "People stay ", "Si resta ")));
        figures_append_seconds(&lines, print->answer->total.engaged_s, print->lang);
        buf_append(&lines, str_from(report_say(print, " (median).", " (mediana).")));
    }
    if (lines.len == 0)
        buf_append(&lines, str_from(report_say(print, "Nothing else stands out.",
                                               "Nient’altro da segnalare.")));
    buf_append(out, first_line(&lines));
    buf_append_char(out, '\n');
    out->failed |= lines.failed;
    buf_finish(&lines);
}

void report_print_brief(const struct report_print *print, struct buf *out)
{
    append_headline(print, out);
    if (report_words_is_empty(print)) {
        report_words_empty(print, out);
    } else {
        append_best(print, out);
        append_money(print, out);
        append_to_do(print, out);
    }
    buf_append(out, str_from(report_say(print, "Counted: ", "Contate: ")));
    report_words_coverage(print, out);
    buf_append(out, str_from(report_say(print, ". Left out: ", ". Fuori dal conto: ")));
    answer_words_loss_brief(out, &print->answer->loss, print->lang);
    buf_append(out,
               str_from(report_say(print, ". Views, not people.\n", ". Viste, non persone.\n")));
}

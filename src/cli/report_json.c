/* Owns what programs read from `attimo report`: JSON and CSV. */
#include "base/calendar.h"
#include "cli/answer_json.h"
#include "cli/csv.h"
#include "cli/report.h"
#include "insight/report_compare.h"

#include <math.h>

static void append_text(struct buf *out, const char *name, struct str text)
{
    buf_printf(out, "\"%s\":", name);
    answer_json_text(out, text);
}

static void append_number(struct buf *out, const char *name, double number)
{
    buf_printf(out, ",\"%s\":", name);
    answer_json_number(out, number);
}

static void append_moment(struct buf *out, const char *name, int64_t ms)
{
    buf_printf(out, ",\"%s\":", name);
    answer_json_moment(out, ms);
}

static void append_date(struct buf *out, int64_t day)
{
    struct date date = calendar_date(day);
    buf_printf(out, "\"%04d-%02d-%02d\"", date.year, date.month, date.day);
}

static void append_counts(struct buf *out, const struct report_counts *counts)
{
    buf_printf(out, "\"view\":%llu,\"seen\":%llu,\"engaged\":%llu,\"goal\":%llu",
               (unsigned long long)counts->view, (unsigned long long)counts->seen,
               (unsigned long long)counts->engaged, (unsigned long long)counts->goal);
}

static void append_rate(struct buf *out, const struct report_counts *counts)
{
    if (counts->seen == 0) {
        buf_append(out, STR(",\"rate\":null,\"ci95\":null"));
        return;
    }
    struct interval ci = statistics_wilson(counts->goal, counts->seen);
    buf_printf(out, ",\"rate\":%.6g,\"ci95\":[%.6g,%.6g]",
               (double)counts->goal / (double)counts->seen, ci.low, ci.high);
}

static void append_comparison(struct buf *out, const struct report_counts *before,
                              const struct report_counts *after)
{
    static const char *const names[] = {
        [VERDICT_NONE] = "none",     [VERDICT_COVERAGE] = "coverage", [VERDICT_SAME] = "same",
        [VERDICT_HIGHER] = "higher", [VERDICT_LOWER] = "lower",
    };
    struct comparison c = report_compare(before, after);
    buf_printf(out, "{\"verdict\":\"%s\"", names[c.verdict]);
    if (c.verdict == VERDICT_NONE)
        buf_append(out, STR(",\"difference_ci95\":null"));
    else
        buf_printf(out, ",\"difference_ci95\":[%.6g,%.6g]", c.difference.low, c.difference.high);
    if (c.verdict == VERDICT_SAME && c.more != UINT64_MAX)
        buf_printf(out, ",\"more_views\":%llu}", (unsigned long long)c.more);
    else
        buf_append(out, STR(",\"more_views\":null}"));
}

/* What all rows have behind their own values. */
static void append_figures(struct buf *out, const struct report_row *row, bool has_before)
{
    static const char *const vitals[] = {
        [VITAL_TTFB] = "ttfb_p75_ms",
        [VITAL_LCP] = "lcp_p75_ms",
        [VITAL_INP] = "inp_p75_ms",
        [VITAL_CLS] = "cls_p75",
    };
    append_counts(out, &row->now);
    append_rate(out, &row->now);
    buf_printf(out, ",\"taps\":%llu,\"left\":%llu,\"measured\":%llu", (unsigned long long)row->taps,
               (unsigned long long)row->left, (unsigned long long)row->measured);
    append_number(out, "value", row->value);
    append_number(out, "cost", row->cost);
    append_number(out, "cost_per_goal",
                  row->now.goal > 0 ? row->cost / (double)row->now.goal : NAN);
    append_number(out, "engaged_median_s", row->engaged_s);
    for (size_t i = 0; i < VITAL_COUNT; i++)
        append_number(out, vitals[i], row->vitals[i]);
    if (!has_before) {
        buf_append(out, STR(",\"before\":null,\"trend\":null"));
        return;
    }
    buf_append(out, STR(",\"before\":{"));
    append_counts(out, &row->before);
    append_rate(out, &row->before);
    buf_append(out, STR("},\"trend\":"));
    append_comparison(out, &row->before, &row->now);
}

/* Rows with the values that `names` are the names of. */
static void append_rows(struct buf *out, const struct report_rows *rows, bool has_before,
                        const struct str *names, size_t width)
{
    buf_append_char(out, '[');
    for (size_t r = 0; r < rows->count; r++) {
        buf_append(out, r > 0 ? STR(",\n{\"by\":") : STR("\n{\"by\":"));
        answer_json_by(out, names, rows->items[r].by, width);
        buf_append_char(out, ',');
        append_figures(out, &rows->items[r], has_before);
        buf_append_char(out, '}');
    }
    buf_append_char(out, ']');
}

static void append_days(struct buf *out, const struct report_print *print)
{
    const struct report_answer *answer = print->answer;
    buf_append(out, STR(",\n\"days\":["));
    for (size_t i = 0; i < answer->day_count; i++) {
        buf_append(out, i > 0 ? STR(",\n{\"day\":") : STR("\n{\"day\":"));
        append_date(out, answer->days[i].day);
        buf_append_char(out, ',');
        append_counts(out, &answer->days[i].now);
        buf_append(out, STR(",\"before\":"));
        if (print->has_before) {
            buf_append_char(out, '{');
            append_counts(out, &answer->days[i].before);
            buf_append(out, STR("}}"));
        } else {
            buf_append(out, STR("null}"));
        }
    }
    buf_append_char(out, ']');
}

static void append_tapped(struct buf *out, const struct report_answer *answer)
{
    buf_append(out, STR(",\n\"ctas\":["));
    for (size_t i = 0; i < answer->tapped_count; i++) {
        const struct report_tapped *tapped = &answer->tapped[i];
        buf_append(out, i > 0 ? STR(",\n{") : STR("\n{"));
        append_text(out, "page", tapped->page);
        buf_append_char(out, ',');
        append_text(out, "cta", tapped->cta);
        buf_append_char(out, ',');
        append_text(out, "dest", tapped->dest);
        buf_printf(out, ",\"goal\":%s,\"views\":%llu,\"taps\":%llu,\"left\":%llu,\"closed\":%llu",
                   tapped->is_goal ? "true" : "false", (unsigned long long)tapped->views,
                   (unsigned long long)tapped->taps, (unsigned long long)tapped->left,
                   (unsigned long long)tapped->closed);
        append_number(out, "value", tapped->value);
        buf_append_char(out, '}');
    }
    buf_append_char(out, ']');
}

static void append_revs(struct buf *out, const struct report_answer *answer)
{
    buf_append(out, STR(",\n\"revs\":["));
    for (size_t i = 0; i < answer->rev_count; i++) {
        const struct report_rev *rev = &answer->revs[i];
        buf_append(out, i > 0 ? STR(",\n{") : STR("\n{"));
        append_text(out, "page", rev->page);
        buf_append_char(out, ',');
        append_text(out, "rev", rev->rev);
        append_moment(out, "first", rev->first_ms);
        append_moment(out, "last", rev->last_ms);
        buf_append_char(out, ',');
        append_counts(out, &rev->counts);
        append_rate(out, &rev->counts);
        buf_printf(out, ",\"back\":%s,\"change\":", rev->is_back ? "true" : "false");
        if (i > 0 && str_eq(answer->revs[i - 1].page, rev->page))
            append_comparison(out, &answer->revs[i - 1].counts, &rev->counts);
        else
            buf_append(out, STR("null"));
        buf_append_char(out, '}');
    }
    buf_append_char(out, ']');
}

void report_print_json(const struct report_print *print, struct buf *out)
{
    static const struct str channel_names[] = {STR_INIT("kind"), STR_INIT("name"),
                                               STR_INIT("detail")};
    static const struct str campaign_names[] = {STR_INIT("utm_campaign")};
    const struct report_answer *answer = print->answer;
    buf_append_char(out, '{');
    append_text(out, "tz", print->zone);
    append_moment(out, "before", print->has_before ? print->query->before_ms : INT64_MIN);
    append_moment(out, "from", print->query->from_ms);
    append_moment(out, "to", print->query->to_ms);
    buf_append(out, STR(",\n\"total\":{"));
    append_figures(out, &answer->total, print->has_before);
    buf_append(out, STR("},\n\"rows\":"));
    append_rows(out, &answer->rows, print->compares_rows, print->query->by, print->query->by_count);
    buf_append(out, STR(",\n\"campaigns\":"));
    append_rows(out, &answer->campaigns, print->has_before, campaign_names, 1);
    buf_append(out, STR(",\n\"channels\":"));
    append_rows(out, &answer->channels, print->has_before, channel_names, CHANNEL_WIDTH);
    append_days(out, print);
    append_tapped(out, answer);
    append_revs(out, answer);
    buf_printf(out, ",\n\"cost_unused\":%.10g,\"goal_guessed\":%llu", answer->cost_unused,
               (unsigned long long)answer->goal_guessed);
    buf_append(out, STR(",\n\"loss\":"));
    answer_json_loss(out, &answer->loss);
    buf_append(out, STR("}\n"));
}

/* --- CSV ------------------------------------------------------------------------------------ */

static void append_csv_number(struct buf *out, double number, bool known)
{
    if (known && !isnan(number))
        buf_printf(out, ",%.10g", number);
    else
        buf_append_char(out, ',');
}

static void append_csv_row(struct buf *out, const struct report_print *print,
                           const struct report_row *row)
{
    const struct report_counts *now = &row->now;
    struct interval ci = statistics_wilson(now->goal, now->seen);
    for (size_t i = 0; i < print->query->by_count; i++) {
        if (i > 0)
            buf_append_char(out, ',');
        csv_append_visible(out, row->by[i]);
    }
    buf_printf(out, ",%llu,%llu,%llu,%llu", (unsigned long long)now->view,
               (unsigned long long)now->seen, (unsigned long long)now->engaged,
               (unsigned long long)now->goal);
    append_csv_number(out, (double)now->goal / (double)now->seen, now->seen > 0);
    append_csv_number(out, ci.low, now->seen > 0);
    append_csv_number(out, ci.high, now->seen > 0);
    buf_printf(out, ",%llu,%llu", (unsigned long long)row->taps, (unsigned long long)row->left);
    append_csv_number(out, row->value, true);
    append_csv_number(out, row->cost, true);
    append_csv_number(out, row->cost / (double)now->goal, now->goal > 0);
    append_csv_number(out, (double)row->before.seen, print->compares_rows);
    append_csv_number(out, (double)row->before.goal, print->compares_rows);
    append_csv_number(out, row->engaged_s, true);
    for (size_t i = 0; i < VITAL_COUNT; i++)
        append_csv_number(out, row->vitals[i], true);
    buf_append(out, STR("\r\n"));
}

void report_print_csv(const struct report_print *print, struct buf *out)
{
    for (size_t i = 0; i < print->query->by_count; i++) {
        csv_append_cell(out, print->query->by[i]);
        buf_append_char(out, ',');
    }
    buf_append(out, STR("view,seen,engaged,goal,rate,ci95_low,ci95_high,taps,left,value,cost,"
                        "cost_per_goal,before_seen,before_goal,engaged_median_s,ttfb_p75_ms,"
                        "lcp_p75_ms,inp_p75_ms,cls_p75\r\n"));
    for (size_t i = 0; i < print->answer->rows.count; i++)
        append_csv_row(out, print, &print->answer->rows.items[i]);
}

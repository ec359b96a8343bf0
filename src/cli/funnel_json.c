/* Owns what programs read from `attimo funnel`: JSON and CSV. */
#include "cli/answer_json.h"
#include "cli/csv.h"
#include "cli/funnel.h"
#include "insight/statistics.h"

static const char *const mode_names[] = {
    [CHAIN_ORDERED] = "ordered",
    [CHAIN_STRICT] = "strict",
    [CHAIN_INCREASING] = "increasing",
};

/* --- JSON ----------------------------------------------------------------------------------- */

static void append_share(struct buf *out, const char *name, uint64_t part, uint64_t whole)
{
    if (whole == 0)
        buf_printf(out, ",\"%s\":null", name);
    else
        buf_printf(out, ",\"%s\":%.6g", name, (double)part / (double)whole);
}

static void append_step(struct buf *out, const struct funnel_print *print,
                        const struct funnel_group *group, size_t k)
{
    uint64_t entered = group->reached[0];
    buf_append(out, STR("{\"step\":"));
    buf_append_json(out, print->answer->steps->list[k].text);
    buf_printf(out, ",\"count\":%llu", (unsigned long long)group->reached[k]);
    append_share(out, "of_previous", group->reached[k], group->reached[k > 0 ? k - 1 : 0]);
    append_share(out, "of_entry", group->reached[k], entered);
    if (entered > 0) {
        struct interval ci = statistics_wilson(group->reached[k], entered);
        buf_printf(out, ",\"ci95\":[%.6g,%.6g]}", ci.low, ci.high);
    } else {
        buf_append(out, STR(",\"ci95\":null}"));
    }
}

static void append_group(struct buf *out, const struct funnel_print *print,
                         const struct funnel_group *group)
{
    size_t steps = print->answer->steps->count;
    buf_append(out, STR("{\"by\":"));
    answer_json_by(out, print->query->by, group->by, group->by ? print->query->by_count : 0);
    buf_append(out, STR(",\"steps\":["));
    for (size_t k = 0; k < steps; k++) {
        if (k > 0)
            buf_append_char(out, ',');
        append_step(out, print, group, k);
    }
    buf_printf(out, "],\"entered\":%llu,\"converted\":%llu,\"open\":%llu",
               (unsigned long long)group->reached[0], (unsigned long long)group->reached[steps - 1],
               (unsigned long long)group->open);
    buf_append(out, STR(",\"median_s\":"));
    answer_json_number(out, group->median_s);
    buf_append(out, STR(",\"p90_s\":"));
    answer_json_number(out, group->p90_s);
    buf_append_char(out, '}');
}

static void append_groups(struct buf *out, const struct funnel_print *print)
{
    const struct funnel_answer *answer = print->answer;
    buf_append(out, STR(",\n\"groups\":["));
    if (print->query->by_count == 0)
        append_group(out, print, &answer->total);
    for (size_t i = 0; print->query->by_count > 0 && i < answer->group_count; i++) {
        buf_append(out, i > 0 ? STR(",\n") : STR("\n"));
        append_group(out, print, &answer->groups[i]);
    }
    buf_append_char(out, ']');
    if (print->query->by_count > 0) {
        buf_append(out, STR(",\n\"total\":"));
        append_group(out, print, &answer->total);
    }
}

static void append_coverage(struct buf *out, const struct funnel_answer *answer)
{
    buf_printf(out, ",\n\"coverage\":{\"view\":%llu,\"seen\":%llu,\"unserved\":%llu,\"channels\":[",
               (unsigned long long)answer->coverage.view, (unsigned long long)answer->coverage.seen,
               (unsigned long long)answer->unserved);
    for (size_t i = 0; i < answer->channel_count; i++) {
        const struct funnel_channel *channel = &answer->channels[i];
        buf_append(out, i > 0 ? STR(",{\"channel\":") : STR("{\"channel\":"));
        answer_json_text(out, channel->name);
        buf_append(out, STR(",\"os\":"));
        answer_json_text(out, channel->os);
        buf_printf(out, ",\"view\":%llu,\"seen\":%llu}", (unsigned long long)channel->view,
                   (unsigned long long)channel->seen);
    }
    buf_append(out, STR("]}"));
}

void funnel_print_json(const struct funnel_print *print, struct buf *out)
{
    buf_append(out, STR("{\"unit\":"));
    buf_append_json(out, print->query->unit);
    buf_printf(out, ",\"window_s\":%.10g,\"mode\":\"%s\",\"from\":",
               (double)print->query->window_ms / 1000, mode_names[print->query->mode]);
    answer_json_moment(out, print->query->from_ms);
    buf_append(out, STR(",\"to\":"));
    answer_json_moment(out, print->query->to_ms);
    buf_append(out, STR(",\"tz\":"));
    buf_append_json(out, print->zone);
    append_groups(out, print);
    append_coverage(out, print->answer);
    buf_append(out, STR(",\n\"loss\":"));
    answer_json_loss(out, &print->answer->loss);
    buf_append(out, STR("}\n"));
}

/* --- CSV ------------------------------------------------------------------------------------ */

static void append_csv_share(struct buf *out, double share, bool known)
{
    if (known)
        buf_printf(out, ",%.6g", share);
    else
        buf_append_char(out, ',');
}

static void append_csv_step(struct buf *out, const struct funnel_print *print,
                            const struct funnel_group *group, size_t k)
{
    uint64_t entered = group->reached[0];
    uint64_t count = group->reached[k];
    uint64_t previous = group->reached[k > 0 ? k - 1 : 0];
    struct interval ci = statistics_wilson(count, entered);
    for (size_t i = 0; i < print->query->by_count; i++) {
        csv_append_visible(out, group->by ? group->by[i] : str_make(NULL, 0));
        buf_append_char(out, ',');
    }
    buf_printf(out, "%zu,", k + 1);
    csv_append_visible(out, print->answer->steps->list[k].text);
    buf_printf(out, ",%llu", (unsigned long long)count);
    append_csv_share(out, (double)count / (double)previous, previous > 0);
    append_csv_share(out, (double)count / (double)entered, entered > 0);
    append_csv_share(out, ci.low, entered > 0);
    append_csv_share(out, ci.high, entered > 0);
    buf_printf(out, ",%llu\r\n", (unsigned long long)group->open);
}

void funnel_print_csv(const struct funnel_print *print, struct buf *out)
{
    const struct funnel_answer *answer = print->answer;
    for (size_t i = 0; i < print->query->by_count; i++) {
        csv_append_cell(out, print->query->by[i]);
        buf_append_char(out, ',');
    }
    buf_append(out, STR("number,step,count,of_previous,of_entry,ci95_low,ci95_high,open\r\n"));
    for (size_t k = 0; print->query->by_count == 0 && k < answer->steps->count; k++)
        append_csv_step(out, print, &answer->total, k);
    for (size_t i = 0; print->query->by_count > 0 && i < answer->group_count; i++)
        for (size_t k = 0; k < answer->steps->count; k++)
            append_csv_step(out, print, &answer->groups[i], k);
}

/* Owns the answer to a funnel's question.
 *
 * Happy path: page views are gathered and given when they are over (visits); their events are
 * placed in units (funnel_place), each unit's best chain is found and counted (funnel_count), all
 * by parts that work side by side; in the end the parts are added up. Failure modes: a line that
 * cannot be read is counted as damaged and hides nothing else; when memory is short there is no
 * answer. */
#include "insight/funnel.h"

#include "base/err.h"
#include "insight/funnel_count.h"

#include <math.h>
#include <stdlib.h>

struct funnel {
    struct question question;
    struct funnel_input input;
    struct visits *visits;
    struct row_numbers by;
    struct funnel_place places[VISITS_PARTS];
    struct funnel_count counts[UNITS_PARTS]; /* in the end all is added to the first */
    int64_t settled_ms;                      /* while units are counted */
    uint64_t damaged;
    struct funnel_answer answer;
};

/* --- parts ---------------------------------------------------------------------------------- */

static int init_parts(struct funnel *funnel)
{
    int rc = 0;
    for (size_t i = 0; i < VISITS_PARTS; i++)
        if (funnel_place_init(&funnel->places[i], &funnel->question, &funnel->by) != 0)
            rc = ERR_NO_MEMORY;
    for (size_t i = 0; i < UNITS_PARTS; i++)
        funnel_count_init(&funnel->counts[i], &funnel->question);
    return rc;
}

static void finish_parts(struct funnel *funnel)
{
    for (size_t i = 0; i < VISITS_PARTS; i++)
        funnel_place_finish(&funnel->places[i]);
    for (size_t i = 0; i < UNITS_PARTS; i++)
        funnel_count_finish(&funnel->counts[i]);
}

int funnel_create(struct funnel **out, const struct funnel_query *query, struct complaint *why)
{
    struct funnel *funnel = calloc(1, sizeof *funnel);
    *out = funnel;
    if (!funnel)
        return ERR_NO_MEMORY;
    int rc = question_init(&funnel->question, query, why);
    if (rc != 0) {
        free(funnel);
        *out = NULL;
        return rc;
    }
    row_numbers_init(&funnel->by, query->by_count);
    rc = init_parts(funnel);
    funnel->answer.steps = &funnel->question.steps;
    if (rc != 0) {
        funnel_destroy(funnel);
        *out = NULL;
    }
    return rc;
}

void funnel_destroy(struct funnel *funnel)
{
    if (!funnel)
        return;
    free(funnel->answer.groups);
    spread_finish(&funnel->answer.total.elapsed_ms);
    free(funnel->answer.channels);
    finish_parts(funnel);
    row_numbers_finish(&funnel->by);
    visits_destroy(funnel->visits);
    free(funnel);
}

/* --- reading -------------------------------------------------------------------------------- */

static uint8_t tell(const void *context, const struct str *texts)
{
    const struct funnel *funnel = context;
    return question_keeps(&funnel->question, texts) ? VISITS_KEEP : 0;
}

static int on_visit(void *context, size_t part, struct visit *visit)
{
    struct funnel *funnel = context;
    struct funnel_place *place = &funnel->places[part];
    int rc = funnel_place_add(place, funnel->visits, visit);
    if (rc == 0 && place->whole_count > 0)
        rc = funnel_count_unit(&funnel->counts[part], place->whole, place->whole_count);
    return rc;
}

static int count_part(void *context, size_t part)
{
    struct funnel *funnel = context;
    for (size_t i = 0; i < VISITS_PARTS; i++) {
        struct buf *items = &funnel->places[i].out[part];
        int rc = funnel_count_add(&funnel->counts[part], buf_str(items));
        if (rc != 0)
            return rc;
        buf_clear(items);
    }
    return funnel_count_settled(&funnel->counts[part], funnel->settled_ms);
}

/* Little by little is not worth the way. */
static bool is_worth_it(const struct funnel *funnel)
{
    size_t waiting = 0;
    for (size_t i = 0; i < VISITS_PARTS; i++)
        for (size_t part = 0; part < UNITS_PARTS; part++)
            waiting += funnel->places[i].out[part].len;
    return waiting > 1024 * 1024;
}

static int on_settled(void *context, struct crew *crew, int64_t settled_ms)
{
    struct funnel *funnel = context;
    if (settled_ms != INT64_MAX && !is_worth_it(funnel))
        return 0;
    funnel->settled_ms = settled_ms;
    return crew_run(crew, count_part, funnel, UNITS_PARTS);
}

static int on_restart(void *context, bool keeps_undated)
{
    struct funnel *funnel = context;
    finish_parts(funnel);
    int rc = init_parts(funnel);
    for (size_t i = 0; i < UNITS_PARTS; i++)
        funnel->counts[i].units.keeps_undated = keeps_undated;
    return rc;
}

static void on_damage(void *context, const struct scan_damage *damage)
{
    struct funnel *funnel = context;
    funnel->damaged++;
    funnel->input.on_damage(funnel->input.context, damage);
}

static int on_failure(void *context, const char *file, int error)
{
    struct funnel *funnel = context;
    funnel->damaged++;
    return funnel->input.on_failure(funnel->input.context, file, error);
}

static int start(struct funnel *funnel, const struct funnel_input *input)
{
    const struct funnel_query *query = &funnel->question.query;
    const struct visits_options options = {
        .wanted = &funnel->question.wanted,
        .from_ms = query->from_ms,
        .to_ms = query->to_ms < INT64_MAX - query->window_ms ? query->to_ms + query->window_ms
                                                             : INT64_MAX,
        .now_ms = query->now_ms,
        .threads = input->threads,
        .piece_size = input->piece_size,
        .ignores_journeys = funnel->question.unit_kind != UNIT_JOURNEY,
        .lost_from_ms = query->from_ms,
        .lost_to_ms = query->to_ms,
        .tell = tell,
        .on_visit = on_visit,
        .on_settled = on_settled,
        .on_restart = on_restart,
        .on_damage = on_damage,
        .on_failure = on_failure,
        .context = funnel,
    };
    funnel->input = *input;
    return visits_create(&funnel->visits, &options);
}

int funnel_read_file(struct funnel *funnel, const struct funnel_input *input, const char *path)
{
    int rc = start(funnel, input);
    return rc == 0 ? visits_read_file(funnel->visits, path) : rc;
}

int funnel_read_data(struct funnel *funnel, const struct funnel_input *input, const char *data)
{
    int rc = start(funnel, input);
    return rc == 0 ? visits_read_data(funnel->visits, data) : rc;
}

/* --- what is left out ----------------------------------------------------------------------- */

static int add_channels(struct funnel *funnel)
{
    struct funnel_answer *answer = &funnel->answer;
    size_t room = 1;
    for (size_t i = 0; i < VISITS_PARTS; i++)
        if (funnel->places[i].channel_count > room)
            room = funnel->places[i].channel_count;
    answer->channels = calloc(room, sizeof *answer->channels);
    if (!answer->channels)
        return ERR_NO_MEMORY;
    for (size_t number = 0; number < room; number++) {
        struct funnel_channel *channel = &answer->channels[answer->channel_count];
        for (size_t i = 0; i < VISITS_PARTS; i++)
            if (number < funnel->places[i].channel_count) {
                channel->view += funnel->places[i].channels[number].view;
                channel->seen += funnel->places[i].channels[number].seen;
            }
        if (channel->view == 0 && channel->seen == 0)
            continue;
        channel->os = visits_channel(funnel->visits, (uint32_t)number)[0];
        channel->name = visits_channel(funnel->visits, (uint32_t)number)[1];
        answer->channel_count++;
    }
    return 0;
}

static int add_what_is_lost(struct funnel *funnel)
{
    struct funnel_answer *answer = &funnel->answer;
    if (!funnel->visits)
        return 0;
    for (size_t i = 0; i < VISITS_PARTS; i++) {
        loss_add(&answer->loss, &funnel->places[i].loss);
        answer->coverage.view += funnel->places[i].coverage.view;
        answer->coverage.seen += funnel->places[i].coverage.seen;
        answer->unserved += funnel->places[i].unserved;
    }
    answer->loss.damaged = funnel->damaged;
    answer->loss.dropped = visits_missing(funnel->visits).dropped;
    answer->loss.refused = visits_missing(funnel->visits).refused;
    return add_channels(funnel);
}

/* --- the answer in order -------------------------------------------------------------------- */

static int by_entries(const void *left, const void *right)
{
    const struct funnel_group *a = left;
    const struct funnel_group *b = right;
    uint64_t of_a = a->reached[0] + a->open;
    uint64_t of_b = b->reached[0] + b->open;
    if (of_a != of_b)
        return of_a > of_b ? -1 : 1;
    return 0;
}

struct sorting {
    bool by_value;
    size_t width;
};

static int compare_groups(const void *left, const void *right, void *context)
{
    const struct sorting *sorting = context;
    const struct funnel_group *a = left;
    const struct funnel_group *b = right;
    int order = sorting->by_value ? 0 : by_entries(a, b);
    for (size_t i = 0; order == 0 && i < sorting->width; i++) {
        order = (a->by[i].ptr != NULL) - (b->by[i].ptr != NULL);
        if (order == 0)
            order = str_cmp(a->by[i], b->by[i]);
    }
    return order;
}

static int by_views(const void *left, const void *right)
{
    const struct funnel_channel *a = left;
    const struct funnel_channel *b = right;
    if (a->view != b->view)
        return a->view > b->view ? -1 : 1;
    int order = str_cmp(a->name, b->name);
    return order != 0 ? order : str_cmp(a->os, b->os);
}

static void tell_times(struct funnel_group *group)
{
    group->median_s = spread_quantile(&group->elapsed_ms, 0.5) / 1000;
    group->p90_s = spread_quantile(&group->elapsed_ms, 0.9) / 1000;
}

/* Each unit is in one group. */
static int total_times(struct funnel_answer *answer)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < answer->group_count; i++)
        rc = spread_add_all(&answer->total.elapsed_ms, &answer->groups[i].elapsed_ms);
    tell_times(&answer->total);
    return rc;
}

static int take_groups(struct funnel *funnel)
{
    struct funnel_answer *answer = &funnel->answer;
    struct funnel_count *count = &funnel->counts[0];
    const struct funnel_query *query = &funnel->question.query;
    struct sorting sorting = {
        .by_value = query->by_count > 0 && funnel->question.by[0] == NO_TEXT,
        .width = query->by_count,
    };
    answer->groups = calloc(count->group_room + 1, sizeof *answer->groups);
    if (!answer->groups)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < count->group_room; i++) {
        struct funnel_group *group = &count->groups[i];
        if (group->reached[0] == 0 && group->open == 0)
            continue;
        tell_times(group);
        answer->groups[answer->group_count++] = *group;
    }
    if (answer->group_count > 1)
        qsort_r(answer->groups, answer->group_count, sizeof *answer->groups, compare_groups,
                &sorting);
    answer->total = count->total;
    return total_times(answer);
}

int funnel_answer(struct funnel *funnel, const struct funnel_answer **out)
{
    struct funnel_answer *answer = &funnel->answer;
    int rc = add_what_is_lost(funnel);
    for (size_t i = 1; rc == 0 && i < UNITS_PARTS; i++)
        rc = funnel_count_merge(&funnel->counts[0], &funnel->counts[i]);
    if (rc == 0)
        rc = take_groups(funnel);
    if (rc == 0 && answer->channel_count > 1)
        qsort(answer->channels, answer->channel_count, sizeof *answer->channels, by_views);
    *out = rc == 0 ? answer : NULL;
    return rc;
}

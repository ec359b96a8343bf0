/* Owns what the values of a page view lead to: its row, its channel, its page and so on. */
#include "insight/report_tally.h"

#include "base/err.h"

#include <stdlib.h>

static struct str value_of(const struct tally_meaning *meaning, enum report_text text)
{
    return meaning->texts[text];
}

/* As value_of; an empty text tells as little as none. */
static struct str told(const struct tally_meaning *meaning, enum report_text text)
{
    struct str value = value_of(meaning, text);
    return value.len > 0 ? value : (struct str){0};
}

/* The system matters inside an app only: its browser is another one on each. */
static int find_channel(struct tally *tally, struct tally_meaning *meaning)
{
    struct str channel[CHANNEL_WIDTH] = {{0}};
    if (value_of(meaning, REPORT_APP).len > 0) {
        channel[CHANNEL_KIND] = STR("app");
        channel[CHANNEL_NAME] = value_of(meaning, REPORT_APP);
        channel[CHANNEL_DETAIL] = told(meaning, REPORT_OS);
    } else if (value_of(meaning, REPORT_UTM_SOURCE).len > 0) {
        channel[CHANNEL_KIND] = STR("utm");
        channel[CHANNEL_NAME] = value_of(meaning, REPORT_UTM_SOURCE);
        channel[CHANNEL_DETAIL] = told(meaning, REPORT_UTM_MEDIUM);
    } else if (value_of(meaning, REPORT_REF_HOST).len > 0) {
        channel[CHANNEL_KIND] = STR("referrer");
        channel[CHANNEL_NAME] = value_of(meaning, REPORT_REF_HOST);
    }
    return rows_find(&tally->channels, channel, &meaning->channel);
}

static int by_path(const void *path, const void *page)
{
    return str_cmp(*(const struct str *)path, ((const struct report_page *)page)->path);
}

static int find_page(struct tally *tally, struct tally_meaning *meaning)
{
    const struct report_pages *pages = &tally->query->pages;
    struct str path = value_of(meaning, REPORT_PAGE);
    int rc = tuples_number(&tally->paths, &path, &meaning->page.number);
    if (rc != 0)
        return rc;
    meaning->page.path = tuples_row(&tally->paths, meaning->page.number)[0];
    meaning->page.known = pages->count > 0 && path.ptr ? bsearch(&path, pages->items, pages->count,
                                                                 sizeof *pages->items, by_path)
                                                       : NULL;
    meaning->goal_value = taps_goal_value(meaning->page.known);
    return 0;
}

/* Of rows by time, what does not depend on it. */
static int find_row(struct tally *tally, struct tally_meaning *meaning)
{
    struct str row[REPORT_BY_MAX] = {{0}};
    for (size_t i = 0; i < tally->query->by_count; i++)
        if (!report_keys_is_time(tally->keys->by[i]))
            row[i] = meaning->texts[tally->keys->by[i]];
    return tally->keys->by_time ? tuples_number(&tally->timeless, row, &meaning->timeless)
                                : rows_find(&tally->rows, row, &meaning->row);
}

static int find_campaign(struct tally *tally, struct tally_meaning *meaning)
{
    struct str campaign = value_of(meaning, REPORT_UTM_CAMPAIGN);
    meaning->has_campaign = campaign.len > 0;
    int rc =
        meaning->has_campaign ? rows_find(&tally->campaigns, &campaign, &meaning->campaign) : 0;
    return rc == 0 ? spend_campaign(&tally->spend, campaign, &meaning->cost) : rc;
}

static int find_out(struct tally *tally, uint32_t texts, struct tally_meaning *meaning)
{
    meaning->texts = visits_texts(tally->visits, texts);
    const struct str rev[2] = {value_of(meaning, REPORT_PAGE), value_of(meaning, REPORT_REV)};
    int rc = find_row(tally, meaning);
    if (rc == 0)
        rc = find_channel(tally, meaning);
    if (rc == 0)
        rc = find_page(tally, meaning);
    if (rc == 0)
        rc = tuples_number(&tally->revs, rev, &meaning->rev);
    return rc == 0 ? find_campaign(tally, meaning) : rc;
}

const struct tally_meaning *tally_meaning(struct tally *tally, uint32_t texts)
{
    bool added;
    uint32_t number = table_get(&tally->meanings, table_key((uint64_t)texts + 1), &added);
    struct tally_meaning *meaning = number ? table_at(&tally->meanings, number) : NULL;
    if (meaning && added && find_out(tally, texts, meaning) != 0)
        return NULL;
    return meaning;
}

/* Owns the way from a hit to an event.
 *
 * A user agent is asked about more than two hundred marks, and few user agents are most of those
 * that come: the last ones are remembered, with their languages and what they were found to be. */
#include "capture/hit.h"

#include "base/err.h"
#include "capture/agent.h"
#include "capture/campaign.h"
#include "capture/classify.h"

#include <stdlib.h>

#define WORDS(name, words) STR_INIT(words),
static const struct str kinds[HIT_KIND_COUNT] = {HIT_KINDS(WORDS)};
static const struct str transports[HIT_TRANSPORT_COUNT] = {HIT_TRANSPORTS(WORDS)};
#undef WORDS

enum { KNOWN_AGENTS = 256, PACKAGE_MAX = 64, LANGUAGES_MAX = 64 };

struct known_agent {
    bool is_set;
    bool mobile;
    uint16_t agent_len;
    uint16_t package_len;
    uint16_t languages_len;
    char text[AGENT_MAX];
    char package[PACKAGE_MAX];
    char languages[LANGUAGES_MAX];
    struct agent agent;
    size_t language_len;
    char language[CLASSIFY_LANGUAGE_MAX];
};

struct hit_reader {
    /* Decoded, of the hit that was read last. */
    char campaign[CAMPAIGN_ROOM];
    char host[CLASSIFY_HOST_MAX];
    struct known_agent known[KNOWN_AGENTS];
};

int hit_reader_create(struct hit_reader **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? 0 : ERR_NO_MEMORY;
}

void hit_reader_destroy(struct hit_reader *reader)
{
    free(reader);
}

static uint64_t mix(uint64_t sum, uint64_t word)
{
    return (sum ^ word) * 0x9e3779b97f4a7c15;
}

/* Spreads agents over the table; who finds two of one place only makes himself read twice. */
static size_t place_of(struct str agent, struct str languages)
{
    uint64_t sum = agent.len << 16 ^ languages.len;
    uint64_t word;
    size_t at = 0;
    for (; at + sizeof word <= agent.len; at += sizeof word) {
        memcpy(&word, agent.ptr + at, sizeof word);
        sum = mix(sum, word);
    }
    word = 0;
    if (at < agent.len)
        memcpy(&word, agent.ptr + at, agent.len - at);
    sum = mix(sum, word);
    if (languages.len >= 2)
        sum = mix(sum, (uint64_t)languages.ptr[0] << 8 ^ (unsigned char)languages.ptr[1]);
    return (size_t)(sum >> 32) % KNOWN_AGENTS;
}

static uint16_t keep(char *out, struct str text)
{
    if (text.len > 0)
        memcpy(out, text.ptr, text.len);
    return (uint16_t)text.len;
}

static struct str cut(struct str text, size_t max)
{
    return text.len > max ? str_make(text.ptr, max) : text;
}

/* What is known of whoever has this user agent, package and languages. */
static const struct known_agent *read_agent(struct hit_reader *reader, const struct hit *hit)
{
    struct str text = cut(hit->user_agent, AGENT_MAX);
    struct str package = cut(hit->requested_with, PACKAGE_MAX);
    struct str languages = cut(hit->language, LANGUAGES_MAX);
    bool mobile = hit->flags & HIT_MOBILE;
    struct known_agent *known = &reader->known[place_of(text, languages)];
    if (known->is_set && known->mobile == mobile &&
        str_eq(str_make(known->text, known->agent_len), text) &&
        str_eq(str_make(known->languages, known->languages_len), languages) &&
        str_eq(str_make(known->package, known->package_len), package))
        return known;

    known->is_set = true;
    known->mobile = mobile;
    known->agent_len = keep(known->text, text);
    known->package_len = keep(known->package, package);
    known->languages_len = keep(known->languages, languages);
    agent_read(&known->agent, text, package, mobile);
    known->language_len = classify_language(languages, known->language).len;
    return known;
}

/* What only other events than views have. */
static void copy_event_facts(struct event *out, const struct hit *hit)
{
#define COPY(name) out->name = hit->name;
    HIT_NUMBERS(COPY)
#undef COPY
    out->journey = hit->journey;
    out->d = hit->d;
    out->variant = hit->variant;
    out->cta = hit->cta;
    out->dest = hit->dest;
}

/* What stands in the event as it stands in the hit. */
static void copy_facts(struct event *out, const struct hit *hit)
{
    out->pv = hit->pv;
    out->page = hit->page;
    out->rev = hit->rev;
    out->theme_rev = hit->theme_rev;
    out->intent = hit->intent;
    out->stage = hit->stage;
    out->country = hit->country;
    out->internal = hit->flags & HIT_INTERNAL;
    out->early = hit->flags & HIT_EARLY;
    out->gpc = hit->flags & HIT_GPC;
    out->save_data = hit->flags & HIT_SAVE_DATA;
    out->cached = hit->flags & HIT_CACHED;
    if (hit->flags & HIT_CLIENT_TOKEN)
        out->pv_src = STR("client");
    if (hit->kind != HIT_VIEW)
        copy_event_facts(out, hit);
}

static void classify(struct event *out, const struct hit *hit, struct hit_reader *reader)
{
    const struct known_agent *known = read_agent(reader, hit);
    out->device = known->agent.device;
    out->os = known->agent.os;
    out->app = known->agent.app;
    out->bot = known->agent.bot;
    out->lang = str_make(known->language, known->language_len);
    if (hit->purpose.len > 0)
        out->purpose = classify_purpose(hit->purpose);
    if (hit->referrer.len > 0)
        out->ref_host = classify_referrer(hit->referrer, reader->host);
    if (hit->query.len > 0)
        campaign_read(out, hit->query, reader->campaign);
}

/* Where the facts about a visit stand: on the view, and on what cannot be joined with one. All
 * other events of a page view go without. */
static bool stands_alone(const struct hit *hit)
{
    switch (hit->kind) {
    case HIT_VIEW:
    case HIT_REDIRECT:
        return true;
    case HIT_REFUSED:
    case HIT_GAP:
        return false;
    case HIT_SEEN:
        return hit->pv.len == 0 || hit->flags & HIT_CLIENT_TOKEN;
    default:
        return hit->pv.len == 0;
    }
}

void hit_event(struct event *out, const struct hit *hit, struct hit_reader *reader)
{
    *out = (struct event){
        .ts_ms = hit->ts_ms,
        .event = kinds[hit->kind],
        .transport = transports[hit->transport],
    };
    copy_facts(out, hit);
    if (stands_alone(hit))
        classify(out, hit, reader);
}

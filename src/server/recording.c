/* Owns the state that recording visits keeps between requests. */
#include "server/recording.h"

#include "capture/body.h"
#include "server/feed.h"
#include "server/tuning.h"

/* What somebody may bring at once, in seconds of what he may bring in the long run. A page that was
 * offline brings all that it has kept; behind one address of a carrier there are thousands. */
enum { VIEW_AHEAD_S = 60, ADDRESS_AHEAD_S = 5, PLACES = 16384 };

/* However low it is, the events of one request pass together: those that never could, a script
 * would send again for ever. */
static int make_limit(struct limit **limit, unsigned per_second, unsigned ahead_s)
{
    unsigned ahead = per_second * ahead_s;
    unsigned at_once = ahead > BODY_LINES_MAX ? ahead : BODY_LINES_MAX;
    const struct limit_options options = {per_second, at_once, PLACES};
    return limit_create(limit, &options);
}

/* Another limit in the place of one that is not as it should be. */
static int renew(struct limit **limit, unsigned *current, unsigned wanted, unsigned ahead_s)
{
    struct limit *fresh;
    if (*limit && *current == wanted)
        return 0;
    int rc = make_limit(&fresh, wanted, ahead_s);
    if (rc != 0)
        return rc;
    limit_destroy(*limit);
    *limit = fresh;
    *current = wanted;
    return 0;
}

static int tune(struct recording *recording, const struct tuning *tuning)
{
    const struct networks *internal = &tuning->internal_networks;
    struct recording_options *now = &recording->options;
    bool has_some = internal->count > 0 || internal->unix_sockets;
    recording->internal_networks = has_some ? internal : NULL;
    int rc =
        renew(&recording->by_view, &now->events_per_view, tuning->events_per_view, VIEW_AHEAD_S);
    return rc == 0 ? renew(&recording->by_address, &now->events_per_address,
                           tuning->events_per_address, ADDRESS_AHEAD_S)
                   : rc;
}

int recording_init(struct recording *recording, const unsigned char secret[HASH_KEY_SIZE],
                   const struct tuning *tuning, struct feed *feed)
{
    memset(recording, 0, sizeof *recording);
    recording->feed = feed;
    token_key_init(&recording->key, secret);
    random_stream_init(&recording->random, NULL);
    int rc = tune(recording, tuning);
    if (rc != 0)
        recording_finish(recording);
    return rc;
}

void recording_tune(struct recording *recording, const struct tuning *tuning)
{
    (void)tune(recording, tuning);
}

void recording_finish(struct recording *recording)
{
    limit_destroy(recording->by_view);
    limit_destroy(recording->by_address);
    recording->by_view = NULL;
    recording->by_address = NULL;
}

void recording_refuse(struct recording *recording, enum refusal_reason reason, unsigned n)
{
    counter_add(&recording->refused[reason], n);
    /* The rest is no loss to any page. */
    if (reason != REFUSAL_PAGE && reason != REFUSAL_ORIGIN)
        feed_refuse(recording->feed, n);
}

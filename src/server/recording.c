/* Owns the state that recording visits keeps between requests. */
#include "server/recording.h"

#include "server/feed.h"

/* What somebody may bring at once, in seconds of what he may bring in the long run. A page that was
 * offline brings all that it has kept; behind one address of a carrier there are thousands. */
enum { VIEW_AHEAD_S = 60, ADDRESS_AHEAD_S = 5, PLACES = 16384 };

static int make_limits(struct recording *recording, const struct recording_options *options)
{
    const struct limit_options by_view = {options->events_per_view,
                                          options->events_per_view * VIEW_AHEAD_S, PLACES};
    const struct limit_options by_address = {options->events_per_address,
                                             options->events_per_address * ADDRESS_AHEAD_S, PLACES};
    int rc = limit_create(&recording->by_view, &by_view);
    return rc == 0 ? limit_create(&recording->by_address, &by_address) : rc;
}

int recording_init(struct recording *recording, const struct recording_options *options,
                   struct feed *feed)
{
    unsigned char secret[HASH_KEY_SIZE];
    memset(recording, 0, sizeof *recording);
    recording->feed = feed;
    const struct networks *internal = options->internal_networks;
    if (internal && (internal->count > 0 || internal->unix_sockets))
        recording->internal_networks = internal;
    if (!options->secret)
        hash_random(secret, sizeof secret);
    token_key_init(&recording->key, options->secret ? options->secret : secret);
    random_stream_init(&recording->random, NULL);
    int rc = make_limits(recording, options);
    if (rc != 0)
        recording_finish(recording);
    return rc;
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
    /* One writer: no need for a locked instruction. */
    atomic_uint_least64_t *counter = &recording->refused[reason];
    uint64_t value = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, value + n, memory_order_relaxed);
    /* The rest is no loss to any page. */
    if (reason != REFUSAL_PAGE && reason != REFUSAL_ORIGIN)
        feed_refuse(recording->feed, n);
}

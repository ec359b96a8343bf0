/* What a reload may change while the server serves. Immutable once it is made, and shared by
 * reference: whoever is given another one lets go of the one before when it suits him. */
#ifndef ATTIMO_SERVER_TUNING_H
#define ATTIMO_SERVER_TUNING_H

#include "base/network.h"
#include "http/request.h"

#include <stdatomic.h>

struct server_options;

struct limits {
    struct request_limits request;
    size_t body; /* bytes */
    unsigned connections;
    uint64_t head_timeout_ms;
    uint64_t body_timeout_ms;
    uint64_t write_timeout_ms; /* without progress */
    uint64_t idle_timeout_ms;
};

enum { COUNTRY_FIELD_MAX = 64 };

struct tuning {
    atomic_uint references;
    struct limits limits;
    char country_field[COUNTRY_FIELD_MAX + 1]; /* to which the limits point */
    struct networks trusted_proxies;
    struct networks internal_networks;
    unsigned events_per_view; /* a second, in the long run; 0: as many as they like */
    unsigned events_per_address;
};

/* Copies what it needs of `options`; one reference. ERR_NO_MEMORY. */
int tuning_create(struct tuning **out, const struct server_options *options);

/* From any thread. */
struct tuning *tuning_ref(struct tuning *tuning);

/* The last one frees. Takes NULL. */
void tuning_unref(struct tuning *tuning);

#endif

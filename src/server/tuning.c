/* Owns the copy of the options that workers hold. */
#include "server/tuning.h"

#include "base/err.h"
#include "server/server.h"

#include <assert.h>
#include <stdlib.h>

int tuning_create(struct tuning **out, const struct server_options *options)
{
    struct tuning *tuning = calloc(1, sizeof *tuning);
    if (!tuning)
        return ERR_NO_MEMORY;
    atomic_init(&tuning->references, 1);
    tuning->limits = options->limits;
    tuning->events_per_view = options->recording.events_per_view;
    tuning->events_per_address = options->recording.events_per_address;

    const struct str country = options->limits.request.country_field;
    assert(country.len <= COUNTRY_FIELD_MAX);
    if (country.len > 0)
        memcpy(tuning->country_field, country.ptr, country.len);
    tuning->limits.request.country_field = str_make(tuning->country_field, country.len);

    int rc = networks_copy(&tuning->trusted_proxies, &options->trusted_proxies);
    if (rc == 0)
        rc = networks_copy(&tuning->internal_networks, &options->internal_networks);
    if (rc == 0)
        *out = tuning;
    else
        tuning_unref(tuning);
    return rc;
}

struct tuning *tuning_ref(struct tuning *tuning)
{
    (void)atomic_fetch_add(&tuning->references, 1);
    return tuning;
}

void tuning_unref(struct tuning *tuning)
{
    if (!tuning || atomic_fetch_sub(&tuning->references, 1) > 1)
        return;
    networks_finish(&tuning->trusted_proxies);
    networks_finish(&tuning->internal_networks);
    free(tuning);
}

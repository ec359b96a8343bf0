/* Owns the share of descriptors that visitors may have. */
#include "server/capacity.h"

#include <sys/resource.h>

/* Descriptors that are not for visitors: listeners, loops, the admin's connections, page files, the
 * journal and its upkeep, a take-over. */
static unsigned spare_descriptors(const struct server_options *options)
{
    enum { PER_LOOP = 6, OTHERS = 28 };
    return OTHERS + LISTENERS_MAX + ADMIN_CONNECTIONS_MAX / 4 + (options->workers + 1) * PER_LOOP;
}

void capacity_limit(struct server_options *options)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    (void)getrlimit(RLIMIT_NOFILE, &limit);

    rlim_t spare = spare_descriptors(options);
    rlim_t room = limit.rlim_cur > 2 * spare ? limit.rlim_cur - spare : limit.rlim_cur / 2;
    if (room >= options->limits.connections)
        return;
    log_warning(&options->log, "at most %u connections instead of %u: %llu files may be open",
                (unsigned)room, options->limits.connections, (unsigned long long)limit.rlim_cur);
    options->limits.connections = (unsigned)room;
}

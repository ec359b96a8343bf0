/* Owns the reading of X-Forwarded-*, from the right: what stands left of an untrusted hop is that
 * hop's word only. */
#include "http/forwarded.h"

/* Takes from `*rest` what stands behind its last comma into `*part`, and cuts it off there. False
 * once nothing is left. */
static bool split_last(struct str *rest, struct str *part)
{
    if (!rest->ptr)
        return false;
    ptrdiff_t comma = str_find_last(*rest, ',');
    *part = str_trim(str_skip(*rest, (size_t)(comma + 1)));
    *rest = comma < 0 ? str_make(NULL, 0) : str_make(rest->ptr, (size_t)comma);
    return true;
}

/* Goes through the elements of all lines of a field, from the last to the first. */
struct walk {
    const struct request *request;
    enum field id;
    unsigned further; /* further lines from here on have been seen */
    bool first_seen;  /* and so has the first */
    struct str rest;
};

static struct walk walk_begin(const struct request *request, enum field id)
{
    return (struct walk){.request = request,
                         .id = id,
                         .further = request->further_count,
                         .first_seen = !request_has(request, id)};
}

/* Moves to the line before. False: there is none. */
static bool previous_line(struct walk *walk)
{
    const struct request *request = walk->request;
    while (walk->further > 0) {
        walk->further--;
        if (request->further[walk->further].id == walk->id) {
            walk->rest = request->further[walk->further].value;
            return true;
        }
    }
    if (walk->first_seen)
        return false;
    walk->first_seen = true;
    walk->rest = request_value(request, walk->id);
    return true;
}

/* Empty elements are passed over (RFC 9110 5.6.1). */
static bool walk_back(struct walk *walk, struct str *element)
{
    do {
        while (split_last(&walk->rest, element))
            if (element->len > 0)
                return true;
    } while (previous_line(walk));
    return false;
}

struct peer forwarded_client(const struct request *request, const struct peer *peer,
                             const struct networks *trusted)
{
    struct walk walk = walk_begin(request, FIELD_FORWARDED_FOR);
    struct str element;
    struct peer client = *peer;
    while (networks_contain(trusted, &client) && walk_back(&walk, &element))
        if (peer_parse(&client, element) != 0)
            return (struct peer){.kind = PEER_UNKNOWN};
    return client;
}

bool forwarded_is_https(const struct request *request, const struct peer *peer,
                        const struct networks *trusted)
{
    struct walk walk = walk_begin(request, FIELD_FORWARDED_PROTO);
    struct str element;
    return networks_contain(trusted, peer) && walk_back(&walk, &element) &&
           str_eq_nocase(element, STR("https"));
}

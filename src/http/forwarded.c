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
    unsigned line; /* lines from here on have been seen */
    struct str rest;
};

/* Empty elements are passed over (RFC 9110 5.6.1). */
static bool walk_back(struct walk *walk, struct str *element)
{
    for (;;) {
        while (split_last(&walk->rest, element))
            if (element->len > 0)
                return true;
        do {
            if (walk->line == 0)
                return false;
            walk->line--;
        } while (walk->request->fields[walk->line].id != walk->id);
        walk->rest = walk->request->fields[walk->line].value;
    }
}

struct peer forwarded_client(const struct request *request, const struct peer *peer,
                             const struct networks *trusted)
{
    struct walk walk = {request, FIELD_FORWARDED_FOR, request->field_count, {NULL, 0}};
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
    struct walk walk = {request, FIELD_FORWARDED_PROTO, request->field_count, {NULL, 0}};
    struct str element;
    return networks_contain(trusted, peer) && walk_back(&walk, &element) &&
           str_eq_nocase(element, STR("https"));
}

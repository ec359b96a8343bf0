/* Owns the question which host somebody comes from. */
#include "capture/classify.h"

static const struct str schemes[] = {
    STR_INIT("https://"),
    STR_INIT("http://"),
    STR_INIT("android-app://"),
};

static struct str without_scheme(struct str referrer)
{
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (str_starts_with_nocase(referrer, schemes[i]))
            return str_skip(referrer, schemes[i].len);
    return STR("");
}

/* `user@host:port/path?query`: the host. */
static struct str host_of(struct str rest)
{
    size_t end = 0;
    while (end < rest.len && !strchr("/?#\\", rest.ptr[end]))
        end++;
    rest.len = end;
    rest = str_skip(rest, (size_t)(str_find_last(rest, '@') + 1));
    ptrdiff_t colon = str_find_last(rest, ':');
    if (colon >= 0 && str_find(str_skip(rest, (size_t)colon), ']') < 0)
        rest.len = (size_t)colon;
    (void)str_cut_end(&rest, STR("."));
    return rest;
}

struct str classify_referrer(struct str referrer, char *room)
{
    struct str host = host_of(without_scheme(referrer));
    if (host.len > CLASSIFY_HOST_MAX)
        return STR("");
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        bool upper = c >= 'A' && c <= 'Z';
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                     (c != '\0' && strchr("-._:[]", c) != NULL);
        if (!upper && !plain)
            return STR("");
        room[i] = upper ? (char)(c + 'a' - 'A') : c;
    }
    return str_make(room, host.len);
}

bool classify_is_at_host(struct str address, struct str host)
{
    ptrdiff_t colon = str_find(address, ':');
    if (colon < 0 || host.len == 0)
        return false;
    address = str_skip(address, (size_t)colon);
    if (!str_starts_with(address, STR("://")))
        return false;
    address = str_skip(address, 3);
    if (!str_starts_with_nocase(address, host))
        return false;
    address = str_skip(address, host.len);
    return address.len == 0 || strchr("/:?#", address.ptr[0]);
}

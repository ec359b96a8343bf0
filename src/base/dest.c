/* Owns the question where a link leads. */
#include "base/dest.h"

/* The longer ones first. */
static const struct {
    const char *prefix;
    const char *dest;
} dests[] = {
    {"tel:", "tel"},
    {"sms:", "sms"},
    {"mailto:", "mail"},
    {"geo:", "map"},
    {"whatsapp:", "whatsapp"},
    {"https://wa.me/?", "share"},
    {"https://wa.me/", "whatsapp"},
    {"https://api.whatsapp.com/", "whatsapp"},
    {"https://maps.", "map"},
};

/* "https://www.google.it/maps/dir/..." */
static bool is_google_map(struct str address)
{
    if (!str_starts_with_nocase(address, STR("https://")))
        return false;
    struct str host = str_skip(address, strlen("https://"));
    ptrdiff_t slash = str_find(host, '/');
    if (slash < 0)
        return false;
    struct str path = str_skip(host, (size_t)slash);
    host.len = (size_t)slash;
    return str_contains(host, STR("google.")) && str_starts_with(path, STR("/maps"));
}

/* Neither with a scheme nor of another host (RFC 3986 4.2): it stays on the site that it is on. */
static bool is_relative(struct str address)
{
    size_t i = 0;
    while (i < address.len && !strchr(":/?#", address.ptr[i]))
        i++;
    bool has_scheme = i < address.len && address.ptr[i] == ':';
    return !has_scheme && !str_starts_with(address, STR("//"));
}

struct str dest_of(struct str address, struct str site)
{
    for (size_t i = 0; i < sizeof dests / sizeof *dests; i++)
        if (str_starts_with_nocase(address, str_from(dests[i].prefix)))
            return str_from(dests[i].dest);
    if (is_google_map(address))
        return STR("map");
    if (site.len > 0 && str_starts_with(address, site) &&
        (address.len == site.len || strchr("/?#", address.ptr[site.len])))
        return STR("page");
    return is_relative(address) ? STR("page") : STR("web");
}

bool dest_is_known(struct str word)
{
    for (size_t i = 0; i < sizeof dests / sizeof *dests; i++)
        if (str_eq(word, str_from(dests[i].dest)))
            return true;
    return str_eq(word, STR("page")) || str_eq(word, STR("web"));
}

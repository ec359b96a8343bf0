/* Owns the question where a link leads. */
#include "capture/classify.h"

static const struct str known[] = {
    STR_INIT("web"),      STR_INIT("tel"), STR_INIT("sms"),   STR_INIT("mail"),
    STR_INIT("whatsapp"), STR_INIT("map"), STR_INIT("share"), STR_INIT("page"),
};

/* What a link begins with; the first that fits wins. */
static const struct {
    struct str start;
    const char *dest;
} rules[] = {
    {STR_INIT("tel:"), "tel"},
    {STR_INIT("sms:"), "sms"},
    {STR_INIT("mailto:"), "mail"},
    {STR_INIT("whatsapp:"), "whatsapp"},
    {STR_INIT("https://wa.me/?"), "share"}, /* to nobody in particular */
    {STR_INIT("https://wa.me/"), "whatsapp"},
    {STR_INIT("https://api.whatsapp.com/"), "whatsapp"},
    {STR_INIT("https://web.whatsapp.com/"), "whatsapp"},
    {STR_INIT("https://chat.whatsapp.com/"), "whatsapp"},
    {STR_INIT("geo:"), "map"},
    {STR_INIT("maps:"), "map"},
    {STR_INIT("https://maps.google."), "map"},
    {STR_INIT("https://www.google.com/maps"), "map"},
    {STR_INIT("https://www.google.it/maps"), "map"},
    {STR_INIT("https://google.com/maps"), "map"},
    {STR_INIT("https://maps.app.goo.gl/"), "map"},
    {STR_INIT("https://goo.gl/maps/"), "map"},
    {STR_INIT("https://maps.apple.com/"), "map"},
    {STR_INIT("https://www.openstreetmap.org/"), "map"},
    {STR_INIT("https://waze.com/"), "map"},
    {STR_INIT("https://www.waze.com/"), "map"},
    {STR_INIT("https://"), "web"},
    {STR_INIT("http://"), "web"},
    {STR_INIT("//"), "web"},
    {STR_INIT("/"), "page"},
    {STR_INIT("#"), "page"},
    {STR_INIT("?"), "page"},
};

struct str classify_dest(struct str href)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct str start = rules[i].start;
        if (href.len >= start.len && str_eq_nocase(str_make(href.ptr, start.len), start))
            return str_from(rules[i].dest);
    }
    return href.len > 0 ? STR("web") : STR("");
}

bool classify_dest_is_known(struct str dest)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(dest, known[i]))
            return true;
    return false;
}

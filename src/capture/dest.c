/* Owns the list of what a link can lead to. */
#include "capture/classify.h"

static const struct str known[] = {
    STR_INIT("web"),      STR_INIT("tel"), STR_INIT("sms"),   STR_INIT("mail"),
    STR_INIT("whatsapp"), STR_INIT("map"), STR_INIT("share"), STR_INIT("page"),
};

bool classify_dest_is_known(struct str dest)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(dest, known[i]))
            return true;
    return false;
}

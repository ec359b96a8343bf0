/* Owns the names of UTM parameters, and how their values are read. */
#include "capture/campaign.h"

#include "capture/form.h"
#include "journal/json_text.h"

#include <stddef.h>

static const struct parameter {
    struct str name;
    size_t offset; /* in struct event */
} parameters[CAMPAIGN_KEYS] = {
    {STR_INIT("utm_source"), offsetof(struct event, utm_source)},
    {STR_INIT("utm_medium"), offsetof(struct event, utm_medium)},
    {STR_INIT("utm_campaign"), offsetof(struct event, utm_campaign)},
    {STR_INIT("utm_content"), offsetof(struct event, utm_content)},
    {STR_INIT("utm_term"), offsetof(struct event, utm_term)},
    {STR_INIT("utm_id"), offsetof(struct event, utm_id)},
};

enum { NAME_ROOM = 36, VALUE_ROOM = CAMPAIGN_ROOM / CAMPAIGN_KEYS };

static const struct parameter *find(struct str name)
{
    char room[NAME_ROOM]; /* every character of a name may be encoded */
    if (name.len > NAME_ROOM)
        return NULL;
    name = form_decode(room, name, NULL);
    for (size_t i = 0; i < CAMPAIGN_KEYS; i++)
        if (str_eq_nocase(name, parameters[i].name))
            return &parameters[i];
    return NULL;
}

/* Each byte of a value may be written as three; half a character at its end is cut off with it. */
static struct str read_value(struct str value, char *room)
{
    if (value.len > VALUE_ROOM)
        value.len = VALUE_ROOM;
    return json_text_cut(str_trim(form_decode(room, value, NULL)), EVENT_UTM_MAX);
}

void campaign_read(struct event *event, struct str query, char *room)
{
    struct str name;
    struct str value;
    while (form_next(&query, &name, &value)) {
        const struct parameter *parameter = find(name);
        if (!parameter)
            continue;
        struct str *out = (struct str *)(void *)((char *)event + parameter->offset);
        if (out->len == 0)
            *out = read_value(value, room + (parameter - parameters) * VALUE_ROOM);
    }
}

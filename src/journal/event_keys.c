/* Owns the table of an event's keys. */
#include "journal/event_keys.h"

#include <stddef.h>

#define BEFORE_identity(name) ",\"" #name "\":\""
#define BEFORE_text(name)     ",\"" #name "\":\""
#define BEFORE_utm(name)      ",\"" #name "\":\""
#define BEFORE_count(name)    ",\"" #name "\":"
#define BEFORE_number(name)   ",\"" #name "\":"
#define BEFORE_flag(name)     ",\"" #name "\":true"

#define KEY(kind, name)                                                       \
    {BEFORE_##kind(name), sizeof(BEFORE_##kind(name)) - 1, EVENT_KIND_##kind, \
     offsetof(struct event, name)},

const struct event_key event_keys[EVENT_KEY_COUNT] = {EVENT_KEYS(KEY)};

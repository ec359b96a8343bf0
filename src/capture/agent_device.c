/* Owns the question on what kind of device somebody looks. */
#include "capture/agent_rules.h"

static const struct agent_rule rules[] = {
    /* Those that look like others. */
    {"windows phone", "mobile"},
    {"tablet pc", "desktop"},
    {"opera mini", "mobile", .without = "tablet"},
    {"android tv", ""},
    {"googletv", ""},
    {"smart-tv", ""},
    {"smarttv", ""},
    {"bravia", ""},
    {"; aft", ""}, /* Fire TV */
    {"crkey", ""}, /* Chromecast */
    {"web0s", ""},

    {"ipad", "tablet"},
    {"tablet", "tablet"},
    {"kindle", "tablet"},
    {"playbook", "tablet"},
    {"silk/", "tablet", .without = "mobile"},

    {"iphone", "mobile"},
    {"ipod", "mobile"},
    {"mobi", "mobile"},
    {"kaios", "mobile"},
    {"blackberry", "mobile"},
    {"nokia", "mobile"},
    {"opera mobi", "mobile"},
    {"android", "tablet"}, /* phones say Mobile too */

    {"windows nt", "desktop"},
    {"macintosh", "desktop"},
    {"cros ", "desktop"},
    {"x11", "desktop"},
    {"linux", "desktop"},
    {"freebsd", "desktop"},
    {"openbsd", "desktop"},
};

struct str agent_device(struct str agent, bool mobile)
{
    const struct agent_rule *rule = agent_find_rule(rules, sizeof rules / sizeof *rules, agent);
    if (mobile)
        return STR("mobile");
    return str_from(rule ? rule->answer : "");
}

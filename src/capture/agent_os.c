/* Owns the question which operating system somebody has. */
#include "capture/agent_rules.h"

static const struct agent_rule rules[] = {
    {"windows phone", "windows"}, /* which says Android and iPhone too */
    {"iphone", "ios"},
    {"ipad", "ios"},
    {"ipod", "ios"},
    {"harmonyos", "harmonyos"}, /* which says Android too */
    {"openharmony", "harmonyos"},
    {"kaios", "kaios"},
    {"tizen", "tizen"},
    {"web0s", "webos"},
    {"android", "android"},
    {"cros ", "chromeos"},
    {"windows", "windows"},
    {"macintosh", "macos"},
    {"mac os x", "macos"},
    {"blackberry", "blackberry"},
    {"freebsd", "bsd"},
    {"openbsd", "bsd"},
    {"netbsd", "bsd"},
    {"linux", "linux"},
    {"x11", "linux"},
};

struct str agent_os(struct str agent)
{
    const struct agent_rule *rule = agent_find_rule(rules, sizeof rules / sizeof *rules, agent);
    return str_from(rule ? rule->answer : "");
}

/* Owns the rules' meaning, and asks each table its question. */
#include "capture/agent_rules.h"

static bool has_mark(struct str agent, const char *mark)
{
    if (*mark == '^')
        return str_starts_with(agent, str_from(mark + 1));
    return str_contains(agent, str_from(mark));
}

static bool fits(const struct agent_rule *rule, struct str agent)
{
    return has_mark(agent, rule->mark) && (!rule->with || has_mark(agent, rule->with)) &&
           !(rule->without && has_mark(agent, rule->without));
}

const struct agent_rule *agent_find_rule(const struct agent_rule *rules, size_t count,
                                         struct str agent)
{
    for (size_t i = 0; i < count; i++)
        if (fits(&rules[i], agent))
            return &rules[i];
    return NULL;
}

void agent_read(struct agent *out, struct str user_agent, struct str package, bool mobile)
{
    char lower[AGENT_MAX];
    struct str agent = {lower, user_agent.len < AGENT_MAX ? user_agent.len : AGENT_MAX};
    for (size_t i = 0; i < agent.len; i++) {
        char c = user_agent.ptr[i];
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
    }
    out->device = agent_device(agent, mobile);
    out->os = agent_os(agent);
    out->app = agent_app(agent, package);
    out->bot = agent_bot(agent);
}

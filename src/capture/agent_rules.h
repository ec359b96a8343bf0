/* What the tables of user agents share. Private to agent*.c. */
#ifndef ATTIMO_CAPTURE_AGENT_RULES_H
#define ATTIMO_CAPTURE_AGENT_RULES_H

#include "capture/agent.h"

/* A user agent that has `mark` in it (and `with`, and not `without`, where these are said) gets
 * `answer`; the first rule that fits wins. Marks are in lower case; `^` binds one to the beginning.
 */
struct agent_rule {
    const char *mark;
    const char *answer;
    const char *with;
    const char *without;
};

/* `agent` in lower case; NULL: no rule fits. */
const struct agent_rule *agent_find_rule(const struct agent_rule *rules, size_t count,
                                         struct str agent);

struct str agent_device(struct str agent, bool mobile);
struct str agent_os(struct str agent);
struct str agent_app(struct str agent, struct str package);
struct str agent_bot(struct str agent);

#endif

/* What a user agent tells of itself: on what it runs, in which app, and whether it is a person's at
 * all. One table per question, each in a file of its own that reads like a list. */
#ifndef ATTIMO_CAPTURE_AGENT_H
#define ATTIMO_CAPTURE_AGENT_H

#include "base/str.h"

/* Constants; empty where nothing is known. */
struct agent {
    struct str device; /* mobile, tablet, desktop. An iPad that calls itself a Mac is a desktop */
    struct str os;
    struct str app; /* whose web view it is: instagram, facebook...; `webview`: somebody's */
    struct str bot; /* why it is no person: `crawler:googlebot`, `empty`... */
};

enum { AGENT_MAX = 512 }; /* what is longer is read this far */

/* `package` is what Android's web views send as X-Requested-With, or empty; `mobile` that
 * Sec-CH-UA-Mobile says so. */
void agent_read(struct agent *out, struct str user_agent, struct str package, bool mobile);

#endif

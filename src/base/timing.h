/* What an answer tells the script of its page, as far as those who write it and those who weigh the
 * answer beforehand must agree on it. */
#ifndef ATTIMO_BASE_TIMING_H
#define ATTIMO_BASE_TIMING_H

enum { TOKEN_LEN = 31 }; /* of a view's token (capture/token.h) */

#endif

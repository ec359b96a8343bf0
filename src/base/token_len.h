/* How long a view's token (capture/token.h) is as text: the site, which weighs answers before there
 * is one, must know it too. */
#ifndef ATTIMO_BASE_TOKEN_LEN_H
#define ATTIMO_BASE_TOKEN_LEN_H

enum { TOKEN_LEN = 31 }; /* bytes */

#endif

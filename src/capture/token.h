/* Tokens: the random number that each page response carries, signed, so that the server recognises
 * its own without remembering them. The signature keeps noise out; it does not stop a program that
 * fetches pages. */
#ifndef ATTIMO_CAPTURE_TOKEN_H
#define ATTIMO_CAPTURE_TOKEN_H

#include "base/hash.h"
#include "base/token_len.h"
#include "journal/token_date.h"

/* A token is its id (see token_date.h), then its signature; base64url. */
enum { TOKEN_LIFE_MS = 24 * 3600 * 1000 };

struct token_key {
    unsigned char bytes[HASH_SHORT_KEY_SIZE];
};

/* From the key of the installation (data/secret), which nodes may share. */
void token_key_init(struct token_key *key, const unsigned char secret[HASH_KEY_SIZE]);

struct token_facts {
    int64_t ms; /* of the response, since 1970, UTC */
    uint64_t random;
    bool prefetch; /* the response answered a prefetch */
};

/* Writes exactly TOKEN_LEN characters. `page` is what the signature binds it to: the hash_pair of
 * the page's path, decoded, and the revision of its text. */
void token_write(char *out, const struct token_key *key, const struct token_facts *facts,
                 uint64_t page);

enum token_verdict {
    TOKEN_GOOD,
    TOKEN_ABSENT,
    TOKEN_CLIENT, /* 128 bits that a script made up: 22 characters of base64url, 32 hex digits, or
                     24 to 40 decimal ones */
    TOKEN_FORGED, /* its signature is not right: made by somebody else, or for another page */
    TOKEN_OLD,    /* ours, of another day */
};

/* Judges what a script sends as its token. `facts` is filled in for GOOD and OLD. */
enum token_verdict token_read(struct token_facts *facts, struct str token,
                              const struct token_key *key, uint64_t page, int64_t now_ms);

/* What the journal calls it: a token of ours without its signature, any other as it is. */
struct str token_id(struct str token);

/* Whether `text` has the form of a token, ours or a script's own. */
bool token_has_form(struct str text);

#endif

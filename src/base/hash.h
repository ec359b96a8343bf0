/* Digests and randomness. The only user of libsodium. */
#ifndef ATTIMO_BASE_HASH_H
#define ATTIMO_BASE_HASH_H

#include "base/buf.h"
#include "base/str.h"

/* Call once before anything else here, before threads start. ERR_IO if the system has no
 * randomness. */
int hash_init(void);

enum { HASH_TEXT_SIZE = 17, HASH_SHA256_SIZE = 32, HASH_BASE64_SIZE = 45, HASH_KEY_SIZE = 32 };

/* BLAKE2b of all parts one behind the other, 96 bits of it, as 16 characters of base64url and a
 * NUL: for ETags and revisions. */
void hash_text(char out[HASH_TEXT_SIZE], const struct str *parts, size_t count);

/* The same under a key: only who has it can make or check the text. */
void hash_keyed_text(char out[HASH_TEXT_SIZE], const unsigned char key[HASH_KEY_SIZE],
                     const struct str *parts, size_t count);

/* Whether two texts are equal, in a time that does not tell where they differ. */
bool hash_equal(const char a[HASH_TEXT_SIZE], const char b[HASH_TEXT_SIZE]);

/* SHA-256 as standard base64 with padding and a NUL: for Content-Security-Policy sources. */
void hash_sha256_base64(char out[HASH_BASE64_SIZE], struct str s);

/* Appends bytes as standard base64 with padding: for data URIs. */
void hash_append_base64(struct str bytes, struct buf *out);

/* A key of its own for one purpose out of a key for many. */
enum { HASH_SHORT_KEY_SIZE = 16 };
void hash_derive_short_key(unsigned char out[HASH_SHORT_KEY_SIZE],
                           const unsigned char key[HASH_KEY_SIZE], struct str purpose);

/* SipHash-2-4: 64 bits that only who has the key can foretell. */
uint64_t hash_short(const unsigned char key[HASH_SHORT_KEY_SIZE], struct str bytes);

/* 64 bits that tell a pair of texts from other pairs, on every machine. There is no key: whoever
 * wants can find two that are alike. */
uint64_t hash_pair(struct str a, struct str b);

/* Random bytes from the system's generator; never fails after hash_init. */
void hash_random(void *out, size_t n);

/* Random numbers without a system call for each: ChaCha20 under a key that each block replaces, so
 * that what was given before cannot be found from what is in memory. For one thread. */
struct random_stream {
    unsigned char block[512]; /* the next key, then numbers; used ones are zero */
    size_t used;
};

/* `seed` NULL: from the system's generator. The same seed gives the same numbers. */
void random_stream_init(struct random_stream *stream, const unsigned char seed[HASH_KEY_SIZE]);
uint64_t random_stream_next(struct random_stream *stream);

#endif

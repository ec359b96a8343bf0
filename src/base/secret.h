/* The key of an installation: 32 random bytes in a file that only its user may read. Nodes that
 * serve one site may share it. */
#ifndef ATTIMO_BASE_SECRET_H
#define ATTIMO_BASE_SECRET_H

#include "base/hash.h"

/* For the server: reads `data`/secret; makes the folder and the file (0600) where they are not
 * there. Several processes may do so at once: all get the same key. ERR_INVALID: the file has not
 * 32 bytes. ERR_DENIED, ERR_IO, ERR_NO_SPACE... Needs hash_init. */
int secret_load(unsigned char key[HASH_KEY_SIZE], const char *data);

/* For whoever signs what a server is to accept: makes nothing. ERR_NOT_FOUND: no server has made a
 * key there. Else as secret_load. */
int secret_read(unsigned char key[HASH_KEY_SIZE], const char *data);

#endif

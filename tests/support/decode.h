/* Decodes what was compressed, with the libraries' own decoders. */
#ifndef ATTIMO_TESTS_DECODE_H
#define ATTIMO_TESTS_DECODE_H

#include "base/buf.h"

/* Appends the content of `body` to `out`. `coding` is the value of Content-Encoding: "gzip", "br",
 * or empty for none. Fails the test for bytes that are no whole and clean stream of that coding. */
void decode(struct str coding, struct str body, struct buf *out);

#endif

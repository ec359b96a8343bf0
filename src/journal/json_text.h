/* The inside of JSON strings: any bytes in, valid JSON out, and back. */
#ifndef ATTIMO_JOURNAL_JSON_TEXT_H
#define ATTIMO_JOURNAL_JSON_TEXT_H

#include "base/str.h"

/* Writes `text` as it stands between the quotes of a JSON string, and returns its end, or NULL if
 * it does not fit before `limit`; bytes from the end to `limit` may have been touched. Escaped are
 * quote, backslash, control characters (those to U+009F move terminals too), and what some programs
 * take for the end of a line (U+2028, U+2029). What is no UTF-8 becomes U+FFFD. */
char *json_text_write(char *out, const char *limit, struct str text);

/* How much of `text` can be written in `max` bytes, to a whole character; `*len` is how many bytes
 * that takes. */
struct str json_text_fit(struct str text, size_t max, size_t *len);

/* How much of `text`, to a whole character, is at most `max` bytes of UTF-8 once what is none has
 * become U+FFFD. */
struct str json_text_cut(struct str text, size_t max);

/* Undoes escapes: writes to `out`, which has room for as many bytes as `text` has, and returns the
 * length. Half a surrogate pair becomes U+FFFD. ERR_INVALID: not the inside of a JSON string. */
ptrdiff_t json_text_unescape(char *out, struct str text);

/* The same of a single escape: `*rest` begins behind its backslash, and moves behind the escape.
 * Writes at most JSON_TEXT_UNESCAPED_MAX bytes, and never more than the escape has. */
enum { JSON_TEXT_UNESCAPED_MAX = 4 };
ptrdiff_t json_text_unescape_one(char *out, struct str *rest);

#endif

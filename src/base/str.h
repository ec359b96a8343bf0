/* A slice: bytes that belong to somebody else. Not terminated, may hold any byte. */
#ifndef ATTIMO_BASE_STR_H
#define ATTIMO_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len;
};

/* A slice of a string literal (or of a char array that ends in NUL). */
#define STR(literal) ((struct str)STR_INIT(literal))

/* The same where a constant initializer is wanted. */
#define STR_INIT(literal)              \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

/* For printf: printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, (s).ptr

static inline struct str str_make(const char *ptr, size_t len)
{
    return (struct str){ptr, len};
}

static inline struct str str_from(const char *terminated)
{
    return (struct str){terminated, terminated ? strlen(terminated) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Order by bytes, shorter first where one begins the other: <0, 0, >0. */
int str_cmp(struct str a, struct str b);

/* ASCII letters compare without regard to case; other bytes as they are. */
bool str_eq_nocase(struct str a, struct str b);

bool str_starts_with(struct str s, struct str prefix);
bool str_starts_with_nocase(struct str s, struct str prefix); /* as str_eq_nocase */
bool str_ends_with(struct str s, struct str suffix);

/* Takes `suffix` off the end of `*s`, and returns whether it stood there. */
bool str_cut_end(struct str *s, struct str suffix);

/* Where `c` first (last) stands in `s`, or -1. */
ptrdiff_t str_find(struct str s, char c);
ptrdiff_t str_find_last(struct str s, char c);

/* Whether `part` stands somewhere in `s`; an empty one always does. */
bool str_contains(struct str s, struct str part);

/* `s` without its first `n` bytes; empty when it has fewer. */
struct str str_skip(struct str s, size_t n);

/* `s` without the spaces and tabs (str_trim_lines: and line ends) around it. */
struct str str_trim(struct str s);
struct str str_trim_lines(struct str s);

/* `s` without the byte order mark that some editors, most of them on Windows, begin a file with. */
struct str str_skip_mark(struct str s);

/* Takes from `*rest` what stands before the first `separator` (all, if there is none) into `*part`,
 * and moves `*rest` behind it. False once nothing is left. */
bool str_split(struct str *rest, char separator, struct str *part);

/* Writes `s` to `out` with its control characters as \xHH, as much as has room; returns how many
 * bytes that took, at most STR_VISIBLE_MAX for each of `s`. */
enum { STR_VISIBLE_MAX = 4 };
size_t str_visible(char *out, size_t room, struct str s);

/* The decimal number that is all of `s`. ERR_INVALID: not digits only; ERR_TOO_LARGE. */
int str_to_u64(struct str s, uint64_t *out);

/* Whether `s` is well-formed UTF-8 (RFC 3629: shortest forms, no surrogates, at most U+10FFFF). */
bool str_is_utf8(struct str s);

/* How many bytes the first character of `s` (not empty) takes, 1 to 4. Where it is not well-formed
 * `*valid` is false, and the bytes are those that one U+FFFD stands for in browsers too. */
size_t str_utf8_char(struct str s, bool *valid);

/* How many characters `s` has, which is UTF-8. */
size_t str_utf8_length(struct str s);

#endif

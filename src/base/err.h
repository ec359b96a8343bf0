/* The error codes of the whole program: one list, negative values, words for people. */
#ifndef ATTIMO_BASE_ERR_H
#define ATTIMO_BASE_ERR_H

#define ERR_LIST(X)                              \
    X(-1, NO_MEMORY, "out of memory")            \
    X(-2, IO, "input/output error")              \
    X(-3, NOT_FOUND, "not found")                \
    X(-4, EXISTS, "already there")               \
    X(-5, DENIED, "permission denied")           \
    X(-6, NO_SPACE, "no space left")             \
    X(-7, TOO_LARGE, "too large")                \
    X(-8, INVALID, "not valid")                  \
    X(-9, OUTSIDE, "leads outside the folder")   \
    X(-10, IN_USE, "in use")                     \
    X(-11, LIMIT, "a limit is reached")          \
    X(-12, CHANGED, "changed while it was read") \
    X(-13, LOOP, "links lead in a circle")       \
    X(-14, STOPPED, "stopped before its end")

enum err {
#define ERR_ENUM(code, name, words) ERR_##name = (code),
    ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
};

/* Words for a code of the list above; 0 is "no error". Never NULL, never to be freed. */
const char *err_words(int code);

/* The nearest code for a value of errno; never 0. */
int err_from_errno(int error_number);

#endif

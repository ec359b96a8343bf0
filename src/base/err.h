/* The error codes of the whole program: one list, negative values, words for people. */
#ifndef ATTIMO_BASE_ERR_H
#define ATTIMO_BASE_ERR_H

#include "base/lang.h"

#define ERR_LIST(X)                                                              \
    X(-1, NO_MEMORY, "out of memory", "memoria esaurita")                        \
    X(-2, IO, "input/output error", "errore di lettura o scrittura")             \
    X(-3, NOT_FOUND, "not found", "non c’è")                                     \
    X(-4, EXISTS, "already there", "c’è già")                                    \
    X(-5, DENIED, "permission denied", "permesso negato")                        \
    X(-6, NO_SPACE, "no space left", "spazio esaurito")                          \
    X(-7, TOO_LARGE, "too large", "troppo grande")                               \
    X(-8, INVALID, "not valid", "non valido")                                    \
    X(-9, OUTSIDE, "leads outside the folder", "porta fuori dalla cartella")     \
    X(-10, IN_USE, "in use", "già in uso")                                       \
    X(-11, LIMIT, "a limit is reached", "raggiunto un limite")                   \
    X(-12, CHANGED, "changed while it was read", "cambiato mentre veniva letto") \
    X(-13, LOOP, "links lead in a circle", "i collegamenti portano in cerchio")  \
    X(-14, STOPPED, "stopped before its end", "fermato prima della fine")        \
    X(-15, FOLDER, "is a folder", "è una cartella")                              \
    X(-16, NO_FOLDER, "is no folder", "non è una cartella")                      \
    X(-17, NO_GZIP, "is no gzip file", "non è un file gzip")                     \
    X(-18, READ_ONLY, "the file system is read-only", "disco in sola lettura")

enum err {
#define ERR_ENUM(code, name, words, words_it) ERR_##name = (code),
    ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
};

/* Words for a code of the list above; 0 is "no error". Never NULL, never to be freed. Logs speak
 * English. */
const char *err_words(int code);
const char *err_words_in(int code, enum lang lang);

/* The nearest code for a value of errno; never 0. */
int err_from_errno(int error_number);

/* The system's own words for a value of errno. It has them in English: in Italian are those that
 * whoever starts a server meets. Not for several threads at a time. */
const char *err_system_words(int error_number, enum lang lang);

#endif

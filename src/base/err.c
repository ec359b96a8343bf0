/* Owns the words of the error codes, and their translation from errno. */
#include "base/err.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

const char *err_words_in(int code, enum lang lang)
{
    switch (code) {
    case 0:
        return text_in(TEXT("no error", "nessun errore"), lang);
#define ERR_CASE(value, name, words, words_it) \
    case value:                                \
        return text_in(TEXT(words, words_it), lang);
        ERR_LIST(ERR_CASE)
#undef ERR_CASE
    default:
        return text_in(TEXT("unknown error", "errore sconosciuto"), lang);
    }
}

const char *err_words(int code)
{
    return err_words_in(code, LANG_EN);
}

int err_from_errno(int error_number)
{
    switch (error_number) {
    case ENOMEM:
        return ERR_NO_MEMORY;
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EEXIST:
        return ERR_EXISTS;
    case EACCES:
    case EPERM:
        return ERR_DENIED;
    case ENOSPC:
    case EDQUOT:
        return ERR_NO_SPACE;
    case EFBIG:
    case EOVERFLOW:
    case ENAMETOOLONG:
        return ERR_TOO_LARGE;
    case EISDIR:
        return ERR_FOLDER;
    case EINVAL:
    case ENXIO: /* opening a socket's name, or a device that is not there */
    case ENODEV:
        return ERR_INVALID;
    case EXDEV:
        return ERR_OUTSIDE;
    case ELOOP:
        return ERR_LOOP;
    case EADDRINUSE:
    case EBUSY:
        return ERR_IN_USE;
    case EMFILE:
    case ENFILE:
        return ERR_LIMIT;
    case EROFS:
        return ERR_READ_ONLY;
    default:
        return ERR_IO;
    }
}

const char *err_system_words(int error_number, enum lang lang)
{
    static const struct {
        int number;
        const char *it;
    } known[] = {
        {EADDRINUSE, "indirizzo già in uso"},
        {EADDRNOTAVAIL, "questa macchina non ha quell’indirizzo"},
        {EACCES, "permesso negato"},
        {ENOENT, "file o cartella che non c’è"},
        {ENOTDIR, "non è una cartella"},
        {EROFS, "disco in sola lettura"},
    };
    for (size_t i = 0; lang == LANG_IT && i < sizeof known / sizeof *known; i++)
        if (known[i].number == error_number)
            return known[i].it;
    return strerror(error_number);
}

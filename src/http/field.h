/* The fields of a request by name. */
#ifndef ATTIMO_HTTP_FIELD_H
#define ATTIMO_HTTP_FIELD_H

#include <stddef.h>

/* The fields that somebody here reads; all others are checked, counted and passed over. */
enum field {
    FIELD_HOST,
    FIELD_ACCEPT_ENCODING,
    FIELD_CONNECTION,
    FIELD_IF_MATCH,
    FIELD_IF_NONE_MATCH,
    FIELD_EARLY_DATA,
    FIELD_EXPECT,
    FIELD_CONTENT_LENGTH,
    FIELD_TRANSFER_ENCODING,
    FIELD_FORWARDED_FOR,
    FIELD_FORWARDED_PROTO,
    FIELD_USER_AGENT,
    FIELD_REFERER,
    FIELD_ACCEPT_LANGUAGE,
    FIELD_COOKIE,
    FIELD_CONTENT_TYPE,
    FIELD_SEC_FETCH_SITE,
    FIELD_SEC_FETCH_MODE,
    FIELD_PURPOSE, /* Sec-Purpose, Purpose, X-Purpose, X-Moz, X-FB-HTTP-Engine */
    FIELD_SEC_GPC,
    FIELD_DNT,
    FIELD_SAVE_DATA,
    FIELD_MOBILE,         /* Sec-CH-UA-Mobile */
    FIELD_REQUESTED_WITH, /* X-Requested-With */
    FIELD_PING_FROM,
    FIELD_COUNTRY, /* the one that the limits name */
    FIELD_NONE
};

/* The field of that name, which is a token; whatever its case. FIELD_NONE: nobody reads it. */
enum field field_of(const char *name, size_t len);

#endif

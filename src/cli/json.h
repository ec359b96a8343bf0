/* Texts as JSON writes them. */
#ifndef ATTIMO_CLI_JSON_H
#define ATTIMO_CLI_JSON_H

#include "base/buf.h"

/* Appends `text` in quotes. What is not UTF-8 is shown as \xHH, as JSON cannot hold it. */
void json_append_string(struct buf *out, struct str text);

#endif

/* Texts for YAML files that programs write. */
#ifndef ATTIMO_BASE_YAML_QUOTE_H
#define ATTIMO_BASE_YAML_QUOTE_H

#include "base/buf.h"

/* Appends `text` as a double-quoted scalar of one line, out of which yaml_parse reads the same
 * text. Whatever its bytes, a parser understands it: U+FFFD stands for those that are not UTF-8. A
 * zero byte alone is refused by yaml_parse. */
void yaml_quote(struct buf *out, struct str text);

#endif

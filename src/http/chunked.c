/* Owns the grammar of chunks: which byte may follow which. */
#include "http/chunked.h"

#include "base/hex.h"
#include "http/span.h"

enum state {
    BAD, /* so that what the table leaves out leads here */
    SIZE_START,
    SIZE,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    EXTENSION_BEFORE, /* only spaces so far, and there must be one */
    EXTENSION_START,
    EXTENSION_NAME,
    EXTENSION_NAMED, /* spaces behind a name */
    VALUE_START,
    VALUE,
    QUOTED,
    ESCAPED,
    VALUE_END,
    TRAILER_START, /* or the empty line */
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    END_LF,
    END,
    STATES
};

/* Bytes that all states treat alike. */
enum kind {
    HEX,   /* and a token character */
    TOKEN, /* other token characters */
    SEMICOLON,
    EQUALS,
    QUOTE,
    BACKSLASH,
    COLON,
    SPACE, /* or a tab */
    TEXT,  /* what is left of visible characters, and all beyond ASCII */
    CR,
    LF,
    CONTROL,
    KINDS
};

static const unsigned char next_state[STATES][KINDS] = {
    [SIZE_START] = {[HEX] = SIZE},
    [SIZE] =
        {[HEX] = SIZE, [SEMICOLON] = EXTENSION_START, [SPACE] = EXTENSION_BEFORE, [CR] = SIZE_LF},
    [DATA_CR] = {[CR] = DATA_LF},
    [DATA_LF] = {[LF] = SIZE_START},

    [EXTENSION_BEFORE] = {[SPACE] = EXTENSION_BEFORE, [SEMICOLON] = EXTENSION_START},
    [EXTENSION_START] =
        {[SPACE] = EXTENSION_START, [HEX] = EXTENSION_NAME, [TOKEN] = EXTENSION_NAME},
    [EXTENSION_NAME] = {[HEX] = EXTENSION_NAME,
                        [TOKEN] = EXTENSION_NAME,
                        [SPACE] = EXTENSION_NAMED,
                        [EQUALS] = VALUE_START,
                        [SEMICOLON] = EXTENSION_START,
                        [CR] = SIZE_LF},
    [EXTENSION_NAMED] =
        {[SPACE] = EXTENSION_NAMED, [EQUALS] = VALUE_START, [SEMICOLON] = EXTENSION_START},
    [VALUE_START] = {[SPACE] = VALUE_START, [HEX] = VALUE, [TOKEN] = VALUE, [QUOTE] = QUOTED},
    [VALUE] = {[HEX] = VALUE,
               [TOKEN] = VALUE,
               [SPACE] = EXTENSION_BEFORE,
               [SEMICOLON] = EXTENSION_START,
               [CR] = SIZE_LF},
    [QUOTED] = {[HEX] = QUOTED,
                [TOKEN] = QUOTED,
                [SEMICOLON] = QUOTED,
                [EQUALS] = QUOTED,
                [COLON] = QUOTED,
                [SPACE] = QUOTED,
                [TEXT] = QUOTED,
                [BACKSLASH] = ESCAPED,
                [QUOTE] = VALUE_END},
    [ESCAPED] = {[HEX] = QUOTED,
                 [TOKEN] = QUOTED,
                 [SEMICOLON] = QUOTED,
                 [EQUALS] = QUOTED,
                 [COLON] = QUOTED,
                 [SPACE] = QUOTED,
                 [TEXT] = QUOTED,
                 [BACKSLASH] = QUOTED,
                 [QUOTE] = QUOTED},
    [VALUE_END] = {[SPACE] = EXTENSION_BEFORE, [SEMICOLON] = EXTENSION_START, [CR] = SIZE_LF},

    [TRAILER_START] = {[HEX] = TRAILER_NAME, [TOKEN] = TRAILER_NAME, [CR] = END_LF},
    [TRAILER_NAME] = {[HEX] = TRAILER_NAME, [TOKEN] = TRAILER_NAME, [COLON] = TRAILER_VALUE},
    [TRAILER_VALUE] = {[HEX] = TRAILER_VALUE,
                       [TOKEN] = TRAILER_VALUE,
                       [SEMICOLON] = TRAILER_VALUE,
                       [EQUALS] = TRAILER_VALUE,
                       [QUOTE] = TRAILER_VALUE,
                       [BACKSLASH] = TRAILER_VALUE,
                       [COLON] = TRAILER_VALUE,
                       [SPACE] = TRAILER_VALUE,
                       [TEXT] = TRAILER_VALUE,
                       [CR] = TRAILER_LF},
    [TRAILER_LF] = {[LF] = TRAILER_START},
    [END_LF] = {[LF] = END},
};

static enum kind kind_of(unsigned char c)
{
    switch (c) {
    case ';':
        return SEMICOLON;
    case '=':
        return EQUALS;
    case '"':
        return QUOTE;
    case '\\':
        return BACKSLASH;
    case ':':
        return COLON;
    case ' ':
    case '\t':
        return SPACE;
    case '\r':
        return CR;
    case '\n':
        return LF;
    default:
        break;
    }
    if (c < ' ' || c == 0x7f)
        return CONTROL;
    if (hex_digit((char)c) >= 0)
        return HEX;
    return span_token((const char *)&c, (const char *)&c + 1) > (const char *)&c ? TOKEN : TEXT;
}

/* False: a number that does not fit. */
static bool add_digit(struct chunked *chunked, unsigned char c)
{
    if (chunked->left > UINT64_MAX >> 4)
        return false;
    chunked->left = chunked->left << 4 | (unsigned)hex_digit((char)c);
    return true;
}

static struct str take(struct str *input, uint64_t most)
{
    struct str piece = str_make(input->ptr, most < input->len ? (size_t)most : input->len);
    *input = str_skip(*input, piece.len);
    return piece;
}

enum chunked_result chunked_next(struct chunked *chunked, struct str *input, struct str *data)
{
    if (chunked->state == 0)
        chunked->state = SIZE_START;
    while (input->len > 0) {
        if (chunked->state == DATA) {
            *data = take(input, chunked->left);
            chunked->left -= data->len;
            if (chunked->left == 0)
                chunked->state = DATA_CR;
            return CHUNKED_DATA;
        }
        unsigned char c = (unsigned char)take(input, 1).ptr[0];
        bool size_ends = chunked->state == SIZE_LF && c == '\n';
        chunked->state = size_ends ? (chunked->left > 0 ? DATA : TRAILER_START)
                                   : next_state[chunked->state][kind_of(c)];
        if (chunked->state == SIZE && !add_digit(chunked, c))
            chunked->state = BAD;
        if (chunked->state == BAD)
            return CHUNKED_BAD;
        if (chunked->state == END)
            return CHUNKED_END;
        if (chunked->state == DATA)
            return CHUNKED_SIZE;
    }
    return CHUNKED_MORE;
}

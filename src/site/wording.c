/* Owns finding and counting words. */
#include "site/wording.h"

/* --- folding -------------------------------------------------------------------------------- */

/* What is typed in many ways, in one; a soft hyphen is not seen at all. */
static const struct {
    struct str from;
    const char *to;
} plain[] = {
    {STR_INIT("\xC2\xA0"), " "},     /* no-break space */
    {STR_INIT("\xE2\x80\xAF"), " "}, /* narrow no-break space */
    {STR_INIT("\xC2\xAD"), ""},      /* soft hyphen */
    {STR_INIT("\xE2\x80\x98"), "'"},  {STR_INIT("\xE2\x80\x99"), "'"},
    {STR_INIT("\xE2\x80\x9C"), "\""}, {STR_INIT("\xE2\x80\x9D"), "\""},
    {STR_INIT("\xC2\xAB"), "\""},     {STR_INIT("\xC2\xBB"), "\""},
    {STR_INIT("\xE2\x80\x93"), "-"},  {STR_INIT("\xE2\x80\x94"), "-"},
    {STR_INIT("\xE2\x80\xA6"), "."},
};

/* U+00C0 to U+00DE are capitals, but for the multiplication sign. */
static bool is_accented_capital(struct str s)
{
    unsigned char next = s.len > 1 ? (unsigned char)s.ptr[1] : 0;
    return s.len > 1 && (unsigned char)s.ptr[0] == 0xC3 && next >= 0x80 && next <= 0x9E &&
           next != 0x97;
}

/* Appends what `text` begins with, folded; returns how many bytes that was. */
static size_t fold_one(struct str text, struct buf *out)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (!str_starts_with(text, plain[i].from))
            continue;
        buf_append(out, str_from(plain[i].to));
        return plain[i].from.len;
    }
    if (is_accented_capital(text)) {
        buf_append_char(out, text.ptr[0]);
        buf_append_char(out, (char)(text.ptr[1] + 0x20));
        return 2;
    }
    char c = text.ptr[0];
    if (c >= 'A' && c <= 'Z')
        c = (char)(c + 'a' - 'A');
    if (c == '\t' || c == '\n' || c == '\r')
        c = ' ';
    buf_append_char(out, c);
    return 1;
}

void wording_fold(struct str text, struct buf *out)
{
    while (text.len > 0) {
        text = str_skip(text, fold_one(text, out));
        if (out->len > 1 && out->ptr[out->len - 1] == ' ' && out->ptr[out->len - 2] == ' ')
            out->len--;
    }
}

/* --- letters -------------------------------------------------------------------------------- */

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* How many bytes the first character of `text` takes. */
static size_t character_length(struct str text)
{
    size_t length = 1;
    while (length < text.len && is_continuation(text.ptr[length]))
        length++;
    return length;
}

/* Whether `text` begins with a sign: one of Latin-1's (C2, but for the ordinals and the micro sign,
 * and those for times and divided), punctuation, arrows and symbols (E2), the selectors that stand
 * behind them (EF), emoji (F0 and more). */
static bool is_sign(struct str text)
{
    unsigned char lead = (unsigned char)text.ptr[0];
    unsigned char next = text.len > 1 ? (unsigned char)text.ptr[1] : 0;
    if (lead == 0xC2)
        return next != 0xAA && next != 0xB5 && next != 0xBA;
    if (lead == 0xC3)
        return next == 0x97 || next == 0xB7;
    return lead == 0xE2 || lead >= 0xEF;
}

/* Whether what `text` begins with is a letter of words, in either case, or a digit. */
static bool is_letter(struct str text)
{
    char c = text.ptr[0];
    if ((unsigned char)c >= 0x80)
        return !is_sign(text);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool ends_with_letter(struct str text)
{
    size_t at = text.len - 1;
    while (at > 0 && is_continuation(text.ptr[at]))
        at--;
    return is_letter(str_skip(text, at));
}

/* --- finding -------------------------------------------------------------------------------- */

bool wording_has(struct str text, struct str phrase)
{
    phrase = str_trim_lines(phrase);
    if (phrase.len == 0 || text.len == 0)
        return false;
    const char *end = text.ptr + text.len;
    for (const char *at = text.ptr; at && at < end; at++) {
        at = memmem(at, (size_t)(end - at), phrase.ptr, phrase.len);
        if (!at)
            return false;
        struct str before = str_make(text.ptr, (size_t)(at - text.ptr));
        struct str after = str_skip(text, before.len + phrase.len);
        bool begins = before.len == 0 || !ends_with_letter(before) || !is_letter(phrase);
        bool ends = after.len == 0 || !is_letter(after) || !ends_with_letter(phrase);
        if (begins && ends)
            return true;
    }
    return false;
}

/* --- counting ------------------------------------------------------------------------------- */

static bool is_superlative(struct str word)
{
    static const struct str words[] = {
        STR_INIT("migliore"), STR_INIT("migliori"), STR_INIT("best"),
        STR_INIT("greatest"), STR_INIT("ultimate"), STR_INIT("unbeatable"),
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(word, words[i]))
            return true;
    struct str stem = word;
    stem.len -= stem.len > 0;
    return stem.len > strlen("issim") && str_ends_with(stem, STR("issim")) &&
           strchr("oaie", word.ptr[word.len - 1]);
}

static int count_superlatives(struct str folded)
{
    int count = 0;
    while (folded.len > 0) {
        struct str rest = folded;
        while (rest.len > 0 && is_letter(rest))
            rest = str_skip(rest, character_length(rest));
        size_t length = folded.len - rest.len;
        count += is_superlative(str_make(folded.ptr, length));
        folded = str_skip(folded, length > 0 ? length : character_length(folded));
    }
    return count;
}

enum letter { LETTER_NONE, LETTER_SMALL, LETTER_CAPITAL };

/* What `text` begins with. */
static enum letter classify(struct str text)
{
    char c = text.ptr[0];
    if ((c >= 'A' && c <= 'Z') || is_accented_capital(text))
        return LETTER_CAPITAL;
    bool digit = c >= '0' && c <= '9';
    return is_letter(text) && !digit ? LETTER_SMALL : LETTER_NONE;
}

static int count_capitals(struct str text)
{
    enum { LETTERS_MIN = 4 };
    int count = 0;
    int capitals = 0;
    bool small = false;
    while (text.len > 0) {
        enum letter letter = classify(text);
        text = str_skip(text, character_length(text));
        capitals += letter == LETTER_CAPITAL;
        small |= letter == LETTER_SMALL;
        if (letter != LETTER_NONE && text.len > 0)
            continue;
        count += capitals >= LETTERS_MIN && !small;
        capitals = 0;
        small = false;
    }
    return count;
}

struct wording_counts wording_count(struct str text, struct str folded)
{
    struct wording_counts counts = {count_superlatives(folded), count_capitals(text), 0};
    for (size_t i = 0; i < text.len; i++)
        counts.exclamation_marks += text.ptr[i] == '!';
    return counts;
}

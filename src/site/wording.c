/* Owns finding and counting words. */
#include "site/wording.h"

/* --- folding -------------------------------------------------------------------------------- */

/* What is typed in many ways, in one. All are UTF-8 in three bytes but the first. */
static const struct {
    struct str from;
    const char *to;
} plain[] = {
    {STR_INIT("\xC2\xA0"), " "},     /* no-break space */
    {STR_INIT("\xE2\x80\xAF"), " "}, /* narrow no-break space */
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

/* --- finding -------------------------------------------------------------------------------- */

/* In a folded text, every byte of what is not ASCII is a letter's. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

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
        const char *after = at + phrase.len;
        bool begins = at == text.ptr || !is_letter(at[-1]) || !is_letter(phrase.ptr[0]);
        bool ends = after == end || !is_letter(*after) || !is_letter(phrase.ptr[phrase.len - 1]);
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
    size_t start = 0;
    for (size_t i = 0; i <= folded.len; i++) {
        if (i < folded.len && is_letter(folded.ptr[i]))
            continue;
        count += is_superlative(str_make(folded.ptr + start, i - start));
        start = i + 1;
    }
    return count;
}

enum letter { LETTER_NONE, LETTER_SMALL, LETTER_CAPITAL };

/* What `text` begins with, and how many bytes that takes. */
static enum letter classify(struct str text, size_t *bytes)
{
    unsigned char c = (unsigned char)text.ptr[0];
    *bytes = 1;
    if (c >= 'A' && c <= 'Z')
        return LETTER_CAPITAL;
    if (c < 0x80)
        return c >= 'a' && c <= 'z' ? LETTER_SMALL : LETTER_NONE;
    while (*bytes < text.len && ((unsigned char)text.ptr[*bytes] & 0xC0) == 0x80)
        ++*bytes;
    if (is_accented_capital(text))
        return LETTER_CAPITAL;
    return c == 0xC2 || c == 0xE2 ? LETTER_NONE : LETTER_SMALL;
}

static int count_capitals(struct str text)
{
    enum { LETTERS_MIN = 4 };
    int count = 0;
    int capitals = 0;
    bool small = false;
    while (text.len > 0) {
        size_t bytes;
        enum letter letter = classify(text, &bytes);
        text = str_skip(text, bytes);
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

/* Owns walking over a line of JSON. */
#include "insight/line.h"

#include "base/calendar.h"
#include "base/err.h"
#include "journal/json_text.h"
#include "journal/timestamp.h"

/* --- what may be wrong ---------------------------------------------------------------------- */

const struct text line_wrong_checksum = {"the checksum is wrong",
                                         "la somma di controllo non torna"};
const struct text line_without_event = {"no event", "non dice quale evento è"};
const struct text line_without_time = {"no time", "non dice quando"};

static const struct text no_object = {"no JSON object", "non è un oggetto JSON"};
static const struct text no_key = {"a key is missing", "manca una chiave"};
static const struct text no_colon = {"a colon is missing", "mancano i due punti"};
static const struct text no_value = {"a value is missing", "manca un valore"};
static const struct text bad_value = {"a value is no JSON", "un valore non è JSON"};
static const struct text bad_escape = {"bad escape in a text",
                                       "un testo ha una sequenza di escape sbagliata"};
static const struct text endless_text = {"a text has no end", "un testo non finisce"};
static const struct text open_bracket = {"a bracket is not closed", "una parentesi non si chiude"};
static const struct text cut_off = {"cut off", "è tagliata"};
static const struct text more_behind = {"something stands behind the object",
                                        "dopo l’oggetto c’è dell’altro"};
static const struct text no_memory = {"out of memory", "memoria esaurita"};

/* --- keys ----------------------------------------------------------------------------------- */

static unsigned slot_of(struct str name)
{
    unsigned hash = (unsigned)name.len;
    if (name.len > 0)
        hash = hash * 31 + (unsigned char)name.ptr[0] * 7 +
               (unsigned char)name.ptr[name.len - 1] * 13 + (unsigned char)name.ptr[name.len / 2];
    return hash & 0xFF;
}

int line_keys_find(const struct line_keys *keys, struct str name)
{
    for (unsigned at = slot_of(name); keys->slots[at]; at = (at + 1) & 0xFF)
        if (str_eq(keys->names[keys->slots[at] - 1], name))
            return keys->slots[at] - 1;
    return -1;
}

int line_keys_add(struct line_keys *keys, struct str name)
{
    int known = line_keys_find(keys, name);
    if (known >= 0)
        return known;
    if (keys->count == LINE_KEYS_MAX)
        return ERR_LIMIT;
    unsigned at = slot_of(name);
    while (keys->slots[at])
        at = (at + 1) & 0xFF;
    keys->names[keys->count++] = name;
    keys->slots[at] = (uint8_t)keys->count;
    return (int)keys->count - 1;
}

/* --- values --------------------------------------------------------------------------------- */

/* Where the walk is, and where the line ends. */
struct walk {
    const char *at;
    const char *end;
    struct buf *scratch;
};

static void skip_spaces(struct walk *w)
{
    while (w->at < w->end && (*w->at == ' ' || *w->at == '\t' || *w->at == '\r'))
        w->at++;
}

static bool take(struct walk *w, char c)
{
    skip_spaces(w);
    if (w->at == w->end || *w->at != c)
        return false;
    w->at++;
    return true;
}

static bool unescape(struct walk *w, struct buf *out)
{
    char character[JSON_TEXT_UNESCAPED_MAX];
    struct str rest = str_make(w->at, (size_t)(w->end - w->at));
    ptrdiff_t n = json_text_unescape_one(character, &rest);
    if (n < 0)
        return false;
    buf_append(out, str_make(character, (size_t)n));
    w->at = rest.ptr;
    return true;
}

/* The rest of a text that has an escape at `w->at`; what came before it starts at `from`. */
static const struct text *read_escaped(struct walk *w, const char *from, struct str *out)
{
    size_t start = w->scratch->len;
    buf_append(w->scratch, str_make(from, (size_t)(w->at - from)));
    while (w->at < w->end && *w->at != '"') {
        char c = *w->at++;
        if (c == '\\' && !unescape(w, w->scratch))
            return &bad_escape;
        if (c != '\\')
            buf_append_char(w->scratch, c);
    }
    if (w->at == w->end)
        return &endless_text;
    w->at++;
    *out = str_make(w->scratch->ptr + start, w->scratch->len - start);
    return NULL;
}

/* A text, from behind its opening quote to behind its closing one. */
static const struct text *read_text(struct walk *w, struct str *out)
{
    const char *from = w->at;
    while (w->at < w->end && *w->at != '"' && *w->at != '\\')
        w->at++;
    if (w->at == w->end)
        return &endless_text;
    if (*w->at == '\\')
        return read_escaped(w, from, out);
    *out = str_make(from, (size_t)(w->at++ - from));
    return NULL;
}

/* Over a list or an object, whose opening bracket is at `w->at`; only brackets and texts matter. */
static const struct text *skip_nested(struct walk *w)
{
    int depth = 0;
    do {
        char c = *w->at++;
        struct str ignored;
        const struct text *wrong = c == '"' ? read_text(w, &ignored) : NULL;
        if (wrong)
            return wrong;
        depth += (c == '[' || c == '{') - (c == ']' || c == '}');
    } while (depth > 0 && w->at < w->end);
    return depth > 0 ? &open_bracket : NULL;
}

static bool is_bare(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' ||
           c == 'E';
}

const char *line_bare_end(const char *at, const char *end)
{
    while (at < end && is_bare(*at))
        at++;
    return at;
}

bool line_bare_value(struct str *bare)
{
    bool is_word = bare->ptr[0] >= 'a' && bare->ptr[0] <= 'z';
    if (!is_word || str_eq(*bare, STR("true")) || str_eq(*bare, STR("false")))
        return true;
    bool is_null = str_eq(*bare, STR("null"));
    *bare = str_make(NULL, 0);
    return is_null;
}

static const struct text *read_value(struct walk *w, struct str *out)
{
    *out = str_make(NULL, 0);
    skip_spaces(w);
    if (w->at == w->end)
        return &no_value;
    if (*w->at == '"') {
        w->at++;
        return read_text(w, out);
    }
    if (*w->at == '{' || *w->at == '[')
        return skip_nested(w);
    const char *from = w->at;
    w->at = line_bare_end(from, w->end);
    *out = str_make(from, (size_t)(w->at - from));
    if (out->len == 0)
        return &no_value;
    return line_bare_value(out) ? NULL : &bad_value;
}

const struct text *line_read(const struct line_keys *keys, struct str line, struct str *values,
                             struct buf *scratch)
{
    struct walk w = {line.ptr, line.ptr + line.len, scratch};
    memset(values, 0, keys->count * sizeof *values);
    buf_clear(scratch);
    /* Text gets no longer when escapes are resolved, so the buffer will not move under slices. */
    if (memchr(line.ptr, '\\', line.len) && !buf_reserve(scratch, line.len))
        return &no_memory;
    if (!take(&w, '{'))
        return &no_object;
    if (take(&w, '}'))
        return NULL;
    do {
        struct str name;
        struct str value;
        if (!take(&w, '"'))
            return &no_key;
        const struct text *wrong = read_text(&w, &name);
        if (!wrong && !take(&w, ':'))
            wrong = &no_colon;
        if (!wrong)
            wrong = read_value(&w, &value);
        if (wrong)
            return wrong;
        int key = line_keys_find(keys, name);
        if (key >= 0)
            values[key] = value;
    } while (take(&w, ','));
    if (!take(&w, '}'))
        return &cut_off;
    skip_spaces(&w);
    return w.at == w.end ? NULL : &more_behind;
}

/* --- time ----------------------------------------------------------------------------------- */

int line_time(struct str text, int64_t *ms)
{
    enum { SECONDS_END = 19 }; /* "2026-11-20T10:00:00" */
    struct date_time time;
    int64_t fraction = 0;
    if (text.len == TIMESTAMP_LEN && timestamp_read(text.ptr, ms) == 0)
        return 0;
    if (calendar_parse_date_time(text, &time) != 0 || !time.has_offset)
        return ERR_INVALID;
    if (text.len > SECONDS_END && text.ptr[SECONDS_END] == '.') {
        int64_t unit = 100;
        for (size_t i = SECONDS_END + 1; text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++) {
            fraction += unit * (text.ptr[i] - '0');
            unit /= 10;
        }
    }
    *ms = (time.local_s - time.offset_s) * 1000 + fraction;
    return 0;
}

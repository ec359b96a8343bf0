/* Owns the options' names and the kinds of values that they take. */
#include "cli/option_table.h"

#include "base/err.h"
#include "server/privilege.h"

#include <stdio.h>
#include <stdlib.h>

static void *place(const struct option *option, struct options *options)
{
    return (char *)options + option->offset;
}

static int complain(struct diag_words *why, struct text words, struct str value)
{
    buf_printf(&why->en, "%s, not \"%.*s\"", words.en, STR_ARG(value));
    buf_printf(&why->it, "%s, non «%.*s»", words.it, STR_ARG(value));
    return ERR_INVALID;
}

/* --- kinds of values */

/* A number with one of some suffixes, each with its factor. */
struct suffix {
    struct str text;
    uint64_t factor;
};

static int read_scaled(struct str value, const struct suffix *suffixes, size_t count, uint64_t *out)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t n;
        struct str digits = value;
        if (str_cut_end(&digits, suffixes[i].text) && str_to_u64(digits, &n) == 0)
            return __builtin_mul_overflow(n, suffixes[i].factor, out) ? ERR_TOO_LARGE : 0;
    }
    return ERR_INVALID;
}

static int in_range(const struct option *option, uint64_t n, struct str value,
                    struct diag_words *why)
{
    if (n >= option->min && n <= option->max)
        return 0;
    diag_words_say(why, "must be between %llu and %llu, not \"%.*s\"",
                   "deve stare fra %llu e %llu, non «%.*s»", (unsigned long long)option->min,
                   (unsigned long long)option->max, STR_ARG(value));
    return ERR_INVALID;
}

/* `most` is the range's end as it is written. */
static int refuse_time(uint64_t least_ms, struct text most, struct str value,
                       struct diag_words *why)
{
    bool whole = least_ms % 1000 == 0;
    char least[32];
    (void)snprintf(least, sizeof least, "%llu%s",
                   (unsigned long long)(whole ? least_ms / 1000 : least_ms), whole ? "s" : "ms");
    buf_printf(&why->en, "must be between %s and %s, not \"%.*s\"", least, most.en, STR_ARG(value));
    buf_printf(&why->it, "deve stare fra %s e %s, non «%.*s»", least, most.it, STR_ARG(value));
    return ERR_INVALID;
}

static int read_duration(const struct option *option, struct options *options, struct str value,
                         struct diag_words *why)
{
    static const struct suffix suffixes[] = {{STR_INIT("ms"), 1},
                                             {STR_INIT("s"), 1000},
                                             {STR_INIT("m"), 60000},
                                             {STR_INIT("h"), 3600000}};
    uint64_t ms;
    if (read_scaled(value, suffixes, 4, &ms) != 0)
        return complain(why,
                        TEXT("must be a duration like 500ms, 10s or 2m, up to 24h",
                             "deve essere una durata come 500ms, 10s o 2m, fino a 24h"),
                        value);
    if (ms < option->min || ms > option->max)
        return refuse_time(option->min, TEXT("24h", "24h"), value, why);
    *(uint64_t *)place(option, options) = ms;
    return 0;
}

/* Seconds. */
static int read_age(const struct option *option, struct options *options, struct str value,
                    struct diag_words *why)
{
    static const struct suffix suffixes[] = {
        {STR_INIT("s"), 1}, {STR_INIT("m"), 60}, {STR_INIT("h"), 3600}, {STR_INIT("d"), 86400}};
    uint64_t s = 0;
    bool never = str_eq(value, STR("never"));
    if (!never && read_scaled(value, suffixes, 4, &s) != 0)
        return complain(why,
                        TEXT("must be a time like 12h or 90d, or never",
                             "deve essere un tempo come 12h o 90d, oppure never"),
                        value);
    if (!never && (s < option->min || s > option->max))
        return refuse_time(option->min * 1000, TEXT("36500d, or never", "36500d, oppure never"),
                           value, why);
    *(int64_t *)place(option, options) = never ? -1 : (int64_t)s;
    return 0;
}

static int read_bytes(const struct option *option, uint64_t *out, struct str value,
                      struct diag_words *why)
{
    static const struct suffix suffixes[] = {{STR_INIT("KiB"), 1024},
                                             {STR_INIT("MiB"), 1024 * 1024},
                                             {STR_INIT("kB"), 1000},
                                             {STR_INIT("B"), 1},
                                             {STR_INIT(""), 1}};
    uint64_t n;
    if (read_scaled(value, suffixes, 5, &n) != 0)
        return complain(why,
                        TEXT("must be a size like 16KiB or 20000",
                             "deve essere una dimensione come 16KiB o 20000"),
                        value);
    if (in_range(option, n, value, why) != 0)
        return ERR_INVALID;
    *out = n;
    return 0;
}

static int read_size(const struct option *option, struct options *options, struct str value,
                     struct diag_words *why)
{
    uint64_t n;
    int rc = read_bytes(option, &n, value, why);
    if (rc == 0)
        *(size_t *)place(option, options) = (size_t)n;
    return rc;
}

/* Of a file: more than memory may hold. */
static int read_file_size(const struct option *option, struct options *options, struct str value,
                          struct diag_words *why)
{
    return read_bytes(option, place(option, options), value, why);
}

static int read_count(const struct option *option, struct options *options, struct str value,
                      struct diag_words *why)
{
    uint64_t n;
    if (str_to_u64(value, &n) != 0)
        return complain(why, TEXT("must be a whole number", "deve essere un numero intero"), value);
    if (in_range(option, n, value, why) != 0)
        return ERR_INVALID;
    *(unsigned *)place(option, options) = (unsigned)n;
    return 0;
}

static int read_mode(const struct option *option, struct options *options, struct str value,
                     struct diag_words *why)
{
    static const struct text wanted = {"must be permission bits like 0660",
                                       "deve essere un permesso come 0660"};
    unsigned mode = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '7' || value.len > 4)
            return complain(why, wanted, value);
        mode = mode * 8 + (unsigned)(value.ptr[i] - '0');
    }
    if (value.len < 3 || mode > 0777)
        return complain(why, wanted, value);
    *(unsigned *)place(option, options) = mode;
    return 0;
}

static const struct text no_memory = {"there is no memory left for it",
                                      "non c’è più memoria per questo"};

static int read_text(const struct option *option, struct options *options, struct str value,
                     struct diag_words *why)
{
    char **text = place(option, options);
    char *copy = strndup(value.ptr, value.len);
    if (!copy) {
        (void)complain(why, no_memory, value);
        return ERR_NO_MEMORY;
    }
    free(*text);
    *text = copy;
    return 0;
}

static int read_folder(const struct option *option, struct options *options, struct str value,
                       struct diag_words *why)
{
    if (value.len == 0 || memchr(value.ptr, '\0', value.len))
        return complain(
            why, TEXT("must be the path of a folder", "deve essere il percorso di una cartella"),
            value);
    return read_text(option, options, value, why);
}

static int read_user(const struct option *option, struct options *options, struct str value,
                     struct diag_words *why)
{
    if (value.len > ACCOUNT_NAME_MAX || (value.len > 0 && memchr(value.ptr, '\0', value.len)))
        return complain(why, TEXT("must be the name of a user", "deve essere il nome di un utente"),
                        value);
    return read_text(option, options, value, why);
}

static int read_address(struct address *address, struct str value, struct diag_words *why)
{
    int rc = address_parse(address, value);
    if (rc == ERR_TOO_LARGE)
        return complain(why,
                        TEXT("a socket's path has at most 107 bytes",
                             "il percorso di un socket ha al massimo 107 byte"),
                        value);
    if (rc != 0)
        return complain(
            why,
            TEXT("must be like 127.0.0.1:8080, [::1]:8080, :8080 or unix:/run/attimo.sock",
                 "deve essere come 127.0.0.1:8080, [::1]:8080, :8080 o unix:/run/attimo.sock"),
            value);
    return 0;
}

static int read_listen(const struct option *option, struct options *options, struct str value,
                       struct diag_words *why)
{
    struct server_options *server = &options->server;
    (void)option;
    if (server->listen_count == LISTENERS_MAX) {
        diag_words_say(why, "at most %d addresses", "al massimo %d indirizzi", LISTENERS_MAX);
        return ERR_INVALID;
    }
    int rc = read_address(&server->listen[server->listen_count], value, why);
    server->listen_count += rc == 0;
    return rc;
}

static void clear_listen(struct options *options)
{
    options->server.listen_count = 0;
}

static int read_network(const struct option *option, struct options *options, struct str value,
                        struct diag_words *why)
{
    int rc = networks_add(place(option, options), value);
    if (rc == ERR_NO_MEMORY)
        (void)complain(why, no_memory, value);
    else if (rc != 0)
        (void)complain(why,
                       TEXT("must be a network like 10.0.0.0/8 or 2001:db8::/32, or unix:",
                            "deve essere una rete come 10.0.0.0/8 o 2001:db8::/32, oppure unix:"),
                       value);
    return rc;
}

static void clear_trusted(struct options *options)
{
    networks_finish(&options->server.trusted_proxies);
}

static void clear_internal(struct options *options)
{
    networks_finish(&options->server.internal_networks);
}

static int read_admin(const struct option *option, struct options *options, struct str value,
                      struct diag_words *why)
{
    (void)option;
    options->server.has_admin = !str_eq(value, STR("off"));
    return options->server.has_admin ? read_address(&options->server.admin, value, why) : 0;
}

static int read_level(const struct option *option, struct options *options, struct str value,
                      struct diag_words *why)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(value, str_from(names[i]))) {
            *(enum log_level *)place(option, options) = (enum log_level)i;
            return 0;
        }
    return complain(
        why,
        TEXT("must be error, warning, info or debug", "deve essere error, warning, info o debug"),
        value);
}

static int read_switch(const struct option *option, struct options *options, struct str value,
                       struct diag_words *why)
{
    bool on = str_eq(value, STR("on"));
    if (!on && !str_eq(value, STR("off")))
        return complain(why, TEXT("must be on or off", "deve essere on oppure off"), value);
    *(bool *)place(option, options) = on;
    return 0;
}

static int read_durability(const struct option *option, struct options *options, struct str value,
                           struct diag_words *why)
{
    if (!str_eq(value, STR("process")) && !str_eq(value, STR("power")))
        return complain(why, TEXT("must be process or power", "deve essere process o power"),
                        value);
    *(enum durability *)place(option, options) =
        str_eq(value, STR("power")) ? DURABILITY_POWER : DURABILITY_PROCESS;
    return 0;
}

static int read_node(const struct option *option, struct options *options, struct str value,
                     struct diag_words *why)
{
    (void)option;
    if (!segment_node_is_valid(value))
        return complain(why,
                        TEXT("must be of a-z, 0-9 and _, at most 32 of them",
                             "deve essere fatto di a-z, 0-9 e _, al massimo 32"),
                        value);
    memcpy(options->node, value.ptr, value.len);
    options->node[value.len] = '\0';
    return 0;
}

/* A field's name as such fields have it: letters, digits, `-` and `_`; or nothing. */
static int read_country_header(const struct option *option, struct options *options,
                               struct str value, struct diag_words *why)
{
    (void)option;
    bool good = value.len <= COUNTRY_FIELD_MAX;
    for (size_t i = 0; good && i < value.len; i++) {
        char c = value.ptr[i];
        bool upper = c >= 'A' && c <= 'Z';
        good = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        options->country[i] = upper ? (char)(c + 'a' - 'A') : c;
    }
    options->country[good ? value.len : 0] = '\0';
    return good ? 0
                : complain(why,
                           TEXT("must be the name of a header field, like CF-IPCountry",
                                "deve essere il nome di un campo dell’intestazione, come "
                                "CF-IPCountry"),
                           value);
}

static int read_lang(const struct option *option, struct options *options, struct str value,
                     struct diag_words *why)
{
    (void)option;
    if (!str_eq(value, STR("it")) && !str_eq(value, STR("en")))
        return complain(why, TEXT("must be it or en", "deve essere it o en"), value);
    options->lang = str_eq(value, STR("it")) ? LANG_IT : LANG_EN;
    return 0;
}

/* --- the table */

#define AT(field) offsetof(struct options, field)

enum { DAY_MS = 24 * 3600 * 1000 };
#define CENTURY_S (100 * (uint64_t)365 * 86400)

static const struct option table[] = {
    {"listen", read_listen, .min = 1, .clear = clear_listen},
    {"admin", read_admin, 0},
    {"pages", read_folder, AT(pages)},
    {"data", read_folder, AT(data)},
    {"user", read_user, AT(user)},
    {"isolate", read_switch, AT(server.isolate)},
    {"workers", read_count, AT(server.workers), 1, WORKERS_MAX},
    {"trusted_proxies", read_network, AT(server.trusted_proxies), .clear = clear_trusted},
    {"internal_networks", read_network, AT(server.internal_networks), .clear = clear_internal},
    {"unix_mode", read_mode, AT(server.unix_mode)},
    {"drain_timeout", read_duration, AT(server.drain_timeout_ms), 0, DAY_MS},
    {"log_level", read_level, AT(server.log.level)},
    {"lang", read_lang, 0},
    {"record", read_switch, AT(server.records)},
    {"durability", read_durability, AT(server.recorder.journal.durability)},
    {"node", read_node, 0},
    {"journal.segment_size", read_file_size, AT(server.recorder.journal.segment_bytes), 4096,
     1 << 30},
    {"journal.segment_age", read_duration, AT(server.recorder.journal.segment_age_ms), 1000,
     DAY_MS},
    {"journal.compress_after", read_age, AT(server.recorder.compress_after_s), 0, CENTURY_S},
    {"journal.keep", read_age, AT(server.recorder.keep_s), 1, CENTURY_S},
    {"journal.ring", read_size, AT(server.recorder.ring_bytes), 64 * 1024, 1 << 30},
    {"country_header", read_country_header, 0},
    {"limits.events_per_view", read_count, AT(server.recording.events_per_view), 0, 1000000},
    {"limits.events_per_address", read_count, AT(server.recording.events_per_address), 0, 1000000},
    {"limits.head", read_size, AT(server.limits.request.head), 64, READ_BUFFER_SIZE},
    {"limits.target", read_size, AT(server.limits.request.target), 1, READ_BUFFER_SIZE},
    {"limits.fields", read_count, AT(server.limits.request.fields), 1, REQUEST_FIELDS_MAX},
    {"limits.body", read_size, AT(server.limits.body), 0, 16 * 1024 * 1024},
    {"limits.connections", read_count, AT(server.limits.connections), 1, 1000000},
    {"limits.head_timeout", read_duration, AT(server.limits.head_timeout_ms), 100, DAY_MS},
    {"limits.body_timeout", read_duration, AT(server.limits.body_timeout_ms), 100, DAY_MS},
    {"limits.write_timeout", read_duration, AT(server.limits.write_timeout_ms), 100, DAY_MS},
    {"limits.idle_timeout", read_duration, AT(server.limits.idle_timeout_ms), 100, DAY_MS},
};

#undef AT

static bool is_named(const struct option *option, struct str name)
{
    if (strlen(option->name) != name.len)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if ((name.ptr[i] == '-' ? '_' : name.ptr[i]) != option->name[i])
            return false;
    return true;
}

const struct option *option_find(struct str name)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (is_named(&table[i], name))
            return &table[i];
    return NULL;
}

/* Owns the table of options: name, kind of value, where it goes. */
#include "cli/options.h"

#include "base/err.h"
#include "base/fs.h"
#include "base/yaml.h"

#include <stdlib.h>
#include <unistd.h>

enum { CONFIG_SIZE_MAX = 256 * 1024 };

struct option {
    const char *name;
    int (*read)(const struct option *option, struct options *options, struct str value,
                struct diag_words *why);
    size_t offset; /* in struct options */
    uint64_t min;
    uint64_t max;
    bool list;
};

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
        if (!str_ends_with(value, suffixes[i].text))
            continue;
        digits.len -= suffixes[i].text.len;
        if (str_to_u64(digits, &n) == 0)
            return __builtin_mul_overflow(n, suffixes[i].factor, out) ? ERR_TOO_LARGE : 0;
    }
    return ERR_INVALID;
}

static int in_range(const struct option *option, uint64_t n, struct str value,
                    struct diag_words *why)
{
    if (n >= option->min && n <= option->max)
        return 0;
    buf_printf(&why->en, "must be between %llu and %llu, not \"%.*s\"",
               (unsigned long long)option->min, (unsigned long long)option->max, STR_ARG(value));
    buf_printf(&why->it, "deve stare fra %llu e %llu, non «%.*s»", (unsigned long long)option->min,
               (unsigned long long)option->max, STR_ARG(value));
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
    if (read_scaled(value, suffixes, 4, &ms) != 0 || ms < option->min || ms > option->max)
        return complain(why,
                        TEXT("must be a duration like 500ms, 10s or 2m, up to 24h",
                             "deve essere una durata come 500ms, 10s o 2m, fino a 24h"),
                        value);
    *(uint64_t *)place(option, options) = ms;
    return 0;
}

static int read_size(const struct option *option, struct options *options, struct str value,
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
    *(size_t *)place(option, options) = (size_t)n;
    return 0;
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

static int read_text(const struct option *option, struct options *options, struct str value,
                     struct diag_words *why)
{
    char **text = place(option, options);
    if (value.len == 0 || memchr(value.ptr, '\0', value.len))
        return complain(
            why, TEXT("must be the path of a folder", "deve essere il percorso di una cartella"),
            value);
    char *copy = strndup(value.ptr, value.len);
    if (!copy) {
        (void)complain(
            why, TEXT("there is no memory left for it", "non c’è più memoria per questo"), value);
        return ERR_NO_MEMORY;
    }
    free(*text);
    *text = copy;
    return 0;
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
        buf_printf(&why->en, "at most %d addresses", LISTENERS_MAX);
        buf_printf(&why->it, "al massimo %d indirizzi", LISTENERS_MAX);
        return ERR_INVALID;
    }
    int rc = read_address(&server->listen[server->listen_count], value, why);
    server->listen_count += rc == 0;
    return rc;
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

static const struct option table[] = {
    {"listen", read_listen, .list = true},
    {"admin", read_admin, 0},
    {"pages", read_text, AT(pages)},
    {"data", read_text, AT(data)},
    {"workers", read_count, AT(server.workers), 1, WORKERS_MAX},
    {"unix_mode", read_mode, AT(server.unix_mode)},
    {"drain_timeout", read_duration, AT(server.drain_timeout_ms), 0, DAY_MS},
    {"log_level", read_level, AT(server.log.level)},
    {"lang", read_lang, 0},
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

/* `name` may have hyphens where the table has underscores, as flags do. */
static bool is_named(const struct option *option, struct str name)
{
    if (strlen(option->name) != name.len)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if ((name.ptr[i] == '-' ? '_' : name.ptr[i]) != option->name[i])
            return false;
    return true;
}

static const struct option *find(struct str name)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (is_named(&table[i], name))
            return &table[i];
    return NULL;
}

enum lang options_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strncmp(value, "it", 2) == 0 ? LANG_IT : LANG_EN;
    }
    return LANG_EN;
}

/* --- refusing */

/* What flags are said to be wrong in. */
static const struct str usage_file = STR_INIT("attimo");

/* Where a value comes from. */
struct origin {
    struct str file;
    unsigned line;
    const char *rule;
};

static void refuse(struct diags *diags, const struct origin *origin, struct str name,
                   struct diag_words *why)
{
    struct diag_words words = {0};
    buf_printf(&words.en, "%.*s: %.*s", STR_ARG(name), STR_ARG(buf_str(&why->en)));
    buf_printf(&words.it, "%.*s: %.*s", STR_ARG(name), STR_ARG(buf_str(&why->it)));
    diags_say_words(diags, SEVERITY_ERROR, origin->file, origin->line, origin->rule, &words);
    buf_finish(&why->en);
    buf_finish(&why->it);
}

/* --- the config file */

struct config {
    struct options *options;
    struct str file;
    struct diags *diags;
};

static void config_value(struct config *config, struct str name, const struct yaml_node *node)
{
    struct diag_words why = {0};
    const struct option *option = find(name);
    if (!option) {
        diags_say(config->diags, SEVERITY_ERROR, config->file, node->line, "config",
                  "there is no option \"%.*s\"", "l’opzione «%.*s» non c’è", STR_ARG(name));
        return;
    }
    if (node->kind == YAML_SEQUENCE && option->list) {
        for (const struct yaml_node *item = node->first; item; item = item->next)
            config_value(config, name, item);
        return;
    }
    int rc = node->kind == YAML_SCALAR
                 ? option->read(option, config->options, node->text, &why)
                 : complain(&why, TEXT("must be one value", "deve essere un valore solo"),
                            STR("a list or a mapping"));
    if (rc != 0)
        refuse(config->diags, &(struct origin){config->file, node->line, "config"},
               str_from(option->name), &why);
}

static void config_mapping(struct config *config, struct str prefix,
                           const struct yaml_node *mapping)
{
    for (const struct yaml_node *value = mapping->first; value; value = value->next) {
        struct buf name = BUF_EMPTY;
        buf_append(&name, prefix);
        buf_append(&name, value->key->text);
        if (prefix.len == 0 && str_eq(value->key->text, STR("limits")) &&
            value->kind == YAML_MAPPING) {
            config_mapping(config, STR("limits."), value);
        } else {
            config_value(config, buf_str(&name), value);
        }
        buf_finish(&name);
    }
}

static void read_config(struct options *options, const char *path, struct diags *diags)
{
    struct config config = {options, str_from(path), diags};
    struct buf text = BUF_EMPTY;
    struct yaml *document = NULL;
    int rc = fs_read(path, CONFIG_SIZE_MAX, &text);
    if (rc != 0) {
        diags_say(diags, SEVERITY_ERROR, config.file, 0, "config", "cannot be read: %s",
                  "non si riesce a leggerlo: %s", err_words(rc));
    } else if (yaml_parse(&document, buf_str(&text), config.file, 1, diags) == 0) {
        const struct yaml_node *root = yaml_root(document);
        if (root && root->kind == YAML_MAPPING)
            config_mapping(&config, STR(""), root);
        else if (root)
            diags_say(diags, SEVERITY_ERROR, config.file, root->line, "config",
                      "must be a mapping of names to values", "ci vogliono righe «nome: valore»");
    }
    yaml_destroy(document);
    buf_finish(&text);
}

/* --- flags */

/* One flag and its value: "--name value" or "--name=value". */
struct flag {
    struct str word; /* the name with its hyphens */
    struct str name;
    struct str value;
    bool has_value;
};

/* Takes the flag at argv[*i] apart, and moves *i behind it. False if it is none. */
static bool next_flag(int argc, char **argv, int *i, struct flag *flag)
{
    struct str word = str_from(argv[(*i)++]);
    if (!str_starts_with(word, STR("--")))
        return false;
    flag->name = str_skip(word, 2);
    ptrdiff_t equals = str_find(flag->name, '=');
    flag->has_value = true;
    if (equals >= 0) {
        flag->value = str_skip(flag->name, (size_t)equals + 1);
        flag->name.len = (size_t)equals;
    } else if (*i < argc) {
        flag->value = str_from(argv[(*i)++]);
    } else {
        flag->has_value = false;
    }
    flag->word = str_make(word.ptr, flag->name.len + 2);
    return true;
}

static void set_flag(struct options *options, const struct flag *flag, struct diags *diags)
{
    const struct option *option = find(flag->name);
    struct diag_words why = {0};
    if (!option)
        diags_say(diags, SEVERITY_ERROR, usage_file, 0, "usage", "there is no flag --%.*s",
                  "l’opzione --%.*s non c’è", STR_ARG(flag->name));
    else if (!flag->has_value)
        diags_say(diags, SEVERITY_ERROR, usage_file, 0, "usage", "--%.*s needs a value",
                  "a --%.*s serve un valore", STR_ARG(flag->name));
    else if (option->read(option, options, flag->value, &why) != 0)
        refuse(diags, &(struct origin){usage_file, 0, "usage"}, flag->word, &why);
}

/* Two rounds over the flags: the first finds --help and --config, the second sets all others. */
static void read_flags(struct options *options, int argc, char **argv, bool config_round,
                       struct diags *diags)
{
    bool listen_seen = false;
    for (int i = 0; i < argc;) {
        struct flag flag;
        const char *word = argv[i];
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            options->help = true;
            i++;
            continue;
        }
        if (!next_flag(argc, argv, &i, &flag)) {
            if (!config_round)
                diags_say(diags, SEVERITY_ERROR, usage_file, 0, "usage", "\"%s\" is no flag",
                          "«%s» non è un’opzione", word);
            continue;
        }
        bool is_config = str_eq(flag.name, STR("config"));
        if (is_config && config_round && flag.has_value)
            read_config(options, flag.value.ptr, diags);
        if (is_config && !flag.has_value && config_round)
            diags_say(diags, SEVERITY_ERROR, usage_file, 0, "usage", "--config needs a value",
                      "a --config serve un valore");
        if (is_config || config_round)
            continue;
        if (str_eq(flag.name, STR("listen")) && !listen_seen) {
            options->server.listen_count = 0; /* flags win over the file's addresses */
            listen_seen = true;
        }
        set_flag(options, &flag, diags);
    }
}

/* --- all together */

static int set_defaults(struct options *options)
{
    *options = (struct options){
        .pages = strdup("pages"),
        .data = strdup("data"),
        .lang = options_locale(),
        .server =
            {
                .workers = 1,
                .unix_mode = 0660,
                .drain_timeout_ms = 5000,
                .has_admin = true,
                .log = {.fd = STDERR_FILENO, .level = LOG_LEVEL_INFO},
                .limits =
                    {
                        .request = {.head = 16 * 1024, .target = 8 * 1024, .fields = 64},
                        .body = 64 * 1024,
                        .connections = 10000,
                        .head_timeout_ms = 10 * 1000,
                        .body_timeout_ms = 15 * 1000,
                        .write_timeout_ms = 30 * 1000,
                        .idle_timeout_ms = 75 * 1000,
                    },
            },
    };
    (void)address_parse(&options->server.admin, STR("127.0.0.1:8081"));
    return options->pages && options->data ? 0 : ERR_NO_MEMORY;
}

int options_read(struct options *options, int argc, char **argv, struct diags *diags)
{
    if (set_defaults(options) != 0)
        return ERR_NO_MEMORY;
    read_flags(options, argc, argv, true, diags);
    read_flags(options, argc, argv, false, diags);
    if (options->server.listen_count == 0)
        (void)address_parse(&options->server.listen[options->server.listen_count++],
                            STR("127.0.0.1:8080"));
    options->server.pages = options->pages;
    options->server.data = options->data;
    return diags->errors > 0 ? ERR_INVALID : 0;
}

void options_finish(struct options *options)
{
    free(options->pages);
    free(options->data);
}

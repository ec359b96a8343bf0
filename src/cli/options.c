/* Owns where options come from: defaults, the config file, flags. */
#include "cli/options.h"

#include "cli/option_table.h"

#include "base/err.h"
#include "base/fs.h"
#include "base/yaml.h"

#include <stdlib.h>
#include <unistd.h>

enum { CONFIG_SIZE_MAX = 256 * 1024 };

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
    diag_words_precede(why, "%.*s: ", "%.*s: ", STR_ARG(name));
    diags_say_words(diags, SEVERITY_ERROR, origin->file, origin->line, origin->rule, why);
}

/* --- the config file */

struct config {
    struct options *options;
    struct str file;
    struct diags *diags;
};

/* What is not even of the right kind is complained of where its name stands. */
static void refuse_kind(struct config *config, struct str name, const struct yaml_node *node,
                        struct text wanted)
{
    struct diag_words why = {0};
    unsigned line = node->key ? node->key->line : node->line;
    buf_append(&why.en, str_from(wanted.en));
    buf_append(&why.it, str_from(wanted.it));
    refuse(config->diags, &(struct origin){config->file, line, "config"}, name, &why);
}

/* What says nothing is an empty value, which some options take; it is not the word `null`. */
static void config_scalar(struct config *config, const struct option *option,
                          const struct yaml_node *node)
{
    struct str name = str_from(option->name);
    struct diag_words why = {0};
    if (node->kind != YAML_SCALAR)
        refuse_kind(config, name, node,
                    option->clear ? TEXT("must be one value or a list of values",
                                         "deve essere un valore o un elenco di valori")
                                  : TEXT("must be one value", "deve essere un valore solo"));
    else if (option->read(option, config->options, yaml_is_null(node) ? STR("") : node->text,
                          &why) != 0)
        refuse(config->diags, &(struct origin){config->file, node->line, "config"}, name, &why);
}

static void config_list(struct config *config, const struct option *option,
                        const struct yaml_node *node)
{
    for (const struct yaml_node *item = node->first; item; item = item->next)
        config_scalar(config, option, item);
    if (!node->first && option->min > 0)
        refuse_kind(config, str_from(option->name), node,
                    TEXT("must have one value at least", "deve avere almeno un valore"));
}

static void config_value(struct config *config, struct str name, const struct yaml_node *node)
{
    const struct option *option = option_find(name);
    if (!option) {
        diags_say(config->diags, SEVERITY_ERROR, config->file, node->line, "config",
                  "there is no option \"%.*s\"", "l’opzione «%.*s» non c’è", STR_ARG(name));
        return;
    }
    if (option->clear)
        option->clear(config->options);
    if (option->clear && node->kind == YAML_SEQUENCE)
        config_list(config, option, node);
    else
        config_scalar(config, option, node);
}

/* Whether there are options that are written below this name. */
static bool is_group(struct str name)
{
    return str_eq(name, STR("limits")) || str_eq(name, STR("journal"));
}

static void config_mapping(struct config *config, struct str prefix,
                           const struct yaml_node *mapping)
{
    for (const struct yaml_node *value = mapping->first; value; value = value->next) {
        struct buf name = BUF_EMPTY;
        buf_append(&name, prefix);
        buf_append(&name, value->key->text);
        bool has_group = prefix.len == 0 && is_group(value->key->text);
        if (has_group && value->kind == YAML_MAPPING) {
            buf_append_char(&name, '.');
            config_mapping(config, buf_str(&name), value);
        } else if (has_group && !yaml_is_null(value)) {
            refuse_kind(config, buf_str(&name), value,
                        TEXT("must have lines of \"name: value\" below it",
                             "deve avere sotto di sé righe «nome: valore»"));
        } else if (!has_group) {
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
    options->has_config = true;
    int rc = options->reader ? config_reader_read(options->reader, path, CONFIG_SIZE_MAX, &text)
                             : fs_read(path, CONFIG_SIZE_MAX, &text);
    options->config_is_unread = rc != 0;
    if (rc != 0) {
        diags_say_unreadable(diags, config.file, "config", rc);
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
    const struct option *option = option_find(flag->name);
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

/* Flags win over the file that one of them names, and those that may be repeated replace all that
 * the file said: hence three rounds. */
enum round { ROUND_CONFIG, ROUND_CLEAR, ROUND_SET };

static void read_flag(struct options *options, const struct flag *flag, enum round round,
                      struct diags *diags)
{
    const struct option *option = option_find(flag->name);
    if (str_eq(flag->name, STR("config"))) {
        if (round == ROUND_CONFIG && flag->has_value)
            read_config(options, flag->value.ptr, diags);
        else if (round == ROUND_CONFIG)
            diags_say(diags, SEVERITY_ERROR, usage_file, 0, "usage", "--config needs a value",
                      "a --config serve un valore");
    } else if (round == ROUND_CLEAR && option && option->clear) {
        option->clear(options);
    } else if (round == ROUND_SET) {
        set_flag(options, flag, diags);
    }
}

static void read_flags(struct options *options, int argc, char **argv, enum round round,
                       struct diags *diags)
{
    for (int i = 0; i < argc;) {
        struct flag flag;
        const char *word = argv[i];
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            options->help = true;
            i++;
        } else if (strcmp(word, "--take-over") == 0) {
            options->server.take_over = true;
            i++;
        } else if (next_flag(argc, argv, &i, &flag)) {
            read_flag(options, &flag, round, diags);
        } else if (round == ROUND_SET) {
            diags_say(diags, SEVERITY_ERROR, usage_file, 0, "usage", "\"%s\" is no flag",
                      "«%s» non è un’opzione", word);
        }
    }
}

/* --- all together */

static int set_defaults(struct options *options)
{
    *options = (struct options){
        .pages = strdup("pages"),
        .data = strdup("data"),
        .node = "attimo",
        .lang = options_locale(),
        .server =
            {
                .workers = 1,
                .unix_mode = 0660,
                .drain_timeout_ms = 5000,
                .has_admin = true,
                .records = true,
                .isolate = true,
                .log = {.fd = STDERR_FILENO, .level = LOG_LEVEL_INFO},
                .recorder =
                    {
                        .journal = {.segment_bytes = 64 * 1024 * 1024,
                                    .segment_age_ms = 24 * 3600 * 1000},
                        .compress_after_s = 2 * 86400,
                        .keep_s = 90 * 86400,
                        .ring_bytes = 4 * 1024 * 1024,
                    },
                .recording = {.events_per_view = 2, .events_per_address = 1000},
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
    int rc = networks_add(&options->server.trusted_proxies, STR("unix:"));
    if (rc == 0)
        rc = networks_add(&options->server.trusted_proxies, STR("127.0.0.0/8"));
    if (rc == 0)
        rc = networks_add(&options->server.trusted_proxies, STR("::1"));
    return options->pages && options->data ? rc : ERR_NO_MEMORY;
}

int options_read(struct options *options, int argc, char **argv, struct config_reader *reader,
                 struct diags *diags)
{
    if (set_defaults(options) != 0)
        return ERR_NO_MEMORY;
    options->reader = reader;
    for (enum round round = ROUND_CONFIG; round <= ROUND_SET; round++)
        read_flags(options, argc, argv, round, diags);
    if (options->server.listen_count == 0)
        (void)address_parse(&options->server.listen[options->server.listen_count++],
                            STR("127.0.0.1:8080"));
    options->server.pages = options->pages;
    options->server.data = options->data;
    options->server.user = options->user && *options->user ? options->user : NULL;
    options->server.recorder.journal.node = str_from(options->node);
    options->server.limits.request.country_field = str_from(options->country);
    options->config_is_unread = options->config_is_unread && diags->errors == 1;
    if (diags->failed)
        return ERR_NO_MEMORY;
    return diags->errors > 0 ? ERR_INVALID : 0;
}

void options_finish(struct options *options)
{
    free(options->pages);
    free(options->data);
    free(options->user);
    networks_finish(&options->server.trusted_proxies);
    networks_finish(&options->server.internal_networks);
}

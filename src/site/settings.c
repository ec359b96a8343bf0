/* Owns `_site.yaml`: the table of the keys that a site may have. */
#include "site/settings.h"

#include "base/err.h"
#include "base/schema.h"
#include "site/capture_slot.h"
#include "site/colour.h"
#include "site/front_matter.h"
#include "site/link.h"
#include "site/product.h"

#include <stdlib.h>

static void read_url(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    struct str url = value->text;
    bool web = str_starts_with(url, STR("https://")) || str_starts_with(url, STR("http://"));
    if (value->kind != YAML_SCALAR || !web || !link_is_allowed(url) || str_find(url, '?') >= 0 ||
        str_find(url, '#') >= 0) {
        schema_wrong_type(source, value,
                          TEXT("the site's address, as in https://www.example.it",
                               "l’indirizzo del sito, per esempio https://www.example.it"));
        return;
    }
    while (str_ends_with(url, STR("/")))
        url.len--;
    *(struct str *)field = url;
}

static void read_path(const struct schema_source *source, const struct yaml_node *value,
                      void *field)
{
    if (value->kind != YAML_SCALAR || !str_starts_with(value->text, STR("/")) ||
        !link_is_allowed(value->text))
        schema_wrong_type(source, value,
                          TEXT("a path of this site that begins with '/'",
                               "un indirizzo di questo sito che comincia con «/»"));
    else
        *(struct str *)field = value->text;
}

static void read_colour(const struct schema_source *source, const struct yaml_node *value,
                        void *field)
{
    struct colour colour;
    if (value->kind != YAML_SCALAR || colour_parse(value->text, &colour) != 0)
        schema_wrong_type(source, value,
                          TEXT("a colour in quotes, as in \"#0b6b4f\"",
                               "un colore fra virgolette, per esempio \"#0b6b4f\""));
    else
        *(struct str *)field = value->text;
}

static void read_social(const struct schema_source *source, const struct yaml_node *value,
                        void *field)
{
    const struct yaml_node *list = NULL;
    schema_texts(source, value, &list);
    const struct yaml_node *item = schema_first_text(list);
    for (; item; item = schema_next_text(list, item)) {
        if (!str_starts_with(item->text, STR("https://")) || !link_is_allowed(item->text)) {
            schema_error(
                source, item, "social",
                TEXT("write the whole address, as in https://www.instagram.com/passosvelto",
                     "scrivi l’indirizzo intero, per esempio "
                     "https://www.instagram.com/passosvelto"));
            return;
        }
    }
    *(const struct yaml_node **)field = list;
}

/* Whoever writes the key mostly wants less than all: what cannot be understood records nothing. */
static void read_capture(const struct schema_source *source, const struct yaml_node *value,
                         void *field)
{
    static const struct schema_word words[] = {
        {"full", CAPTURE_FULL}, {"on", CAPTURE_FULL},   {"true", CAPTURE_FULL},
        {"yes", CAPTURE_FULL},  {"page", CAPTURE_PAGE}, {"off", CAPTURE_OFF},
        {"false", CAPTURE_OFF}, {"no", CAPTURE_OFF},    {0},
    };
    int chosen = schema_choose(
        source, value, words,
        TEXT("one of full, page, off; a server that starts with another value records nothing",
             "uno fra full (tutto), page (solo la pagina), off (nulla); un server che parte con un "
             "altro valore non registra nulla"));
    *(enum capture *)field = chosen >= 0 ? (enum capture)chosen : CAPTURE_OFF;
}

/* The zone itself is read once all keys are known. */
struct reading {
    struct settings settings;
    struct str zone;
    unsigned zone_line;
};

static void read_zone(const struct schema_source *source, const struct yaml_node *value,
                      void *field)
{
    struct reading *reading = field;
    reading->zone_line = value->line;
    schema_text(source, value, &reading->zone);
}

static const struct schema_key keys[] = {
    {"name", schema_text, offsetof(struct settings, name)},
    {"lang", lang_read, offsetof(struct settings, lang)},
    {"url", read_url, offsetof(struct settings, url)},
    {"legal", schema_text, offsetof(struct settings, legal)},
    {"privacy", read_path, offsetof(struct settings, privacy)},
    {"place", place_read, offsetof(struct settings, place)},
    {"logo", schema_text, offsetof(struct settings, logo)},
    {"colour", read_colour, offsetof(struct settings, colour)},
    {"timezone", read_zone, 0},
    {"currency", currency_read, offsetof(struct settings, currency)},
    {"social", read_social, offsetof(struct settings, social)},
    {"capture", read_capture, offsetof(struct settings, capture), true},
    {0},
};

/* Falls back to the zone of the first users, and where the system has no zones, to UTC: there,
 * nobody can say whether a name is right. */
static int load_zone(const struct schema_source *source, struct reading *reading)
{
    const struct str otherwise = STR("Europe/Rome");
    struct zone **out = &reading->settings.zone;
    struct str name = reading->zone;
    int rc = name.len > 0 ? zone_create(out, name) : ERR_NOT_FOUND;
    if (rc == ERR_NO_MEMORY || rc == 0)
        return rc;
    rc = zone_create(out, otherwise);
    if (rc == ERR_NO_MEMORY || (rc == 0 && name.len == 0))
        return rc;
    if (rc == 0) {
        diags_say(
            source->diags, SEVERITY_ERROR, source->file, reading->zone_line, "wrong-type",
            "'timezone' must be a zone, as in Europe/Rome; there is no '%.*s'",
            "«timezone» deve essere un fuso orario, per esempio Europe/Rome; «%.*s» non esiste",
            STR_ARG(name));
        return 0;
    }
    diags_say(source->diags, SEVERITY_WARNING, source->file, 0, "timezone",
              "this system has no time zones (Debian's package tzdata): all times are UTC",
              "su questo sistema mancano i fusi orari (il pacchetto tzdata di Debian): tutte "
              "le ore sono UTC");
    return zone_create(out, STR("UTC"));
}

void settings_set_capture(struct settings *settings, enum capture capture)
{
    settings->capture = capture;
    settings->script = capture_slot_script(capture);
}

/* Adds what is wrong with a file of which nothing is known: nor whether it asked for less. */
static int say_unread(struct diags *diags, const struct diags *why)
{
    for (size_t i = 0; i < why->count; i++) {
        const struct diag *d = &why->items[i];
        struct diag_words words = {0};
        buf_append(&words.en, str_from(d->words));
        buf_append(&words.it, str_from(d->words_it));
        diag_words_say(&words, "; a server that starts with this file records nothing",
                       "; un server che parte con questo file non registra nulla");
        diags_say_words(diags, d->severity, str_from(d->file), d->line, d->rule, &words);
    }
    return why->failed ? ERR_NO_MEMORY : 0;
}

/* Makes the settings of what was read, which it takes. */
static int make(struct settings **out, struct reading *reading, struct diags *diags)
{
    const struct schema_source source = {STR("_site.yaml"), diags, SEVERITY_WARNING};
    struct settings *settings = malloc(sizeof *settings);
    int rc = settings ? load_zone(&source, reading) : ERR_NO_MEMORY;
    if (rc == 0) {
        *settings = reading->settings;
        settings_set_capture(settings, settings->capture);
        rc = settings_set_look(settings, &(struct look_files){0}, diags);
    }
    if (rc != 0)
        goto fail;
    *out = settings;
    return 0;

fail:
    yaml_destroy(reading->settings.document);
    zone_destroy(reading->settings.zone);
    free(settings);
    return rc;
}

static const struct reading defaults = {
    .settings = {.lang = STR_INIT("it"), .currency = STR_INIT("EUR")}};

int settings_create(struct settings **out, struct str yaml, struct diags *diags)
{
    struct diags said = {0};
    const struct schema_source source = {STR("_site.yaml"), &said, SEVERITY_WARNING};
    struct reading reading = defaults;
    int rc = yaml_parse(&reading.settings.document, yaml, source.file, 1, &said);
    const struct yaml_node *root = rc == 0 ? yaml_root(reading.settings.document) : NULL;
    schema_read(&source, root, keys, &reading);
    if (rc == ERR_INVALID || (root && root->kind != YAML_MAPPING)) {
        reading.settings.capture = CAPTURE_OFF;
        reading.settings.is_unread = true;
        rc = say_unread(diags, &said);
    } else {
        diags_move(diags, &said);
    }
    diags_finish(&said);
    if (rc == 0)
        return make(out, &reading, diags);
    yaml_destroy(reading.settings.document);
    return rc;
}

int settings_create_unread(struct settings **out, const struct diags *why, struct diags *diags)
{
    struct reading reading = defaults;
    int rc = say_unread(diags, why);
    reading.settings.capture = CAPTURE_OFF;
    reading.settings.is_unread = true;
    return rc == 0 ? make(out, &reading, diags) : rc;
}

int settings_set_look(struct settings *settings, const struct look_files *files,
                      struct diags *diags)
{
    struct look look;
    int rc = look_make(&look, settings->colour, files, settings->script, diags);
    if (rc != 0)
        return rc;
    look_finish(&settings->look);
    settings->look = look;
    return 0;
}

void settings_destroy(struct settings *settings)
{
    if (!settings)
        return;
    yaml_destroy(settings->document);
    zone_destroy(settings->zone);
    look_finish(&settings->look);
    guidelines_destroy(settings->guidelines);
    free(settings);
}

/* Owns `_site.yaml`: the table of the keys that a site may have. */
#include "site/settings.h"

#include "base/err.h"
#include "base/schema.h"
#include "site/front_matter.h"
#include "site/link.h"

#include <stdlib.h>

static void read_url(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    struct str url = value->text;
    bool web = str_starts_with(url, STR("https://")) || str_starts_with(url, STR("http://"));
    if (value->kind != YAML_SCALAR || !web || !link_is_allowed(url) || str_find(url, '?') >= 0 ||
        str_find(url, '#') >= 0) {
        schema_wrong_type(source, value, "the site's address, as in https://www.example.it");
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
        schema_wrong_type(source, value, "a path of this site that begins with '/'");
    else
        *(struct str *)field = value->text;
}

/* Every key that a site may have. Those without a reader have no effect yet. */
static const struct schema_key keys[] = {
    {"name", schema_text, offsetof(struct settings, name)},
    {"lang", lang_read, offsetof(struct settings, lang)},
    {"url", read_url, offsetof(struct settings, url)},
    {"legal", schema_text, offsetof(struct settings, legal)},
    {"privacy", read_path, offsetof(struct settings, privacy)},
    {"place", place_read, offsetof(struct settings, place)},
    {"logo", NULL, 0},
    {"colour", NULL, 0},
    {"timezone", NULL, 0},
    {"currency", NULL, 0},
    {"social", NULL, 0},
    {"capture", NULL, 0},
    {0},
};

int settings_create(struct settings **out, struct str yaml, struct diags *diags)
{
    const struct schema_source source = {STR("_site.yaml"), diags, SEVERITY_WARNING};
    struct settings *settings = calloc(1, sizeof *settings);
    if (!settings)
        return ERR_NO_MEMORY;
    settings->lang = STR("it");

    int rc = yaml_parse(&settings->document, yaml, source.file, 1, diags);
    if (rc == ERR_NO_MEMORY) {
        settings_destroy(settings);
        return rc;
    }
    if (rc == 0)
        schema_read(&source, yaml_root(settings->document), keys, settings);
    *out = settings;
    return 0;
}

void settings_destroy(struct settings *settings)
{
    if (!settings)
        return;
    yaml_destroy(settings->document);
    free(settings);
}

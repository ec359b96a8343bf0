/* What all pages of a site share: `_site.yaml`, read once and then immutable. */
#ifndef ATTIMO_SITE_SETTINGS_H
#define ATTIMO_SITE_SETTINGS_H

#include "base/diag.h"
#include "base/yaml.h"
#include "base/zone.h"
#include "site/guidelines.h"
#include "site/look.h"
#include "site/place.h"
#include "site/resource.h"

/* Slices of what is absent are empty; they point into the document. */
struct settings {
    struct str name;
    struct str lang;     /* "it" by default */
    struct str url;      /* "https://www.example.it", without a slash at its end */
    struct str legal;    /* the line that firms must show */
    struct str privacy;  /* a path of the site */
    struct str logo;     /* an image of the site */
    struct str colour;   /* "#0b6b4f" */
    struct str currency; /* "EUR" by default */
    struct place place;
    const struct yaml_node *social; /* a list of addresses: schema_first_text */
    enum capture capture;
    struct zone *zone; /* Europe/Rome by default; never NULL */
    struct str script; /* what runs at the end of every page; static; empty: nothing */
    struct look look;
    struct guidelines *guidelines; /* the brand's rules; NULL: it has none */
    struct yaml *document;
    bool is_unread; /* there is a file of which nothing could be read */
};

/* Reads the text of `_site.yaml`; an empty text gives the defaults. Unknown keys are warnings,
 * wrong types errors in `diags` (file "_site.yaml"); the settings are usable whatever is wrong with
 * them, without the keys in error; a `capture` in error is CAPTURE_OFF, and so is that of a text of
 * which nothing can be read, as `diags` says. Reads the zone from the system. ERR_NO_MEMORY. */
int settings_create(struct settings **out, struct str yaml, struct diags *diags);

/* The same of a `_site.yaml` that is there and cannot be read at all, as `why` tells, which stays
 * as it is. */
int settings_create_unread(struct settings **out, const struct diags *why, struct diags *diags);

/* Instead of what `_site.yaml` says. */
void settings_set_capture(struct settings *settings, enum capture capture);

/* Makes the look anew, with what `_theme/` holds. ERR_NO_MEMORY: it stays as it was. */
int settings_set_look(struct settings *settings, const struct look_files *files,
                      struct diags *diags);

void settings_destroy(struct settings *settings);

#endif

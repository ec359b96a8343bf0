/* What all pages of a site share: `_site.yaml`, read once and then immutable. */
#ifndef ATTIMO_SITE_SETTINGS_H
#define ATTIMO_SITE_SETTINGS_H

#include "base/diag.h"
#include "base/yaml.h"
#include "site/place.h"

/* Slices of what is absent are empty; they point into the document. */
struct settings {
    struct str name;
    struct str lang;    /* "it" by default */
    struct str url;     /* "https://www.example.it", without a slash at its end */
    struct str legal;   /* the line that firms must show */
    struct str privacy; /* a path of the site */
    struct place place;
    struct yaml *document;
};

/* Reads the text of `_site.yaml`; an empty text gives the defaults. Unknown keys are warnings,
 * wrong types errors in `diags` (file "_site.yaml"); the settings are usable whatever is wrong with
 * them. ERR_NO_MEMORY. */
int settings_create(struct settings **out, struct str yaml, struct diags *diags);
void settings_destroy(struct settings *settings);

#endif

/* A pages folder in one input of the target `page`: `_site.yaml`, then for each other file a line
 * "%% " with its name (`page.md`, `voglio-andare/x.html`, `foto.svg`, `_guidelines.yaml`,
 * `_theme/style.css`) and the file; "%% now 2026-12-20T10:00" says when it is. Without any page or
 * picture all of it is a page of Markdown. */
#ifndef ATTIMO_TESTS_FUZZ_BUNDLE_H
#define ATTIMO_TESTS_FUZZ_BUNDLE_H

#include "site/page.h"

enum { BUNDLE_FILES_MAX = 6 };

struct bundle_file {
    struct str name;
    struct str bytes;
    struct buf url;
    struct source source;
    struct compiled compiled; /* as whoever compiles it leaves it here */
};

/* Slices of the input. */
struct bundle {
    struct str site;
    struct str guidelines; /* NULL: there are none */
    struct look_files look;
    struct bundle_file files[BUNDLE_FILES_MAX];
    size_t count;
    time_t now;
    struct settings *settings;
};

/* What is wrong with the settings goes to `diags`. Not set: `now`, where the input says nothing. */
void bundle_read(struct bundle *bundle, struct str input, struct diags *diags);
void bundle_finish(struct bundle *bundle);

#endif

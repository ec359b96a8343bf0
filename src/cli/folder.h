/* A pages folder, loaded and compiled as the server does, for the commands that look at it. */
#ifndef ATTIMO_CLI_FOLDER_H
#define ATTIMO_CLI_FOLDER_H

#include "site/loader.h"
#include "site/page.h"
#include "site/settings.h"
#include "site/site.h"

struct folder {
    int fd;
    struct settings *settings;
    struct listing listing;
    struct compiled *compiled; /* by index in the listing; empty where rejected */
    struct site *site;
    struct diags diags; /* all that is to be said, in order of file and line */
};

/* Loads the folder as it is at `now`. ERR_NOT_FOUND, ERR_DENIED...: there is no such folder;
 * ERR_NO_MEMORY. folder_finish in every case. */
int folder_load(struct folder *out, const char *path, time_t now);
void folder_finish(struct folder *folder);

#endif

/* What `attimo serve` can be told: a table of names, each a key of the config file and a flag;
 * flags win. */
#ifndef ATTIMO_CLI_OPTIONS_H
#define ATTIMO_CLI_OPTIONS_H

#include "base/lang.h"
#include "cli/config_reader.h"
#include "server/server.h"

struct options {
    struct server_options server;
    char *pages;
    char *data;
    char *user; /* NULL or "": nobody else */
    char node[NODE_MAX + 1];
    char country[COUNTRY_FIELD_MAX + 1]; /* a field's name, in lower case */
    enum lang lang;
    bool help;
    bool has_config;
    bool config_is_unread;        /* and nothing else is wrong: worth another try */
    struct config_reader *reader; /* of the config file; NULL: it is read directly */
};

/* Defaults, then the file that --config names, then the other flags. What is wrong goes to `diags`,
 * with file and line for the config file ("attimo" as the file for flags); ERR_INVALID then.
 * ERR_NO_MEMORY. */
int options_read(struct options *options, int argc, char **argv, struct config_reader *reader,
                 struct diags *diags);
void options_finish(struct options *options);

/* The language of the environment's locale (LC_ALL, LC_MESSAGES, LANG): Italian or English. */
enum lang options_locale(void);

#endif

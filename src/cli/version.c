/* Owns the version: the one file that is compiled anew when git's answer changes. */
#include "cli/cli.h"

const char cli_version[] = ATTIMO_VERSION;

/* How a report looks in a browser: report.css and report.js, made into lists by the build, each
 * ending in NULL. */
#ifndef ATTIMO_CLI_REPORT_LOOK_H
#define ATTIMO_CLI_REPORT_LOOK_H

extern const char *const report_css[];
extern const char *const report_js[];

#endif

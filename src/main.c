/* Picks the subcommand, once the standard descriptors are taken; nothing else. */
#include "cli/cli.h"

#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

/* A descriptor that was closed when we were started (`2>&-`) would be that of the first file that
 * is opened: what is said would end up there. In its place comes one that cannot be used either,
 * because it is open the other way round: whoever writes is told so. */
static bool takes_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", flags) != fd)
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    if (!takes_standard_descriptors())
        return EXIT_FAILURE_AT_WORK;
    return cli_main(argc, argv);
}

/* Linked into a program of its own beside the server: a thread that gets SIGUSR1 tries, from
 * inside, what an intruder would, and says on stderr what came of it: 0, or the number of the
 * error.
 *
 * ATTIMO_PROBE names the folder in which the test's server lives. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILES = 7, PATH_SIZE = 512 };

static struct {
    const char *name;
    const char *path; /* absolute, or in the folder */
    int flags;
    char whole[PATH_SIZE];
} tries[FILES] = {
    {"passwd", "/etc/passwd", O_RDONLY, ""},
    {"config", "elsewhere/attimo.yaml", O_RDONLY, ""},
    {"tmp", "elsewhere/new", O_WRONLY | O_CREAT, ""},
    {"beside", "site/new", O_WRONLY | O_CREAT, ""},
    {"page", "site/pages/index.md", O_RDONLY, ""},
    {"page-write", "site/pages/index.md", O_WRONLY, ""},
    {"data", "site/data/probe", O_RDWR | O_CREAT, ""},
};

static int try_file(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    (void)close(fd);
    return 0;
}

static int try_bind(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int rc = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
    (void)close(fd);
    return rc;
}

static void on_signal(int number)
{
    int before = errno;
    int thread = (int)gettid();
    char line[512];
    size_t n = (size_t)snprintf(line, sizeof line, "probe of %d:", thread);
    (void)number;
    for (int i = 0; i < FILES; i++)
        n += (size_t)snprintf(line + n, sizeof line - n, " %s=%d", tries[i].name,
                              try_file(tries[i].whole, tries[i].flags));
    n += (size_t)snprintf(line + n, sizeof line - n, " bind=%d end of %d\n", try_bind(), thread);
    if (write(STDERR_FILENO, line, n) < 0)
        abort();
    errno = before;
}

__attribute__((constructor)) static void install(void)
{
    const char *folder = getenv("ATTIMO_PROBE");
    for (int i = 0; i < FILES; i++)
        (void)snprintf(tries[i].whole, PATH_SIZE, "%s%s%s",
                       tries[i].path[0] == '/' || !folder ? "" : folder,
                       tries[i].path[0] == '/' ? "" : "/", tries[i].path);
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    (void)sigaction(SIGUSR1, &action, NULL);
}

/* Preloaded: each fdatasync takes a millisecond more than the disk needs, as if it were one that
 * has to turn, or an SSD without capacitors. */
#include <dlfcn.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int fdatasync(int fd)
{
    int (*real)(int);
    void *found = dlsym(RTLD_NEXT, "fdatasync");
    memcpy(&real, &found, sizeof real);
    struct timespec left = {.tv_nsec = 1000000};
    while (nanosleep(&left, &left) != 0)
        ;
    return real(fd);
}

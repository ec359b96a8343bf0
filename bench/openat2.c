/* Lets a program that uses openat2 run under a valgrind that does not know it (Debian 12's):
 * preloaded there, and only there, it makes of it an openat without the confinement.
 *
 * There is no openat2 in this libc, so programs go through syscall(2), which is what is replaced.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef long syscall_function(long number, ...);

/* As in libc's own, six arguments are handed on whether or not there were so many. */
long syscall(long number, ...)
{
    void *a[6];
    va_list list;
    va_start(list, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(list, void *);
    va_end(list);

    if (number == SYS_openat2) {
        const struct open_how *how = a[2];
        return openat((int)(intptr_t)a[0], a[1], (int)how->flags, (mode_t)how->mode);
    }
    syscall_function *next;
    *(void **)&next = dlsym(RTLD_NEXT, "syscall");
    return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

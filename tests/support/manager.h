/* A service manager as the server sees it: a socket at which it tells how things stand. */
#ifndef ATTIMO_TESTS_MANAGER_H
#define ATTIMO_TESTS_MANAGER_H

struct server;

struct manager {
    int fd;
    char heard[4096]; /* the last message, ended with a NUL */
};

/* From its next start on, the server tells this one. */
void manager_open(struct manager *m, const struct server *s);
void manager_close(struct manager *m);

/* Waits for a message that has the line; those before it are passed over. */
void manager_expect(struct manager *m, const char *line);

/* The value that stands behind "NAME=" in the last message; fails where there is none. */
unsigned long long manager_number(const struct manager *m, const char *name);

#endif

/* Owns the order in which rights are given up. */
#include "server/confine.h"

#include "base/err.h"
#include "base/fs.h"
#include "base/zone.h"
#include "server/landlock.h"
#include "server/privilege.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Sanitizers read what the kernel and the program's file say of the process, and run a program to
 * name functions. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* They stand where they were bound just now, in folders that root has chosen; those that systemd
 * has made are as it was told. */
static int give_sockets(const struct acceptor *acceptor, const struct account *account)
{
    for (size_t i = 0; i < acceptor->listener_count; i++) {
        const struct listener *listener = &acceptor->listeners[i];
        bool ours = listener->address.transport == TRANSPORT_UNIX && !listener->is_given &&
                    !listener->is_borrowed;
        if (ours && lchown(address_path(&listener->address), account->uid, account->gid) != 0)
            return err_from_errno(errno);
    }
    return 0;
}

static int become_user(const struct server_options *options,
                       const struct acceptor *const *acceptors, size_t count,
                       struct diag_words *why)
{
    struct account account;
    int rc = account_find(&account, options->user, why);
    if (rc != 0 || !account.other)
        return rc;
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = give_sockets(acceptors[i], &account);
    if (rc == 0)
        rc = account_give_data(&account, options->data);
    if (rc == 0)
        rc = account_become(&account);
    if (rc != 0) {
        diag_words_say(why, "cannot become the user %s", "non si riesce a diventare l’utente %s",
                       options->user);
        diag_words_because(why, rc);
    } else {
        log_info(&options->log, "serving as the user %s", options->user);
    }
    return rc;
}

/* --- isolation */

static bool is_root_folder(const char *path)
{
    struct stat st;
    struct stat root;
    return stat(path, &st) == 0 && stat("/", &root) == 0 && st.st_dev == root.st_dev &&
           st.st_ino == root.st_ino;
}

/* Puts the folder in which `path` stands in `out`, ended with a NUL; false: it is the root. */
static bool find_parent(struct str path, struct buf *out)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    ptrdiff_t slash = str_find_last(path, '/');
    buf_clear(out);
    if (slash == 0)
        buf_append(out, STR("/"));
    else
        buf_append(out, slash < 0 ? STR(".") : str_make(path.ptr, (size_t)slash));
    buf_append_char(out, '\0');
    return buf_status(out) == 0 && !is_root_folder(out->ptr);
}

/* A link that is switched stands in one folder and leads into another one's folder. */
static void allow_link(struct landlock *landlock, const char *link)
{
    struct buf parent = BUF_EMPTY;
    char *target = realpath(link, NULL);
    if (find_parent(str_from(link), &parent)) { /* those of the root are the system's */
        (void)landlock_allow(landlock, parent.ptr, LANDLOCK_MAY_READ);
        if (target && find_parent(str_from(target), &parent))
            (void)landlock_allow(landlock, parent.ptr, LANDLOCK_MAY_READ);
    }
    buf_finish(&parent);
    free(target);
}

/* Any folder on the way may be a link that is switched: /srv/current/pages. */
static void allow_links(struct landlock *landlock, const char *path)
{
    char *prefix = strdup(path);
    for (char *end = prefix; prefix && end; end = strchr(end + 1, '/')) {
        struct stat st;
        char *slash = strchr(end + 1, '/');
        if (slash)
            *slash = '\0';
        if (lstat(prefix, &st) == 0 && S_ISLNK(st.st_mode))
            allow_link(landlock, prefix);
        if (!slash)
            break;
        *slash = '/';
    }
    free(prefix);
}

/* The folder beside which others stand, so that another may take its place; or it alone, where that
 * would be all there is. */
static int allow_pages(struct landlock *landlock, const char *pages)
{
    struct buf parent = BUF_EMPTY;
    bool has_parent = find_parent(str_from(pages), &parent);
    int rc = landlock_allow(landlock, has_parent ? parent.ptr : pages, LANDLOCK_MAY_READ);
    if (rc == 0)
        rc = landlock_allow(landlock, pages, LANDLOCK_MAY_READ);
    buf_finish(&parent);
    allow_links(landlock, pages);
    return rc;
}

static void allow_removing_sockets(struct landlock *landlock, const struct acceptor *acceptor)
{
    for (size_t i = 0; i < acceptor->listener_count; i++) {
        const struct listener *listener = &acceptor->listeners[i];
        struct buf folder = BUF_EMPTY;
        if (listener->address.transport != TRANSPORT_UNIX || listener->is_given)
            continue;
        (void)find_parent(str_from(address_path(&listener->address)), &folder);
        if (buf_status(&folder) == 0)
            (void)landlock_allow(landlock, folder.ptr, LANDLOCK_MAY_REMOVE);
        buf_finish(&folder);
    }
}

static void allow_sanitizers(struct landlock *landlock)
{
    static const char *const folders[] = {"/proc", "/usr", "/lib", "/lib64"};
    char *self = realpath("/proc/self/exe", NULL);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        (void)landlock_allow(landlock, folders[i], LANDLOCK_MAY_EXECUTE);
    if (self)
        (void)landlock_allow(landlock, self, LANDLOCK_MAY_EXECUTE);
    free(self);
}

static int isolate(const struct server_options *options, struct landlock *landlock)
{
    int rc = allow_pages(landlock, options->pages);
    if (rc != 0)
        return rc; /* whoever reads the pages will say why */
    (void)fs_make_data_folder(options->data);
    rc = landlock_allow(landlock, options->data, LANDLOCK_MAY_WRITE);
    if (rc != 0)
        log_warning(&options->log, "isolate: nothing can be written to %s until the next start: %s",
                    options->data, err_words(rc));
    (void)landlock_allow(landlock, ZONE_FOLDER, LANDLOCK_MAY_READ);
    if (SANITIZED)
        allow_sanitizers(landlock);
    return landlock_enforce(landlock);
}

static void isolate_or_warn(const struct server_options *options,
                            const struct acceptor *const *acceptors, size_t count)
{
    struct landlock landlock;
    int rc = landlock_open(&landlock);
    for (size_t i = 0; rc == 0 && i < count; i++)
        allow_removing_sockets(&landlock, acceptors[i]);
    if (rc == 0)
        rc = isolate(options, &landlock);
    if (rc == ERR_NOT_FOUND && landlock.abi == 0)
        log_warning(&options->log, "not isolated: this kernel has no Landlock");
    else if (rc != 0)
        log_warning(&options->log, "not isolated: %s", err_words(rc));
    else
        log_info(&options->log,
                 "isolated: reads the pages and writes %s, no other file (Landlock %d)",
                 options->data, landlock.abi);
    landlock_close(&landlock);
}

int confine(const struct server_options *options, const struct acceptor *const *acceptors,
            size_t count, struct diag_words *why)
{
    int rc = options->user ? become_user(options, acceptors, count, why) : 0;
    privilege_seal(options->isolate);
    if (rc == 0 && options->isolate)
        isolate_or_warn(options, acceptors, count);
    else if (rc == 0)
        log_warning(&options->log, "not isolated: isolate is off");
    return rc;
}

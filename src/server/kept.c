/* Owns `<data>/kept.json`. */
#include "server/kept.h"

#include "base/err.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_SIZE_MAX = 1024 * 1024 };

static const char name[] = "kept.json";

/* The path of a folder that every process writes alike: `out` has PATH_MAX bytes. */
static int real_path(const char *path, char *out)
{
    return realpath(path, out) ? 0 : err_from_errno(errno);
}

/* --- telling -------------------------------------------------------------------------------- */

/* Locked before it has its name, so that nobody takes it for what was left behind. */
static int write_locked(int folder, const char *aside, struct str text)
{
    int fd = openat(folder, aside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return err_from_errno(errno);
    int rc = flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : err_from_errno(errno);
    if (rc == 0)
        rc = fs_write_all(fd, text);
    if (rc == 0 && renameat(folder, aside, folder, name) != 0)
        rc = err_from_errno(errno);
    if (rc == 0)
        return fd;
    (void)unlinkat(folder, aside, 0);
    (void)close(fd);
    return rc;
}

/* Whether a server that runs tells it. */
static bool is_locked(int folder)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (fd >= 0)
        (void)close(fd);
    return locked;
}

/* Whether what this server has told last is still what one finds. */
static bool is_there(const struct kept *kept, int folder)
{
    struct stat own;
    struct stat now;
    return kept->open && fstat(kept->fd, &own) == 0 && fstatat(folder, name, &now, 0) == 0 &&
           own.st_dev == now.st_dev && own.st_ino == now.st_ino;
}

/* Whether there is nothing to be told: it has been, or the next server, which has taken over, has
 * told something since. What that one left, should it have died of taking over, is replaced. */
static bool is_told(const struct kept *kept, int folder, struct str text)
{
    if (is_there(kept, folder))
        return str_eq(text, buf_str(&kept->text));
    return kept->open && is_locked(folder);
}

static int replace(struct kept *kept, const char *data, struct str text)
{
    char aside[64];
    int folder = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return err_from_errno(errno);
    (void)snprintf(aside, sizeof aside, ".%s.%d", name, (int)getpid());
    bool told = is_told(kept, folder, text);
    int fd = told ? -1 : write_locked(folder, aside, text);
    (void)close(folder);
    if (told)
        return 0;
    if (fd < 0)
        return fd;
    if (kept->open)
        (void)close(kept->fd);
    kept->fd = fd;
    kept->open = true;
    return 0;
}

int kept_tell(struct kept *kept, const char *data, const char *pages, struct str members)
{
    char path[PATH_MAX];
    struct buf text = BUF_EMPTY;
    if (members.len == 0 && !kept->open)
        return 0;
    int rc = real_path(pages, path);
    if (rc != 0)
        return rc;
    buf_append(&text, STR("{\"pages\":"));
    buf_append_json(&text, str_from(path));
    buf_append(&text, STR(",\"live\":{"));
    buf_append(&text, members);
    buf_append(&text, STR("}}\n"));
    rc = buf_status(&text);
    if (rc == 0)
        rc = replace(kept, data, buf_str(&text));
    if (rc == 0) {
        buf_finish(&kept->text);
        kept->text = text;
    } else {
        buf_finish(&text);
    }
    return rc;
}

void kept_finish(struct kept *kept)
{
    if (kept->open)
        (void)close(kept->fd);
    buf_finish(&kept->text);
    *kept = (struct kept){0};
}

/* --- reading -------------------------------------------------------------------------------- */

static int parse(struct kept_list *out, struct str text, const char *pages)
{
    char path[PATH_MAX];
    struct diags unsaid = {0};
    int rc = real_path(pages, path);
    if (rc == 0)
        rc = yaml_parse(&out->document, text, str_from(name), 1, &unsaid);
    diags_finish(&unsaid);
    if (rc != 0)
        return rc;
    const struct yaml_node *of = yaml_get(yaml_root(out->document), "pages");
    if (of && of->kind == YAML_SCALAR && str_eq(of->text, str_from(path)))
        return 0;
    kept_list_finish(out);
    return ERR_NOT_FOUND;
}

int kept_read(struct kept_list *out, const char *data, const char *pages)
{
    struct buf text = BUF_EMPTY;
    *out = (struct kept_list){0};
    int folder = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return err_from_errno(errno);
    int rc = is_locked(folder) ? fs_read_beneath(folder, name, FILE_SIZE_MAX, &text, NULL)
                               : ERR_NOT_FOUND;
    (void)close(folder);
    if (rc == 0)
        rc = parse(out, buf_str(&text), pages);
    buf_finish(&text);
    return rc;
}

struct str kept_find(const struct kept_list *list, const char *file)
{
    const struct yaml_node *live = NULL;
    if (list->document)
        live = yaml_get(yaml_get(yaml_root(list->document), "live"), file);
    return live && live->kind == YAML_SCALAR ? live->text : str_make(NULL, 0);
}

void kept_list_finish(struct kept_list *list)
{
    yaml_destroy(list->document);
    *list = (struct kept_list){0};
}

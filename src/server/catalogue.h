/* What is known of every file below the pages folder: which version was seen, which was compiled
 * last, and what of it is good to serve. Belongs to the publishing thread; does no I/O. */
#ifndef ATTIMO_SERVER_CATALOGUE_H
#define ATTIMO_SERVER_CATALOGUE_H

#include "site/loader.h"

enum {
    SETTLE_MS = 1000,          /* a file that nobody said is complete must be this old, and seen
                                  unchanged for as long */
    SETTLE_WRITING_MS = 60000, /* the same where a writer has not closed it */
    GRACE_MS = 200             /* a file may be away for this long while it is replaced */
};

/* Two equal versions hold the same bytes, as far as file systems tell. */
struct version {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    struct timespec changed; /* permissions too; not compared */
};

struct version version_of(const struct stat *st);
bool version_same(const struct version *a, const struct version *b);

enum news { NEWS_NONE, NEWS_PUBLISHED, NEWS_REJECTED };

struct entry {
    char *path;              /* relative to the pages folder */
    bool shared;             /* `_site.yaml` and the like: all pages are made with it */
    struct loaded_file file; /* zeroed where nothing is to be published */
    struct version seen;
    uint64_t seen_ms; /* when this version was first seen */
    struct version tried;
    bool has_tried;           /* `tried` is the version that was compiled last, well or not */
    struct compiled compiled; /* of the last good version */
    struct diags diags;       /* of the version that was tried */
    bool rejected;            /* ... which may not be published */
    int unreadable; /* why it could not even be looked at, when it was last due; 0: it could */
    const struct entry *clash; /* another file has the same URL, and the better right to it or an
                                  equal one; set by catalogue_gather, valid until a removal */

    bool look;      /* something has happened to it: look what is there */
    bool writing;   /* it was changed, and not closed yet by whoever did */
    bool written;   /* ... by a writer, as its times say */
    bool was_ready; /* before that */
    bool ready;     /* it is complete, and to be read whether or not it looks changed */
    bool waiting;   /* it has changed, and must settle before it is read */
    bool again;     /* what it depends on has changed: the same version is to be compiled again */
    bool timed;     /* its time has come: its source is to be compiled again */
    bool due;       /* a new version of it is to be compiled now */
    bool told;      /* ... because somebody said that it is complete */
    bool spoiled;   /* was written to since it was read */
    bool served;    /* in the last site */
    bool saved;     /* its author has saved it, and it has not got its best tier since */
    bool clashed;   /* its clash has been told */
    enum news news; /* to be told once it is live */
    uint64_t missing_ms; /* since when it is not there; 0: it is */
    uint64_t told_ns;    /* before which it cannot have changed, for what is ready */
    uint64_t changed_ns; /* when its author was done, for what is due */
    unsigned pass;       /* the walk that saw it last */
};

struct catalogue {
    struct entry **entries; /* in order of path */
    size_t count;
    size_t capacity;
};

void catalogue_finish(struct catalogue *catalogue);

/* Where `path` is, or where it would be. */
size_t catalogue_position(const struct catalogue *catalogue, struct str path);

struct entry *catalogue_find(const struct catalogue *catalogue, struct str path);

/* Finds or makes. NULL: out of memory. */
struct entry *catalogue_add(struct catalogue *catalogue, struct str path);

void catalogue_remove(struct catalogue *catalogue, size_t position);

static inline bool entry_is_asset(const struct entry *entry)
{
    return entry->file.file && entry->file.source.kind == SOURCE_ASSET;
}

static inline bool entry_is_page(const struct entry *entry)
{
    return entry->file.file && entry->file.source.kind != SOURCE_ASSET;
}

/* Whether something below `path`, a folder, is known. */
bool catalogue_has_folder(const struct catalogue *catalogue, struct str path);

/* Gathers references to all that is to be served and to drafts, or to the assets alone, for
 * site_create. Of two
 * files for one URL, the one that was served before stays; where none was, neither is in. What
 * gives way has `clash` set. The caller drops the references and frees `*out`. ERR_NO_MEMORY. */
int catalogue_gather(struct catalogue *catalogue, bool assets_only, struct resource ***out,
                     size_t *count);

#endif

/* Reads a pages folder: walks it, classifies, reads. The only part of site/ that does I/O. */
#ifndef ATTIMO_SITE_LOADER_H
#define ATTIMO_SITE_LOADER_H

#include "base/diag.h"
#include "base/fs.h"
#include "site/page.h"

/* A file that is to be published. */
struct loaded_file {
    char *file; /* relative to the pages folder */
    char *url;  /* decoded, NFC */
    struct source source;
};

void loaded_file_finish(struct loaded_file *file);

struct listing {
    struct loaded_file *files;
    size_t count;
};

/* Lists what is to be published below `pages_fd`, in order of file name. What cannot be looked at,
 * has a name that cannot be served, is too deep or leads outside is added to `diags` (rule "file");
 * files of other kinds are a note, misnamed pages a warning. ERR_NO_MEMORY, ERR_IO. */
int loader_list(struct listing *out, int pages_fd, struct diags *diags);
void listing_finish(struct listing *listing);

/* Tells what one entry below the pages folder is to be published as: fills in `out`, or leaves it
 * zeroed for folders and for what is not published, which `diags` explains as in loader_list.
 * Knows nothing of names that are never looked at. ERR_NO_MEMORY. */
int loader_look(struct loaded_file *out, const struct fs_entry *entry, struct diags *diags);

/* Reads `_site.yaml`, `_guidelines.yaml` and what `_theme/` holds, if they are there, and warns of
 * such as are called otherwise. ERR_NO_MEMORY; everything else is in `diags`. */
int loader_settings(struct settings **out, int pages_fd, struct diags *diags);

/* What compiling a file needs besides the file. */
struct loader {
    int pages_fd;
    const struct settings *settings;
    const struct site *assets; /* as in struct page_input; assets themselves need none */
    time_t now;
    enum tier tier;
};

/* Reads one file of the listing and compiles it. A file that changes while it is read is read
 * again, three times at most. ERR_INVALID: it may not be published, and `diags` says why.
 * ERR_LIMIT, ERR_IO: the system could not read it, as `diags` says too; another time it may.
 * ERR_NO_MEMORY. On failure nothing is in `out`. Any thread. */
int loader_compile(struct compiled *out, const struct loader *loader,
                   const struct loaded_file *file, struct diags *diags);

/* The same of `source`, what a page was made of when it was last compiled well: for when the time
 * has changed, and not the file. ERR_NO_MEMORY. */
int loader_recompile(struct compiled *out, const struct loader *loader,
                     const struct loaded_file *file, struct str source, struct diags *diags);

#endif

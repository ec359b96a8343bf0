/* From a page file's bytes to a resource: front matter, Markdown, theme, compression. */
#ifndef ATTIMO_SITE_PAGE_H
#define ATTIMO_SITE_PAGE_H

#include "base/diag.h"
#include "site/resource.h"
#include "site/settings.h"
#include "site/site.h"
#include "site/source.h"

#include <time.h>

enum { PAGE_SIZE_MAX = 1024 * 1024, ASSET_SIZE_MAX = 16 * 1024 * 1024 };

struct page_input {
    struct str file; /* relative to the pages folder */
    struct str url;  /* its path on the site, decoded */
    struct source source;
    struct str bytes;
    const struct settings *settings;
    const struct site *assets; /* where the files are that a page shows; NULL: there are none */
    time_t now;                /* the page is compiled as it is at this second */
    bool was_good; /* it has been compiled well before: what the rules find now stops nothing */
};

enum page_state {
    PAGE_LIVE,
    PAGE_SCHEDULED, /* `publish_at` is still to come: as a draft */
    PAGE_EXPIRED,   /* a redirect (`then`) or 410 is served */
    PAGE_DRAFT      /* `resource` is a RESOURCE_DRAFT, for `attimo preview` */
};

/* What a page file is at one second. Compiling is a pure function of its input: whoever publishes
 * compiles again when the file, the settings (which hold the theme) or an asset that the page looks
 * for have changed, or when `changes_at` has come. */
struct compiled {
    enum page_state state;
    struct resource *resource;   /* a reference; NULL while nothing is to be served at its URL */
    struct resource **redirects; /* references; one for each alias */
    size_t redirect_count;
    struct buf assets; /* paths of the assets that it looked for, there or not, each ending in LF */
    time_t changes_at; /* the next second at which compiling gives something else; 0: never */
    time_t switches_at; /* the next second at which its state is another one; 0: never */
    struct buf source;  /* the bytes that it was made of, for a page that changes with time: then it
                           can be made again whatever has become of its file */
    char goal[48];      /* the id of the call to action that it is for; cut if need be */
    size_t wire_size;   /* of its first response; of a page to come, of the one that it will have; 0
                           where it is only a redirect by now */
};
void compiled_finish(struct compiled *compiled);

/* Compiles one file. What is wrong with it is added to `diags`; ERR_INVALID if it may not be
 * published: then at least one error has been added, and `out` holds at most its goal and size, for
 * who tells its author. ERR_NO_MEMORY. On failure no reference is in `out`. Pure: no I/O, any
 * thread. */
int page_compile(struct compiled *out, const struct page_input *input, enum tier tier,
                 struct diags *diags);

/* Adds the error that there is nothing in a file. */
void page_say_empty(struct str file, struct diags *diags);

#endif

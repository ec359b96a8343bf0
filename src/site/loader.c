/* Owns reading a pages folder.
 *
 * Whatever is wrong with one file is told to its author in `diags`, and nothing else suffers: only
 * memory that runs out and a folder that cannot be read at all end a listing. */
#include "site/loader.h"

#include "base/err.h"
#include "base/fs.h"

#include <assert.h>
#include <stdlib.h>

enum { READS_MAX = 3 };

struct collector {
    struct listing *listing;
    size_t capacity;
    struct diags *diags;
};

static void complain(struct diags *diags, enum severity severity, struct str file,
                     struct text words)
{
    diags_say_text(diags, severity, file, 0, "file", words);
}

/* What an error means to somebody who put a file into a folder. */
static struct text words_for(int error)
{
    switch (error) {
    case ERR_OUTSIDE:
        return TEXT("this link leads out of the pages folder (or is written from `/` on), so it is "
                    "not followed: put the file itself here",
                    "questo collegamento porta fuori dalla cartella delle pagine (o comincia da "
                    "`/`), e non viene seguito: metti qui il file vero");
    case ERR_LOOP:
        return TEXT("this link leads back to itself, or to a folder that it is in",
                    "questo collegamento riporta a sé stesso, o a una cartella in cui si trova");
    case ERR_LIMIT:
        return TEXT("this is more than 32 folders deep, or too many files are open",
                    "ci sono più di 32 cartelle una dentro l’altra, o troppi file aperti");
    case ERR_NOT_FOUND:
        return TEXT("this is a link to something that is not there, or it was removed just now",
                    "questo collegamento porta a qualcosa che non c’è, o che è stato appena tolto");
    case ERR_DENIED:
        return TEXT(
            "attimo's user may not read this: `chmod a+r` (for a folder `a+rx`) lets everybody",
            "attimo non ha il permesso di leggerlo: `chmod a+r` (per una cartella `a+rx`) lo dà a "
            "tutti");
    case ERR_FOLDER:
    case ERR_INVALID:
        return TEXT("this is no ordinary file", "questo non è un file normale");
    case ERR_CHANGED:
        return TEXT("this is still being written", "questo file non è ancora finito di scrivere");
    default:
        return TEXT("this cannot be read: the disk or the system fails",
                    "non si riesce a leggerlo: c’è un guasto al disco o al sistema");
    }
}

static struct str name_of(struct str path)
{
    return str_skip(path, (size_t)(str_find_last(path, '/') + 1));
}

static int append(struct collector *collector, struct loaded_file file)
{
    struct listing *listing = collector->listing;
    if (listing->count == collector->capacity) {
        size_t capacity = collector->capacity ? 2 * collector->capacity : 64;
        struct loaded_file *grown = realloc(listing->files, capacity * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        listing->files = grown;
        collector->capacity = capacity;
    }
    listing->files[listing->count++] = file;
    return 0;
}

/* Of a file that is not what its author means it to be. */
static void tell_misnamed(struct diags *diags, struct str file, struct text words, struct text why)
{
    const struct remark remark = {
        .severity = SEVERITY_WARNING,
        .rule = "file",
        .words = words,
        .why = why,
        .fix = TEXT("rename it (Windows shows a .txt at the end only where \"File name "
                    "extensions\" is ticked), or remove it from the folder.",
                    "cambiagli nome (Windows mostra un .txt in fondo solo se è attivo «Estensioni "
                    "nomi file»), o toglilo dalla cartella."),
    };
    diags_remark(diags, file, 0, &remark);
}

static void tell_unpublished(struct diags *diags, struct str file)
{
    if (source_is_misnamed_page(file))
        tell_misnamed(diags, file,
                      TEXT("this is not published: .txt stands behind what would make it a page",
                           "questo file non viene pubblicato: sarebbe una pagina, ma il nome "
                           "finisce in .txt"),
                      TEXT("visitors cannot get it.", "chi visita non può riceverlo."));
    else
        complain(diags, SEVERITY_NOTE, file,
                 TEXT("files of this kind are not published",
                      "i file di questo tipo non vengono pubblicati"));
}

static int make_file(struct loaded_file *out, struct str path, const struct source *source,
                     struct str url)
{
    assert(path.ptr && url.ptr);
    *out = (struct loaded_file){
        .file = strndup(path.ptr, path.len),
        .url = strndup(url.ptr, url.len),
        .source = *source,
    };
    if (out->file && out->url)
        return 0;
    loaded_file_finish(out);
    return ERR_NO_MEMORY;
}

static int look_at_file(struct loaded_file *out, struct str path, const struct stat *st,
                        struct diags *diags)
{
    struct source source;
    struct buf url = BUF_EMPTY;
    int rc = source_classify(path, &source, &url);
    if (rc == 0 && !S_ISREG(st->st_mode)) {
        complain(diags, SEVERITY_ERROR, path,
                 TEXT("this is no ordinary file but a pipe, a socket or a device",
                      "questo non è un file normale, ma una pipe, un socket o un dispositivo"));
    } else if (rc == 0) {
        rc = make_file(out, path, &source, buf_str(&url));
    } else if (rc == ERR_NOT_FOUND) {
        tell_unpublished(diags, path);
        rc = 0;
    } else if (rc == ERR_INVALID) {
        complain(diags, SEVERITY_ERROR, path,
                 TEXT("the name cannot become an address: it is not UTF-8, or has a line end, "
                      "another control character, or more than 30 accents in a row in it",
                      "il nome non può diventare un indirizzo: non è UTF-8, o contiene un a capo, "
                      "un altro carattere di controllo o più di 30 accenti di fila"));
        rc = 0;
    }
    buf_finish(&url);
    return rc;
}

/* What a folder holds is published whatever the folder is called, but one that is called like a
 * page was probably meant as a page. */
static int look_at_folder(struct str path, struct diags *diags)
{
    struct source source;
    struct buf url = BUF_EMPTY;
    int rc = source_classify(path, &source, &url);
    if (rc == 0)
        complain(diags, SEVERITY_WARNING, path,
                 TEXT("this is a folder, though it is named like a file that would be published",
                      "questa è una cartella, ma si chiama come un file da pubblicare"));
    buf_finish(&url);
    return rc == ERR_NO_MEMORY ? rc : 0;
}

int loader_look(struct loaded_file *out, const struct fs_entry *entry, struct diags *diags)
{
    struct str path = str_from(entry->path);
    *out = (struct loaded_file){0};
    if (entry->error == ERR_NO_MEMORY)
        return ERR_NO_MEMORY;
    if (entry->error != 0) {
        complain(diags, SEVERITY_ERROR, path, words_for(entry->error));
        return 0;
    }
    return S_ISDIR(entry->st->st_mode) ? look_at_folder(path, diags)
                                       : look_at_file(out, path, entry->st, diags);
}

static int on_entry(void *context, const struct fs_entry *entry)
{
    struct collector *collector = context;
    struct loaded_file file;
    if (!source_is_public(name_of(str_from(entry->path))))
        return 1;
    int rc = loader_look(&file, entry, collector->diags);
    if (rc == 0 && file.file)
        rc = append(collector, file);
    if (rc != 0)
        loaded_file_finish(&file);
    return rc;
}

int loader_list(struct listing *out, int pages_fd, struct diags *diags)
{
    struct collector collector = {.listing = out, .diags = diags};
    *out = (struct listing){0};
    int rc = fs_walk(pages_fd, on_entry, &collector);
    if (rc == 0)
        return 0;
    listing_finish(out);
    return rc == ERR_NO_MEMORY ? rc : ERR_IO;
}

void loaded_file_finish(struct loaded_file *file)
{
    if (!file)
        return;
    free(file->file);
    free(file->url);
    *file = (struct loaded_file){0};
}

void listing_finish(struct listing *listing)
{
    if (!listing)
        return;
    for (size_t i = 0; i < listing->count; i++)
        loaded_file_finish(&listing->files[i]);
    free(listing->files);
    *listing = (struct listing){0};
}

/* Reads a whole file, again if it changes meanwhile. */
static int read_file(int pages_fd, const char *file, size_t limit, struct buf *bytes)
{
    int rc = ERR_CHANGED;
    for (int reads = 0; rc == ERR_CHANGED && reads < READS_MAX; reads++)
        rc = fs_read_beneath(pages_fd, file, limit, bytes, NULL);
    return rc;
}

/* Tells the author why a file could not be read. */
static int refuse(const char *file, int error, size_t limit, struct diags *diags)
{
    if (error == ERR_NO_MEMORY)
        return ERR_NO_MEMORY;
    if (error == ERR_TOO_LARGE)
        diags_say(diags, SEVERITY_ERROR, str_from(file), 0, "file",
                  "this is larger than %zu MiB, too large to be served from memory",
                  "supera i %zu MiB: è troppo grande per servirlo dalla memoria",
                  limit / 1024 / 1024);
    else
        complain(diags, SEVERITY_ERROR, str_from(file), words_for(error));
    return error == ERR_LIMIT || error == ERR_IO ? error : ERR_INVALID;
}

/* Reads a file that need not be there into `bytes`, which are empty; whether it is goes into
 * `present`. A byte order mark is no part of it: in a page, it would be one of the text or of the
 * first rule of its style. */
static int read_optional(int pages_fd, const char *file, size_t limit, struct buf *bytes,
                         bool *present, struct diags *diags)
{
    int rc = read_file(pages_fd, file, limit, bytes);
    *present = rc == 0;
    if (rc != 0 && rc != ERR_NOT_FOUND)
        rc = refuse(file, rc, limit, diags);
    if (rc == 0 && !str_is_utf8(buf_str(bytes))) {
        complain(
            diags, SEVERITY_ERROR, str_from(file),
            TEXT("this is not UTF-8; save it as UTF-8", "questo non è UTF-8; salvalo in UTF-8"));
        *present = false;
    }
    buf_consume(bytes, bytes->len - str_skip_mark(buf_str(bytes)).len);
    return rc == ERR_NO_MEMORY ? rc : 0;
}

/* The theme's own parts, where there are any. */
static int load_look(struct settings *settings, int pages_fd, struct diags *diags)
{
    static const char *const names[] = {"_theme/style.css", "_theme/header.html",
                                        "_theme/footer.html"};
    struct buf parts[3] = {0};
    bool present[3] = {false};
    int rc = 0;
    for (size_t i = 0; i < 3 && rc == 0; i++)
        rc = read_optional(pages_fd, names[i], PAGE_SIZE_MAX, &parts[i], &present[i], diags);
    if (rc == 0 && (present[0] || present[1] || present[2])) {
        const struct look_files files = {
            .style = present[0] ? buf_str(&parts[0]) : str_make(NULL, 0),
            .header = present[1] ? buf_str(&parts[1]) : str_make(NULL, 0),
            .footer = present[2] ? buf_str(&parts[2]) : str_make(NULL, 0),
        };
        rc = settings_set_look(settings, &files, diags);
    }
    for (size_t i = 0; i < 3; i++)
        buf_finish(&parts[i]);
    return rc;
}

/* The brand's rules, where there are any. */
static int load_guidelines(struct settings *settings, int pages_fd, struct diags *diags)
{
    struct buf bytes = BUF_EMPTY;
    bool present;
    int rc = read_optional(pages_fd, "_guidelines.yaml", PAGE_SIZE_MAX, &bytes, &present, diags);
    if (rc == 0 && present)
        rc = guidelines_create(&settings->guidelines, buf_str(&bytes), diags);
    buf_finish(&bytes);
    return rc;
}

/* Settings and rules in a file of another name would be none, and nobody would know. */
static void tell_misnamed_settings(int pages_fd, struct diags *diags)
{
    struct stat st;
    for (const char *const *name = source_misnamed_shared; *name; name++)
        if (fs_stat_beneath(pages_fd, *name, 0, &st) == 0 && S_ISREG(st.st_mode))
            tell_misnamed(
                diags, str_from(*name),
                TEXT("attimo does not read this: its name has to end in .yaml",
                     "attimo non lo legge: il nome deve finire in .yaml"),
                TEXT("what is written in it does not hold.", "quello che c’è scritto non vale."));
}

int loader_settings(struct settings **out, int pages_fd, struct diags *diags)
{
    static const char file[] = "_site.yaml";
    struct buf bytes = BUF_EMPTY;
    struct diags unread = {0};
    bool present;
    int rc = read_optional(pages_fd, file, PAGE_SIZE_MAX, &bytes, &present, &unread);
    /* As a full disk leaves it. Who wants the defaults removes it, or all but its comments. */
    if (rc == 0 && present && str_trim_lines(buf_str(&bytes)).len == 0)
        page_say_empty(str_from(file), &unread);
    if (rc == 0 && unread.errors > 0)
        rc = settings_create_unread(out, &unread, diags);
    else if (rc == 0)
        rc = settings_create(out, present ? buf_str(&bytes) : str_make(NULL, 0), diags);
    if (rc == 0) {
        rc = load_look(*out, pages_fd, diags);
        if (rc == 0)
            rc = load_guidelines(*out, pages_fd, diags);
        tell_misnamed_settings(pages_fd, diags);
        if (rc != 0)
            settings_destroy(*out);
    }
    if (rc != 0)
        *out = NULL;
    diags_finish(&unread);
    buf_finish(&bytes);
    return rc;
}

static struct page_input input_of(const struct loader *loader, const struct loaded_file *file,
                                  struct str bytes)
{
    return (struct page_input){
        .file = str_from(file->file),
        .url = str_from(file->url),
        .source = file->source,
        .bytes = bytes,
        .settings = loader->settings,
        .assets = loader->assets,
        .now = loader->now,
    };
}

int loader_compile(struct compiled *out, const struct loader *loader,
                   const struct loaded_file *file, struct diags *diags)
{
    struct buf bytes = BUF_EMPTY;
    size_t limit = file->source.kind == SOURCE_ASSET ? ASSET_SIZE_MAX : PAGE_SIZE_MAX;
    *out = (struct compiled){0};
    int rc = read_file(loader->pages_fd, file->file, limit, &bytes);
    if (rc != 0) {
        rc = refuse(file->file, rc, limit, diags);
    } else {
        struct page_input input = input_of(loader, file, buf_str(&bytes));
        rc = page_compile(out, &input, loader->tier, diags);
    }
    buf_finish(&bytes);
    return rc;
}

int loader_recompile(struct compiled *out, const struct loader *loader,
                     const struct loaded_file *file, struct str source, struct diags *diags)
{
    struct page_input input = input_of(loader, file, source);
    input.was_good = true;
    return page_compile(out, &input, loader->tier, diags);
}

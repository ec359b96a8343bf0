/* `attimo preview`: makes a link to a draft. */
#include "site/preview.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/secret.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/diag_print.h"
#include "cli/folder.h"
#include "http/path.h"

#include <stdio.h>
#include <stdlib.h>

static const struct text usage = {
    .en = "attimo preview: make a link to a draft, good for 48 hours\n"
          "\n"
          "  attimo preview PAGE [--pages DIR] [--data DIR] [--url URL] [--lang it|en]\n"
          "\n"
          "  PAGE          its file or its address: pages/x/a.md, x/a.md, /x/a\n"
          "  --pages DIR   the folder of pages                           (pages)\n"
          "  --data DIR    where the server keeps its key                (data)\n"
          "  --url URL     the site's address     (url of _site.yaml, else 127.0.0.1:8080)\n"
          "  --lang it|en  the language of what is printed               (the locale's)\n"
          "\n"
          "Who has the link sees the page; search engines do not; no visit is recorded.\n"
          "\n"
          "  attimo preview pages/voglio-comprare/scarpe-estate.md\n"
          "  attimo preview /voglio-comprare/scarpe-estate --url https://www.example.it\n",
    .it = "attimo preview: fa un link a una bozza, buono per 48 ore\n"
          "\n"
          "  attimo preview PAGE [--pages DIR] [--data DIR] [--url URL] [--lang it|en]\n"
          "\n"
          "  PAGE          il suo file o il suo indirizzo: pages/x/a.md, x/a.md, /x/a\n"
          "  --pages DIR   la cartella delle pagine                    (pages)\n"
          "  --data DIR    dove il server tiene la sua chiave          (data)\n"
          "  --url URL     l’indirizzo del sito  (url di _site.yaml, o 127.0.0.1:8080)\n"
          "  --lang it|en  lingua di ciò che viene stampato            (quella del sistema)\n"
          "\n"
          "Chi ha il link vede la pagina; i motori di ricerca no; niente si registra.\n"
          "\n"
          "  attimo preview pages/voglio-comprare/scarpe-estate.md\n"
          "  attimo preview /voglio-comprare/scarpe-estate --url https://www.example.it\n",
};

struct preview {
    const char *pages;
    const char *data;
    const char *url;
    enum lang lang;
};

/* "x/a.md" for "pages/x/a.md" of the folder "pages". */
static struct str without_folder(struct str word, struct str folder)
{
    while (str_starts_with(word, STR("./")))
        word = str_skip(word, 2);
    while (str_starts_with(folder, STR("./")))
        folder = str_skip(folder, 2);
    while (str_ends_with(folder, STR("/")))
        folder.len--;
    struct str rest = str_skip(word, folder.len);
    return str_starts_with(word, folder) && rest.len > 1 && rest.ptr[0] == '/' ? str_skip(rest, 1)
                                                                               : word;
}

/* The same where the two are written differently, the one absolute, say; allocated. NULL: the word
 * is no path of a file below the folder. */
static char *below_folder(const char *word, const char *pages)
{
    char *below = NULL;
    char *file = realpath(word, NULL);
    char *folder = realpath(pages, NULL);
    if (file && folder) {
        struct str rest = without_folder(str_from(file), str_from(folder));
        below = rest.ptr != file ? strdup(rest.ptr) : NULL;
    }
    free(file);
    free(folder);
    return below;
}

/* The index in the listing of the page whose file or address that is, or its count. */
static size_t find_in(const struct listing *listing, struct str file, struct str url)
{
    size_t i = 0;
    for (; i < listing->count; i++) {
        const struct loaded_file *f = &listing->files[i];
        if (f->source.kind != SOURCE_ASSET &&
            (str_eq(str_from(f->file), file) || str_eq(str_from(f->url), url)))
            break;
    }
    return i;
}

/* The same of what the user calls it. */
static size_t find_page(const struct folder *folder, const char *pages, const char *word)
{
    struct str file = without_folder(str_from(word), str_from(pages));
    size_t i = find_in(&folder->listing, file, str_from(word));
    char *below = i == folder->listing.count ? below_folder(word, pages) : NULL;
    if (below)
        i = find_in(&folder->listing, str_from(below), STR(""));
    free(below);
    return i;
}

static void append_address(const struct preview *preview, const struct folder *folder,
                           const struct loaded_file *file, struct buf *out)
{
    struct str site = folder->settings->url;
    if (preview->url)
        site = str_from(preview->url);
    else if (site.len == 0)
        site = STR("http://127.0.0.1:8080");
    while (str_ends_with(site, STR("/")))
        site.len--;
    buf_append(out, site);
    path_encode(str_from(file->url), out);
}

/* Prints what is said of the file; how many errors are among it. */
static size_t print_findings(const struct preview *preview, const struct folder *folder,
                             const struct loaded_file *file, enum severity least)
{
    const struct diag_look look = {
        .lang = preview->lang, .reasons = true, .folder = preview->pages};
    size_t errors = 0;
    for (size_t i = 0; i < folder->diags.count; i++) {
        const struct diag *finding = &folder->diags.items[i];
        if (strcmp(finding->file, file->file) != 0 || finding->severity < least)
            continue;
        diag_print(finding, &look, stderr);
        errors += finding->severity == SEVERITY_ERROR;
    }
    return errors;
}

/* Why there is nothing to preview: it has errors, or is no draft. */
static int refuse(const struct preview *preview, const struct folder *folder,
                  const struct loaded_file *file, const struct compiled *compiled)
{
    bool rejected = !compiled->resource;
    struct text what = compiled->state == PAGE_EXPIRED ? TEXT("it has expired", "è scaduta")
                                                       : TEXT("it is public", "è pubblica");
    struct buf address = BUF_EMPTY;
    append_address(preview, folder, file, &address);
    if (print_findings(preview, folder, file, rejected ? SEVERITY_NOTE : SEVERITY_ERROR) == 0)
        (void)fprintf(stderr,
                      preview->lang == LANG_IT ? "attimo: non è una bozza, %s: %.*s\n"
                                               : "attimo: this is no draft, %s: %.*s\n",
                      text_in(what, preview->lang), STR_ARG(buf_str(&address)));
    buf_finish(&address);
    return EXIT_ANSWER_NO;
}

/* Whose address a draft's is already: the server would show that one to who follows the link. NULL:
 * nobody's. */
static const struct resource *find_other(const struct site *site, const struct resource *draft)
{
    const struct resource *public = site_find(site, draft->path);
    const struct resource *first = site_find_draft(site, draft->path);
    return public ? public : first != draft ? first : NULL;
}

static int refuse_taken(const struct preview *preview, const struct resource *draft,
                        const struct resource *other)
{
    (void)fprintf(stderr,
                  preview->lang == LANG_IT
                      ? "attimo: niente link: a %.*s si vedrebbe %.*s, che ha già questo "
                        "indirizzo; cambialo a uno dei due\n"
                      : "attimo: no link: %.*s would show %.*s, which has this address already; "
                        "change that of one of them\n",
                  STR_ARG(draft->path), STR_ARG(other->file));
    return EXIT_ANSWER_NO;
}

/* A link that is signed by any other key than the server's is a dead one. */
static int read_key(const struct preview *preview, unsigned char key[HASH_KEY_SIZE])
{
    static const struct text denied = {
        "Only the server's user reads the key: try sudo -u attimo\n",
        "La chiave la legge solo l’utente del server: prova con sudo -u attimo\n"};
    static const struct text missing = {
        "The server makes the key at its first start: name its data folder with --data, or start "
        "it\n",
        "La chiave la crea il server al primo avvio: indica la sua cartella dei dati con --data, o "
        "avvialo\n"};
    int rc = secret_read(key, preview->data);
    if (rc == 0)
        return 0;
    (void)fprintf(stderr, "attimo: %s/secret: %s\n", preview->data,
                  err_words_in(rc, preview->lang));
    if (rc == ERR_DENIED || rc == ERR_NOT_FOUND)
        (void)fputs(text_in(rc == ERR_DENIED ? denied : missing, preview->lang), stderr);
    return rc;
}

static int print_link(const struct preview *preview, const struct folder *folder,
                      const struct loaded_file *file)
{
    unsigned char key[HASH_KEY_SIZE];
    struct buf link = BUF_EMPTY;
    int rc = read_key(preview, key);
    if (rc != 0)
        return EXIT_FAILURE_AT_WORK;
    append_address(preview, folder, file, &link);
    buf_append(&link, STR("?preview="));
    preview_append_token(&link, key, str_from(file->url), clock_wall() + PREVIEW_SECONDS);
    rc = buf_status(&link);
    if (rc == 0) {
        (void)printf("%.*s\n", STR_ARG(buf_str(&link)));
        (void)fprintf(stderr, preview->lang == LANG_IT
                                  ? "Vale 48 ore. Chi ha il link vede la bozza; i motori di "
                                    "ricerca no, e la visita non si conta.\n"
                                  : "Good for 48 hours. Who has the link sees the draft; search "
                                    "engines do not, and the visit is not counted.\n");
    }
    buf_finish(&link);
    return rc == 0 ? EXIT_GOOD : EXIT_FAILURE_AT_WORK;
}

static int run(const struct preview *preview, const char *word)
{
    struct folder folder;
    int code = EXIT_FAILURE_AT_WORK;
    int rc = folder_load(&folder, preview->pages, clock_wall());
    size_t i = rc == 0 ? find_page(&folder, preview->pages, word) : 0;
    if (rc != 0) {
        (void)fprintf(stderr, "attimo: %s: %s\n", preview->pages, err_words_in(rc, preview->lang));
    } else if (i == folder.listing.count) {
        (void)fprintf(stderr,
                      preview->lang == LANG_IT ? "attimo: in %s non c’è la pagina %s\n"
                                               : "attimo: %s has no page %s\n",
                      preview->pages, word);
        code = EXIT_ANSWER_NO;
    } else {
        const struct loaded_file *file = &folder.listing.files[i];
        const struct resource *resource = folder.compiled[i].resource;
        bool draft = resource && resource->kind == RESOURCE_DRAFT;
        const struct resource *other = draft ? find_other(folder.site, resource) : NULL;
        code = other   ? refuse_taken(preview, resource, other)
               : draft ? print_link(preview, &folder, file)
                       : refuse(preview, &folder, file, &folder.compiled[i]);
    }
    folder_finish(&folder);
    return code;
}

int cli_preview(int argc, char **argv)
{
    struct preview preview = {.pages = "pages", .data = "data"};
    struct args args;
    const struct args_flag flags[] = {{"pages", &preview.pages, NULL},
                                      {"data", &preview.data, NULL},
                                      {"url", &preview.url, NULL},
                                      {0}};
    bool good = args_read(&args, argc, argv, flags);
    if (good && args.help)
        return cli_tell(usage, args.lang);
    if (!good || args.count != 1) {
        (void)fputs(args.lang == LANG_IT
                        ? "attimo preview PAGE; `attimo preview --help` dice di più\n"
                        : "attimo preview PAGE; `attimo preview --help` tells more\n",
                    stderr);
        return EXIT_USAGE;
    }
    if (!cli_has_randomness(args.lang))
        return EXIT_FAILURE_AT_WORK;
    preview.lang = args.lang;
    return cli_end_output(run(&preview, args.words[0]), args.lang);
}

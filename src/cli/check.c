/* `attimo check`: loads a folder as the server would, and tells what is wrong with it. */
#include "cli/check.h"

#include "base/clock.h"
#include "base/err.h"
#include "cli/args.h"
#include "cli/cli.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct text usage = {
    .en = "attimo check: tell what is wrong with pages, as the server would see them\n"
          "\n"
          "  attimo check [--json] [--data DIR] [--lang it|en] [DIR|FILE...]\n"
          "\n"
          "  DIR|FILE...     what to look at                             (pages)\n"
          "  --json          the findings as JSON, for programs: docs/pages.md\n"
          "  --data DIR      the server's data folder: a server that runs tells there which\n"
          "                  versions stay live                          (data)\n"
          "  --lang it|en    the language of what is printed             (the locale's)\n"
          "\n"
          "Exit: 0 all may be published, 1 something may not, 2 wrong usage, 3 failure.\n"
          "\n"
          "  attimo check\n"
          "  attimo check pages/voglio-comprare/scarpe.md --lang it\n",
    .it = "attimo check: che cosa non va nelle pagine, così come le vedrebbe il server\n"
          "\n"
          "  attimo check [--json] [--data DIR] [--lang it|en] [DIR|FILE...]\n"
          "\n"
          "  DIR|FILE...     che cosa guardare                         (pages)\n"
          "  --json          il risultato in JSON, per i programmi: docs/pages.md\n"
          "  --data DIR      la cartella dei dati del server: lì un server che lavora dice\n"
          "                  quali versioni restano in linea           (data)\n"
          "  --lang it|en    lingua di ciò che viene stampato          (quella del sistema)\n"
          "\n"
          "Uscita: 0 tutto si può pubblicare, 1 qualcosa no, 2 uso sbagliato, 3 errore.\n"
          "\n"
          "  attimo check\n"
          "  attimo check pages/voglio-comprare/scarpe.md --lang it\n",
};

/* --- what to check -------------------------------------------------------------------------- */

/* A pages folder, and what of it was asked for. */
struct target {
    char *root;  /* absolute */
    char *name;  /* the same, as its user would write it */
    char **only; /* below it; "": all */
    size_t only_count;
};

static void target_finish(struct target *target)
{
    for (size_t i = 0; i < target->only_count; i++)
        free(target->only[i]);
    free(target->only);
    free(target->root);
    free(target->name);
}

static bool is_root(const char *folder)
{
    struct buf path = BUF_EMPTY;
    buf_append(&path, str_from(folder));
    buf_append(&path, STR("/_site.yaml"));
    buf_append_char(&path, '\0');
    bool has_site = buf_status(&path) == 0 && access(path.ptr, F_OK) == 0;
    buf_finish(&path);
    return has_site || str_ends_with(str_from(folder), STR("/pages"));
}

/* How much of the absolute `path` is the pages folder that it is in: the nearest with a
 * `_site.yaml`, or called `pages`; else the folder itself, or the one of the file. */
static size_t root_length(const char *path, bool is_folder)
{
    char *folder = strdup(path);
    size_t length = 0;
    for (char *slash = folder; folder && slash && *folder && length == 0;) {
        if ((slash != folder || is_folder) && is_root(folder))
            length = strlen(folder);
        slash = strrchr(folder, '/');
        if (slash)
            *slash = '\0';
    }
    free(folder);
    if (length == 0)
        length = is_folder ? strlen(path) : (size_t)str_find_last(str_from(path), '/');
    return length;
}

/* "pages/x/a.md" whose root holds "x/a.md" calls the root "pages". */
static char *name_of_root(const char *word, const char *root, const char *only)
{
    struct str given = str_from(word);
    struct str rest = str_from(only);
    while (given.len > 1 && str_ends_with(given, STR("/")))
        given.len--;
    if (rest.len == 0)
        return strndup(given.ptr, given.len);
    if (str_eq(given, rest))
        return strdup(".");
    if (given.len > rest.len + 1 && str_ends_with(given, rest) &&
        given.ptr[given.len - rest.len - 1] == '/')
        return strndup(given.ptr, given.len - rest.len - 1);
    return strdup(root);
}

/* Adds what `word` names to the target of its root, which is made if there is none. */
static int add_target(struct target *targets, size_t *count, const char *word, size_t words)
{
    struct stat st;
    char *path = realpath(word, NULL);
    if (!path || stat(path, &st) != 0) {
        free(path);
        return ERR_NOT_FOUND;
    }
    size_t length = root_length(path, S_ISDIR(st.st_mode));
    char *only = strdup(path[length] == '/' ? path + length + 1 : "");
    path[length] = '\0';
    size_t i = 0;
    while (i < *count && strcmp(targets[i].root, path) != 0)
        i++;
    struct target *target = &targets[i];
    if (only && i == *count) {
        *target = (struct target){
            .root = strdup(path),
            .name = name_of_root(word, path, only),
            .only = calloc(words, sizeof *target->only),
        };
        ++*count;
    }
    free(path);
    if (!only || !target->root || !target->name || !target->only) {
        free(only);
        return ERR_NO_MEMORY;
    }
    target->only[target->only_count++] = only;
    return 0;
}

/* --- checking ------------------------------------------------------------------------------- */

static bool covers(const struct check *check, struct str file)
{
    for (size_t i = 0; i < check->only_count; i++) {
        struct str only = str_from(check->only[i]);
        struct str rest = str_skip(file, only.len);
        if (only.len == 0 || (str_starts_with(file, only) && (rest.len == 0 || rest.ptr[0] == '/')))
            return true;
    }
    return false;
}

bool check_tells(const struct check *check, const struct diag *finding)
{
    struct str file = str_from(finding->file);
    return covers(check, file) || (finding->severity == SEVERITY_ERROR && source_is_shared(file));
}

/* What has been found in one file. */
static void count_findings(struct checked_page *page, const struct diags *diags)
{
    size_t from = 0;
    size_t to = diags->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (strcmp(diags->items[middle].file, page->file->file) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    for (; from < diags->count && strcmp(diags->items[from].file, page->file->file) == 0; from++) {
        page->errors += diags->items[from].severity == SEVERITY_ERROR;
        page->warnings += diags->items[from].severity == SEVERITY_WARNING;
    }
}

static int take_pages(struct check *check)
{
    const struct folder *folder = check->folder;
    check->pages = calloc(folder->listing.count + 1, sizeof *check->pages);
    if (!check->pages)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < folder->listing.count; i++) {
        const struct loaded_file *file = &folder->listing.files[i];
        if (file->source.kind == SOURCE_ASSET || !covers(check, str_from(file->file)))
            continue;
        struct checked_page *page = &check->pages[check->count++];
        *page = (struct checked_page){.file = file, .compiled = &folder->compiled[i]};
        count_findings(page, &folder->diags);
        if (page->errors > 0)
            page->live = kept_find(&check->kept, file->file);
    }
    return 0;
}

/* Tells whether there are errors, and notes the first file that stops all pages. */
static bool look_for_errors(struct check *check)
{
    const struct diags *diags = &check->folder->diags;
    bool found = false;
    for (size_t i = 0; i < diags->count; i++) {
        const struct diag *finding = &diags->items[i];
        if (finding->severity != SEVERITY_ERROR || !check_tells(check, finding))
            continue;
        found = true;
        if (!check->broken && source_is_shared(str_from(finding->file)))
            check->broken = finding->file;
    }
    return found;
}

/* What is asked for besides what is to be checked. */
struct asked {
    const char *data;
    enum lang lang;
    bool json;
};

static int check_target(const struct target *target, const struct asked *asked)
{
    struct folder folder;
    struct check check = {.folder = &folder,
                          .name = target->name,
                          .only = (const char *const *)target->only,
                          .only_count = target->only_count,
                          .lang = asked->lang};
    int code = EXIT_FAILURE_AT_WORK;
    int rc = folder_load(&folder, target->root, clock_wall());
    (void)kept_read(&check.kept, asked->data, target->root); /* or nothing is known */
    if (rc == 0)
        rc = take_pages(&check);
    if (rc == 0) {
        code = look_for_errors(&check) ? EXIT_ANSWER_NO : EXIT_GOOD;
        (asked->json ? check_print_json : check_print_text)(&check, stdout);
    } else {
        (void)fprintf(stderr, "attimo: %s: %s\n", target->name, err_words_in(rc, asked->lang));
    }
    free(check.pages);
    kept_list_finish(&check.kept);
    folder_finish(&folder);
    return code;
}

static int check_words(char **words, size_t count, const struct asked *asked)
{
    struct target *targets = calloc(count, sizeof *targets);
    size_t found = 0;
    int worst = targets ? EXIT_GOOD : EXIT_FAILURE_AT_WORK;
    for (size_t i = 0; targets && i < count; i++) {
        int rc = add_target(targets, &found, words[i], count);
        if (rc == 0)
            continue;
        (void)fprintf(stderr, "attimo: %s: %s\n", words[i], err_words_in(rc, asked->lang));
        worst = EXIT_FAILURE_AT_WORK;
    }
    for (size_t i = 0; i < found; i++) {
        int code = check_target(&targets[i], asked);
        if (code > worst)
            worst = code;
        target_finish(&targets[i]);
    }
    free(targets);
    return worst;
}

int cli_check(int argc, char **argv)
{
    static char pages[] = "pages";
    char *by_default[] = {pages};
    struct asked asked = {.data = "data"};
    struct args args;
    const struct args_flag flags[] = {
        {"json", NULL, &asked.json}, {"data", &asked.data, NULL}, {0}};
    if (!args_read(&args, argc, argv, flags)) {
        cli_point_to_help("check", args.lang);
        return EXIT_USAGE;
    }
    if (args.help)
        return cli_tell(usage, args.lang);
    if (!cli_has_randomness(args.lang))
        return EXIT_FAILURE_AT_WORK;
    asked.lang = args.lang;
    int code = args.count > 0 ? check_words(args.words, args.count, &asked)
                              : check_words(by_default, 1, &asked);
    return cli_end_output(code, asked.lang);
}

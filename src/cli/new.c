/* `attimo new`: writes a page to start from. */
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/yaml.h"
#include "base/yaml_quote.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/new_text.h"
#include "site/lint_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct text usage = {
    .en = "attimo new: write a page to start from, with every key explained\n"
          "\n"
          "  attimo new INTENT SLUG [--pages DIR] [--lang it|en]\n"
          "\n"
          "  INTENT        sapere, comprare, andare, fare; or know, buy, go, do\n"
          "  SLUG          the end of its address: small letters, digits, hyphens\n"
          "  --pages DIR   the folder of pages                           (pages)\n"
          "  --lang it|en  the language of the page and its explanations (the locale's)\n"
          "\n"
          "  attimo new comprare scarpe-estate\n"
          "  attimo new andare negozio-parma --pages /srv/site/pages --lang it\n",
    .it = "attimo new: scrive una pagina da cui partire, con ogni chiave spiegata\n"
          "\n"
          "  attimo new INTENT SLUG [--pages DIR] [--lang it|en]\n"
          "\n"
          "  INTENT        sapere, comprare, andare, fare; o know, buy, go, do\n"
          "  SLUG          la fine del suo indirizzo: lettere minuscole, cifre, trattini\n"
          "  --pages DIR   la cartella delle pagine                    (pages)\n"
          "  --lang it|en  la lingua della pagina e delle spiegazioni  (quella del sistema)\n"
          "\n"
          "  attimo new comprare scarpe-estate\n"
          "  attimo new andare negozio-parma --pages /srv/site/pages --lang it\n",
};

/* The moment that a page is for: how it is called, where such pages are, and what they ask. */
struct moment {
    struct text name;
    const char *folder;
    const char *cta_it;
    const char *cta_en;
};

static const struct moment moments[] = {
    {{"know", "sapere"},
     "voglio-sapere",
     "  - call: Chiedi a noi\n    to: " LINT_EXAMPLE_PHONE,
     "  - call: Ask us\n    to: " LINT_EXAMPLE_PHONE},
    {{"buy", "comprare"},
     "voglio-comprare",
     "  - whatsapp: Ordina su WhatsApp\n    to: " LINT_EXAMPLE_MOBILE
     "\n    text: \"Ciao! Vorrei \"",
     "  - whatsapp: Order on WhatsApp\n    to: " LINT_EXAMPLE_MOBILE
     "\n    text: \"Hello! I would like "
     "\""},
    {{"go", "andare"},
     "voglio-andare",
     "  - directions: Portami lì\n    to: " LINT_EXAMPLE_ADDRESS,
     "  - directions: Take me there\n    to: " LINT_EXAMPLE_ADDRESS},
    {{"do", "fare"},
     "voglio-fare",
     "  - call: Prenota\n    to: " LINT_EXAMPLE_PHONE,
     "  - call: Book\n    to: " LINT_EXAMPLE_PHONE},
};

static const struct moment *find_moment(const char *word)
{
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
        if (strcmp(word, moments[i].name.en) == 0 || strcmp(word, moments[i].name.it) == 0)
            return &moments[i];
    return NULL;
}

/* --- the slug ------------------------------------------------------------------------------- */

static bool is_slug_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static bool is_slug(struct str slug)
{
    for (size_t i = 0; i < slug.len; i++)
        if (!is_slug_char(slug.ptr[i]))
            return false;
    return slug.len > 0 && slug.len <= 80 && slug.ptr[0] != '-' && slug.ptr[slug.len - 1] != '-';
}

/* What comes near to `word` and is one: "Scarpe Estate" gives "scarpe-estate". */
static void append_slug(struct str word, struct buf *out)
{
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (is_slug_char(c) && c != '-')
            buf_append_char(out, c);
        else if (out->len > 0 && out->ptr[out->len - 1] != '-')
            buf_append_char(out, '-');
    }
    while (out->len > 0 && out->ptr[out->len - 1] == '-')
        out->len--;
}

static void append_title(struct str slug, struct buf *out)
{
    size_t start = out->len;
    for (size_t i = 0; i < slug.len; i++)
        buf_append_char(out, slug.ptr[i] == '-' ? ' ' : slug.ptr[i]);
    if (out->len > start && out->ptr[start] >= 'a' && out->ptr[start] <= 'z')
        out->ptr[start] = (char)(out->ptr[start] - 'a' + 'A');
}

/* As it stands in the file: "Null" and "No" are words to YAML only in quotes. */
static void append_value(struct str words, struct buf *out)
{
    const struct yaml_node plain = {.kind = YAML_SCALAR, .text = words};
    bool unused;
    if (yaml_is_null(&plain) || yaml_bool(&plain, &unused) == 0)
        yaml_quote(out, words);
    else
        buf_append(out, words);
}

/* --- the file ------------------------------------------------------------------------------- */

static int make_folder(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : err_from_errno(errno);
}

/* Never writes over a page that is there. */
static int write_page(const char *path, struct str text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return err_from_errno(errno);
    int rc = fs_write_all(fd, text);
    if (close(fd) != 0 && rc == 0)
        rc = err_from_errno(errno);
    if (rc != 0)
        (void)unlink(path);
    return rc;
}

static int make_page(const char *pages, const struct moment *moment, struct str slug,
                     enum lang lang, char **path)
{
    struct buf text = BUF_EMPTY;
    struct buf words = BUF_EMPTY;
    struct buf title = BUF_EMPTY;
    char *folder = NULL;
    int rc = ERR_NO_MEMORY;
    append_title(slug, &words);
    append_value(buf_str(&words), &title);
    const struct new_page page = {
        .title = buf_str(&title),
        .intent = str_from(text_in(moment->name, lang)),
        .cta = str_from(lang == LANG_IT ? moment->cta_it : moment->cta_en),
    };
    new_append_page(&page, lang, &text);
    *path = NULL;
    if (buf_status(&words) != 0 || buf_status(&title) != 0 || buf_status(&text) != 0 ||
        asprintf(&folder, "%s/%s", pages, moment->folder) < 0 ||
        asprintf(path, "%s/%.*s.md", folder, STR_ARG(slug)) < 0)
        goto out;
    rc = make_folder(pages);
    if (rc == 0)
        rc = make_folder(folder);
    if (rc == 0)
        rc = write_page(*path, buf_str(&text));
out:
    free(folder);
    buf_finish(&words);
    buf_finish(&title);
    buf_finish(&text);
    return rc;
}

/* --- the command ---------------------------------------------------------------------------- */

/* Whoever has named another folder has to name it again: only `pages` is looked into by itself. */
static void say_what_next(const char *path, const char *pages, enum lang lang)
{
    bool named = strcmp(pages, "pages") != 0;
    static const struct text next = {
        "It is a draft. Next:\n"
        "  write in it: title, description, answer, the buttons\n"
        "  attimo check %s      what is wrong, and why\n"
        "  attimo preview %s%s%s    a link to have it approved\n"
        "  remove 'draft: true'      and it is live\n",
        "È una bozza. Adesso:\n"
        "  scrivici: titolo, descrizione, risposta, pulsanti\n"
        "  attimo check %s      che cosa non va, e perché\n"
        "  attimo preview %s%s%s    un link per farla approvare\n"
        "  togli «draft: true»      ed è online\n",
    };
    (void)printf("%s\n", path);
    (void)fprintf(stderr, lang == LANG_IT ? next.it : next.en, path, path, named ? " --pages " : "",
                  named ? pages : "");
}

static int run(const char *pages, const struct moment *moment, struct str slug, enum lang lang)
{
    char *path;
    int rc = make_page(pages, moment, slug, lang, &path);
    if (rc == 0)
        say_what_next(path, pages, lang);
    else if (rc == ERR_EXISTS)
        (void)fprintf(stderr,
                      lang == LANG_IT ? "attimo: %s c’è già, e resta com’è\n"
                                      : "attimo: %s is already there, and stays as it is\n",
                      path);
    else
        (void)fprintf(stderr, "attimo: %s: %s\n", path ? path : pages, err_words_in(rc, lang));
    free(path);
    return rc == 0 ? EXIT_GOOD : rc == ERR_EXISTS ? EXIT_ANSWER_NO : EXIT_FAILURE_AT_WORK;
}

static void refuse_slug(const char *word, enum lang lang)
{
    struct buf better = BUF_EMPTY;
    append_slug(str_from(word), &better);
    (void)fprintf(stderr,
                  lang == LANG_IT ? "attimo: «%s» non va bene come indirizzo: solo lettere "
                                    "minuscole senza accento, cifre e trattini"
                                  : "attimo: \"%s\" cannot be an address: small letters without "
                                    "accents, digits and hyphens only",
                  word);
    if (is_slug(buf_str(&better)))
        (void)fprintf(stderr, lang == LANG_IT ? "; per esempio %.*s" : "; as in %.*s",
                      STR_ARG(buf_str(&better)));
    (void)fputc('\n', stderr);
    buf_finish(&better);
}

int cli_new(int argc, char **argv)
{
    const char *pages = "pages";
    struct args args;
    const struct args_flag flags[] = {{"pages", &pages, NULL}, {0}};
    bool good = args_read(&args, argc, argv, flags);
    if (good && args.help)
        return cli_tell(usage, args.lang);
    if (!good || args.count != 2) {
        (void)fputs(args.lang == LANG_IT
                        ? "attimo new INTENT SLUG; `attimo new --help` dice di più\n"
                        : "attimo new INTENT SLUG; `attimo new --help` tells more\n",
                    stderr);
        return EXIT_USAGE;
    }
    const struct moment *moment = find_moment(args.words[0]);
    if (!moment) {
        (void)fprintf(stderr,
                      args.lang == LANG_IT
                          ? "attimo: «%s» non è un momento: sapere, comprare, andare, fare\n"
                          : "attimo: \"%s\" is no moment: know, buy, go, do\n",
                      args.words[0]);
        return EXIT_USAGE;
    }
    if (!is_slug(str_from(args.words[1]))) {
        refuse_slug(args.words[1], args.lang);
        return EXIT_USAGE;
    }
    return cli_end_output(run(pages, moment, str_from(args.words[1]), args.lang), args.lang);
}

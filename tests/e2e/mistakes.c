/* What every command says of the mistakes that are made most, in both languages. */
#include "support/command.h"
#include "support/files.h"
#include "support/test.h"

#include <stdio.h>
#include <sys/stat.h>

enum { GOOD = 0, ANSWER_NO = 1, USAGE = 2, AT_WORK = 3 };

#define ODD_SEGMENT "a-00000000000000000001-20261101T100000Z.ndjson"

/* The words behind `attimo`, as a shell reads them in a folder of its own; what is said. */
struct mistake {
    const char *words;
    int code;
    const char *en;
    const char *it;
};

static const struct mistake mistakes[] = {
    {"serve --porta 1", USAGE, "attimo: error: usage: there is no flag --porta\n",
     "attimo: errore: uso: l’opzione --porta non c’è\n"},
    {"serve --listen 99", USAGE, "attimo: error: usage: --listen: must be like 127.0.0.1:8080,",
     "attimo: errore: uso: --listen: deve essere come 127.0.0.1:8080,"},
    {"serve --workers 0", USAGE,
     "attimo: error: usage: --workers: must be between 1 and 64, not \"0\"\n"
     "`attimo serve --help` lists the flags\n",
     "attimo: errore: uso: --workers: deve stare fra 1 e 64, non «0»\n"
     "`attimo serve --help` elenca le opzioni\n"},
    {"serve --config none.yaml", AT_WORK, "none.yaml: error: config: cannot be read: not found\n",
     "none.yaml: errore: configurazione: non si riesce a leggerlo: non c’è\n"},
    {"serve --porta 1 --config none.yaml", USAGE,
     "attimo: error: usage: there is no flag --porta\n",
     "attimo: errore: uso: l’opzione --porta non c’è\n"},
    {"serve --config bad.yaml", USAGE, "bad.yaml:1: error: config: there is no option \"port\"\n",
     "bad.yaml:1: errore: configurazione: l’opzione «port» non c’è\n"},
    {"serve --config limits.yaml", USAGE,
     "limits.yaml:2: error: config: limits: must have lines of \"name: value\" below it\n",
     "limits.yaml:2: errore: configurazione: limits: deve avere sotto di sé righe «nome: "
     "valore»\n"},
    {"serve --config journal.yaml", USAGE,
     "journal.yaml:2: error: config: journal: must have lines of \"name: value\" below it\n",
     "journal.yaml:2: errore: configurazione: journal: deve avere sotto di sé righe «nome: "
     "valore»\n"},
    {"serve --config workers.yaml", USAGE,
     "workers.yaml:2: error: config: workers: must be one value\n",
     "workers.yaml:2: errore: configurazione: workers: deve essere un valore solo\n"},
    {"serve --config listen.yaml", USAGE,
     "listen.yaml:2: error: config: listen: must be one value or a list of values\n",
     "listen.yaml:2: errore: configurazione: listen: deve essere un valore o un elenco di "
     "valori\n"},
    {"restore /x --config bare.yaml", ANSWER_NO, "attimo: /x is not taken down in \"data\"\n",
     "attimo: /x non risulta ritirata in «data»\n"},
    {"serve --admin off --listen 127.0.0.1:0 --pages none", AT_WORK,
     "attimo: cannot read the pages folder none: not found\n",
     "attimo: non si riesce a leggere la cartella delle pagine none: non c’è\n"},
    {"serve --admin off --listen unix:none/x", AT_WORK,
     "attimo: cannot listen on unix:none/x: bind: No such file or directory\n",
     "attimo: non si riesce ad ascoltare su unix:none/x: bind: file o cartella che non c’è\n"},
    {"serve --admin off --listen unix:a --listen unix:a", AT_WORK,
     "attimo: cannot listen on unix:a: bind: Address already in use\n",
     "attimo: non si riesce ad ascoltare su unix:a: bind: indirizzo già in uso\n"},
    {"serve --admin off --listen 127.0.0.1:0 --user nobody-at-all", AT_WORK,
     "attimo: there is no user \"nobody-at-all\" on this system\n",
     "attimo: su questo sistema non c’è l’utente «nobody-at-all»\n"},
    {"serve --admin off --listen 127.0.0.1:0 --take-over", AT_WORK,
     "attimo: there is no running server to take over from, with the data folder data;",
     "attimo: con la cartella dei dati data non lavora nessun server a cui subentrare;"},
    {"check --jason", USAGE,
     "attimo: there is no flag --jason; did you mean --json?\n"
     "`attimo check --help` lists the flags\n",
     "attimo: l’opzione --jason non c’è; volevi dire --json?\n"
     "`attimo check --help` elenca le opzioni\n"},
    {"check --json=no", USAGE, "attimo: --json takes no value\n",
     "attimo: --json non vuole un valore\n"},
    {"check none", AT_WORK, "attimo: none: not found\n", "attimo: none: non c’è\n"},
    {"new", USAGE, "attimo new INTENT SLUG; `attimo new --help` tells more\n",
     "attimo new INTENT SLUG; `attimo new --help` dice di più\n"},
    {"new fly x", USAGE, "attimo: \"fly\" is no moment: know,",
     "attimo: «fly» non è un momento: sapere,"},
    {"new buy x --pages none/pages", AT_WORK,
     "attimo: none/pages/voglio-comprare/x.md: not found\n",
     "attimo: none/pages/voglio-comprare/x.md: non c’è\n"},
    {"preview", USAGE, "attimo preview PAGE; `attimo preview --help` tells more\n",
     "attimo preview PAGE; `attimo preview --help` dice di più\n"},
    {"preview x --pages none", AT_WORK, "attimo: none: not found\n", "attimo: none: non c’è\n"},
    {"preview draft.md --data none/data", AT_WORK, "attimo: none/data/secret: not found\n",
     "attimo: none/data/secret: non c’è\n"},
    {"preview draft.md --data folder", AT_WORK,
     "attimo: folder/secret: not found\nThe server makes the key at its first start: ",
     "attimo: folder/secret: non c’è\nLa chiave la crea il server al primo avvio: "},
    {"takedown", USAGE, "attimo: which page? one,", "attimo: quale pagina? una,"},
    {"takedown /x", USAGE, "attimo: say why: ", "attimo: scrivi perché: "},
    {"takedown /x --reason y --data none", AT_WORK, "attimo: there is no data folder \"none\"",
     "attimo: la cartella dei dati «none» non c’è"},
    {"restore /x", ANSWER_NO, "attimo: /x is not taken down in \"data\"\n",
     "attimo: /x non risulta ritirata in «data»\n"},
    {"restore /x --data none", AT_WORK,
     "attimo: there is no data folder \"none\": name the server's with --data or --config\n",
     "attimo: la cartella dei dati «none» non c’è: indica quella del server con --data o"},
    {"restore /x --config none.yaml", AT_WORK,
     "none.yaml: error: config: cannot be read: not found\n",
     "none.yaml: errore: configurazione: non si riesce a leggerlo: non c’è\n"},
    {"journal look", USAGE, "attimo: journal has verify, tail and stat, not \"look\"\n",
     "attimo: journal ha verify, tail e stat, non «look»\n"},
    {"journal tail --lines many", USAGE,
     "attimo: --lines is a number, not \"many\"\n`attimo journal --help` lists the flags\n",
     "attimo: --lines è un numero, non «many»\n`attimo journal --help` elenca le opzioni\n"},
    {"journal verify --data none", AT_WORK,
     "attimo: none/journal: not found\nattimo: the server writes it; --data tells where",
     "attimo: none/journal: non c’è\nattimo: lo scrive il server; --data indica la sua"},
    {"journal tail --data folder", AT_WORK,
     "attimo: folder/journal: not found\nattimo: the server writes it; --data tells where",
     "attimo: folder/journal: non c’è\nattimo: lo scrive il server; --data indica la sua"},
    {"journal stat > /dev/full", AT_WORK, "attimo: no space left\n", "attimo: spazio esaurito\n"},
    {"funnel --by", USAGE, "attimo: --by needs a value\n", "attimo: a --by serve un valore\n"},
    {"funnel --steps view,click:cta", USAGE, "attimo: --steps: a condition is key=value: \"cta\"\n",
     "attimo: --steps: una condizione è chiave=valore: «cta»\n"},
    {"funnel --unit day", USAGE, "attimo: --unit: no key is \"day\"",
     "attimo: --unit: la chiave «day» non c’è"},
    {"funnel --steps view:hour=9", USAGE, "attimo: --steps: no key is \"hour\"",
     "attimo: --steps: la chiave «hour» non c’è"},
    {"funnel --strict --increasing", USAGE, "attimo: either --strict or --increasing, not ",
     "attimo: o --strict o --increasing, non "},
    {"funnel --input none", AT_WORK, "attimo: none: not found\n", "attimo: none: non c’è\n"},
    {"funnel --input folder --format json", AT_WORK, "attimo: folder: is a folder\n",
     "attimo: folder: è una cartella\n"},
    {"funnel --input cut.gz", AT_WORK, "attimo: cut.gz: not valid\n",
     "attimo: cut.gz: non valido\n"},
    {"funnel --input plain.gz", AT_WORK, "attimo: plain.gz: is no gzip file\n",
     "attimo: plain.gz: non è un file gzip\n"},
    {"funnel --data odd", GOOD, "attimo: " ODD_SEGMENT ": is a folder\n",
     "attimo: " ODD_SEGMENT ": è una cartella\n"},
    {"report --by page --by cta", USAGE, "attimo: --by: no key is \"cta\"",
     "attimo: --by: la chiave «cta» non c’è"},
    {"report --costs bad.yaml", USAGE, "bad.yaml:1: error: costs: the first line must name",
     "bad.yaml:1: errore: costi: la prima riga deve avere"},
    {"report --input folder --format json", AT_WORK, "attimo: folder: is a folder\n",
     "attimo: folder: è una cartella\n"},
    {"report --input cut.gz --format csv", AT_WORK, "attimo: cut.gz: not valid\n",
     "attimo: cut.gz: non valido\n"},
    {"report --input empty.gz --format csv", AT_WORK, "attimo: empty.gz: is no gzip file\n",
     "attimo: empty.gz: non è un file gzip\n"},
    {"report --data odd", GOOD, "attimo: " ODD_SEGMENT ": is a folder\n",
     "attimo: " ODD_SEGMENT ": è una cartella\n"},
    {"report --pages none", AT_WORK, "attimo: none: not found\n", "attimo: none: non c’è\n"},
    {"serve --admin off --listen 127.0.0.1:0 --pages bad.yaml", AT_WORK,
     "attimo: cannot read the pages folder bad.yaml: is no folder\n",
     "attimo: non si riesce a leggere la cartella delle pagine bad.yaml: non è una cartella\n"},
    {"preview x --pages bad.yaml", AT_WORK, "attimo: bad.yaml: is no folder\n",
     "attimo: bad.yaml: non è una cartella\n"},
    {"funnel --pages bad.yaml", AT_WORK, "attimo: bad.yaml: is no folder\n",
     "attimo: bad.yaml: non è una cartella\n"},
    {"report --pages bad.yaml", AT_WORK, "attimo: bad.yaml: is no folder\n",
     "attimo: bad.yaml: non è una cartella\n"},
    {"report --input /dev/null --from 2026-01-01 --to 2999-12-31", USAGE,
     "attimo: a report covers 36600 days at most: say which by --from and --to\n",
     "attimo: un report copre al più 36600 giorni: indicali con --from e --to\n"},
    {"report --input /dev/null --from 2026-01-01 --to 2126-03-18", USAGE,
     "attimo: a report covers 36600 days at most: say which by --from and --to\n",
     "attimo: un report copre al più 36600 giorni: indicali con --from e --to\n"},
    {"report --input /dev/null --pages folder --from 2026-01-01 --to 2126-03-17 --format csv", GOOD,
     "", ""},
    {"export --pages bad.yaml/pages", AT_WORK, "attimo: bad.yaml/pages: not found\n",
     "attimo: bad.yaml/pages: non c’è\n"},
    {"export --tz Parma", USAGE, "attimo: --tz is a zone, as in Europe/Rome, not \"Parma\"\n",
     "attimo: --tz è un fuso, come Europe/Rome, non «Parma»\n"},
    {"export --input folder --format csv", AT_WORK, "attimo: folder: is a folder\n",
     "attimo: folder: è una cartella\n"},
    {"export --input cut.gz", AT_WORK, "attimo: cut.gz: not valid\n",
     "attimo: cut.gz: non valido\n"},
    {"export --input plain.gz", AT_WORK, "attimo: plain.gz: is no gzip file\n",
     "attimo: plain.gz: non è un file gzip\n"},
    {"export --input folder.gz", AT_WORK, "attimo: folder.gz: is a folder\n",
     "attimo: folder.gz: è una cartella\n"},
    {"export --data odd", GOOD, "attimo: " ODD_SEGMENT ": is a folder\n",
     "attimo: " ODD_SEGMENT ": è una cartella\n"},
    {"export --input /dev/null --out none/x", AT_WORK, "attimo: none/x: not found\n",
     "attimo: none/x: non c’è\n"},
};

/* What is named and cannot be read, last of the words. With a configuration that is wrong nothing
 * is tried again; one that cannot be read may be there the next time. */
static const char *const unreadable[] = {
    "serve --config none",
    "serve --config folder",
    "serve --config pipe",
    "takedown /x --reason y --config none",
    "serve --admin off --listen 127.0.0.1:0 --pages none",
    "check none",
    "preview x --pages none",
    "preview draft.md --data none/data",
    "new buy x --pages none/pages",
    "takedown /x --reason y --data none",
    "restore /x --data none",
    "journal verify --data none",
    "journal stat --data none",
    "journal tail --data none",
    "funnel --data none",
    "funnel --input none",
    "funnel --input folder",
    "funnel --pages none",
    "report --data none",
    "report --input none",
    "report --input folder",
    "report --pages none",
    "report --costs none",
    "report --costs folder",
    "report --costs pipe",
    "export --data none",
    "export --input none",
    "export --input folder",
    "export --pages none",
};

/* The flag for the language stands in front of the words, behind the command's name. */
static void run(struct command *c, const struct mistake *mistake, const char *lang)
{
    struct buf script = BUF_EMPTY;
    const char *space = strchr(mistake->words, ' ');
    size_t len = space ? (size_t)(space - mistake->words) : strlen(mistake->words);
    buf_printf(&script, "cd %s; LC_ALL=C.UTF-8 exec \"$ATTIMO\" %.*s --lang %s%s", c->folder,
               (int)len, mistake->words, lang, mistake->words + len);
    buf_append_char(&script, '\0');
    command_shell(c, script.ptr);
    buf_finish(&script);
    if (c->code != mistake->code)
        fail_msg("%s: ended with %d: %.*s", mistake->words, c->code, STR_ARG(buf_str(&c->err)));
    if (c->code != GOOD && c->out.len > 0)
        fail_msg("%s: failed, and still gave: %.*s", mistake->words, STR_ARG(buf_str(&c->out)));
}

static void fill_folder(struct command *c)
{
    files_write(c->folder, "bad.yaml", STR("port: 8080\n"));
    files_write(c->folder, "limits.yaml", STR("data: data\nlimits: 3\n"));
    files_write(c->folder, "journal.yaml", STR("data: data\njournal:\n  - keep: 9d\n"));
    files_write(c->folder, "workers.yaml", STR("data: data\nworkers:\n  many: 4\n"));
    files_write(c->folder, "listen.yaml", STR("data: data\nlisten:\n  port: 80\n"));
    files_write(c->folder, "bare.yaml", STR("limits:\n  # head: 8KiB\n"));
    files_write(c->folder, "pages/draft.md",
                STR("---\ntitle: Prova\ndescription: Una prova\ndraft: true\n---\nCiao.\n"));
    files_write(c->folder, "data/journal/.keep", STR(""));
    files_write(c->folder, "odd/journal/" ODD_SEGMENT "/.keep", STR(""));
    files_write(c->folder, "folder/.keep", STR(""));
    files_write(c->folder, "folder.gz/.keep", STR(""));
    files_write(c->folder, "cut.gz", STR("\x1F\x8B\x08"));
    files_write(c->folder, "plain.gz",
                STR("{\"id\":\"a\",\"ts\":\"2026-11-01T10:00:00Z\",\"event\":\"view\"}\n"));
    files_write(c->folder, "empty.gz", STR(""));
    assert_int_equal(mkfifo(command_path(c, "pipe"), 0600), 0);
}

static void every_command_says_what_is_wrong_in_the_readers_language(void **state)
{
    struct command *c = *state;
    fill_folder(c);
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        const struct mistake *mistake = &mistakes[i];
        run(c, mistake, "en");
        if (!str_contains(buf_str(&c->err), str_from(mistake->en)))
            fail_msg("%s: %.*s", mistake->words, STR_ARG(buf_str(&c->err)));
        run(c, mistake, "it");
        if (!str_contains(buf_str(&c->err), str_from(mistake->it)))
            fail_msg("%s: %.*s", mistake->words, STR_ARG(buf_str(&c->err)));
    }
}

static void what_is_named_and_cannot_be_read_is_one_failure_in_all_commands(void **state)
{
    struct command *c = *state;
    fill_folder(c);
    for (size_t i = 0; i < sizeof unreadable / sizeof *unreadable; i++) {
        const struct mistake mistake = {.words = unreadable[i], .code = AT_WORK};
        run(c, &mistake, "en");
        if (!str_contains(buf_str(&c->err), str_from(strrchr(unreadable[i], ' ') + 1)))
            fail_msg("%s: %.*s", unreadable[i], STR_ARG(buf_str(&c->err)));
    }
}

#define WORDS "---\ntitle: Prova\ndescription: Una prova\ngoal: letto\n"

/* A browser would go round and round. */
static void a_page_that_is_taken_down_leads_back_to_itself_by_no_way(void **state)
{
    struct command *c = *state;
    static const char *const ways[] = {
        "/scarpe/index.html",
        "/s",
        "/s/?a=b",
        "/finita",
        "/via#a",
        "https://www.example.it/scarpe",
        "https://www.example.it/s?a=b",
        "https://www.example.it/finita",
    };
    static const char *const others[] = {"/", "/altra", "https://shop.example/scarpe"};
    char words[256];
    struct mistake mistake = {.words = words};
    files_write(c->folder, "pages/_site.yaml", STR("url: https://www.example.it\n"));
    files_write(c->folder, "pages/scarpe.md", STR(WORDS "aliases: /s\n---\n"));
    files_write(c->folder, "pages/finita.md",
                STR(WORDS "expires_at: 2020-05-01\nthen: https://www.example.it/s\n---\n"));
    files_write(c->folder, "data/journal/.keep", STR(""));
    run(c, &(struct mistake){.words = "takedown /via --reason x --then /finita"}, "en");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        (void)snprintf(words, sizeof words, "takedown /scarpe --reason x --then %s", ways[i]);
        mistake.code = USAGE;
        run(c, &mistake, "en");
        assert_contains(buf_str(&c->err), STR("--then leads back to the page itself\n"));
        run(c, &mistake, "it");
        assert_contains(buf_str(&c->err), STR("--then riporta alla pagina stessa\n"));
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        (void)snprintf(words, sizeof words, "takedown /scarpe --reason x --then %s", others[i]);
        mistake.code = GOOD;
        run(c, &mistake, "en");
    }
}

TEST_MAIN(COMMAND_TEST(every_command_says_what_is_wrong_in_the_readers_language),
          COMMAND_TEST(what_is_named_and_cannot_be_read_is_one_failure_in_all_commands),
          COMMAND_TEST(a_page_that_is_taken_down_leads_back_to_itself_by_no_way))

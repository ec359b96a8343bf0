/* Owns the list of subcommands. */
#include "cli/cli.h"
#include "cli/options.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/lang.h"
#include "base/nearest.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct text usage = {
    .en = "attimo: a landing-page server for micro-moments\n"
          "\n"
          "  attimo serve       serve a folder of pages\n"
          "  attimo takedown    take a page off the site at once\n"
          "  attimo restore     end a takedown\n"
          "  attimo check       tell what is wrong with pages\n"
          "  attimo new         write a page to start from\n"
          "  attimo preview     make a link to a draft\n"
          "  attimo journal     verify, follow and count what was recorded\n"
          "  attimo funnel      how many get from one event to the next\n"
          "  attimo report      what page views have led to, for a client to read\n"
          "  attimo export      events or page views for other programs\n"
          "  attimo --version   say which version this is\n"
          "\n"
          "`attimo COMMAND --help` tells more about each.\n",
    .it = "attimo: un server di landing page per i micro-momenti\n"
          "\n"
          "  attimo serve       mette in linea una cartella di pagine\n"
          "  attimo takedown    toglie subito una pagina dal sito\n"
          "  attimo restore     la rimette\n"
          "  attimo check       dice che cosa non va nelle pagine\n"
          "  attimo new         scrive una pagina da cui partire\n"
          "  attimo preview     fa un link a una bozza\n"
          "  attimo journal     verifica, segue e conta ciò che è stato registrato\n"
          "  attimo funnel      quante passano da un evento al prossimo\n"
          "  attimo report      che cosa hanno portato le pagine viste, da dare al cliente\n"
          "  attimo export      eventi o pagine viste per altri programmi\n"
          "  attimo --version   dice che versione è\n"
          "\n"
          "`attimo COMANDO --help` dice di più su ognuno.\n",
};

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"serve", cli_serve},     {"takedown", cli_takedown}, {"restore", cli_restore},
    {"check", cli_check},     {"new", cli_new},           {"preview", cli_preview},
    {"journal", cli_journal}, {"funnel", cli_funnel},     {"report", cli_report},
    {"export", cli_export},
};

bool cli_has_randomness(enum lang lang)
{
    if (hash_init() == 0)
        return true;
    (void)fputs(lang == LANG_IT ? "attimo: il sistema non dà numeri casuali\n"
                                : "attimo: the system gives no random numbers\n",
                stderr);
    return false;
}

void cli_point_to_help(const char *command, enum lang lang)
{
    (void)fprintf(stderr,
                  lang == LANG_IT ? "`attimo %s --help` elenca le opzioni\n"
                                  : "`attimo %s --help` lists the flags\n",
                  command);
}

void cli_point_to_data(enum lang lang)
{
    (void)fprintf(stderr, "%s",
                  lang == LANG_IT
                      ? "attimo: lo scrive il server; --data indica la sua cartella\n"
                      : "attimo: the server writes it; --data tells where its folder is\n");
}

/* A stream that failed before its last flush has forgotten why; the pipe knows. */
static bool reader_has_gone(int error)
{
    struct pollfd output = {.fd = STDOUT_FILENO};
    return error == EPIPE || (error == 0 && poll(&output, 1, 0) == 1 && (output.revents & POLLERR));
}

int cli_end_output(int code, enum lang lang)
{
    static const struct text words = {"standard output cannot be written",
                                      "non si riesce a scrivere sullo standard output"};
    errno = 0;
    bool written = fflush(stdout) == 0 && !ferror(stdout);
    int error = errno;
    if (written || reader_has_gone(error))
        return code;
    (void)fprintf(stderr, "attimo: %s", text_in(words, lang));
    if (error != 0)
        (void)fprintf(stderr, ": %s", err_words_in(err_from_errno(error), lang));
    (void)fputc('\n', stderr);
    return EXIT_FAILURE_AT_WORK;
}

int cli_tell(struct text words, enum lang lang)
{
    (void)fputs(text_in(words, lang), stdout);
    return cli_end_output(EXIT_GOOD, lang);
}

/* What reads requests is compiled for SSE 4.2 (the Makefile's SSE): a word is better than SIGILL at
 * the first of them. */
static bool suits_the_processor(void)
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("sse4.2")) {
        static const struct text words = {
            "attimo: this processor has no SSE 4.2; if the machine is a virtual one, give it its "
            "host's processor\n",
            "attimo: questo processore non ha SSE 4.2; se la macchina è virtuale, dalle il "
            "processore di chi la ospita\n"};
        (void)fputs(text_in(words, options_locale()), stderr);
        return false;
    }
#endif
    return true;
}

static void say_unknown(const char *name)
{
    bool italian = options_locale() == LANG_IT;
    struct nearest nearest = nearest_begin(str_from(name));
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        nearest_look(&nearest, commands[i].name);
    (void)fprintf(
        stderr, italian ? "attimo: il comando «%s» non c’è" : "attimo: there is no command \"%s\"",
        name);
    if (nearest.name)
        (void)fprintf(stderr, italian ? "; volevi dire «%s»?\n" : "; did you mean \"%s\"?\n",
                      nearest.name);
    else
        (void)fputs(italian ? "; `attimo --help` li elenca\n" : "; `attimo --help` lists them\n",
                    stderr);
}

int cli_main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name) {
        (void)fputs(text_in(usage, options_locale()), stderr);
        return EXIT_USAGE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return cli_tell(usage, options_locale());
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        (void)printf("attimo %s\n", cli_version);
        return cli_end_output(EXIT_GOOD, options_locale());
    }
    if (!suits_the_processor())
        return EXIT_FAILURE_AT_WORK;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 2, argv + 2);

    say_unknown(name);
    return EXIT_USAGE;
}

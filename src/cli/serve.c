/* `attimo serve`: reads the options, shows the pages, serves. */
#include "cli/cli.h"
#include "cli/diag_print.h"
#include "cli/options.h"
#include "cli/page_table.h"

#include "base/err.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct text usage = {
    .en = "attimo serve: serve a folder of pages\n"
          "\n"
          "  --pages DIR        the folder of pages                    (pages)\n"
          "  --listen ADDR      where to listen; may be repeated       (127.0.0.1:8080)\n"
          "                     [::1]:8080 :8080 unix:/run/attimo.sock; port 0: a free one\n"
          "  --admin ADDR       health, readiness, metrics; or off     (127.0.0.1:8081)\n"
          "  --workers N        event loops that serve                 (1)\n"
          "  --config FILE      the same names and more, as YAML: attimo.yaml.example\n"
          "  --data DIR         what attimo writes: events, a key...   (data)\n"
          "  --record on|off    off: serve pages and record nothing    (on)\n"
          "  --durability D     what acknowledged events survive: process, power (process)\n"
          "  --node NAME        this server's name in the journal      (attimo)\n"
          "  --user NAME        whom to become once sockets are bound  (nobody else)\n"
          "  --isolate on|off   on: reach no file but pages and data   (on)\n"
          "  --take-over        take over from the server that runs with --data\n"
          "  --unix-mode MODE   permission bits of unix sockets        (0660)\n"
          "  --drain-timeout T  how long connections may take to end   (5s)\n"
          "  --log-level LEVEL  error, warning, info or debug          (info)\n"
          "  --lang it|en       language of what is printed            (the locale's)\n"
          "\n"
          "SIGTERM, SIGINT: finish what is under way, exit 0. SIGHUP: reload.\n"
          "\n"
          "  attimo serve --pages pages --listen 127.0.0.1:8080\n"
          "  attimo serve --config /etc/attimo.yaml --listen unix:/run/attimo/http.sock\n",
    .it = "attimo serve: mette in linea una cartella di pagine\n"
          "\n"
          "  --pages DIR        la cartella delle pagine               (pages)\n"
          "  --listen ADDR      dove ascoltare; si può ripetere        (127.0.0.1:8080)\n"
          "                     [::1]:8080 :8080 unix:/run/attimo.sock; porta 0: una libera\n"
          "  --admin ADDR       stato di salute e metriche; oppure off (127.0.0.1:8081)\n"
          "  --workers N        cicli di eventi che servono            (1)\n"
          "  --config FILE      gli stessi nomi e altri, in YAML: attimo.yaml.example\n"
          "  --data DIR         ciò che attimo scrive: eventi, chiave… (data)\n"
          "  --record on|off    off: serve le pagine e non registra    (on)\n"
          "  --durability D     a che cosa resiste un evento: process, power (process)\n"
          "  --node NAME        il nome di questo server nel registro  (attimo)\n"
          "  --user NAME        chi diventare dopo aver aperto i socket (nessun altro)\n"
          "  --isolate on|off   on: niente altri file che pagine e dati (on)\n"
          "  --take-over        subentra al server che lavora con --data\n"
          "  --unix-mode MODE   permessi dei socket unix               (0660)\n"
          "  --drain-timeout T  quanto possono durare le connessioni   (5s)\n"
          "  --log-level LEVEL  error, warning, info o debug           (info)\n"
          "  --lang it|en       lingua di ciò che viene stampato       (quella del sistema)\n"
          "\n"
          "SIGTERM, SIGINT: finisce ciò che è in corso ed esce con 0. SIGHUP: rilegge.\n"
          "\n"
          "  attimo serve --pages pages --listen 127.0.0.1:8080\n"
          "  attimo serve --config /etc/attimo.yaml --listen unix:/run/attimo/http.sock\n",
};

/* The words of the command line, which win over the file again. */
struct words {
    int argc;
    char **argv;
    struct config_reader reader;
};

static int reread(void *context, int (*use)(void *user, const struct server_options *fresh),
                  void *user, struct diags *diags)
{
    struct words *words = context;
    struct options fresh;
    int rc = options_read(&fresh, words->argc, words->argv, &words->reader, diags);
    if (rc == 0)
        rc = use(user, &fresh.server);
    options_finish(&fresh);
    return rc;
}

/* Each page that is compressed takes a megabyte for a moment. By default malloc may take it from
 * the kernel anew each time and give it back, at the price of a tenth of the time, or not: that
 * depends on which piece of memory was freed first. */
static void keep_memory_that_is_freed(void)
{
#ifdef __GLIBC__
    enum { MIB = 1024 * 1024 };
    (void)mallopt(M_MMAP_THRESHOLD, MIB);
    (void)mallopt(M_TRIM_THRESHOLD, 4 * MIB);
#endif
}

static int serve(struct options *options, struct words *command)
{
    struct server *server = NULL;
    struct diags diags = {0};
    struct diag_words why = {0};
    keep_memory_that_is_freed();
    options->server.version = cli_version;
    options->server.reread = reread;
    options->server.reread_context = command;
    if (options->server.isolate && options->has_config &&
        config_reader_start(&command->reader, command->argv, options->server.user) != 0)
        (void)fputs(options->lang == LANG_IT ? "attimo: manca un processo per le riletture: non si "
                                               "potrà rileggere --config\n"
                                             : "attimo: no process for reloads: --config cannot be "
                                               "read again\n",
                    stderr);
    int rc = server_create(&server, &options->server, &diags, &why);
    diag_print_all(&diags, options->lang);
    diags_finish(&diags);
    if (rc != 0) {
        /* Words are made of memory, too. */
        struct str words = diag_words_in(&why, options->lang);
        bool said = words.len > 0 && !why.en.failed && !why.it.failed;
        if (!said)
            words = str_from(err_words_in(rc, options->lang));
        (void)fprintf(stderr, "attimo: %.*s\n", STR_ARG(words));
    } else {
        page_table_print_site(server_site(server), options->lang, stdout);
        rc = server_run(server);
    }
    server_destroy(server);
    config_reader_stop(&command->reader);
    diag_words_finish(&why);
    return rc == 0 ? EXIT_GOOD : EXIT_FAILURE_AT_WORK;
}

int cli_serve(int argc, char **argv)
{
    struct options options;
    struct diags diags = {0};
    int code = EXIT_USAGE;
    int rc = options_read(&options, argc, argv, NULL, &diags);
    diag_print_all(&diags, options.lang);
    diags_finish(&diags);
    if (options.help) {
        code = cli_tell(usage, options.lang);
    } else if (rc == 0) {
        struct words words = {argc, argv, {.fd = -1}};
        code = cli_has_randomness(options.lang) ? serve(&options, &words) : EXIT_FAILURE_AT_WORK;
    } else if (rc != ERR_INVALID) {
        (void)fprintf(stderr, "attimo: %s\n", err_words_in(rc, options.lang));
        code = EXIT_FAILURE_AT_WORK;
    } else if (options.config_is_unread) {
        code = EXIT_FAILURE_AT_WORK;
    } else {
        cli_point_to_help("serve", options.lang);
    }
    options_finish(&options);
    return code;
}

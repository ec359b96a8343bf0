/* `attimo takedown` and `attimo restore`: the crisis switch. They write into the data folder, which
 * the server follows; neither needs the server to run. */
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/diag_print.h"
#include "cli/options.h"
#include "cli/page_address.h"

#include "base/err.h"
#include "base/fs.h"
#include "journal/lock.h"
#include "server/handover_take.h"
#include "server/takedown.h"
#include "site/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const struct text takedown_usage = {
    .en = "attimo takedown: take a page off the site at once\n"
          "\n"
          "  attimo takedown PAGE [--then PATH] --reason TEXT\n"
          "\n"
          "  PAGE             its path on the site, as in /voglio-comprare/scarpe, or its\n"
          "                   whole address, as browsers show it\n"
          "  --then PATH      where visitors are sent instead; without it they are told\n"
          "                   that the page is no longer there (410)\n"
          "  --reason TEXT    why; it stands in the server's log\n"
          "  --data DIR       the server's data folder                    (data)\n"
          "  --config FILE    the server's configuration, which names it\n"
          "  --lang it|en     language of what is printed                 (the locale's)\n"
          "\n"
          "Holds until `attimo restore PAGE`, whatever happens to the page's file, and for\n"
          "all its spellings: /x, /x/, /x.html, /x/index.html. If no such page is there,\n"
          "it tells so where it knows the pages folder, and holds for one that comes.\n"
          "\n"
          "  attimo takedown /promo --reason \"wrong price\" --config /etc/attimo.yaml\n",
    .it = "attimo takedown: toglie subito una pagina dal sito\n"
          "\n"
          "  attimo takedown PAGE [--then PATH] --reason TEXT\n"
          "\n"
          "  PAGE             il suo percorso sul sito, come /voglio-comprare/scarpe, o il\n"
          "                   suo indirizzo intero, come lo mostra il browser\n"
          "  --then PATH      dove mandare i visitatori; senza, viene detto loro che la\n"
          "                   pagina non c’è più (410)\n"
          "  --reason TEXT    perché; sta nel log del server\n"
          "  --data DIR       la cartella dei dati del server          (data)\n"
          "  --config FILE    la configurazione del server, che la nomina\n"
          "  --lang it|en     lingua di ciò che viene stampato         (quella del sistema)\n"
          "\n"
          "Vale fino a `attimo restore PAGE`, qualunque cosa succeda al file della pagina,\n"
          "e comunque si scriva: /x, /x/, /x.html, /x/index.html. Se la pagina non c’è, lo\n"
          "dice, quando sa dov’è la cartella delle pagine; e vale se arriva dopo.\n"
          "\n"
          "  attimo takedown /promo --reason \"prezzo sbagliato\" --config /etc/attimo.yaml\n",
};

static const struct text restore_usage = {
    .en = "attimo restore: end a takedown\n"
          "\n"
          "  attimo restore PAGE [--data DIR] [--config FILE]\n"
          "\n"
          "  PAGE             its path or whole address, in any of its spellings\n"
          "  --data DIR       the server's data folder                    (data)\n"
          "  --config FILE    the server's configuration, which names it\n"
          "  --lang it|en     language of what is printed                 (the locale's)\n"
          "\n"
          "The page is served again as its file has it now.\n"
          "\n"
          "  attimo restore /promo --config /etc/attimo.yaml\n",
    .it = "attimo restore: rimette in linea una pagina tolta con takedown\n"
          "\n"
          "  attimo restore PAGE [--data DIR] [--config FILE]\n"
          "\n"
          "  PAGE             il suo percorso o indirizzo intero, comunque si scriva\n"
          "  --data DIR       la cartella dei dati del server          (data)\n"
          "  --config FILE    la configurazione del server, che la nomina\n"
          "  --lang it|en     lingua di ciò che viene stampato         (quella del sistema)\n"
          "\n"
          "La pagina torna in linea come sta adesso nel suo file.\n"
          "\n"
          "  attimo restore /promo --config /etc/attimo.yaml\n",
};

struct order {
    struct options options;
    struct buf path;   /* decoded, NFC */
    struct buf target; /* `then`, as a redirect names it */
    const char *page;
    const char *then;
    const char *reason;
    enum lang lang;
    bool help;
};

static int complain(const struct order *order, struct text words)
{
    (void)fprintf(stderr, "attimo: %s\n", text_in(words, order->lang));
    return ERR_INVALID;
}

/* As the server knows it; people copy addresses, and leave out the first slash. */
static int read_page(struct order *order)
{
    int rc = page_address_read(str_from(order->page), &order->path);
    if (rc == ERR_EXISTS) {
        (void)fprintf(stderr,
                      order->lang == LANG_IT
                          ? "attimo: «%s» può essere un percorso o un indirizzo: scrivi /%s o "
                            "https://%s\n"
                          : "attimo: \"%s\" may be a path or an address: write /%s or https://%s\n",
                      order->page, order->page, order->page);
        return ERR_INVALID;
    }
    return rc == ERR_INVALID ? complain(order, TEXT("that is no path of a page",
                                                    "questo non è l’indirizzo di una pagina"))
                             : rc;
}

/* Only the configuration says where the data folder is, unless --data does. */
static int read_options(struct order *order, const char *config, const char *data)
{
    static char config_flag[] = "--config";
    static char data_flag[] = "--data";
    struct diags diags = {0};
    char *words[4];
    int count = 0;
    if (config) {
        words[count++] = config_flag;
        words[count++] = (char *)config;
    }
    if (data) {
        words[count++] = data_flag;
        words[count++] = (char *)data;
    }
    int rc = options_read(&order->options, count, words, NULL, &diags);
    diag_print_all(&diags, order->lang);
    diags_finish(&diags);
    return rc;
}

static int read_order(struct order *order, int argc, char **argv)
{
    const char *config = NULL;
    const char *data = NULL;
    struct args args;
    const struct args_flag flags[] = {{"then", &order->then, NULL},
                                      {"reason", &order->reason, NULL},
                                      {"data", &data, NULL},
                                      {"config", &config, NULL},
                                      {0}};
    if (!args_read(&args, argc, argv, flags))
        return ERR_INVALID;
    order->lang = args.lang;
    order->help = args.help;
    if (order->help)
        return 0;
    int rc = read_options(order, config, data);
    if (rc != 0)
        return rc;
    if (args.count != 1)
        return complain(order, TEXT("which page? one, as in /voglio-comprare/scarpe",
                                    "quale pagina? una, per esempio /voglio-comprare/scarpe"));
    order->page = args.words[0];
    link_append_location(str_from(order->then), &order->target);
    rc = buf_status(&order->target);
    return rc == 0 ? read_page(order) : rc;
}

/* What a redirect may name: a path of this site, or an address on the web, in whatever letters. */
static bool is_target(const char *then)
{
    struct str target = str_from(then);
    bool path = str_starts_with(target, STR("/")) && !str_starts_with(target, STR("//"));
    if (!path && !str_starts_with(target, STR("https://")) &&
        !str_starts_with(target, STR("http://")))
        return false;
    for (size_t i = 0; i < target.len; i++)
        if ((unsigned char)target.ptr[i] <= 0x20 || target.ptr[i] == 0x7F)
            return false;
    return str_is_utf8(target);
}

/* Whether the pages folder is known to go with the data folder: the configuration names it, or both
 * are where `attimo serve` has them. */
static bool knows_pages(const struct options *options)
{
    return strcmp(options->pages, "pages") != 0 || strcmp(options->data, "data") == 0;
}

/* What is known of the pages and of other takedowns is enough to tell; less is no reason to wait.
 */
static bool leads_back(const struct order *order)
{
    const struct options *options = &order->options;
    struct takedowns others = {0};
    struct diags none = {0};
    (void)takedowns_read(&others, options->data, &none);
    bool back = page_address_leads_back(knows_pages(options) ? options->pages : NULL, &others,
                                        buf_str(&order->target), buf_str(&order->path));
    takedowns_finish(&others);
    diags_finish(&none);
    return back;
}

/* One that starts or ends cannot be asked, but has the journal's lock. */
static bool is_served(const char *data)
{
    if (handover_is_served(data))
        return true;
    int data_fd = fs_open_folder(data);
    bool served = data_fd >= 0 && lock_is_taken(data_fd);
    if (data_fd >= 0)
        (void)close(data_fd);
    return served;
}

/* Taking down while the server is stopped is fine; a folder that is not its own is not, in a
 * crisis: the page would stay. */
static void tell_whether_served(const struct order *order)
{
    if (!is_served(order->options.data))
        (void)fprintf(
            stderr,
            order->lang == LANG_IT
                ? "attimo: con la cartella dei dati «%s» non lavora nessun server: il ritiro vale "
                  "dal suo prossimo avvio; se intanto il sito è in linea, la cartella è "
                  "un’altra: indicala con --data o --config\n"
                : "attimo: no server runs with the data folder \"%s\": the takedown holds from its "
                  "next start; if the site is up, its folder is another one: name it "
                  "with --data or --config\n",
            order->options.data);
}

/* Taking down in advance is fine; a mistake in the address is not, in a crisis. */
static void tell_what_was_there(const struct order *order)
{
    struct buf target = BUF_EMPTY;
    bool italian = order->lang == LANG_IT;
    const char *pages = order->options.pages;
    enum page_presence found = knows_pages(&order->options)
                                   ? page_address_look(pages, buf_str(&order->path), &target)
                                   : PAGE_UNKNOWN;
    if (found == PAGE_ABSENT)
        (void)fprintf(stderr,
                      italian ? "attimo: è ritirata, anche se adesso in «%s» non c’è nessuna "
                                "pagina con questo indirizzo: controlla che sia giusto\n"
                              : "attimo: taken down, though no page of \"%s\" is there now: check "
                                "that this is its address\n",
                      pages);
    else if (found == PAGE_ALIAS)
        (void)fprintf(stderr,
                      italian ? "attimo: era solo un alias di %.*s: quella pagina resta in linea\n"
                              : "attimo: it was only an alias of %.*s: that page stays\n",
                      STR_ARG(buf_str(&target)));
    else if (found == PAGE_SEVERAL)
        (void)fprintf(stderr,
                      italian ? "attimo: sono ritirate insieme, perché l’indirizzo è lo stesso: "
                                "%.*s\n"
                              : "attimo: all pages of this address are taken down: %.*s\n",
                      STR_ARG(buf_str(&target)));
    buf_finish(&target);
}

static int tell_failure(const struct order *order, int error)
{
    bool italian = order->lang == LANG_IT;
    if (error == ERR_NOT_FOUND)
        (void)fprintf(
            stderr,
            italian ? "attimo: la cartella dei dati «%s» non c’è: indica quella del server con "
                      "--data o --config\n"
                    : "attimo: there is no data folder \"%s\": name the server's with --data or "
                      "--config\n",
            order->options.data);
    else if (error == ERR_INVALID)
        (void)complain(order, TEXT("nothing is done: the server could not read a takedown of this "
                                   "address; is it too long?",
                                   "non è cambiato niente: il server non riuscirebbe a leggere il "
                                   "ritiro di questo indirizzo; è troppo lungo?"));
    else
        (void)fprintf(stderr,
                      italian ? "attimo: non si riesce a scrivere in «%s»: %s\n"
                              : "attimo: cannot write to \"%s\": %s\n",
                      order->options.data, err_words_in(error, order->lang));
    return EXIT_FAILURE_AT_WORK;
}

/* Whoever cannot read that it is done must not believe that it is not. */
static int end_output(const struct order *order)
{
    int code = cli_end_output(EXIT_GOOD, order->lang);
    if (code != EXIT_GOOD)
        (void)complain(order, TEXT("what was asked for is done all the same",
                                   "quello che hai chiesto è fatto lo stesso"));
    return code;
}

static int take_down(const struct order *order)
{
    char since[sizeof "2026-11-21T12:00:00Z"];
    time_t now = time(NULL);
    struct tm tm;
    if (!order->reason || !*order->reason) {
        (void)complain(order, TEXT("say why: --reason \"...\"; it stands in the server's log",
                                   "scrivi perché: --reason \"...\"; resta nel log del server"));
        return EXIT_USAGE;
    }
    if (order->then && !is_target(order->then)) {
        (void)complain(
            order, TEXT("--then must be a path of this site that begins with '/', or an address",
                        "--then deve essere un indirizzo di questo sito che comincia con «/», o un "
                        "indirizzo intero"));
        return EXIT_USAGE;
    }
    (void)strftime(since, sizeof since, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
    const struct takedown takedown = {
        .path = buf_str(&order->path),
        .then = buf_str(&order->target),
        .reason = str_from(order->reason),
        .since = str_from(since),
    };
    if (order->then && leads_back(order)) {
        (void)complain(order, TEXT("--then leads back to the page itself",
                                   "--then riporta alla pagina stessa"));
        return EXIT_USAGE;
    }
    int rc = takedown_write(order->options.data, &takedown);
    if (rc != 0)
        return tell_failure(order, rc);
    (void)printf(order->lang == LANG_IT
                     ? "%.*s è ritirata; `attimo restore %.*s` la rimette\n"
                     : "%.*s is taken down; `attimo restore %.*s` brings it back\n",
                 STR_ARG(takedown.path), STR_ARG(takedown.path));
    int code = end_output(order);
    tell_whether_served(order);
    tell_what_was_there(order);
    return code;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int restore(const struct order *order)
{
    bool italian = order->lang == LANG_IT;
    struct str path = buf_str(&order->path);
    int rc = takedown_remove(order->options.data, path);
    if (rc == 0) {
        (void)printf(italian ? "%.*s è di nuovo al suo posto\n" : "%.*s is restored\n",
                     STR_ARG(path));
        return end_output(order);
    }
    if (rc != ERR_NOT_FOUND || !is_folder(order->options.data))
        return tell_failure(order, rc);
    (void)fprintf(stderr,
                  italian ? "attimo: %.*s non risulta ritirata in «%s»\n"
                          : "attimo: %.*s is not taken down in \"%s\"\n",
                  STR_ARG(path), order->options.data);
    return EXIT_ANSWER_NO;
}

static int run(int argc, char **argv, struct text usage, int (*act)(const struct order *order))
{
    struct order order = {0};
    int rc = read_order(&order, argc, argv);
    bool is_usage = rc == ERR_INVALID && !order.options.config_is_unread;
    int code = is_usage ? EXIT_USAGE : EXIT_FAILURE_AT_WORK;
    if (order.help) {
        code = cli_tell(usage, order.lang);
    } else if (rc == 0) {
        code = cli_has_randomness(order.lang) ? act(&order) : EXIT_FAILURE_AT_WORK;
    } else if (rc != ERR_INVALID) {
        (void)fprintf(stderr, "attimo: %s\n", err_words_in(rc, order.lang));
    }
    buf_finish(&order.path);
    buf_finish(&order.target);
    options_finish(&order.options);
    return code;
}

int cli_takedown(int argc, char **argv)
{
    return run(argc, argv, takedown_usage, take_down);
}

int cli_restore(int argc, char **argv)
{
    return run(argc, argv, restore_usage, restore);
}

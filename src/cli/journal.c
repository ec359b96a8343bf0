/* `attimo journal`: verify, tail and stat, for sysadmins and for who has just put a page up. */
#include "cli/journal.h"

#include "base/err.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/screen.h"
#include "journal/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <unistd.h>

static const struct text usage = {
    .en = "attimo journal: look at what was recorded\n"
          "\n"
          "  attimo journal verify   read every line; tell the bad ones, and why\n"
          "  attimo journal tail     the last events, as they stand in the journal\n"
          "  attimo journal stat     segments, events by kind, time, bytes\n"
          "\n"
          "  --data DIR       the data directory                        (data)\n"
          "  --lines N        tail: how many                            (10)\n"
          "  --follow         tail: and then events as they come\n"
          "  --pretty         tail: for people, in colours on a terminal\n"
          "  --lang it|en     the language of what is printed           (the locale's)\n"
          "\n"
          "All of them only read, and may be used while the server runs.\n"
          "Exit: 0 good, 1 verify has found bad lines, 2 wrong usage, 3 failure at work.\n"
          "\n"
          "  attimo journal tail --follow --pretty\n",
    .it = "attimo journal: guarda che cosa è stato registrato\n"
          "\n"
          "  attimo journal verify   legge ogni riga; dice quali sono guaste e perché\n"
          "  attimo journal tail     gli ultimi eventi, così come sono scritti\n"
          "  attimo journal stat     segmenti, eventi per tipo, periodo, byte\n"
          "\n"
          "  --data DIR       la cartella dei dati                     (data)\n"
          "  --lines N        tail: quanti                             (10)\n"
          "  --follow         tail: e poi gli eventi man mano che arrivano\n"
          "  --pretty         tail: da leggere, a colori su un terminale\n"
          "  --lang it|en     lingua di ciò che viene stampato         (quella del sistema)\n"
          "\n"
          "Tutti leggono soltanto, e si possono usare mentre il server lavora.\n"
          "Uscita: 0 bene, 1 verify ha trovato righe guaste, 2 uso sbagliato, 3 errore.\n"
          "\n"
          "  attimo journal tail --follow --pretty\n",
};

int journal_report_error(const struct journal_view *view, int rc)
{
    (void)fprintf(stderr, "attimo: %s/journal: %s\n", view->data, err_words_in(rc, view->lang));
    if (rc == ERR_NOT_FOUND)
        cli_point_to_data(view->lang);
    return EXIT_FAILURE_AT_WORK;
}

void journal_print_damage(const struct journal_view *view, const struct damage *damage, FILE *out)
{
    static const struct text words[] = {
        [DAMAGE_CHECKSUM] = {"%" PRIu64 " bytes that are no line with a right checksum\n",
                             "%" PRIu64 " byte che non sono una riga con il suo controllo\n"},
        [DAMAGE_TORN] = {"the file ends within a line, after %" PRIu64 " bytes of it\n",
                         "il file finisce dentro una riga, dopo %" PRIu64 " byte\n"},
        [DAMAGE_UNKNOWN] = {"a whole line of %" PRIu64 " bytes that this version cannot read\n",
                            "una riga intera di %" PRIu64 " byte, ma di un'altra versione\n"},
    };
    (void)fprintf(out, "%s/journal/%s:%" PRIu64 ": ", view->data, damage->file, damage->offset);
    if (damage->reason == DAMAGE_UNREADABLE) {
        static const struct text unreadable = {"the rest of the file cannot be read",
                                               "il resto del file non si può leggere"};
        (void)fprintf(out, "%s (%s)\n", text_in(unreadable, view->lang),
                      err_words_in(damage->error, view->lang));
        return;
    }
    (void)fprintf(out, text_in(words[damage->reason], view->lang), damage->len);
}

static int open_view(struct journal_view *view, const char *data)
{
    view->data = data;
    int data_fd = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (data_fd < 0)
        return err_from_errno(errno);
    view->dir_fd = openat(data_fd, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = view->dir_fd < 0 ? err_from_errno(errno) : 0;
    view->live = lock_is_taken(data_fd);
    (void)close(data_fd);
    return rc;
}

/* The words behind `journal`. */
struct request {
    struct args args;
    const char *data;
    struct journal_tail_options tail;
};

static bool read_request(struct request *r, int argc, char **argv)
{
    const char *lines = NULL;
    *r = (struct request){.data = "data", .tail = {.lines = 10}};
    const struct args_flag flags[] = {{"data", &r->data, NULL},
                                      {"lines", &lines, NULL},
                                      {"follow", NULL, &r->tail.follow},
                                      {"pretty", NULL, &r->tail.pretty},
                                      {0}};
    if (!args_read(&r->args, argc, argv, flags))
        return false;
    return !lines || str_to_u64(str_from(lines), &r->tail.lines) == 0 ||
           args_wrong(r->args.lang, TEXT("--lines is a number", "--lines è un numero"), lines);
}

/* Standard output, and what became of it: a stream forgets why it could not be written. */
struct output {
    FILE *stream;
    int error; /* of errno; 0: none */
};

static ssize_t on_write(void *cookie, const char *bytes, size_t len)
{
    struct output *output = cookie;
    size_t written = 0;
    while (written < len && output->error == 0) {
        ssize_t n = write(STDOUT_FILENO, bytes + written, len - written);
        if (n >= 0)
            written += (size_t)n;
        else if (errno != EINTR)
            output->error = errno;
    }
    return (ssize_t)written;
}

static int open_output(struct output *output)
{
    const cookie_io_functions_t functions = {.write = on_write};
    *output = (struct output){.stream = fopencookie(output, "w", functions)};
    if (!output->stream)
        return ERR_NO_MEMORY;
    (void)setvbuf(output->stream, NULL, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, BUFSIZ);
    return 0;
}

/* A reader of ours that has seen enough, `head` for one, is no failure. */
static int close_output(struct output *output, int code, enum lang lang)
{
    bool closed = fclose(output->stream) == 0;
    if (output->error == EPIPE || (closed && output->error == 0))
        return code;
    int rc = output->error != 0 ? err_from_errno(output->error) : ERR_IO;
    (void)fprintf(stderr, "attimo: %s\n", err_words_in(rc, lang));
    return EXIT_FAILURE_AT_WORK;
}

static int run(const struct request *r)
{
    struct journal_view view = {.lang = r->args.lang,
                                .has_colour = screen_has_colour(STDOUT_FILENO)};
    struct output output;
    struct str verb = str_from(r->args.words[0]);
    bool verify = str_eq(verb, STR("verify"));
    bool tail = str_eq(verb, STR("tail"));
    if (!verify && !tail && !str_eq(verb, STR("stat"))) {
        (void)args_wrong(
            view.lang, TEXT("journal has verify, tail and stat", "journal ha verify, tail e stat"),
            r->args.words[0]);
        return EXIT_USAGE;
    }
    int rc = open_view(&view, r->data);
    if (rc == 0)
        rc = open_output(&output);
    if (rc != 0)
        return journal_report_error(&view, rc);
    view.out = output.stream;
    (void)signal(SIGPIPE, SIG_IGN);
    int code = verify ? journal_verify(&view)
               : tail ? journal_tail(&view, &r->tail)
                      : journal_stat(&view);
    (void)close(view.dir_fd);
    return close_output(&output, code, view.lang);
}

int cli_journal(int argc, char **argv)
{
    struct request r;
    if (!read_request(&r, argc, argv)) {
        cli_point_to_help("journal", r.args.lang);
        return EXIT_USAGE;
    }
    if (r.args.help)
        return cli_tell(usage, r.args.lang);
    if (r.args.count != 1) {
        (void)fputs(text_in(usage, r.args.lang), stderr);
        return EXIT_USAGE;
    }
    return run(&r);
}

/* `attimo export`: the journal's events, or its page views, for other programs. */
#include "cli/export.h"

#include "base/clock.h"
#include "base/err.h"
#include "cli/answer_words.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/result.h"
#include "insight/export.h"
#include "insight/flat.h"
#include "insight/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { PROGRESS_MS = 200 };

static const struct text usage = {
    .en = "attimo export: the journal's events, or its page views, for other programs\n"
          "\n"
          "  --data DIR        the server's folder; its journal is read            (data)\n"
          "  --input FILE      a journal's file instead, plain or .gz; - is standard input\n"
          "  --flat            a row for each page view, with its source, clicks and\n"
          "                    timings; else a row for each event\n"
          "  --format FORMAT   ndjson or csv                                     (ndjson)\n"
          "  --from D --to D   of these days (or moments) only                      (all)\n"
          "  --tz ZONE         the zone of days                              (the pages')\n"
          "  --pages DIR       the pages of which the zone is                     (pages)\n"
          "  --include KIND    bots, internal or prefetches too; repeatable\n"
          "  --out FILE        written aside, put in place when whole   (standard output)\n"
          "  --lang it|en      the language of what is said                (the locale's)\n"
          "\n"
          "Repeated events are left out. What a row holds: docs/events.md\n"
          "\n"
          "  attimo export --flat --format csv --from 2026-11-01 --out novembre.csv\n"
          "  attimo export --input old.ndjson.gz --include bots | jq -r .bot | sort\n",
    .it = "attimo export: gli eventi registrati, o le pagine viste, per altri programmi\n"
          "\n"
          "  --data DIR        la cartella del server; ne legge il registro        (data)\n"
          "  --input FILE      invece un file di registro, anche .gz; - è l’ingresso\n"
          "  --flat            una riga per pagina vista, con provenienza, tocchi e\n"
          "                    tempi; altrimenti una riga per evento\n"
          "  --format FORMATO  ndjson o csv                                      (ndjson)\n"
          "  --from G --to G   solo di questi giorni (o istanti)                  (tutto)\n"
          "  --tz FUSO         il fuso dei giorni                    (quello delle pagine)\n"
          "  --pages DIR       le pagine di cui è il fuso                         (pages)\n"
          "  --include TIPO    anche bots, internal o prefetches; ripetibile\n"
          "  --out FILE        scritto a parte, al suo posto quando è intero    (schermo)\n"
          "  --lang it|en      la lingua di ciò che viene detto      (quella del sistema)\n"
          "\n"
          "Gli eventi ripetuti sono esclusi. Che cosa c’è in una riga: docs/events.md\n"
          "\n"
          "  attimo export --flat --format csv --from 2026-11-01 --out novembre.csv\n"
          "  attimo export --input old.ndjson.gz --include bots | jq -r .bot | sort\n",
};

struct request {
    struct ask ask;
    const char *out;
    bool flat;
    bool csv;
};

/* An export on its way. */
struct work {
    const struct request *request;
    struct export *export;
    struct export_table table;
    struct result result;
    struct ask_reading reading;
    bool shows_progress;
    uint64_t began_ms;
    uint64_t shown_ms;
};

/* --- reading the request -------------------------------------------------------------------- */

static int read_request(struct request *request, int argc, char **argv)
{
    static const char *const formats[] = {"ndjson", "csv", NULL};
    *request = (struct request){0};
    const struct args_flag flags[] = {
        ASK_FLAGS(&request->ask),
        {"out", &request->out},
        {"flat", NULL, &request->flat},
        {0},
    };
    if (!ask_flags(&request->ask, argc, argv, flags, formats))
        return EXIT_USAGE;
    request->csv = strcmp(request->ask.format, "csv") == 0;
    return request->ask.args.help ? EXIT_GOOD : ask_range(&request->ask, NULL, false);
}

/* --- rows ----------------------------------------------------------------------------------- */

static int on_row(void *context, const struct export_row *row)
{
    struct work *work = context;
    struct buf *out = &work->result.bytes;
    if (work->request->csv) {
        export_csv_row(&work->table, row->values, out);
    } else if (work->request->flat) {
        export_json_row(&work->table, row->values, out);
    } else {
        buf_append(out, row->line);
        buf_append_char(out, '\n');
    }
    return result_flow(&work->result);
}

static int on_line(void *context, const struct replay_line *line)
{
    struct work *work = context;
    const struct text *damage;
    int rc = export_add(work->export, line->bytes, &damage);
    if (damage)
        ask_on_damage(&work->reading, &(struct scan_damage){line->file, line->offset, damage});
    return rc;
}

static int on_failure(void *context, const char *name, int error)
{
    struct work *work = context;
    const struct text *damage;
    int rc = ask_on_failure(&work->reading, name, error);
    return rc == 0 ? export_add(work->export, STR(""), &damage) : rc;
}

/* --- what is said meanwhile, and at the end ------------------------------------------------- */

static void on_progress(void *context, uint64_t done, uint64_t all)
{
    struct work *work = context;
    uint64_t now = clock_monotonic_ms();
    if (!work->shows_progress || now - work->shown_ms < PROGRESS_MS)
        return;
    work->shown_ms = now;
    uint64_t ms = now - work->began_ms;
    (void)fprintf(stderr, "\r\033[K");
    if (all > 0)
        (void)fprintf(stderr, "%3" PRIu64 "%%  ", done < all ? done * 100 / all : 100);
    (void)fprintf(stderr, "%" PRIu64 " MB  %" PRIu64 " MB/s", done / 1000000,
                  done / 1000 / (ms ? ms : 1));
}

static void say_counts(const struct work *work)
{
    const struct export_counts *counts = export_counts(work->export);
    enum lang lang = work->request->ask.args.lang;
    /* What is internal are events, or page views. */
    bool flat = work->request->flat;
    struct text event = TEXT("internal", flat ? "interna" : "interno");
    struct text events = TEXT("internal", flat ? "interne" : "interni");
    const struct {
        uint64_t count;
        struct text one;
        struct text many;
    } left_out[] = {
        {counts->bot, {"of a bot", "di bot"}, {"of bots", "di bot"}},
        {counts->prefetch,
         {"of a prefetch never seen", "di un prefetch mai visto"},
         {"of prefetches never seen", "di prefetch mai visti"}},
        {counts->internal, event, events},
        {counts->duplicate,
         {"repeated event", "evento ripetuto"},
         {"repeated events", "eventi ripetuti"}},
        {counts->damaged,
         {"damaged line", "riga danneggiata"},
         {"damaged lines", "righe danneggiate"}},
    };
    struct buf line = BUF_EMPTY;
    buf_append(&line, STR("attimo: "));
    if (flat)
        answer_words_count(&line, counts->given, TEXT("page view", "pagina vista"),
                           TEXT("page views", "pagine viste"), lang);
    else
        answer_words_count(&line, counts->given, TEXT("event", "evento"), TEXT("events", "eventi"),
                           lang);
    buf_printf(&line, "; %s:", text_in(TEXT("left out", "fuori"), lang));
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++) {
        buf_append(&line, i == 0 ? STR(" ") : STR(" · "));
        answer_words_count(&line, left_out[i].count, left_out[i].one, left_out[i].many, lang);
    }
    (void)fprintf(stderr, "%.*s\n", STR_ARG(buf_str(&line)));
    buf_finish(&line);
}

/* --- the work ------------------------------------------------------------------------------- */

static int read_journal(struct work *work)
{
    const struct request *request = work->request;
    const struct replay replay = {
        .from_ms = request->ask.range.from_ms,
        .to_ms = request->ask.range.to_ms,
        .now_ms = clock_wall_ms(),
        .on_line = on_line,
        .on_failure = on_failure,
        .on_progress = on_progress,
        .context = work,
    };
    int rc = request->ask.file ? replay_file(&replay, request->ask.file)
                               : replay_data(&replay, request->ask.data);
    ask_reading_end(&work->reading);
    return rc;
}

static int export_all(struct work *work)
{
    if (work->request->csv)
        export_csv_head(&work->table, &work->result.bytes);
    int rc = read_journal(work);
    if (rc == 0)
        rc = export_end(work->export);
    if (work->shows_progress)
        (void)fprintf(stderr, "\r\033[K");
    return rc == 0 ? result_close(&work->result) : rc;
}

static int prepare(struct work *work)
{
    const struct request *request = work->request;
    const struct range *range = &request->ask.range;
    const struct export_query query = {
        .from_ms = range->from_ms,
        .to_ms = range->to_ms,
        .flat = request->flat,
        .include = range->include,
    };
    work->table.columns = request->flat ? flat_columns : entry_columns;
    work->table.count = request->flat ? (size_t)FLAT_COLUMNS : (size_t)ENTRY_KEYS;
    /* On one terminal rows and progress would mix. */
    work->shows_progress = isatty(STDERR_FILENO) && (request->out || !isatty(STDOUT_FILENO));
    work->began_ms = work->shown_ms = clock_monotonic_ms();
    return export_create(&work->export, &query, on_row, work);
}

static int run(const struct request *request)
{
    enum lang lang = request->ask.args.lang;
    struct work work = {.request = request, .reading.ask = &request->ask};
    int rc = result_open(&work.result, request->out);
    if (rc != 0) {
        (void)fprintf(stderr, "attimo: %s: %s\n", request->out, err_words_in(rc, lang));
        result_finish(&work.result);
        return EXIT_FAILURE_AT_WORK;
    }
    rc = prepare(&work);
    if (rc == 0)
        rc = export_all(&work);
    if (rc < 0 && rc != work.reading.told)
        (void)fprintf(stderr, "attimo: export: %s\n", err_words_in(rc, lang));
    if (rc == 0)
        say_counts(&work);
    export_destroy(work.export);
    result_finish(&work.result);
    return rc < 0 ? EXIT_FAILURE_AT_WORK : EXIT_GOOD;
}

int cli_export(int argc, char **argv)
{
    struct request request;
    int code = read_request(&request, argc, argv);
    if (request.ask.args.help)
        code = cli_tell(usage, request.ask.args.lang);
    else if (code == EXIT_GOOD)
        code = run(&request);
    ask_finish(&request.ask);
    return code;
}

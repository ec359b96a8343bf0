/* `attimo report`: what page views have led to, for a client to read. */
#include "cli/report.h"

#include "base/calendar.h"
#include "base/clock.h"
#include "base/err.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/diag_print.h"
#include "cli/report_costs.h"
#include "cli/result.h"
#include "cli/screen.h"
#include "cli/site_zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct text usage = {
    .en = "attimo report: what page views have led to, by page or by whatever else is known\n"
          "\n"
          "  --data DIR        the server's folder; its journal is read            (data)\n"
          "  --input FILE      a journal's file instead, plain or .gz; - is standard input\n"
          "  --pages DIR       pages as they are now: goals, values, hours        (pages)\n"
          "  --from D --to D   page views of these days (or moments)\n"
          "                                        (last 30 days; with --input all of it)\n"
          "  --tz ZONE         the zone of days and hours                    (the pages')\n"
          "  --by KEY          a row for each value; also day, hour, weekday; repeatable\n"
          "                                                                        (page)\n"
          "  --costs FILE      what campaigns have cost: utm_campaign,from,to,eur\n"
          "  --brief           five lines to paste into a chat\n"
          "  --include KIND    count bots, internal or prefetches too; repeatable\n"
          "  --format FORMAT   text, json, csv or html                             (text)\n"
          "  --out FILE        writes there instead of to standard output\n"
          "  --lang it|en      the language of the text                    (the locale's)\n"
          "\n"
          "What is counted, and how: docs/report.md\n"
          "\n"
          "  attimo report --brief --lang it\n"
          "  attimo report --from 2026-11-01 --to 2026-11-20 --format html --out nov.html\n",
    .it = "attimo report: che cosa hanno portato le pagine, per pagina o per altro\n"
          "\n"
          "  --data DIR        la cartella del server; ne legge il registro        (data)\n"
          "  --input FILE      invece un file di registro, anche .gz; - è l’ingresso\n"
          "  --pages DIR       le pagine di adesso: obiettivi, valori, orari      (pages)\n"
          "  --from G --to G   pagine viste in questi giorni (o istanti)\n"
          "                                         (ultimi 30 giorni; con --input tutto)\n"
          "  --tz FUSO         il fuso di giorni e ore                (quello delle pagine)\n"
          "  --by CHIAVE       una riga per valore; anche day, hour, weekday; ripetibile\n"
          "                                                                        (page)\n"
          "  --costs FILE      il costo delle campagne: utm_campaign,from,to,eur\n"
          "  --brief           cinque righe da incollare in una chat\n"
          "  --include TIPO    conta anche bots, internal o prefetches; ripetibile\n"
          "  --format FORMATO  text, json, csv o html                              (text)\n"
          "  --out FILE        scrive lì invece che sullo schermo\n"
          "  --lang it|en      la lingua del testo                   (quella del sistema)\n"
          "\n"
          "Che cosa si conta, e come: docs/report.md\n"
          "\n"
          "  attimo report --brief --lang it\n"
          "  attimo report --from 2026-11-01 --to 2026-11-20 --format html --out nov.html\n",
};

struct request {
    struct ask ask;
    const char *costs;
    const char *out;
    const char *by[ARGS_VALUES_MAX];
    size_t by_count;
    bool brief;
    struct report_site site;
    struct cost_table cost_table;
    struct report_query query;
};

/* --- reading the request -------------------------------------------------------------------- */

/* As long as the period on the zone's clock, so that days stay days when that is put forward. */
static int64_t find_before(const struct report_query *query)
{
    int64_t from = zone_time(query->zone, query->from_ms).second;
    int64_t length = zone_time(query->zone, query->to_ms).second - from;
    return (int64_t)zone_to_utc(query->zone, from - length) * 1000;
}

/* A server's journal ends now. Days to come would be compared with days that have been, and what
 * they will cost would be spread over the page views of today. */
static void end_now(const struct request *request, struct range *range, int64_t now_ms)
{
    bool is_open = range->to_ms == INT64_MAX || (!request->ask.file && range->to_ms > now_ms);
    if (is_open && range->from_ms != INT64_MIN && now_ms > range->from_ms)
        range->to_ms = now_ms;
}

/* A figure for each day is part of the answer. */
static int refuse_length(const struct request *request)
{
    bool italian = request->ask.args.lang == LANG_IT;
    (void)fprintf(stderr,
                  italian
                      ? "attimo: un report copre al più %d giorni: indicali con --from e --to\n"
                      : "attimo: a report covers %d days at most: say which by --from and --to\n",
                  REPORT_DAYS_MAX);
    return EXIT_USAGE;
}

static int read_range(struct request *request)
{
    struct report_query *query = &request->query;
    struct range *range = &request->ask.range;
    int code = ask_range(&request->ask, request->site.timezone.ptr, true);
    if (code != EXIT_GOOD)
        return code;
    int64_t now_ms = (int64_t)clock_wall() * 1000;
    end_now(request, range, now_ms);
    bool bounded = range->from_ms != INT64_MIN && range->to_ms != INT64_MAX;
    query->zone = range->zone;
    query->include = range->include;
    query->from_ms = query->before_ms = range->from_ms;
    query->to_ms = range->to_ms;
    query->now_ms = now_ms;
    if (!bounded)
        return EXIT_GOOD;
    query->before_ms = find_before(query);
    int64_t days = zone_time(query->zone, query->to_ms - 1).day -
                   zone_time(query->zone, query->from_ms).day + 1;
    return days > REPORT_DAYS_MAX ? refuse_length(request) : EXIT_GOOD;
}

static bool read_by(struct request *request)
{
    struct report_query *query = &request->query;
    if (request->by_count == 0)
        request->by[request->by_count++] = "page";
    for (size_t i = 0; i < request->by_count; i++) {
        query->by[i] = str_from(request->by[i]);
        if (!ask_key(&request->ask, ASK_VIEW_KEYS, "--by", query->by[i]))
            return false;
    }
    query->by_count = request->by_count;
    return true;
}

static bool read_flags(struct request *request, int argc, char **argv)
{
    static const char *const formats[] = {"text", "json", "csv", "html", NULL};
    const struct args_flag flags[] = {
        ASK_FLAGS(&request->ask),         {"costs", &request->costs},
        {"out", &request->out},           {"by", request->by, NULL, &request->by_count},
        {"brief", NULL, &request->brief}, {0},
    };
    if (!ask_flags(&request->ask, argc, argv, flags, formats))
        return false;
    if (request->brief && strcmp(request->ask.format, "text") != 0)
        return ask_wrong(&request->ask, TEXT("--brief is text", "--brief è testo"),
                         request->ask.format);
    return true;
}

/* --- what it needs besides the journal ------------------------------------------------------ */

/* Without pages there is still something to tell, if nobody has asked for them by name. */
static bool read_site(struct request *request)
{
    const char *folder = request->ask.pages ? request->ask.pages : "pages";
    int rc = report_site_read(&request->site, folder);
    if (rc == 0)
        return true;
    site_zone_complain(folder, rc, request->ask.args.lang);
    if (request->ask.pages || rc == ERR_NO_MEMORY)
        return false;
    if (rc == ERR_INVALID)
        return true;
    (void)fprintf(stderr, "%s",
                  request->ask.args.lang == LANG_IT
                      ? "attimo: senza le pagine non si sanno obiettivi, valori e orari: vale "
                        "qualsiasi tocco\n"
                      : "attimo: without the pages, goals, values and hours are not known: any tap "
                        "counts\n");
    return true;
}

static int read_costs(struct request *request)
{
    struct diags diags = {0};
    if (!request->costs)
        return EXIT_GOOD;
    int rc = cost_table_read(&request->cost_table, request->costs, &diags);
    bool is_said = diags.errors > 0;
    diag_print_all(&diags, request->ask.args.lang);
    diags_finish(&diags);
    if (rc != 0 && !is_said)
        (void)fprintf(stderr, "attimo: %s: %s\n", request->costs,
                      err_words_in(rc, request->ask.args.lang));
    request->query.costs =
        (struct report_costs){request->cost_table.items, request->cost_table.count};
    return rc == 0 ? EXIT_GOOD : is_said ? EXIT_USAGE : EXIT_FAILURE_AT_WORK;
}

static int prepare(struct request *request)
{
    if (!read_by(request))
        return EXIT_USAGE;
    if (!read_site(request))
        return EXIT_FAILURE_AT_WORK;
    request->query.pages = report_site_pages(&request->site);
    int code = read_range(request);
    return code == EXIT_GOOD ? read_costs(request) : code;
}

/* --- reading the journal -------------------------------------------------------------------- */

static int read_journal(const struct request *request, struct report *report,
                        struct ask_reading *reading)
{
    const struct report_source source = {
        .file = request->ask.file,
        .data = request->ask.data,
        .on_damage = ask_on_damage,
        .on_failure = ask_on_failure,
        .context = reading,
    };
    int rc = report_read(report, &source);
    ask_reading_end(reading);
    return rc;
}

/* --- the answer ----------------------------------------------------------------------------- */

static void compose(const struct request *request, const struct report_print *print,
                    struct buf *out)
{
    if (request->brief)
        report_print_brief(print, out);
    else if (strcmp(request->ask.format, "json") == 0)
        report_print_json(print, out);
    else if (strcmp(request->ask.format, "csv") == 0)
        report_print_csv(print, out);
    else if (strcmp(request->ask.format, "html") == 0)
        report_print_html(print, out);
    else
        report_print_text(print, out);
}

/* A journal that begins in the midst of the period before tells nothing of a trend: one that has
 * nothing from its first fifth, or first day. */
static bool has_before(const struct report_query *query, const struct report_answer *answer)
{
    int64_t length = query->from_ms - query->before_ms;
    int64_t slack = length / 5 > CALENDAR_DAY_S * 1000 ? length / 5 : CALENDAR_DAY_S * 1000;
    return length > 0 && answer->before_first_ms != 0 &&
           answer->before_first_ms < query->before_ms + slack;
}

/* Five Sundays are not compared with four, nor an hour that was with one that is to come. A day
 * knows what it is compared with, and its weekday with it. */
static bool compares_rows(const struct report_query *query)
{
    int64_t length =
        zone_time(query->zone, query->to_ms).second - zone_time(query->zone, query->from_ms).second;
    bool by_day = false;
    bool by_hour = false;
    bool by_weekday = false;
    for (size_t i = 0; i < query->by_count; i++) {
        by_day |= str_eq(query->by[i], STR("day"));
        by_hour |= str_eq(query->by[i], STR("hour"));
        by_weekday |= str_eq(query->by[i], STR("weekday"));
    }
    if (by_weekday && !by_day)
        return length % ((int64_t)REPORT_WEEKDAYS * CALENDAR_DAY_S) == 0;
    return !by_hour || length % CALENDAR_DAY_S == 0;
}

static int print_answer(const struct request *request, const struct report_answer *answer,
                        int *told)
{
    struct result result;
    const struct report_query *query = &request->query;
    int rc = result_open(&result, request->out);
    struct report_print print = {
        .query = query,
        .answer = answer,
        .site = &request->site,
        .zone = str_from(request->ask.tz),
        .lang = request->ask.args.lang,
        .colour = !request->out && screen_has_colour(STDOUT_FILENO),
        .columns = request->out ? 0 : screen_columns(STDOUT_FILENO),
        .has_before = has_before(query, answer),
    };
    print.compares_rows = print.has_before && compares_rows(query);
    print.first_day = answer->days[0].day;
    print.last_day = answer->days[answer->day_count - 1].day;
    if (rc == 0) {
        compose(request, &print, &result.bytes);
        rc = result_close(&result);
    } else {
        (void)fprintf(stderr, "attimo: %s: %s\n", request->out,
                      err_words_in(rc, request->ask.args.lang));
        *told = rc;
    }
    result_finish(&result);
    return rc < 0 ? rc : 0;
}

static int run(struct request *request)
{
    const struct ask *ask = &request->ask;
    struct ask_reading reading = {.ask = ask};
    struct report *report = NULL;
    struct complaint why;
    const struct report_answer *answer;
    int code = prepare(request);
    if (code != EXIT_GOOD)
        return code;
    int rc = report_create(&report, &request->query, &why);
    if (rc == ERR_INVALID) {
        ask_complain(ask, "--by", &why);
        return EXIT_USAGE;
    }
    if (rc == 0)
        rc = read_journal(request, report, &reading);
    if (rc == 0)
        rc = report_answer(report, &answer);
    bool too_long = rc == ERR_LIMIT && reading.told == 0;
    if (rc == 0)
        rc = print_answer(request, answer, &reading.told);
    code = rc == 0 ? EXIT_GOOD : too_long ? refuse_length(request) : EXIT_FAILURE_AT_WORK;
    if (rc != 0 && !too_long && rc != reading.told)
        (void)fprintf(stderr, "attimo: report: %s\n", err_words_in(rc, ask->args.lang));
    report_destroy(report);
    return code;
}

int cli_report(int argc, char **argv)
{
    struct request request = {.site.fd = -1};
    int code = EXIT_USAGE;
    if (read_flags(&request, argc, argv) && !request.ask.args.help)
        code = run(&request);
    if (request.ask.args.help)
        code = cli_tell(usage, request.ask.args.lang);
    cost_table_finish(&request.cost_table);
    report_site_finish(&request.site);
    ask_finish(&request.ask);
    return code;
}

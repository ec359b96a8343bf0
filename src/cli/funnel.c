/* `attimo funnel`: how many get from one event to the next. */
#include "cli/funnel.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/nearest.h"
#include "capture/hit.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/result.h"
#include "cli/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct text usage = {
    .en = "attimo funnel: how many get from one event to the next, and how sure that is\n"
          "\n"
          "  --data DIR        the server's folder; its journal is read            (data)\n"
          "  --input FILE      a journal's file instead, plain or .gz; - is standard input\n"
          "  --steps STEPS     event[:key=value[,key=value]],...     (seen,engaged,click)\n"
          "  --window TIME     from first to last step: 30s, 10m, 2h, 7d            (30m)\n"
          "  --unit UNIT       who goes through: journey, pv (page view), a key (journey)\n"
          "  --strict          nothing may lie between two steps\n"
          "  --increasing      each step must be later than the one before\n"
          "  --by KEY          a group for each value; also day, hour, weekday; repeatable\n"
          "  --from D --to D   entries of these days (or moments)\n"
          "                                        (last 30 days; with --input all of it)\n"
          "  --tz ZONE         the zone of days and hours                    (the pages')\n"
          "  --pages DIR       the pages of which the zone is                     (pages)\n"
          "  --include KIND    count bots, internal or prefetches too; repeatable\n"
          "  --format FORMAT   text, json or csv                                   (text)\n"
          "  --lang it|en      the language of the text                    (the locale's)\n"
          "\n"
          "Without --steps and --by, groups are by intent. More: docs/funnel.md\n"
          "A browser may hide from a page which view it is of (iPhones, behind an ad):\n"
          "steps that begin with view lose it, those that begin with seen do not.\n"
          "\n"
          "  attimo funnel --from 2026-11-01 --to 2026-11-20\n"
          "  attimo funnel --steps seen,click:cta=call --window 2h --by page --by device\n",
    .it = "attimo funnel: quante passano da un evento al prossimo, e con che certezza\n"
          "\n"
          "  --data DIR        la cartella del server; ne legge il registro        (data)\n"
          "  --input FILE      invece un file di registro, anche .gz; - è l’ingresso\n"
          "  --steps PASSI     evento[:chiave=valore[,...]],...      (seen,engaged,click)\n"
          "  --window TEMPO    dal primo all’ultimo passo: 30s, 10m, 2h, 7d       (30m)\n"
          "  --unit UNITÀ      che cosa passa: journey, pv, una chiave         (journey)\n"
          "  --strict          niente fra un passo e l’altro\n"
          "  --increasing      ogni passo più tardi del precedente\n"
          "  --by CHIAVE       un gruppo per valore; anche day, hour, weekday; ripetibile\n"
          "  --from G --to G   ingressi di questi giorni (o istanti)\n"
          "                                         (ultimi 30 giorni; con --input tutto)\n"
          "  --tz FUSO         il fuso di giorni e ore               (quello delle pagine)\n"
          "  --pages DIR       le pagine di cui è il fuso                         (pages)\n"
          "  --include TIPO    conta anche bots, internal o prefetches; ripetibile\n"
          "  --format FORMATO  text, json o csv                                    (text)\n"
          "  --lang it|en      la lingua del testo                   (quella del sistema)\n"
          "\n"
          "Senza --steps e --by i gruppi sono per intento. Di più: docs/funnel.md\n"
          "Un browser può nascondere alla pagina quale sia il suo view (iPhone, dopo un\n"
          "annuncio): i passi che cominciano da view la perdono, da seen no.\n"
          "\n"
          "  attimo funnel --from 2026-11-01 --to 2026-11-20\n"
          "  attimo funnel --steps seen,click:cta=call --window 2h --by page --by device\n",
};

struct request {
    struct ask ask;
    const char *steps;
    const char *window;
    const char *unit;
    const char *by[ARGS_VALUES_MAX];
    size_t by_count;
    bool strict;
    bool increasing;
    struct funnel_query query;
};

/* --- reading the request -------------------------------------------------------------------- */

static bool read_window(struct request *request)
{
    static const struct {
        struct str suffix;
        uint64_t ms;
    } units[] = {{STR_INIT("s"), 1000},
                 {STR_INIT("m"), 60 * 1000},
                 {STR_INIT("h"), 3600 * 1000},
                 {STR_INIT("d"), 86400 * 1000}};
    const uint64_t longest = UINT64_C(90) * 86400 * 1000;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        struct str digits = str_from(request->window);
        uint64_t n;
        if (!str_cut_end(&digits, units[i].suffix))
            continue;
        if (str_to_u64(digits, &n) == 0 && n > 0 && n <= longest / units[i].ms) {
            request->query.window_ms = (int64_t)(n * units[i].ms);
            return true;
        }
    }
    return ask_wrong(&request->ask,
                     TEXT("--window is a time like 30s, 10m, 2h or 7d, up to 90d",
                          "--window è un tempo come 30s, 10m, 2h o 7d, fino a 90d"),
                     request->window);
}

static bool read_flags(struct request *request, int argc, char **argv)
{
    static const char *const formats[] = {"text", "json", "csv", NULL};
    const struct args_flag flags[] = {
        ASK_FLAGS(&request->ask),
        {"steps", &request->steps},
        {"window", &request->window},
        {"unit", &request->unit},
        {"by", request->by, NULL, &request->by_count},
        {"strict", NULL, &request->strict},
        {"increasing", NULL, &request->increasing},
        {0},
    };
    if (!ask_flags(&request->ask, argc, argv, flags, formats))
        return false;
    if (request->strict && request->increasing)
        return ask_wrong(&request->ask,
                         TEXT("either --strict or --increasing", "o --strict o --increasing"),
                         "--strict --increasing");
    return true;
}

/* A step that asks for a key that no event has would be reached by nobody; nor would one of what
 * the server tells of events that are not there. */
static bool is_condition_known(const struct ask *ask, const struct condition *condition)
{
    bool is_event = str_eq(condition->key, STR("event"));
    if (is_event &&
        (str_eq(condition->value, STR("gap")) || str_eq(condition->value, STR("refused")))) {
        const struct complaint why = {TEXT("\"Left out\" tells of it, no step does",
                                           "ne dice «Fuori dal conto», nessun passo"),
                                      condition->value};
        ask_complain(ask, "--steps", &why);
        return false;
    }
    return ask_key(ask, ASK_EVENT_KEYS, "--steps", condition->key);
}

static bool are_steps_known(const struct request *request)
{
    struct steps steps;
    struct complaint why;
    bool right = steps_parse(&steps, request->query.steps, &why) == 0;
    if (!right)
        ask_complain(&request->ask, "--steps", &why);
    for (size_t i = 0; right && i < steps.count; i++)
        for (size_t c = 0; right && c < steps.list[i].count; c++)
            right = is_condition_known(&request->ask, &steps.list[i].conditions[c]);
    return right;
}

static bool are_keys_known(const struct request *request)
{
    const struct funnel_query *query = &request->query;
    bool right = ask_key(&request->ask, ASK_EVENT_KEYS, "--unit", query->unit);
    for (size_t i = 0; right && i < query->by_count; i++)
        right = ask_key(&request->ask, ASK_GROUP_KEYS, "--by", query->by[i]);
    return right;
}

static void fill_query(struct request *request)
{
    struct funnel_query *query = &request->query;
    const struct range *range = &request->ask.range;
    if (!request->steps && request->by_count == 0)
        request->by[request->by_count++] = "intent";
    for (size_t i = 0; i < request->by_count; i++)
        query->by[i] = str_from(request->by[i]);
    query->by_count = request->by_count;
    query->steps = str_from(request->steps ? request->steps : "seen,engaged,click");
    query->unit = str_from(request->unit);
    query->mode = request->strict       ? CHAIN_STRICT
                  : request->increasing ? CHAIN_INCREASING
                                        : CHAIN_ORDERED;
    query->zone = range->zone;
    query->from_ms = range->from_ms;
    query->to_ms = range->to_ms;
    query->now_ms = (int64_t)clock_wall() * 1000;
    query->include = range->include;
}

static int read_request(struct request *request, int argc, char **argv)
{
    *request = (struct request){.window = "30m", .unit = "journey"};
    bool right = read_flags(request, argc, argv);
    if (request->ask.args.help)
        return EXIT_GOOD;
    if (!right || !read_window(request))
        return EXIT_USAGE;
    int code = ask_range(&request->ask, NULL, true);
    if (code != EXIT_GOOD)
        return code;
    fill_query(request);
    return are_keys_known(request) && are_steps_known(request) ? EXIT_GOOD : EXIT_USAGE;
}

/* --- reading the journal -------------------------------------------------------------------- */

static int read_journal(struct funnel *funnel, struct ask_reading *reading)
{
    const struct ask *ask = reading->ask;
    const struct funnel_input input = {
        .on_damage = ask_on_damage, .on_failure = ask_on_failure, .context = reading};
    int rc = ask->file ? funnel_read_file(funnel, &input, ask->file)
                       : funnel_read_data(funnel, &input, ask->data);
    ask_reading_end(reading);
    return rc;
}

/* --- the answer ----------------------------------------------------------------------------- */

static void print_text(const struct funnel_print *print, struct buf *out)
{
    struct buf text = BUF_EMPTY;
    funnel_print_text(print, &text);
    screen_append(out, buf_str(&text), screen_columns(STDOUT_FILENO));
    out->failed |= text.failed;
    buf_finish(&text);
}

static int print_answer(const struct request *request, const struct funnel_answer *answer)
{
    struct result result;
    const struct ask *ask = &request->ask;
    int rc = result_open(&result, NULL);
    const struct funnel_print print = {
        .query = &request->query,
        .answer = answer,
        .zone = str_from(ask->tz),
        .lang = ask->args.lang,
        .colour = screen_has_colour(STDOUT_FILENO),
    };
    if (strcmp(ask->format, "json") == 0)
        funnel_print_json(&print, &result.bytes);
    else if (strcmp(ask->format, "csv") == 0)
        funnel_print_csv(&print, &result.bytes);
    else
        print_text(&print, &result.bytes);
    if (rc == 0)
        rc = result_close(&result);
    result_finish(&result);
    return rc < 0 ? rc : 0;
}

/* A step that nobody got to, of an event that attimo does not write, may be a slip of the pen. */
static void say_strange_steps(const struct request *request, const struct funnel_answer *answer)
{
#define NAME(kind, name) name,
    static const char *const known[] = {HIT_KINDS(NAME)};
#undef NAME
    const size_t count = sizeof known / sizeof *known;
    enum lang lang = request->ask.args.lang;
    for (size_t k = 0; k < answer->steps->count; k++) {
        struct str event = answer->steps->list[k].conditions[0].value;
        size_t i = 0;
        while (i < count && !str_eq(event, str_from(known[i])))
            i++;
        if (i < count || answer->total.reached[k] > 0)
            continue;
        struct nearest nearest = nearest_begin(event);
        for (i = 0; i < count; i++)
            nearest_look(&nearest, known[i]);
        (void)fprintf(stderr,
                      lang == LANG_IT ? "attimo: --steps: nessuno arriva a «%.*s»"
                                      : "attimo: --steps: nobody gets to \"%.*s\"",
                      STR_ARG(event));
        if (nearest.name)
            (void)fprintf(stderr,
                          lang == LANG_IT ? "; volevi dire «%s»?" : "; did you mean \"%s\"?",
                          nearest.name);
        (void)fputc('\n', stderr);
        return;
    }
}

static int run(const struct request *request)
{
    const struct ask *ask = &request->ask;
    struct ask_reading reading = {.ask = ask};
    struct funnel *funnel = NULL;
    struct complaint why;
    const struct funnel_answer *answer;
    int rc = funnel_create(&funnel, &request->query, &why);
    if (rc == ERR_INVALID) {
        ask_complain(ask, "--steps", &why);
        return EXIT_USAGE;
    }
    if (rc == 0)
        rc = read_journal(funnel, &reading);
    if (rc == 0)
        rc = funnel_answer(funnel, &answer);
    if (rc == 0)
        rc = print_answer(request, answer);
    if (rc == 0)
        say_strange_steps(request, answer);
    if (rc != 0 && rc != reading.told)
        (void)fprintf(stderr, "attimo: funnel: %s\n", err_words_in(rc, ask->args.lang));
    funnel_destroy(funnel);
    return rc == 0 ? EXIT_GOOD : EXIT_FAILURE_AT_WORK;
}

int cli_funnel(int argc, char **argv)
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

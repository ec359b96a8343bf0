/* `attimo funnel`: how many get from one event to the next. */
#include "cli/funnel.h"

#include "base/calendar.h"
#include "base/clock.h"
#include "base/err.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/range.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DAMAGE_TOLD_MAX = 10, LAST_DAYS = 30 };

static const char usage[] =
    "attimo funnel: how many get from one event to the next, and how sure that is\n"
    "\n"
    "  attimo funnel [--data DIR | --input FILE|-] [--steps STEPS] ...\n"
    "\n"
    "  --data DIR        the server's folder; its journal is read       (data)\n"
    "  --input FILE      a journal's file instead, plain or .gz; - is standard input\n"
    "  --steps STEPS     event[:key=value[,key=value]], with commas between\n"
    "                                                     (seen,engaged,click)\n"
    "  --window TIME     from the first step to the last: 30s, 10m, 2h, 7d  (30m)\n"
    "  --unit UNIT       who goes through: journey, pv (a page view), or a key  (journey)\n"
    "  --strict          nothing may lie between two steps\n"
    "  --increasing      each step must be later than the one before\n"
    "  --by KEY          a group for each value; also day, hour, weekday; several times\n"
    "  --from D --to D   entries of these days (or moments) only    (the last 30 days)\n"
    "  --tz ZONE         the zone of days and hours                 (Europe/Rome)\n"
    "  --include KIND    count bots, internal or prefetches too; several times\n"
    "  --format FORMAT   text, json or csv                          (text)\n"
    "  --lang it|en      the language of the text                   (the locale's)\n"
    "\n"
    "Without --steps and --by, groups are by intent. Semantics: docs/funnel.md.\n";

struct request {
    struct args args;
    const char *data;
    const char *file;
    const char *steps;
    const char *window;
    const char *unit;
    const char *from;
    const char *to;
    const char *tz;
    const char *format;
    const char *by[ARGS_VALUES_MAX];
    size_t by_count;
    const char *include[ARGS_VALUES_MAX];
    size_t include_count;
    bool strict;
    bool increasing;
    struct range range;
    struct funnel_query query;
    bool last_days;
};

/* --- reading the request -------------------------------------------------------------------- */

static bool wrong(const struct request *request, struct text words, const char *value)
{
    (void)fprintf(stderr,
                  request->args.lang == LANG_IT ? "attimo: %s, non «%s»\n"
                                                : "attimo: %s, not \"%s\"\n",
                  text_in(words, request->args.lang), value);
    return false;
}

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
        if (!str_ends_with(digits, units[i].suffix))
            continue;
        digits.len -= units[i].suffix.len;
        if (str_to_u64(digits, &n) == 0 && n > 0 && n <= longest / units[i].ms) {
            request->query.window_ms = (int64_t)(n * units[i].ms);
            return true;
        }
    }
    return wrong(request,
                 TEXT("--window is a time like 30s, 10m, 2h or 7d, up to 90d",
                      "--window è un tempo come 30s, 10m, 2h o 7d, fino a 90d"),
                 request->window);
}

static bool read_range(struct request *request)
{
    struct funnel_query *query = &request->query;
    struct range *range = &request->range;
    const struct range_words words = {request->from, request->to, request->tz, request->include,
                                      request->include_count};
    if (!range_read(range, &words, request->args.lang))
        return false;
    query->zone = range->zone;
    query->with_bots = range->with_bots;
    query->with_internal = range->with_internal;
    query->with_prefetches = range->with_prefetches;
    query->now_ms = (int64_t)clock_wall() * 1000;
    request->last_days = !request->from && !request->to && !request->file;
    query->from_ms = request->last_days ? query->now_ms - (int64_t)LAST_DAYS * CALENDAR_DAY_S * 1000
                                        : range->from_ms;
    query->to_ms = range->to_ms;
    return true;
}

static bool read_flags(struct request *request, int argc, char **argv)
{
    const struct args_flag flags[] = {
        {"data", &request->data},
        {"input", &request->file},
        {"steps", &request->steps},
        {"window", &request->window},
        {"unit", &request->unit},
        {"from", &request->from},
        {"to", &request->to},
        {"tz", &request->tz},
        {"format", &request->format},
        {"by", request->by, NULL, &request->by_count},
        {"include", request->include, NULL, &request->include_count},
        {"strict", NULL, &request->strict},
        {"increasing", NULL, &request->increasing},
        {0},
    };
    if (!args_read(&request->args, argc, argv, flags))
        return false;
    if (request->args.help)
        return true;
    if (request->args.count > 0)
        return wrong(request, TEXT("funnel takes flags only", "funnel vuole solo opzioni"),
                     request->args.words[0]);
    if (request->data && request->file)
        return wrong(request,
                     TEXT("--input stands instead of --data", "--input sta al posto di --data"),
                     request->data);
    if (request->strict && request->increasing)
        return wrong(request, TEXT("either --strict or --increasing", "o --strict o --increasing"),
                     "--strict --increasing");
    return true;
}

static bool is_one_of(const char *text, const char *a, const char *b, const char *c)
{
    return strcmp(text, a) == 0 || strcmp(text, b) == 0 || strcmp(text, c) == 0;
}

static bool read_request(struct request *request, int argc, char **argv)
{
    *request =
        (struct request){.window = "30m", .unit = "journey", .tz = "Europe/Rome", .format = "text"};
    if (!read_flags(request, argc, argv) || request->args.help)
        return request->args.help;
    if (!is_one_of(request->format, "text", "json", "csv"))
        return wrong(request, TEXT("--format is text, json or csv", "--format è text, json o csv"),
                     request->format);
    if (!request->steps && request->by_count == 0)
        request->by[request->by_count++] = "intent";
    for (size_t i = 0; i < request->by_count; i++)
        request->query.by[i] = str_from(request->by[i]);
    request->query.by_count = request->by_count;
    request->query.steps = str_from(request->steps ? request->steps : "seen,engaged,click");
    request->query.unit = str_from(request->unit);
    request->query.mode = request->strict       ? CHAIN_STRICT
                          : request->increasing ? CHAIN_INCREASING
                                                : CHAIN_ORDERED;
    return read_window(request) && read_range(request);
}

/* --- reading the journal -------------------------------------------------------------------- */

struct reading {
    struct funnel *funnel;
    uint64_t damaged;
    bool told; /* why it failed */
};

static void on_damage(void *context, const struct scan_damage *damage)
{
    struct reading *reading = context;
    if (reading->damaged++ < DAMAGE_TOLD_MAX)
        (void)fprintf(stderr, "%s: at byte %llu: left out: %s\n", damage->file,
                      (unsigned long long)damage->offset, damage->why);
}

static void on_failure(void *context, const char *name, int error)
{
    struct reading *reading = context;
    (void)fprintf(stderr, "attimo: %s: %s\n", name, err_words(error));
    reading->told = error != ERR_INVALID;
}

static int read_journal(const struct request *request, struct reading *reading)
{
    const struct funnel_input input = {
        .on_damage = on_damage, .on_failure = on_failure, .context = reading};
    int rc = request->file ? funnel_read_file(reading->funnel, &input, request->file)
                           : funnel_read_data(reading->funnel, &input,
                                              request->data ? request->data : "data");
    if (reading->damaged > DAMAGE_TOLD_MAX)
        (void)fprintf(stderr, "attimo: %llu more damaged lines are left out\n",
                      (unsigned long long)reading->damaged - DAMAGE_TOLD_MAX);
    return rc;
}

/* --- the answer ----------------------------------------------------------------------------- */

static int print_answer(const struct request *request, const struct funnel_answer *answer)
{
    struct buf out = BUF_EMPTY;
    const struct funnel_print print = {
        .query = &request->query,
        .answer = answer,
        .zone = str_from(request->tz),
        .lang = request->args.lang,
        .colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR"),
        .last_days = request->last_days,
    };
    if (strcmp(request->format, "json") == 0)
        funnel_print_json(&print, &out);
    else if (strcmp(request->format, "csv") == 0)
        funnel_print_csv(&print, &out);
    else
        funnel_print_text(&print, &out);
    int rc = buf_status(&out);
    if (rc == 0 && (fwrite(out.ptr, 1, out.len, stdout) != out.len || fflush(stdout) != 0))
        rc = ERR_IO;
    buf_finish(&out);
    return rc;
}

static int run(const struct request *request)
{
    struct reading reading = {0};
    struct buf why = BUF_EMPTY;
    const struct funnel_answer *answer;
    int rc = funnel_create(&reading.funnel, &request->query, &why);
    if (rc == ERR_INVALID) {
        (void)fprintf(stderr, "attimo: --steps: %.*s\n", STR_ARG(buf_str(&why)));
        buf_finish(&why);
        return EXIT_USAGE;
    }
    if (rc == 0)
        rc = read_journal(request, &reading);
    if (rc == 0)
        rc = funnel_answer(reading.funnel, &answer);
    if (rc == 0)
        rc = print_answer(request, answer);
    if (rc != 0 && !reading.told)
        (void)fprintf(stderr, "attimo: funnel: %s\n", err_words(rc));
    funnel_destroy(reading.funnel);
    buf_finish(&why);
    return rc == 0 ? EXIT_GOOD : EXIT_FAILURE_AT_WORK;
}

int cli_funnel(int argc, char **argv)
{
    struct request request;
    int code = EXIT_USAGE;
    if (read_request(&request, argc, argv) && !request.args.help)
        code = run(&request);
    if (request.args.help) {
        (void)fputs(usage, stdout);
        code = EXIT_GOOD;
    }
    range_finish(&request.range);
    return code;
}

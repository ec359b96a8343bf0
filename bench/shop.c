/* A month of a believable shop, as a journal: people, bots, staff, prefetches, lost and repeated
 * messages, a campaign that costs money, and a truth that is known.
 *
 *     shop [--seed N] [--events N] [--from DAY] [--days N] [--effect SHARE]
 *          [--data DIR] [--truth FILE] [--costs FILE]
 *
 *   --seed N        another month for another number; the same bytes for the same flags   (1)
 *   --events N      about so many lines (within 1% of many)                               (100000)
 *                   3000000 are 1.3 GB, 9000000 a month of 100 000 page views a day
 *   --from DAY      its first day, in Rome                                          (2026-10-01)
 *   --days N                                                                              (31)
 *   --effect SHARE  from the middle on so much is added to the rate of the first page's goal (0)
 *   --data DIR      writes segments of 64 MiB into DIR/journal; else all goes to stdout
 *   --truth FILE    what is true, as JSON: `rate` is the share that the shop was made with, `of`
 *                   and `did` are what came of it (seen page views, and those with a tap)
 *   --costs FILE    what the campaigns cost, as `attimo report --costs` reads it
 *
 * The shop is in bench/shop_model.c: true rates per page, channels with their own appeal and their
 * own losses (whole visits of which the script tells nothing, most of them in Instagram on iOS). */
#include "base/calendar.h"
#include "base/err.h"
#include "base/zone.h"
#include "journal/segment_name.h"
#include "journal/uuid.h"
#include "shop_visit.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { SEGMENT_SIZE = 64 << 20, DAY_HOURS = 24, PATH_ROOM = 4096 };

/* Measured: lines that a visit leaves on average, all kinds of visitors taken together. */
#define LINES_PER_VISIT 4.33

struct month {
    uint64_t seed;
    uint64_t events;
    struct date from;
    uint64_t days;
    double effect;
    const char *data, *truth, *costs;
    struct zone *zone;
    struct shop shop;
    FILE *out;
    uint64_t written; /* bytes of this segment */
    uint64_t seq;
};

static void give_up(const char *what)
{
    perror(what);
    exit(1);
}

static void usage(const char *what)
{
    (void)fprintf(stderr, "shop: %s; bench/shop.c begins with its flags\n", what);
    exit(2);
}

/* --- lines ---------------------------------------------------------------------------------- */

static void open_segment(struct month *month, int64_t ms)
{
    char file[SEGMENT_FILE_SIZE];
    char path[PATH_ROOM];
    const struct segment_name name = {"web1", month->seq + 1, ms - ms % 1000, false};
    if (month->out && fclose(month->out) != 0)
        give_up(month->data);
    if (segment_name_write(file, &name) != 0)
        usage("--from is out of range");
    (void)snprintf(path, sizeof path, "%s/journal/%s", month->data, file);
    month->out = fopen(path, "we");
    month->written = 0;
    if (!month->out)
        give_up(path);
}

static void write_event(struct month *month, const struct event *what)
{
    struct event event = *what;
    char line[EVENT_LINE_ROOM];
    char id[UUID_LEN];
    unsigned char random[UUID_RANDOM_SIZE];
    uint64_t bits[2] = {chance_bits(&month->shop.chance), chance_bits(&month->shop.chance)};
    memcpy(random, bits, sizeof random);
    if (month->data && (!month->out || month->written >= SEGMENT_SIZE))
        open_segment(month, event.ts_ms);
    uuid_write(id, event.ts_ms, random);
    event.id = str_make(id, sizeof id);
    event.seq = ++month->seq;
    ssize_t n = event_encode(&event, line);
    if (n < 0 || fwrite(line, 1, (size_t)n, month->out) != (size_t)n)
        give_up("write");
    month->written += (uint64_t)n;
}

static void write_until(struct month *month, int64_t ms)
{
    for (struct happening *next; (next = shop_next(&month->shop, ms)); free(next))
        write_event(month, &next->event);
}

/* --- the month ------------------------------------------------------------------------------ */

static double weight_of(int64_t day, int hour)
{
    return shop_weekdays[calendar_weekday(day)] * shop_hours[hour];
}

static void run_hour(struct month *month, int64_t day, int hour, double visits)
{
    const double hour_ms = 3600e3;
    int64_t local_s = day * CALENDAR_DAY_S + hour * 3600;
    int64_t begin = (int64_t)zone_to_utc(month->zone, local_s) * 1000;
    double at = 0;
    for (;;) {
        at -= log(1 - chance_share(&month->shop.chance)) * hour_ms / visits;
        if (at >= hour_ms)
            return;
        write_until(month, begin + (int64_t)at);
        shop_visit(&month->shop, begin + (int64_t)at);
    }
}

/* Views that a full ring has cost; the server says how many. */
static void write_gap(struct month *month, int64_t day)
{
    struct event gap = {
        .ts_ms = (int64_t)zone_to_utc(month->zone, day * CALENDAR_DAY_S + 12 * 3600) * 1000,
        .node = STR("web1"),
        .event = STR("gap"),
        .n = {true, 3},
        .transport = STR("server"),
    };
    write_event(month, &gap);
}

static void run_month(struct month *month)
{
    int64_t first = calendar_days(month->from);
    int64_t end = first + (int64_t)month->days;
    double weights = 0;
    for (int64_t day = first; day < end; day++)
        for (int hour = 0; hour < DAY_HOURS; hour++)
            weights += weight_of(day, hour);
    double visits = (double)month->events / LINES_PER_VISIT / weights;
    month->shop.more = month->effect;
    month->shop.more_from_ms =
        (int64_t)zone_to_utc(month->zone, (first + (int64_t)month->days / 2) * CALENDAR_DAY_S) *
        1000;
    for (int64_t day = first; day < end; day++)
        for (int hour = 0; hour < DAY_HOURS; hour++) {
            run_hour(month, day, hour, visits * weight_of(day, hour));
            if (hour == 12 && day == first + 2)
                write_gap(month, day);
        }
    write_until(month, INT64_MAX);
    if (fflush(month->out) != 0)
        give_up("write");
}

/* --- what is true --------------------------------------------------------------------------- */

static void write_rate(FILE *out, const char *name, double rate, uint64_t did)
{
    (void)fprintf(out, "\"%s\":{\"rate\":%.6f,\"did\":%llu}", name, rate, (unsigned long long)did);
}

static void write_truth(const struct month *month)
{
    const struct shop *shop = &month->shop;
    FILE *out = fopen(month->truth, "we");
    if (!out)
        give_up(month->truth);
    (void)fprintf(out,
                  "{\"seed\":%llu,\"lines\":%llu,\"left_out\":{\"bot\":%llu,\"prefetch\":%llu,"
                  "\"internal\":%llu,\"duplicate\":%llu,\"dropped\":3},\n\"journeys\":{",
                  (unsigned long long)month->seed, (unsigned long long)month->seq,
                  (unsigned long long)shop->bots, (unsigned long long)shop->prefetched,
                  (unsigned long long)shop->staff, (unsigned long long)shop->resent);
    (void)fprintf(out, "\"whatsapp\":{\"rate\":%.6f},\"directions\":{\"rate\":%.6f}},\n\"pages\":[",
                  shop_journey_rate("whatsapp", month->effect / 2),
                  shop_journey_rate("directions", month->effect / 2));
    for (size_t i = 0; i < SHOP_PAGES; i++) {
        const struct shop_page *page = &shop_pages[i];
        const struct shop_page_count *count = &shop->pages[i];
        double more = i == 0 ? month->effect / 2 : 0;
        (void)fprintf(out, "%s\n{\"page\":\"%s\",\"intent\":\"%s\",\"cta\":\"%s\",\"of\":%llu,",
                      i ? "," : "", page->path, page->intent, page->goal.cta,
                      (unsigned long long)count->seen);
        write_rate(out, "goal", shop_goal_rate(page, more), count->goal);
        (void)fputc(',', out);
        write_rate(out, "tap", shop_tap_rate(page, more), count->tapped);
        if (i == 0)
            (void)fprintf(out, ",\"goal_before\":%.6f,\"goal_after\":%.6f", shop_goal_rate(page, 0),
                          shop_goal_rate(page, month->effect));
        (void)fputc('}', out);
    }
    (void)fputs("]}\n", out);
    if (fclose(out) != 0)
        give_up(month->truth);
}

static void write_costs(const struct month *month)
{
    int64_t first = calendar_days(month->from);
    struct date from = calendar_date(first);
    struct date to = calendar_date(first + (int64_t)month->days - 1);
    double visits = (double)month->events / LINES_PER_VISIT;
    FILE *out = fopen(month->costs, "we");
    if (!out)
        give_up(month->costs);
    (void)fprintf(out, "utm_campaign,from,to,eur\n");
    const struct {
        const char *campaign;
        double eur_per_visit;
    } costs[] = {{"vento-autunno", 0.09}, {"scarpe-corsa-parma", 0.06}, {"ottobre", 0.004}};
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++)
        (void)fprintf(out, "%s,%04d-%02d-%02d,%04d-%02d-%02d,%.2f\n", costs[i].campaign, from.year,
                      from.month, from.day, to.year, to.month, to.day,
                      visits * costs[i].eur_per_visit);
    if (fclose(out) != 0)
        give_up(month->costs);
}

/* --- flags ---------------------------------------------------------------------------------- */

static uint64_t number_of(const char *text)
{
    uint64_t number;
    if (str_to_u64(str_from(text), &number) != 0 || number == 0)
        usage("a number is not one");
    return number;
}

static void read_flags(struct month *month, int argc, char **argv)
{
    for (int i = 1; i < argc; i += 2) {
        struct str flag = str_from(argv[i]);
        const char *value = argv[i + 1];
        if (!value)
            usage("a flag lacks its value");
        if (str_eq(flag, STR("--seed")))
            month->seed = number_of(value);
        else if (str_eq(flag, STR("--events")))
            month->events = number_of(value);
        else if (str_eq(flag, STR("--days")))
            month->days = number_of(value);
        else if (str_eq(flag, STR("--effect")))
            month->effect = strtod(value, NULL);
        else if (str_eq(flag, STR("--data")))
            month->data = value;
        else if (str_eq(flag, STR("--truth")))
            month->truth = value;
        else if (str_eq(flag, STR("--costs")))
            month->costs = value;
        else if (!str_eq(flag, STR("--from")) ||
                 calendar_parse_date(str_from(value), &month->from) != 0)
            usage("no such flag, or no such day");
    }
}

static void make_folders(const char *data)
{
    char path[PATH_ROOM];
    (void)snprintf(path, sizeof path, "%s/journal", data);
    if ((mkdir(data, 0777) != 0 && errno != EEXIST) || (mkdir(path, 0777) != 0 && errno != EEXIST))
        give_up(path);
}

int main(int argc, char **argv)
{
    static struct month month = {.seed = 1, .events = 100000, .from = {2026, 10, 1}, .days = 31};
    read_flags(&month, argc, argv);
    int rc = zone_create(&month.zone, STR("Europe/Rome"));
    if (rc != 0) {
        (void)fprintf(stderr, "shop: Europe/Rome: %s\n", err_words(rc));
        return 1;
    }
    if (month.data)
        make_folders(month.data);
    else
        month.out = stdout;
    month.shop.chance.state = month.seed * 0xD1342543DE82EF95;
    run_month(&month);
    if (month.truth)
        write_truth(&month);
    if (month.costs)
        write_costs(&month);
    zone_destroy(month.zone);
    free(month.shop.queue);
    if (fclose(month.out) != 0)
        give_up("close");
    return 0;
}

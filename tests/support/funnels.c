/* Owns asking funnels of journals made by hand. */
#include "support/funnels.h"

#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

const int64_t funnels_origin_ms = 1795132800000;

static void on_damage(void *context, const struct scan_damage *damage)
{
    struct funnel_fixture *f = context;
    (void)damage;
    f->damaged++;
}

void funnels_fail_on_damage(void *context, const struct scan_damage *damage)
{
    (void)context;
    fail_msg("at byte %llu: %s", (unsigned long long)damage->offset, damage->why->en);
}

int funnels_fail_on_error(void *context, const char *file, int error)
{
    (void)context;
    fail_msg("%s: error %d", file, error);
    return error;
}

int funnels_set_up(void **state)
{
    struct funnel_fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(zone_create(&f->zone, STR("Europe/Rome")), 0);
    f->query = (struct funnel_query){
        .steps = STR("view,click,order"),
        .unit = STR("journey"),
        .window_ms = 600 * 1000,
        .from_ms = INT64_MIN,
        .to_ms = INT64_MAX,
        .now_ms = funnels_origin_ms + INT64_C(1000) * 86400 * 365,
        .zone = f->zone,
    };
    f->input = (struct funnel_input){
        .on_damage = on_damage, .on_failure = funnels_fail_on_error, .context = f};
    *state = f;
    return 0;
}

int funnels_tear_down(void **state)
{
    struct funnel_fixture *f = *state;
    funnel_destroy(f->funnel);
    zone_destroy(f->zone);
    buf_finish(&f->journal);
    free(f);
    return 0;
}

void funnels_add_line(struct funnel_fixture *f, struct str line)
{
    buf_append(&f->journal, line);
    buf_append_char(&f->journal, '\n');
}

static void append_time(struct buf *out, double seconds)
{
    time_t when = (time_t)(funnels_origin_ms / 1000) + (time_t)floor(seconds);
    int ms = (int)lround((seconds - floor(seconds)) * 1000);
    struct tm tm;
    assert_non_null(gmtime_r(&when, &tm));
    buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
               tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, ms);
}

void funnels_add(struct funnel_fixture *f, const char *pv, const char *event, double seconds,
                 const char *more)
{
    f->seq++;
    buf_printf(&f->journal, "{\"v\":1,\"seq\":%u,\"id\":\"id-%u\",\"ts\":\"", f->seq, f->seq);
    append_time(&f->journal, seconds);
    buf_printf(&f->journal, "\",\"node\":\"a\",\"event\":\"%s\",\"pv\":\"%s\"%s}\n", event, pv,
               more);
}

void funnels_add_all(struct funnel_fixture *f, const char *pv, const char *text)
{
    char letter;
    double seconds;
    int used;
    for (; sscanf(text, " %c%lf%n", &letter, &seconds, &used) == 2; text += used)
        funnels_add(f, pv,
                    letter == 'v'   ? "view"
                    : letter == 's' ? "seen"
                    : letter == 'c' ? "click"
                    : letter == 'o' ? "order"
                                    : "help",
                    seconds, "");
}

const char *funnels_file(struct str content)
{
    static int fd = -1;
    static char path[64];
    if (fd >= 0)
        assert_int_equal(close(fd), 0);
    fd = memfd_create("journal", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content.ptr ? content.ptr : "", content.len), content.len);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}

const struct funnel_group *funnels_answer(struct funnel_fixture *f)
{
    struct complaint why;
    assert_int_equal(funnel_create(&f->funnel, &f->query, &why), 0);
    assert_int_equal(funnel_read_file(f->funnel, &f->input, funnels_file(buf_str(&f->journal))), 0);
    assert_int_equal(funnel_answer(f->funnel, &f->answer), 0);
    return &f->answer->total;
}

const struct funnel_group *funnels_group(struct funnel_fixture *f, const char *value)
{
    for (size_t i = 0; i < f->answer->group_count; i++) {
        const struct funnel_group *group = &f->answer->groups[i];
        if (value ? group->by[0].ptr && str_eq(group->by[0], str_from(value)) : !group->by[0].ptr)
            return group;
    }
    fail_msg("no group %s", value ? value : "without a value");
    return NULL;
}

void funnels_assert_reached(const struct funnel_group *group, uint64_t a, uint64_t b, uint64_t c)
{
    if (group->reached[0] != a || group->reached[1] != b || group->reached[2] != c)
        fail_msg("%llu/%llu/%llu is not %llu/%llu/%llu", (unsigned long long)group->reached[0],
                 (unsigned long long)group->reached[1], (unsigned long long)group->reached[2],
                 (unsigned long long)a, (unsigned long long)b, (unsigned long long)c);
}

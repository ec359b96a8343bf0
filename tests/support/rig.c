/* Owns the fixture of the recorder's tests. */
#include "support/rig.h"

#include "support/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { FEEDS = 2 };

static void on_complete(void *context, size_t feed, struct ticket ticket, unsigned status)
{
    struct rig *rig = context;
    if (rig->looks)
        recorder_state(rig->recorder, &rig->at_last);
    uv_mutex_lock(&rig->lock);
    buf_printf(&rig->told, "%zu/%u:%u ", feed, ticket.slot, status);
    rig->completions++;
    uv_cond_signal(&rig->changed);
    uv_mutex_unlock(&rig->lock);
}

int rig_create_next(struct rig *rig, const struct journal_handover *handover, struct recorder **out)
{
    const struct recorder_options options = {
        .data = rig->bench->folder,
        .journal = {.node = STR("parma1"),
                    .durability = rig->durability,
                    .world = {.disk = &rig->bench->fault.disk},
                    .handover = handover},
        .compress_after_s = rig->compress_after_s,
        .keep_s = -1,
        .ring_bytes = RIG_RING,
        .feeds = FEEDS,
        .log = &rig->log,
        .complete = on_complete,
        .context = rig,
    };
    return recorder_create(out, &options);
}

int rig_create(struct rig *rig, struct recorder **out)
{
    return rig_create_next(rig, NULL, out);
}

int rig_setup(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    assert_non_null(rig);
    assert_int_equal(bench_setup((void **)&rig->bench), 0);
    assert_int_equal(uv_mutex_init(&rig->lock), 0);
    assert_int_equal(uv_cond_init(&rig->changed), 0);
    rig->log = (struct log){.fd = open("/dev/null", O_WRONLY | O_CLOEXEC)};
    rig->durability = DURABILITY_POWER;
    rig->compress_after_s = -1;
    assert_int_equal(rig_create(rig, &rig->recorder), 0);
    *state = rig;
    return 0;
}

int rig_teardown(void **state)
{
    struct rig *rig = *state;
    recorder_destroy(rig->recorder);
    (void)close(rig->log.fd);
    uv_cond_destroy(&rig->changed);
    uv_mutex_destroy(&rig->lock);
    buf_finish(&rig->told);
    buf_finish(&rig->found);
    assert_int_equal(bench_teardown((void **)&rig->bench), 0);
    free(rig);
    return 0;
}

static void add(struct feed *feed, enum hit_kind kind, const char *page)
{
    const struct hit hit = {.kind = kind, .ts_ms = 1795293903127, .page = str_from(page)};
    char *room = feed_reserve(feed, HIT_ROOM);
    if (room)
        feed_add(feed, hit_pack(&hit, room));
}

void rig_view(struct rig *rig, const char *page)
{
    struct feed *feed = recorder_feed(rig->recorder, 0);
    add(feed, HIT_VIEW, page);
    feed_offer_view(feed);
    feed_ring(feed);
}

bool rig_group(struct rig *rig, size_t index, uint32_t slot, const char *page)
{
    struct feed *feed = recorder_feed(rig->recorder, index);
    add(feed, HIT_SEEN, page);
    add(feed, HIT_CLICK, page);
    bool offered = feed_offer_group(feed, (struct ticket){.slot = slot});
    feed_ring(feed);
    return offered;
}

void rig_turn(struct rig *rig)
{
    while (recorder_take(rig->recorder) != TAKEN_NOTHING)
        ;
}

void rig_read_back(struct rig *rig)
{
    int dir_fd = openat(rig->bench->data_fd, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const struct iterate_options options = {.dir_fd = dir_fd, .live = true};
    struct iterate *it;
    struct event event;
    buf_clear(&rig->found);
    assert_int_equal(iterate_create(&it, &options), 0);
    while (iterate_next(it, &event) == 1) {
        if (event.n.set)
            buf_printf(&rig->found, "%.*s=%d ", STR_ARG(event.event), (int)event.n.value);
        else
            buf_printf(&rig->found, "%.*s:%.*s ", STR_ARG(event.event), STR_ARG(event.page));
    }
    iterate_destroy(it);
    (void)close(dir_fd);
}

struct recorder_state rig_state(struct rig *rig)
{
    struct recorder_state state;
    recorder_state(rig->recorder, &state);
    return state;
}

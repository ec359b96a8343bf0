/* Hits: what a worker packs is what the recorder's event says, however often it has come before,
 * and nothing is longer than the ring was told. */
#include "capture/hit.h"

#include "support/test.h"

static int open_reader(void **state)
{
    struct hit_reader *reader;
    int rc = hit_reader_create(&reader);
    *state = reader;
    return rc;
}

static int close_reader(void **state)
{
    hit_reader_destroy(*state);
    return 0;
}

/* The event's texts are good until the next one is read. */
static void read_hit(struct event *event, const struct hit *hit, struct hit_reader *reader)
{
    static char packed[HIT_ROOM + 1];
    size_t len = hit_pack(hit, packed + 1); /* at an odd address */
    assert_true(len <= HIT_ROOM);
    assert_int_equal(hit_read(event, str_make(packed + 1, len), reader), hit->kind);
}

static void a_packed_hit_is_found_again_whole(void **state)
{
    struct event found;
    const struct hit hit = {
        .kind = HIT_CLICK,
        .transport = HIT_BY_BEACON,
        .flags = HIT_GPC | HIT_CLIENT_TOKEN | HIT_INTERNAL,
        .ts_ms = 1763773503127,
        .page = STR("/voglio-comprare/scarpe"),
        .rev = STR("0123456789abcdef"),
        .theme_rev = STR("theme"),
        .intent = STR("buy"),
        .stage = STR("purchase"),
        .country = STR("IT"),
        .journey = STR("j"),
        .d = STR("document"),
        .variant = STR("b"),
        .cta = STR("call"),
        .dest = STR("tel"),
        .requested_with = STR("com.facebook.katana"),
        .n = {true, 3},
        .t = {true, 0},
        .inp = {true, -5},
    };
    read_hit(&found, &hit, *state);

    assert_str(found.event, STR("click"));
    assert_str(found.transport, STR("beacon"));
    assert_int_equal(found.ts_ms, 1763773503127);
    assert_true(found.gpc && found.internal && !found.early && !found.cached);
    assert_str(found.pv_src, STR("client"));
    assert_str(found.app, STR("facebook"));
#define COMPARE(name, max) assert_str(found.name, hit.name);
    HIT_PAGE_TEXTS(COMPARE)
    HIT_EVENT_TEXTS(COMPARE)
    COMPARE(pv, 0)
    COMPARE(country, 0)
#undef COMPARE
#define COMPARE(name)                               \
    assert_int_equal(found.name.set, hit.name.set); \
    assert_int_equal(found.name.value, hit.name.value);
    HIT_NUMBERS(COMPARE)
#undef COMPARE
}

static void texts_without_end_are_cut_to_their_room(void **state)
{
    static char endless[70000];
    memset(endless, 'x', sizeof endless);
    struct hit hit = {.kind = HIT_SUMMARY};
#define FILL(name, max) hit.name = str_make(endless, sizeof endless);
    HIT_TEXTS(FILL)
#undef FILL
#define FILL(name) hit.name = (struct event_number){true, INT64_MIN};
    HIT_NUMBERS(FILL)
#undef FILL
    char *packed = malloc(HIT_ROOM);
    assert_non_null(packed);
    size_t len = hit_pack(&hit, packed);
    struct event found;
    (void)hit_read(&found, str_make(packed, len), *state);
#define IS_CUT(name, max) assert_int_equal(found.name.len, (max));
    HIT_PAGE_TEXTS(IS_CUT)
    HIT_EVENT_TEXTS(IS_CUT)
#undef IS_CUT
    free(packed);
}

/* The line that an event is, without the random part. */
static struct str line_of(struct event *event, char line[EVENT_LINE_ROOM])
{
    event->seq = 1;
    event->id = STR("i");
    event->node = STR("n");
    ssize_t n = event_encode(event, line);
    assert_true(n > 0);
    return str_make(line, (size_t)n);
}

/* More pages and browsers than are remembered, none of which is taken for another: also not those
 * whose texts are the same one behind the other. */
static void who_comes_again_leaves_the_line_that_a_stranger_leaves(void **state)
{
    static const char *const agents[] = {
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148",
        "Mozilla/5.0 (Linux; Android 10; K) Chrome/131.0.0.0 Mobile Safari/537.36",
        "curl/8.14.1",
        "",
    };
    char first[EVENT_LINE_ROOM];
    char again[EVENT_LINE_ROOM];
    for (unsigned i = 0; i < 700; i++) {
        char path[200];
        struct event event;
        struct hit_reader *stranger;
        memset(path, "a\"\xC3\x01"[i % 4], sizeof path);
        path[0] = '/';
        const struct hit hit = {
            .kind = i % 5 == 0 ? HIT_CLICK : HIT_VIEW,
            .flags = i % 7 == 0 ? HIT_MOBILE : 0,
            .page = str_make(path, 1 + i % 149),
            .rev = str_make("abcdef", i % 6),
            .theme_rev = str_skip(STR("abcdef"), i % 6),
            .user_agent = str_from(agents[i / 3 % 4]),
            .language = str_make("it,en;q=0.5", i % 11),
        };
        read_hit(&event, &hit, *state);
        struct str line = line_of(&event, again);
        assert_int_equal(hit_reader_create(&stranger), 0);
        read_hit(&event, &hit, stranger);
        event.written = (struct event_written){0};
        assert_str(line, line_of(&event, first));
        hit_reader_destroy(stranger);
    }
}

static void facts_about_a_visit_stand_on_its_view_and_where_there_is_none(void **state)
{
    struct event event;
    struct hit hit = {
        .user_agent = STR("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0"),
        .query = STR("utm_source=qr"),
        .referrer = STR("https://l.instagram.com/?u=x"),
        .language = STR("it-IT,it;q=0.9"),
        .purpose = STR("prefetch"),
        .pv = STR("0123456789abcdefghij")};
    for (int i = 0; i < 3; i++) { /* the user agent is known from the second time on */
        read_hit(&event, &hit, *state);
        assert_str(event.device, STR("mobile"));
        assert_str(event.os, STR("android"));
        assert_str(event.bot, STR(""));
        assert_str(event.utm_source, STR("qr"));
        assert_str(event.ref_host, STR("l.instagram.com"));
        assert_str(event.lang, STR("it"));
        assert_str(event.purpose, STR("prefetch"));
    }
    hit.kind = HIT_CLICK;
    read_hit(&event, &hit, *state);
    assert_str(event.device, STR(""));
    assert_str(event.utm_source, STR(""));

    hit.pv = STR(""); /* a ping */
    hit.user_agent = STR("curl/8.14.1");
    read_hit(&event, &hit, *state);
    assert_str(event.bot, STR("library:curl/"));

    hit.kind = HIT_SEEN;
    hit.flags = HIT_CLIENT_TOKEN;
    hit.pv = STR("0123456789abcdefghij-_");
    read_hit(&event, &hit, *state);
    assert_str(event.utm_source, STR("qr"));
}

#define READER_TEST(name) cmocka_unit_test_setup_teardown(name, open_reader, close_reader)

TEST_MAIN(READER_TEST(a_packed_hit_is_found_again_whole),
          READER_TEST(texts_without_end_are_cut_to_their_room),
          READER_TEST(who_comes_again_leaves_the_line_that_a_stranger_leaves),
          READER_TEST(facts_about_a_visit_stand_on_its_view_and_where_there_is_none))

/* Hits: what a worker packs is what the recorder finds, and nothing is longer than the ring was
 * told. */
#include "capture/hit.h"

#include "support/test.h"

static void a_packed_hit_is_found_again_whole(void **state)
{
    (void)state;
    const struct hit hit = {
        .kind = HIT_CLICK,
        .transport = HIT_BY_BEACON,
        .flags = HIT_GPC | HIT_CLIENT_TOKEN,
        .ts_ms = 1763773503127,
        .pv = STR("0123456789abcdefghij"),
        .page = STR("/voglio-comprare/scarpe"),
        .cta = STR("call"),
        .requested_with = STR("com.facebook.katana"),
        .n = {true, 3},
        .t = {true, 0},
        .inp = {true, -5},
    };
    char packed[HIT_ROOM + 1];
    size_t len = hit_pack(&hit, packed + 1); /* at an odd address too */
    struct hit found;
    hit_unpack(&found, str_make(packed + 1, len));

    assert_int_equal(found.kind, HIT_CLICK);
    assert_int_equal(found.transport, HIT_BY_BEACON);
    assert_int_equal(found.flags, HIT_GPC | HIT_CLIENT_TOKEN);
    assert_int_equal(found.ts_ms, 1763773503127);
#define COMPARE(name, max) assert_str(found.name, hit.name);
    HIT_TEXTS(COMPARE)
#undef COMPARE
#define COMPARE(name)                               \
    assert_int_equal(found.name.set, hit.name.set); \
    assert_int_equal(found.name.value, hit.name.value);
    HIT_NUMBERS(COMPARE)
#undef COMPARE
}

static void texts_without_end_are_cut_to_their_room(void **state)
{
    (void)state;
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
    struct hit found;
    hit_unpack(&found, str_make(packed, len));
#define IS_CUT(name, max) assert_int_equal(found.name.len, (max));
    HIT_TEXTS(IS_CUT)
#undef IS_CUT
    free(packed);
}

static void an_event_says_what_its_hit_says(void **state)
{
    (void)state;
    const struct hit hit = {.kind = HIT_CLICK,
                            .transport = HIT_BY_FETCH,
                            .flags = HIT_INTERNAL | HIT_CLIENT_TOKEN,
                            .ts_ms = 1763773503127,
                            .pv = STR("0123456789abcdefghijkl"),
                            .cta = STR("call"),
                            .n = {true, 7}};
    struct event event;
    struct hit_reader *reader;
    assert_int_equal(hit_reader_create(&reader), 0);
    hit_event(&event, &hit, reader);
    assert_str(event.event, STR("click"));
    assert_str(event.transport, STR("fetch"));
    assert_str(event.pv_src, STR("client"));
    assert_str(event.cta, STR("call"));
    assert_int_equal(event.n.value, 7);
    assert_true(event.internal);
    assert_false(event.gpc);
    hit_reader_destroy(reader);
}

static void facts_about_a_visit_stand_on_its_view_and_where_there_is_none(void **state)
{
    (void)state;
    struct event event;
    struct hit_reader *reader;
    struct hit hit = {
        .user_agent = STR("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0"),
        .query = STR("utm_source=qr"),
        .referrer = STR("https://l.instagram.com/?u=x"),
        .language = STR("it-IT,it;q=0.9"),
        .purpose = STR("prefetch"),
        .pv = STR("0123456789abcdefghij")};
    assert_int_equal(hit_reader_create(&reader), 0);
    for (int i = 0; i < 3; i++) { /* the user agent is known from the second time on */
        hit_event(&event, &hit, reader);
        assert_str(event.device, STR("mobile"));
        assert_str(event.os, STR("android"));
        assert_str(event.bot, STR(""));
        assert_str(event.utm_source, STR("qr"));
        assert_str(event.ref_host, STR("l.instagram.com"));
        assert_str(event.lang, STR("it"));
        assert_str(event.purpose, STR("prefetch"));
    }
    hit.kind = HIT_CLICK;
    hit_event(&event, &hit, reader);
    assert_str(event.device, STR(""));
    assert_str(event.utm_source, STR(""));

    hit.pv = STR(""); /* a ping */
    hit.user_agent = STR("curl/8.14.1");
    hit_event(&event, &hit, reader);
    assert_str(event.bot, STR("library:curl/"));

    hit.kind = HIT_SEEN;
    hit.flags = HIT_CLIENT_TOKEN;
    hit.pv = STR("0123456789abcdefghij-_");
    hit_event(&event, &hit, reader);
    assert_str(event.utm_source, STR("qr"));
    hit_reader_destroy(reader);
}

TEST_MAIN(cmocka_unit_test(a_packed_hit_is_found_again_whole),
          cmocka_unit_test(texts_without_end_are_cut_to_their_room),
          cmocka_unit_test(an_event_says_what_its_hit_says),
          cmocka_unit_test(facts_about_a_visit_stand_on_its_view_and_where_there_is_none))

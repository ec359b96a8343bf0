/* Which channels are named beside the coverage of all, and what is left out in few words. */
#include "cli/answer_words.h"

#include "support/test.h"

static void append_letter(struct buf *out, size_t index, const void *of)
{
    buf_append_char(out, ((const char *)of)[index]);
}

/* `channels` are seen and views of one each, until one without views. */
static void expect_named(const uint64_t channels[][2], struct str words)
{
    struct buf out = BUF_EMPTY;
    struct answer_unlike unlike = answer_unlike_of(900, 1000);
    for (size_t i = 0; channels[i][1] > 0; i++)
        answer_unlike_look(&unlike, i, channels[i][0], channels[i][1]);
    answer_unlike_append(&unlike, &out, LANG_IT, append_letter, "abcdef");
    assert_str(buf_str(&out), words);
    buf_finish(&out);
}

static void a_channel_is_named_that_is_more_than_five_points_away(void **state)
{
    (void)state;
    /* Few views mean little. */
    static const uint64_t alike[][2] = {{851, 1000}, {949, 1000}, {0, 29}, {0, 0}};
    expect_named(alike, STR(""));
    static const uint64_t unlike[][2] = {{849, 1000}, {952, 1000}, {0, 30}, {0, 0}};
    expect_named(unlike, STR("; c 0%, b 95%, a 85%: non confrontare"));
}

static void of_many_the_three_furthest_channels_are_named(void **state)
{
    (void)state;
    static const uint64_t channels[][2] = {{40, 40}, {30, 40}, {10, 40}, {10, 40},
                                           {32, 40}, {5, 40},  {0, 0}};
    expect_named(channels, STR("; f 12%, c 25%, d 25%: non confrontare"));
    static const uint64_t falling[][2] = {{0, 40}, {10, 40}, {20, 40}, {30, 40}, {0, 0}};
    expect_named(falling, STR("; a 0%, b 25%, c 50%: non confrontare"));
}

static void what_is_left_out_is_told_in_full_or_in_few_words(void **state)
{
    (void)state;
    struct buf out = BUF_EMPTY;
    const struct loss loss = {
        .bot = 1, .internal = 2, .orphan_click = 1, .duplicate = 3, .dropped = 1, .damaged = 1};
    const struct loss none = {0};
    answer_words_loss(&out, &loss, LANG_IT);
    assert_str(buf_str(&out),
               STR("1 bot · 0 prefetch mai visti · 2 interne · 1 tocco senza vista · 3 ripetuti · "
                   "0 respinti · 1 non registrata · 1 danneggiato"));
    buf_clear(&out);
    answer_words_loss_brief(&out, &loss, LANG_EN);
    assert_str(buf_str(&out), STR("1 bot · 2 internal · 1 tap without a view · 3 repeated · "
                                  "1 not recorded · 1 damaged"));
    buf_clear(&out);
    answer_words_loss_brief(&out, &none, LANG_EN);
    assert_str(buf_str(&out), STR("nothing"));
    buf_finish(&out);
}

TEST_MAIN(cmocka_unit_test(a_channel_is_named_that_is_more_than_five_points_away),
          cmocka_unit_test(of_many_the_three_furthest_channels_are_named),
          cmocka_unit_test(what_is_left_out_is_told_in_full_or_in_few_words))

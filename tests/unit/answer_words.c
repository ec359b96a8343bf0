/* Which channels are named beside the coverage of all, and what is left out in few words. */
#include "cli/answer_words.h"

#include "support/test.h"

static void a_channel_is_named_that_is_more_than_five_points_away(void **state)
{
    (void)state;
    struct buf out = BUF_EMPTY;
    struct answer_unlike unlike = answer_unlike_begin(&out, 900, 1000, LANG_IT);
    assert_false(answer_unlike_names(&unlike, 851, 1000));
    assert_false(answer_unlike_names(&unlike, 949, 1000));
    assert_false(answer_unlike_names(&unlike, 0, 29)); /* few views mean little */
    answer_unlike_end(&unlike);
    assert_str(buf_str(&out), STR(""));
    static const uint64_t unlikes[][2] = {{849, 1000}, {951, 1000}, {0, 30}};
    for (size_t i = 0; i < 3; i++) {
        assert_true(answer_unlike_names(&unlike, unlikes[i][0], unlikes[i][1]));
        buf_append(&out, STR("x"));
        answer_unlike_named(&unlike, unlikes[i][0], unlikes[i][1]);
    }
    assert_false(answer_unlike_names(&unlike, 0, 1000)); /* three are enough */
    answer_unlike_end(&unlike);
    assert_str(buf_str(&out), STR("; x 85%, x 95%, x 0%: non confrontare"));
    buf_finish(&out);
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
          cmocka_unit_test(what_is_left_out_is_told_in_full_or_in_few_words))

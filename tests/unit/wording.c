/* Words: found however they are typed, counted as a reader counts. */
#include "site/wording.h"

#include "support/test.h"

static bool has(const char *text, const char *phrase)
{
    struct buf folded_text = BUF_EMPTY;
    struct buf folded_phrase = BUF_EMPTY;
    wording_fold(str_from(text), &folded_text);
    wording_fold(str_from(phrase), &folded_phrase);
    bool found = wording_has(buf_str(&folded_text), buf_str(&folded_phrase));
    buf_finish(&folded_text);
    buf_finish(&folded_phrase);
    return found;
}

static struct wording_counts count(const char *text)
{
    struct buf folded = BUF_EMPTY;
    wording_fold(str_from(text), &folded);
    struct wording_counts counts = wording_count(str_from(text), buf_str(&folded));
    buf_finish(&folded);
    return counts;
}

static void a_word_is_found_however_it_is_typed(void **state)
{
    (void)state;
    assert_true(has("Scarpe LOW\n  Cost!", "low cost"));
    assert_true(has("QUALITÀ", "qualità"));
    assert_true(has("l’ultimo", "L'ultimo"));
    assert_true(has("solo\xC2\xA0oggi", "solo oggi"));
    assert_true(has("100% gratis", "100%"));
}

static void a_word_inside_another_is_none(void **state)
{
    (void)state;
    assert_false(has("Romano", "Roma"));
    assert_false(has("aroma", "Roma"));
    assert_false(has("però", "per"));
    assert_true(has("aroma di Roma.", "Roma"));
    assert_false(has("", "Roma"));
    assert_false(has("Roma", ""));
}

/* As marketing writes: with emoji (one with its selector), a trade mark, a sign of times. */
static void signs_and_emoji_are_not_part_of_a_word(void **state)
{
    (void)state;
    assert_true(has("🔥Miracoloso🔥", "miracoloso"));
    assert_true(has("«miracoloso™»", "miracoloso"));
    assert_true(has("❤️miracoloso❤️", "miracoloso"));
    assert_true(has("2×miracoloso·", "miracoloso"));
    assert_true(has("solo🔥oggi", "🔥"));
    assert_true(has("mira\xC2\xAD"
                    "coloso",
                    "miracoloso"));
    assert_false(has("èmiracoloso", "miracoloso"));
    assert_false(has("miracolosoß", "miracoloso"));
    assert_false(has("1ªclasse", "classe"));
    assert_int_equal(count("🔥bellissimo❤️ migliore™").superlatives, 2);
    assert_int_equal(count("GRATIS🔥 ❤️GRATIS❤️ SUPER×GRATIS").capitals, 4);
}

static void superlatives_are_counted(void **state)
{
    (void)state;
    assert_int_equal(count("Leggerissima, la migliore: the BEST!").superlatives, 3);
    assert_int_equal(count("prossimo, minimo, migliorare, issimo").superlatives, 0);
    assert_int_equal(count("bellissimi").superlatives, 1);
}

static void capitals_are_counted_and_acronyms_are_not(void **state)
{
    (void)state;
    assert_int_equal(count("SCONTI FOLLI, GRATIS").capitals, 3);
    assert_int_equal(count("IVA, EUR, P.IVA, S.r.l., McDonald, iPhone, 36-46").capitals, 0);
    assert_int_equal(count("CITTÀ «NOVITÀ» Città").capitals, 2);
    assert_int_equal(count("NOVITà").capitals, 0);
}

static void exclamation_marks_are_counted(void **state)
{
    (void)state;
    assert_int_equal(count("Ciao! Ora!!").exclamation_marks, 3);
}

TEST_MAIN(cmocka_unit_test(a_word_is_found_however_it_is_typed),
          cmocka_unit_test(a_word_inside_another_is_none),
          cmocka_unit_test(signs_and_emoji_are_not_part_of_a_word),
          cmocka_unit_test(superlatives_are_counted),
          cmocka_unit_test(capitals_are_counted_and_acronyms_are_not),
          cmocka_unit_test(exclamation_marks_are_counted))

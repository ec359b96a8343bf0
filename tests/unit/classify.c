/* What a request tells: campaign, referrer, language, purpose, and where a link leads. */
#include "capture/classify.h"

#include "capture/campaign.h"

#include "support/test.h"

struct campaign {
    struct event event;
    char room[CAMPAIGN_ROOM];
};

static struct event *read_campaign(struct campaign *campaign, const char *query)
{
    campaign->event = (struct event){0};
    campaign_read(&campaign->event, str_from(query), campaign->room);
    return &campaign->event;
}

static void the_first_parameter_of_a_query_is_read_as_any_other(void **state)
{
    (void)state;
    struct campaign c;
    struct event *event = read_campaign(
        &c, "utm_source=instagram&utm_medium=social&fbclid=x&utm_campaign=saldi&utm_content=storia"
            "&utm_term=scarpe&utm_id=7");
    assert_str(event->utm_source, STR("instagram"));
    assert_str(event->utm_medium, STR("social"));
    assert_str(event->utm_campaign, STR("saldi"));
    assert_str(event->utm_content, STR("storia"));
    assert_str(event->utm_term, STR("scarpe"));
    assert_str(event->utm_id, STR("7"));
}

static void of_repeated_parameters_the_first_that_says_something_counts(void **state)
{
    (void)state;
    struct campaign c;
    struct event *event = read_campaign(
        &c, "utm_source=&utm_source=a&utm_source=b&&utm_medium&utm_medium=+&utm_medium=m");
    assert_str(event->utm_source, STR("a"));
    assert_str(event->utm_medium, STR("m"));
}

static void names_and_values_may_be_encoded(void **state)
{
    (void)state;
    struct campaign c;
    struct event *event = read_campaign(
        &c, "utm%5Fsource=caff%C3%A8+%26+t%c3%a8&UTM_Medium=e%2Dmail&utm_term=100%&utm_id=%zz");
    assert_str(event->utm_source, STR("caffè & tè"));
    assert_str(event->utm_medium, STR("e-mail"));
    assert_str(event->utm_term, STR("100%"));
    assert_str(event->utm_id, STR("%zz"));
}

static void long_values_are_cut_at_a_character(void **state)
{
    (void)state;
    char query[4096] = "utm_campaign=x";
    for (int i = 0; i < 300; i++)
        strcat(query, "%C3%A8");
    struct campaign c;
    struct event *event = read_campaign(&c, query);
    assert_int_equal(event->utm_campaign.len, 63);
    assert_true(str_is_utf8(event->utm_campaign));
}

static void other_parameters_are_none_of_ours(void **state)
{
    (void)state;
    struct campaign c;
    struct event *event = read_campaign(&c, "xutm_source=a&utm_sourcex=b&utm=c&=d&utm_source");
    assert_int_equal(event->utm_source.len, 0);
}

static struct str host(const char *referrer)
{
    static char room[CLASSIFY_HOST_MAX];
    return classify_referrer(str_from(referrer), room);
}

static void of_a_referrer_only_the_host_is_kept(void **state)
{
    (void)state;
    assert_str(host("https://www.Google.com/search?q=scarpe"), STR("www.google.com"));
    assert_str(host("http://user:secret@example.it:8080/a@b:c"), STR("example.it"));
    assert_str(host("HTTPS://l.instagram.com."), STR("l.instagram.com"));
    assert_str(host("android-app://com.google.android.gm/"), STR("com.google.android.gm"));
    assert_str(host("https://[2001:db8::1]:8443/x"), STR("[2001:db8::1]"));
    assert_str(host("https://[2001:db8::1]/x"), STR("[2001:db8::1]"));
    assert_str(host("https://example.it?x=1"), STR("example.it"));
}

static void what_is_no_host_is_not_recorded_as_one(void **state)
{
    (void)state;
    char endless[400] = "https://";
    memset(endless + 8, 'a', sizeof endless - 9);
    assert_str(host(""), STR(""));
    assert_str(host("about:blank"), STR(""));
    assert_str(host("javascript://x/"), STR(""));
    assert_str(host("https://"), STR(""));
    assert_str(host("https://a b/"), STR(""));
    assert_str(host("https://\"><script>/"), STR(""));
    assert_str(host(endless), STR(""));
}

static struct str language(const char *accept)
{
    static char room[CLASSIFY_LANGUAGE_MAX];
    return classify_language(str_from(accept), room);
}

static void the_language_liked_best_is_the_first_of_the_highest_weight(void **state)
{
    (void)state;
    assert_str(language("it-IT,it;q=0.9,en-US;q=0.8,en;q=0.7"), STR("it"));
    assert_str(language("en;q=0.5, DE-CH;q=0.9, fr;q=0.9"), STR("de"));
    assert_str(language("*, lld;q=0.1"), STR("lld"));
    assert_str(language("it;q=0, en;q=0.001"), STR("en"));
    assert_str(language("it ; Q=0.4 , en;q=0.3"), STR("it"));
}

static void whatever_else_is_sent_as_a_language_is_none(void **state)
{
    (void)state;
    assert_str(language(""), STR(""));
    assert_str(language("*"), STR(""));
    assert_str(language("x-klingon, 123, i, italian"), STR(""));
    assert_str(language("it;q=zero"), STR(""));
    assert_str(language(",,;;,;q=1"), STR(""));
}

static void asking_ahead_is_told_from_wanting(void **state)
{
    (void)state;
    assert_str(classify_purpose(STR("prefetch")), STR("prefetch"));
    assert_str(classify_purpose(STR("prefetch;prerender")), STR("prerender"));
    assert_str(classify_purpose(STR("prefetch;anonymous-client-ip")), STR("prefetch"));
    assert_str(classify_purpose(STR("Preview")), STR("preview"));
    assert_str(classify_purpose(STR("Liger")), STR("prefetch"));
    assert_str(classify_purpose(STR("")), STR(""));
    assert_str(classify_purpose(STR("pre")), STR(""));
}

TEST_MAIN(cmocka_unit_test(the_first_parameter_of_a_query_is_read_as_any_other),
          cmocka_unit_test(of_repeated_parameters_the_first_that_says_something_counts),
          cmocka_unit_test(names_and_values_may_be_encoded),
          cmocka_unit_test(long_values_are_cut_at_a_character),
          cmocka_unit_test(other_parameters_are_none_of_ours),
          cmocka_unit_test(of_a_referrer_only_the_host_is_kept),
          cmocka_unit_test(what_is_no_host_is_not_recorded_as_one),
          cmocka_unit_test(the_language_liked_best_is_the_first_of_the_highest_weight),
          cmocka_unit_test(whatever_else_is_sent_as_a_language_is_none),
          cmocka_unit_test(asking_ahead_is_told_from_wanting))

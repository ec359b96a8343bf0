/* Where links lead. */
#include "base/dest.h"

#include "support/test.h"

static void an_address_says_what_kind_of_place_it_leads_to(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"tel:+390521", "tel"},
        {"sms:+390521?&body=Ciao", "sms"},
        {"mailto:a@b.example", "mail"},
        {"https://wa.me/39347?text=Ciao", "whatsapp"},
        {"https://api.whatsapp.com/send?phone=39347", "whatsapp"},
        {"https://wa.me/?text=Ciao", "share"},
        {"https://www.google.com/maps/dir/?api=1", "map"},
        {"https://maps.apple.com/?daddr=Parma", "map"},
        {"https://maps.app.goo.gl/x", "map"},
        {"https://shop.example/maps", "web"},
        {"https://www.google.com/search", "web"},
        {"//shop.example/", "web"},
        {"https://www.example.it.evil.example/", "web"},
        {"https://www.example.it", "page"},
        {"https://www.example.it/x", "page"},
        {"/x", "page"},
        {"listino", "page"},
        {"tel", "page"},
        {"../a:b", "page"},
        {"?x", "page"},
        {"#x", "page"},
        {"data:,x", "web"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(dest_of(str_from(cases[i][0]), STR("https://www.example.it")),
                   str_from(cases[i][1]));
    assert_str(dest_of(STR("https://www.example.it/x"), STR("")), STR("web"));
}

static void only_what_a_link_can_be_is_known_as_such(void **state)
{
    (void)state;
    assert_true(dest_is_known(STR("map")));
    assert_true(dest_is_known(STR("page")));
    assert_false(dest_is_known(STR("")));
    assert_false(dest_is_known(STR("Map")));
    assert_false(dest_is_known(STR("maps")));
}

TEST_MAIN(cmocka_unit_test(an_address_says_what_kind_of_place_it_leads_to),
          cmocka_unit_test(only_what_a_link_can_be_is_known_as_such))

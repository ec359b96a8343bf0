/* Where pages lead, as attimo check tells it. */
#include "support/command.h"
#include "support/files.h"
#include "support/test.h"

static void links_that_lead_nowhere_are_told_at_their_line(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(c->folder, "pages/x/a.md",
                STR("---\ntitle: Uno\ndescription: d\ngoal: letto\n---\n\n"
                    "[a](/privacy) [b](../privacy) [c](./) [d](https://www.example.it/privacy) "
                    "[h](https://www.example.it)\n[e](https://altrove.example/x)\n"
                    "[f](/privaci)\n[g](privacy)\n"));
    files_write(c->folder, "pages/x/index.md",
                STR("---\ntitle: X\ndescription: d\ngoal: letto\ndraft: true\n---\n"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("a.md:7: avviso: link: ./ non porta da nessuna parte"));
    assert_contains(buf_str(&c->out),
                    STR("a.md:9: avviso: link: /privaci non porta da nessuna parte"));
    assert_contains(buf_str(&c->out), STR("avviso: link: privacy non porta da nessuna parte"));
    assert_contains(buf_str(&c->out), STR("⚠ 3 avvisi\n"));
    command_run(c, "check", "--lang", "en", command_path(c, "pages"));
    assert_contains(buf_str(&c->out),
                    STR("a.md:9: warning: link: /privaci leads nowhere on this site"));
}

/* The staff's own page, and links that are counted on their way. */
static void what_the_server_itself_answers_is_no_dead_link(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(
        c->folder, "pages/a.md",
        STR("---\ntitle: Uno\ndescription: d\ncta: {call: Chiama, to: 0521 555 0100}\n"
            "aliases: /u\n---\n[a](/_/io) [b](/_/go/a/call) [c](/_/go/call) [g](/_/go/u/call)\n"
            "[d](/_/go/a/sms)\n[e](/_/go/b/call)\n[f](/_/boh)\n"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_false(str_contains(buf_str(&c->out), STR("a.md:7")));
    assert_contains(buf_str(&c->out), STR("a.md:8: avviso: link: /_/go/a/sms non porta"));
    assert_contains(buf_str(&c->out), STR("a.md:9: avviso: link: /_/go/b/call non porta"));
    assert_contains(buf_str(&c->out), STR("a.md:10: avviso: link: /_/boh non porta"));
}

static void where_expired_pages_lead_is_told_before_they_do(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(c->folder, "pages/a.md",
                STR("---\ntitle: Uno\ndescription: d\ngoal: letto\nexpires_at: 2120-01-01\n"
                    "then: /non-esiste\n---\n"));
    files_write(c->folder, "pages/b.html",
                STR("---\nexpires_at: 2020-01-01\nthen: https://www.example.it/neppure\n---\n"
                    "<!doctype html><html lang=it><title>Due</title>"
                    "<meta name=description content=d><a data-cta=x href=/>x</a>"));
    files_write(c->folder, "pages/c.md",
                STR("---\ntitle: Tre\ndescription: d\ngoal: letto\nexpires_at: 2120-01-01\n"
                    "then: /c/\n---\n"));
    files_write(c->folder, "pages/d.md",
                STR("---\ntitle: Quattro\ndescription: d\ngoal: letto\nexpires_at: 2120-01-01\n"
                    "then: /e?da=d#x\n---\n"));
    files_write(c->folder, "pages/e.md",
                STR("---\ntitle: Cinque\ndescription: d\ngoal: letto\npublish_at: 2120-01-01\n"
                    "expires_at: 2121-01-01\nthen: /\n---\n"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("a.md:6: avviso: link: «then» non porta da nessuna "
                                          "parte: /non-esiste\n"));
    assert_contains(buf_str(&c->out), STR("b.html:3: avviso: link: «then» non porta da nessuna "
                                          "parte: https://www.example.it/neppure\n"));
    assert_contains(buf_str(&c->out),
                    STR("c.md:6: avviso: link: «then» riporta a questa stessa pagina: /c/\n"));
    assert_false(str_contains(buf_str(&c->out), STR("d.md:")));

    files_write(c->folder, "pages/c.md",
                STR("---\ntitle: Tre\ndescription: d\ngoal: letto\nexpires_at: 2120-01-01\n"
                    "then: /c\n---\n"));
    command_run(c, "check", "--lang", "en", command_path(c, "pages"));
    assert_int_equal(c->code, 1);
    assert_contains(buf_str(&c->out),
                    STR("c.md:6: error: link: 'then' leads back to this page: /c\n"));
}

static void expiring(struct command *c, const char *name, const char *lines)
{
    struct buf text = BUF_EMPTY;
    buf_printf(&text, "---\ntitle: La pagina %s\ndescription: d\ngoal: letto\n%s---\n", name,
               lines);
    assert_int_equal(buf_status(&text), 0);
    files_write(c->folder, name, buf_str(&text));
    buf_finish(&text);
}

/* An alias gives way to a page, and a spelling to the page that is nearer to it. */
static void an_expired_page_may_lead_to_another_that_bears_its_alias(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    expiring(c, "pages/n.md", "aliases: [/vero]\nexpires_at: 2120-01-01\nthen: /vero\n");
    expiring(c, "pages/o.md", "expires_at: 2120-01-01\nthen: /o/index\n");
    expiring(c, "pages/p.md",
             "aliases: [/qr]\npublish_at: 2119-01-01\nexpires_at: 2120-01-01\nthen: /qr\n");
    command_run(c, "check", "--lang", "en", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out),
                    STR("n.md:7: warning: link: 'then' leads back to this page: /vero\n"));
    assert_contains(buf_str(&c->out),
                    STR("o.md:6: warning: link: 'then' leads back to this page: /o/index\n"));
    assert_contains(buf_str(&c->out),
                    STR("p.md:8: warning: link: 'then' leads back to this page: /qr\n"));

    expiring(c, "pages/vero.md", "");
    expiring(c, "pages/o/index.md", "");
    expiring(c, "pages/qr.md", "draft: yes\n");
    command_run(c, "check", "--lang", "en", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_false(str_contains(buf_str(&c->out), STR("'then'")));
}

TEST_MAIN(COMMAND_TEST(links_that_lead_nowhere_are_told_at_their_line),
          COMMAND_TEST(what_the_server_itself_answers_is_no_dead_link),
          COMMAND_TEST(where_expired_pages_lead_is_told_before_they_do),
          COMMAND_TEST(an_expired_page_may_lead_to_another_that_bears_its_alias))

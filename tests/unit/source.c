/* Sources: the address and the type that a file's name gives it. */
#include "site/source.h"

#include "base/err.h"
#include "support/test.h"

static void a_file_gets_the_address_that_its_author_expects(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"index.md", "/"},
        {"index.html", "/"},
        {"x/index.md", "/x/"},
        {"voglio-comprare/scarpe.md", "/voglio-comprare/scarpe"},
        {"promo.html", "/promo"},
        {"404.md", "/404"},
        {"img/scarpe.webp", "/img/scarpe.webp"},
        {"index.css", "/index.css"},
        {"saldi 50%.md", "/saldi 50%"},
        {"v1.2.md", "/v1.2"},
        {"myindex.md", "/myindex"},
        {"x.md/index.md", "/x.md/"},
        {"x.md/note.txt", "/x.md/note.txt"},
        {"v1.2.txt", "/v1.2.txt"},
        {"caffe\xCC\x80.md", "/caff\xC3\xA8"},
        {"citta\xCC\x80/index.md", "/citt\xC3\xA0/"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct source source;
        struct buf url = BUF_EMPTY;
        assert_int_equal(source_classify(str_from(cases[i][0]), &source, &url), 0);
        assert_str(buf_str(&url), str_from(cases[i][1]));
        buf_finish(&url);
    }
}

static void a_file_gets_its_right_type(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        const char *content_type;
        enum source_kind kind;
        bool compressible;
    } cases[] = {
        {"a.md", "text/html; charset=utf-8", SOURCE_MARKDOWN, true},
        {"a.html", "text/html; charset=utf-8", SOURCE_HTML, true},
        {"a.css", "text/css; charset=utf-8", SOURCE_ASSET, true},
        {"a.js", "text/javascript; charset=utf-8", SOURCE_ASSET, true},
        {"a.svg", "image/svg+xml", SOURCE_ASSET, true},
        {"robots.txt", "text/plain; charset=utf-8", SOURCE_ASSET, true},
        {"sitemap.xml", "application/xml", SOURCE_ASSET, true},
        {"a.webp", "image/webp", SOURCE_ASSET, false},
        {"a.avif", "image/avif", SOURCE_ASSET, false},
        {"IMG_0001.JPG", "image/jpeg", SOURCE_ASSET, false},
        {"a.jpeg", "image/jpeg", SOURCE_ASSET, false},
        {"a.png", "image/png", SOURCE_ASSET, false},
        {"a.woff2", "font/woff2", SOURCE_ASSET, false},
        {"favicon.ico", "image/x-icon", SOURCE_ASSET, false},
        {"menu.pdf", "application/pdf", SOURCE_ASSET, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct source source;
        struct buf url = BUF_EMPTY;
        assert_int_equal(source_classify(str_from(cases[i].file), &source, &url), 0);
        assert_string_equal(source.content_type, cases[i].content_type);
        assert_int_equal(source.kind, cases[i].kind);
        assert_int_equal(source.compressible, cases[i].compressible);
        buf_finish(&url);
    }
}

static void what_is_not_served_is_told_from_what_cannot_be(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        int expected;
    } cases[] = {
        {"foto.heic", ERR_NOT_FOUND},      {"README", ERR_NOT_FOUND},
        {"x/.md", ERR_NOT_FOUND},          {"page.md.bak", ERR_NOT_FOUND},
        {"page.", ERR_NOT_FOUND},          {"a\nb.md", ERR_INVALID},
        {"perch\xE9.md", ERR_INVALID},     {"a\x1B[31m.css", ERR_INVALID},
        {"b\x7F/index.md", ERR_INVALID},   {"md", ERR_NOT_FOUND},
        {"x/promo.md.txt", ERR_NOT_FOUND}, {"Promo.HTML.TXT", ERR_NOT_FOUND},
        {"Icon\r", ERR_NOT_FOUND},         {"perch\xE9.heic", ERR_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct source source;
        struct buf url = BUF_EMPTY;
        assert_int_equal(source_classify(str_from(cases[i].file), &source, &url),
                         cases[i].expected);
        buf_finish(&url);
    }
}

static void private_names_and_leftovers_of_editors_are_not_looked_at(void **state)
{
    (void)state;
    static const char *const hidden[] = {
        "_site.yaml",     "_theme",     "_bozza.md",  ".git",
        ".scarpe.md.swp", "scarpe.md~", "scarpe.swp", "4913",
        "scarpe.md.part", "x.md.tmp",   ".",          "",
    };
    static const char *const seen[] = {"scarpe.md", "voglio-comprare", "4913.md", "a_b.md", "tmp"};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (source_is_public(str_from(hidden[i])))
            fail_msg("\"%s\" would be published", hidden[i]);
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        if (!source_is_public(str_from(seen[i])))
            fail_msg("\"%s\" would not be published", seen[i]);
}

TEST_MAIN(cmocka_unit_test(a_file_gets_the_address_that_its_author_expects),
          cmocka_unit_test(a_file_gets_its_right_type),
          cmocka_unit_test(what_is_not_served_is_told_from_what_cannot_be),
          cmocka_unit_test(private_names_and_leftovers_of_editors_are_not_looked_at))

/* attimo report, as a marketer meets it. */
#include "support/command.h"
#include "support/files.h"
#include "support/json.h"
#include "support/test.h"

#include <stdio.h>

/* A page view of a day of November 2026, seen; `more` is what its view knows. */
static void add_view(struct buf *out, const char *pv, int day, const char *more)
{
    static const char *const events[] = {"view", "seen"};
    for (int i = 0; i < 2; i++)
        buf_printf(out,
                   "{\"v\":1,\"seq\":1,\"id\":\"%s-%s\",\"ts\":\"2026-11-%02dT10:00:0%d.000Z\","
                   "\"event\":\"%s\",\"pv\":\"%s\"%s}\n",
                   pv, events[i], day, i, events[i], pv, i == 0 ? more : "");
}

static void add_tap(struct buf *out, const char *pv, int day, const char *more)
{
    static int number;
    buf_printf(out,
               "{\"v\":1,\"seq\":2,\"id\":\"tap-%d\",\"ts\":\"2026-11-%02dT10:00:05.000Z\","
               "\"event\":\"click\",\"pv\":\"%s\"%s}\n",
               number++, day, pv, more);
}

#define SHOES \
    ",\"page\":\"/scarpe\",\"rev\":\"r1\",\"utm_source\":\"meta\",\"utm_campaign\":\"autunno\""
#define SHOP  ",\"page\":\"/negozio\",\"rev\":\"r1\""
#define ORDER ",\"cta\":\"whatsapp\",\"dest\":\"whatsapp\""
#define GO    ",\"cta\":\"directions\",\"dest\":\"map\""

/* Two pages, of which the shop is shut on Mondays: 2026-11-16 is one. */
static const char *write_all(struct command *c)
{
    struct buf journal = BUF_EMPTY;
    char pv[16];
    files_write(
        c->folder, "pages/_site.yaml",
        STR("name: Passo Svelto\nurl: https://x.example\nplace:\n  name: Passo Svelto\n"
            "  street: Via A 1\n  city: Parma\n  tel: +39 0521 555\n  whatsapp: +39 347 555\n"
            "  hours: \"mar-sab 9-19\"\n"));
    files_write(c->folder, "pages/scarpe.md",
                STR("---\ntitle: Scarpe\ndescription: x\ncta:\n  - whatsapp: Ordina su WhatsApp\n"
                    "    value: 18\n---\nx\n"));
    files_write(
        c->folder, "pages/negozio.md",
        STR("---\ntitle: Negozio\ndescription: x\ncta:\n  - directions: Portami lì\n---\nx\n"));
    files_write(
        c->folder, "costi.csv",
        STR("\xEF\xBB\xBFutm_campaign;from;to;eur\r\nautunno;16/11/2026;19/11/2026;1.040,00\r\n"));
    for (int i = 0; i < 10; i++) {
        (void)snprintf(pv, sizeof pv, "a%d", i);
        add_view(&journal, pv, 16 + i % 2, SHOES);
        if (i < 4)
            add_tap(&journal, pv, 16 + i % 2, ORDER);
        (void)snprintf(pv, sizeof pv, "b%d", i);
        add_view(&journal, pv, i < 5 ? 16 : 14, SHOP);
    }
    add_tap(&journal, "b0", 16, GO);
    add_view(&journal, "bot", 16, SHOP ",\"bot\":\"ua\"");
    files_write(c->folder, "x.ndjson", buf_str(&journal));
    buf_finish(&journal);
    return command_path(c, "x.ndjson");
}

#define REPORT(c, file, ...)                                                       \
    command_run(c, "report", "--input", file, "--pages", command_path(c, "pages"), \
                "--from=2026-11-16", "--to=2026-11-17", __VA_ARGS__)

static void a_report_is_read_in_italian(void **state)
{
    struct command *c = *state;
    const char *file = write_all(c);
    REPORT(c, file, "--lang", "it", "--costs", command_path(c, "costi.csv"));
    assert_int_equal(c->code, 0);
    assert_int_equal(c->err.len, 0);
#define EURO "\xC2\xA0€"
    assert_contains(
        buf_str(&c->out),
        STR("Passo Svelto · 16–17 novembre 2026 · pagine viste, non persone\n"
            "PAGINA    VISTE  PRIMA  OBIETTIVO        95%  VALORE*  COSTO  €/OBIETTIVO\n"
            "/scarpe      10      –   4  40,0%  16,8–68,7     72" EURO "  520" EURO
            "        130" EURO "\n"
            "/negozio      5      =   1  20,0%   3,6–62,4        –      –            –\n"
            "Tutto        15  +200%   5  33,3%  15,2–58,3     72" EURO "  520" EURO
            "        104" EURO "\n"
            "\n"
            "CANALE   VISTE  COPERTURA  OBIETTIVO        95%\n"
            "Meta        10       100%      40,0%  16,8–68,7\n"));
    assert_contains(buf_str(&c->out), STR("\nCoinvolte: 5 viste, 33,3%\n"));
    assert_contains(buf_str(&c->out), STR("\n • Campagna autunno: 520" EURO
                                          " per 4 obiettivi, 130" EURO " l’uno.\n"));
    assert_contains(buf_str(&c->out), STR("\n • 1 tocco su «Portami lì» (Negozio) a negozio "
                                          "chiuso (per lo più lun mattina).\n"));
    assert_contains(buf_str(&c->out), STR("\nFuori dal conto: 1 bot · "));
}

/* What happens on a page behind its view: a summary, a tap, and the page left for a chat. */
static void add_later(struct buf *out, const char *pv, const char *event, const char *more)
{
    static int number;
    buf_printf(out,
               "{\"v\":1,\"seq\":3,\"id\":\"later-%d\",\"ts\":\"2026-11-16T10:00:%02dZ\",\"event\":"
               "\"%s\",\"pv\":\"%s\"%s}\n",
               number, 10 + number % 40, event, pv, more);
    number++;
}

static void what_phones_tell_is_in_all_forms(void **state)
{
    struct command *c = *state;
    struct buf journal = BUF_EMPTY;
    static const char *const summaries[] = {
        ",\"engaged_ms\":4000,\"ttfb\":100,\"lcp\":1000,\"inp\":40,\"cls\":0",
        ",\"engaged_ms\":8000,\"ttfb\":200,\"lcp\":2000,\"inp\":80,\"cls\":0.04",
        ",\"engaged_ms\":20000,\"ttfb\":300,\"lcp\":3000,\"inp\":120,\"cls\":0.08",
        ",\"engaged_ms\":60000,\"ttfb\":400,\"lcp\":4000,\"inp\":160,\"cls\":0.12",
        ",\"engaged_ms\":70000,\"ttfb\":500,\"lcp\":5000,\"inp\":200,\"cls\":0.16"};
    write_all(c);
    for (int i = 0; i < 5; i++) {
        char pv[16];
        (void)snprintf(pv, sizeof pv, "p%d", i);
        add_view(&journal, pv, 16, SHOES);
        add_later(&journal, pv, "summary", summaries[i]);
        if (i < 3)
            add_later(&journal, pv, "click", ORDER ",\"d\":\"d\",\"n\":1,\"t\":9000");
        if (i < 2)
            add_later(&journal, pv, "left", ",\"d\":\"d\",\"n\":2,\"t\":9900");
    }
    files_write(c->folder, "phones.ndjson", buf_str(&journal));
    const char *file = command_path(c, "phones.ndjson");
    REPORT(c, file, "--lang", "it");
#define NBSP "\xC2\xA0"
    assert_contains(buf_str(&c->out),
                    STR("\nTempo di attenzione: mediana 20" NBSP "s\n"
                        "Dai telefoni, p75: TTFB 400" NBSP "ms · LCP 4,0" NBSP "s · INP 160" NBSP
                        "ms (dove è di 104 ms o più) · CLS 0,12\n"));
    assert_contains(buf_str(&c->out), STR("\n • Scarpe: 3 viste con «Ordina su WhatsApp»; 2 hanno "
                                          "poi lasciato la pagina.\n"));
    assert_contains(buf_str(&c->out), STR("la pagina appare entro 4,0" NBSP "s: le pagine non sono "
                                          "veloci come dovrebbero.\n"));
    REPORT(c, file, "--format", "json");
    assert_contains(buf_str(&c->out), STR("\"taps\":3,\"left\":2,\"measured\":5,\"value\":54,"));
    assert_contains(buf_str(&c->out),
                    STR("\"engaged_median_s\":20,\"ttfb_p75_ms\":400,"
                        "\"lcp_p75_ms\":4000,\"inp_p75_ms\":160,\"cls_p75\":0.12,"));
    REPORT(c, file, "--format", "csv");
    assert_contains(buf_str(&c->out), STR("\r\n/scarpe,5,5,3,3,0.6,"));
    assert_contains(buf_str(&c->out), STR(",3,2,54,,,,,20,400,4000,160,0.12\r\n"));
    REPORT(c, file, "--format", "html", "--lang", "it");
    static const char *const told[] = {">Coinvolte",   ">60,0%",        ">20" NBSP "s",
                                       "4,0" NBSP "s", "160" NBSP "ms", "0,12"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        assert_contains(buf_str(&c->out), str_from(told[i]));
    buf_finish(&journal);
}

static void five_lines_fit_a_chat(void **state)
{
    struct command *c = *state;
    const char *file = write_all(c);
    REPORT(c, file, "--lang", "it", "--brief");
    size_t lines = 0;
    for (size_t i = 0; i < c->out.len; i++)
        lines += c->out.ptr[i] == '\n';
    assert_int_equal(lines, 5);
    assert_contains(buf_str(&c->out), STR("\nPiù obiettivi: Scarpe, 4 su 10 viste (40,0%).\n"));
    assert_contains(buf_str(&c->out),
                    STR("\n2 tocchi su «Ordina su WhatsApp» (Scarpe) a negozio chiuso"));
    assert_true(str_ends_with(buf_str(&c->out),
                              STR("\nContate: 15 viste su 15 servite (100%). Fuori dal conto: "
                                  "1 bot. Viste, non persone.\n")));
    REPORT(c, file, "--lang", "it", "--brief", "--include=bots");
    assert_contains(buf_str(&c->out), STR(" Fuori dal conto: niente. "));
    REPORT(c, file, "--lang", "it", "--brief", "--format=json");
    assert_int_equal(c->code, 2);
    assert_str(buf_str(&c->err), STR("attimo: --brief è testo, non «json»\n"));
}

static size_t columns_of(struct str line)
{
    size_t n = 0;
    for (size_t i = 0; i < line.len; i++)
        n += (line.ptr[i] & 0xC0) != 0x80 && line.ptr[i] != '\r';
    return n;
}

#define LONG_NAME "scarpe-da-corsa-per-chi-comincia-e-non-solo-per-chi-comincia"

/* A table of counts and of money that is wider than most terminals, and a name that is longer. */
static void write_wide(struct command *c)
{
    struct buf journal = BUF_EMPTY;
    write_all(c);
    add_view(&journal, "a", 16, SHOES);
    add_tap(&journal, "a", 16, ORDER);
    add_view(&journal, "b", 16, ",\"page\":\"/voglio-comprare/" LONG_NAME "\"");
    files_write(c->folder, "wide.ndjson", buf_str(&journal));
    buf_finish(&journal);
}

#define WIDE "--lang it --input wide.ndjson --costs costi.csv --from 2026-11-16 --to 2026-11-17"

/* The report on a terminal of 80 columns, in an environment. */
static void run_on_terminal(struct command *c, const char *environment)
{
    struct buf script = BUF_EMPTY;
    buf_printf(&script,
               "cd %s; export ATTIMO %s; script -qec \"stty cols 80; '$ATTIMO' report " WIDE
               "\" /dev/null </dev/null",
               c->folder, environment);
    command_shell(c, script.ptr);
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("PAGINA"));
    buf_finish(&script);
}

static void what_is_too_wide_is_two_tables(void **state)
{
    struct command *c = *state;
    struct buf script = BUF_EMPTY;
    write_wide(c);
    buf_printf(&script, "cd %s; \"$ATTIMO\" report " WIDE, c->folder);
    command_shell(c, script.ptr);
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("/" LONG_NAME "      1   0   0,0%"));
    assert_contains(buf_str(&c->out), STR(" VISTE  OBIETTIVO         95%\n"));
    assert_contains(buf_str(&c->out), STR(" VALORE*  COSTO  €/OBIETTIVO\n/"));
    buf_finish(&script);
}

/* There names are cut, too, and sentences broken. */
static void eighty_columns_are_enough_for_a_terminal(void **state)
{
    struct command *c = *state;
    struct str line;
    command_shell(c, "script -qec true /dev/null </dev/null");
    if (c->code != 0)
        skip_because("no terminal can be made here (script, /dev/pts)");
    write_wide(c);
    run_on_terminal(c, "NO_COLOR=1 TERM=xterm");
    assert_contains(buf_str(&c->out), STR("\n/voglio-comprare/scarpe-d"));
    assert_contains(buf_str(&c->out), STR("…"));
    assert_false(str_contains(buf_str(&c->out), STR("\033")));
    for (struct str rest = buf_str(&c->out); rest.len > 0 && str_split(&rest, '\n', &line);)
        assert_in_range(columns_of(line), 0, 80);
    run_on_terminal(c, "NO_COLOR= TERM=xterm");
    assert_contains(buf_str(&c->out), STR("\033[1mPAGINA"));
    run_on_terminal(c, "TERM=dumb");
    assert_false(str_contains(buf_str(&c->out), STR("\033")));
}

static void a_closed_pipe_is_no_error(void **state)
{
    struct command *c = *state;
    struct buf journal = BUF_EMPTY;
    struct buf script = BUF_EMPTY;
    char pv[16];
    enum { PAGES = 5000 }; /* a table far larger than what a pipe holds */
    write_all(c);
    for (int i = 0; i < PAGES; i++) {
        char page[32];
        (void)snprintf(pv, sizeof pv, "p%d", i);
        (void)snprintf(page, sizeof page, ",\"page\":\"/%d\"", i);
        add_view(&journal, pv, 16, page);
    }
    files_write(c->folder, "many.ndjson", buf_str(&journal));
    buf_printf(&script,
               "cd %s; \"$ATTIMO\" report --input many.ndjson --format csv | head -c 10; "
               "echo \" ${PIPESTATUS[0]}\"",
               c->folder);
    command_shell(c, script.ptr);
    assert_str(buf_str(&c->out), STR("page,view, 0\n"));
    assert_str(buf_str(&c->err), STR(""));
    buf_finish(&journal);
    buf_finish(&script);
}

static void programs_read_json_and_csv(void **state)
{
    struct command *c = *state;
    const char *file = write_all(c);
    REPORT(c, file, "--format=json", "--by=intent", "--by=page");
    assert_int_equal(c->code, 0);
    assert_true(json_is_valid(buf_str(&c->out)));
    assert_contains(buf_str(&c->out),
                    STR("{\"by\":{\"intent\":null,\"page\":\"/scarpe\"},\"view\":10,\"seen\":10,"
                        "\"engaged\":4,\"goal\":4,\"rate\":0.4,"));
    assert_contains(buf_str(&c->out), STR("\"loss\":{\"bot\":1,"));
    REPORT(c, file, "--format", "csv", "--out", command_path(c, "out.csv"));
    assert_int_equal(c->out.len, 0);
    struct buf csv = BUF_EMPTY;
    files_read(command_path(c, "out.csv"), &csv);
    assert_contains(buf_str(&csv), STR("\r\n/scarpe,10,10,4,4,0.4,0.1681"));
    assert_contains(buf_str(&csv), STR("\r\n/negozio,5,5,1,1,0.2,"));
    buf_finish(&csv);
}

/* What campaigns and referrers are called is up to whoever writes a link. */
static void nothing_from_visitors_is_obeyed(void **state)
{
    struct command *c = *state;
    static const char evil[] =
        ",\"page\":\"/<script>alert(1)</script>\",\"rev\":\"\\\"><img src=x>\","
        "\"utm_source\":\"</script><script>alert(2)</script>\",\"utm_medium\":\"\\u001b[2J\","
        "\"utm_campaign\":\"=cmd|'/c x'!A1\"";
    struct buf journal = BUF_EMPTY;
    add_view(&journal, "a", 16, evil);
    add_tap(&journal, "a", 16, ",\"cta\":\"<b>\\u009b31m\\nx\",\"dest\":\"tel\"");
    files_write(c->folder, "x.ndjson", buf_str(&journal));
    files_write(c->folder, "pages/index.md", STR("---\ntitle: x\n---\n"));
    const char *file = command_path(c, "x.ndjson");
    buf_finish(&journal);

    static const char *const forms[] = {"html", "text", "json", "csv"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        REPORT(c, file, "--format", forms[i], "--by=page", "--by=utm_campaign", "--by=utm_medium");
        assert_int_equal(c->code, 0);
        assert_false(str_contains(buf_str(&c->out), STR("\033")));
        if (i > 0)
            continue;
        assert_false(str_contains(buf_str(&c->out), STR("<script>alert")));
        assert_false(str_contains(buf_str(&c->out), STR("<img")));
        assert_false(str_contains(buf_str(&c->out), STR("<b>")));
        assert_false(str_contains(buf_str(&c->out), STR("\xC2\x9B")));
        assert_contains(buf_str(&c->out), STR("&lt;script&gt;alert(1)"));
    }
    assert_contains(buf_str(&c->out), STR(",'=cmd|'/c x'!A1,"));
}

static void one_is_not_many_and_sources_have_their_names(void **state)
{
    struct command *c = *state;
    struct buf journal = BUF_EMPTY;
    write_all(c);
    add_view(&journal, "a", 16, ",\"page\":\"/scarpe\",\"utm_source\":\"ig\"");
    add_tap(&journal, "a", 16, ORDER);
    files_write(c->folder, "one.ndjson", buf_str(&journal));
    const char *file = command_path(c, "one.ndjson");
    REPORT(c, file, "--lang", "it", "--brief");
    assert_contains(buf_str(&c->out), STR("novembre 2026: 1 pagina vista, 1 con l’obiettivo"));
    assert_contains(buf_str(&c->out), STR("\nPiù obiettivi: Scarpe, 1 su 1 vista (100%).\n"));
    assert_contains(buf_str(&c->out), STR("\nContate: 1 vista su 1 servita (100%)."));
    REPORT(c, file, "--lang", "en");
    assert_contains(buf_str(&c->out), STR("\n • Scarpe: 1 view with “Ordina su WhatsApp”.\n"));
    assert_contains(buf_str(&c->out), STR("\nInstagram "));

    add_view(&journal, "b", 16, ",\"page\":\"/scarpe\",\"utm_source\":\"igNews\"");
    files_write(c->folder, "one.ndjson", buf_str(&journal));
    REPORT(c, file, "--lang", "en");
    assert_contains(buf_str(&c->out), STR("\nigNews "));
    buf_finish(&journal);
}

static void a_costs_file_that_is_none_is_told_with_its_line(void **state)
{
    struct command *c = *state;
    const char *file = write_all(c);
    files_write(c->folder, "bad.csv",
                STR("utm_campaign,from,to,eur\nautunno,2026-11-16,2026-11-10,5\nx,y,z,1\n"));
    REPORT(c, file, "--costs", command_path(c, "none.csv"), "--lang", "it");
    assert_int_equal(c->code, 3);
    assert_contains(buf_str(&c->err), STR("none.csv: non c’è\n"));
    REPORT(c, file, "--costs", command_path(c, "bad.csv"), "--lang", "it");
    assert_int_equal(c->code, 2);
    assert_contains(buf_str(&c->err), STR("bad.csv:2: "));
    assert_contains(buf_str(&c->err), STR("bad.csv:3: "));
    assert_int_equal(c->out.len, 0);
}

/* A name that is written differently in the links brings nothing: it is told. */
static void what_was_spent_in_vain_is_told_by_name(void **state)
{
    struct command *c = *state;
    const char *file = write_all(c);
    files_write(c->folder, "typo.csv",
                STR("campagna;dal;al;euro\nAutunno;16/11/2026;16/11/2026;20,00\n"
                    "Neve;16/11/2026;17/11/2026;1\nAutunno;17/11/2026;17/11/2026;20\n"
                    "estate;1/6/2026;2/6/2026;7\nautunno;16/11/2026;16/11/2026;10\n"));
    REPORT(c, file, "--costs", command_path(c, "typo.csv"), "--lang", "it");
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR(" sono andati in campagne che non hanno portato nessuna "
                                          "vista: Autunno, Neve.\n"));
    assert_contains(buf_str(&c->out), STR("\n • Campagna autunno: 10" EURO " per 4 obiettivi"));
}

static void a_time_without_page_views_is_told(void **state)
{
    struct command *c = *state;
    const char *file = write_all(c);
    static const char *const forms[] = {"text", "html"};
    for (size_t i = 0; i < 2; i++) {
        command_run(c, "report", "--input", file, "--pages", command_path(c, "pages"), "--from",
                    "2126-01-01", "--lang=it", "--format", forms[i]);
        assert_int_equal(c->code, 0);
        assert_contains(buf_str(&c->out), STR("Ancora nessuna pagina vista in questi giorni."));
    }
}

/* Who tries things out with curl has been a bot. */
static void where_only_bots_came_that_is_said_without_a_table(void **state)
{
    struct command *c = *state;
    struct buf lines = BUF_EMPTY;
    add_view(&lines, "p1", 12, ",\"bot\":\"library:curl/\"");
    add_view(&lines, "p2", 12, ",\"bot\":\"word:headless\"");
    (void)write_all(c);
    files_write(c->folder, "bots.ndjson", buf_str(&lines));
    const char *file = command_path(c, "bots.ndjson");
    const char *pages = command_path(c, "pages");
    command_run(c, "report", "--input", file, "--pages", pages, "--lang=it");
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("Ancora nessuna pagina vista"));
    assert_contains(buf_str(&c->out),
                    STR("2 bot sono rimasti fuori dal conto: programmi come curl"));
    assert_false(str_contains(buf_str(&c->out), STR("VISTE")));
    assert_false(str_contains(buf_str(&c->out), STR("1970")));
    command_run(c, "report", "--input", file, "--pages", pages, "--lang=en", "--brief");
    assert_contains(buf_str(&c->out), STR("2 bots were left out: programs such as curl"));
    command_run(c, "report", "--input", file, "--pages", pages, "--lang=en", "--format", "html");
    assert_contains(buf_str(&c->out), STR("2 bots were left out: programs such as curl"));
    assert_false(str_contains(buf_str(&c->out), STR("<svg")));
    command_run(c, "report", "--input", file, "--pages", pages, "--lang=it", "--include", "bots");
    assert_contains(buf_str(&c->out), STR("VISTE"));
    buf_finish(&lines);
}

static void a_goal_without_a_tap_has_its_word(void **state)
{
    struct command *c = *state;
    const char *file = write_all(c);
    files_write(c->folder, "pages/scarpe.md", STR("---\ntitle: x\ngoal: letto\n---\nx\n"));
    REPORT(c, file, "--lang", "it", "--format", "html");
    assert_contains(buf_str(&c->out), STR("<small>Obiettivo: letta</small>"));
    assert_contains(buf_str(&c->out), STR("<small>Obiettivo: Portami lì</small>"));
    files_write(c->folder, "pages/scarpe.md", STR("---\ntitle: x\ngoal: shared\n---\nx\n"));
    REPORT(c, file, "--lang", "en", "--format", "html");
    assert_contains(buf_str(&c->out), STR("<small>Goal: shared</small>"));
}

static void without_pages_any_tap_is_a_goal_and_that_is_said(void **state)
{
    struct command *c = *state;
    const char *file = write_all(c);
    files_write(c->folder, "empty/index.md", STR("---\ntitle: x\n---\n"));
    command_run(c, "report", "--input", file, "--pages", command_path(c, "empty"), "--lang", "it");
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("5 obiettivi sono di pagine di cui non si conosce"));
    command_run(c, "report", "--input", file, "--pages", command_path(c, "none"));
    assert_int_equal(c->code, 3);
}

static void wrong_usage_is_told(void **state)
{
    struct command *c = *state;
    const char *file = write_all(c);
    REPORT(c, file, "--by", "cta");
    assert_int_equal(c->code, 2);
    REPORT(c, file, "--by", "pages", "--lang", "en");
    assert_int_equal(c->code, 2);
    assert_contains(buf_str(&c->err), STR("--by: no key is \"pages\"; did you mean \"page\"?"));
    REPORT(c, file, "--format", "pdf");
    assert_int_equal(c->code, 2);
    REPORT(c, file, "--form", "html", "--lang", "en");
    assert_int_equal(c->code, 2);
    assert_contains(buf_str(&c->err), STR("no flag --form; did you mean --format?"));
    REPORT(c, file, "--out", command_path(c, "no/x.html"), "--lang", "en");
    assert_int_equal(c->code, 3);
    assert_contains(buf_str(&c->err), STR("/no/x.html: not found\n"));
    command_run(c, "report", "--input", file, "--pages", command_path(c, "pages"), "--from",
                "2026-11-20", "--to", "2026-11-01", "--lang", "en");
    assert_int_equal(c->code, 2);
    assert_contains(buf_str(&c->err), STR("--to comes after --from"));
}

static void a_report_is_not_longer_than_it_can_be(void **state)
{
    struct command *c = *state;
    command_run(c, "report", "--input", write_all(c), "--to", "2999-12-31", "--lang", "it");
    assert_int_equal(c->code, 2);
    assert_contains(buf_str(&c->err), STR("un report copre al più 36600 giorni"));
}

TEST_MAIN(COMMAND_TEST(a_report_is_read_in_italian), COMMAND_TEST(five_lines_fit_a_chat),
          COMMAND_TEST(what_phones_tell_is_in_all_forms), COMMAND_TEST(a_closed_pipe_is_no_error),
          COMMAND_TEST(what_is_too_wide_is_two_tables),
          COMMAND_TEST(eighty_columns_are_enough_for_a_terminal),
          COMMAND_TEST(programs_read_json_and_csv), COMMAND_TEST(nothing_from_visitors_is_obeyed),
          COMMAND_TEST(one_is_not_many_and_sources_have_their_names),
          COMMAND_TEST(a_costs_file_that_is_none_is_told_with_its_line),
          COMMAND_TEST(what_was_spent_in_vain_is_told_by_name),
          COMMAND_TEST(a_goal_without_a_tap_has_its_word),
          COMMAND_TEST(a_time_without_page_views_is_told),
          COMMAND_TEST(where_only_bots_came_that_is_said_without_a_table),
          COMMAND_TEST(without_pages_any_tap_is_a_goal_and_that_is_said),
          COMMAND_TEST(wrong_usage_is_told), COMMAND_TEST(a_report_is_not_longer_than_it_can_be))

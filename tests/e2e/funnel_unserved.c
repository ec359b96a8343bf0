/* attimo funnel where a browser hides from the page which view it is of. */
#include "support/command.h"
#include "support/files.h"
#include "support/test.h"

#define LINE(seq, event, pv, more)                                                   \
    "{\"v\":1,\"seq\":" #seq ",\"id\":\"" #seq "\",\"ts\":\"2026-11-01T10:00:0" #seq \
    ".000Z\",\"event\":\"" event "\",\"pv\":\"" pv "\"" more "}\n"

static void what_was_seen_without_its_view_is_told_where_a_step_is_the_view(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "x.ndjson",
                STR(LINE(1, "view", "A", "") LINE(2, "seen", "A", "") LINE(3, "view", "B", "")
                        LINE(4, "seen", "made up", ",\"pv_src\":\"client\"")));
    const char *file = command_path(c, "x.ndjson");
    command_run(c, "funnel", "--input", file, "--steps", "view,seen", "--lang", "en");
    assert_contains(buf_str(&c->out), STR("Coverage: 1 seen of 2 served (50%); 1 seen without its "
                                          "view gets no further: better begin with seen\n"));
    command_run(c, "funnel", "--input", file, "--steps", "view,seen", "--lang", "it");
    assert_contains(buf_str(&c->out), STR("(50%); 1 vista senza il suo view non va oltre: "
                                          "meglio cominciare da seen\n"));
    command_run(c, "funnel", "--input", file, "--steps", "view,seen", "--format", "json");
    assert_contains(buf_str(&c->out), STR("\"coverage\":{\"view\":2,\"seen\":1,\"unserved\":1,"));
    command_run(c, "funnel", "--input", file, "--steps", "seen", "--lang", "en");
    assert_contains(buf_str(&c->out), STR("Coverage: 2 seen of 2 served (100%)\n"));
}

TEST_MAIN(COMMAND_TEST(what_was_seen_without_its_view_is_told_where_a_step_is_the_view))

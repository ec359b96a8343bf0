/* The files of the crisis switch, and when they are read. */
#include "support/publishing.h"
#include "support/test.h"

/* Nothing happens in the folder when it can be read in the end. */
static void a_takedown_that_could_not_be_read_is_read_again(void **state)
{
    struct server *s = *state;
    server_page(s, "promo/x.md", "Da togliere.");
    server_start(s);
    assert_int_equal(run_shell(s, "cd data/takedowns; mkdir -p a/x; ln -s a/x x.yaml"), 0);
    await_log_times(s, "x.yaml: error: takedown: ", 2); /* with what the folder's time tells */

    assert_int_equal(run_shell(s, "cd data/takedowns/a; rmdir x; echo 'page: /promo/x' >x"), 0);
    await_page(s, "/promo/x", 410, NULL);
    server_stop(s);
}

TEST_MAIN(SERVER_TEST(a_takedown_that_could_not_be_read_is_read_again))

/* A server with one page, which sells shoes, and what its journal says once it has stopped. */
#ifndef ATTIMO_TESTS_RECORDED_H
#define ATTIMO_TESTS_RECORDED_H

#include "support/visit.h"

struct recorded {
    struct server *server; /* not started yet */
    struct record record;  /* after recorded_stop */
};

/* Where its page is. */
extern const char shoes[];

/* A phone's user agent, in an app. */
#define IPHONE                                                                     \
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 " \
    "(KHTML, like Gecko) Mobile/15E148 Instagram 405.0.0.33.79 (iPhone15,4; it_IT)"

/* For cmocka. */
int recorded_setup(void **state);
int recorded_teardown(void **state);
#define RECORDED_TEST(name) cmocka_unit_test_setup_teardown(name, recorded_setup, recorded_teardown)

/* Stops the server and reads its journal. */
void recorded_stop(struct recorded *recorded);

#endif

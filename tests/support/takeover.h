/* Two servers of the same pages and data, the second of which takes over from the first. */
#ifndef ATTIMO_TESTS_TAKEOVER_H
#define ATTIMO_TESTS_TAKEOVER_H

#include "support/client.h"
#include "support/server.h"

struct takeover {
    struct server *before; /* neither has started */
    struct server *next;
};

/* For cmocka. */
int takeover_setup(void **state);
int takeover_teardown(void **state);
#define TAKEOVER_TEST(name) cmocka_unit_test_setup_teardown(name, takeover_setup, takeover_teardown)

/* A click of its own, `n` being the number that tells it from others: the status of the answer. */
unsigned takeover_click(struct client *c, int n);

/* It answers a page, and takes click `n`. */
void takeover_expect_serving(struct server *s, int n);

/* Its journal holds so many clicks, and numbers that only rise. */
void takeover_expect_clicks(const struct server *s, size_t expected);

#endif

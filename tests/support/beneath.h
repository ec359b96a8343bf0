/* A folder below which files are read, with a secret beside it. */
#ifndef ATTIMO_TESTS_BENEATH_H
#define ATTIMO_TESTS_BENEATH_H

struct beneath {
    char *outside; /* holds `secret.txt` ("secret"), and the folder */
    char *folder;  /* `pages`, with `a.txt` ("inside") */
    int fd;        /* of the folder */
};

/* For cmocka: the state is a struct beneath. */
int beneath_setup(void **state);
int beneath_teardown(void **state);
#define BENEATH_TEST(name) cmocka_unit_test_setup_teardown(name, beneath_setup, beneath_teardown)

#endif

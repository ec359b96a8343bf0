/* Owns the fixture of the tests of files. */
#include "support/beneath.h"

#include "support/files.h"
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int beneath_setup(void **state)
{
    struct beneath *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->outside = files_make_folder();
    files_write(f->outside, "secret.txt", STR("secret"));
    files_write(f->outside, "pages/a.txt", STR("inside"));
    assert_true(asprintf(&f->folder, "%s/pages", f->outside) > 0);
    f->fd = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(f->fd >= 0);
    *state = f;
    return 0;
}

int beneath_teardown(void **state)
{
    struct beneath *f = *state;
    (void)close(f->fd);
    free(f->folder);
    files_remove(f->outside);
    free(f);
    return 0;
}

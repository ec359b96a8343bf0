/* What docs/operations.md says of copies of the data folder: a backup of a running server, a move
 * to another machine, and several servers with one key. */
#include "support/files.h"
#include "support/recorded.h"
#include "support/test.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

/* Another server with the same pages, which gets a data folder by what is done to it. */
static struct server *make_other(const struct recorded *f)
{
    struct server *other = server_create();
    server_flag(other, "--pages", f->server->pages);
    return other;
}

static void destroy(struct server *s)
{
    void *server = s;
    (void)server_teardown(&server);
}

/* rsync with these options, from the one's data folder to the other's. By default it passes over a
 * file of the same size and second. */
static void copy_data(const struct server *from, const struct server *to, const char *options)
{
    char command[1200];
    (void)snprintf(command, sizeof command, "rsync -a --modify-window=-1 %s '%s/' '%s/'", options,
                   from->data, to->data);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): what an operator would type */
}

/* As a copy looks that was made while a line was being written. */
static void leave_half_a_line(const struct server *s)
{
    char pattern[600];
    glob_t found;
    (void)snprintf(pattern, sizeof pattern, "%s/journal/*.ndjson", s->data);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    FILE *file = fopen(found.gl_pathv[found.gl_pathc - 1], "ae");
    assert_non_null(file);
    assert_true(fputs("{\"v\":1,\"seq\":3,\"id", file) >= 0);
    assert_int_equal(fclose(file), 0);
    globfree(&found);
}

static void expect_verified(const struct server *s)
{
    char command[1200];
    (void)snprintf(command, sizeof command, "\"$ATTIMO\" journal verify --data '%s' >/dev/null",
                   s->data);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
}

static void a_copy_of_a_running_server_can_be_restored(void **state)
{
    struct recorded *f = *state;
    struct server *other = make_other(f);
    server_start(f->server);
    struct view view = visit_page(f->server, shoes, NULL);
    assert_int_equal(visit_send(f->server, &view, shoes, "e=click&n=1&t=10&cta=call"), 204);

    copy_data(f->server, other, "--delete --exclude=handover.sock");
    leave_half_a_line(other);
    server_stop(f->server);

    server_start(other);
    assert_true(server_said(other, "did not end in order"));
    assert_int_equal(visit_send(other, &view, shoes, "e=click&n=2&t=20&cta=call"), 204);
    server_stop(other);
    expect_verified(other);
    record_read(&f->record, other->data);
    assert_int_equal(record_count(&f->record, "view"), 1);
    assert_int_equal(record_count(&f->record, "click"), 2);
    assert_true(record_find(&f->record, "click", 1)->seq >
                record_find(&f->record, "click", 0)->seq + (1 << 20));
    destroy(other);
}

static void a_data_folder_that_is_copied_twice_has_moved(void **state)
{
    struct recorded *f = *state;
    struct server *other = make_other(f);
    server_start(f->server);
    struct view view = visit_page(f->server, shoes, NULL);
    copy_data(f->server, other, "--delete --exclude=handover.sock");
    assert_int_equal(visit_send(f->server, &view, shoes, "e=click&n=1&t=10&cta=call"), 204);
    server_stop(f->server);
    copy_data(f->server, other, "--delete --exclude=handover.sock");

    server_start(other);
    assert_false(server_said(other, "did not end in order"));
    assert_int_equal(visit_send(other, &view, shoes, "e=click&n=2&t=20&cta=call"), 204);
    server_stop(other);
    expect_verified(other);
    record_read(&f->record, other->data);
    assert_int_equal(record_count(&f->record, "click"), 2);
    destroy(other);
}

static void servers_with_one_key_take_each_others_events(void **state)
{
    struct recorded *f = *state;
    struct server *other = make_other(f);
    server_flag(other, "--node", "second");
    server_start(f->server);
    struct view view = visit_page(f->server, shoes, NULL);

    server_start(other);
    assert_int_equal(visit_send(other, &view, shoes, "e=click&n=1&t=10&cta=call"), 400);
    server_stop(other);
    copy_data(f->server, other, "--include=secret --exclude='*'");
    server_start(other);
    assert_int_equal(visit_send(other, &view, shoes, "e=click&n=1&t=10&cta=call"), 204);
    server_stop(other);
    server_stop(f->server);

    copy_data(f->server, other, "--include=journal/ --include='*.ndjson' --exclude='*'");
    expect_verified(other);
    record_read(&f->record, other->data);
    assert_int_equal(record_count(&f->record, "view"), 1);
    assert_int_equal(record_count(&f->record, "click"), 1);
    destroy(other);
}

TEST_MAIN(RECORDED_TEST(a_copy_of_a_running_server_can_be_restored),
          RECORDED_TEST(a_data_folder_that_is_copied_twice_has_moved),
          RECORDED_TEST(servers_with_one_key_take_each_others_events))

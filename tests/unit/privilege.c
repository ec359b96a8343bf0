/* Becoming another user: who may, and that there is no way back. Each in a process of its own. */
#include "server/privilege.h"

#include "base/err.h"
#include "support/files.h"
#include "support/test.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs `child` in a child, which says by its exit code how far it got; 0 is the end. */
static int in_a_child(int (*child)(void))
{
    int status = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(child());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int become_nobody(void)
{
    struct account account;
    struct diag_words why = {0};
    int rc = account_find(&account, "nobody", &why);
    diag_words_finish(&why);
    return rc == 0 ? account_become(&account) : rc;
}

static int there_is_no_way_back(void)
{
    static const gid_t roots[] = {0, 4, 6};
    if (setgroups(sizeof roots / sizeof *roots, roots) != 0 || become_nobody() != 0)
        return 1;
    if (geteuid() == 0 || getegid() == 0 || getgroups(0, NULL) > 1)
        return 2;
    if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
        return 3;
    return access("/etc/shadow", R_OK) == 0 ? 4 : 0;
}

static int nobody_cannot_become_root(void)
{
    struct account account;
    struct diag_words why = {0};
    if (become_nobody() != 0)
        return 1;
    int rc = account_find(&account, "root", &why);
    bool said = why.en.len > 0 && why.it.len > 0;
    diag_words_finish(&why);
    return rc == ERR_DENIED && said ? 0 : 2;
}

static void who_becomes_another_stays_it(void **state)
{
    (void)state;
    if (geteuid() != 0 || !getpwnam("nobody"))
        skip_because("only root can become another user");
    assert_int_equal(in_a_child(there_is_no_way_back), 0);
    assert_int_equal(in_a_child(nobody_cannot_become_root), 0);
}

static void who_one_is_already_one_may_always_be(void **state)
{
    (void)state;
    const struct passwd *self = getpwuid(geteuid());
    struct account account;
    struct diag_words why = {0};
    if (!self)
        skip_because("our own user has no name");
    assert_int_equal(account_find(&account, self->pw_name, &why), 0);
    assert_false(account.other);
    assert_int_equal(account_become(&account), 0);
    assert_int_equal(why.en.len, 0);
}

/* --- what becomes the user's */

static uid_t owner(const char *folder, const char *name)
{
    char path[4200];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(lstat(path, &st), 0);
    return st.st_uid;
}

static void link_in(const char *folder, const char *from, const char *to)
{
    char paths[2][4200];
    (void)snprintf(paths[0], sizeof paths[0], "%s/%s", folder, from);
    (void)snprintf(paths[1], sizeof paths[1], "%s/%s", folder, to);
    assert_int_equal(link(paths[0], paths[1]), 0);
}

static void find_nobody(struct account *account)
{
    struct diag_words why = {0};
    if (geteuid() != 0 || !getpwnam("nobody"))
        skip_because("only root can give files away");
    assert_int_equal(account_find(account, "nobody", &why), 0);
    diag_words_finish(&why);
}

/* A file of the system's may stand under a second name in a folder that is given away. */
static void what_has_another_name_elsewhere_is_given_to_nobody(void **state)
{
    (void)state;
    struct account account;
    find_nobody(&account);
    char *folder = files_make_folder();
    char data[4200];
    (void)snprintf(data, sizeof data, "%s/data", folder);
    files_write(folder, "shadow", STR("root's"));
    files_write(folder, "data/lock", STR("ours"));
    link_in(folder, "shadow", "data/shadow");
    assert_int_equal(account_give_data(&account, data), 0);
    assert_int_equal(owner(folder, "data/lock"), account.uid);
    assert_int_equal(owner(folder, "data"), account.uid);
    assert_int_equal(owner(folder, "shadow"), 0);
    files_remove(folder);
}

static void a_folder_that_others_may_write_to_is_not_given(void **state)
{
    (void)state;
    struct account account;
    find_nobody(&account);
    char *folder = files_make_folder();
    files_write(folder, "lock", STR("whose?"));
    assert_int_equal(chmod(folder, 0777), 0);
    assert_int_equal(account_give_data(&account, folder), 0);
    assert_int_equal(owner(folder, "lock"), 0);
    assert_int_equal(owner(folder, "."), 0);
    files_remove(folder);
}

TEST_MAIN(cmocka_unit_test(who_becomes_another_stays_it),
          cmocka_unit_test(who_one_is_already_one_may_always_be),
          cmocka_unit_test(what_has_another_name_elsewhere_is_given_to_nobody),
          cmocka_unit_test(a_folder_that_others_may_write_to_is_not_given))

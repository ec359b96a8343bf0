/* The key of an installation: made once, kept from others. */
#include "base/secret.h"

#include "base/err.h"
#include "support/files.h"
#include "support/test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *path_in(const char *folder, const char *name)
{
    char *path;
    assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
    return path;
}

static void the_key_is_made_once_and_only_its_user_may_read_it(void **state)
{
    (void)state;
    char *folder = files_make_folder();
    char *data = path_in(folder, "data");
    char *file = path_in(data, "secret");
    unsigned char first[HASH_KEY_SIZE];
    unsigned char second[HASH_KEY_SIZE];
    struct stat st;
    assert_int_equal(secret_load(first, data), 0);
    assert_int_equal(secret_load(second, data), 0);
    assert_memory_equal(first, second, sizeof first);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    free(file);
    free(data);
    files_remove(folder);
}

static void processes_that_start_at_once_get_the_same_key(void **state)
{
    (void)state;
    enum { CHILDREN = 8 };
    char *folder = files_make_folder();
    int results[2];
    unsigned char keys[CHILDREN][HASH_KEY_SIZE];
    assert_int_equal(pipe(results), 0);
    for (int i = 0; i < CHILDREN; i++) {
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid > 0)
            continue;
        unsigned char key[HASH_KEY_SIZE];
        bool good = secret_load(key, folder) == 0 &&
                    write(results[1], key, sizeof key) == (ssize_t)sizeof key;
        _exit(good ? 0 : 1);
    }
    for (int i = 0; i < CHILDREN; i++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    for (int i = 0; i < CHILDREN; i++) {
        assert_int_equal(read(results[0], keys[i], HASH_KEY_SIZE), HASH_KEY_SIZE);
        assert_memory_equal(keys[i], keys[0], HASH_KEY_SIZE);
    }
    (void)close(results[0]);
    (void)close(results[1]);
    files_remove(folder);
}

static void a_damaged_key_is_not_taken_for_one(void **state)
{
    (void)state;
    char *folder = files_make_folder();
    unsigned char key[HASH_KEY_SIZE];
    files_write(folder, "secret", STR("too short"));
    assert_int_equal(secret_load(key, folder), ERR_INVALID);
    files_write(folder, "secret", STR("0123456789012345678901234567890123"));
    assert_int_equal(secret_load(key, folder), ERR_INVALID);
    files_remove(folder);
}

static void who_only_reads_it_makes_none(void **state)
{
    (void)state;
    char *folder = files_make_folder();
    char *data = path_in(folder, "data");
    unsigned char made[HASH_KEY_SIZE];
    unsigned char read[HASH_KEY_SIZE];
    assert_int_equal(secret_read(read, data), ERR_NOT_FOUND);
    assert_int_not_equal(access(data, F_OK), 0);
    assert_int_equal(secret_load(made, data), 0);
    assert_int_equal(secret_read(read, data), 0);
    assert_memory_equal(read, made, sizeof read);
    free(data);
    files_remove(folder);
}

static int set_up(void **state)
{
    (void)state;
    return hash_init();
}

TEST_MAIN_WITH(set_up, NULL, cmocka_unit_test(the_key_is_made_once_and_only_its_user_may_read_it),
               cmocka_unit_test(processes_that_start_at_once_get_the_same_key),
               cmocka_unit_test(a_damaged_key_is_not_taken_for_one),
               cmocka_unit_test(who_only_reads_it_makes_none))

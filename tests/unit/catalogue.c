/* What is known of the files: found by path, and who of two has an address. */
#include "server/catalogue.h"

#include "support/test.h"

#include <stdio.h>

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct catalogue));
    assert_non_null(*state);
    return hash_init();
}

static int tear_down(void **state)
{
    catalogue_finish(*state);
    free(*state);
    return 0;
}

static struct entry *add(struct catalogue *catalogue, const char *path)
{
    struct entry *entry = catalogue_add(catalogue, str_from(path));
    assert_non_null(entry);
    return entry;
}

/* A file whose version that is good answers at `url`. */
static struct entry *publish(struct catalogue *catalogue, const char *path, const char *url)
{
    struct entry *entry = add(catalogue, path);
    bool asset = strstr(path, ".svg") != NULL;
    const struct resource_options options = {
        .kind = asset ? RESOURCE_ASSET : RESOURCE_PAGE,
        .path = str_from(url),
        .file = str_from(path),
        .content_type = STR("text/html"),
    };
    entry->file = (struct loaded_file){.file = strdup(path), .url = strdup(url)};
    entry->file.source.kind = asset ? SOURCE_ASSET : SOURCE_MARKDOWN;
    assert_int_equal(resource_create(&entry->compiled.resource, &options, STR("x")), 0);
    return entry;
}

/* Gathers, and compares what is served, in order of URL, with `expected`: "a.md b.md ". */
static void assert_gathered(struct catalogue *catalogue, bool assets_only, const char *expected)
{
    struct resource **resources;
    struct buf files = BUF_EMPTY;
    size_t count;
    assert_int_equal(catalogue_gather(catalogue, assets_only, &resources, &count), 0);
    for (size_t i = 0; i < count; i++) {
        buf_append(&files, resources[i]->file);
        buf_append_char(&files, ' ');
        resource_unref(resources[i]);
    }
    free(resources);
    assert_str(buf_str(&files), str_from(expected));
    buf_finish(&files);
}

static void files_are_found_by_path_in_whatever_order_they_came(void **state)
{
    struct catalogue *catalogue = *state;
    enum { MANY = 500 };
    char path[32];
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(path, sizeof path, "%d.md", i * 7919 % MANY);
        (void)add(catalogue, path);
    }
    struct entry *again = add(catalogue, "7.md");
    assert_int_equal(catalogue->count, MANY);
    assert_ptr_equal(catalogue_find(catalogue, STR("7.md")), again);
    assert_null(catalogue_find(catalogue, STR("7")));

    catalogue_remove(catalogue, catalogue_position(catalogue, STR("7.md")));
    assert_null(catalogue_find(catalogue, STR("7.md")));
    for (size_t i = 1; i < catalogue->count; i++)
        assert_true(strcmp(catalogue->entries[i - 1]->path, catalogue->entries[i]->path) < 0);
}

static void a_folder_is_known_while_something_below_it_is(void **state)
{
    struct catalogue *catalogue = *state;
    (void)add(catalogue, "a-b.md");
    (void)add(catalogue, "a.md");
    (void)add(catalogue, "a/b/c.md");
    assert_true(catalogue_has_folder(catalogue, STR("a")));
    assert_true(catalogue_has_folder(catalogue, STR("a/b")));
    assert_false(catalogue_has_folder(catalogue, STR("a/b/c.md")));
    assert_false(catalogue_has_folder(catalogue, STR("a-")));
    assert_false(catalogue_has_folder(catalogue, STR("b")));
}

static void what_is_public_is_gathered_and_drafts_behind_it(void **state)
{
    struct catalogue *catalogue = *state;
    (void)publish(catalogue, "b.md", "/b");
    (void)publish(catalogue, "a.md", "/z");
    (void)publish(catalogue, "i.svg", "/i.svg");
    (void)add(catalogue, "broken.md");
    struct entry *draft = publish(catalogue, "a-draft.md", "/a-draft");
    draft->compiled.state = PAGE_DRAFT;
    draft->compiled.resource->kind = RESOURCE_DRAFT;

    assert_gathered(catalogue, false, "b.md i.svg a.md a-draft.md ");
    assert_gathered(catalogue, true, "i.svg ");
}

static void two_new_files_for_one_address_both_give_way(void **state)
{
    struct catalogue *catalogue = *state;
    struct entry *page = publish(catalogue, "x.html", "/x");
    struct entry *other = publish(catalogue, "x.md", "/x");
    (void)publish(catalogue, "y.md", "/y");

    assert_gathered(catalogue, false, "y.md ");
    assert_ptr_equal(page->clash, other);
    assert_ptr_equal(other->clash, page);
}

static void the_file_that_was_served_keeps_its_address(void **state)
{
    struct catalogue *catalogue = *state;
    struct entry *intruder = publish(catalogue, "x.html", "/x");
    struct entry *owner = publish(catalogue, "x.md", "/x");
    owner->served = true;
    assert_gathered(catalogue, false, "x.md ");
    assert_ptr_equal(intruder->clash, owner);
    assert_null(owner->clash);

    owner->missing_ms = 1; /* until it is gone: then who comes after has it */
    assert_gathered(catalogue, false, "x.html ");
    assert_null(intruder->clash);
}

static void versions_differ_by_what_file_systems_tell(void **state)
{
    (void)state;
    const struct stat st = {.st_dev = 1, .st_ino = 2, .st_size = 3, .st_mtim = {4, 5}};
    const struct version version = version_of(&st);
    struct stat touched = st;
    touched.st_ctim.tv_sec = 9; /* permissions */
    const struct version same = version_of(&touched);
    assert_true(version_same(&version, &same));

    struct stat others[] = {st, st, st, st};
    others[0].st_ino = 9;
    others[1].st_size = 9;
    others[2].st_mtim.tv_nsec = 9;
    others[3].st_dev = 9;
    for (size_t i = 0; i < 4; i++) {
        const struct version other = version_of(&others[i]);
        assert_false(version_same(&version, &other));
    }
}

#define WITH_CATALOGUE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

TEST_MAIN(WITH_CATALOGUE(files_are_found_by_path_in_whatever_order_they_came),
          WITH_CATALOGUE(a_folder_is_known_while_something_below_it_is),
          WITH_CATALOGUE(what_is_public_is_gathered_and_drafts_behind_it),
          WITH_CATALOGUE(two_new_files_for_one_address_both_give_way),
          WITH_CATALOGUE(the_file_that_was_served_keeps_its_address),
          WITH_CATALOGUE(versions_differ_by_what_file_systems_tell))

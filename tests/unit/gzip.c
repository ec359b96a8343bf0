/* Gzip files: read back whole, or known to be damaged. */
#include "support/files.h"
#include "support/test.h"

#include "base/err.h"
#include "base/gzip.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CONTENT = 3 << 20 };

static int file_of(struct str content)
{
    int fd = memfd_create("gzip", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(files_gzip(fd, content), 0);
    return fd;
}

/* Reads all of it in pieces of that size; returns what the last read said. */
static int read_pieces(int fd, size_t piece, struct buf *out)
{
    struct gzip_reader *reader;
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    assert_int_equal(lseek(own, 0, SEEK_SET), 0);
    assert_int_equal(gzip_reader_create(&reader, own), 0);
    ssize_t n;
    while ((n = gzip_read(reader, buf_reserve(out, piece), piece)) > 0)
        out->len += (size_t)n;
    assert_int_equal(gzip_read(reader, buf_reserve(out, piece), piece), n);
    gzip_reader_destroy(reader);
    return (int)n;
}

static int read_file(int fd, struct buf *out)
{
    int last = read_pieces(fd, 70001, out);
    (void)close(fd);
    return last;
}

static void flip(int fd, off_t at)
{
    char byte;
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 4;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
}

static struct str make_content(struct buf *b)
{
    for (unsigned i = 0; b->len < CONTENT; i++)
        buf_printf(b, "{\"n\":%u}\n", i * 2654435761U);
    return buf_str(b);
}

static void content_comes_back_as_it_was(void **state)
{
    (void)state;
    struct buf content = BUF_EMPTY;
    struct buf back = BUF_EMPTY;
    int fd = file_of(make_content(&content));
    uint64_t size;
    assert_int_equal(gzip_told_size(fd, &size), 0);
    assert_int_equal(size, content.len);
    assert_int_equal(read_file(fd, &back), 0);
    assert_true(str_eq(buf_str(&back), buf_str(&content)));
    buf_finish(&content);
    buf_finish(&back);
}

static void a_file_that_is_cut_off_gives_its_start_and_an_error(void **state)
{
    (void)state;
    struct buf content = BUF_EMPTY;
    struct buf back = BUF_EMPTY;
    int fd = file_of(make_content(&content));
    assert_int_equal(ftruncate(fd, lseek(fd, 0, SEEK_END) / 2), 0);
    assert_int_equal(read_file(fd, &back), ERR_INVALID);
    assert_true(back.len > 0 && back.len < content.len);
    assert_memory_equal(back.ptr, content.ptr, back.len);
    buf_finish(&content);
    buf_finish(&back);
}

static void a_flipped_bit_is_an_error(void **state)
{
    (void)state;
    struct buf content = BUF_EMPTY;
    struct buf back = BUF_EMPTY;
    int fd = file_of(make_content(&content));
    flip(fd, 5000);
    assert_int_equal(read_file(fd, &back), ERR_INVALID);
    buf_finish(&content);
    buf_finish(&back);
}

/* The same bytes, however much is asked for at a time. */
static void check_damaged(int fd, struct str content, size_t least)
{
    static const size_t pieces[] = {97, 4096, 262144, 4 << 20};
    struct buf first = BUF_EMPTY;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct buf back = BUF_EMPTY;
        assert_int_equal(read_pieces(fd, pieces[i], &back), ERR_INVALID);
        assert_true(back.len >= least);
        assert_memory_equal(back.ptr, content.ptr, least);
        if (i == 0)
            buf_append(&first, buf_str(&back));
        assert_true(str_eq(buf_str(&back), buf_str(&first)));
        buf_finish(&back);
    }
    buf_finish(&first);
    (void)close(fd);
}

static void all_before_damage_is_given(void **state)
{
    (void)state;
    struct buf content = BUF_EMPTY;
    struct str all = make_content(&content);
    int whole = file_of(all);
    off_t size = lseek(whole, 0, SEEK_END);
    (void)close(whole);
    enum { CHECKSUM = 8, LENGTH = 4, CUT = 12 };
    const struct {
        off_t flipped;
        off_t cut;
        size_t least;
    } damages[] = {
        {.flipped = size - CHECKSUM, .least = all.len},
        {.flipped = size - LENGTH, .least = all.len},
        {.cut = size - 1, .least = all.len},
        {.cut = size - CHECKSUM, .least = all.len},
        {.cut = size - CUT, .least = all.len - 64},
        {.cut = size / 2, .least = all.len / 3},
        {.flipped = size * 9 / 10, .least = all.len * 4 / 5},
        {.flipped = 1000, .least = 500},
    };
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        int fd = file_of(all);
        if (damages[i].cut)
            assert_int_equal(ftruncate(fd, damages[i].cut), 0);
        else
            flip(fd, damages[i].flipped);
        check_damaged(fd, all, damages[i].least);
    }
    buf_finish(&content);
}

/* Whatever else might be a member that is damaged. */
static void members_are_one_content_and_zeros_behind_them_are_none(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        int rc;
    } tails[] = {
        {"", 0, 0},
        {"\0\0\0", 3, 0},
        {"\x1F", 1, ERR_INVALID},
        {"\0rubbish", 8, ERR_INVALID},
    };
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        struct buf back = BUF_EMPTY;
        int fd = file_of(STR("one\n"));
        assert_int_equal(files_gzip(fd, STR("")), 0);
        assert_int_equal(files_gzip(fd, STR("two\n")), 0);
        assert_int_equal(write(fd, tails[i].bytes, tails[i].len), tails[i].len);
        assert_int_equal(read_file(fd, &back), tails[i].rc);
        assert_str(buf_str(&back), STR("one\ntwo\n"));
        buf_finish(&back);
    }
}

static void a_damaged_member_hides_none_before_it(void **state)
{
    (void)state;
    struct buf back = BUF_EMPTY;
    int fd = file_of(STR("one\n"));
    off_t second = lseek(fd, 0, SEEK_END);
    assert_int_equal(files_gzip(fd, STR("two\n")), 0);
    for (off_t i = 0; i < 3; i++) {
        buf_clear(&back);
        flip(fd, second + i);
        assert_int_equal(read_pieces(fd, 70001, &back), ERR_INVALID);
        assert_str(buf_str(&back), STR("one\n"));
        flip(fd, second + i);
    }
    (void)close(fd);
    buf_finish(&back);
}

/* What is no gzip file is known before it is read, and read as it is. */
static void other_files_are_told(void **state)
{
    (void)state;
    static const char *const contents[] = {"", "\x1F", "two", "\x1F\x8B"};
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        struct gzip_reader *reader;
        struct buf back = BUF_EMPTY;
        bool is_gzip = strlen(contents[i]) == 2;
        uint64_t size;
        int fd = memfd_create("plain", MFD_CLOEXEC);
        assert_int_equal(write(fd, contents[i], strlen(contents[i])), strlen(contents[i]));
        assert_int_equal(gzip_told_size(fd, &size), ERR_NO_GZIP);
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        assert_int_equal(gzip_reader_create(&reader, fcntl(fd, F_DUPFD_CLOEXEC, 0)), 0);
        assert_int_equal(gzip_reader_check(reader), is_gzip ? 0 : ERR_NO_GZIP);
        gzip_reader_destroy(reader);
        assert_int_equal(read_file(fd, &back), is_gzip ? ERR_INVALID : 0);
        assert_str(buf_str(&back), is_gzip ? STR("") : str_from(contents[i]));
        buf_finish(&back);
    }
}

static void a_full_device_is_told(void **state)
{
    (void)state;
    struct buf content = BUF_EMPTY;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(files_gzip(fd, make_content(&content)), ERR_NO_SPACE);
    (void)close(fd);
    buf_finish(&content);
}

TEST_MAIN(cmocka_unit_test(content_comes_back_as_it_was),
          cmocka_unit_test(a_file_that_is_cut_off_gives_its_start_and_an_error),
          cmocka_unit_test(a_flipped_bit_is_an_error), cmocka_unit_test(all_before_damage_is_given),
          cmocka_unit_test(members_are_one_content_and_zeros_behind_them_are_none),
          cmocka_unit_test(a_damaged_member_hides_none_before_it),
          cmocka_unit_test(other_files_are_told), cmocka_unit_test(a_full_device_is_told))

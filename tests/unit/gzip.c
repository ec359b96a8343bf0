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
    assert_int_equal(gzip_write_file(fd, content, NULL), 0);
    return fd;
}

/* Reads all of it, in odd pieces; returns what the last read said. */
static int read_file(int fd, struct buf *out)
{
    struct gzip_reader *reader;
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    assert_int_equal(gzip_reader_create(&reader, fd), 0);
    ssize_t n;
    while ((n = gzip_read(reader, buf_reserve(out, 70001), 70001)) > 0)
        out->len += (size_t)n;
    gzip_reader_destroy(reader);
    return (int)n;
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
    char byte;
    assert_int_equal(pread(fd, &byte, 1, 5000), 1);
    byte ^= 4;
    assert_int_equal(pwrite(fd, &byte, 1, 5000), 1);
    assert_int_equal(read_file(fd, &back), ERR_INVALID);
    buf_finish(&content);
    buf_finish(&back);
}

static void a_full_device_is_told(void **state)
{
    (void)state;
    struct buf content = BUF_EMPTY;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(gzip_write_file(fd, make_content(&content), NULL), ERR_NO_SPACE);
    (void)close(fd);
    buf_finish(&content);
}

TEST_MAIN(cmocka_unit_test(content_comes_back_as_it_was),
          cmocka_unit_test(a_file_that_is_cut_off_gives_its_start_and_an_error),
          cmocka_unit_test(a_flipped_bit_is_an_error), cmocka_unit_test(a_full_device_is_told))

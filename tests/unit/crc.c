/* The checksum of a line is the one that gzip, zlib and python's binascii give. */
#include "support/test.h"

#include "base/crc.h"

#include <zlib.h>

static void the_checksum_is_that_of_the_standards(void **state)
{
    (void)state;
    assert_int_equal(crc_of(STR("")), 0);
    assert_int_equal(crc_of(STR("123456789")), 0xcbf43926); /* the check value of CRC-32/ISO-HDLC */
}

/* Every length that the folding treats otherwise, at every alignment. */
static void folding_gives_what_zlib_gives(void **state)
{
    (void)state;
    static char bytes[600];
    unsigned seed = 1;
    for (size_t i = 0; i < sizeof bytes; i++) {
        seed = seed * 1103515245 + 12345;
        bytes[i] = (char)(seed >> 16);
    }
    for (size_t from = 0; from < 16; from++)
        for (size_t len = 0; from + len <= sizeof bytes; len++)
            assert_int_equal(crc_of(str_make(bytes + from, len)),
                             crc32(0, (const Bytef *)bytes + from, (uInt)len));
}

TEST_MAIN(cmocka_unit_test(the_checksum_is_that_of_the_standards),
          cmocka_unit_test(folding_gives_what_zlib_gives))

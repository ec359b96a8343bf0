/* Owns asking the system for memory in large pages. */
#include "insight/zeroed.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LARGE_PAGE = 2 * 1024 * 1024 };

void *zeroed(size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size)
        return NULL;
    size_t bytes = count * size;
    bool is_large = bytes >= LARGE_PAGE && bytes % LARGE_PAGE == 0;
    void *memory = is_large ? aligned_alloc(LARGE_PAGE, bytes) : malloc(bytes ? bytes : 1);
    if (!memory)
        return NULL;
    if (is_large)
        (void)madvise(memory, bytes, MADV_HUGEPAGE);
    memset(memory, 0, bytes);
    return memory;
}

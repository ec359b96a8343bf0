/* Fuzzes what is read of pictures: the heads of their files, what stands in them beside the
 * picture, and whether and how they are shown. The input is a file. */
#include "site/image.h"

#include "base/err.h"
#include "base/hash.h"
#include "site/page.h"
#include "site/photo.h"
#include "site/picture.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(const int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes of a data URI. */
static void decode_base64(struct str text, struct buf *out)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0;
    unsigned count = 0;
    assert(text.len % 4 == 0);
    for (size_t i = 0; i < text.len && text.ptr[i] != '='; i++) {
        const char *at = strchr(alphabet, text.ptr[i]);
        assert(at && *at);
        bits = bits << 6 | (unsigned)(at - alphabet);
        count += 6;
        if (count >= 8) {
            count -= 8;
            buf_append_char(out, (char)(bits >> count & 0xFF));
        }
    }
}

static void decode_escapes(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        char hex[3] = {0};
        assert(text.ptr[i] > ' ' && text.ptr[i] < 0x7F && !strchr("\"#<>", text.ptr[i]));
        if (text.ptr[i] != '%') {
            buf_append_char(out, text.ptr[i]);
            continue;
        }
        assert(text.len - i > 2);
        memcpy(hex, text.ptr + i + 1, 2);
        buf_append_char(out, (char)strtol(hex, NULL, 16));
        i += 2;
    }
}

/* What stands in a page is the path of the file, or all of it. */
static void check_source(const struct picture *picture, struct str bytes)
{
    static const struct str base64 = STR_INIT(";base64,");
    struct buf source = BUF_EMPTY;
    struct buf back = BUF_EMPTY;
    picture_append_source(picture, &source);
    struct str text = buf_str(&source);
    if (str_starts_with(text, STR("/x/a.jpg?v="))) {
        assert(bytes.len >= 1000 || !image_media_type(bytes));
    } else {
        assert(str_starts_with(text, STR("data:image/")) && str_find(text, '"') < 0);
        struct str data = str_skip(text, (size_t)str_find(text, ',') + 1);
        struct str head = str_make(text.ptr, text.len - data.len);
        if (str_ends_with(head, base64))
            decode_base64(data, &back);
        else
            decode_escapes(data, &back);
        assert(str_eq(buf_str(&back), bytes));
    }
    buf_finish(&source);
    buf_finish(&back);
}

static void check_shown(struct resource *resource, struct str bytes)
{
    struct site *site;
    struct diags diags = {0};
    struct buf looked_up = BUF_EMPTY;
    struct picture picture;
    assert(str_eq(resource->representations[CODING_IDENTITY].body, bytes));
    if (site_create(&site, &resource, 1, &diags) != 0)
        abort();
    const struct gallery gallery = {site, STR("x/page.md"), &looked_up};
    assert(picture_find(&gallery, STR("a.jpg"), &picture) == 0 && picture.asset == resource);
    struct image_size size = image_size_of(bytes);
    assert(picture.size.width == size.width && picture.size.height == size.height);
    check_source(&picture, bytes);
    site_unref(site);
    buf_finish(&looked_up);
    diags_finish(&diags);
}

/* What is refused is not served: nothing at all, and HEIC, which some phones do not show. */
static void check_published(struct str bytes)
{
    const struct page_input input = {
        .file = STR("x/a.jpg"),
        .url = STR("/x/a.jpg"),
        .source = {SOURCE_ASSET, "image/jpeg", false},
        .bytes = bytes,
    };
    struct compiled compiled;
    struct diags diags = {0};
    int rc = page_compile(&compiled, &input, TIER_QUICK, &diags);
    assert(rc == 0 || rc == ERR_INVALID);
    assert((rc == ERR_INVALID) == (diags.errors > 0) && (rc == 0) == (compiled.resource != NULL));
    assert((bytes.len == 0 || photo_is_heic(bytes)) == (rc == ERR_INVALID));
    assert(photo_has_position(bytes) == (diags.warnings > 0));
    if (compiled.resource)
        check_shown(compiled.resource, bytes);
    compiled_finish(&compiled);
    diags_finish(&diags);
}

/* Any number of 0xFF may stand before a marker of JPEG, and says nothing. */
static void check_filled(struct str bytes)
{
    struct buf filled = BUF_EMPTY;
    buf_append(&filled, STR("\xFF\xD8\xFF"));
    buf_append(&filled, str_skip(bytes, 2));
    struct image_size size = image_size_of(bytes);
    struct image_size again = image_size_of(buf_str(&filled));
    assert(size.width == again.width && size.height == again.height);
    assert(photo_has_position(bytes) == photo_has_position(buf_str(&filled)));
    buf_finish(&filled);
}

int LLVMFuzzerInitialize(const int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    if (hash_init() != 0)
        abort();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_make((const char *)data, size);
    struct image_size shown = image_size_of(bytes);
    const char *type = image_media_type(bytes);
    assert(!type || strncmp(type, "image/", 6) == 0);
    assert(type || (shown.width == 0 && shown.height == 0));
    assert((shown.width == 0) == (shown.height == 0));
    check_published(bytes);
    if (str_starts_with(bytes, STR("\xFF\xD8\xFF")))
        check_filled(bytes);
    return 0;
}

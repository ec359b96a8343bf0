/* Owns the policy of authors' HTML.
 *
 * Inline scripts and styles are allowed by their hashes, other sites by their origins as the
 * document names them, in attributes and styles; what only styles name, not for scripts. Handlers
 * and style attributes count as inline too: CSP 3 has a hash for each of them ('unsafe-hashes'). A
 * document with more styles than a header has room for gets 'unsafe-inline' for styles, which run
 * nothing. */
#include "site/author_policy.h"

#include "base/hash.h"
#include "site/css.h"

/* With more bytes of origins than a first flight has, the page is not published: it is of no use to
 * compare each with all others. */
enum { STYLE_HASHES_MAX = 16, ORIGINS_MAX = 16384 };

/* Whole ones are compared: an origin may begin another. */
static bool has_source(struct str sources, struct str source)
{
    struct str known;
    while (str_split(&sources, ' ', &known))
        if (str_eq(known, source))
            return true;
    return false;
}

/* Adds one that is not there yet. */
static void append_source(struct buf *sources, struct str source)
{
    if (has_source(buf_str(sources), source))
        return;
    buf_append_char(sources, ' ');
    buf_append(sources, source);
}

/* Adds those of `more` that are not among `sources`. */
static void append_others(struct buf *out, struct str sources, struct str more)
{
    struct str source;
    while (str_split(&more, ' ', &source)) {
        if (source.len == 0 || has_source(sources, source))
            continue;
        buf_append_char(out, ' ');
        buf_append(out, source);
    }
}

static void append_hash(struct buf *sources, struct str text)
{
    char hash[HASH_BASE64_SIZE];
    struct buf one = BUF_EMPTY;
    hash_sha256_base64(hash, text);
    buf_printf(&one, "'sha256-%s'", hash);
    append_source(sources, buf_str(&one));
    sources->failed |= one.failed;
    buf_finish(&one);
}

static bool is_host_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':';
}

/* A host that is cut would be another one: `https://citt` for `https://città.example`. */
struct str author_policy_host(struct str address)
{
    struct str host = str_make(NULL, 0);
    address = str_trim_lines(address);
    if (str_starts_with_nocase(address, STR("https://")))
        host = str_skip(address, strlen("https://"));
    else if (str_starts_with(address, STR("//")))
        host = str_skip(address, strlen("//"));
    size_t n = 0;
    while (n < host.len && is_host_character(host.ptr[n]))
        n++;
    bool is_whole = n == host.len || strchr("/\\?# \t\r\n\f", host.ptr[n]);
    return str_make(host.ptr, is_whole ? n : 0);
}

/* "https://a.example/b" has the origin https://a.example; a path has this site's. */
static void see_address(struct buf *origins, struct str address)
{
    struct str host = author_policy_host(address);
    if (host.len == 0 || origins->len > ORIGINS_MAX)
        return;
    struct buf one = BUF_EMPTY;
    buf_printf(&one, "https://%.*s", STR_ARG(host));
    append_source(origins, buf_str(&one));
    origins->failed |= one.failed;
    buf_finish(&one);
}

static void see_style(struct author_policy *policy, struct str text)
{
    struct str address;
    if (++policy->style_hashes <= STYLE_HASHES_MAX)
        append_hash(&policy->styles, text);
    policy->has_data_fonts |= css_holds_font(text);
    while (css_next_address(&text, &address))
        see_address(&policy->style_origins, address);
}

/* The picture of an SVG has its address where links have theirs. */
static bool names_address(const struct html_element *element, struct str name)
{
    bool is_fetched = html_is(element, "link") || html_is(element, "image");
    return str_eq(name, STR("src")) || str_eq(name, STR("poster")) || str_eq(name, STR("data")) ||
           (str_eq(name, STR("href")) && is_fetched);
}

static bool holds_media(const struct html_element *element, struct str name, struct str value)
{
    bool is_media = html_is(element, "audio") || html_is(element, "video") ||
                    html_is(element, "source") || html_is(element, "track");
    return is_media && str_eq(name, STR("src")) &&
           str_starts_with_nocase(str_trim_lines(value), STR("data:"));
}

static bool names_addresses(struct str name)
{
    return str_eq(name, STR("srcset")) || str_eq(name, STR("imagesrcset"));
}

void author_policy_see(struct author_policy *policy, const struct html_element *element)
{
    struct str name;
    struct str value;
    for (size_t i = 0; html_attribute_at(element, i, &name, &value); i++) {
        if (str_eq(name, STR("style"))) {
            policy->has_style_attributes = true;
            see_style(policy, value);
        } else if (str_starts_with(name, STR("on"))) {
            policy->has_handlers = true;
            append_hash(&policy->scripts, value);
        } else if (names_address(element, name)) {
            policy->has_data_media |= holds_media(element, name, value);
            see_address(&policy->origins, value);
        } else if (names_addresses(name)) {
            struct str candidate;
            while (str_split(&value, ',', &candidate))
                see_address(&policy->origins, candidate);
        }
    }
    if (html_is(element, "style"))
        see_style(policy, element->text);
    if (html_is(element, "script") && element->text.len > 0)
        append_hash(&policy->scripts, element->text);
}

/* What may also stand in the document itself. */
static void append_with_data(struct buf *out, const char *directive, struct str origins)
{
    buf_printf(out, "; %s 'self' data:%.*s", directive, STR_ARG(origins));
}

void author_policy_append(const struct author_policy *policy, struct str script, struct buf *out)
{
    struct buf own = BUF_EMPTY;
    struct buf all = BUF_EMPTY;
    buf_append(&all, buf_str(&policy->origins));
    append_others(&all, buf_str(&policy->origins), buf_str(&policy->style_origins));
    struct str origins = buf_str(&all);
    if (script.len > 0)
        append_hash(&own, script);

    buf_append(out, STR("Content-Security-Policy: default-src 'self'"));
    buf_append(out, origins);
    buf_append(out, STR("; script-src 'self'"));
    buf_append(out, buf_str(&policy->origins));
    buf_append(out, policy->has_handlers ? STR(" 'unsafe-hashes'") : STR(""));
    buf_append(out, buf_str(&policy->scripts));
    buf_append(out, buf_str(&own));
    buf_append(out, STR("; style-src 'self'"));
    buf_append(out, origins);
    if (policy->style_hashes > STYLE_HASHES_MAX) {
        buf_append(out, STR(" 'unsafe-inline'"));
    } else {
        buf_append(out, policy->has_style_attributes ? STR(" 'unsafe-hashes'") : STR(""));
        buf_append(out, buf_str(&policy->styles));
    }
    append_with_data(out, "img-src", origins);
    if (policy->has_data_fonts)
        append_with_data(out, "font-src", origins);
    if (policy->has_data_media)
        append_with_data(out, "media-src", origins);
    buf_append(out, STR("; object-src 'none'; form-action 'self' https:; base-uri 'self'; "
                        "frame-ancestors 'self'\r\n"));
    out->failed |= own.failed || all.failed || policy->scripts.failed || policy->styles.failed ||
                   policy->origins.failed || policy->style_origins.failed;
    buf_finish(&own);
    buf_finish(&all);
}

void author_policy_finish(struct author_policy *policy)
{
    buf_finish(&policy->scripts);
    buf_finish(&policy->styles);
    buf_finish(&policy->origins);
    buf_finish(&policy->style_origins);
}

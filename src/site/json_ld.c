/* Owns structured data. */
#include "site/json_ld.h"

#include "site/hours_text.h"
#include "site/schedule.h"

#include <stdlib.h>

/* --- JSON inside HTML ----------------------------------------------------------------------- */

/* Besides what JSON wants escaped: `<`, `>` and `&`, so that no text ends the script element or
 * opens a comment in it, and U+2028 and U+2029, which are line ends to some parsers. */
static void append_escaped(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        struct str rest = str_skip(text, i);
        if (c == '"' || c == '\\') {
            buf_append_char(out, '\\');
            buf_append_char(out, (char)c);
        } else if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == 0x7F) {
            buf_printf(out, "\\u%04x", c);
        } else if (str_starts_with(rest, STR("\xE2\x80\xA8")) ||
                   str_starts_with(rest, STR("\xE2\x80\xA9"))) {
            buf_printf(out, "\\u20%02x", (unsigned char)rest.ptr[2] - 0x80U);
            i += 2;
        } else {
            buf_append_char(out, (char)c);
        }
    }
}

/* `"key":"text",`, or nothing. Commas are put behind, and the last is taken back by close. */
static void member(struct buf *out, const char *key, struct str text)
{
    if (text.len == 0)
        return;
    buf_printf(out, "\"%s\":\"", key);
    append_escaped(out, text);
    buf_append(out, STR("\","));
}

static void open_object(struct buf *out, const char *key, const char *type)
{
    if (key)
        buf_printf(out, "\"%s\":", key);
    buf_printf(out, "{\"@type\":\"%s\",", type);
}

static void close_with(struct buf *out, char end)
{
    if (out->len > 0 && out->ptr[out->len - 1] == ',')
        out->len--;
    buf_append_char(out, end);
    buf_append_char(out, ',');
}

static void append_texts(struct buf *out, const char *key, const struct yaml_node *list)
{
    const struct yaml_node *item = schema_first_text(list);
    if (!item)
        return;
    buf_printf(out, "\"%s\":[", key);
    for (; item; item = schema_next_text(list, item)) {
        buf_append_char(out, '"');
        append_escaped(out, item->text);
        buf_append(out, STR("\","));
    }
    close_with(out, ']');
}

static void append_picture(const struct render *r, const char *key, const struct picture *picture)
{
    struct str site = r->input->settings->url;
    struct buf path = BUF_EMPTY;
    if (picture && site.len > 0) {
        buf_append(&path, site);
        picture_append_path(picture, &path);
        member(r->out, key, buf_str(&path));
    }
    r->out->failed |= path.failed;
    buf_finish(&path);
}

/* --- things --------------------------------------------------------------------------------- */

static void append_address(const struct render *r)
{
    const struct place *place = &r->place;
    if (place->street.len + place->city.len == 0)
        return;
    open_object(r->out, "address", "PostalAddress");
    member(r->out, "streetAddress", place->street);
    member(r->out, "postalCode", place->postcode);
    member(r->out, "addressLocality", place->city);
    member(r->out, "addressCountry", place->country);
    close_with(r->out, '}');
}

static void append_business(const struct render *r)
{
    const struct settings *settings = r->input->settings;
    const struct place *place = &r->place;
    open_object(r->out, NULL, "LocalBusiness");
    member(r->out, "@context", STR("https://schema.org"));
    member(r->out, "name", place->name.len > 0 ? place->name : settings->name);
    member(r->out, "description", r->front->description);
    member(r->out, "url", r->url);
    append_picture(r, "image", r->image);
    append_picture(r, "logo", r->logo);
    member(r->out, "telephone", place->tel);
    append_address(r);
    if (place->lat.len > 0) {
        open_object(r->out, "geo", "GeoCoordinates");
        member(r->out, "latitude", place->lat);
        member(r->out, "longitude", place->lon);
        close_with(r->out, '}');
    }
    if (place->hours.present)
        hours_append_json(&place->hours, r->out);
    append_texts(r->out, "sameAs", settings->social);
    close_with(r->out, '}');
}

static void append_offer(const struct render *r)
{
    static const char *const schema[] = {
        [AVAILABILITY_UNKNOWN] = "",
        [AVAILABILITY_IN_STOCK] = "https://schema.org/InStock",
        [AVAILABILITY_LIMITED] = "https://schema.org/LimitedAvailability",
        [AVAILABILITY_PREORDER] = "https://schema.org/PreOrder",
        [AVAILABILITY_OUT_OF_STOCK] = "https://schema.org/OutOfStock",
    };
    const struct product *product = &r->front->product;
    const struct settings *settings = r->input->settings;
    if (product->price.len == 0)
        return;
    open_object(r->out, "offers", "Offer");
    member(r->out, "url", r->url);
    member(r->out, "price", product->price);
    member(r->out, "priceCurrency",
           product->currency.len > 0 ? product->currency : settings->currency);
    member(r->out, "availability", str_from(schema[product->availability]));
    if (settings->name.len > 0) {
        open_object(r->out, "seller", "Organization");
        member(r->out, "name", settings->name);
        close_with(r->out, '}');
    }
    close_with(r->out, '}');
}

static void append_product(const struct render *r)
{
    const struct product *product = &r->front->product;
    open_object(r->out, NULL, "Product");
    member(r->out, "@context", STR("https://schema.org"));
    member(r->out, "name", product->name.len > 0 ? product->name : r->front->title);
    member(r->out, "description", r->front->description);
    append_picture(r, "image", r->image);
    if (product->brand.len > 0) {
        open_object(r->out, "brand", "Brand");
        member(r->out, "name", product->brand);
        close_with(r->out, '}');
    }
    member(r->out, "sku", product->sku);
    append_offer(r);
    close_with(r->out, '}');
}

/* On the clock of the site. */
static void append_date(const struct render *r)
{
    const struct schema_moment *date = &r->front->date;
    if (!date->present)
        return;
    const struct zone *zone = r->input->settings->zone;
    time_t when = schedule_second(date, zone);
    struct zone_time local = zone_time(zone, (int64_t)when * 1000);
    struct date day = calendar_date(local.day);
    int offset = zone_offset(zone, when) / 60;
    buf_printf(r->out, "\"datePublished\":\"%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d\",", day.year,
               day.month, day.day, local.hour, local.of_day / 60 % 60, local.of_day % 60,
               offset < 0 ? '-' : '+', abs(offset) / 60, abs(offset) % 60);
}

static void append_article(const struct render *r)
{
    const struct settings *settings = r->input->settings;
    open_object(r->out, NULL, "Article");
    member(r->out, "@context", STR("https://schema.org"));
    member(r->out, "headline", r->front->title);
    member(r->out, "description", r->front->description);
    append_picture(r, "image", r->image);
    append_date(r);
    if (r->front->author.len > 0) {
        open_object(r->out, "author", "Person");
        member(r->out, "name", r->front->author);
        close_with(r->out, '}');
    }
    if (settings->name.len > 0) {
        open_object(r->out, "publisher", "Organization");
        member(r->out, "name", settings->name);
        member(r->out, "url", settings->url);
        append_picture(r, "logo", r->logo);
        close_with(r->out, '}');
    }
    append_texts(r->out, "keywords", r->front->tags);
    append_texts(r->out, "articleSection", r->front->categories);
    member(r->out, "inLanguage", r->lang);
    member(r->out, "mainEntityOfPage", r->url);
    close_with(r->out, '}');
}

void json_ld_append(const struct render *r)
{
    enum intent intent = r->front->intent;
    if (intent == INTENT_NONE || (intent == INTENT_BUY && !r->front->product.present))
        return;
    buf_append(r->out, STR("<script type=\"application/ld+json\">"));
    if (intent == INTENT_GO)
        append_business(r);
    else if (intent == INTENT_BUY)
        append_product(r);
    else
        append_article(r);
    if (buf_status(r->out) == 0)
        r->out->len--; /* the comma behind the last object */
    buf_append(r->out, STR("</script>\n"));
}

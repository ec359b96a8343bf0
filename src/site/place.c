/* Owns places: reading them, and what page and site say of one together. */
#include "site/place.h"

#include "site/link.h"

#include <stdlib.h>

static void read_tel(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    struct buf number = BUF_EMPTY;
    if (value->kind == YAML_SCALAR && link_append_phone(value->text, &number) != 0)
        schema_error(source, value, "phone",
                     TEXT("this is not a telephone number; write it as in +39 0521 555 0100",
                          "questo non è un numero di telefono; scrivilo per esempio così: +39 0521 "
                          "555 0100"));
    else
        schema_text(source, value, field);
    buf_finish(&number);
}

static void read_whatsapp(const struct schema_source *source, const struct yaml_node *value,
                          void *field)
{
    struct buf number = BUF_EMPTY;
    if (value->kind == YAML_SCALAR && link_append_international(value->text, &number) != 0)
        schema_error(source, value, "phone",
                     TEXT("WhatsApp needs the number with its country, as in +39 347 555 0100",
                          "per WhatsApp serve il numero con il prefisso del paese, per esempio +39 "
                          "347 555 0100"));
    else
        schema_text(source, value, field);
    buf_finish(&number);
}

static void read_degrees(const struct schema_source *source, const struct yaml_node *value,
                         void *field, double limit)
{
    struct str degrees = {0};
    schema_number(source, value, &degrees);
    if (!degrees.ptr)
        return;
    double d = strtod(degrees.ptr, NULL);
    if (d < -limit || d > limit)
        schema_error(source, value, "place",
                     TEXT("there is no such point on Earth", "un punto così sulla Terra non c’è"));
    else
        *(struct str *)field = degrees;
}

static void read_latitude(const struct schema_source *source, const struct yaml_node *value,
                          void *field)
{
    read_degrees(source, value, field, 90);
}

static void read_longitude(const struct schema_source *source, const struct yaml_node *value,
                           void *field)
{
    read_degrees(source, value, field, 180);
}

static void read_times(schema_reader *read, const struct schema_source *source,
                       const struct yaml_node *value, struct hours *hours)
{
    size_t errors = source->diags->errors;
    read(source, value, hours);
    hours->wrong |= source->diags->errors > errors;
}

static void read_hours(const struct schema_source *source, const struct yaml_node *value,
                       void *field)
{
    read_times(hours_read, source, value, field);
}

static void read_closed(const struct schema_source *source, const struct yaml_node *value,
                        void *field)
{
    read_times(hours_read_closed, source, value, field);
}

static const struct schema_key keys[] = {
    {"name", schema_text, offsetof(struct place, name)},
    {"street", schema_text, offsetof(struct place, street)},
    {"city", schema_text, offsetof(struct place, city)},
    {"postcode", schema_text, offsetof(struct place, postcode)},
    {"country", schema_text, offsetof(struct place, country)},
    {"lat", read_latitude, offsetof(struct place, lat)},
    {"lon", read_longitude, offsetof(struct place, lon)},
    {"tel", read_tel, offsetof(struct place, tel)},
    {"whatsapp", read_whatsapp, offsetof(struct place, whatsapp)},
    {"hours", read_hours, offsetof(struct place, hours)},
    {"closed", read_closed, offsetof(struct place, hours)},
    {0},
};

void place_read(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    struct place *place = field;
    schema_read(source, value, keys, place);
    if (!yaml_get(value, "lat") != !yaml_get(value, "lon"))
        schema_error(source, value, "place",
                     TEXT("'lat' and 'lon' go together", "«lat» e «lon» vanno insieme"));
    if (place->lat.len == 0 || place->lon.len == 0)
        place->lat = place->lon = str_make(NULL, 0);
    /* Some of the hours, without the days on which they do not hold, are hours that nobody wrote.
     */
    if (place->hours.wrong)
        place->hours = (struct hours){0};
}

static struct str either(struct str own, struct str shared)
{
    return own.len > 0 ? own : shared;
}

struct place place_or(const struct place *own, const struct place *shared)
{
    bool has_address =
        own->street.len + own->city.len + own->postcode.len + own->country.len + own->lat.len > 0;
    struct place both = has_address ? *own : *shared;
    both.name = either(own->name, shared->name);
    both.tel = either(own->tel, shared->tel);
    if (own->hours.present || own->hours.closure_count > 0)
        both.hours = own->hours;
    both.whatsapp = either(own->whatsapp, shared->whatsapp);
    return both;
}

static void append_part(struct buf *out, size_t from, const char *separator, struct str part)
{
    if (part.len == 0)
        return;
    if (out->len > from)
        buf_append(out, str_from(separator));
    buf_append(out, part);
}

void place_append_destination(const struct place *place, struct buf *out)
{
    size_t from = out->len;
    if (place->lat.len > 0) {
        append_part(out, from, "", place->lat);
        append_part(out, from, ",", place->lon);
        return;
    }
    if (place->street.len + place->city.len == 0)
        return;
    append_part(out, from, "", place->name);
    append_part(out, from, ", ", place->street);
    append_part(out, from, ", ", place->postcode);
    append_part(out, from, place->postcode.len > 0 ? " " : ", ", place->city);
    append_part(out, from, ", ", place->country);
}

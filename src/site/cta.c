/* Owns calls to action: reading them from front matter, and building their links. */
#include "site/cta.h"

#include "base/base64url.h"
#include "site/link.h"

enum { ID_LENGTH_MAX = 40 };

/* Instead of what is wrong: nothing. */
static const struct text none = {0};

static const char *const kind_names[] = {
#define CTA_NAME(name, key) [CTA_##name] = (key),
    CTA_KINDS(CTA_NAME)
#undef CTA_NAME
};

/* --- reading -------------------------------------------------------------------------------- */

/* An item as it is written: its kind is the key under which its words stand. */
struct item {
    struct str labels[CTA_KIND_COUNT];
    struct str id;
    struct str to;
    struct str text;
    struct str value;
};

static const struct schema_key item_keys[] = {
#define CTA_KEY(name, key) {key, schema_text, offsetof(struct item, labels[CTA_##name])},
    CTA_KINDS(CTA_KEY)
#undef CTA_KEY
        {"id", schema_text, offsetof(struct item, id)},
    {"to", schema_text, offsetof(struct item, to)},
    {"text", schema_text, offsetof(struct item, text)},
    {"value", schema_amount, offsetof(struct item, value)},
    {0},
};

static bool is_id(struct str id)
{
    return id.len > 0 && id.len <= ID_LENGTH_MAX && base64url_spells(id);
}

/* Why `to` does not suit the kind, or none. */
static struct text wrong_to(const struct cta *cta)
{
    struct buf unused = BUF_EMPTY;
    struct text wrong = none;
    switch (cta->kind) {
    case CTA_LINK:
        if (!link_is_allowed(cta->to))
            wrong = TEXT("'to' must be an https, http, mailto or tel address, or a path of this "
                         "site that begins with '/'; it holds no spaces",
                         "«to» deve essere un indirizzo https, http, mailto o tel, o uno di questo "
                         "sito che comincia con «/»; senza spazi");
        break;
    case CTA_CALL:
    case CTA_SMS:
        if (link_append_phone(cta->to, &unused) != 0)
            wrong = TEXT("'to' must be a telephone number, as in +39 0521 555 0100",
                         "«to» deve essere un numero di telefono, per esempio +39 0521 555 0100");
        break;
    case CTA_WHATSAPP:
        if (link_append_international(cta->to, &unused) != 0)
            wrong = TEXT("'to' must be a number with its country, as in +39 347 555 0100",
                         "«to» deve essere un numero con il prefisso del paese, per esempio +39 "
                         "347 555 0100");
        break;
    case CTA_MAIL:
        if (str_find(cta->to, '@') <= 0 || str_find(cta->to, ' ') >= 0)
            wrong = TEXT("'to' must be an e-mail address", "«to» deve essere un indirizzo e-mail");
        break;
    case CTA_SHARE:
        wrong = TEXT("'share' shares this page; 'to' has no place here",
                     "«share» condivide questa pagina; qui «to» non serve");
        break;
    default:
        break;
    }
    buf_finish(&unused);
    return wrong;
}

static struct text take_kind(const struct item *item, struct cta *cta)
{
    size_t count = 0;
    for (int kind = 0; kind < CTA_KIND_COUNT; kind++) {
        if (!item->labels[kind].ptr)
            continue;
        cta->kind = (enum cta_kind)kind;
        cta->label = item->labels[kind];
        count++;
    }
    if (count == 0)
        return TEXT("a call to action is its kind and its words, as in '- call: Chiama il "
                    "negozio'; kinds are link, call, sms, mail, whatsapp, directions, share",
                    "un invito è il suo tipo con le sue parole, per esempio «- call: Chiama il "
                    "negozio»; i tipi sono link, call, sms, mail, whatsapp, directions, share");
    if (count > 1)
        return TEXT("two kinds in one call to action; begin each with '- ' on its own line",
                    "due tipi in un solo invito; comincia ciascuno con «- » in una riga sua");
    return str_trim_lines(cta->label).len == 0
               ? TEXT("a call to action without words", "un invito senza parole")
               : none;
}

/* Why the item is not a call to action, or none. */
static struct text take_item(const struct item *item, struct cta *cta)
{
    struct text wrong = take_kind(item, cta);
    if (wrong.en)
        return wrong;
    cta->id = item->id.ptr ? item->id : str_from(kind_names[cta->kind]);
    cta->to = item->to;
    cta->text = item->text;
    cta->value = item->value;
    if (!is_id(cta->id))
        return TEXT(
            "an 'id' is made of letters, digits, '-' and '_', forty at most",
            "un «id» è fatto di lettere senza accento, cifre, «-» e «_», al massimo quaranta");
    return cta->to.ptr ? wrong_to(cta) : none;
}

static bool has_id(const struct cta_list *list, struct str id)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].id, id))
            return true;
    return false;
}

static void read_item(const struct schema_source *source, const struct yaml_node *node,
                      struct cta_list *list)
{
    struct item item = {0};
    struct cta cta = {.line = node->line};
    size_t errors = source->diags->errors;
    schema_read(source, node, item_keys, &item);
    if (source->diags->errors > errors)
        return;

    struct text wrong = take_item(&item, &cta);
    if (!wrong.en && has_id(list, cta.id))
        wrong = TEXT("another call to action of this page has the same id; give this one an 'id'",
                     "un altro invito di questa pagina ha lo stesso id; dai a questo un «id» suo");
    if (!wrong.en && list->count == CTA_MAX)
        wrong = TEXT("a page has eight calls to action at most",
                     "una pagina ha al massimo otto inviti");
    if (wrong.en)
        schema_error(source, node, "cta", wrong);
    else
        list->items[list->count++] = cta;
}

void cta_read(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    const struct yaml_node *item = schema_items(value);
    for (; item; item = schema_next_item(value, item))
        read_item(source, item, field);
}

/* --- links ---------------------------------------------------------------------------------- */

static void append_text(struct str parameter, struct str text, struct buf *out)
{
    if (text.len == 0)
        return;
    buf_append(out, parameter);
    link_append_encoded(text, out);
}

static struct text append_call(const struct cta *cta, const struct cta_page *page, struct buf *out)
{
    struct str number = cta->to.len > 0 ? cta->to : page->place->tel;
    buf_append(out, cta->kind == CTA_CALL ? STR("tel:") : STR("sms:"));
    if (link_append_phone(number, out) != 0)
        return TEXT("no number to call: give 'to' here, or 'tel' under 'place'",
                    "manca il numero da chiamare: scrivi «to» qui, o «tel» sotto «place»");
    /* RFC 5724 has `?body=`; iPhones want `&body=`; both take this. */
    if (cta->kind == CTA_SMS)
        append_text(STR("?&body="), cta->text, out);
    return none;
}

static struct text append_whatsapp(const struct cta *cta, const struct cta_page *page,
                                   struct buf *out)
{
    struct str number = cta->to.len > 0 ? cta->to : page->place->whatsapp;
    buf_append(out, STR("https://wa.me/"));
    if (link_append_international(number, out) != 0)
        return TEXT("no WhatsApp number: give 'to' here, or 'whatsapp' under 'place'",
                    "manca il numero WhatsApp: scrivi «to» qui, o «whatsapp» sotto «place»");
    append_text(STR("?text="), cta->text, out);
    return none;
}

static struct text append_directions(const struct cta *cta, const struct cta_page *page,
                                     struct buf *out)
{
    struct buf destination = BUF_EMPTY;
    if (cta->to.len > 0)
        buf_append(&destination, cta->to);
    else
        place_append_destination(page->place, &destination);
    append_text(STR("https://www.google.com/maps/dir/?api=1&destination="), buf_str(&destination),
                out);
    bool lacks = destination.len == 0;
    out->failed |= destination.failed;
    buf_finish(&destination);
    return lacks ? TEXT("nowhere to go: give 'to' here, or an address under 'place'",
                        "manca la meta: scrivi «to» qui, o un indirizzo sotto «place»")
                 : none;
}

static struct text append_mail(const struct cta *cta, struct buf *out)
{
    struct str to = cta->to;
    ptrdiff_t at = str_find_last(to, '@');
    if (at <= 0)
        return TEXT("no address to write to: give 'to' here",
                    "manca l’indirizzo a cui scrivere: mettilo qui, in «to»");
    buf_append(out, STR("mailto:"));
    link_append_encoded(str_make(to.ptr, (size_t)at), out);
    buf_append_char(out, '@');
    link_append_encoded(str_skip(to, (size_t)at + 1), out);
    append_text(STR("?body="), cta->text, out);
    return none;
}

/* WhatsApp's link opens its own choice of whom to send to, and works without script. */
static void append_share(const struct cta *cta, const struct cta_page *page, struct buf *out)
{
    append_text(STR("https://wa.me/?text="), cta->text.len > 0 ? cta->text : page->title, out);
    append_text(STR("%20"), page->url, out);
}

struct text cta_append_href(const struct cta *cta, const struct cta_page *page, struct buf *out)
{
    switch (cta->kind) {
    case CTA_LINK:
        buf_append(out, cta->to);
        return cta->to.len > 0
                   ? none
                   : TEXT("a link needs 'to': where it leads", "a un link serve «to»: dove porta");
    case CTA_CALL:
    case CTA_SMS:
        return append_call(cta, page, out);
    case CTA_MAIL:
        return append_mail(cta, out);
    case CTA_WHATSAPP:
        return append_whatsapp(cta, page, out);
    case CTA_DIRECTIONS:
        return append_directions(cta, page, out);
    default:
        append_share(cta, page, out);
        return none;
    }
}

/* Owns products. */
#include "site/product.h"

static void read_availability(const struct schema_source *source, const struct yaml_node *value,
                              void *field)
{
    static const struct schema_word words[] = {
        {"in_stock", AVAILABILITY_IN_STOCK},
        {"in stock", AVAILABILITY_IN_STOCK},
        {"disponibile", AVAILABILITY_IN_STOCK},
        {"limited", AVAILABILITY_LIMITED},
        {"ultimi_pezzi", AVAILABILITY_LIMITED},
        {"ultimi pezzi", AVAILABILITY_LIMITED},
        {"preorder", AVAILABILITY_PREORDER},
        {"preordine", AVAILABILITY_PREORDER},
        {"prenotabile", AVAILABILITY_PREORDER},
        {"out_of_stock", AVAILABILITY_OUT_OF_STOCK},
        {"out of stock", AVAILABILITY_OUT_OF_STOCK},
        {"esaurito", AVAILABILITY_OUT_OF_STOCK},
        {0},
    };
    int chosen = schema_choose(source, value, words,
                               TEXT("one of in_stock, limited, preorder, out_of_stock "
                                    "(disponibile, ultimi_pezzi, preordine, esaurito)",
                                    "uno fra disponibile, ultimi_pezzi, preordine, esaurito"));
    if (chosen >= 0)
        *(enum availability *)field = (enum availability)chosen;
}

void currency_read(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (value->kind != YAML_SCALAR || value->text.len != 3 ||
        strspn(value->text.ptr, capitals) != 3)
        schema_wrong_type(source, value,
                          TEXT("a currency in three capitals, as in EUR",
                               "una valuta in tre maiuscole, per esempio EUR"));
    else
        *(struct str *)field = value->text;
}

static const struct schema_key keys[] = {
    {"name", schema_text, offsetof(struct product, name)},
    {"brand", schema_text, offsetof(struct product, brand)},
    {"price", schema_amount, offsetof(struct product, price)},
    {"currency", currency_read, offsetof(struct product, currency)},
    {"lowest_30d", schema_amount, offsetof(struct product, lowest_30d)},
    {"availability", read_availability, offsetof(struct product, availability)},
    {"sku", schema_text, offsetof(struct product, sku)},
    {0},
};

void product_read(const struct schema_source *source, const struct yaml_node *value, void *field)
{
    struct product *product = field;
    product->present = value->kind == YAML_MAPPING;
    schema_read(source, value, keys, product);
}

/* What a page sells. */
#ifndef ATTIMO_SITE_PRODUCT_H
#define ATTIMO_SITE_PRODUCT_H

#include "base/schema.h"

enum availability {
    AVAILABILITY_UNKNOWN,
    AVAILABILITY_IN_STOCK,
    AVAILABILITY_LIMITED,
    AVAILABILITY_PREORDER,
    AVAILABILITY_OUT_OF_STOCK
};

/* As the author wrote it; absent fields are empty. Prices are decimal numbers in `currency`. */
struct product {
    bool present;
    struct str name;
    struct str brand;
    struct str price;
    struct str currency; /* ISO 4217, "EUR" */
    struct str lowest_30d;
    struct str sku;
    enum availability availability;
};

/* Reads the key `product` into a struct product. */
schema_reader product_read;

/* A reader for a currency, into a struct str. */
schema_reader currency_read;

#endif

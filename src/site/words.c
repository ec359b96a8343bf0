/* Owns the wording of what attimo adds to pages. */
#include "site/words.h"

static const char *const days_it[] = {"luned\xC3\xAC",  "marted\xC3\xAC", "mercoled\xC3\xAC",
                                      "gioved\xC3\xAC", "venerd\xC3\xAC", "sabato",
                                      "domenica"};
static const char *const days_en[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                      "Friday", "Saturday", "Sunday"};
static const char *const months_it[] = {"gennaio",   "febbraio", "marzo",    "aprile",
                                        "maggio",    "giugno",   "luglio",   "agosto",
                                        "settembre", "ottobre",  "novembre", "dicembre"};
static const char *const months_en[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

static const char *const stock_it[] = {"", "Disponibile", "Ultimi pezzi", "Su prenotazione",
                                       "Esaurito"};
static const char *const stock_en[] = {"", "In stock", "Few left", "Pre-order", "Sold out"};

static const struct words italian = {
    .italian = true,
    .days = days_it,
    .months = months_it,
    .open_now = STR_INIT("Aperto ora"),
    .closed_now = STR_INIT("Chiuso ora"),
    .closed = STR_INIT("chiuso"),
    .closures = STR_INIT("Chiuso"),
    .lowest = STR_INIT("Prezzo pi\xC3\xB9 basso degli ultimi 30 giorni: "),
    .availability = stock_it,
    .photo = STR_INIT("Foto: "),
    .over = STR_INIT("Questa pagina non \xC3\xA8 pi\xC3\xB9 valida."),
    .unavailable = STR_INIT("Pagina non disponibile"),
    .home = STR_INIT("Vai alla prima pagina"),
    .one_more_tap = STR_INIT("Ancora un tocco"),
    .not_counted = STR_INIT("Il passaggio automatico ora non funziona. Il link \xC3\xA8 questo:"),
    .go_on = STR_INIT("Continua"),
};

static const struct words english = {
    .days = days_en,
    .months = months_en,
    .open_now = STR_INIT("Open now"),
    .closed_now = STR_INIT("Closed now"),
    .closed = STR_INIT("closed"),
    .closures = STR_INIT("Closed"),
    .lowest = STR_INIT("Lowest price of the last 30 days: "),
    .availability = stock_en,
    .photo = STR_INIT("Photo: "),
    .over = STR_INIT("This page is no longer valid."),
    .unavailable = STR_INIT("Page not available"),
    .home = STR_INIT("Go to the first page"),
    .one_more_tap = STR_INIT("One more tap"),
    .not_counted = STR_INIT("The automatic way does not work right now. This is the link:"),
    .go_on = STR_INIT("Go on"),
};

const struct words *words_of(struct str lang)
{
    bool is_italian =
        str_starts_with_nocase(lang, STR("it")) && (lang.len == 2 || lang.ptr[2] == '-');
    return is_italian ? &italian : &english;
}

void words_append_date(const struct words *words, struct date date, bool year, struct buf *out)
{
    const char *month = words->months[date.month - 1];
    if (words->italian && date.day == 1)
        buf_printf(out, "1\xC2\xBA %s", month);
    else if (words->italian)
        buf_printf(out, "%d %s", date.day, month);
    else
        buf_printf(out, "%s %d", month, date.day);
    if (year)
        buf_printf(out, words->italian ? " %d" : ", %d", date.year);
}

void words_append_time(int minutes, struct buf *out)
{
    buf_printf(out, "%d:%02d", minutes / 60 % 24, minutes % 60);
}

/* Thousands are parted, a decimal is made two ("129.9" is 129,90), and none is left of "129.00". */
static void append_amount(const struct words *words, struct str amount, struct buf *out)
{
    ptrdiff_t point = str_find(amount, '.');
    struct str whole = point < 0 ? amount : str_make(amount.ptr, (size_t)point);
    struct str cents = str_skip(amount, whole.len + 1);
    for (size_t i = 0; i < whole.len; i++) {
        if (i > 0 && (whole.len - i) % 3 == 0)
            buf_append_char(out, words->italian ? '.' : ',');
        buf_append_char(out, whole.ptr[i]);
    }
    if (whole.len == 0)
        buf_append_char(out, '0');
    if (cents.len == 0 || str_eq(cents, STR("0")) || str_eq(cents, STR("00")))
        return;
    buf_append_char(out, words->italian ? ',' : '.');
    buf_append(out, cents);
    if (cents.len == 1)
        buf_append_char(out, '0');
}

void words_append_price(const struct words *words, struct str amount, struct str currency,
                        struct buf *out)
{
    static const struct {
        const char *code;
        const char *sign;
    } signs[] = {{"EUR", "\xE2\x82\xAC"}, {"USD", "$"}, {"GBP", "\xC2\xA3"}};
    struct str sign = currency;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_eq(currency, str_from(signs[i].code)))
            sign = str_from(signs[i].sign);
    bool before = !words->italian && sign.ptr != currency.ptr;
    if (before)
        buf_append(out, sign);
    append_amount(words, amount, out);
    if (!before) {
        buf_append(out, STR("\xC2\xA0"));
        buf_append(out, sign);
    }
}

/* Owns the look of the table of pages. */
#include "cli/page_table.h"

#include <stdlib.h>
#include <unistd.h>

enum { BAR_CELLS = 10 };

struct words {
    const char *url;
    const char *wire;
    const char *saved;
    const char *flight;
    const char *one;
    const char *many;
    char decimal;
};

static const struct words words_of[] = {
    [LANG_EN] = {"PAGE", "ON THE WIRE", "SAVED", "FIRST FLIGHT", "page or asset",
                 "pages and assets", '.'},
    [LANG_IT] = {"PAGINA", "SUL FILO", "RISPARMIO", "PRIMO VOLO", "pagina o file", "pagine e file",
                 ','},
};

static const struct representation *smallest(const struct resource *resource)
{
    const struct representation *best = &resource->representations[CODING_IDENTITY];
    for (int c = CODING_GZIP; c < CODING_COUNT; c++)
        if (resource->available & 1U << c && resource->representations[c].body.len < best->body.len)
            best = &resource->representations[c];
    return best;
}

/* Columns that a UTF-8 text takes: its characters, which is right for the scripts of page names. */
static int columns(struct str s)
{
    int n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += (s.ptr[i] & 0xC0) != 0x80;
    return n;
}

/* A bar of eighths of a cell. */
static void print_bar(unsigned percent, FILE *out)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    unsigned cells = (percent > 100 ? 100 : percent) * BAR_CELLS * 8 / 100;
    for (unsigned i = 0; i < cells / 8; i++)
        (void)fputs("█", out);
    (void)fputs(eighths[cells % 8], out);
}

static void print_row(const struct resource *resource, int url_width, const struct words *words,
                      bool colour, FILE *out)
{
    size_t wire = resource_wire_size(resource);
    size_t plain = resource->representations[CODING_IDENTITY].body.len;
    size_t sent = smallest(resource)->body.len;
    unsigned saved = plain ? (unsigned)(100 - sent * 100 / plain) : 0;
    unsigned flight = (unsigned)((wire * 100 + FIRST_FLIGHT_BYTES / 2) / FIRST_FLIGHT_BYTES);
    const char *tint = !colour        ? ""
                       : flight > 100 ? "\033[31m"
                       : flight > 80  ? "\033[33m"
                                      : "\033[32m";

    (void)fprintf(out, "%.*s%*s", STR_ARG(resource->path), url_width - columns(resource->path), "");
    (void)fprintf(out, "  %*zu%c%zu kB", (int)columns(str_from(words->wire)) - 5, wire / 1000,
                  words->decimal, wire % 1000 / 100);
    (void)fprintf(out, "  %*u%%", columns(str_from(words->saved)) - 1, saved);
    (void)fprintf(out, "  %s%3u%% ", tint, flight);
    print_bar(flight, out);
    (void)fprintf(out, "%s\n", colour ? "\033[0m" : "");
}

void page_table_print(const struct site *site, enum lang lang, FILE *out)
{
    const struct words *words = &words_of[lang];
    size_t count;
    struct resource *const *resources = site_resources(site, &count);
    bool colour = isatty(fileno(out)) && !getenv("NO_COLOR");
    int width = columns(str_from(words->url));
    for (size_t i = 0; i < count; i++)
        if (columns(resources[i]->path) > width)
            width = columns(resources[i]->path);

    (void)fprintf(out, "%s%-*s  %s  %s  %s%s\n", colour ? "\033[1m" : "", width, words->url,
                  words->wire, words->saved, words->flight, colour ? "\033[0m" : "");
    size_t printed = 0;
    for (size_t i = 0; i < count; i++) {
        if (resources[i]->kind == RESOURCE_REDIRECT)
            continue;
        print_row(resources[i], width, words, colour, out);
        printed++;
    }
    (void)fprintf(out, "%zu %s\n", printed, printed == 1 ? words->one : words->many);
    (void)fflush(out);
}

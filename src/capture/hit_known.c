/* Owns the memory of pages and browsers: a piece of a hit has one place in its table, and who finds
 * another one there takes it. */
#include "capture/hit_known.h"

#include "base/err.h"
#include "capture/agent.h"
#include "capture/classify.h"

#include <assert.h>
#include <stdlib.h>

enum { PLACES = 256 };

/* The texts are slices of what stands here too. */
struct known_page {
    size_t len; /* 0: nothing has come here yet */
    char piece[HIT_PAGE_MAX];
    char line_part[EVENT_WRITTEN_MAX];
    struct str written;
#define MEMBER(name, max) struct str name;
    HIT_PAGE_TEXTS(MEMBER)
#undef MEMBER
};

struct known_browser {
    size_t len;
    char piece[HIT_AGENT_MAX];
    char line_part[EVENT_WRITTEN_MAX];
    struct str written;
    char letters[CLASSIFY_LANGUAGE_MAX];
    struct str language;
    struct agent agent;
};

struct hit_known {
    struct known_page pages[PLACES];
    struct known_browser browsers[PLACES];
};

int hit_known_create(struct hit_known **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? 0 : ERR_NO_MEMORY;
}

void hit_known_destroy(struct hit_known *known)
{
    free(known);
}

static uint64_t mix(uint64_t sum, const char *from)
{
    uint64_t word;
    memcpy(&word, from, sizeof word);
    return (sum ^ word) * 0x9e3779b97f4a7c15;
}

/* Spreads pieces over a table; who finds two of one place only makes himself read twice. */
static size_t place_of(struct str piece)
{
    enum { WORD = 8, STEP = 4 * WORD };
    uint64_t odd = piece.len;
    uint64_t even = 0;
    const char *end = piece.ptr + piece.len;
    size_t left = piece.len;
    assert(piece.len >= WORD);
    for (; left > STEP; left -= STEP) {
        odd = mix(mix(odd, end - left), end - left + 2 * WORD);
        even = mix(mix(even, end - left + WORD), end - left + 3 * WORD);
    }
    for (; left > WORD; left -= WORD)
        odd = mix(odd, end - left);
    odd = mix(odd, end - WORD);
    return (size_t)((odd ^ even) >> 32) % PLACES;
}

static bool is_known(const char *piece, size_t len, struct str told)
{
    return len == told.len && memcmp(piece, told.ptr, len) == 0;
}

/* --- pages */

static void set_page(struct event *event, const struct known_page *page)
{
#define SET(name, max) event->name = page->name;
    HIT_PAGE_TEXTS(SET)
#undef SET
    event->written.page = page->written;
}

static void read_page(struct known_page *page, struct str piece)
{
    struct hit_page_lens lens;
    struct event event = {0};
    *page = (struct known_page){.len = piece.len};
    memcpy(page->piece, piece.ptr, piece.len);
    memcpy(&lens, page->piece, sizeof lens);
    const char *at = page->piece + sizeof lens;
#define TAKE(name, max) at = hit_take_text(at, lens.name, &page->name);
    HIT_PAGE_TEXTS(TAKE)
#undef TAKE
    assert(at == page->piece + piece.len);
    set_page(&event, page);
    page->written = event_write_page(&event, page->line_part);
}

void hit_known_page(struct hit_known *known, struct event *event, struct str piece)
{
    struct known_page *page = &known->pages[place_of(piece)];
    if (!is_known(page->piece, page->len, piece))
        read_page(page, piece);
    set_page(event, page);
}

/* --- browsers */

static void set_browser(struct event *event, const struct known_browser *browser)
{
    event->app = browser->agent.app;
    event->device = browser->agent.device;
    event->os = browser->agent.os;
    event->lang = browser->language;
    event->bot = browser->agent.bot;
    event->written.agent = browser->written;
}

static void read_browser(struct known_browser *browser, struct str piece)
{
    struct hit_agent_lens lens;
    struct str user_agent = {0};
    struct str language = {0};
    struct str requested_with = {0};
    struct event event = {0};
    browser->len = piece.len;
    memcpy(browser->piece, piece.ptr, piece.len);
    memcpy(&lens, piece.ptr, sizeof lens);
    const char *at = piece.ptr + sizeof lens;
#define TAKE(name, max) at = hit_take_text(at, lens.name, &name);
    HIT_AGENT_TEXTS(TAKE)
#undef TAKE
    assert(at == piece.ptr + piece.len);
    agent_read(&browser->agent, user_agent, requested_with, lens.is_mobile);
    browser->language = classify_language(language, browser->letters);
    browser->written = STR("");
    set_browser(&event, browser);
    browser->written = event_write_agent(&event, browser->line_part);
}

void hit_known_agent(struct hit_known *known, struct event *event, struct str piece)
{
    struct known_browser *browser = &known->browsers[place_of(piece)];
    if (!is_known(browser->piece, browser->len, piece))
        read_browser(browser, piece);
    set_browser(event, browser);
}

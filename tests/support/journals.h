/* Small random journals, and what a funnel over one must give, found in slow and obvious ways. */
#ifndef ATTIMO_TESTS_JOURNALS_H
#define ATTIMO_TESTS_JOURNALS_H

#include "base/buf.h"
#include "insight/chain.h"

enum { JOURNAL_LINES = 24, JOURNAL_STEPS = 4, NONE = -1 };
enum { JOURNAL_STRETCH = 7 * 3600 };

enum journal_event { EVENT_VIEW, EVENT_SEEN, EVENT_CLICK, EVENT_ORDER, EVENT_COUNT };

/* One line. Texts are numbers here: pv 3 is written "p3", a journey 3 too, and so on; but as a
 * token of a server where it is told when that was made. */
struct entry {
    int id;
    int seq;
    int second;
    enum journal_event event;
    int pv;
    int journey;
    int pv_made; /* second; NONE: no token */
    int journey_made;
    int document;
    int n;
    int t;
    int cta;
    int page;
    int source;
    bool bot;
    bool internal;
    bool prefetch;
};

struct journal {
    struct entry entries[JOURNAL_LINES];
    size_t count;
};

struct wanted_step {
    enum journal_event event;
    int cta;    /* NONE: any */
    int source; /* NONE: any */
};

enum wanted_unit { WANTED_JOURNEY, WANTED_PV, WANTED_SOURCE };
enum wanted_group { WANTED_ALL, WANTED_PAGE, WANTED_BY_SOURCE };

struct wanted {
    struct wanted_step steps[JOURNAL_STEPS];
    size_t step_count;
    enum wanted_unit unit;
    enum wanted_group by;
    enum chain_mode mode;
    int window; /* these in seconds */
    int from;
    int to;
    int now;
};

/* The way of one unit through the funnel. */
struct winner {
    int group; /* page or source; NONE */
    size_t length;
    int entered; /* seconds */
    int elapsed;
};

struct winners {
    struct winner list[JOURNAL_LINES];
    size_t count;
};

/* The next journal and question of a sequence of random ones. */
void journal_random(struct journal *journal, struct wanted *wanted, uint64_t *random);

/* Seconds become hours (JOURNAL_STRETCH of them), and lines come in the order of time: then page
 * views and units are over, and forgotten, before the journal is, and some come again. */
void journal_stretch(struct journal *journal);

/* The id of a token, and its NUL. */
enum { JOURNAL_TOKEN = 21 };
void journal_token(char out[JOURNAL_TOKEN], int64_t ms, int number);

/* One line, as the server would write it, without line end. */
void journal_line(const struct entry *entry, struct buf *out);

/* All of its lines, each with its end. */
void journal_text(const struct journal *journal, struct buf *out);

/* Leaves out lines for as long as the rest is `wrong`, until no line can be left out any more. The
 * last journal that `wrong` is asked about is the one that is left. */
typedef bool journal_wrong(void *context, const struct journal *journal);
void journal_shrink(struct journal *journal, journal_wrong *wrong, void *context);

/* The number in the environment, else `otherwise`. */
uint64_t journal_setting(const char *name, uint64_t otherwise);

/* 1 November 2026, noon in UTC, is second 0. */
int64_t journal_ms(int second);

/* In plain C: every chain is tried. */
void journal_slow(const struct journal *journal, const struct wanted *wanted, struct winners *out);

/* In SQL, from the lines: SQLite reads the JSON, orders, and tries every chain. */
struct sql;
struct sql *sql_create(void);
void sql_destroy(struct sql *sql);
/* A table `lines` of one text column holds the journal's lines, and no others. */
struct sqlite3 *sql_fill(struct sql *sql, const struct journal *journal);
void journal_sql(struct sql *sql, const struct journal *journal, const struct wanted *wanted,
                 struct winners *out);

#endif

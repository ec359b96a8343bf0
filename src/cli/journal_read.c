/* Owns `attimo journal verify` and `stat`: reading all of it once. */
#include "base/err.h"
#include "cli/answer_words.h"
#include "cli/cli.h"
#include "cli/figures.h"
#include "cli/journal.h"
#include "journal/timestamp.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

/* --- verify --------------------------------------------------------------------------------- */

struct verification {
    const struct journal_view *view;
    uint64_t events;
    uint64_t bad;
    char node[NODE_MAX + 1]; /* of the last event */
    uint64_t seq;            /* likewise */
};

static void on_damage(void *context, const struct damage *damage)
{
    struct verification *v = context;
    v->bad++;
    journal_print_damage(v->view, damage, v->view->out);
}

/* Each line may be right and yet not stand where it was written: numbers only rise. */
static void check_order(struct verification *v, const struct iterate *it, const struct event *event)
{
    static const struct text words = {"number %" PRIu64 " stands behind number %" PRIu64,
                                      "il numero %" PRIu64 " viene dopo il numero %" PRIu64};
    if (str_eq(event->node, str_from(v->node)) && event->seq <= v->seq) {
        v->bad++;
        (void)fprintf(v->view->out, "%s/journal/%s:%" PRIu64 ": ", v->view->data, iterate_file(it),
                      iterate_offset(it));
        (void)fprintf(v->view->out, text_in(words, v->view->lang), event->seq, v->seq);
        (void)fputc('\n', v->view->out);
    }
    v->seq = event->seq;
    size_t len = event->node.len < NODE_MAX ? event->node.len : NODE_MAX;
    memcpy(v->node, event->node.ptr, len);
    v->node[len] = '\0';
}

static void print_verdict(const struct verification *v, size_t segments)
{
    enum lang lang = v->view->lang;
    struct buf line = BUF_EMPTY;
    answer_words_count(&line, segments, TEXT("segment", "segmento"), TEXT("segments", "segmenti"),
                       lang);
    buf_append(&line, STR(", "));
    answer_words_count(&line, v->events, TEXT("event", "evento"), TEXT("events", "eventi"), lang);
    buf_append(&line, STR(", "));
    answer_words_count(&line, v->bad, TEXT("bad line", "riga guasta"),
                       TEXT("bad lines", "righe guaste"), lang);
    (void)fprintf(v->view->out, "%.*s\n", STR_ARG(buf_str(&line)));
    buf_finish(&line);
}

int journal_verify(const struct journal_view *view)
{
    struct verification v = {.view = view};
    const struct iterate_options options = {view->dir_fd, view->live, on_damage, &v, NULL};
    struct iterate *it;
    struct event event;
    int rc = iterate_create(&it, &options);
    if (rc != 0)
        return journal_report_error(view, rc);
    while ((rc = iterate_next(it, &event)) == 1) {
        v.events++;
        check_order(&v, it, &event);
    }
    if (rc == 0)
        print_verdict(&v, iterate_segments(it)->count);
    iterate_destroy(it);
    if (rc != 0)
        return journal_report_error(view, rc);
    return v.bad > 0 ? EXIT_ANSWER_NO : EXIT_GOOD;
}

/* --- stat ----------------------------------------------------------------------------------- */

enum { KINDS_MAX = 32, KIND_SIZE = 24 };

struct kind {
    char name[KIND_SIZE];
    uint64_t events;
};

struct statistics {
    uint64_t events;
    uint64_t damaged;
    uint64_t bytes;
    size_t segments;
    size_t compressed;
    int64_t first_ms;
    int64_t last_ms;
    struct kind kinds[KINDS_MAX]; /* what is beyond is counted in the last */
    size_t kind_count;
};

static void count_damage(void *context, const struct damage *damage)
{
    (void)damage;
    ((struct statistics *)context)->damaged++;
}

static struct kind *find_kind(struct statistics *s, struct str name)
{
    if (name.len >= KIND_SIZE)
        name.len = KIND_SIZE - 1;
    size_t i = 0;
    while (i < s->kind_count && !str_eq(name, str_from(s->kinds[i].name)))
        i++;
    if (i == s->kind_count && i < KINDS_MAX)
        memcpy(s->kinds[s->kind_count++].name, name.ptr, name.len);
    return &s->kinds[i < KINDS_MAX ? i : KINDS_MAX - 1];
}

static void count_event(struct statistics *s, const struct event *event)
{
    if (s->events == 0 || event->ts_ms < s->first_ms)
        s->first_ms = event->ts_ms;
    if (s->events == 0 || event->ts_ms > s->last_ms)
        s->last_ms = event->ts_ms;
    s->events++;
    find_kind(s, event->event)->events++;
}

static void count_files(struct statistics *s, const struct journal_view *view,
                        const struct segment_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct stat st;
        s->segments++;
        s->compressed += list->items[i].name.compressed;
        if (fstatat(view->dir_fd, list->items[i].file, &st, 0) == 0)
            s->bytes += (uint64_t)st.st_size;
    }
}

static void print_row(const struct journal_view *view, const char *name, struct str value)
{
    enum { NAME_COLUMNS = 14 };
    struct buf line = BUF_EMPTY;
    figures_append_left(&line, str_from(name), NAME_COLUMNS);
    (void)fprintf(view->out, "%.*s %.*s\n", STR_ARG(buf_str(&line)), STR_ARG(value));
    buf_finish(&line);
}

static void print_count(const struct journal_view *view, const char *name, uint64_t n)
{
    struct buf count = BUF_EMPTY;
    figures_append_count(&count, n, view->lang);
    print_row(view, name, buf_str(&count));
    buf_finish(&count);
}

static void print_time(const struct journal_view *view, struct text name, int64_t ms)
{
    char time[TIMESTAMP_LEN];
    if (timestamp_write(time, ms) == 0)
        print_row(view, text_in(name, view->lang), str_make(time, sizeof time));
}

static int by_events(const void *a, const void *b)
{
    const struct kind *x = a;
    const struct kind *y = b;
    return x->events != y->events ? (x->events < y->events) - (x->events > y->events)
                                  : strcmp(x->name, y->name);
}

static void print_segments(const struct journal_view *view, const struct statistics *s)
{
    struct buf line = BUF_EMPTY;
    figures_append_count(&line, s->segments, view->lang);
    buf_append(&line, STR(" ("));
    answer_words_count(&line, s->compressed, TEXT("compressed", "compresso"),
                       TEXT("compressed", "compressi"), view->lang);
    buf_append_char(&line, ')');
    print_row(view, text_in(TEXT("segments", "segmenti"), view->lang), buf_str(&line));
    buf_finish(&line);
}

static void print_statistics(const struct journal_view *view, struct statistics *s)
{
    enum lang lang = view->lang;
    print_segments(view, s);
    print_count(view, text_in(TEXT("bytes", "byte"), lang), s->bytes);
    if (s->events > 0) {
        print_time(view, TEXT("first event", "primo evento"), s->first_ms);
        print_time(view, TEXT("last event", "ultimo evento"), s->last_ms);
    }
    print_count(view, text_in(TEXT("damaged", "guaste"), lang), s->damaged);
    print_count(view, text_in(TEXT("events", "eventi"), lang), s->events);
    qsort(s->kinds, s->kind_count, sizeof *s->kinds, by_events);
    for (size_t i = 0; i < s->kind_count; i++) {
        char name[2 + KIND_SIZE * STR_VISIBLE_MAX + 1] = "  ";
        size_t len = 2 + str_visible(name + 2, sizeof name - 3, str_from(s->kinds[i].name));
        name[len] = '\0';
        print_count(view, name, s->kinds[i].events);
    }
}

int journal_stat(const struct journal_view *view)
{
    struct statistics s = {0};
    const struct iterate_options options = {view->dir_fd, view->live, count_damage, &s, NULL};
    struct iterate *it;
    struct event event;
    int rc = iterate_create(&it, &options);
    if (rc != 0)
        return journal_report_error(view, rc);
    count_files(&s, view, iterate_segments(it));
    while ((rc = iterate_next(it, &event)) == 1)
        count_event(&s, &event);
    iterate_destroy(it);
    if (rc != 0)
        return journal_report_error(view, rc);
    print_statistics(view, &s);
    return EXIT_GOOD;
}

/* Owns the look of diagnostics. */
#include "cli/diag_print.h"

#include "cli/screen.h"
#include "site/lint_rules.h"

#include <string.h>
#include <unistd.h>

const char *diag_why(const struct diag *d, enum lang lang)
{
    const struct lint_rule *rule = lint_rule_find(d->rule);
    if (d->why.en || !rule)
        return text_in(d->why, lang);
    return text_in(rule->why, lang);
}

const char *diag_fix(const struct diag *d, enum lang lang)
{
    const struct lint_rule *rule = lint_rule_find(d->rule);
    if (d->fix.en || !rule)
        return text_in(d->fix, lang);
    return text_in(rule->fix, lang);
}

static const char *rule_name(const struct diag *d, enum lang lang)
{
    static const struct text others[] = {
        {"usage", "uso"},
        {"config", "configurazione"},
        {"takedown", "ritiro"},
        {"costs", "costi"},
    };
    const struct lint_rule *rule = lint_rule_find(d->rule);
    if (rule)
        return lang == LANG_IT ? rule->name_it : d->rule;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i].en, d->rule) == 0)
            return text_in(others[i], lang);
    return d->rule;
}

static void append_file(const struct diag *d, const char *folder, struct buf *line)
{
    if (folder && strcmp(folder, ".") != 0) {
        buf_append_visible(line, str_from(folder));
        if (!str_ends_with(str_from(folder), STR("/")))
            buf_append_char(line, '/');
    }
    buf_append_visible(line, str_from(d->file));
    if (d->line > 0)
        buf_printf(line, ":%u", d->line);
}

static void append_reason(const char *head, const char *words, struct buf *line)
{
    if (words)
        buf_printf(line, "    %s %s\n", head, words);
}

void diag_print(const struct diag *d, const struct diag_look *look, FILE *out)
{
    static const char *const tints[] = {"\033[36m", "\033[33m", "\033[31m"};
    bool italian = look->lang == LANG_IT;
    struct buf line = BUF_EMPTY;
    append_file(d, look->folder, &line);
    buf_printf(&line, ": %s%s%s: %s: ", look->colour ? tints[d->severity] : "",
               severity_name(d->severity, look->lang), look->colour ? "\033[0m" : "",
               rule_name(d, look->lang));
    buf_append_visible(&line, str_from(italian ? d->words_it : d->words));
    buf_append_char(&line, '\n');
    if (look->reasons) {
        append_reason(italian ? "Perché:" : "Why:", diag_why(d, look->lang), &line);
        append_reason(italian ? "Cosa fare:" : "What to do:", diag_fix(d, look->lang), &line);
    }
    (void)fwrite(line.ptr, 1, line.len, out);
    buf_finish(&line);
}

void diag_print_all(const struct diags *list, enum lang lang)
{
    const struct diag_look look = {.lang = lang, .colour = screen_has_colour(STDERR_FILENO)};
    for (size_t i = 0; i < list->count; i++)
        diag_print(&list->items[i], &look, stderr);
}

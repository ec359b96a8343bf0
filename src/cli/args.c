/* Owns reading the words behind small commands. */
#include "cli/args.h"

#include "base/nearest.h"
#include "base/str.h"
#include "cli/options.h"

#include <stdio.h>

/* The language that is asked for anywhere, so that what is wrong before it is told in it. */
static enum lang lang_of(int argc, char *const *argv)
{
    for (int i = 0; i < argc; i++) {
        struct str word = str_from(argv[i]);
        struct str next = str_from(i + 1 < argc ? argv[i + 1] : NULL);
        struct str value = str_eq(word, STR("--lang")) ? next : str_skip(word, word.len);
        if (str_starts_with(word, STR("--lang=")))
            value = str_skip(word, strlen("--lang="));
        if (str_eq(value, STR("it")) || str_eq(value, STR("en")))
            return str_eq(value, STR("it")) ? LANG_IT : LANG_EN;
    }
    return options_locale();
}

static const struct args_flag *find(const struct args_flag *flags, struct str name)
{
    for (; flags->name; flags++)
        if (str_eq(name, str_from(flags->name)))
            return flags;
    return NULL;
}

static void say_unknown(struct str name, const struct args_flag *flags, bool italian)
{
    struct nearest nearest = nearest_begin(name);
    const char *longer = NULL; /* of which it is the beginning */
    for (; flags->name; flags++) {
        nearest_look(&nearest, flags->name);
        if (name.len > 1 && str_starts_with(str_from(flags->name), name))
            longer = flags->name;
    }
    nearest.name = longer ? longer : nearest.name;
    (void)fprintf(stderr,
                  italian ? "attimo: l’opzione --%.*s non c’è" : "attimo: there is no flag --%.*s",
                  STR_ARG(name));
    if (nearest.name)
        (void)fprintf(stderr, italian ? "; volevi dire --%s?" : "; did you mean --%s?",
                      nearest.name);
    (void)fputc('\n', stderr);
}

/* Reads the flag at argv[*i] and moves behind it. */
static bool read_flag(int argc, char **argv, int *i, const struct args_flag *flags, enum lang lang)
{
    bool italian = lang == LANG_IT;
    struct str name = str_skip(str_from(argv[(*i)++]), 2);
    ptrdiff_t equals = str_find(name, '=');
    const char *value = NULL;
    if (equals >= 0) {
        value = name.ptr + equals + 1;
        name.len = (size_t)equals;
    }
    const struct args_flag *flag = find(flags, name);
    if (!flag) {
        say_unknown(name, flags, italian);
        return false;
    }
    if (!flag->value && value) {
        (void)fprintf(stderr,
                      italian ? "attimo: --%s non vuole un valore\n"
                              : "attimo: --%s takes no value\n",
                      flag->name);
        return false;
    }
    if (!flag->value) {
        *flag->given = true;
        return true;
    }
    if (!value && *i < argc)
        value = argv[(*i)++];
    if (!value || !*value) {
        (void)fprintf(stderr,
                      italian ? "attimo: a --%s serve un valore\n" : "attimo: --%s needs a value\n",
                      flag->name);
        return false;
    }
    if (flag->count && *flag->count == ARGS_VALUES_MAX) {
        (void)fprintf(stderr,
                      italian ? "attimo: --%s si può usare al massimo %d volte\n"
                              : "attimo: --%s can come %d times at most\n",
                      flag->name, ARGS_VALUES_MAX);
        return false;
    }
    flag->value[flag->count ? (*flag->count)++ : 0] = value;
    return true;
}

bool args_wrong(enum lang lang, struct text words, const char *value)
{
    (void)fprintf(stderr, lang == LANG_IT ? "attimo: %s, non «%s»\n" : "attimo: %s, not \"%s\"\n",
                  text_in(words, lang), value);
    return false;
}

static bool read_lang(const char *value, enum lang *out)
{
    *out = options_locale();
    if (!value)
        return true;
    if (!str_eq(str_from(value), STR("it")) && !str_eq(str_from(value), STR("en")))
        return args_wrong(*out, TEXT("--lang is it or en", "--lang è it o en"), value);
    *out = str_eq(str_from(value), STR("it")) ? LANG_IT : LANG_EN;
    return true;
}

bool args_read(struct args *out, int argc, char **argv, const struct args_flag *flags)
{
    const char *lang = NULL;
    const struct args_flag common[] = {{"lang", &lang}, {"help", NULL, &out->help}, {0}};
    *out = (struct args){.words = argv, .lang = lang_of(argc, argv)};
    for (int i = 0; i < argc;) {
        struct str word = str_from(argv[i]);
        if (str_eq(word, STR("-h"))) {
            out->help = true;
            i++;
        } else if (!str_starts_with(word, STR("--"))) {
            argv[out->count++] = argv[i++];
        } else {
            ptrdiff_t equals = str_find(word, '=');
            struct str name = str_skip(equals < 0 ? word : str_make(word.ptr, (size_t)equals), 2);
            if (!read_flag(argc, argv, &i, find(common, name) ? common : flags, out->lang))
                return false;
        }
    }
    return read_lang(lang, &out->lang);
}

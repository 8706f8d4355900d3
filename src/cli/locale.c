/* The locale that the program runs in, and what follows for texts.
 *
 * Only LC_CTYPE is set, the other categories are the program's business.  The C locale says nothing about encodings: where it was not
 * forced (LC_ALL) a locale of UTF-8 takes its place, for child processes too, and where it stays UTF-8 is assumed (the UTF-8 mode).
 */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"

static bool is_c_locale(void) {
    const char *name = setlocale(LC_CTYPE, NULL);
    return name != NULL && (strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0);
}

/* Puts a locale of UTF-8 into the place of the C locale; NULL: there is none. */
static const char *coerce(void) {
    static const char *const names[] = {"C.UTF-8", "C.utf8", "UTF-8"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (setlocale(LC_CTYPE, names[i]) == NULL) continue;
        const char *encoding = nl_langinfo(CODESET);
        if (encoding != NULL && *encoding && setenv("LC_CTYPE", names[i], 1) == 0) return names[i];
    }
    setlocale(LC_CTYPE, "C");
    return NULL;
}

void locale_settle(Config *c) {
    setlocale(LC_CTYPE, "");
    const char *setting = c->ignore_environment ? NULL : getenv("PYTHONCOERCECLOCALE"), *forced = getenv("LC_ALL");
    bool warn = setting != NULL && strcmp(setting, "warn") == 0;
    if (c->utf8_mode < 0) c->utf8_mode = is_c_locale();
    if (is_c_locale() && (forced == NULL || *forced == 0) && (setting == NULL || strcmp(setting, "0") != 0)) {
        const char *name = coerce();
        if (warn && name != NULL)
            fprintf(stderr, "Python detected LC_CTYPE=C: LC_CTYPE coerced to %s (set another locale or PYTHONCOERCECLOCALE=0 to disable this locale coercion behavior).\n", name);
    }
    if (warn && is_c_locale())
        fputs("Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause Unicode compatibility problems. Using C.UTF-8, C.utf8, or UTF-8 (if available) as alternative Unicode-compatible locales is recommended.\n", stderr);
    c->fs_encoding = c->utf8_mode || strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") != 0 ? "utf-8" : "ascii";
}

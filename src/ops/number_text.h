/* The text of a number, as int(), float() and complex() see it. */
#ifndef KRAIT_OPS_NUMBER_TEXT_H
#define KRAIT_OPS_NUMBER_TEXT_H

#include "core/errors.h"

typedef struct NumberText {
    const char *text; /* white space around it is gone; other scripts' digits are ASCII, other characters '?' */
    int64_t n;
    char *owned;
    bool is_text;     /* false: the value is neither a str nor a bytes-like object */
} NumberText;

bool number_text_get(Thread *t, Value v, NumberText *out) MUST_USE;
void number_text_free(Thread *t, NumberText *text);
/* Copies without underscores; -1: one does not stand between digits. `out` has room for n. */
int64_t number_text_strip_underscores(const char *p, int64_t n, char *out);

#endif

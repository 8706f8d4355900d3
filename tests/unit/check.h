/* The whole of the unit tests' framework: CHECK counts, CHECK_DONE is main's result. */
#ifndef KRAIT_TESTS_UNIT_CHECK_H
#define KRAIT_TESTS_UNIT_CHECK_H

#include <stdio.h>

static int check_failures;

#define CHECK(cond)                                                            \
    do {                                                                       \
        if (!(cond)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #cond); \
            check_failures++;                                                  \
        }                                                                      \
    } while (0)

#define CHECK_DONE() (check_failures ? 1 : 0)

#endif

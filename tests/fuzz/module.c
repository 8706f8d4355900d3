/* The libFuzzer driver of every target that is a Python function: fuzz_NAME of tests/fuzz/targets.py, which gets the bytes.
 *
 *     PROGRAM --target=NAME [what libFuzzer takes]
 *
 * One interpreter is booted once. An exception of the function is an answer like any other, since the input is hostile; a SystemError is not:
 * the interpreter raises it when it contradicts itself. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "cli/options.h"
#include "cli/run.h"
#include "import/import.h"
#include "object/bytes.h"
#include "ops/attr.h"
#include "ops/call.h"

static struct {
    Config config;
    Thread *t;
    Value function;
} fuzz;

static void give_up(const char *what, const char *name)
{
    fprintf(stderr, "fuzz: %s %s\n", what, name);
    exit(1);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *target = NULL;
    for (int i = 1; i < *argc; i++) {
        if (strncmp((*argv)[i], "--target=", 9) == 0) target = (*argv)[i] + 9;
    }
    if (target == NULL) give_up("no", "--target=NAME");
    char *options[] = {(*argv)[0], "-B", "-W", "ignore", "-c", "import sys; sys.path.insert(0, 'tests/fuzz'); import targets", NULL};
    RunPlan plan;
    options_read(6, options, &fuzz.config, &plan);
    if (!paths_find(&fuzz.config, (*argv)[0])) exit(1);
    fuzz.t = boot(&fuzz.config);
    if (fuzz.t == NULL || run_plan(fuzz.t, &plan) != 0) exit(1);
    Value targets = import_module(fuzz.t, "targets");
    if (is_null(targets)) give_up("cannot import", "tests/fuzz/targets.py");
    char name[64];
    snprintf(name, sizeof name, "fuzz_%s", target);
    fuzz.function = attr_get_cstr(fuzz.t, targets, name);
    decref(fuzz.t, targets);
    if (is_null(fuzz.function)) give_up("tests/fuzz/targets.py has no", target);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Thread *t = fuzz.t;
    Value bytes = bytes_new(t, (const char *)data, (int64_t)size);
    Value v = is_null(bytes) ? VNULL : call_1(t, fuzz.function, bytes);
    decref_maybe(t, v);
    decref_maybe(t, bytes);
    if (is_null(v) && err_is(t, T_SystemError)) abort();
    err_clear(t);
    return 0;
}

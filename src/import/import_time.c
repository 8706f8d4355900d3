/* -X importtime: import_time.h.  An import's own time is what it took less what the imports within it took; a line is written when it ends,
 * so that the modules it needed stand above it, further to the right. */
#include "import/import_time.h"

#include <stdio.h>
#include <time.h>

#include "core/config.h"
#include "heap/heap.h"
#include "object/bytes.h"
#include "object/str.h"

typedef struct ImportTimes {
    int depth;      /* imports that run */
    int64_t inside; /* ns that imports within the innermost of them took */
    bool cached;    /* those that sys.modules answers are shown, too */
    bool headed;
} ImportTimes;

bool import_times_init(Thread *t) {
    int wanted = t->runtime->config->import_time;
    if (wanted == 0) return true;
    ImportTimes *times = heap_alloc_zeroed(t, sizeof *times); /* lives as long as the heap */
    if (times == NULL) return false;
    times->cached = wanted == 2;
    t->interp->import_times = times;
    return true;
}

static int64_t now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
}

static long long microseconds(int64_t ns) { return (long long)((ns + 999) / 1000); }

static void print_head(ImportTimes *times) {
    if (times->headed) return;
    times->headed = true;
    fputs("import time: self [us] | cumulative | imported package\n", stderr);
}

/* The name behind blanks: `indent` of them, or as many as make it `width` wide. */
static void print_name(Thread *t, int indent, int width, Value name) {
    Value exception = err_fetch(t), bytes = VNULL;
    if (is_str(t, name) && str_is_ascii(V_AS(Str, name))) fprintf(stderr, "%*s%*s\n", indent, "", width, (const char *)str_1(V_AS(Str, name)));
    else {
        bytes = is_str(t, name) ? t->hooks->encode(t, name, "utf-8", "backslashreplace") : VNULL;
        fprintf(stderr, "%*s%*s\n", indent, "", width, is_null(bytes) ? "?" : V_AS(Bytes, bytes)->data);
        decref_maybe(t, bytes);
    }
    err_restore(t, exception);
}

void import_timer_start(Thread *t, ImportTimer *timer) {
    ImportTimes *times = t->interp->import_times;
    print_head(times);
    times->depth++;
    timer->outside = times->inside;
    times->inside = 0;
    timer->start = now();
}

void import_timer_stop(Thread *t, const ImportTimer *timer, Value name) {
    ImportTimes *times = t->interp->import_times;
    int64_t took = now() - timer->start;
    times->depth--;
    fprintf(stderr, "import time: %9lld | %10lld | ", microseconds(took - times->inside), microseconds(took));
    print_name(t, 2 * times->depth, 0, name);
    times->inside = timer->outside + took;
}

void import_times_cached(Thread *t, Value name) {
    ImportTimes *times = t->interp->import_times;
    if (!times->cached) return;
    print_head(times);
    fputs("import time: cached    | cached     | ", stderr);
    print_name(t, 0, 2 * times->depth, name);
}

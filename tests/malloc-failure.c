/* Loaded in front of a program (LD_PRELOAD): of the calls of malloc, calloc, realloc, posix_memalign and mmap, those that MALLOC_FAILURE tells fail, as
 * base/fault.h describes it. Only calls by the program itself and what it has loaded from its own library count (by the place that they return to):
 * the C library and others may have their own ideas of what to do without memory.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/fault.h"

static void *(*real_malloc)(size_t), *(*real_calloc)(size_t, size_t), *(*real_realloc)(void *, size_t);
static void *(*real_mmap)(void *, size_t, int, int, int, off_t);
static Fault *fault;
static bool busy;
static char early[4096]; /* dlsym itself allocates */
static size_t early_used;

extern char __executable_start __attribute__((weak)), etext __attribute__((weak));
static uintptr_t program_start, program_end;

/* Where the executable's code lies. */
static void find_program(void) {
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512], name[300] = "", first[300] = "";
    while (maps && fgets(line, sizeof line, maps)) {
        uintptr_t from, to;
        char access[8];
        if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %299s", &from, &to, access, name) < 4) continue;
        if (!*first) strcpy(first, name);
        if (strcmp(first, name) == 0 && access[2] == 'x') {
            program_start = from;
            program_end = to;
            break;
        }
    }
    if (maps) fclose(maps);
}

__attribute__((constructor)) static void begin(void) {
    real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
    real_mmap = (void *(*)(void *, size_t, int, int, int, off_t))dlsym(RTLD_NEXT, "mmap");
    real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
    const char *plan = getenv("MALLOC_FAILURE");
    busy = true;
    find_program();
    if (plan) fault = fault_new(plan, "malloc");
    busy = false;
    unsetenv("LD_PRELOAD");
}

static bool fails(const void *caller) {
    if (!fault || busy || (uintptr_t)caller < program_start || (uintptr_t)caller >= program_end) return false;
    busy = true;
    bool now = fault_now(fault);
    busy = false;
    if (now) errno = ENOMEM;
    return now;
}
#define CALLER __builtin_return_address(0)

void *malloc(size_t n) { return !real_malloc || fails(CALLER) ? NULL : real_malloc(n); }
void *calloc(size_t n, size_t size) {
    if (!real_calloc) {
        void *p = early + early_used;
        early_used += (n * size + 15) & ~(size_t)15;
        return early_used <= sizeof early ? p : NULL;
    }
    return fails(CALLER) ? NULL : real_calloc(n, size);
}
void *realloc(void *p, size_t n) { return fails(CALLER) ? NULL : real_realloc(p, n); }
void *mmap(void *at, size_t n, int access, int flags, int fd, off_t offset) { return fails(CALLER) ? MAP_FAILED : real_mmap(at, n, access, flags, fd, offset); }

/* Nothing is left of an interpreter when it has ended: by the system's account of what is mapped. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "krait.h"

static const char program[] =
    "import json, re, collections, threading, weakref, decimal\n"
    "class C:\n"
    "    def __init__(self): self.me = self\n"
    "kept = [C() for _ in range(1000)], {i: str(i) for i in range(1000)}, 3 ** 5000, bytes(3 << 20), json.dumps([1] * 100)\n"
    "def hot(n):\n"
    "    t = 0\n"
    "    for i in range(n): t += len(kept[0]) * i\n"
    "    return t\n"
    "hot(5000)\n"
    "barrier = threading.Barrier(3)\n" /* both at once in each round: libc keeps their stacks for the next */
    "threads = [threading.Thread(target=barrier.wait) for _ in range(2)]\n"
    "for t in threads: t.start()\n"
    "barrier.wait()\n"
    "for t in threads: t.join()\n"
    "def count():\n"
    "    while True: yield decimal.Decimal(1)\n"
    "generator = count(); next(generator)\n"
    "try: 1 / 0\n"
    "except ZeroDivisionError as e: failure = e\n";

/* Kilobytes that are mapped and may be written. */
static long mapped(void) {
    FILE *f = fopen("/proc/self/status", "r");
    char line[200];
    long kb = -1;
    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "VmData: %ld", &kb) == 1) break;
    }
    if (f) fclose(f);
    return kb;
}

int main(int argc, char **argv) {
#ifdef __SANITIZE_ADDRESS__
    puts("SKIP: the sanitizers keep memory of their own");
    return 0;
#endif
    char home[4096]; /* this is BUILD/tests/unit/embed_end */
    snprintf(home, sizeof home, "%s", argv[0]);
    for (int i = 0; i < 3; i++) {
        char *slash = strrchr(home, '/');
        if (slash) *slash = 0;
    }
    long before = 0;
    for (int round = 0; round < 5; round++) {
        KraitOptions options = {.size = sizeof options, .home = home};
        Krait *k = krait_start(&options);
        CHECK(k != NULL);
        bool ran = krait_run(k, program, "program");
        if (!ran) krait_print_error(k);
        CHECK(ran);
        CHECK(krait_end(k) == 0);
        malloc_trim(0);
        if (round == 1) before = mapped(); /* what libc and the libraries keep for themselves, they have by now */
    }
    CHECK(mapped() <= before + 256);
    return CHECK_DONE();
}

/* The heap in figures, for people. */
#include "heap/heap.h"

void heap_print_stats(Heap *h, FILE *out) {
    static const char *const kinds[PAGE_KINDS] = {"objects", "objects with a word in front", "raw blocks"};
    HeapStats s;
    heap_stats(h, &s);
    fprintf(out, "%12s %8s %10s %12s %12s %6s\n", "cell bytes", "pages", "live", "free", "live bytes", "used");
    for (unsigned k = 0; k < PAGE_KINDS; k++) {
        bool any = false;
        for (unsigned c = 0; c < HEAP_CLASSES; c++) {
            uint64_t used = s.classes[k][c].used, capacity = s.classes[k][c].capacity;
            if (!capacity) continue;
            if (!any) fprintf(out, "%s\n", kinds[k]);
            any = true;
            fprintf(out, "%12u %8u %10llu %12llu %12llu %5.1f%%\n", s.classes[k][c].cell, s.classes[k][c].pages, (unsigned long long)used,
                    (unsigned long long)(capacity - used), (unsigned long long)(used * s.classes[k][c].cell), 100.0 * (double)used / (double)capacity);
        }
    }
    fprintf(out, "%llu bytes from the system, %llu in use; %llu segments, %llu pages in use, %llu free; %llu big blocks\n",
            (unsigned long long)s.mapped, (unsigned long long)s.used, (unsigned long long)s.segments, (unsigned long long)s.pages_used,
            (unsigned long long)s.pages_free, (unsigned long long)s.big_blocks);
}

uint64_t heap_live_blocks(Thread *t) {
    HeapStats s;
    heap_stats(t->heap, &s);
    uint64_t n = s.big_blocks;
    for (unsigned k = 0; k < PAGE_KINDS; k++) {
        for (unsigned c = 0; c < HEAP_CLASSES; c++) n += s.classes[k][c].used;
    }
    return n;
}

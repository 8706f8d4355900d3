/* The heap in figures, for people; and what is in it, object by object. */
#include "heap/heap_priv.h"
#include "heap/heap_walk.h"

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

/* Under AddressSanitizer the cells that are free are poisoned; only their heads, which say so, are read. */
__attribute__((no_sanitize_address)) static uint32_t cell_shape(Page *p, uint32_t index) { return page_object(p, index)->shape; }

void heap_each_object(Heap *h, void (*visit)(uint32_t shape, uint64_t bytes, void *context), void *context) {
    HeapCursor cursor = heap_cursor(h);
    for (Page *p; (p = heap_next_used_page(&cursor));) {
        if (p->kind == PAGE_RAW) continue;
        bool big = p->flags & PAGE_BIG;
        uint32_t cells = page_cells(p);
        for (uint32_t i = 0; i < cells; i++) {
            uint32_t shape = big ? page_object(p, 0)->shape : cell_shape(p, i);
            if (shape != T_INVALID) visit(shape, big ? p->bytes : p->cell, context);
        }
    }
}

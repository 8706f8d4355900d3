/* How many objects of each type there are, and the memory that they themselves take: what they hold in raw blocks (the items of a list,
 * the table of a dict) is in the heap's own table only, since a block does not know whose it is.
 *
 * Counts are kept in libc's memory by shape, and each shape's are then added to its type's first one.
 */
#include "object/census.h"

#include <stdlib.h>

#include "core/errors.h"
#include "heap/heap_walk.h"
#include "object/str.h"
#include "object/type_name.h"

enum { ROWS = 40 }; /* types that are shown */

typedef struct Count {
    uint64_t objects, bytes;
    const Type *type;
} Count;

static void count(uint32_t shape, uint64_t bytes, void *context) {
    Count *c = (Count *)context + shape / sizeof(Shape);
    c->objects++;
    c->bytes += bytes;
}

static int by_bytes(const void *a, const void *b) {
    const Count *x = a, *y = b;
    return x->bytes != y->bytes ? (x->bytes < y->bytes ? 1 : -1) : (x->objects < y->objects) - (x->objects > y->objects);
}

/* Adds each shape's counts to those of its type's root shape; answers the number of types, whose counts come first and sorted. */
static size_t gather_types(Thread *t, Count *counts, size_t shapes) {
    for (size_t i = 1; i < shapes; i++) {
        const Type *type = counts[i].objects ? shape_at(t, (uint32_t)(i * sizeof(Shape)))->type : NULL;
        if (!type) continue;
        Count *root = &counts[type->shape / sizeof(Shape)];
        root->type = type;
        if (root == &counts[i]) continue;
        root->objects += counts[i].objects;
        root->bytes += counts[i].bytes;
        counts[i].objects = 0;
    }
    size_t n = 0;
    for (size_t i = 1; i < shapes; i++) {
        if (counts[i].type) counts[n++] = counts[i];
    }
    qsort(counts, n, sizeof *counts, by_bytes);
    return n;
}

static void print_type(Thread *t, const Count *c, FILE *out) {
    Value name = type_display_name(t, c->type), keep = VNULL;
    const char *text = is_null(name) ? NULL : str_utf8(t, name, NULL, &keep);
    if (!text) err_clear(t);
    fprintf(out, "%12llu %12llu  %s\n", (unsigned long long)c->objects, (unsigned long long)c->bytes, text ? text : "?");
    decref_maybe(t, keep);
    decref_maybe(t, name);
}

static void print_types(Thread *t, FILE *out) {
    size_t shapes = t->interp->shapes_top / sizeof(Shape) + 1;
    Count *counts = calloc(shapes, sizeof *counts);
    if (!counts) return;
    heap_each_object(t->heap, count, counts);
    size_t n = gather_types(t, counts, shapes);
    fprintf(out, "%12s %12s\n", "objects", "bytes");
    for (size_t i = 0; i < n && i < ROWS; i++) print_type(t, &counts[i], out);
    Count rest = {0};
    for (size_t i = ROWS; i < n; i++) {
        rest.objects += counts[i].objects;
        rest.bytes += counts[i].bytes;
    }
    if (n > ROWS) {
        fprintf(out, "%12llu %12llu  (%zu other types)\n", (unsigned long long)rest.objects, (unsigned long long)rest.bytes, n - ROWS);
    }
    free(counts);
}

void census_print(Thread *t, FILE *out) {
    heap_print_stats(t->heap, out);
    print_types(t, out);
}

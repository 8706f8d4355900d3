/* array inside: the kinds of items. */
#ifndef KRAIT_MODULES_ARRAY_PRIV_H
#define KRAIT_MODULES_ARRAY_PRIV_H

#include "modules/module.h"
#include "object/array.h"
#include "object/instance.h"

enum { ITEM_MAX = 8 };

typedef struct ItemKind {
    char code;
    uint8_t size;
    bool is_int, is_signed, is_text;
    const char *format;  /* struct's, for views */
    Value (*get)(Thread *t, const char *p);
    bool (*set)(Thread *t, Value v, char *p);  /* may run Python code: p is not in an array */
} ItemKind;

extern const ItemKind array_kinds[]; /* by enum ArrayKind, then one without a code */
enum { KIND_COUNT = ARRAY_KINDS + 1 };
/* -1: no such code. */
int array_kind_of_code(uint32_t code);

static inline const ItemKind *kind_of(const Array *a) { return &array_kinds[a->kind]; }
static inline char *item_at(const Array *a, int64_t i) { return a->data + i * kind_of(a)->size; }
static inline Value array_get(Thread *t, const Array *a, int64_t i) { return kind_of(a)->get(t, item_at(a, i)); }

/* The machine formats of pickles: code 0 to 21 for every item format of any machine. */
enum { FORMAT_COUNT = 22 };
int array_machine_format(const ItemKind *kind);
Value array_reconstructor(Thread *t, Value *args, uint32_t nargs, Value kwnames);

Value array_new_sized(Thread *t, Type *type, int kind, int64_t length);
bool array_append(Thread *t, Array *a, Value v) MUST_USE;
bool array_append_bytes(Thread *t, Array *a, const char *data, int64_t bytes) MUST_USE;

#endif

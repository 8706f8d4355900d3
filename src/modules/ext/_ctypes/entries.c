/* _ctypes: the functions that ctypes calls by address: cast, string_at, wstring_at, memoryview_at.
 *
 * They are closures, so that each knows its interpreter; they are called as functions of the Python API: with the GIL, objects as arguments
 * and result.
 */
#include <wchar.h>

#include "core/runtime.h"
#include "modules/ext/_ctypes/ctypes_priv.h"
#include "types/memoryview.h"

static Thread *thread_of(void *user) { return thread_current(user); }

/* --- cast ---------------------------------------------------------------------------------------------------------------------------------------- */

static bool may_cast_to(Thread *t, Value class) {
    CType *c = ctype_of(t, class);
    if (c != NULL && (c->kind == CK_POINTER || c->kind == CK_FUNCTION)) return true;
    if (c != NULL && c->kind == CK_SIMPLE && strchr("PzZO", c->simple->code)) return true;
    if (is_type(t, class)) return err_fail(t, T_TypeError, "cast() argument 2 must be a pointer, not %N", V_AS(Type, class));
    return err_fail(t, T_TypeError, "cast() argument 2 must be a pointer, not %T", class);
}

/* The result shares what the source keeps alive, and keeps the source. */
static bool share_objects(Thread *t, CData *to, Value source) {
    Value objects = data_objects(t, V_AS(CData, source));
    if (is_null(objects)) return false;
    slot_set(t, &to->objects, new_ref(objects));
    if (!is_dict(t, objects)) return true;
    Value key = int_from_u64(t, source.bits);
    bool done = !is_null(key) && dict_set(t, objects, key, source);
    decref_maybe(t, key);
    return done;
}

static Value cast(Thread *t, void *pointer, Value source, Value class) {
    if (!may_cast_to(t, class)) return VNULL;
    Value v = call_0(t, class);
    if (is_null(v)) return v;
    CData *d = V_AS(CData, v);
    if (is_cdata(t, source) && !share_objects(t, d, source)) {
        decref(t, v);
        return VNULL;
    }
    memcpy(d->memory, &pointer, sizeof pointer);
    return v;
}

static void on_cast(ffi_cif *cif, void *result, void **values, void *user) {
    *(Value *)result = cast(thread_of(user), *(void **)values[0], *(Value *)values[1], *(Value *)values[2]);
}

/* --- Text ------------------------------------------------------------------------------------------------------------------------------------------ */

/* -1: up to the NUL. */
static bool is_length(Thread *t, int64_t n, void *result) {
    *(Value *)result = VNULL;
    return n >= -1 || err_fail(t, T_SystemError, "Negative size passed to a string at an address");
}

static void on_string_at(ffi_cif *cif, void *result, void **values, void *user) {
    const char *p = *(const char **)values[0];
    int64_t n = *(int *)values[1];
    if (is_length(thread_of(user), n, result)) *(Value *)result = bytes_new(thread_of(user), p, n < 0 ? (int64_t)strlen(p) : n);
}

static void on_wstring_at(ffi_cif *cif, void *result, void **values, void *user) {
    Thread *t = thread_of(user);
    const uint32_t *p = *(const uint32_t **)values[0];
    int64_t n = *(int *)values[1];
    if (!is_length(t, n, result)) return;
    if (n < 0) n = (int64_t)wcslen((const wchar_t *)p);
    for (int64_t i = 0; i < n; i++) {
        if (p[i] <= 0x10FFFF) continue;
        *(Value *)result = err_raise(t, T_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", p[i]);
        return;
    }
    *(Value *)result = str_from_ucs4(t, p, n);
}

/* --- Memory ------------------------------------------------------------------------------------------------------------------------------------------- */

/* The object that a memoryview of bare memory stands on. */
typedef struct Memory {
    Object head;
    char *data;
    int64_t length;
    bool readonly;
} Memory;

static bool memory_get_buffer(Thread *t, Value self, Buffer *view, int flags) {
    Memory *m = V_AS(Memory, self);
    return buffer_fill(t, view, self, m->data, m->length, m->readonly, flags);
}

const TypeDef typedef_ctypes_Memory = {
    .name = "_ctypes.Memory",
    .flags = TF_MODULE_NAME | TF_NO_NEW,
    .size = sizeof(Memory),
    .slots = {.get_buffer = memory_get_buffer},
};

static void on_memoryview_at(ffi_cif *cif, void *result, void **values, void *user) {
    Thread *t = thread_of(user);
    int64_t length = *(int64_t *)values[1];
    *(Value *)result = VNULL;
    if (length < 0) {
        err_raise(t, T_ValueError, "memoryview_at: size is negative (or overflowed): %ld", (long)length);
        return;
    }
    Memory *m = heap_object(t, ctypes_state(t)->memory->shape, sizeof *m);
    if (m == NULL) return;
    m->data = *(char **)values[0];
    m->length = length;
    m->readonly = *(int *)values[2];
    *(Value *)result = memoryview_new(t, v_from(m), BUF_FULL_RO);
    obj_decref(t, m);
}

/* --- Their making ---------------------------------------------------------------------------------------------------------------------------------------- */

static const struct EntryRow {
    const char *name;
    void (*function)(ffi_cif *, void *, void **, void *);
    unsigned n;
    ffi_type *types[3];
} rows[] = {
    [ENTRY_CAST] = {"_cast_addr", on_cast, 3, {&ffi_type_pointer, &ffi_type_pointer, &ffi_type_pointer}},
    [ENTRY_STRING_AT] = {"_string_at_addr", on_string_at, 2, {&ffi_type_pointer, &ffi_type_sint}},
    [ENTRY_WSTRING_AT] = {"_wstring_at_addr", on_wstring_at, 2, {&ffi_type_pointer, &ffi_type_sint}},
    [ENTRY_MEMORYVIEW_AT] = {"_memoryview_at_addr", on_memoryview_at, 3, {&ffi_type_pointer, &ffi_type_sint64, &ffi_type_sint}},
};

static bool entry_make(Thread *t, struct Entry *e, const struct EntryRow *row) {
    if (e->closure != NULL) return true;
    e->closure = ffi_closure_alloc(sizeof *e->closure, &e->code);
    if (e->closure == NULL) return err_no_memory_fail(t);
    if (ffi_prep_cif(&e->cif, FFI_DEFAULT_ABI, row->n, &ffi_type_pointer, (ffi_type **)row->types) == FFI_OK &&
        ffi_prep_closure_loc(e->closure, &e->cif, row->function, t->runtime, e->code) == FFI_OK)
        return true;
    return err_fail(t, T_RuntimeError, "ffi_prep_closure failed");
}

static bool add_address(Thread *t, Value module, const char *name, const void *address) { return module_add(t, module, name, int_from_u64(t, (uint64_t)address)); }

bool entries_make(Thread *t, Value module) {
    CtypesState *s = ctypes_state(t);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!entry_make(t, &s->entries[i], &rows[i]) || !add_address(t, module, rows[i].name, s->entries[i].code)) return false;
    return add_address(t, module, "_memmove_addr", memmove) && add_address(t, module, "_memset_addr", memset);
}

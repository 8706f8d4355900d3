/* The module _testinternalcapi: those views into the interpreter that CPython's test suite asks for and that mean something here.
 *
 * What it does not have raises AttributeError in the tests that want it.
 */
#include "modules/module.h"
#include "object/code.h"
#include "object/exception.h"
#include "object/gc.h"
#include "object/instance.h"

#define FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* Whether all attributes of the object lie in slots of its own: its shape is no dict's and needs no room outside. */
FUNCTION(has_inline_values) {
    if (!is_obj(args[0])) return V_FALSE;
    uint32_t flags = type_of(t, args[0])->flags;
    if (!(flags & TF_DICT) || !(flags & TF_HEAP) || flags & TF_VARSIZED) return V_FALSE;
    Shape *shape = shape_at(t, v_obj(args[0])->shape);
    return v_bool(!(shape->flags & SHAPE_DICT_MODE) && shape->nslots <= shape->inline_cap);
}

FUNCTION(get_recursion_depth) { return v_smallint(t->fiber->depth); }

/* About how many calls of C functions the stack has room for. */
FUNCTION(get_c_recursion_remaining) {
    enum { BYTES_A_CALL = 512 };
    return v_smallint(((char *)__builtin_frame_address(0) - t->fiber->c_stack_limit) / BYTES_A_CALL);
}

FUNCTION(get_tracked_heap_size) {
    GcSnapshot s;
    if (!gc_snapshot(t, -1, &s)) return VNULL;
    int64_t n = (int64_t)s.count;
    gc_snapshot_free(&s);
    return v_smallint(n);
}

/* The allocator is not one of those that CPython has names for. */
FUNCTION(pymem_getallocatorsname) { return err_raise(t, T_RuntimeError, "cannot get allocators name"); }

/* --- Text in the locale's encoding, which is UTF-8 ------------------------------------------------------------------------------- */

typedef Value (*Conversion)(Thread *t, Value object, const char *encoding, const char *errors);

/* The name of an error handler that these conversions know; NULL: an exception. */
static const char *handler_name(Thread *t, Value errors) {
    static const char *const known[] = {"strict", "surrogateescape", "surrogatepass"};
    if (is_null(errors)) return known[0];
    if (!arg_str(t, errors, "EncodeLocaleEx", "argument 3")) return NULL;
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (str_equals_cstr(V_AS(Str, errors), known[i])) return known[i];
    err_raise(t, T_ValueError, "unsupported error handler");
    return NULL;
}

static Value convert(Thread *t, Value *args, Conversion conversion, const char *what) {
    const char *errors = handler_name(t, args[2]);
    if (errors == NULL) return VNULL;
    Value r = conversion(t, args[0], "utf-8", errors);
    if (!is_null(r) || !(err_is(t, T_UnicodeEncodeError) || err_is(t, T_UnicodeDecodeError))) return r;
    Value problem = err_fetch(t);
    UnicodeErrorObject *e = V_AS(UnicodeErrorObject, problem);
    err_raise(t, T_RuntimeError, "%s error: pos=%ld, reason=%U", what, (long)e->start, e->reason);
    decref(t, problem);
    return VNULL;
}

FUNCTION(encode_locale) { return convert(t, args, t->hooks->encode, "encode"); }
FUNCTION(decode_locale) { return convert(t, args, t->hooks->decode, "decode"); }

static const MethodDef functions[] = {
    {"has_inline_values", "($module, obj, /)", "Whether all attributes of the object lie in the object itself.", has_inline_values},
    {"get_recursion_depth", "($module, /)", "How many Python frames deep the thread is.", get_recursion_depth},
    {"get_c_recursion_remaining", "($module, /)", "About how many calls in C the stack has room for.", get_c_recursion_remaining},
    {"get_tracked_heap_size", "($module, /)", "The number of objects that the collector tracks.", get_tracked_heap_size},
    {"pymem_getallocatorsname", "($module, /)", "RuntimeError: the allocator has no name.", pymem_getallocatorsname},
    {"EncodeLocaleEx", "($module, text, current_locale=0, errors='strict', /)", "Encode text in the locale's encoding.", encode_locale},
    {"DecodeLocaleEx", "($module, data, current_locale=0, errors='strict', /)", "Decode text in the locale's encoding.", decode_locale},
    {NULL},
};

static bool testinternalcapi_exec(Thread *t, Value module) {
    return module_add_int(t, module, "SPECIALIZATION_THRESHOLD", CODE_RUNS_BEFORE_CACHES) &&
           module_add_int(t, module, "SPECIALIZATION_COOLDOWN", CODE_RUNS_BEFORE_CACHES);
}

const ModuleDef module__testinternalcapi = {
    .name = "_testinternalcapi",
    .doc = "Views into the interpreter for tests.",
    .functions = functions,
    .exec = testinternalcapi_exec,
};

/* Functions: making the objects of Python functions, of C functions, and the method descriptors of types.
 *
 * A C function's row says in its signature text how it wants to be called (core/def.h).  Only the counts are read here, when
 * the object is made; the names of the parameters are parsed when a keyword call or an error asks for them (ops/signature.c).
 */
#include "object/function.h"

#include "core/errors.h"
#include "core/names.h"
#include "heap/heap.h"
#include "object/code.h"
#include "object/dict.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"

/* The end of a parameter: the next comma or closing parenthesis outside of brackets and quotes. */
static const char *skip_parameter(const char *p) {
    int depth = 0;
    for (; *p; p++) {
        if (*p == '\'' || *p == '"') {
            char quote = *p++;
            while (*p && *p != quote) p += *p == '\\' && p[1] ? 2 : 1;
            if (!*p) return p;
        } else if (*p == '(' || *p == '[' || *p == '{') {
            depth++;
        } else if (*p == ')' || *p == ']' || *p == '}') {
            if (depth == 0) return p;
            depth--;
        } else if (*p == ',' && depth == 0) {
            return p;
        }
    }
    return p;
}

SignatureCounts signature_count(const char *signature) {
    SignatureCounts c = {0, 0, 0xFFFF, false, false};
    if (signature == NULL) return c;
    const char *p = signature + (*signature == '(');
    int total = 0, positional = 0, required = 0;
    bool keyword_only = false, keyword_required = false, collects = false;
    while (*p && *p != ')') {
        while (*p == ' ') p++;
        const char *end = skip_parameter(p);
        bool has_default = memchr(p, '=', (size_t)(end - p)) != NULL;
        if (*p == '$') {
            if (strncmp(p, "$module", 7) == 0) {
                c.has_module = true;
            } else {
                c.has_self = true;
                total++, positional++, required++;
            }
        } else if (*p == '*') {
            if (end - p > 1) collects = true;
            keyword_only = true;
        } else if (*p != '/' && end > p) {
            total++;
            if (keyword_only) {
                keyword_required |= !has_default;
            } else {
                positional++;
                required += !has_default;
            }
        }
        p = *end == ',' ? end + 1 : end;
    }
    if (collects) return c;
    c.total = (uint16_t)total;
    c.min_args = keyword_required ? 1 : (uint16_t)required;
    c.max_args = keyword_required ? 0 : (uint16_t)positional;
    return c;
}

static BuiltinFunction *builtin_make(Thread *t, uint32_t shape, const MethodDef *def) {
    BuiltinFunction *f = heap_object(t, shape, sizeof *f);
    if (f == NULL) return NULL;
    SignatureCounts c = signature_count(def->signature);
    if (def->flags & MF_RAW) c.total = c.min_args = c.max_args = 0xFFFF;
    f->fn = def->fn;
    f->min_args = c.min_args;
    f->max_args = c.max_args;
    f->total_params = c.total;
    f->flags = def->flags | (c.has_self ? BF_SELF : 0);
    f->def = def;
    f->signature = NULL;
    f->self = VNULL;
    f->module = VNULL;
    f->type = NULL;
    f->ext = NULL;
    return f;
}

Value builtin_new(Thread *t, const MethodDef *def, Value self, Value module) {
    BuiltinFunction *f = builtin_make(t, SHAPE_builtin_function, def);
    if (f == NULL) return VNULL;
    f->self = new_ref_maybe(self);
    f->module = new_ref_maybe(module);
    gc_track(t, f);
    return v_from(f);
}

Value method_descriptor_new(Thread *t, Type *type, const MethodDef *def) {
    if (def->flags & MF_STATIC) {
        BuiltinFunction *f = builtin_make(t, SHAPE_builtin_function, def);
        if (f == NULL) return VNULL;
        f->type = type;
        WrappedMethod *m = heap_object(t, SHAPE_staticmethod, sizeof *m);
        if (m == NULL) {
            obj_decref(t, f);
            return VNULL;
        }
        m->callable = v_from(f);
        m->ext = NULL;
        gc_track(t, f);
        gc_track(t, m);
        return v_from(m);
    }
    BuiltinFunction *f = builtin_make(t, def->flags & MF_CLASS ? SHAPE_classmethod_descriptor : SHAPE_method_descriptor, def);
    if (f == NULL) return VNULL;
    f->type = type;
    return v_from(f);
}

Value builtin_bind(Thread *t, BuiltinFunction *descriptor, Value self) {
    BuiltinFunction *f = heap_object(t, SHAPE_builtin_function, sizeof *f);
    if (f == NULL) return VNULL;
    Object head = f->head;
    *f = *descriptor;
    f->head = head;
    f->flags |= BF_SELF;
    f->self = new_ref(self);
    incref_maybe(f->module);
    f->ext = NULL;
    gc_track(t, f);
    return v_from(f);
}

/* The builtins that code with these globals sees: its __builtins__ (a module or a mapping), else those of the running code. */
static Value builtins_of(Thread *t, Value globals) {
    Value b = dict_get_str(t, globals, N(t, __builtins__));
    if (!is_null(b)) return IS_EXACT(b, module) ? V_AS(Module, b)->dict : b;
    Value outer = t->hooks->frame_globals ? t->hooks->frame_globals(t) : VNULL;
    if (!is_null(outer) && !same(outer, globals)) return builtins_of(t, outer);
    return t->interp->builtins;
}

Value function_new(Thread *t, Code *code, Value globals, Value qualname) {
    Function *f = heap_object(t, SHAPE_function, sizeof *f);
    if (f == NULL) return VNULL;
    obj_incref(code);
    f->code = code;
    f->globals = new_ref(globals);
    f->builtins = new_ref_maybe(builtins_of(t, globals));
    f->closure = VNULL;
    f->defaults = VNULL;
    f->kwdefaults = VNULL;
    f->name = new_ref(code->name);
    f->qualname = new_ref(is_null(qualname) ? code->qualname : qualname);
    Value module = dict_get_str(t, globals, N(t, __name__));
    f->module = is_null(module) ? VNULL : new_ref(module);
    f->doc = code->flags & CO_HAS_DOCSTRING ? new_ref(code->consts[0]) : V_NONE;
    f->annotate = VNULL;
    f->annotations = VNULL;
    f->type_params = VNULL;
    f->retired = VNULL;
    f->version = 1;
    f->reserved = 0;
    f->ext = NULL;
    gc_track(t, f);
    return v_from(f);
}

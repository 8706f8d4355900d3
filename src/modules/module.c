/* Making modules in C, and what their exec functions use. */
#include "modules/module.h"

bool module_add(Thread *t, Value module, const char *name, Value value) {
    if (is_null(value)) return false;
    bool done = dict_set_cstr(t, V_AS(Module, module)->dict, name, value);
    decref(t, value);
    return done;
}

bool module_add_int(Thread *t, Value module, const char *name, int64_t value) { return module_add(t, module, name, int_from_i64(t, value)); }
bool module_add_cstr(Thread *t, Value module, const char *name, const char *text) { return module_add(t, module, name, str_from_cstr(t, text)); }

/* The last part of a dotted type name. */
static const char *short_name(const TypeDef *def) {
    const char *dot = strrchr(def->name, '.');
    return dot ? dot + 1 : def->name;
}

bool module_add_type(Thread *t, Value module, enum TypeId id, const TypeDef *def) {
    static const enum TypeId bases[TYPE_COUNT] = {
#define TYPE(id, base, where) [T_##id] = T_##base,
#include "core/types.def"
#undef TYPE
    };
    if (builtin_type(t, id) == NULL && !type_boot(t, id, bases[id], def)) return false;
    return module_add(t, module, short_name(def), ref_of(builtin_type(t, id)));
}

Type *module_add_dynamic_type(Thread *t, Value module, const TypeDef *def, Value base) {
    Value bases = is_null(base) ? VNULL : tuple_of(t, 1, base);
    if (!is_null(base) && is_null(bases)) return NULL;
    Type *type = type_from_def(t, def, bases, dict_get_str(t, V_AS(Module, module)->dict, N(t, __name__)));
    decref_maybe(t, bases);
    if (type == NULL) return NULL;
    return module_add(t, module, short_name(def), v_from(type)) ? type : NULL;
}

Value module_new_exception(Thread *t, const char *module, const char *name, Value base) {
    if (is_null(base)) base = v_from(builtin_type(t, T_Exception));
    Value class_name = str_from_cstr(t, name), module_name = str_from_cstr(t, module), namespace = dict_new(t);
    Value bases = tuple_of(t, 1, base), type = VNULL;
    if (!is_null(class_name) && !is_null(module_name) && !is_null(namespace) && !is_null(bases) &&
        dict_set_cstr(t, namespace, "__module__", module_name))
        type = call_3(t, v_from(builtin_type(t, T_type)), class_name, bases, namespace);
    decref_maybe(t, class_name);
    decref_maybe(t, module_name);
    decref_maybe(t, namespace);
    decref_maybe(t, bases);
    return type;
}

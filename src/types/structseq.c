/* Struct sequences: tuples whose items have names, with further fields that are attributes only (os.stat_result).
 *
 * An instance is a Tuple with the length of its visible items; the hidden fields lie behind them.  The numbers are in the
 * type's module_state.
 */
#include "heap/heap.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/instance.h"
#include "object/int.h"
#include "object/list.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/arguments.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "types/types_priv.h"

typedef struct Info {
    const StructSeqDef *def;
    int n_fields, n_visible, n_unnamed;
    TypeDef type;
    MemberDef members[]; /* of the named fields, in order; ends with a NULL name */
} Info;

static Info *info_of(Thread *t, Value v) { return type_of(t, v)->module_state; }
static Value *field(Value v, int i) { return &V_AS(Tuple, v)->items[i]; }

static void structseq_destroy(Thread *t, Object *o) {
    Info *info = obj_type(t, o)->module_state;
    for (int i = info->n_visible; i < info->n_fields; i++) decref_maybe(t, ((Tuple *)o)->items[i]);
}

static Value allocate(Thread *t, Type *type) {
    Info *info = type->module_state;
    Value v = object_new_sized(t, type, info->n_fields);
    if (!is_null(v)) V_AS(Tuple, v)->length = info->n_visible;
    return v;
}

Value structseq_new(Thread *t, Type *type, const Value *values) {
    Info *info = type->module_state;
    Value v = allocate(t, type);
    bool ok = !is_null(v);
    for (int i = 0; i < info->n_fields; i++) {
        ok = ok && !is_null(values[i]);
        if (!is_null(v)) *field(v, i) = values[i];
        else decref_maybe(t, values[i]);
    }
    if (ok) return tuple_done(t, v);
    decref_maybe(t, v);
    return VNULL;
}

/* The name of field i, NULL: it has none. */
static const char *field_name(const Info *info, int i) { return info->def->fields[i].name[0] ? info->def->fields[i].name : NULL; }

static Value structseq_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Info *info = type->module_state;
    Value a[2];
    if (!call_bind_signature(t, "structseq", "(sequence, dict={})", args, nargs, kwnames, a)) return VNULL;
    Value dict = a[1];
    Value items = sequence_fast(t, a[0], "constructor requires a sequence"), v = VNULL;
    if (is_null(items)) return VNULL;
    int64_t n = sequence_fast_len(items);
    const char *name = info->def->name;
    if (!is_null(dict) && !is_dict(t, dict)) {
        err_raise(t, T_TypeError, "%s() takes a dict as second arg, if any", name);
    } else if (n < info->n_visible && info->n_visible != info->n_fields) {
        err_raise(t, T_TypeError, "%s() takes an at least %d-sequence (%ld-sequence given)", name, info->n_visible, (long)n);
    } else if (n > info->n_fields && info->n_visible != info->n_fields) {
        err_raise(t, T_TypeError, "%s() takes an at most %d-sequence (%ld-sequence given)", name, info->n_fields, (long)n);
    } else if (n != info->n_visible && info->n_visible == info->n_fields) {
        err_raise(t, T_TypeError, "%s() takes a %d-sequence (%ld-sequence given)", name, info->n_visible, (long)n);
    } else {
        v = allocate(t, type);
    }
    if (is_null(v)) goto done;
    for (int64_t i = 0; i < n; i++) *field(v, (int)i) = new_ref(sequence_fast_items(items)[i]);
    int64_t used = 0;
    for (int i = (int)n; i < info->n_fields; i++) {
        Value given = is_null(dict) || !field_name(info, i) ? VNULL : dict_get_cstr(t, dict, field_name(info, i));
        used += !is_null(given);
        *field(v, i) = is_null(given) ? V_NONE : new_ref(given);
    }
    if (!is_null(dict) && used < dict_len(dict)) {
        err_raise(t, T_TypeError, "%s() got duplicate or unexpected field name(s)", name);
        slot_clear(t, &v);
    }
done:
    decref(t, items);
    return is_null(v) ? v : tuple_done(t, v);
}

static Value structseq_repr(Thread *t, Value self) {
    Info *info = info_of(t, self);
    StrBuilder b;
    str_builder_init(&b);
    bool ok = str_builder_cstr(t, &b, info->def->name) && str_builder_cstr(t, &b, "(");
    for (int i = 0; ok && i < info->n_visible; i++) {
        const char *name = info->members[i].name; /* the named fields in order: an item without a name shows the next one's */
        ok = (i == 0 || str_builder_cstr(t, &b, ", ")) && str_builder_cstr(t, &b, name ? name : "?") && str_builder_cstr(t, &b, "=") &&
             str_builder_repr(t, &b, *field(self, i));
    }
    if (ok) ok = str_builder_cstr(t, &b, ")");
    if (ok) return str_builder_finish(t, &b);
    str_builder_drop(t, &b);
    return VNULL;
}

static Value structseq_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Info *info = info_of(t, args[0]);
    if (info->def->reduce != NULL) return info->def->reduce(t, args, nargs, kwnames);
    Value visible = tuple_from(t, field(args[0], 0), info->n_visible), hidden = is_null(visible) ? VNULL : dict_new(t), pair = VNULL, r = VNULL;
    bool ok = !is_null(hidden);
    for (int i = info->n_visible; ok && i < info->n_fields; i++)
        if (field_name(info, i)) ok = dict_set_cstr(t, hidden, field_name(info, i), *field(args[0], i));
    if (ok) pair = tuple_of(t, 2, visible, hidden);
    if (!is_null(pair)) r = tuple_of(t, 2, v_from(type_of(t, args[0])), pair);
    decref_maybe(t, visible);
    decref_maybe(t, hidden);
    decref_maybe(t, pair);
    return r;
}

static Value structseq_replace(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Info *info = info_of(t, args[0]);
    if (nargs != 1) return err_raise(t, T_TypeError, "__replace__() takes no positional arguments");
    if (info->n_unnamed) return err_raise(t, T_TypeError, "__replace__() is not supported for %s because it has unnamed field(s)", info->def->name);
    Value v = allocate(t, type_of(t, args[0])), unknown = VNULL;
    if (is_null(v)) return v;
    for (int i = 0; i < info->n_fields; i++) *field(v, i) = new_ref_maybe(*field(args[0], i));
    bool ok = true;
    for (uint32_t k = 0; ok && k < keyword_count(kwnames); k++) {
        Value name = tuple_at(kwnames, k);
        int i = 0;
        while (i < info->n_fields && !str_equals_cstr(V_AS(Str, name), field_name(info, i))) i++;
        if (i < info->n_fields) {
            slot_set(t, field(v, i), new_ref(args[nargs + k]));
        } else {
            if (is_null(unknown)) unknown = list_new(t, 1);
            ok = !is_null(unknown) && list_append(t, V_AS(List, unknown), name);
        }
    }
    if (ok && !is_null(unknown)) {
        err_raise(t, T_TypeError, "Got unexpected field name(s): %R", unknown);
        ok = false;
    }
    decref_maybe(t, unknown);
    if (ok) return tuple_done(t, v);
    decref(t, v);
    return VNULL;
}

static const MethodDef methods[] = {
    {"__reduce__", "($self, /)", NULL, structseq_reduce},
    {"__replace__", "($self, /, **changes)", "Return a copy of the structure with new values for the specified fields.", structseq_replace},
    {NULL},
};

/* Hidden fields have no entry among the type's described fields; a type has one traverse for all its instances. */
static int structseq_traverse(Object *o, VisitFn visit, void *context);

static bool set_class_int(Thread *t, Type *type, const char *name, int n) { return dict_set_cstr(t, type->dict, name, v_smallint(n)); }

static bool set_match_args(Thread *t, Type *type, const Info *info) {
    Value list = list_new(t, info->n_visible);
    bool ok = !is_null(list);
    for (int i = 0; ok && i < info->n_visible; i++) {
        if (!field_name(info, i)) continue;
        Value name = str_intern_cstr(t, field_name(info, i));
        ok = !is_null(name) && list_append_take(t, V_AS(List, list), name);
    }
    Value tuple = ok ? list_to_tuple(t, V_AS(List, list)) : VNULL;
    decref_maybe(t, list);
    ok = !is_null(tuple) && dict_set_str(t, type->dict, N(t, __match_args__), tuple);
    decref_maybe(t, tuple);
    return ok;
}

Type *structseq_type(Thread *t, const StructSeqDef *def) {
    int n = 0;
    while (def->fields[n].name) n++;
    Info *info = heap_alloc_zeroed(t, sizeof *info + (size_t)(n + 1) * sizeof(MemberDef)); /* lives as long as the type: for ever */
    if (info == NULL) return NULL;
    info->def = def;
    info->n_fields = n;
    info->n_visible = def->n_visible;
    int named = 0;
    for (int i = 0; i < n; i++) {
        if (field_name(info, i))
            info->members[named++] = (MemberDef){def->fields[i].name, MK_VALUE, MEMBER_READONLY, (uint32_t)(offsetof(Tuple, items) + 8 * (size_t)i), def->fields[i].doc};
    }
    info->n_unnamed = n - named;
    info->type = (TypeDef){
        .name = def->name, .doc = def->doc, .flags = TF_GC | (def->no_new ? TF_NO_NEW : TF_MUTABLE), .methods = methods, .members = info->members,
        .slots = {.repr = structseq_repr, .hash = tuple_items_hash, .destroy = structseq_destroy, .traverse = structseq_traverse, .new = def->no_new ? NULL : structseq_make},
    };
    Value bases = tuple_of(t, 1, v_from(builtin_type(t, T_tuple)));
    Type *type = is_null(bases) ? NULL : type_from_def(t, &info->type, bases, VNULL);
    decref_maybe(t, bases);
    if (type == NULL) return NULL;
    type->module_state = info;
    if (!def->no_new) type->flags &= ~(uint32_t)TF_IMMUTABLE;
    bool ok = set_class_int(t, type, "n_sequence_fields", info->n_visible) && set_class_int(t, type, "n_fields", n) &&
              set_class_int(t, type, "n_unnamed_fields", info->n_unnamed) && set_match_args(t, type, info);
    return ok ? type : NULL;
}

/* An instance's hidden fields are found without a thread: the number of words behind the visible ones is that of its memory,
 * which is zero beyond the last field. */
static int structseq_traverse(Object *o, VisitFn visit, void *context) {
    Tuple *tuple = (Tuple *)o;
    int64_t words = (int64_t)((heap_size(o) - offsetof(Tuple, items)) / 8);
    for (int64_t i = 0; i < words; i++) {
        int stop = i < tuple->length || !is_obj(tuple->items[i]) ? 0 : visit(tuple->items[i], context);
        if (stop) return stop;
    }
    return 0;
}

/* Method resolution orders, and which base of a class gives it its layout. */
#include "heap/heap.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/weakref.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "types/slots.h"
#include "types/types_priv.h"

/* --- C3 ---------------------------------------------------------------------------------------------------------------------------- */

/* One of the sequences that are merged: the mro of a base, or the list of the bases. */
typedef struct Line { const Value *items; int64_t n, at; } Line;

static bool in_tail(const Line *line, Value v) {
    for (int64_t i = line->at + 1; i < line->n; i++)
        if (same(line->items[i], v)) return true;
    return false;
}

static COLD Value fail_inconsistent(Thread *t, Line *lines, int64_t n) {
    StrBuilder b;
    str_builder_init(&b);
    str_builder_cstr(t, &b, "Cannot create a consistent method resolution order (MRO) for bases");
    /* The classes that stand first in some line, each once. */
    bool first = true;
    for (int64_t i = 0; i < n; i++) {
        if (lines[i].at >= lines[i].n) continue;
        Value head = lines[i].items[lines[i].at];
        bool seen = false;
        for (int64_t k = 0; k < i; k++) seen |= lines[k].at < lines[k].n && same(lines[k].items[lines[k].at], head);
        if (seen) continue;
        str_builder_cstr(t, &b, first ? " " : ", ");
        str_builder_str(t, &b, V_AS(Type, head)->name);
        first = false;
    }
    Value text = str_builder_finish(t, &b);
    if (is_null(text)) return VNULL;
    err_raise(t, T_TypeError, "%U", text);
    decref(t, text);
    return VNULL;
}

static Value merge(Thread *t, Type *type, Line *lines, int64_t n) {
    Value result = list_new(t, 8);
    if (is_null(result)) return VNULL;
    if (!list_append(t, V_AS(List, result), v_from(type))) goto fail;
    for (;;) {
        int64_t empty = 0;
        Value next = VNULL;
        for (int64_t i = 0; i < n && is_null(next); i++) {
            if (lines[i].at >= lines[i].n) {
                empty++;
                continue;
            }
            Value candidate = lines[i].items[lines[i].at];
            bool blocked = false;
            for (int64_t k = 0; k < n && !blocked; k++) blocked = in_tail(&lines[k], candidate);
            if (!blocked) next = candidate;
        }
        if (is_null(next)) {
            if (empty == n) return result;
            fail_inconsistent(t, lines, n);
            goto fail;
        }
        if (!list_append(t, V_AS(List, result), next)) goto fail;
        for (int64_t i = 0; i < n; i++)
            if (lines[i].at < lines[i].n && same(lines[i].items[lines[i].at], next)) lines[i].at++;
    }
fail:
    decref(t, result);
    return VNULL;
}

Value type_c3(Thread *t, Type *type) {
    int64_t n = tuple_len(type->bases);
    for (int64_t i = 0; i < n; i++) {
        Type *base = V_AS(Type, tuple_at(type->bases, i));
        if (base->mro_count == 0) return err_raise(t, T_TypeError, "Cannot extend an incomplete type '%N'", base);
        for (int64_t k = i + 1; k < n; k++)
            if (same(tuple_at(type->bases, k), v_from(base))) return err_raise(t, T_TypeError, "duplicate base class %N", base);
    }
    Line room[16], *lines = room;
    if (n + 1 > (int64_t)COUNT_OF(room)) {
        lines = heap_alloc(t, (size_t)(n + 1) * sizeof *lines);
        if (lines == NULL) return VNULL;
    }
    for (int64_t i = 0; i < n; i++) {
        Value mro = V_AS(Type, tuple_at(type->bases, i))->mro;
        lines[i] = (Line){V_AS(Tuple, mro)->items, tuple_len(mro), 0};
    }
    lines[n] = (Line){V_AS(Tuple, type->bases)->items, n, 0};
    Value result = merge(t, type, lines, n + 1);
    if (lines != room) heap_free(t, lines);
    return result;
}

/* --- Through the metatype ---------------------------------------------------------------------------------------------------------- */

static bool check_custom(Thread *t, Type *type, Value mro) {
    Type *solid = type_solid(type);
    for (int64_t i = 0; i < tuple_len(mro); i++) {
        Value v = tuple_at(mro, i);
        if (!is_type(t, v)) return err_fail(t, T_TypeError, "mro() returned a non-class ('%T')", v);
        if (!is_subtype(solid, type_solid(V_AS(Type, v))))
            return err_fail(t, T_TypeError, "mro() returned base with unsuitable layout ('%N')", V_AS(Type, v));
    }
    return tuple_len(mro) > 0 || err_fail(t, T_TypeError, "type MRO must not be empty");
}

/* Whether the mro has classes that the bases do not derive from. */
static bool has_strangers(const Type *type, Value mro) {
    for (int64_t i = 0; i < tuple_len(mro); i++) {
        Type *entry = V_AS(Type, tuple_at(mro, i));
        bool known = entry == type;
        for (int64_t k = 0; !known && k < tuple_len(type->bases); k++) known = is_subtype(V_AS(Type, tuple_at(type->bases, k)), entry);
        if (!known) return true;
    }
    return false;
}

Value type_compute_mro(Thread *t, Type *type) {
    Type *meta = obj_type(t, &type->head);
    Value method = meta == builtin_type(t, T_type) ? VNULL : type_lookup(t, meta, N(t, mro));
    Value standard = type_lookup(t, builtin_type(t, T_type), N(t, mro));
    bool custom = !is_null(method) && !same(method, standard);
    Value list = custom ? call_method_0(t, v_from(type), N(t, mro)) : type_c3(t, type);
    if (is_null(list)) return VNULL;
    Value mro = tuple_from_iterable(t, list);
    decref(t, list);
    if (!is_null(mro) && custom && !check_custom(t, type, mro)) {
        decref(t, mro);
        return VNULL;
    }
    if (!is_null(mro) && custom && has_strangers(type, mro)) {
        type_modified(t, type);
        type->version_changes = UINT16_MAX; /* no version, no caching: it will not hear of their changes */
    }
    return mro;
}

bool type_mro_changed(Thread *t, Type *type) {
    Value mro = type_compute_mro(t, type);
    if (is_null(mro) || !type_set_mro(t, type, mro)) return false;
    type_modified(t, type);
    if (is_null(type->subclasses)) return true;
    uint32_t pos = 0;
    Value key, value;
    while (dict_next(type->subclasses, &pos, &key, &value)) {
        if (IS_EXACT(value, weakref)) value = weakref_get(value);
        if (is_none(value)) continue;
        incref(value);
        bool ok = type_mro_changed(t, V_AS(Type, value));
        decref(t, value);
        if (!ok) return false;
    }
    return true;
}

/* --- Layout ------------------------------------------------------------------------------------------------------------------------ */

Type *type_solid(Type *type) {
    while (type->base && type->size == type->base->size && type->item_size == type->base->item_size) type = type->base;
    return type;
}

Type *type_best_base(Thread *t, Value bases) {
    Type *winner = NULL, *best = NULL;
    for (int64_t i = 0; i < tuple_len(bases); i++) {
        Value v = tuple_at(bases, i);
        if (!is_type(t, v)) {
            err_raise(t, T_TypeError, "bases must be types");
            return NULL;
        }
        Type *base = V_AS(Type, v), *solid;
        if (!(base->flags & TF_BASE)) {
            err_raise(t, T_TypeError, "type '%N' is not an acceptable base type", base);
            return NULL;
        }
        solid = type_solid(base);
        if (winner == NULL || (winner != solid && is_subtype(solid, winner))) {
            if (winner != solid) {
                winner = solid;
                best = base;
            }
        } else if (!is_subtype(winner, solid)) {
            err_raise(t, T_TypeError, "multiple bases have instance lay-out conflict");
            return NULL;
        }
    }
    return best;
}

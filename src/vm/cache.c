/* Filling inline caches. The interpreter's fast paths and eval_attr.c read them. */
#include "vm/cache.h"

#include "heap/heap.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/instance.h"
#include "object/simple.h"
#include "ops/attr.h"

void code_warm(Thread *t, Code *code) {
    if (code->warm != NULL) return;
    Warm *warm = heap_alloc(t, sizeof *warm + code->nsites * sizeof(Site));
    if (warm == NULL) {
        t->pending = VNULL; /* the interpreter's spare MemoryError */
        return;
    }
    warm->nsites = code->nsites;
    for (uint32_t i = 0; i < code->nsites; i++) warm->sites[i] = (Site){.version = UINT32_MAX, .shape = UINT32_MAX};
    code->warm = warm;
}

void code_ran(Thread *t, Code *code) {
    if (code->run_count < 2 && ++code->run_count == 2) code_warm(t, code);
}

void code_cool(Thread *t, Code *code) {
    heap_free(t, code->warm);
    code->warm = NULL;
}

/* A site whose objects keep changing is filled now and then only. */
static bool worth_filling(Site *site) {
    if (site->misses < 32) {
        site->misses++;
        return true;
    }
    site->misses = site->misses >= 63 ? 32 : site->misses + 1;
    return site->misses == 32;
}

static void site_set(Site *site, enum SiteKind kind, uint32_t shape, uint32_t version, uint32_t offset, Value value) {
    *site = (Site){shape, version, (uint16_t)kind, site->misses, offset, value};
}

static uint32_t entry_offset(Value dict, int64_t index) {
    DictKeys *k = V_AS(Dict, dict)->keys;
    return (uint32_t)((char *)dict_entry_value(k, (uint32_t)index) - (char *)k);
}

static void fill_class(Thread *t, Site *site, Value o, Value name, uint32_t metaversion, bool for_call) {
    Type *class = V_AS(Type, o), *meta = type_of(t, o);
    if (meta->slots.getattr != builtin_type(t, T_type)->slots.getattr) return;
    Value of_meta = type_lookup(t, meta, name);
    if (!is_null(of_meta) && type_of(t, of_meta)->slots.descr_set != NULL) return;
    uint32_t version = type_version(t, class);
    Value v = type_lookup(t, class, name);
    if (version == 0 || is_null(v)) return;
    enum SiteKind kind = SITE_CLASS;
    if (IS_EXACT(v, staticmethod)) {
        v = V_AS(WrappedMethod, v)->callable;
    } else if (IS_EXACT(v, classmethod)) {
        v = V_AS(WrappedMethod, v)->callable;
        if (!for_call || !IS_EXACT(v, function)) return;
        kind = SITE_CLASS_METHOD;
    } else if (!IS_EXACT(v, function) && type_of(t, v)->slots.descr_get != NULL) {
        return;
    }
    site_set(site, kind, v_obj(o)->shape, metaversion, version, v);
}

void site_fill_load(Thread *t, Site *site, Value o, Value name, bool for_call) {
    if (!worth_filling(site)) return;
    uint32_t offset = shape_of(o);
    Type *type = shape_at(t, offset)->type;
    uint32_t version = type_version(t, type);
    Shape *shape = shape_at(t, offset);
    if (version == 0 || shape->version != version) return;
    if (is_type(t, o)) {
        fill_class(t, site, o, name, version, for_call);
        return;
    }
    Value of_class = type_lookup(t, type, name);
    if (IS_EXACT(o, module)) {
        Value dict = V_AS(Module, o)->dict;
        if (!is_null(of_class) || !IS_EXACT(dict, dict)) return;
        int64_t index = dict_index_of(t, dict, name);
        uint32_t keys = dict_keys_version(t, dict);
        if (index >= 0 && keys != 0) site_set(site, SITE_MODULE, offset, keys, entry_offset(dict, index), VNULL);
        return;
    }
    if (type->slots.getattr != attr_generic_get) return;
    if (!is_null(of_class)) {
        if (IS_EXACT(of_class, member_descriptor)) {
            MemberDescriptor *d = V_AS(MemberDescriptor, of_class);
            if (d->def.kind <= MK_VALUE_OR_ATTRIBUTE_ERROR && is_ptr(o)) site_set(site, SITE_FIELD, offset, version, d->def.offset, VNULL);
            return;
        }
        if (IS_EXACT(of_class, property)) {
            site_set(site, SITE_PROPERTY, offset, version, 0, of_class);
            return;
        }
        if (type_of(t, of_class)->slots.descr_set != NULL) return;
    }
    if (shape->flags & SHAPE_DICT_MODE) return;
    if (is_ptr(o) && (type->flags & TF_DICT)) {
        int slot = instance_slot_index(t, shape, name);
        if (slot >= 0) {
            if (slot < shape->inline_cap) site_set(site, SITE_FIELD, offset, version, shape->slots_start + (uint32_t)slot * 8, VNULL);
            else site_set(site, SITE_OVERFLOW, offset, version, (uint32_t)(slot - shape->inline_cap), VNULL);
            return;
        }
        if (!is_null(instance_get(t, v_obj(o), name))) return;
    }
    if (is_null(of_class)) return;
    if (type_of(t, of_class)->flags & TF_METHOD) site_set(site, SITE_METHOD, offset, version, 0, of_class);
    else if (type_of(t, of_class)->slots.descr_get == NULL) site_set(site, SITE_VALUE, offset, version, 0, of_class);
}

void site_fill_store(Thread *t, Site *site, Value o, Value name, uint32_t shape_before) {
    if (!is_ptr(o) || !worth_filling(site)) return;
    Type *type = type_of(t, o);
    if (type->slots.setattr != attr_generic_set) return;
    uint32_t version = type_version(t, type), now = v_obj(o)->shape;
    Shape *before = shape_at(t, shape_before), *after = shape_at(t, now);
    if (version == 0 || before->type != type || before->version != version) return;
    Value of_class = type_lookup(t, type, name);
    if (!is_null(of_class)) {
        if (IS_EXACT(of_class, member_descriptor)) {
            MemberDescriptor *d = V_AS(MemberDescriptor, of_class);
            if (d->def.kind == MK_VALUE_OR_ATTRIBUTE_ERROR && !(d->def.flags & MEMBER_READONLY))
                site_set(site, SITE_FIELD, now, version, d->def.offset, VNULL);
            return;
        }
        if (type_of(t, of_class)->slots.descr_set != NULL) return;
    }
    if ((before->flags | after->flags) & SHAPE_DICT_MODE || !(type->flags & TF_DICT)) return;
    int slot = instance_slot_index(t, after, name);
    if (slot < 0 || slot >= after->inline_cap) return;
    uint32_t offset = after->slots_start + (uint32_t)slot * 8;
    if (now == shape_before) site_set(site, SITE_FIELD, now, version, offset, VNULL);
    else if (after->parent == before && after->version == version) site_set(site, SITE_ADD, shape_before, version, offset, (Value){now});
}

void site_fill_global(Thread *t, Site *site, Value globals, Value builtins, Value name) {
    if (!IS_EXACT(globals, dict) || is_null(builtins) || !IS_EXACT(builtins, dict) || !worth_filling(site)) return;
    uint32_t version = dict_keys_version(t, globals);
    if (version == 0) return;
    int64_t index = dict_index_of(t, globals, name);
    if (index >= 0) {
        site_set(site, SITE_GLOBAL, 0, version, entry_offset(globals, index), VNULL);
        return;
    }
    uint32_t of_builtins = dict_keys_version(t, builtins);
    index = dict_index_of(t, builtins, name);
    if (of_builtins == 0 || index < 0) return;
    site_set(site, SITE_BUILTIN, of_builtins, version, entry_offset(builtins, index), VNULL);
}

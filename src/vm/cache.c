/* Filling inline caches. The interpreter's fast paths and eval_attr.c read them. */
#include "vm/cache.h"

#include "heap/heap.h"
#include "object/function.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "vm/native.h"

static void forget_memory_error(Thread *t) {
    Value e = t->pending;
    t->pending = VNULL;
    decref_maybe(t, e);
}

void code_warm(Thread *t, Code *code) {
    if (code->warm != NULL) return;
    Interp *interp = t->interp;
    if (interp->site_table == NULL && (interp->site_table = heap_alloc_zeroed(t, sizeof *interp->site_table)) == NULL) {
        forget_memory_error(t);
        return;
    }
    Warm *warm = heap_alloc(t, sizeof *warm + code->nsites * sizeof(Site));
    if (warm == NULL) {
        forget_memory_error(t);
        return;
    }
    warm->nsites = code->nsites;
    warm->heat = HEAT;
    warm->since = interp->site_table->spans;
    warm->native = NULL;
    for (uint32_t i = 0; i < code->nsites; i++) {
        Value name = code->site_names[i] < tuple_len(code->names) ? tuple_at(code->names, code->site_names[i]) : VNULL;
        warm->sites[i] = (Site){.version = UINT32_MAX, .shape = UINT32_MAX, .name = name};
    }
    code->warm = warm;
}

void code_ran(Thread *t, Code *code) {
    if (code->run_count < CODE_RUNS_BEFORE_CACHES && ++code->run_count == CODE_RUNS_BEFORE_CACHES) code_warm(t, code);
}

void code_heated(Thread *t, Code *code) {
    Warm *warm = code->warm;
    NativeDoor *door = t->interp->native;
    warm->heat = 0;
    if (warm->native != NULL) return;
    uint32_t spans = ++t->interp->site_table->spans, took = spans - warm->since;
    if (door != NULL && took * door->size > MOST_SPANS_BY_SIZE) {
        warm->since = spans;
        warm->heat = HEAT;
        return;
    }
    if (door != NULL) warm->native = door->compile(t, code);
    if (warm->native == NULL) warm->heat = INT32_MAX; /* not again */
}

void code_cool(Thread *t, Code *code) {
    if (code->warm != NULL && code->warm->native != NULL && t->interp->native != NULL) t->interp->native->release(t, code->warm->native);
    heap_free(t, code->warm);
    code->warm = NULL;
}

/* A site whose lookups cannot be remembered tries now and then only. */
static bool worth_filling(Site *site) {
    if (site->failures < 32) return true;
    site->failures = site->failures == 255 ? 32 : site->failures + 1;
    return site->failures == 32;
}

static bool site_set(Site *site, enum SiteKind kind, uint32_t shape, uint32_t version, uint32_t offset, Value value) {
    site->shape = shape;
    site->version = version;
    site->offset = offset;
    site->kind = (uint8_t)kind;
    site->value = value;
    return true;
}

static void failed(Site *site) {
    if (site->failures < 255) site->failures++;
}

static void table_put(Thread *t, const Site *found, enum SiteUse use) {
    Site *entries = t->interp->site_table->entries[use];
    uint32_t at = site_hash(found->shape, found->name);
    Site *e = &entries[at], *beside = &entries[at ^ 1];
    if (!same(e->name, found->name) || e->shape != found->shape) {
        Value driven_out = beside->name;
        *beside = *e;
        *e = (Site){.name = new_ref(found->name)};
        decref_maybe(t, driven_out);
    }
    site_set(e, found->kind, found->shape, found->version, found->offset, found->value);
}

/* What was found goes into the table and, as long as it does not flicker, into the site. */
static void remember(Thread *t, Site *site, Site *found, enum SiteUse use) {
    found->name = site->name;
    table_put(t, found, use);
    site_settle(site, found);
}

static uint32_t entry_offset(Value dict, int64_t index) {
    DictKeys *k = V_AS(Dict, dict)->keys;
    return (uint32_t)((char *)dict_entry_value(k, (uint32_t)index) - (char *)k);
}

/* Descriptors that a class answers as they are. */
static bool stays_itself(Value v) {
    return IS_EXACT(v, function) || IS_EXACT(v, method_descriptor) || IS_EXACT(v, wrapper_descriptor) || IS_EXACT(v, getset_descriptor) ||
           IS_EXACT(v, member_descriptor) || IS_EXACT(v, property);
}

bool type_finds_generically(Thread *t, Type *type) {
    if (LIKELY(type->slots.getattr == attr_generic_get)) return true;
    Value getter = type_lookup(t, type, N(t, __getattribute__));
    return !is_null(getter) && IS_EXACT(getter, wrapper_descriptor) && V_AS(WrapperDescriptor, getter)->wrapped == (void *)attr_generic_get;
}

/* The dict that holds the attributes of an object in dict mode: VNULL: none yet. */
static Value own_dict(Thread *t, Object *o) {
    InstanceExt **ext = instance_ext_word(t, o);
    return ext == NULL || *ext == NULL ? VNULL : (*ext)->dict;
}

Value site_dict_value(Thread *t, const Site *s, Object *o) {
    Value dict = own_dict(t, o);
    const DictKeys *k = is_null(dict) ? NULL : V_AS(Dict, dict)->keys;
    if (k == NULL) return s->value;
    if (UNLIKELY(k->is_general)) return VNULL; /* comparing keys may run code */
    if (LIKELY(s->offset < k->entries)) {
        const DictStrEntry *e = (const DictStrEntry *)dict_entries(k) + s->offset;
        if (LIKELY(same(e->key, s->name))) return e->value;
    }
    Value v = dict_get_str(t, dict, s->name);
    return is_null(v) ? s->value : v;
}

/* A data descriptor of the class. One that may refuse with an AttributeError, and do something before, is left to a class with a __getattr__. */
static bool find_descriptor(Thread *t, Site *site, Value of_class, Type *type, uint32_t shape, uint32_t version) {
    if (type->slots.getattr != attr_generic_get && !IS_EXACT(of_class, getset_descriptor)) return false;
    return site_set(site, SITE_DESCRIPTOR, shape, version, 0, of_class);
}

/* In an object that has its attributes in a dict. */
static bool find_in_dict(Thread *t, Site *site, Value o, Value name, Value of_class, uint32_t version, enum SiteUse use) {
    Value dict = own_dict(t, v_obj(o));
    int64_t index = is_null(dict) || V_AS(Dict, dict)->keys == NULL || V_AS(Dict, dict)->keys->is_general ? -1 : dict_index_of(t, dict, name);
    uint32_t hint = index < 0 ? UINT32_MAX : (uint32_t)index;
    if (!is_null(of_class) && use == USE_METHOD && type_of(t, of_class)->flags & TF_METHOD)
        return site_set(site, SITE_UNLESS_OWN, shape_of(o), version, hint, of_class);
    if (!is_null(of_class) && type_of(t, of_class)->slots.descr_get != NULL) of_class = VNULL;
    return (index >= 0 || !is_null(of_class)) && site_set(site, SITE_DICT, shape_of(o), version, hint, of_class);
}

static bool find_in_class(Thread *t, Site *site, Value o, Value name, uint32_t metaversion, enum SiteUse use) {
    Type *class = V_AS(Type, o), *meta = type_of(t, o);
    if (meta->slots.getattr != builtin_type(t, T_type)->slots.getattr) return false;
    Value of_meta = type_lookup(t, meta, name);
    if (!is_null(of_meta) && type_of(t, of_meta)->slots.descr_set != NULL)
        return is_data_descriptor(t, of_meta) && site_set(site, SITE_DESCRIPTOR, v_obj(o)->shape, metaversion, 0, of_meta);
    uint32_t version = type_version(t, class);
    Value v = type_lookup(t, class, name);
    if (version == 0 || is_null(v)) return false;
    enum SiteKind kind = SITE_CLASS;
    if (IS_EXACT(v, staticmethod)) {
        v = V_AS(WrappedMethod, v)->callable;
    } else if (IS_EXACT(v, classmethod)) {
        v = V_AS(WrappedMethod, v)->callable;
        if (use != USE_METHOD || !IS_EXACT(v, function)) return false;
        kind = SITE_CLASS_METHOD;
    } else if (type_of(t, v)->slots.descr_get != NULL && !stays_itself(v)) {
        return false;
    }
    return site_set(site, kind, v_obj(o)->shape, metaversion, version, v);
}

static bool find_in_module(Thread *t, Site *site, Value o, Value name, uint32_t version) {
    Value dict = V_AS(Module, o)->dict;
    if (!IS_EXACT(dict, dict)) return false;
    int64_t index = dict_index_of(t, dict, name);
    uint32_t keys = dict_keys_version(t, dict);
    return index >= 0 && keys != 0 && site_set(site, SITE_MODULE, SHAPE_module, version, entry_offset(dict, index), (Value){keys});
}

/* Fills *site with what a lookup of the name in o gives. false: nothing to remember. */
static bool find_load(Thread *t, Site *site, Value o, Value name, enum SiteUse use) {
    uint32_t offset = shape_of(o);
    Type *type = shape_at(t, offset)->type;
    uint32_t version = type_version(t, type);
    Shape *shape = shape_at(t, offset);
    if (version == 0 || shape->version != version) return false;
    if (is_type(t, o)) return find_in_class(t, site, o, name, version, use);
    Value of_class = type_lookup(t, type, name);
    if (IS_EXACT(o, module)) return is_null(of_class) && find_in_module(t, site, o, name, version);
    if (!type_finds_generically(t, type)) return false;
    if (!is_null(of_class)) {
        if (IS_EXACT(of_class, member_descriptor)) {
            MemberDescriptor *d = V_AS(MemberDescriptor, of_class);
            return d->def.kind <= MK_VALUE_OR_ATTRIBUTE_ERROR && is_ptr(o) && site_set(site, SITE_FIELD, offset, version, d->def.offset, VNULL);
        }
        bool hooked = type->slots.getattr != attr_generic_get; /* which has a say when a getter refuses */
        if (IS_EXACT(of_class, property) && !hooked) return site_set(site, SITE_PROPERTY, offset, version, 0, of_class);
        if (IS_EXACT(of_class, getset_descriptor) && !hooked) {
            GetSetDescriptor *d = V_AS(GetSetDescriptor, of_class);
            return is_ptr(o) && d->def->get != NULL && is_subtype(type, d->type) && site_set(site, SITE_GETSET, offset, version, 0, of_class);
        }
        if (type_of(t, of_class)->slots.descr_set != NULL)
            return is_data_descriptor(t, of_class) && find_descriptor(t, site, of_class, type, offset, version);
    }
    if (shape->flags & SHAPE_DICT_MODE) return find_in_dict(t, site, o, name, of_class, version, use);
    if (is_ptr(o) && (type->flags & TF_DICT)) {
        int slot = instance_slot_index(t, shape, name);
        if (slot >= 0) {
            if (slot < shape->inline_cap) return site_set(site, SITE_FIELD, offset, version, shape->slots_start + (uint32_t)slot * 8, VNULL);
            Value ext = {shape->flags & SHAPE_EXT_FRONT ? (uint64_t)-8 : shape->ext_offset};
            return site_set(site, SITE_OVERFLOW, offset, version, (uint32_t)(slot - shape->inline_cap), ext);
        }
        if (!is_null(instance_get(t, v_obj(o), name))) return false;
    }
    if (is_null(of_class)) return false;
    if (type_of(t, of_class)->flags & TF_METHOD) return site_set(site, SITE_METHOD, offset, version, 0, of_class);
    return type_of(t, of_class)->slots.descr_get == NULL && site_set(site, SITE_VALUE, offset, version, 0, of_class);
}

void site_fill_load(Thread *t, Site *site, Value o, enum SiteUse use) {
    Site found;
    if (!worth_filling(site)) return;
    if (find_load(t, &found, o, site->name, use)) remember(t, site, &found, use);
    else failed(site);
}

static bool find_store(Thread *t, Site *site, Value o, Value name, uint32_t shape_before) {
    Type *type = type_of(t, o);
    if (type->slots.setattr != attr_generic_set) return false;
    uint32_t version = type_version(t, type), now = v_obj(o)->shape;
    Shape *before = shape_at(t, shape_before), *after = shape_at(t, now);
    if (version == 0 || before->type != type || before->version != version) return false;
    Value of_class = type_lookup(t, type, name);
    if (!is_null(of_class)) {
        if (IS_EXACT(of_class, member_descriptor)) {
            MemberDescriptor *d = V_AS(MemberDescriptor, of_class);
            return d->def.kind == MK_VALUE_OR_ATTRIBUTE_ERROR && !(d->def.flags & MEMBER_READONLY) &&
                   site_set(site, SITE_FIELD, now, version, d->def.offset, VNULL);
        }
        if (type_of(t, of_class)->slots.descr_set != NULL) return false;
    }
    if ((before->flags | after->flags) & SHAPE_DICT_MODE || !(type->flags & TF_DICT)) return false;
    int slot = instance_slot_index(t, after, name);
    if (slot < 0 || slot >= after->inline_cap) return false;
    uint32_t offset = after->slots_start + (uint32_t)slot * 8;
    if (now == shape_before) return site_set(site, SITE_FIELD, now, version, offset, VNULL);
    return after->parent == before && after->version == version && site_set(site, SITE_ADD, shape_before, version, offset, (Value){now});
}

void site_fill_store(Thread *t, Site *site, Value o, uint32_t shape_before) {
    Site found;
    if (!is_ptr(o) || !worth_filling(site)) return;
    if (find_store(t, &found, o, site->name, shape_before)) remember(t, site, &found, USE_STORE);
    else failed(site);
}

void site_fill_global(Thread *t, Site *site, Value globals, Value builtins, Value name) {
    if (!IS_EXACT(globals, dict) || is_null(builtins) || !IS_EXACT(builtins, dict) || !worth_filling(site)) return;
    failed(site); /* globals that keep changing are given up, too */
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

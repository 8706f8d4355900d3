/* _ctypes: shared libraries: opening, symbols, a list of those that are loaded. */
#include <dlfcn.h>
#include <link.h>

#include "modules/ext/_ctypes/ctypes_priv.h"
#include "modules/posix/posix_priv.h"
#include "modules/sys.h"

static COLD Value raise_dl(Thread *t, enum TypeId type, const char *fallback) {
    const char *error = dlerror();
    if (error == NULL) return err_raise(t, type, "%s", fallback);
    Value text = fs_decode(t, error, (int64_t)strlen(error));
    if (!is_null(text)) err_raise_with(t, type, text);
    decref_maybe(t, text);
    return VNULL;
}

void *library_symbol(Thread *t, void *library, Value name) {
    Value keep = VNULL;
    const char *text = NULL;
    if (is_str(t, name)) text = str_cstr(t, name, &keep);
    else if (is_bytes(t, name)) text = V_AS(Bytes, name)->data;
    else err_raise(t, T_TypeError, "function name must be string, bytes object or integer");
    if (text == NULL) return NULL;
    dlerror();
    void *address = dlsym(library, text);
    if (address == NULL) {
        const char *error = dlerror();
        if (error != NULL) {
            Value message = fs_decode(t, error, (int64_t)strlen(error));
            if (!is_null(message)) err_raise_with(t, T_AttributeError, message);
            decref_maybe(t, message);
        } else {
            err_raise(t, T_AttributeError, "function '%s' not found", text);
        }
    }
    decref_maybe(t, keep);
    return address;
}

/* dlopen(name, flag=RTLD_NOW) */
Value ctypes_dlopen(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t mode = RTLD_NOW;
    if (!call_arity(t, "dlopen", nargs, 1, 2) || (nargs > 1 && !arg_i32(t, args[1], &mode))) return VNULL;
    Value path = VNULL;
    if (!is_none(args[0])) {
        path = path_fspath(t, args[0]);
        if (!is_null(path) && is_str(t, path)) {
            Value encoded = fs_encode(t, path);
            decref(t, path);
            path = encoded;
        }
        if (is_null(path)) return VNULL;
        if ((int64_t)strlen(V_AS(Bytes, path)->data) != V_AS(Bytes, path)->length) {
            decref(t, path);
            return err_raise(t, T_ValueError, "embedded null byte");
        }
    }
    Value audit = tuple_of(t, 1, args[0]);
    if (is_null(audit) || !sys_audit_event(t, "ctypes.dlopen", audit)) {
        decref_maybe(t, path);
        return VNULL;
    }
    const char *name = is_null(path) ? NULL : V_AS(Bytes, path)->data;
    void *handle = NULL;
    ALLOW_THREADS(t, handle = dlopen(name, mode | RTLD_NOW));
    decref_maybe(t, path);
    return handle ? int_from_u64(t, (uint64_t)handle) : raise_dl(t, T_OSError, "dlopen() error");
}

static bool handle_of(Thread *t, Value v, void **handle) {
    if (!is_int(t, v)) return err_fail(t, T_TypeError, "an integer is required");
    *handle = (void *)int_to_u64_mask(v);
    return true;
}

Value ctypes_dlclose(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    void *handle = NULL;
    if (!call_arity(t, "dlclose", nargs, 1, 1) || !handle_of(t, args[0], &handle)) return VNULL;
    return handle != NULL && dlclose(handle) == 0 ? V_NONE : raise_dl(t, T_OSError, "dlclose() error");
}

Value ctypes_dlsym(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    void *handle = NULL;
    Value keep = VNULL;
    if (!call_arity(t, "dlsym", nargs, 2, 2) || !handle_of(t, args[0], &handle)) return VNULL;
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "dlsym() argument 2 must be str, not %T", args[1]);
    const char *name = str_cstr(t, args[1], &keep);
    if (name == NULL) return VNULL;
    Value audit = tuple_of(t, 2, args[0], args[1]), v = VNULL;
    if (!is_null(audit) && sys_audit_event(t, "ctypes.dlsym/handle", audit)) {
        dlerror();
        void *address = dlsym(handle, name);
        char fallback[512];
        snprintf(fallback, sizeof fallback, "symbol '%.400s' not found", name);
        v = address ? int_from_u64(t, (uint64_t)address) : raise_dl(t, T_OSError, fallback);
    }
    decref_maybe(t, keep);
    return v;
}

typedef struct ListContext { Thread *t; Value list; } ListContext;

static int add_library(struct dl_phdr_info *info, size_t size, void *data) {
    ListContext *c = data;
    if (info->dlpi_name == NULL || info->dlpi_name[0] == 0) return 0;
    Value name = fs_decode(c->t, info->dlpi_name, (int64_t)strlen(info->dlpi_name));
    return is_null(name) || !list_append_take(c->t, V_AS(List, c->list), name);
}

Value ctypes_dllist(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    ListContext c = {t, list_new(t, 16)};
    if (is_null(c.list)) return VNULL;
    if (dl_iterate_phdr(add_library, &c) != 0) slot_clear(t, &c.list);
    return c.list;
}

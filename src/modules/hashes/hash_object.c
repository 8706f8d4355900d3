/* Hash objects: locking, taking data, and the methods that are the same for all algorithms. */
#include "modules/hashes/hashes_priv.h"

void hash_lock(Thread *t, pthread_mutex_t *mutex) {
    if (pthread_mutex_trylock(mutex) == 0) return;
    gil_release(t);
    pthread_mutex_lock(mutex);
    gil_acquire(t);
}

bool hash_buffer(Thread *t, Value v, Buffer *view) {
    if (is_str(t, v)) return err_fail(t, T_TypeError, "Strings must be encoded before hashing");
    if (!has_buffer(t, v)) return err_fail(t, T_TypeError, "object supporting the buffer API required");
    return buffer_get(t, v, view, BUF_SIMPLE);
}

bool hash_feed(Thread *t, pthread_mutex_t *mutex, Digest *digest, Value v) {
    Buffer view;
    if (!hash_buffer(t, v, &view)) return false;
    hash_lock(t, mutex);
    if (view.length >= HASH_GIL_MINSIZE) {
        ALLOW_THREADS(t, digest_update(digest, view.data, (size_t)view.length));
    } else {
        digest_update(digest, view.data, (size_t)view.length);
    }
    hash_unlock(mutex);
    buffer_release(t, &view);
    return true;
}

bool hash_first_data(Thread *t, Value data, Value string, Value *v) {
    if (!is_null(data) && !is_null(string)) {
        return err_fail(t, T_TypeError,
                        "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter "
                        "is slated for removal in a future version.");
    }
    *v = is_null(data) ? string : data;
    return true;
}

Digest hash_snapshot(Thread *t, HashObject *h) {
    hash_lock(t, &h->mutex);
    Digest copy = h->digest;
    hash_unlock(&h->mutex);
    return copy;
}

Value hash_object_new(Thread *t, Type *type, const DigestKind *kind, Value data) {
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    HashObject *h = V_AS(HashObject, v);
    digest_start(&h->digest, kind);
    if (!is_null(data) && !hash_feed(t, &h->mutex, &h->digest, data)) {
        decref(t, v);
        return VNULL;
    }
    return object_done(t, v);
}

Value hash_hex(Thread *t, const uint8_t *bytes, size_t n) {
    static const char digits[] = "0123456789abcdef";
    char small[2 * DIGEST_MAX_SIZE], *text = n <= DIGEST_MAX_SIZE ? small : heap_alloc(t, 2 * n);
    if (text == NULL) return VNULL;
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    Value v = str_from_ascii(t, text, (int64_t)(2 * n));
    if (text != small) heap_free(t, text);
    return v;
}

bool hash_add_type(Thread *t, Value module, enum TypeId id, const char *name, const TypeDef *def) {
    if (builtin_type(t, id) == NULL && !type_boot(t, id, T_object, def)) return false;
    return module_add(t, module, name, ref_of(builtin_type(t, id)));
}

Value hash_update(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    HashObject *h = V_AS(HashObject, args[0]);
    return hash_feed(t, &h->mutex, &h->digest, args[1]) ? V_NONE : VNULL;
}

Value hash_digest(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Digest d = hash_snapshot(t, V_AS(HashObject, args[0]));
    uint8_t out[DIGEST_MAX_SIZE];
    digest_finish(&d, out);
    return bytes_new(t, (const char *)out, d.size);
}

Value hash_hexdigest(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Digest d = hash_snapshot(t, V_AS(HashObject, args[0]));
    uint8_t out[DIGEST_MAX_SIZE];
    digest_finish(&d, out);
    return hash_hex(t, out, d.size);
}

Value hash_copy(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value v = object_new(t, type_of(t, args[0]));
    if (is_null(v)) return v;
    V_AS(HashObject, v)->digest = hash_snapshot(t, V_AS(HashObject, args[0]));
    return object_done(t, v);
}

Value hash_get_name(Thread *t, Value self, void *closure) { return str_from_cstr(t, V_AS(HashObject, self)->digest.kind->name); }
Value hash_get_block_size(Thread *t, Value self, void *closure) { return v_smallint(V_AS(HashObject, self)->digest.kind->block_size); }
Value hash_get_digest_size(Thread *t, Value self, void *closure) { return v_smallint(V_AS(HashObject, self)->digest.size); }

bool hash_unsigned(Thread *t, Value v, const char *c_type, uint64_t *out) {
    Value number = number_index(t, v);
    if (is_null(number)) return false;
    uint64_t scratch;
    IntView view = int_view(number, &scratch);
    bool fits = false;
    if (view.negative) err_raise(t, T_ValueError, "Cannot convert negative int");
    else if (view.n > 1) err_raise(t, T_OverflowError, "Python int too large for C %s", c_type);
    else *out = view.n != 0 ? view.limbs[0] : 0, fits = true;
    decref(t, number);
    return fits;
}

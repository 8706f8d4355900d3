/* MemoryBIO: bytes on their way between a connection and whoever carries them. */
#include <limits.h>

#include "modules/ext/_ssl/ssl_priv.h"

static MemoryBio *as(Value self) { return V_AS(MemoryBio, self); }

static Value bio_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "MemoryBIO", kwnames)) return VNULL;
    if (nargs > 0) return err_raise(t, T_TypeError, "MemoryBIO() takes no positional arguments");
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    BIO *bio = as(v)->bio = BIO_new(BIO_s_mem());
    if (bio == NULL) {
        decref(t, v);
        return ssl_raise_plain(t, "failed to allocate BIO");
    }
    BIO_set_retry_read(bio);          /* while it is empty it is not at its end: */
    BIO_set_mem_eof_return(bio, -1);  /* more may come */
    return object_done(t, v);
}

static void bio_destroy(Thread *t, Object *self) { BIO_free_all(((MemoryBio *)self)->bio); }

SSL_FUNCTION(m_read) {
    int32_t wanted = -1;
    if (!is_null(args[1]) && !arg_c_int(t, args[1], &wanted)) return VNULL;
    size_t there = BIO_ctrl_pending(as(args[0])->bio);
    int n = there > INT_MAX ? INT_MAX : (int)there;
    if (wanted >= 0 && wanted < n) n = wanted;
    Value out = bytes_new(t, NULL, n);
    if (is_null(out) || n == 0) return out;
    int got = BIO_read(as(args[0])->bio, V_AS(Bytes, out)->data, n);
    if (got >= 0) return bytes_resize(t, out, got);
    decref(t, out);
    return ssl_raise_queued(t);
}

SSL_FUNCTION(m_write) {
    Buffer view;
    if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    Value result;
    if (view.length > INT_MAX) {
        result = err_raise(t, T_OverflowError, "string longer than %d bytes", INT_MAX);
    } else if (as(args[0])->eof_written) {
        result = ssl_raise_plain(t, "cannot write() after write_eof()");
    } else {
        int n = view.length == 0 ? 0 : BIO_write(as(args[0])->bio, view.data, (int)view.length);
        result = n >= 0 ? v_smallint(n) : ssl_raise_queued(t);
    }
    buffer_release(t, &view);
    return result;
}

SSL_FUNCTION(m_write_eof) {
    MemoryBio *b = as(args[0]);
    b->eof_written = true;
    BIO_clear_retry_flags(b->bio);
    BIO_set_mem_eof_return(b->bio, 0);
    return V_NONE;
}

static Value get_pending(Thread *t, Value self, void *closure) { return int_from_u64(t, BIO_ctrl_pending(as(self)->bio)); }
static Value get_eof(Thread *t, Value self, void *closure) { return v_bool(as(self)->eof_written && BIO_ctrl_pending(as(self)->bio) == 0); }

static const MethodDef methods[] = {
    {"read", "($self, size=-1, /)", "Take up to `size` bytes out, all when that is negative.", m_read},
    {"write", "($self, b, /)", "Put bytes in; answers how many.", m_write},
    {"write_eof", "($self, /)", "Nothing more will be put in.", m_write_eof},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"pending", get_pending, NULL, "The number of bytes in it."},
    {"eof", get_eof, NULL, "Whether it is empty and stays so."},
    {NULL},
};

const TypeDef typedef_MemoryBIO = {
    .name = "_ssl.MemoryBIO",
    .flags = TF_IMMUTABLE,
    .size = sizeof(MemoryBio),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = bio_new, .destroy = bio_destroy},
};

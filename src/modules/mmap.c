/* The module mmap: memory that maps a file or is shared between processes.
 *
 * Arguments are converted first, since that may run Python code; then the mapping is looked at, which a conversion may have closed. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "modules/module.h"
#include "modules/sys.h"
#include "object/buffer.h"
#include "object/instance.h"

enum Access { ACCESS_DEFAULT, ACCESS_READ, ACCESS_WRITE, ACCESS_COPY };

typedef struct Mmap {
    Object head;
    char *data;       /* NULL: closed */
    int64_t size, pos, offset;
    int64_t exports;  /* views: it must stay where it is */
    int fd;           /* our own duplicate; -1: anonymous, or not kept */
    int flags;
    uint8_t access;   /* enum Access */
    bool readable, track_fd;
} Mmap;

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
#define SELF V_AS(Mmap, args[0])

static Value os_error(Thread *t) { return err_raise_errno(t, errno, VNULL, VNULL); }

static bool is_open(Thread *t, const Mmap *m) { return m->data != NULL || err_fail(t, T_ValueError, "mmap closed or invalid"); }
static bool is_readable(Thread *t, const Mmap *m) {
    return is_open(t, m) && (m->readable || err_fail(t, T_ValueError, "mmap was made without PROT_READ"));
}
static bool is_writable(Thread *t, const Mmap *m) {
    return m->access != ACCESS_READ || err_fail(t, T_TypeError, "mmap can't modify a readonly memory map.");
}

/* An optional index; VNULL and None leave *out. */
static bool optional_index(Thread *t, Value v, int64_t *out) { return is_null(v) || is_none(v) || arg_size(t, v, out); }

/* --- Making -------------------------------------------------------------------------------------------------------------------------------- */

typedef struct Request {
    int fd, flags, prot, access;
    int64_t length, offset;
    bool track_fd;
} Request;

static bool read_request(Thread *t, Value *args, uint32_t nargs, Value kwnames, Request *r) {
    Value a[7];
    *r = (Request){.flags = MAP_SHARED, .prot = PROT_READ | PROT_WRITE, .track_fd = true};
    if (!call_bind_signature(t, "mmap", "(fileno, length, flags=MAP_SHARED, prot=PROT_WRITE|PROT_READ, access=ACCESS_DEFAULT, offset=0, *, trackfd=True)", args,
                             nargs, kwnames, a))
        return false;
    return arg_i32(t, a[0], &r->fd) && arg_size(t, a[1], &r->length) && (is_null(a[2]) || arg_i32(t, a[2], &r->flags)) &&
           (is_null(a[3]) || arg_i32(t, a[3], &r->prot)) && (is_null(a[4]) || arg_i32(t, a[4], &r->access)) && (is_null(a[5]) || arg_i64(t, a[5], &r->offset)) &&
           (is_null(a[6]) || arg_bool(t, a[6], &r->track_fd));
}

/* access, or flags and prot: one follows from the other. */
static bool settle_access(Thread *t, Request *r) {
    const int all = PROT_READ | PROT_WRITE;
    if (r->length < 0) return err_fail(t, T_OverflowError, "memory mapped length must be positive");
    if (r->offset < 0) return err_fail(t, T_OverflowError, "memory mapped offset must be positive");
    if (r->access != ACCESS_DEFAULT && (r->flags != MAP_SHARED || r->prot != all))
        return err_fail(t, T_ValueError, "mmap can't specify both access and flags, prot.");
    switch (r->access) {
    case ACCESS_READ: r->prot = PROT_READ; break;
    case ACCESS_WRITE: break;
    case ACCESS_COPY: r->flags = MAP_PRIVATE; break;
    case ACCESS_DEFAULT:
        if ((r->prot & all) != all) r->access = r->prot & PROT_WRITE ? ACCESS_WRITE : ACCESS_READ;
        break;
    default: return err_fail(t, T_ValueError, "mmap invalid access parameter.");
    }
    return true;
}

/* The length of a regular file bounds the mapping, and is its length if none was given. */
static bool settle_length(Thread *t, Request *r) {
    struct stat st;
    int status;
    if (r->fd == -1) return true;
    ALLOW_THREADS(t, status = fstat(r->fd, &st));
    if (status < 0 || !S_ISREG(st.st_mode)) return true;
    if (r->length == 0) {
        if (st.st_size == 0) return err_fail(t, T_ValueError, "cannot mmap an empty file");
        if (r->offset >= st.st_size) return err_fail(t, T_ValueError, "mmap offset is greater than file size");
        r->length = st.st_size - r->offset;
        return true;
    }
    return (r->offset <= st.st_size && st.st_size - r->offset >= r->length) || err_fail(t, T_ValueError, "mmap length is greater than file size");
}

static bool map(Thread *t, Mmap *m, Request *r) {
    if (r->fd == -1) {
        r->flags |= MAP_ANONYMOUS;
    } else if (r->track_fd) {
        m->fd = fcntl(r->fd, F_DUPFD_CLOEXEC, 0);
        if (m->fd < 0) return !is_null(os_error(t));
    }
    void *data;
    ALLOW_THREADS(t, data = mmap(NULL, (size_t)r->length, r->prot, r->flags, r->fd, r->offset));
    if (data == MAP_FAILED) return !is_null(os_error(t));
    m->data = data;
    m->size = r->length;
    m->offset = r->offset;
    m->flags = r->flags;
    m->access = (uint8_t)r->access;
    m->readable = r->prot & (PROT_READ | PROT_WRITE);
    m->track_fd = r->track_fd;
    return true;
}

static bool audit(Thread *t, const Request *r) {
    Value items[] = {v_smallint(r->fd), int_from_i64(t, r->length), v_smallint(r->access), int_from_i64(t, r->offset)};
    Value tuple = tuple_take(t, items, COUNT_OF(items));
    return !is_null(tuple) && sys_audit_event(t, "mmap.__new__", tuple);
}

static Value mmap_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Request r;
    if (!read_request(t, args, nargs, kwnames, &r) || !settle_access(t, &r) || !audit(t, &r) || !settle_length(t, &r)) return VNULL;
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    V_AS(Mmap, v)->fd = -1;
    if (map(t, V_AS(Mmap, v), &r)) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static void mmap_destroy(Thread *t, Object *o) {
    Mmap *m = (Mmap *)o;
    if (m->data != NULL) munmap(m->data, (size_t)m->size);
    if (m->fd >= 0) close(m->fd);
}

METHOD(m_close) {
    Mmap *m = SELF;
    if (m->exports > 0) return err_raise(t, T_BufferError, "cannot close exported pointers exist");
    char *data = m->data;
    int fd = m->fd;
    m->data = NULL;
    m->fd = -1;
    gil_release(t);
    if (fd >= 0) close(fd);
    if (data != NULL) munmap(data, (size_t)m->size);
    gil_acquire(t);
    return V_NONE;
}

METHOD(m_enter) { return is_open(t, SELF) ? new_ref(args[0]) : VNULL; }

/* --- Size ------------------------------------------------------------------------------------------------------------------------------------ */

METHOD(m_size) {
    struct stat st;
    int status;
    if (!is_open(t, SELF)) return VNULL;
    int fd = SELF->fd;
    ALLOW_THREADS(t, status = fstat(fd, &st));
    return status < 0 ? os_error(t) : int_from_i64(t, st.st_size);
}

static bool may_resize(Thread *t, const Mmap *m) {
    if (m->exports > 0) return err_fail(t, T_BufferError, "mmap can't resize with extant buffers exported.");
    if (!m->track_fd) return err_fail(t, T_ValueError, "mmap can't resize with trackfd=False.");
    if (m->access == ACCESS_WRITE || m->access == ACCESS_DEFAULT) return true;
    return err_fail(t, T_TypeError, "mmap can't resize a readonly or copy-on-write memory map.");
}

METHOD(m_resize) {
    Mmap *m = SELF;
    int64_t size;
    if (!arg_size(t, args[1], &size) || !is_open(t, m) || !may_resize(t, m)) return VNULL;
    if (size < 0 || INT64_MAX - size < m->offset) return err_raise(t, T_ValueError, "new size out of range");
    if (m->fd == -1 && !(m->flags & MAP_PRIVATE) && size > m->size) return err_raise(t, T_ValueError, "mmap: can't expand a shared anonymous mapping");
    if (m->fd != -1 && ftruncate(m->fd, m->offset + size) < 0) return os_error(t);
    void *data = mremap(m->data, (size_t)m->size, (size_t)size, MREMAP_MAYMOVE);
    if (data == MAP_FAILED) return os_error(t);
    m->data = data;
    m->size = size;
    return V_NONE;
}

METHOD(m_flush) {
    Mmap *m = SELF;
    int64_t offset = 0, size = INT64_MIN;
    if (!optional_index(t, args[1], &offset) || !optional_index(t, args[2], &size) || !is_open(t, m)) return VNULL;
    if (size == INT64_MIN) size = m->size;
    if ((uint64_t)size + (uint64_t)offset > (uint64_t)m->size || size < 0 || offset < 0) return err_raise(t, T_ValueError, "flush values out of range");
    if (m->access == ACCESS_READ || m->access == ACCESS_COPY) return V_NONE;
    int status;
    char *data = m->data + offset;
    m->exports++; /* it stays mapped meanwhile */
    ALLOW_THREADS(t, status = msync(data, (size_t)size, MS_SYNC));
    m->exports--;
    return status < 0 ? os_error(t) : V_NONE;
}

METHOD(m_madvise) {
    Mmap *m = SELF;
    int option;
    int64_t start = 0, length = INT64_MIN;
    if (!arg_i32(t, args[1], &option) || !optional_index(t, args[2], &start) || !optional_index(t, args[3], &length) || !is_open(t, m)) return VNULL;
    if (length == INT64_MIN) length = m->size;
    if (start < 0 || start >= m->size) return err_raise(t, T_ValueError, "madvise start out of bounds");
    if (length < 0) return err_raise(t, T_ValueError, "madvise length invalid");
    if (INT64_MAX - start < length) return err_raise(t, T_OverflowError, "madvise length too large");
    if (start + length > m->size) length = m->size - start;
    return madvise(m->data + start, (size_t)length, option) < 0 ? os_error(t) : V_NONE;
}

/* --- As a file --------------------------------------------------------------------------------------------------------------------------------- */

static Value take_bytes(Thread *t, Mmap *m, int64_t n) {
    Value bytes = bytes_new(t, m->data + m->pos, n);
    if (!is_null(bytes)) m->pos += n;
    return bytes;
}
/* After a shrinking resize the position may lie behind the end. */
static int64_t remaining(const Mmap *m) { return m->pos < m->size ? m->size - m->pos : 0; }

METHOD(m_read) {
    int64_t n = -1;
    if (!is_null(args[1]) && !is_none(args[1])) {
        if (!has_index(t, args[1])) return err_raise(t, T_TypeError, "argument should be integer or None, not '%T'", args[1]);
        if (!arg_size(t, args[1], &n)) return VNULL;
    }
    if (!is_readable(t, SELF)) return VNULL;
    int64_t left = remaining(SELF);
    return left == 0 ? bytes_new(t, "", 0) : take_bytes(t, SELF, n < 0 || n > left ? left : n);
}

METHOD(m_read_byte) {
    Mmap *m = SELF;
    if (!is_readable(t, m)) return VNULL;
    if (remaining(m) == 0) return err_raise(t, T_ValueError, "read byte out of range");
    return v_smallint((uint8_t)m->data[m->pos++]);
}

METHOD(m_readline) {
    Mmap *m = SELF;
    if (!is_readable(t, m)) return VNULL;
    int64_t left = remaining(m);
    if (left == 0) return bytes_new(t, "", 0);
    const char *start = m->data + m->pos, *end = memchr(start, '\n', (size_t)left);
    return take_bytes(t, m, end ? end + 1 - start : left);
}

METHOD(m_write) {
    Mmap *m = SELF;
    Buffer buffer;
    if (!buffer_get(t, args[1], &buffer, BUF_SIMPLE)) return VNULL;
    Value result = VNULL;
    if (is_open(t, m) && is_writable(t, m)) {
        if (m->pos > m->size || m->size - m->pos < buffer.length) {
            err_raise(t, T_ValueError, "data out of range");
        } else {
            memmove(m->data + m->pos, buffer.data, (size_t)buffer.length);
            m->pos += buffer.length;
            result = int_from_i64(t, buffer.length);
        }
    }
    buffer_release(t, &buffer);
    return result;
}

METHOD(m_write_byte) {
    Mmap *m = SELF;
    int64_t byte;
    if (!arg_i64(t, args[1], &byte)) return VNULL;
    if (byte < 0) return err_raise(t, T_OverflowError, "unsigned byte integer is less than minimum");
    if (byte > 255) return err_raise(t, T_OverflowError, "unsigned byte integer is greater than maximum");
    if (!is_open(t, m) || !is_writable(t, m)) return VNULL;
    if (remaining(m) == 0) return err_raise(t, T_ValueError, "write byte out of range");
    m->data[m->pos++] = (char)byte;
    return V_NONE;
}

METHOD(m_seek) {
    Mmap *m = SELF;
    int64_t distance, at;
    int whence = SEEK_SET;
    if (!arg_size(t, args[1], &distance) || (!is_null(args[2]) && !arg_i32(t, args[2], &whence)) || !is_open(t, m)) return VNULL;
    if (whence != SEEK_SET && whence != SEEK_CUR && whence != SEEK_END) return err_raise(t, T_ValueError, "unknown seek type");
    int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? m->pos : m->size;
    if (__builtin_add_overflow(base, distance, &at) || at < 0 || at > m->size) return err_raise(t, T_ValueError, "seek out of range");
    m->pos = at;
    return int_from_i64(t, at);
}

METHOD(m_seekable) { return V_TRUE; }
METHOD(m_tell) { return is_open(t, SELF) ? int_from_i64(t, SELF->pos) : VNULL; }

METHOD(m_move) {
    Mmap *m = SELF;
    int64_t to, from, n;
    if (!arg_size(t, args[1], &to) || !arg_size(t, args[2], &from) || !arg_size(t, args[3], &n) || !is_open(t, m) || !is_writable(t, m)) return VNULL;
    if (to < 0 || from < 0 || n < 0 || m->size - to < n || m->size - from < n) return err_raise(t, T_ValueError, "source, destination, or count out of range");
    memmove(m->data + to, m->data + from, (size_t)n);
    return V_NONE;
}

static int64_t clamp_index(int64_t i, int64_t size) {
    if (i < 0) i += size;
    return i < 0 ? 0 : i > size ? size : i;
}

static int64_t search(const char *p, int64_t n, const Buffer *what, bool reverse) {
    int64_t k = what->length;
    if (n < k) return -1;
    if (!reverse) {
        const char *found = memmem(p, (size_t)n, what->data, (size_t)k);
        return found ? found - p : -1;
    }
    for (int64_t i = n - k; i >= 0; i--)
        if (k == 0 || (p[i] == what->data[0] && memcmp(p + i, what->data, (size_t)k) == 0)) return i;
    return -1;
}

static Value find(Thread *t, Value *args, bool reverse) {
    Mmap *m = SELF;
    Buffer what;
    if (!buffer_get(t, args[1], &what, BUF_SIMPLE)) return VNULL;
    int64_t start = m->pos, end = m->size;
    Value result = VNULL;
    if (is_open(t, m) && optional_index(t, args[2], &start) && optional_index(t, args[3], &end) && is_readable(t, m)) {
        start = clamp_index(start, m->size);
        end = clamp_index(end, m->size);
        int64_t at = end < start ? -1 : search(m->data + start, end - start, &what, reverse);
        result = int_from_i64(t, at < 0 ? -1 : start + at);
    }
    buffer_release(t, &what);
    return result;
}
METHOD(m_find) { return find(t, args, false); }
METHOD(m_rfind) { return find(t, args, true); }

/* --- As a sequence ------------------------------------------------------------------------------------------------------------------------------- */

static int64_t slot_len(Thread *t, Value self) { return is_open(t, V_AS(Mmap, self)) ? V_AS(Mmap, self)->size : -1; }

/* Iteration gives bytes of length 1, indexing ints. */
static Value slot_item(Thread *t, Value self, int64_t i) {
    Mmap *m = V_AS(Mmap, self);
    if (!is_readable(t, m)) return VNULL;
    if (i < 0 || i >= m->size) return err_raise(t, T_IndexError, "mmap index out of range");
    return bytes_new(t, m->data + i, 1);
}

static bool index_in_range(Thread *t, Mmap *m, Value key, int64_t *i) {
    if (!number_to_index(t, key, i, T_IndexError) || !is_open(t, m)) return false;
    if (*i < 0) *i += m->size;
    return (*i >= 0 && *i < m->size) || err_fail(t, T_IndexError, "mmap index out of range");
}

/* The slice of the mapping as it is after the slice's own numbers were computed. */
static bool slice_of(Thread *t, Mmap *m, Value key, int64_t *start, int64_t *step, int64_t *count) {
    int64_t stop;
    if (!slice_unpack(t, key, start, &stop, step) || !is_open(t, m)) return false;
    *count = slice_adjust(m->size, start, &stop, *step);
    return true;
}

static Value slot_getitem(Thread *t, Value self, Value key) {
    Mmap *m = V_AS(Mmap, self);
    int64_t start, step, n;
    if (!is_readable(t, m)) return VNULL;
    if (has_index(t, key)) return index_in_range(t, m, key, &start) ? v_smallint((uint8_t)m->data[start]) : VNULL;
    if (!IS_EXACT(key, slice)) return err_raise(t, T_TypeError, "mmap indices must be integers");
    if (!slice_of(t, m, key, &start, &step, &n)) return VNULL;
    if (n <= 0) return bytes_new(t, "", 0);
    if (step == 1) return bytes_new(t, m->data + start, n);
    Value bytes = bytes_new(t, NULL, n);
    for (int64_t i = 0; !is_null(bytes) && i < n; i++) V_AS(Bytes, bytes)->data[i] = m->data[start + i * step];
    return bytes;
}

static bool set_byte(Thread *t, Mmap *m, Value key, Value value) {
    int64_t i, byte;
    if (!index_in_range(t, m, key, &i)) return false;
    if (is_null(value)) return err_fail(t, T_TypeError, "mmap doesn't support item deletion");
    if (!has_index(t, value)) return err_fail(t, T_TypeError, "mmap item value must be an int");
    if (!number_to_index(t, value, &byte, T_TypeError)) return false;
    if (byte < 0 || byte > 255) return err_fail(t, T_ValueError, "mmap item value must be in range(0, 256)");
    if (!is_open(t, m)) return false;
    if (i >= m->size) return err_fail(t, T_IndexError, "mmap index out of range");
    m->data[i] = (char)byte;
    return true;
}

static bool set_slice(Thread *t, Mmap *m, Value key, Value value) {
    int64_t start, step, n;
    Buffer buffer;
    if (!slice_of(t, m, key, &start, &step, &n)) return false;
    if (is_null(value)) return err_fail(t, T_TypeError, "mmap object doesn't support slice deletion");
    if (!buffer_get(t, value, &buffer, BUF_SIMPLE)) return false;
    /* Asking for the buffer may have run Python code. */
    bool good = slice_of(t, m, key, &start, &step, &n);
    if (good && buffer.length != n) good = err_fail(t, T_IndexError, "mmap slice assignment is wrong size");
    if (good && step == 1 && n > 0) memmove(m->data + start, buffer.data, (size_t)n);
    else
        for (int64_t i = 0; good && i < n; i++) m->data[start + i * step] = buffer.data[i];
    buffer_release(t, &buffer);
    return good;
}

static bool slot_setitem(Thread *t, Value self, Value key, Value value) {
    Mmap *m = V_AS(Mmap, self);
    if (!is_open(t, m) || !is_writable(t, m)) return false;
    if (has_index(t, key)) return set_byte(t, m, key, value);
    if (IS_EXACT(key, slice)) return set_slice(t, m, key, value);
    return err_fail(t, T_TypeError, "mmap indices must be integer");
}

static bool slot_get_buffer(Thread *t, Value self, Buffer *view, int flags) {
    Mmap *m = V_AS(Mmap, self);
    if (!is_readable(t, m) || !buffer_fill(t, view, self, m->data, m->size, m->access == ACCESS_READ, flags)) return false;
    m->exports++;
    return true;
}
static void slot_release_buffer(Thread *t, Value self, Buffer *view) { V_AS(Mmap, self)->exports--; }

static Value slot_repr(Thread *t, Value self) {
    static const char *const names[] = {"ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE", "ACCESS_COPY"};
    const Mmap *m = V_AS(Mmap, self);
    Type *type = type_of(t, self);
    if (m->data == NULL) return str_format(t, "<%N closed=True>", type);
    return str_format(t, "<%N closed=False, access=%s, length=%zd, pos=%zd, offset=%zd>", type, names[m->access], (size_t)m->size, (size_t)m->pos, (size_t)m->offset);
}

static Value get_closed(Thread *t, Value self, void *closure) { return v_bool(V_AS(Mmap, self)->data == NULL); }

/* --- The module ------------------------------------------------------------------------------------------------------------------------------------ */

static const MethodDef methods[] = {
    {"close", "($self, /)", "Unmap the memory and close the file.", m_close},
    {"find", "($self, view, start=None, end=None, /)", "The lowest index of some bytes between start (the position) and end, or -1.", m_find},
    {"rfind", "($self, view, start=None, end=None, /)", "The highest index of some bytes between start (the position) and end, or -1.", m_rfind},
    {"flush", "($self, offset=0, size=None, /)", "Write changes back to the file.", m_flush},
    {"madvise", "($self, option, start=0, length=None, /)", "Tell the kernel how the memory will be used.", m_madvise},
    {"move", "($self, dest, src, count, /)", "Copy bytes inside the memory; the two places may overlap.", m_move},
    {"read", "($self, n=None, /)", "The next n bytes, or all that are left.", m_read},
    {"read_byte", "($self, /)", "The next byte as an int.", m_read_byte},
    {"readline", "($self, /)", "The bytes to the next newline, that included.", m_readline},
    {"resize", "($self, newsize, /)", "Change the size of the mapping and of the file.", m_resize},
    {"seek", "($self, pos, whence=0, /)", "Set the position.", m_seek},
    {"seekable", "($self, /)", "True.", m_seekable},
    {"size", "($self, /)", "The size of the file, which may be larger than the mapping.", m_size},
    {"tell", "($self, /)", "The position.", m_tell},
    {"write", "($self, bytes, /)", "Write bytes at the position; answers their number.", m_write},
    {"write_byte", "($self, byte, /)", "Write a byte, given as an int, at the position.", m_write_byte},
    {"__enter__", "($self, /)", NULL, m_enter},
    {"__exit__", "($self, exc_type, exc_value, traceback, /)", NULL, m_close},
    {NULL},
};
static const GetSetDef getsets[] = {{"closed", get_closed}, {NULL}};

static const TypeDef typedef_mmap = {
    .name = "mmap.mmap",
    .doc = "mmap(fileno, length[, flags[, prot[, access[, offset[, trackfd]]]]])\n\nMaps length bytes of the file with the descriptor fileno; a length of 0 stands for "
           "the whole file.\nflags says whether changes are the process's own (MAP_PRIVATE) or shared with all that map the same place (MAP_SHARED, the\n"
           "default).  With -1 for fileno the memory belongs to no file.",
    .flags = TF_BASE | TF_MODULE_NAME | TF_WEAKREF | TF_EXT,
    .size = sizeof(Mmap),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = mmap_make, .destroy = mmap_destroy, .repr = slot_repr, .len = slot_len, .getitem = slot_getitem, .setitem = slot_setitem,
              .item = slot_item, .get_buffer = slot_get_buffer, .release_buffer = slot_release_buffer},
};

static const struct { const char *name; int value; } numbers[] = {
#define ROW(name) {#name, name}
    ROW(PROT_EXEC), ROW(PROT_READ), ROW(PROT_WRITE), ROW(MAP_SHARED), ROW(MAP_PRIVATE), ROW(MAP_DENYWRITE), ROW(MAP_EXECUTABLE), ROW(MAP_ANONYMOUS),
    ROW(MAP_ANON), ROW(MAP_POPULATE), ROW(MAP_STACK), ROW(MAP_NORESERVE), ROW(ACCESS_DEFAULT), ROW(ACCESS_READ), ROW(ACCESS_WRITE), ROW(ACCESS_COPY),
    ROW(MADV_NORMAL), ROW(MADV_RANDOM), ROW(MADV_SEQUENTIAL), ROW(MADV_WILLNEED), ROW(MADV_DONTNEED), ROW(MADV_REMOVE), ROW(MADV_DONTFORK),
    ROW(MADV_DOFORK), ROW(MADV_HWPOISON), ROW(MADV_MERGEABLE), ROW(MADV_UNMERGEABLE), ROW(MADV_HUGEPAGE), ROW(MADV_NOHUGEPAGE), ROW(MADV_DONTDUMP),
    ROW(MADV_DODUMP), ROW(MADV_FREE),
#ifdef MAP_32BIT
    ROW(MAP_32BIT),
#endif
#undef ROW
};

static bool exec(Thread *t, Value module) {
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (!module_add_int(t, module, numbers[i].name, numbers[i].value)) return false;
    int64_t page = sysconf(_SC_PAGESIZE);
    return module_add_int(t, module, "PAGESIZE", page) && module_add_int(t, module, "ALLOCATIONGRANULARITY", page) &&
           module_add(t, module, "error", ref_of(builtin_type(t, T_OSError))) && module_add_type(t, module, T_mmap, &typedef_mmap);
}

const ModuleDef module_mmap = {.name = "mmap", .exec = exec};

/* The module errno: the system's error numbers by name. */
#include <errno.h>

#include "modules/module.h"

/* Of names that share a number the later one stands in errorcode. */
#define ERROR_NAMES(X) \
    X(E2BIG) X(EACCES) X(EADDRINUSE) X(EADDRNOTAVAIL) X(EADV) X(EAFNOSUPPORT) X(EWOULDBLOCK) X(EAGAIN) X(EALREADY) X(EBADE) \
    X(EBADF) X(EBADFD) X(EBADMSG) X(EBADR) X(EBADRQC) X(EBADSLT) X(EBFONT) X(EBUSY) X(ECANCELED) X(ECHILD) X(ECHRNG) X(ECOMM) \
    X(ECONNABORTED) X(ECONNREFUSED) X(ECONNRESET) X(EDEADLK) X(EDEADLOCK) X(EDESTADDRREQ) X(EDOM) X(EDOTDOT) X(EDQUOT) X(EEXIST) \
    X(EFAULT) X(EFBIG) X(EHOSTDOWN) X(EHOSTUNREACH) X(EHWPOISON) X(EIDRM) X(EILSEQ) X(EINPROGRESS) X(EINTR) X(EINVAL) X(EIO) \
    X(EISCONN) X(EISDIR) X(EISNAM) X(EKEYEXPIRED) X(EKEYREJECTED) X(EKEYREVOKED) X(EL2HLT) X(EL2NSYNC) X(EL3HLT) X(EL3RST) \
    X(ELIBACC) X(ELIBBAD) X(ELIBEXEC) X(ELIBMAX) X(ELIBSCN) X(ELNRNG) X(ELOOP) X(EMEDIUMTYPE) X(EMFILE) X(EMLINK) X(EMSGSIZE) \
    X(EMULTIHOP) X(ENAMETOOLONG) X(ENAVAIL) X(ENETDOWN) X(ENETRESET) X(ENETUNREACH) X(ENFILE) X(ENOANO) X(ENOBUFS) X(ENOCSI) \
    X(ENODATA) X(ENODEV) X(ENOENT) X(ENOEXEC) X(ENOKEY) X(ENOLCK) X(ENOLINK) X(ENOMEDIUM) X(ENOMEM) X(ENOMSG) X(ENONET) X(ENOPKG) \
    X(ENOPROTOOPT) X(ENOSPC) X(ENOSR) X(ENOSTR) X(ENOSYS) X(ENOTBLK) X(ENOTCONN) X(ENOTDIR) X(ENOTEMPTY) X(ENOTNAM) \
    X(ENOTRECOVERABLE) X(ENOTSOCK) X(EOPNOTSUPP) X(ENOTSUP) X(ENOTTY) X(ENOTUNIQ) X(ENXIO) X(EOVERFLOW) X(EOWNERDEAD) X(EPERM) \
    X(EPFNOSUPPORT) X(EPIPE) X(EPROTO) X(EPROTONOSUPPORT) X(EPROTOTYPE) X(ERANGE) X(EREMCHG) X(EREMOTE) X(EREMOTEIO) X(ERESTART) \
    X(ERFKILL) X(EROFS) X(ESHUTDOWN) X(ESOCKTNOSUPPORT) X(ESPIPE) X(ESRCH) X(ESRMNT) X(ESTALE) X(ESTRPIPE) X(ETIME) X(ETIMEDOUT) \
    X(ETOOMANYREFS) X(ETXTBSY) X(EUCLEAN) X(EUNATCH) X(EUSERS) X(EXDEV) X(EXFULL)

static bool errno_exec(Thread *t, Value module) {
    static const struct { const char *name; int number; } rows[] = {
#define X(name) {#name, name},
        ERROR_NAMES(X)
#undef X
    };
    Value codes = dict_new(t);
    if (!module_add(t, module, "errorcode", new_ref_maybe(codes))) return false;
    bool ok = true;
    for (size_t i = 0; ok && i < COUNT_OF(rows); i++) {
        Value name = str_intern_cstr(t, rows[i].name), number = v_smallint(rows[i].number);
        ok = !is_null(name) && dict_set(t, codes, number, name) && module_add(t, module, rows[i].name, number);
        decref_maybe(t, name);
    }
    decref(t, codes);
    return ok;
}

const ModuleDef module_errno = {
    .name = "errno",
    .doc = "The system's error numbers. errorcode maps a number to its name; os.strerror() gives its text.",
    .exec = errno_exec,
};

/* Exceptions: raising them, asking for them, taking them. */
#include <stdio.h>
#include <stdlib.h>

#include "embed/embed.h"
#include "modules/module.h"
#include "modules/sys.h"

bool krait_failed(Krait *k) { return err_pending(thread_of(k)); }
KraitRef krait_fetch(Krait *k) { return owned(err_fetch(thread_of(k))); }
void krait_clear(Krait *k) { err_clear(thread_of(k)); }

void krait_print_error(Krait *k) {
    Thread *t = thread_of(k);
    if (!err_pending(t)) return;
    sys_print_exception(t);
    err_clear(t); /* what a hook of the program raised */
}

/* Borrowed; VNULL: there is no such class. */
static Value builtin_class_get(Thread *t, const char *name) {
    Value class = dict_get_cstr(t, t->interp->builtins, name);
    return !is_null(class) && is_type(t, class) && V_AS(Type, class)->flags & TF_EXCEPTION ? class : VNULL;
}

bool krait_error_is(Krait *k, const char *builtin_class) {
    Thread *t = thread_of(k);
    if (!err_pending(t)) return false;
    Value pending = err_fetch(t), class = builtin_class_get(t, builtin_class);
    bool is = !is_null(class) && is_instance_of(t, pending, V_AS(Type, class));
    err_clear(t);
    err_restore(t, pending);
    return is;
}

KraitRef krait_raise(Krait *k, const char *builtin_class, const char *format, ...) {
    Thread *t = thread_of(k);
    Value class = builtin_class_get(t, builtin_class);
    if (err_pending(t)) return KRAIT_ERROR;
    if (is_null(class)) return owned(err_raise(t, T_SystemError, "there is no built-in exception class '%s'", builtin_class));
    va_list args;
    char *text = NULL;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0) return owned(err_no_memory(t));
    Value message = str_from_utf8(t, text, n);
    free(text);
    if (is_null(message)) return KRAIT_ERROR;
    Value exception = call_1(t, class, message);
    decref(t, message);
    if (is_null(exception)) return KRAIT_ERROR;
    err_raise_value(t, exception);
    decref(t, exception);
    return KRAIT_ERROR;
}

KraitRef krait_raise_value(Krait *k, KraitBorrowed exception_or_class) {
    return owned(err_raise_value(thread_of(k), value_of(exception_or_class)));
}

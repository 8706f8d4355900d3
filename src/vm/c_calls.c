/* See c_calls.h. The newest calls lie last, and nearly always end first. */
#include "vm/c_calls.h"

#include <string.h>

#include "core/errors.h"

static void forget(Thread *t, CCall *call) {
    decref_maybe(t, call->callable);
    decref_maybe(t, call->argument);
}

bool c_calls_end(CCalls *calls, const Frame *frame, CCall *call) {
    for (size_t i = calls->len; i-- > 0;) {
        if (calls->data[i].frame != frame) continue;
        *call = calls->data[i];
        memmove(calls->data + i, calls->data + i + 1, (--calls->len - i) * sizeof *call);
        return true;
    }
    return false;
}

bool c_calls_begin(Thread *t, CCalls *calls, CCall call) {
    CCall stale; /* of a frame that was left while nobody watched, and whose place another has now */
    if (c_calls_end(calls, call.frame, &stale)) forget(t, &stale);
    if (vec_push(calls, call)) return true;
    forget(t, &call);
    return err_no_memory_fail(t);
}

void c_calls_free(Thread *t, CCalls *calls) {
    while (calls->len > 0) {
        CCall call = vec_pop(calls);
        forget(t, &call);
    }
    vec_free(calls);
}

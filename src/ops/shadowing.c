#include "ops/shadowing.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "core/config.h"
#include "object/dict.h"
#include "object/str.h"
#include "ops/object.h"

/* The length of the path without its last part; 0: it has one part only. */
static size_t parent_length(const char *path, size_t n) {
    while (n > 0 && path[n - 1] != '/') n--;
    while (n > 1 && path[n - 1] == '/') n--;
    return n;
}

/* Whether the file `origin`, or the package whose __init__.py it is, lies in the folder that the command line put at the path's front. */
static bool lies_in_front(Thread *t, Value origin) {
    Value first = t->interp->first_path;
    if (t->runtime->config->safe_path || is_null(first)) return false;
    int64_t n, m;
    Value keep_origin = VNULL, keep_first = VNULL;
    const char *path = str_utf8(t, origin, &n, &keep_origin), *folder = str_utf8(t, first, &m, &keep_first);
    char here[PATH_MAX];
    bool lies = false;
    if (path != NULL && folder != NULL && n > 0) {
        size_t root = parent_length(path, (size_t)n);
        if (strcmp(path + root + (path[root] == '/'), "__init__.py") == 0) root = parent_length(path, root);
        if (m == 0) {
            folder = getcwd(here, sizeof here);
            m = folder == NULL ? -1 : (int64_t)strlen(folder);
        }
        lies = m >= 0 && (size_t)m == root && memcmp(path, folder, root) == 0;
    }
    err_clear(t);
    decref_maybe(t, keep_origin);
    decref_maybe(t, keep_first);
    return lies;
}

Shadowing module_shadowing(Thread *t, Value name, Value origin) {
    if (is_null(origin) || !lies_in_front(t, origin)) return SHADOWS_NOTHING;
    Value names = dict_get_cstr(t, t->interp->sys_dict, "stdlib_module_names");
    if (is_null(names) || !has_flag(t, names, TF_SET)) return SHADOWS_LIBRARY;
    incref(names);
    int standard = contains(t, names, name);
    decref(t, names);
    return standard < 0 ? SHADOWS_ERROR : standard ? SHADOWS_STANDARD : SHADOWS_LIBRARY;
}

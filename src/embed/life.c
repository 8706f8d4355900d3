/* Beginning and end of interpreters, their threads and their lock. */
#include <stddef.h>

#include "boot/boot.h"
#include "embed/embed.h"
#include "import/import.h"
#include "modules/module.h"
#include "modules/sys.h"
#include "vm/gil.h"
#include "vm/thread.h"

static EmbedConfig *config_of(Thread *t) { return (EmbedConfig *)((char *)t->runtime->config - offsetof(EmbedConfig, config)); }

static bool make_main(Thread *t) {
    Value name = N(t, __main__), module = module_new(t, name);
    bool done = !is_null(module) && dict_set(t, t->interp->modules, name, module) &&
                module_add(t, module, "__builtins__", new_ref(t->interp->builtins_module));
    decref_maybe(t, module);
    return done;
}

static bool import_site(Thread *t) {
    if (t->runtime->config->no_site) return true;
    Value site = import_module(t, "site"), result = is_null(site) ? VNULL : call_method_0(t, site, N(t, main));
    decref_maybe(t, site);
    decref_maybe(t, result);
    return !is_null(result);
}

Krait *krait_start(const KraitOptions *options) {
    EmbedConfig *c = embed_config_new(options);
    if (c == NULL) return NULL;
    Thread *t = boot(&c->config);
    if (t == NULL) return NULL; /* what was made of it has no owner any more */
    if (make_main(t) && import_site(t)) return krait_of(t);
    sys_print_exception(t);
    krait_end(krait_of(t));
    return NULL;
}

int krait_end(Krait *k) {
    Thread *t = thread_of(k);
    EmbedConfig *c = config_of(t);
    err_clear(t);
    int status = shutdown_interp(t);
    if (shutdown_free(t)) embed_config_free(c);
    return status;
}

void krait_release_gil(Krait *k) { gil_release(thread_of(k)); }
void krait_acquire_gil(Krait *k) { gil_acquire(thread_of(k)); }

Krait *krait_attach(Krait *k) {
    Thread *t = thread_new(thread_of(k)->interp);
    if (t == NULL) return NULL;
    thread_begin(t);
    return krait_of(t);
}

void krait_detach(Krait *k) {
    Thread *t = thread_of(k);
    err_clear(t);
    thread_end(t);
}

/* Filling the runtime's hooks: who stands behind each (core/state.h says what they mean).  The others are filled by the
 * rooms' own inits: unraisable by modules/sys, poll and the frame hooks by vm. */
#include "boot/boot.h"
#include "boot/boot_priv.h"
#include "core/config.h"
#include "import/import.h"
#include "jit/jit.h"
#include "modules/warnings.h"
#include "types/codec_registry.h"
#include "types/codecs.h"
#include "vm/vm.h"

bool boot_hooks(Thread *t) {
    Hooks *hooks = &t->interp->hooks;
    hooks->import = import_module;
    hooks->decode = codec_decode;
    hooks->encode = codec_encode;
    hooks->warn = warnings_warn;
    hooks->warn_at = warnings_warn_at;
    hooks->interp_begin = boot_interp;
    hooks->interp_end = shutdown_further;
    if (!codec_registry_init(t) || !vm_init(t)) return false;
    if (!t->runtime->config->no_jit) jit_init(t);
    return true;
}

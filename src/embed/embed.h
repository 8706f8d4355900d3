/* The embedding API inside: its handles are the interpreter's own.
 *
 * A Krait is a Thread, a KraitRef or KraitBorrowed a Value: the same word, under types that tell who owns it. */
#ifndef KRAIT_EMBED_EMBED_H
#define KRAIT_EMBED_EMBED_H

#include "core/config.h"
#include "core/state.h"
#include "krait.h"

_Static_assert(sizeof(KraitRef) == sizeof(Value) && sizeof(KraitBorrowed) == sizeof(Value), "references are Values");

static inline Thread *thread_of(Krait *k) { return (Thread *)k; }
static inline Krait *krait_of(Thread *t) { return (Krait *)t; }
static inline KraitRef owned(Value v) { return (KraitRef){v.bits}; }
static inline KraitBorrowed borrowed(Value v) { return (KraitBorrowed){v.bits}; }
static inline Value value_of(KraitBorrowed b) { return (Value){b.bits}; }
static inline Value value_of_ref(KraitRef r) { return (Value){r.bits}; }
static inline const Value *values_of(const KraitBorrowed *items) { return (const Value *)items; }

/* home.c */

/* The configuration of an interpreter of the API, and the strings that it holds. */
typedef struct EmbedConfig {
    Config config;
    char *home, *library_dir, *stdlib_dir, *executable;
    char *path[2];
    char *no_arguments[2];
} EmbedConfig;
/* NULL after a message on stderr: no memory, or the library is not there. */
EmbedConfig *embed_config_new(const KraitOptions *options) MUST_USE;
void embed_config_free(EmbedConfig *c);

#endif

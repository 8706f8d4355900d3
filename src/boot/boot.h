/* Bringing an interpreter up and taking it down. */
#ifndef KRAIT_BOOT_BOOT_H
#define KRAIT_BOOT_BOOT_H

#include "core/runtime.h"

/* A runtime with its main interpreter, attached to the calling thread; NULL after a message on stderr.
 * The config stays the caller's and must outlive it. */
Thread *boot(Config *config);
/* A further interpreter in the process; NULL: out of memory or an exception was reported. */
Thread *boot_interp(Runtime *runtime);
/* Ends an interpreter: threads are joined, exit functions run, modules dropped. 0, or -1 when flushing sys.stdout failed. */
int shutdown_interp(Thread *t);
void shutdown_runtime(Runtime *runtime);
/* For embedding programs, in its place: gives back all memory of the interpreter and of its runtime, which has no other, after
 * shutdown_interp. false: other threads are still in it, so it stays. */
bool shutdown_free(Thread *t);
/* Ends an interpreter that is not the main one, and gives back its memory unless other threads are still in it. */
void shutdown_further(Thread *t);

#endif

/* The registry of codecs, for the module _codecs and for boot. */
#ifndef KRAIT_TYPES_CODEC_REGISTRY_H
#define KRAIT_TYPES_CODEC_REGISTRY_H

#include "core/errors.h"

bool codec_registry_init(Thread *t); /* boot */
bool codec_register(Thread *t, Value search_function);
bool codec_unregister(Thread *t, Value search_function);
/* The CodecInfo of an encoding; owned.  LookupError. */
Value codec_lookup(Thread *t, const char *encoding);
/* codecs.encode and codecs.decode: any codec, any objects. */
Value codec_run(Thread *t, Value object, const char *encoding, const char *errors, bool decode);

#endif

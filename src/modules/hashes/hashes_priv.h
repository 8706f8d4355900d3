/* The hash objects of _md5, _sha1, _sha2, _sha3, _blake2 and _hmac: what they share. */
#ifndef KRAIT_MODULES_HASHES_PRIV_H
#define KRAIT_MODULES_HASHES_PRIV_H

#include <pthread.h>

#include "base/digest.h"
#include "modules/module.h"
#include "object/buffer.h"
#include "object/instance.h"

/* From this size on other threads may run meanwhile. */
enum { HASH_GIL_MINSIZE = 2048 };

/* An object with a digest.  `mutex` is held while the digest is read or written, also without the GIL; it is
 * taken only by hash_lock, which never waits for it with the GIL held.  Zero bytes are an unlocked mutex. */
typedef struct HashObject {
    Object head;
    pthread_mutex_t mutex;
    Digest digest;
} HashObject;

void hash_lock(Thread *t, pthread_mutex_t *mutex);
static inline void hash_unlock(pthread_mutex_t *mutex) { pthread_mutex_unlock(mutex); }

/* The bytes of an argument: TypeError for str and for what has no buffer. */
bool hash_buffer(Thread *t, Value v, Buffer *view) MUST_USE;
/* The digest under a lock takes the bytes of v. */
bool hash_feed(Thread *t, pthread_mutex_t *mutex, Digest *digest, Value v) MUST_USE;
/* Of the constructors' two names for the first data; VNULL in *v: none. */
bool hash_first_data(Thread *t, Value data, Value string, Value *v) MUST_USE;
/* A copy of the digest, taken under the lock. */
Digest hash_snapshot(Thread *t, HashObject *h);

/* A new object that begins with data (VNULL: none). */
Value hash_object_new(Thread *t, Type *type, const DigestKind *kind, Value data);
Value hash_hex(Thread *t, const uint8_t *bytes, size_t n);
/* A number that C's unsigned type of that name holds. */
bool hash_unsigned(Thread *t, Value v, const char *c_type, uint64_t *out) MUST_USE;
/* The type with a constant id, for modules that show it under another name than its own. */
bool hash_add_type(Thread *t, Value module, enum TypeId id, const char *name, const TypeDef *def) MUST_USE;

/* Methods and attributes of all hash objects. */
Value hash_update(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value hash_digest(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value hash_hexdigest(Thread *t, Value *args, uint32_t nargs, Value kwnames);
/* A number that C's unsigned type of that name holds. */
bool hash_unsigned(Thread *t, Value v, const char *c_type, uint64_t *out) MUST_USE;
Value hash_copy(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value hash_get_name(Thread *t, Value self, void *closure);
Value hash_get_block_size(Thread *t, Value self, void *closure);
Value hash_get_digest_size(Thread *t, Value self, void *closure);

#define HASH_METHODS(PARAMETER)                                                                                                                \
    {"copy", "($self, /)", "Return a copy of the hash object.", hash_copy},                                                                    \
    {"digest", "($self, /)", "Return the digest value as a bytes object.", hash_digest},                                                       \
    {"hexdigest", "($self, /)", "Return the digest value as a string of hexadecimal digits.", hash_hexdigest},                                 \
    {"update", "($self, " PARAMETER ", /)", "Update this hash object's state with the provided string.", hash_update}
#define HASH_GETSETS                                                                                                                           \
    {"block_size", hash_get_block_size}, {"name", hash_get_name}, {"digest_size", hash_get_digest_size}

#endif

/* Decompressor objects of zlib, _bz2, _lzma and _zstd: what is the same in all of them.
 *
 * Each has eof, unused_data and needs_input, and decompress(data, max_length): input that did not fit the output is kept for
 * the next call.  What differs is one step of the library.
 */
#ifndef KRAIT_MODULES_DECOMPRESSOR_H
#define KRAIT_MODULES_DECOMPRESSOR_H

#include "modules/object_lock.h"
#include "modules/output_buffer.h"
#include "object/buffer.h"
#include "object/instance.h"

typedef struct Decompressor {
    Object head;
    pthread_mutex_t mutex; /* guards all of it; held while a step runs without the GIL */
    Value unused_data;     /* bytes */
    char *kept;            /* raw block: input for the next call, at kept + kept_start; NULL: none yet */
    size_t kept_start, kept_length, kept_capacity;
    bool eof, needs_input;
} Decompressor;

/* What a step reads and writes: it moves the pointers on and takes from the counts. */
typedef struct CodecPieces {
    const char *in;
    size_t in_left;
    char *out;
    size_t out_left;
} CodecPieces;
typedef enum DecompressStep { STEP_FAILED, STEP_MORE, STEP_END } DecompressStep; /* FAILED: exception pending; END: of the stream */
typedef DecompressStep (*DecompressFn)(Thread *t, Decompressor *d, CodecPieces *p);

/* Whether so much work is worth the price of letting other threads run meanwhile. */
static inline bool codec_is_long(size_t in, size_t out) { return in >= 2048 || out >= 32768; }
#define CODEC_CALL(t, p, statement)                                                  \
    do {                                                                             \
        if (codec_is_long((p)->in_left, (p)->out_left)) ALLOW_THREADS(t, statement); \
        else statement;                                                              \
    } while (0)

/* A new object of the type with the common part set up, not tracked. */
Value decompressor_new(Thread *t, Type *type);
/* decompress(data, max_length=-1) of args; `at_end`: the text of EOFError behind the end. */
Value decompressor_run(Thread *t, Value *args, DecompressFn step, const char *at_end);

#define DECOMPRESSOR_FIELDS FIELD_VALUE(Decompressor, unused_data), FIELD_BUFFER(Decompressor, kept)
#define DECOMPRESSOR_MEMBERS                                                                                                               \
    {"eof", MK_BOOL8, MEMBER_READONLY, offsetof(Decompressor, eof), "True when the end of the stream was reached."},                      \
    {"needs_input", MK_BOOL8, MEMBER_READONLY, offsetof(Decompressor, needs_input), "True when more output takes more input."}
#define DECOMPRESSOR_UNUSED_DATA                                                                                                           \
    {"unused_data", MK_VALUE, MEMBER_READONLY, offsetof(Decompressor, unused_data), "What was given behind the end of the stream."}

#endif

/* Error handling of codecs: the built-in handlers in place, the registered ones by call. */
#ifndef KRAIT_TYPES_CODEC_ERRORS_H
#define KRAIT_TYPES_CODEC_ERRORS_H

#include "base/buf.h"
#include "object/str.h"

/* A decoder's state, for problems. */
typedef struct Decoding {
    const char *encoding, *errors; /* errors NULL: strict */
    const char *data;
    int64_t n;
    StrBuilder out;
    Value handler; /* looked up at the first problem; owned or VNULL */
    Value kept;    /* the object that a handler put in the data's place; owned or VNULL */
} Decoding;
void decoding_start(Decoding *d, const char *encoding, const char *errors, const char *data, int64_t n);
/* A problem with data[start:end): puts the replacement and answers where to go on; -1: exception pending. */
int64_t decoding_problem(Thread *t, Decoding *d, int64_t start, int64_t end, const char *reason);
/* The text, or VNULL after a failure; releases everything. */
Value decoding_finish(Thread *t, Decoding *d, bool done);

/* An encoder's state. */
typedef struct Encoding {
    const char *encoding, *errors;
    Value text;
    Buf out;
    Value handler;
    /* Encodes one replacement character; false: it cannot. */
    bool (*put)(struct Encoding *e, uint32_t c);
    void *context;
    int unit;                /* bytes of a code unit; a handler's bytes must be whole units (0: any) */
    bool ascii_replacements; /* a handler's text must be ASCII, as in the UTF encodings */
} Encoding;
void encoding_start(Encoding *e, const char *encoding, const char *errors, Value text, bool (*put)(Encoding *, uint32_t));
/* A problem with text[start:end): as above. */
int64_t encoding_problem(Thread *t, Encoding *e, int64_t start, int64_t end, const char *reason);
Value encoding_finish(Thread *t, Encoding *e, bool done); /* bytes */

/* The handler registered under a name (NULL: strict); owned.  LookupError. */
Value codec_lookup_error(Thread *t, const char *name);
bool codec_register_error(Thread *t, Value name, Value handler);
bool codec_unregister_error(Thread *t, Value name, bool *was_there);
bool codec_errors_init(Thread *t);

#endif

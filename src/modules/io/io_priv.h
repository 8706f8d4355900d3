/* What the files of the module _io share. */
#ifndef KRAIT_MODULES_IO_PRIV_H
#define KRAIT_MODULES_IO_PRIV_H

#include <errno.h>

#include "modules/module.h"
#include "object/buffer.h"
#include "object/instance.h"

#define IO_FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

enum { IO_BUFFER_SIZE = 128 << 10, IO_READ_MAX = 0x7ffff000 };

typedef struct IoState {
    Value unsupported; /* the class UnsupportedOperation */
} IoState;

/* io.c */
Value io_unsupported(Thread *t, const char *message) COLD; /* raises UnsupportedOperation */
/* An int or None (-1): sizes of reads. "argument should be integer or None, not 'T'". */
bool io_size(Thread *t, Value v, int64_t missing, int64_t *out) MUST_USE;
/* A method called `name` (not interned before), by one of the interned names of names.h otherwise. */
Value io_call(Thread *t, Value object, const char *name, const Value *args, uint32_t nargs);
/* v.__fspath__(); a class that sets it to None has none. */
Value io_fspath(Thread *t, Value v, bool *found);
/* Drops the pending exception and answers true when it is the InterruptedError of a call to be made again. */
bool io_interrupted(Thread *t);

/* iobase.c */
extern const TypeDef typedef_IOBase, typedef_RawIOBase, typedef_BufferedIOBase, typedef_TextIOBase;
int io_is_closed(Thread *t, Value stream);             /* the truth of stream.closed; 1, 0, -1 */
bool io_check_closed(Thread *t, Value stream) MUST_USE; /* ValueError "I/O operation on closed file." */
bool io_check_able(Thread *t, Value stream, const char *method) MUST_USE; /* "readable", "writable", "seekable" */
void io_finalize(Thread *t, Value self);
bool io_flag(Thread *t, Value stream, const char *method, bool *out) MUST_USE; /* the truth of stream.method() */
Value io_readline_generic(Thread *t, Value self, int64_t limit);

/* fileio.c */
typedef struct FileIO {
    Object head;
    int fd; /* -1: closed */
    uint8_t created, readable, writable, appending, closefd, finalizing;
    int8_t seekable; /* -1: not known yet */
    uint32_t blksize;
    int64_t size_at_open; /* -1: not known */
} FileIO;
extern const TypeDef typedef_FileIO;
static inline bool is_fileio(Value v) { return IS_EXACT(v, FileIO); }
/* Raw transfers of an exact FileIO: bytes, -1 exception pending, -2 would block. */
int64_t fileio_read_raw(Thread *t, FileIO *f, char *out, int64_t n);
int64_t fileio_write_raw(Thread *t, FileIO *f, const char *data, int64_t n);
bool fileio_is_tty(Thread *t, FileIO *f);

/* buffered.c */
extern const TypeDef typedef_BufferedReader, typedef_BufferedWriter, typedef_BufferedRandom, typedef_BufferedRWPair;
bool buffered_write_data(Thread *t, Value self, const char *data, int64_t n) MUST_USE; /* of an exact BufferedWriter or BufferedRandom */
bool buffered_flush_exact(Thread *t, Value self) MUST_USE;
Value buffered_read1(Thread *t, Value self, int64_t n);     /* of an exact BufferedReader or BufferedRandom */

/* bytesio.c, stringio.c */
extern const TypeDef typedef_BytesIO, typedef_BytesIOBuffer, typedef_StringIO;

/* newline.c */
extern const TypeDef typedef_IncrementalNewlineDecoder;
enum { SEEN_CR = 1, SEEN_LF = 2, SEEN_CRLF = 4 };
typedef struct NewlineState {
    uint8_t translate, pending_cr, seen; /* seen: SEEN_... */
} NewlineState;
Value newline_decode(Thread *t, NewlineState *s, Value text, bool final); /* takes an exact str */
Value newline_seen(Thread *t, int seen);
/* The index behind the end of the first line in s[start:end], -1: none ends there. *consumed: how far was looked. */
int64_t newline_find(const Str *s, int64_t start, int64_t end, bool translated, bool universal, Value newline, int64_t *consumed);

/* textio.c */
extern const TypeDef typedef_TextIOWrapper;
/* newline=...: None, '', '\n', '\r', '\r\n'. */
bool io_newline_is_fit(Value newline);

#endif

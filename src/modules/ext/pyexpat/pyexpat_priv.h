/* The module pyexpat, by file. */
#ifndef KRAIT_MODULES_EXT_PYEXPAT_PRIV_H
#define KRAIT_MODULES_EXT_PYEXPAT_PRIV_H

#define XML_DTD 1 /* the header shows what the library has only if it is told of it */
#include <expat.h>

#include "modules/module.h"
#include "object/buffer.h"
#include "object/instance.h"

#define EXPAT_VERSION_NOW (XML_MAJOR_VERSION * 10000 + XML_MINOR_VERSION * 100 + XML_MICRO_VERSION)

typedef struct ExpatState {
    Value error;       /* the class ExpatError, owned */
    Type *parser_type; /* immortal */
} ExpatState;
#define EXPAT_STATE(t) MODULE_STATE(t, pyexpat, ExpatState)

enum HandlerId {
#define HANDLER(name) H_##name,
#define HANDLER_AS(name, attribute) H_##name,
#include "modules/ext/pyexpat/handlers.def"
#undef HANDLER
#undef HANDLER_AS
    HANDLER_COUNT
};

typedef struct XmlParser {
    Object head;
    XML_Parser parser;
    Thread *thread;       /* whose call of the library runs; NULL: none */
    Value intern;         /* dict: name -> name */
    Value parent;         /* the parser that this one was made from: the library's part of it must live longer; VNULL: none */
    Value handlers[HANDLER_COUNT]; /* VNULL: none */
    char *buffer;         /* raw block: text that is not handed on yet; NULL: text is handed on at once */
    int buffer_size, buffer_used;
    bool ordered_attributes, specified_attributes, namespace_prefixes, defers_reparsing;
} XmlParser;
extern const TypeDef typedef_xmlparser;

/* parser.c */
Value expat_parser_create(Thread *t, Value *args, uint32_t nargs, Value kwnames);
/* ExpatError with code, lineno and offset; text NULL: what the library says of the code, with the place. */
Value expat_raise(Thread *t, XmlParser *p, enum XML_Error code, const char *text) COLD;

/* handlers.c */
/* Tells the library that the parser has the handler, or that it has none. */
void expat_handler_install(XmlParser *p, enum HandlerId id);
const char *expat_handler_name(enum HandlerId id);
/* Drops all handlers: one raised. */
void expat_handlers_drop(Thread *t, XmlParser *p);
/* Hands on the buffered text. false: exception pending. */
bool expat_flush(Thread *t, XmlParser *p) MUST_USE;
int XMLCALL expat_unknown_encoding(void *context, const XML_Char *name, XML_Encoding *encoding);

#endif

/* xmlparser objects: making them, their settings, feeding them. */
#include <limits.h>

#include "modules/ext/pyexpat/pyexpat_priv.h"

enum { BUFFER_SIZE = 8192, CHUNK_MAX = 1 << 20, FILE_CHUNK = 2048 };

static XmlParser *as(Value self) { return V_AS(XmlParser, self); }

/* --- Errors ---------------------------------------------------------------------------------------------------------- */

static bool set_number(Thread *t, Value exception, const char *name, uint64_t number) {
    Value v = int_from_u64(t, number);
    bool done = !is_null(v) && attr_set_cstr(t, exception, name, v);
    decref_maybe(t, v);
    return done;
}

Value expat_raise(Thread *t, XmlParser *p, enum XML_Error code, const char *text) {
    uint64_t line = XML_GetErrorLineNumber(p->parser), column = XML_GetErrorColumnNumber(p->parser);
    const char *what = XML_ErrorString(code);
    Value message = text ? str_from_cstr(t, text) : str_format(t, "%s: line %lu, column %lu", what ? what : "error", (unsigned long)line, (unsigned long)column);
    Value exception = is_null(message) ? VNULL : call_1(t, EXPAT_STATE(t)->error, message);
    decref_maybe(t, message);
    if (!is_null(exception) && set_number(t, exception, "code", code) && set_number(t, exception, "offset", column) && set_number(t, exception, "lineno", line))
        err_raise_value(t, exception);
    decref_maybe(t, exception);
    return VNULL;
}

/* --- Making ----------------------------------------------------------------------------------------------------------- */

static bool buffer_make(Thread *t, XmlParser *p) {
    char *buffer = heap_alloc(t, (size_t)p->buffer_size);
    if (buffer == NULL) return false;
    heap_free(t, p->buffer);
    p->buffer = buffer;
    p->buffer_used = 0;
    return true;
}

static Value parser_new(Thread *t, const char *encoding, const char *separator, Value intern) {
    Value v = object_new(t, EXPAT_STATE(t)->parser_type);
    if (is_null(v)) return v;
    XmlParser *p = as(v);
    p->intern = new_ref_maybe(intern);
    p->buffer_size = BUFFER_SIZE;
    p->defers_reparsing = EXPAT_VERSION_NOW >= 20600;
    p->parser = XML_ParserCreate_MM(encoding, NULL, separator);
    if (p->parser == NULL) {
        decref(t, v);
        return err_no_memory(t);
    }
    /* The table of names is salted with the interpreter's secret: nobody outside can make them collide. */
    XML_SetHashSalt(p->parser, (unsigned long)(t->interp->hash_key[0] ^ t->interp->hash_key[1] ^ 1));
    XML_SetUserData(p->parser, p);
    XML_SetUnknownEncodingHandler(p->parser, expat_unknown_encoding, p);
    return object_done(t, v);
}

/* An optional str argument; false: TypeError or ValueError. */
static bool optional_text(Thread *t, Value v, const char *function, const char *argument, const char **out, Value *keep) {
    *out = NULL;
    *keep = VNULL;
    if (is_null(v) || is_none(v)) return true;
    if (!is_str(t, v)) return err_fail(t, T_TypeError, "%s() argument %s must be str or None, not %T", function, argument, v);
    *out = str_cstr(t, v, keep);
    return *out != NULL;
}

Value expat_parser_create(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    const char *encoding, *separator;
    Value keep_encoding, keep_separator = VNULL, v = VNULL, intern = args[2];
    if (!optional_text(t, args[0], "ParserCreate", "'encoding'", &encoding, &keep_encoding)) return VNULL;
    if (optional_text(t, args[1], "ParserCreate", "'namespace_separator'", &separator, &keep_separator)) {
        if (separator != NULL && strlen(separator) > 1) {
            err_raise(t, T_ValueError, "namespace_separator must be at most one character, omitted, or None");
        } else if (!is_null(intern) && !is_none(intern) && !is_dict(t, intern)) {
            err_raise(t, T_TypeError, "intern must be a dictionary");
        } else {
            if (is_null(intern)) intern = dict_new(t); /* None: names are not interned */
            else if (is_none(intern)) intern = VNULL;
            else incref(intern);
            if (!err_pending(t)) v = parser_new(t, encoding, separator, intern);
            decref_maybe(t, intern);
        }
    }
    decref_maybe(t, keep_encoding);
    decref_maybe(t, keep_separator);
    return v;
}

static void parser_destroy(Thread *t, Object *self) {
    XmlParser *p = (XmlParser *)self;
    if (p->parser != NULL) XML_ParserFree(p->parser);
    slot_clear(t, &p->parent);
    for (int i = 0; i < HANDLER_COUNT; i++) slot_clear(t, &p->handlers[i]);
}
static int parser_traverse(Object *self, VisitFn visit, void *context) {
    XmlParser *p = (XmlParser *)self;
    int stop = is_null(p->parent) ? 0 : visit(p->parent, context);
    for (int i = 0; !stop && i < HANDLER_COUNT; i++)
        if (is_obj(p->handlers[i])) stop = visit(p->handlers[i], context);
    return stop;
}
static void parser_clear(Thread *t, Object *self) { expat_handlers_drop(t, (XmlParser *)self); }

/* --- Feeding ------------------------------------------------------------------------------------------------------------- */

/* Between the two, events may come. false: the parser is in use already. */
static bool enter(Thread *t, XmlParser *p, const char *method) {
    if (p->thread != NULL) return err_fail(t, T_RuntimeError, "cannot call %s() of a parser that is parsing", method);
    p->thread = t;
    return true;
}

static Value finish(Thread *t, XmlParser *p, enum XML_Status status) {
    if (!err_pending(t) && status != XML_STATUS_ERROR && !expat_flush(t, p)) status = XML_STATUS_OK;
    p->thread = NULL;
    if (err_pending(t)) return VNULL;
    if (status == XML_STATUS_ERROR) return expat_raise(t, p, XML_GetErrorCode(p->parser), NULL);
    return v_smallint(status);
}

static Value parse(Thread *t, XmlParser *p, const char *data, int64_t n, bool is_final) {
    enum XML_Status status = XML_STATUS_OK;
    if (!enter(t, p, "Parse")) return VNULL;
    for (; n > CHUNK_MAX && status != XML_STATUS_ERROR && !err_pending(t); data += CHUNK_MAX, n -= CHUNK_MAX) status = XML_Parse(p->parser, data, CHUNK_MAX, 0);
    if (status != XML_STATUS_ERROR && !err_pending(t)) status = XML_Parse(p->parser, data, (int)n, is_final);
    return finish(t, p, status);
}

static Value m_parse(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    XmlParser *p = as(args[0]);
    bool is_final = false;
    if (!is_null(args[2]) && !arg_bool(t, args[2], &is_final)) return VNULL;
    if (is_str(t, args[1])) {
        int64_t n;
        Value keep = VNULL;
        const char *text = str_utf8(t, args[1], &n, &keep);
        if (text == NULL) return VNULL;
        XML_SetEncoding(p->parser, "utf-8"); /* whatever the document says of itself */
        Value held = new_ref(args[1]), result = parse(t, p, text, n, is_final);
        decref(t, held);
        decref_maybe(t, keep);
        return result;
    }
    Buffer view;
    if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    Value result = parse(t, p, view.data, view.length, is_final);
    buffer_release(t, &view);
    return result;
}

/* Reads into the library's buffer; answers the bytes, -1: exception. */
static int read_chunk(Thread *t, Value read, char *out) {
    Value v = call_1(t, read, v_smallint(FILE_CHUNK));
    if (is_null(v)) return -1;
    const char *data = NULL;
    int64_t n = 0;
    if (is_bytes(t, v)) {
        data = V_AS(Bytes, v)->data;
        n = V_AS(Bytes, v)->length;
    } else if (is_instance_of(t, v, builtin_type(t, T_bytearray))) {
        data = bytearray_data(V_AS(ByteArray, v));
        n = V_AS(ByteArray, v)->length;
    }
    if (data == NULL) err_raise(t, T_TypeError, "read() did not return a bytes object (type=%T)", v);
    else if (n > FILE_CHUNK) err_raise(t, T_ValueError, "read() returned too much data: %d bytes requested, %lld returned", FILE_CHUNK, (long long)n);
    else memcpy(out, data, (size_t)n);
    decref(t, v);
    return err_pending(t) ? -1 : (int)n;
}

static Value m_parse_file(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    XmlParser *p = as(args[0]);
    Value read = attr_get_maybe(t, args[1], N(t, read));
    if (is_null(read)) return err_pending(t) ? VNULL : err_raise(t, T_TypeError, "argument must have 'read' attribute");
    Value result = VNULL;
    for (int n = 1; n > 0 && (is_null(result) || same(result, v_smallint(XML_STATUS_OK)));) {
        char chunk[FILE_CHUNK];
        n = read_chunk(t, read, chunk);
        result = n < 0 ? VNULL : parse(t, p, chunk, n, n == 0);
        if (is_null(result)) break;
    }
    decref(t, read);
    return result;
}

/* --- Other methods --------------------------------------------------------------------------------------------------------- */

static Value m_set_base(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value keep = VNULL;
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "SetBase() argument must be str, not %T", args[1]);
    const char *base = str_cstr(t, args[1], &keep);
    bool good = base && (XML_SetBase(as(args[0])->parser, base) || err_no_memory_fail(t));
    decref_maybe(t, keep);
    return good ? V_NONE : VNULL;
}
static Value m_get_base(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    const char *base = XML_GetBase(as(args[0])->parser);
    return base ? str_from_utf8(t, base, (int64_t)strlen(base)) : V_NONE;
}
static Value m_get_input_context(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    XmlParser *p = as(args[0]);
    int offset, size;
    const char *buffer = p->thread ? XML_GetInputContext(p->parser, &offset, &size) : NULL;
    return buffer ? bytes_new(t, buffer + offset, size - offset) : V_NONE;
}
static Value m_use_foreign_dtd(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    XmlParser *p = as(args[0]);
    bool on = true;
    if (!is_null(args[1]) && !arg_bool(t, args[1], &on)) return VNULL;
    enum XML_Error code = XML_UseForeignDTD(p->parser, on);
    return code == XML_ERROR_NONE ? V_NONE : expat_raise(t, p, code, NULL);
}
static Value m_set_param_entity_parsing(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t flag;
    if (!arg_c_int(t, args[1], &flag)) return VNULL;
    return v_smallint(XML_SetParamEntityParsing(as(args[0])->parser, (enum XML_ParamEntityParsing)flag));
}

static Value m_external_entity_parser_create(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    XmlParser *p = as(args[0]);
    const char *names, *encoding = NULL;
    Value keep_names, keep_encoding = VNULL;
    if (!optional_text(t, args[1], "ExternalEntityParserCreate", "1", &names, &keep_names)) return VNULL;
    if (!is_null(args[2])) {
        if (!is_str(t, args[2])) {
            decref_maybe(t, keep_names);
            return err_raise(t, T_TypeError, "ExternalEntityParserCreate() argument 2 must be str, not %T", args[2]);
        }
        encoding = str_cstr(t, args[2], &keep_encoding);
    }
    Value v = err_pending(t) ? VNULL : object_new(t, EXPAT_STATE(t)->parser_type);
    if (!is_null(v)) {
        XmlParser *sub = as(v);
        sub->parser = XML_ExternalEntityParserCreate(p->parser, names, encoding);
        sub->parent = new_ref(args[0]);
        sub->intern = new_ref_maybe(p->intern);
        sub->buffer_size = p->buffer_size;
        sub->ordered_attributes = p->ordered_attributes;
        sub->specified_attributes = p->specified_attributes;
        sub->namespace_prefixes = p->namespace_prefixes;
        sub->defers_reparsing = p->defers_reparsing;
        if (sub->parser == NULL) err_no_memory(t);
        if (sub->parser == NULL || (p->buffer != NULL && !buffer_make(t, sub))) {
            slot_clear(t, &v);
        } else {
            XML_SetUserData(sub->parser, sub);
            XML_SetUnknownEncodingHandler(sub->parser, expat_unknown_encoding, sub);
            for (int id = 0; id < HANDLER_COUNT; id++) {
                sub->handlers[id] = new_ref_maybe(p->handlers[id]);
                expat_handler_install(sub, (enum HandlerId)id);
            }
            object_done(t, v);
        }
    }
    decref_maybe(t, keep_names);
    decref_maybe(t, keep_encoding);
    return v;
}

static Value m_set_reparse_deferral(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    bool on;
    if (!arg_bool(t, args[1], &on)) return VNULL;
#if EXPAT_VERSION_NOW >= 20600
    if (XML_SetReparseDeferralEnabled(as(args[0])->parser, on)) as(args[0])->defers_reparsing = on;
#endif
    return V_NONE; /* older libraries never defer */
}
static Value m_get_reparse_deferral(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_bool(as(args[0])->defers_reparsing); }

/* Limits against documents that grow while they are parsed. */
static bool take_threshold(Thread *t, Value v, uint64_t *out) {
    Value number = number_index(t, v);
    if (is_null(number)) return false;
    bool good = int_sign(number) < 0 ? err_fail(t, T_ValueError, "Cannot convert negative int") : int_to_u64(t, number, out);
    decref(t, number);
    return good;
}
static Value m_set_threshold(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    XmlParser *p = as(args[0]);
    uint64_t threshold;
    if (!take_threshold(t, args[1], &threshold)) return VNULL;
    if (XML_SetBillionLaughsAttackProtectionActivationThreshold(p->parser, threshold)) return V_NONE;
    return expat_raise(t, p, XML_ERROR_INVALID_ARGUMENT, "parser must be a root parser");
}
static Value m_set_amplification(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    XmlParser *p = as(args[0]);
    double factor;
    if (!arg_double(t, args[1], &factor)) return VNULL;
    if (XML_SetBillionLaughsAttackProtectionMaximumAmplification(p->parser, (float)factor)) return V_NONE;
    return expat_raise(t, p, XML_ERROR_INVALID_ARGUMENT, factor >= 1.0 ? "parser must be a root parser" : "'max_factor' must be at least 1.0");
}

/* --- Attributes --------------------------------------------------------------------------------------------------------------- */

static bool not_deletable(Thread *t) { return err_fail(t, T_RuntimeError, "Cannot delete attribute"); }

static Value get_handler(Thread *t, Value self, void *closure) {
    Value v = as(self)->handlers[(intptr_t)closure];
    return is_null(v) ? V_NONE : new_ref(v);
}
static bool set_handler(Thread *t, Value self, Value value, void *closure) {
    XmlParser *p = as(self);
    enum HandlerId id = (enum HandlerId)(intptr_t)closure;
    if (is_null(value)) return not_deletable(t);
    if (id == H_CharacterData && !expat_flush(t, p)) return false;
    slot_set(t, &p->handlers[id], is_none(value) ? VNULL : new_ref(value));
    expat_handler_install(p, id);
    return true;
}

enum Number { N_ErrorCode, N_ErrorLine, N_ErrorColumn, N_ErrorByte, N_Line, N_Column, N_Byte, N_BufferUsed };
static Value get_number(Thread *t, Value self, void *closure) {
    XML_Parser p = as(self)->parser;
    switch ((enum Number)(intptr_t)closure) {
    case N_ErrorCode: return v_smallint(XML_GetErrorCode(p));
    case N_ErrorLine: case N_Line: return int_from_u64(t, XML_GetCurrentLineNumber(p));
    case N_ErrorColumn: case N_Column: return int_from_u64(t, XML_GetCurrentColumnNumber(p));
    case N_ErrorByte: case N_Byte: return int_from_i64(t, XML_GetCurrentByteIndex(p));
    default: return v_smallint(as(self)->buffer_used);
    }
}

/* Setting it makes a buffer: text is held back from then on. */
static Value get_buffer_size(Thread *t, Value self, void *closure) { return v_smallint(as(self)->buffer_size); }
static bool set_buffer_size(Thread *t, Value self, Value value, void *closure) {
    XmlParser *p = as(self);
    int64_t size;
    if (is_null(value)) return not_deletable(t);
    if (!is_int(t, value)) return err_fail(t, T_TypeError, "buffer_size must be an integer");
    if (!int_to_i64(t, value, &size)) return false;
    if (size <= 0) return err_fail(t, T_ValueError, "buffer_size must be greater than zero");
    if (size > INT_MAX) return err_fail(t, T_ValueError, "buffer_size must not be greater than %d", INT_MAX);
    if (size == p->buffer_size) return true;
    if (!expat_flush(t, p)) return false;
    int before = p->buffer_size;
    p->buffer_size = (int)size;
    if (buffer_make(t, p)) return true;
    p->buffer_size = before;
    return false;
}

static Value get_buffer_text(Thread *t, Value self, void *closure) { return v_bool(as(self)->buffer != NULL); }
static bool set_buffer_text(Thread *t, Value self, Value value, void *closure) {
    XmlParser *p = as(self);
    bool on;
    if (is_null(value)) return not_deletable(t);
    if (!arg_bool(t, value, &on)) return false;
    if (on) return p->buffer != NULL || buffer_make(t, p);
    if (p->buffer == NULL) return true;
    if (!expat_flush(t, p)) return false;
    heap_free(t, p->buffer);
    p->buffer = NULL;
    return true;
}

static Value get_flag(Thread *t, Value self, void *closure) { return v_bool(*((bool *)as(self) + (intptr_t)closure)); }
static bool set_flag(Thread *t, Value self, Value value, void *closure) {
    bool on;
    if (is_null(value)) return not_deletable(t);
    if (!arg_bool(t, value, &on)) return false;
    *((bool *)as(self) + (intptr_t)closure) = on;
    if ((size_t)(intptr_t)closure == offsetof(XmlParser, namespace_prefixes)) XML_SetReturnNSTriplet(as(self)->parser, on);
    return true;
}

static const MethodDef methods[] = {
    {"Parse", "($self, data, isfinal=False, /)", "Parse a part of a document.", m_parse},
    {"ParseFile", "($self, file, /)", "Parse a document from a file.", m_parse_file},
    {"SetBase", "($self, base, /)", "Set what system identifiers are relative to.", m_set_base},
    {"GetBase", "($self, /)", "What system identifiers are relative to.", m_get_base},
    {"GetInputContext", "($self, /)", "The input from the event on that a handler is called for; None outside handlers.", m_get_input_context},
    {"ExternalEntityParserCreate", "($self, context, encoding=<unrepresentable>, /)", "A parser for an external entity.", m_external_entity_parser_create},
    {"SetParamEntityParsing", "($self, flag, /)", "Whether parameter entities are parsed.", m_set_param_entity_parsing},
    {"UseForeignDTD", "($self, flag=True, /)", "Ask for a DTD where the document names none.", m_use_foreign_dtd},
    {"SetReparseDeferralEnabled", "($self, enabled, /)", "Whether an incomplete token waits for more input before it is tried again.", m_set_reparse_deferral},
    {"GetReparseDeferralEnabled", "($self, /)", "Whether an incomplete token waits for more input before it is tried again.", m_get_reparse_deferral},
    {"SetBillionLaughsAttackProtectionActivationThreshold", "($self, threshold, /)", "Bytes of output from which on the limit holds.", m_set_threshold},
    {"SetBillionLaughsAttackProtectionMaximumAmplification", "($self, max_factor, /)", "How many times larger than a document what it expands to may be.", m_set_amplification},
    {NULL},
};

#define HANDLER(name) {#name "Handler", get_handler, set_handler, NULL, (void *)H_##name},
#define HANDLER_AS(name, attribute) {attribute, get_handler, set_handler, NULL, (void *)H_##name},
#define NUMBER(name, id) {#name, get_number, NULL, NULL, (void *)id}
#define FLAG(name) {#name, get_flag, set_flag, NULL, (void *)offsetof(XmlParser, name)}
static const GetSetDef getsets[] = {
#include "modules/ext/pyexpat/handlers.def"
    NUMBER(ErrorCode, N_ErrorCode), NUMBER(ErrorLineNumber, N_ErrorLine), NUMBER(ErrorColumnNumber, N_ErrorColumn), NUMBER(ErrorByteIndex, N_ErrorByte),
    NUMBER(CurrentLineNumber, N_Line), NUMBER(CurrentColumnNumber, N_Column), NUMBER(CurrentByteIndex, N_Byte), NUMBER(buffer_used, N_BufferUsed),
    {"buffer_size", get_buffer_size, set_buffer_size}, {"buffer_text", get_buffer_text, set_buffer_text},
    FLAG(ordered_attributes), FLAG(specified_attributes), FLAG(namespace_prefixes), {NULL},
};
#undef HANDLER
#undef HANDLER_AS
static const MemberDef members[] = {{"intern", MK_VALUE, MEMBER_READONLY, offsetof(XmlParser, intern)}, {NULL}};
static const Field fields[] = {FIELD_VALUE(XmlParser, intern), FIELD_BUFFER(XmlParser, buffer)};

const TypeDef typedef_xmlparser = {
    .name = "pyexpat.xmlparser",
    .doc = "A parser of XML that calls a handler for each part.",
    .flags = TF_NO_NEW | TF_GC | TF_IMMUTABLE,
    .size = sizeof(XmlParser),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.destroy = parser_destroy, .traverse = parser_traverse, .clear = parser_clear},
};

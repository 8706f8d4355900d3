/* XMLParser: Expat's events for a target; straight into the builder where that is a plain TreeBuilder. */
#include <limits.h>

#define XML_DTD 1
#include <expat.h>

#include "base/hash.h"
#include "modules/ext/_elementtree/etree_priv.h"
#include "ops/warn.h"

enum { CHUNK_MAX = 1 << 20 };

/* The methods of a target that has them. */
enum TargetMethod { TARGET_START, TARGET_END, TARGET_DATA, TARGET_COMMENT, TARGET_PI, TARGET_DOCTYPE, TARGET_START_NS, TARGET_END_NS, TARGET_CLOSE, TARGET_COUNT };
static const char *const target_names[TARGET_COUNT] = {"start", "end", "data", "comment", "pi", "doctype", "start_ns", "end_ns", "close"};

/* Names that occurred, by their bytes: "namespace}name" is kept as "{namespace}name". */
typedef struct NameEntry {
    char *raw; /* raw block; NULL: the entry is free */
    uint32_t length, hash;
    Value name;
} NameEntry;
typedef struct NameTable {
    NameEntry *entries; /* raw block */
    uint32_t used, size; /* size: a power of two, or 0 */
} NameTable;

typedef struct XmlParser {
    Object head;
    XML_Parser parser;
    Thread *thread;   /* whose call of the library runs; NULL: none */
    Value target, entity;
    Value methods[TARGET_COUNT]; /* of a target that is no plain builder; VNULL: it has none */
    NameTable names;
    bool is_builder;  /* the target is a plain TreeBuilder */
} XmlParser;

static XmlParser *as(Value self) { return V_AS(XmlParser, self); }
static TreeBuilder *builder_of(XmlParser *p) { return V_AS(TreeBuilder, p->target); }

/* --- Errors -------------------------------------------------------------------------------------------------------------- */

static Value raise_parse_error(Thread *t, enum XML_Error code, uint64_t line, uint64_t column, const char *text) {
    if (text == NULL) text = XML_ErrorString(code);
    Value message = str_format(t, "%s: line %lu, column %lu", text ? text : "error", (unsigned long)line, (unsigned long)column);
    Value error = is_null(message) ? VNULL : call_1(t, ETREE_STATE(t)->parse_error, message);
    Value position = is_null(error) ? VNULL : tuple_of(t, 2, v_smallint((int64_t)line), v_smallint((int64_t)column));
    if (!is_null(position) && attr_set_cstr(t, error, "code", v_smallint(code)) && attr_set_cstr(t, error, "position", position)) err_raise_value(t, error);
    decref_maybe(t, message);
    decref_maybe(t, error);
    decref_maybe(t, position);
    return VNULL;
}

/* --- Names ----------------------------------------------------------------------------------------------------------------- */

static void names_free(Thread *t, NameTable *table) {
    for (uint32_t i = 0; i < table->size; i++) {
        if (table->entries[i].raw == NULL) continue;
        heap_free(t, table->entries[i].raw);
        decref(t, table->entries[i].name);
    }
    heap_free(t, table->entries);
    *table = (NameTable){0};
}

static NameEntry *names_find(NameTable *table, const char *raw, uint32_t n, uint32_t hash) {
    for (uint32_t i = hash;; i++) {
        NameEntry *e = &table->entries[i & (table->size - 1)];
        if (e->raw == NULL || (e->hash == hash && e->length == n && memcmp(e->raw, raw, n) == 0)) return e;
    }
}

static bool names_grow(Thread *t, NameTable *table) {
    NameTable larger = {.size = table->size ? table->size * 2 : 64};
    larger.entries = heap_alloc_zeroed(t, larger.size * sizeof(NameEntry));
    if (larger.entries == NULL) return false;
    for (uint32_t i = 0; i < table->size; i++) {
        NameEntry *e = &table->entries[i];
        if (e->raw != NULL) *names_find(&larger, e->raw, e->length, e->hash) = *e;
    }
    larger.used = table->used;
    heap_free(t, table->entries);
    *table = larger;
    return true;
}

static Value universal_name(Thread *t, const char *raw, uint32_t n) {
    if (memchr(raw, '}', n) == NULL) {
        Value name = str_from_utf8(t, raw, n);
        return is_null(name) ? name : str_intern(t, name);
    }
    char *text = heap_alloc(t, (size_t)n + 1);
    if (text == NULL) return VNULL;
    text[0] = '{';
    memcpy(text + 1, raw, n);
    Value name = str_from_utf8(t, text, (int64_t)n + 1);
    heap_free(t, text);
    return is_null(name) ? name : str_intern(t, name);
}

/* Owned. */
static Value name_of(Thread *t, XmlParser *p, const char *raw) {
    NameTable *table = &p->names;
    uint32_t n = (uint32_t)strlen(raw);
    HashKey key = {t->interp->hash_key[0], t->interp->hash_key[1]};
    uint32_t hash = (uint32_t)hash_siphash13(&key, raw, n);
    if (table->used * 2 >= table->size && !names_grow(t, table)) return VNULL;
    NameEntry *e = names_find(table, raw, n, hash);
    if (LIKELY(e->raw != NULL)) return new_ref(e->name);
    Value name = universal_name(t, raw, n);
    char *copy = is_null(name) ? NULL : heap_alloc(t, (size_t)n + 1);
    if (copy == NULL) {
        decref_maybe(t, name);
        return VNULL;
    }
    memcpy(copy, raw, (size_t)n + 1);
    *e = (NameEntry){copy, n, hash, new_ref(name)};
    table->used++;
    return name;
}

static Value text_of(Thread *t, const char *text) { return str_from_utf8(t, text, (int64_t)strlen(text)); }
static Value text_or_none(Thread *t, const char *text) { return text ? text_of(t, text) : V_NONE; }
static Value text_or_empty(Thread *t, const char *text) { return text_of(t, text ? text : ""); }

/* --- Events ------------------------------------------------------------------------------------------------------------------ */

/* Calls a method of the target with the n values behind args[0], which are taken; some may be VNULL after an error. */
static void tell(Thread *t, XmlParser *p, enum TargetMethod method, Value *args, uint32_t n) {
    bool good = !err_pending(t);
    for (uint32_t i = 1; i <= n; i++) good = good && !is_null(args[i]);
    Value result = good ? call(t, p->methods[method], args + 1, n, VNULL) : VNULL;
    decref_maybe(t, result);
    for (uint32_t i = 1; i <= n; i++) decref_maybe(t, args[i]);
}
#define TELL(method, ...)                                               \
    do {                                                                \
        Value args_[] = {VNULL, __VA_ARGS__};                           \
        tell(t, p, method, args_, (uint32_t)COUNT_OF(args_) - 1);       \
    } while (0)

/* What every event begins with; after an exception the rest of the document passes in silence. */
#define EVENT()                \
    XmlParser *p = context;    \
    Thread *t = p->thread;     \
    if (err_pending(t)) return

/* VNULL without an exception: none. */
static Value attributes(Thread *t, XmlParser *p, const XML_Char **pairs) {
    if (pairs[0] == NULL) return VNULL;
    Value dict = dict_new(t);
    for (; !is_null(dict) && pairs[0] != NULL; pairs += 2) {
        Value name = name_of(t, p, pairs[0]), value = is_null(name) ? VNULL : text_of(t, pairs[1]);
        if (is_null(value) || !dict_set_str(t, dict, name, value)) slot_clear(t, &dict);
        decref_maybe(t, name);
        decref_maybe(t, value);
    }
    return dict;
}

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **pairs) {
    EVENT();
    Value tag = name_of(t, p, name), attrib = is_null(tag) ? VNULL : attributes(t, p, pairs);
    if (err_pending(t)) {
        decref_maybe(t, tag);
    } else if (p->is_builder) {
        Value node = builder_start(t, builder_of(p), tag, attrib);
        decref_maybe(t, node);
        decref(t, tag);
    } else if (!is_null(p->methods[TARGET_START])) {
        TELL(TARGET_START, tag, is_null(attrib) ? dict_new(t) : attrib);
    } else {
        decref(t, tag);
        decref_maybe(t, attrib);
    }
}

static void XMLCALL on_end(void *context, const XML_Char *name) {
    EVENT();
    if (p->is_builder) {
        Value node = builder_end(t, builder_of(p));
        decref_maybe(t, node);
    } else if (!is_null(p->methods[TARGET_END])) {
        TELL(TARGET_END, name_of(t, p, name));
    }
}

static void give_data(Thread *t, XmlParser *p, Value data) { /* borrows data */
    if (p->is_builder) {
        if (!builder_data(t, builder_of(p), data)) return;
    } else if (!is_null(p->methods[TARGET_DATA])) {
        TELL(TARGET_DATA, new_ref(data));
    }
}

static void XMLCALL on_data(void *context, const XML_Char *data, int n) {
    EVENT();
    if (p->is_builder) {
        if (!builder_text(t, builder_of(p), data, (uint32_t)n)) return;
    } else if (!is_null(p->methods[TARGET_DATA])) {
        TELL(TARGET_DATA, str_from_utf8(t, data, n));
    }
}

/* What has no handler of its own; a reference "&name;" that Expat does not know is looked up in `entity`. */
static void XMLCALL on_default(void *context, const XML_Char *data, int n) {
    EVENT();
    if (n < 2 || data[0] != '&') return;
    Value name = str_from_utf8(t, data + 1, n - 2), value = VNULL;
    if (is_null(name)) return;
    if (is_dict(t, p->entity)) value = new_ref_maybe(dict_get(t, p->entity, name));
    if (!is_null(value)) {
        give_data(t, p, value);
        decref(t, value);
    } else if (!err_pending(t)) {
        Value text = str_format(t, "undefined entity &%U;", name), keep = VNULL;
        const char *utf8 = is_null(text) ? NULL : str_utf8(t, text, NULL, &keep);
        if (utf8 != NULL) raise_parse_error(t, XML_ERROR_UNDEFINED_ENTITY, XML_GetErrorLineNumber(p->parser), XML_GetErrorColumnNumber(p->parser), utf8);
        decref_maybe(t, keep);
        decref_maybe(t, text);
    }
    decref(t, name);
}

static void XMLCALL on_comment(void *context, const XML_Char *data) {
    EVENT();
    if (p->is_builder) {
        Value text = text_of(t, data), node = is_null(text) ? VNULL : builder_comment(t, builder_of(p), text);
        decref_maybe(t, text);
        decref_maybe(t, node);
    } else if (!is_null(p->methods[TARGET_COMMENT])) {
        TELL(TARGET_COMMENT, text_of(t, data));
    }
}

static void XMLCALL on_pi(void *context, const XML_Char *target, const XML_Char *data) {
    EVENT();
    if (p->is_builder) {
        Value name = text_of(t, target), text = text_or_none(t, data), node = VNULL;
        if (!is_null(name) && !is_null(text)) node = builder_pi(t, builder_of(p), name, text);
        decref_maybe(t, name);
        decref_maybe(t, text);
        decref_maybe(t, node);
    } else if (!is_null(p->methods[TARGET_PI])) {
        TELL(TARGET_PI, text_of(t, target), text_or_none(t, data));
    }
}

static void XMLCALL on_doctype(void *context, const XML_Char *name, const XML_Char *system_id, const XML_Char *public_id, int has_internal_subset) {
    EVENT();
    if (!is_null(p->methods[TARGET_DOCTYPE])) {
        TELL(TARGET_DOCTYPE, text_of(t, name), text_or_none(t, public_id), text_or_none(t, system_id));
    } else if (!IS_EXACT(v_from(p), XMLParser)) {
        Value method = attr_get_cstr(t, v_from(p), "doctype");
        bool is_warned = is_null(method) ? err_catch(t, T_AttributeError)
                                         : warn(t, T_RuntimeWarning, 1, "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target.");
        (void)is_warned; /* an exception stays pending */
        decref_maybe(t, method);
    }
}

static void XMLCALL on_start_ns(void *context, const XML_Char *prefix, const XML_Char *uri) {
    EVENT();
    if (p->is_builder) {
        if (is_null(builder_of(p)->event_names[EVENT_START_NS])) return;
        Value both[2] = {text_or_empty(t, prefix), text_or_empty(t, uri)}, pair = VNULL;
        if (!is_null(both[0]) && !is_null(both[1])) pair = tuple_of(t, 2, both[0], both[1]);
        decref_maybe(t, both[0]);
        decref_maybe(t, both[1]);
        if (is_null(pair)) return;
        bool told = builder_event(t, builder_of(p), EVENT_START_NS, pair);
        (void)told; /* an exception stays pending */
        decref(t, pair);
    } else if (!is_null(p->methods[TARGET_START_NS])) {
        TELL(TARGET_START_NS, text_or_empty(t, prefix), text_or_empty(t, uri));
    }
}

static void XMLCALL on_end_ns(void *context, const XML_Char *prefix) {
    EVENT();
    if (p->is_builder) {
        if (!builder_event(t, builder_of(p), EVENT_END_NS, V_NONE)) return;
    } else if (!is_null(p->methods[TARGET_END_NS])) {
        TELL(TARGET_END_NS, text_or_empty(t, prefix));
    }
}

static int XMLCALL on_unknown_encoding(void *context, const XML_Char *name, XML_Encoding *encoding) {
    XmlParser *p = context;
    Thread *t = p->thread;
    char all[256];
    if (err_pending(t)) return XML_STATUS_ERROR;
    for (int i = 0; i < 256; i++) all[i] = (char)i;
    Value bytes = bytes_new(t, all, 256), chars = is_null(bytes) ? VNULL : t->hooks->decode(t, bytes, name, "replace");
    decref_maybe(t, bytes);
    if (is_null(chars)) return XML_STATUS_ERROR;
    bool fits = is_str(t, chars) && str_len(V_AS(Str, chars)) == 256;
    for (int i = 0; fits && i < 256; i++) {
        uint32_t c = str_at(V_AS(Str, chars), i);
        encoding->map[i] = c == 0xFFFD ? -1 : (int)c;
    }
    decref(t, chars);
    encoding->data = NULL;
    encoding->convert = NULL;
    encoding->release = NULL;
    if (fits) return XML_STATUS_OK;
    err_raise(t, T_ValueError, "multi-byte encodings are not supported");
    return XML_STATUS_ERROR;
}

/* --- Making ------------------------------------------------------------------------------------------------------------------- */

static void install(XmlParser *p) {
    XML_SetUserData(p->parser, p);
    XML_SetElementHandler(p->parser, on_start, on_end);
    XML_SetDefaultHandlerExpand(p->parser, on_default);
    XML_SetCharacterDataHandler(p->parser, on_data);
    if (p->is_builder || !is_null(p->methods[TARGET_COMMENT])) XML_SetCommentHandler(p->parser, on_comment);
    if (p->is_builder || !is_null(p->methods[TARGET_PI])) XML_SetProcessingInstructionHandler(p->parser, on_pi);
    XML_SetStartDoctypeDeclHandler(p->parser, on_doctype);
    if (!is_null(p->methods[TARGET_START_NS])) XML_SetStartNamespaceDeclHandler(p->parser, on_start_ns);
    if (!is_null(p->methods[TARGET_END_NS])) XML_SetEndNamespaceDeclHandler(p->parser, on_end_ns);
    XML_SetUnknownEncodingHandler(p->parser, on_unknown_encoding, p);
}

static bool find_methods(Thread *t, XmlParser *p) {
    for (int i = 0; i < TARGET_COUNT; i++) {
        Value name = str_intern_cstr(t, target_names[i]);
        if (is_null(name)) return false;
        slot_set(t, &p->methods[i], attr_get_maybe(t, p->target, name));
        decref(t, name);
        if (err_pending(t)) return false;
    }
    return true;
}

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    XmlParser *p = as(self);
    Value v[2], keep = VNULL;
    const char *encoding = NULL;
    if (!call_bind_signature(t, "XMLParser", "(*, target=None, encoding=None)", args, nargs, kwnames, v)) return false;
    if (p->thread != NULL) return err_fail(t, T_RuntimeError, "cannot initialize an XMLParser that is parsing");
    if (!is_null(v[1]) && !is_none(v[1])) {
        if (!is_str(t, v[1])) return err_fail(t, T_TypeError, "XMLParser() argument 'encoding' must be str or None, not %T", v[1]);
        encoding = str_cstr(t, v[1], &keep);
        if (encoding == NULL) return false;
    }
    XML_Parser parser = XML_ParserCreate_MM(encoding, NULL, "}");
    decref_maybe(t, keep);
    if (parser == NULL) return err_no_memory_fail(t);
    if (p->parser != NULL) XML_ParserFree(p->parser);
    p->parser = parser;
    XML_SetHashSalt(parser, (unsigned long)(t->interp->hash_key[0] ^ t->interp->hash_key[1] ^ 1));
    slot_set(t, &p->entity, dict_new(t));
    if (is_null(p->entity)) return false;
    Value target = is_null(v[0]) || is_none(v[0]) ? builder_new(t) : new_ref(v[0]);
    if (is_null(target)) return false;
    slot_set(t, &p->target, target);
    p->is_builder = IS_EXACT(target, TreeBuilder);
    if (!p->is_builder && !find_methods(t, p)) return false;
    install(p);
    return true;
}

static void parser_clear(Thread *t, Object *self) {
    XmlParser *p = (XmlParser *)self;
    for (int i = 0; i < TARGET_COUNT; i++) slot_clear(t, &p->methods[i]);
}
static void parser_destroy(Thread *t, Object *self) {
    XmlParser *p = (XmlParser *)self;
    parser_clear(t, self);
    names_free(t, &p->names);
    if (p->parser != NULL) XML_ParserFree(p->parser);
}
static int parser_traverse(Object *self, VisitFn visit, void *context) {
    XmlParser *p = (XmlParser *)self;
    int stop = 0;
    for (int i = 0; !stop && i < TARGET_COUNT; i++)
        if (is_obj(p->methods[i])) stop = visit(p->methods[i], context);
    return stop;
}

/* --- Feeding -------------------------------------------------------------------------------------------------------------------- */

static bool check_ready(Thread *t, XmlParser *p) {
    if (p->parser == NULL || is_null(p->target)) return err_fail(t, T_ValueError, "XMLParser.__init__() wasn't called");
    return p->thread == NULL || err_fail(t, T_RuntimeError, "the XMLParser is parsing");
}

static bool parse(Thread *t, XmlParser *p, const char *data, int64_t n, bool is_final) {
    enum XML_Status status = XML_STATUS_OK;
    p->thread = t;
    for (; n > CHUNK_MAX && status == XML_STATUS_OK && !err_pending(t); data += CHUNK_MAX, n -= CHUNK_MAX) status = XML_Parse(p->parser, data, CHUNK_MAX, 0);
    if (status == XML_STATUS_OK && !err_pending(t)) status = XML_Parse(p->parser, data, (int)n, is_final);
    p->thread = NULL;
    if (err_pending(t)) return false;
    if (status == XML_STATUS_OK) return true;
    raise_parse_error(t, XML_GetErrorCode(p->parser), XML_GetErrorLineNumber(p->parser), XML_GetErrorColumnNumber(p->parser), NULL);
    return false;
}

static bool parse_str(Thread *t, XmlParser *p, Value text) {
    int64_t n;
    Value keep = VNULL;
    const char *utf8 = str_utf8(t, text, &n, &keep);
    if (utf8 == NULL) return false;
    XML_SetEncoding(p->parser, "utf-8"); /* whatever the document says of itself */
    bool good = parse(t, p, utf8, n, false);
    decref_maybe(t, keep);
    return good;
}

ETREE_METHOD(m_feed) {
    XmlParser *p = as(args[0]);
    if (!check_ready(t, p)) return VNULL;
    if (is_str(t, args[1])) {
        Value text = new_ref(args[1]);
        bool good = parse_str(t, p, text);
        decref(t, text);
        return good ? V_NONE : VNULL;
    }
    Buffer view;
    if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    bool good = parse(t, p, view.data, view.length, false);
    buffer_release(t, &view);
    return good ? V_NONE : VNULL;
}

ETREE_METHOD(m_close) {
    XmlParser *p = as(args[0]);
    if (!check_ready(t, p) || !parse(t, p, "", 0, true)) return VNULL;
    if (p->is_builder) return builder_close(builder_of(p));
    return is_null(p->methods[TARGET_CLOSE]) ? V_NONE : call_0(t, p->methods[TARGET_CLOSE]);
}

ETREE_METHOD(m_flush) {
    XmlParser *p = as(args[0]);
    if (!check_ready(t, p)) return VNULL;
#if XML_MAJOR_VERSION * 10000 + XML_MINOR_VERSION * 100 + XML_MICRO_VERSION >= 20600
    XML_SetReparseDeferralEnabled(p->parser, XML_FALSE);
    bool good = parse(t, p, "", 0, false);
    XML_SetReparseDeferralEnabled(p->parser, XML_TRUE);
    return good ? V_NONE : VNULL;
#else
    return V_NONE; /* older libraries hold nothing back */
#endif
}

/* One piece of a file: 1, 0 at its end, -1 with an exception. */
static int parse_piece(Thread *t, XmlParser *p, Value read) {
    Value piece = call_1(t, read, v_smallint(64 << 10));
    if (is_null(piece)) return -1;
    int result = 0;
    if (is_str(t, piece)) {
        if (str_len(V_AS(Str, piece)) > 0) result = parse_str(t, p, piece) ? 1 : -1;
    } else if (IS_EXACT(piece, bytes)) {
        if (V_AS(Bytes, piece)->length > 0) result = parse(t, p, V_AS(Bytes, piece)->data, V_AS(Bytes, piece)->length, false) ? 1 : -1;
    }
    decref(t, piece);
    return result;
}

ETREE_METHOD(m_parse_whole) {
    XmlParser *p = as(args[0]);
    if (!check_ready(t, p)) return VNULL;
    Value read = attr_get(t, args[1], N(t, read));
    if (is_null(read)) return VNULL;
    int more;
    do more = parse_piece(t, p, read);
    while (more > 0);
    decref(t, read);
    if (more < 0 || !parse(t, p, "", 0, true)) return VNULL;
    return p->is_builder ? builder_close(builder_of(p)) : V_NONE;
}

/* --- Events for pull parsers ------------------------------------------------------------------------------------------------------- */

static bool want_event(Thread *t, XmlParser *p, Value name) {
    static const char *const names[EVENT_COUNT] = {"start", "end", "start-ns", "end-ns", "comment", "pi"};
    TreeBuilder *b = builder_of(p);
    if (!is_str(t, name)) return err_fail(t, T_ValueError, "invalid events sequence");
    for (int i = 0; i < EVENT_COUNT; i++) {
        if (!str_equals_cstr(V_AS(Str, name), names[i])) continue;
        slot_set(t, &b->event_names[i], new_ref(name));
        if (i == EVENT_START_NS) XML_SetStartNamespaceDeclHandler(p->parser, on_start_ns);
        if (i == EVENT_END_NS) XML_SetEndNamespaceDeclHandler(p->parser, on_end_ns);
        return true;
    }
    return err_fail(t, T_ValueError, "unknown event '%S'", name);
}

ETREE_METHOD(m_setevents) {
    XmlParser *p = as(args[0]);
    if (!check_ready(t, p)) return VNULL;
    if (!p->is_builder) return err_raise(t, T_TypeError, "event handling only supported for ElementTree.TreeBuilder targets");
    TreeBuilder *b = builder_of(p);
    Value append = attr_get_cstr(t, args[1], "append");
    if (is_null(append)) return VNULL;
    slot_set(t, &b->events_append, append);
    for (int i = 0; i < EVENT_COUNT; i++) slot_clear(t, &b->event_names[i]);
    if (is_null(args[2]) || is_none(args[2])) {
        slot_set(t, &b->event_names[EVENT_END], str_from_cstr(t, "end"));
        return is_null(b->event_names[EVENT_END]) ? VNULL : V_NONE;
    }
    Value fast = sequence_tuple(t, args[2], "events must be a sequence");
    if (is_null(fast)) return VNULL;
    bool good = true;
    for (int64_t i = 0; good && i < sequence_fast_len(fast); i++) good = want_event(t, p, sequence_fast_items(fast)[i]);
    decref(t, fast);
    return good ? V_NONE : VNULL;
}

static Value get_version(Thread *t, Value self, void *closure) {
    return str_format(t, "Expat %d.%d.%d", XML_MAJOR_VERSION, XML_MINOR_VERSION, XML_MICRO_VERSION);
}

static const MethodDef methods[] = {
    {"feed", "($self, data, /)", "Parse a part of the document.", m_feed},
    {"close", "($self, /)", "The document ends; answers what the target made of it.", m_close},
    {"flush", "($self, /)", "Parse what was held back.", m_flush},
    {"_parse_whole", "($self, file, /)", "Parse a file to its end.", m_parse_whole},
    {"_setevents", "($self, events_queue, events_to_report=None, /)", "Put events into a queue.", m_setevents},
    {NULL},
};
static const GetSetDef getsets[] = {{"version", get_version}, {NULL}};
static const MemberDef members[] = {
    {"entity", MK_VALUE, MEMBER_READONLY, offsetof(XmlParser, entity)},
    {"target", MK_VALUE, MEMBER_READONLY, offsetof(XmlParser, target)},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(XmlParser, target), FIELD_VALUE(XmlParser, entity)};

static Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value v = object_new(t, type);
    return is_null(v) ? v : object_done(t, v);
}

const TypeDef typedef_XMLParser = {
    .name = "xml.etree.ElementTree.XMLParser",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE,
    .size = sizeof(XmlParser),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.new = slot_new, .init = slot_init, .destroy = parser_destroy, .traverse = parser_traverse, .clear = parser_clear},
};

/* From the library's events to Python's handlers.
 *
 * An exception in a handler stays pending; all handlers are dropped then, so that the rest of the document passes in silence.
 */
#include "modules/ext/pyexpat/pyexpat_priv.h"

/* --- Values ----------------------------------------------------------------------------------------------------- */

static Value text(Thread *t, const XML_Char *s) { return s ? str_from_utf8(t, s, (int64_t)strlen(s)) : V_NONE; }

/* The parser's own copy of a name. */
static Value name_of(Thread *t, XmlParser *p, const XML_Char *s) {
    Value name = text(t, s);
    if (is_null(name) || is_null(p->intern)) return name;
    Value known = dict_get(t, p->intern, name);
    if (!is_null(known)) {
        incref(known);
        decref(t, name);
        return known;
    }
    if (err_pending(t) || !dict_set(t, p->intern, name, name)) slot_clear(t, &name);
    return name;
}

/* --- Calling ------------------------------------------------------------------------------------------------------ */

void expat_handlers_drop(Thread *t, XmlParser *p) {
    for (int id = 0; id < HANDLER_COUNT; id++) {
        slot_clear(t, &p->handlers[id]);
        expat_handler_install(p, (enum HandlerId)id);
    }
}

/* Calls a handler with the n values behind args[0], which are taken; some may be VNULL after an error. Owned. */
static Value call_handler(Thread *t, XmlParser *p, enum HandlerId id, Value *args, uint32_t n) {
    Value result = VNULL, handler = new_ref_maybe(p->handlers[id]);
    bool good = !is_null(handler) && !err_pending(t);
    for (uint32_t i = 1; i <= n; i++) good = good && !is_null(args[i]);
    if (good) result = call(t, handler, args + 1, n, VNULL);
    for (uint32_t i = 1; i <= n; i++) decref_maybe(t, args[i]);
    if (is_null(result) && err_pending(t)) expat_handlers_drop(t, p);
    decref_maybe(t, handler);
    return result;
}
static void fire(Thread *t, XmlParser *p, enum HandlerId id, Value *args, uint32_t n) {
    Value result = call_handler(t, p, id, args, n);
    decref_maybe(t, result);
}

bool expat_flush(Thread *t, XmlParser *p) {
    if (p->buffer == NULL || p->buffer_used == 0) return true;
    Value args[2] = {VNULL, str_from_utf8(t, p->buffer, p->buffer_used)};
    p->buffer_used = 0;
    if (is_null(p->handlers[H_CharacterData])) {
        decref_maybe(t, args[1]);
        return !is_null(args[1]);
    }
    fire(t, p, H_CharacterData, args, 1);
    return !err_pending(t);
}

/* What every event begins with: false: it is not to be handed on. */
static bool begin(XmlParser *p, enum HandlerId id) {
    if (is_null(p->handlers[id]) || err_pending(p->thread)) return false;
    return expat_flush(p->thread, p) && !is_null(p->handlers[id]);
}

#define EVENT(id)                    \
    XmlParser *p = context;          \
    Thread *t = p->thread;           \
    if (!begin(p, H_##id)) return
#define EVENT_STATUS(id)             \
    XmlParser *p = context;          \
    Thread *t = p->thread;           \
    if (!begin(p, H_##id)) return XML_STATUS_ERROR
#define FIRE(id, ...)                                                      \
    do {                                                                   \
        Value args_[] = {VNULL, __VA_ARGS__};                              \
        fire(t, p, H_##id, args_, (uint32_t)COUNT_OF(args_) - 1);          \
    } while (0)

/* The int that a handler answered; an exception gives 0. */
static int status_of(Thread *t, XmlParser *p, Value result) {
    int32_t status = 0;
    if (is_null(result)) return 0;
    if (!arg_c_int(t, result, &status)) {
        expat_handlers_drop(t, p);
        status = 0;
    }
    decref(t, result);
    return status;
}

/* --- Elements and text ---------------------------------------------------------------------------------------------- */

static Value attribute_list(Thread *t, XmlParser *p, const XML_Char **attributes, int n) {
    Value list = list_new(t, n);
    for (int i = 0; !is_null(list) && i < n; i++) {
        Value v = i % 2 == 0 ? name_of(t, p, attributes[i]) : text(t, attributes[i]);
        if (is_null(v) || !list_append_take(t, V_AS(List, list), v)) slot_clear(t, &list);
    }
    return list;
}
static Value attribute_dict(Thread *t, XmlParser *p, const XML_Char **attributes, int n) {
    Value dict = dict_new(t);
    for (int i = 0; !is_null(dict) && i < n; i += 2) {
        Value name = name_of(t, p, attributes[i]), value = text(t, attributes[i + 1]);
        if (is_null(name) || is_null(value) || !dict_set(t, dict, name, value)) slot_clear(t, &dict);
        decref_maybe(t, name);
        decref_maybe(t, value);
    }
    return dict;
}

static void XMLCALL on_StartElement(void *context, const XML_Char *name, const XML_Char **attributes) {
    EVENT(StartElement);
    int n = 0;
    if (p->specified_attributes) n = XML_GetSpecifiedAttributeCount(p->parser);
    else while (attributes[n]) n += 2;
    Value tag = name_of(t, p, name), all = is_null(tag) ? VNULL : p->ordered_attributes ? attribute_list(t, p, attributes, n) : attribute_dict(t, p, attributes, n);
    FIRE(StartElement, tag, all);
}
static void XMLCALL on_EndElement(void *context, const XML_Char *name) {
    EVENT(EndElement);
    FIRE(EndElement, name_of(t, p, name));
}

static void XMLCALL on_CharacterData(void *context, const XML_Char *data, int n) {
    XmlParser *p = context;
    Thread *t = p->thread;
    if (is_null(p->handlers[H_CharacterData]) || err_pending(t)) return;
    if (p->buffer != NULL) {
        if (p->buffer_used + n > p->buffer_size && (!expat_flush(t, p) || is_null(p->handlers[H_CharacterData]))) return;
        if (n <= p->buffer_size) {
            memcpy(p->buffer + p->buffer_used, data, (size_t)n);
            p->buffer_used += n;
            return;
        }
    }
    FIRE(CharacterData, str_from_utf8(t, data, n));
}

static void XMLCALL on_ProcessingInstruction(void *context, const XML_Char *target, const XML_Char *data) {
    EVENT(ProcessingInstruction);
    FIRE(ProcessingInstruction, name_of(t, p, target), text(t, data));
}
static void XMLCALL on_Comment(void *context, const XML_Char *data) {
    EVENT(Comment);
    FIRE(Comment, text(t, data));
}
static void XMLCALL on_StartCdataSection(void *context) {
    EVENT(StartCdataSection);
    Value none[1] = {VNULL};
    fire(t, p, H_StartCdataSection, none, 0);
}
static void XMLCALL on_EndCdataSection(void *context) {
    EVENT(EndCdataSection);
    Value none[1] = {VNULL};
    fire(t, p, H_EndCdataSection, none, 0);
}
static void XMLCALL on_Default(void *context, const XML_Char *data, int n) {
    EVENT(Default);
    FIRE(Default, str_from_utf8(t, data, n));
}
static void XMLCALL on_DefaultExpand(void *context, const XML_Char *data, int n) {
    EVENT(DefaultExpand);
    FIRE(DefaultExpand, str_from_utf8(t, data, n));
}

/* --- Declarations ------------------------------------------------------------------------------------------------------ */

static void XMLCALL on_StartNamespaceDecl(void *context, const XML_Char *prefix, const XML_Char *uri) {
    EVENT(StartNamespaceDecl);
    FIRE(StartNamespaceDecl, name_of(t, p, prefix), name_of(t, p, uri));
}
static void XMLCALL on_EndNamespaceDecl(void *context, const XML_Char *prefix) {
    EVENT(EndNamespaceDecl);
    FIRE(EndNamespaceDecl, name_of(t, p, prefix));
}
static void XMLCALL on_XmlDecl(void *context, const XML_Char *version, const XML_Char *encoding, int standalone) {
    EVENT(XmlDecl);
    FIRE(XmlDecl, text(t, version), text(t, encoding), v_smallint(standalone));
}
static void XMLCALL on_StartDoctypeDecl(void *context, const XML_Char *name, const XML_Char *system_id, const XML_Char *public_id, int has_internal_subset) {
    EVENT(StartDoctypeDecl);
    FIRE(StartDoctypeDecl, name_of(t, p, name), name_of(t, p, system_id), name_of(t, p, public_id), v_smallint(has_internal_subset));
}
static void XMLCALL on_EndDoctypeDecl(void *context) {
    EVENT(EndDoctypeDecl);
    Value none[1] = {VNULL};
    fire(t, p, H_EndDoctypeDecl, none, 0);
}
static void XMLCALL on_UnparsedEntityDecl(void *context, const XML_Char *name, const XML_Char *base, const XML_Char *system_id, const XML_Char *public_id,
                                          const XML_Char *notation) {
    EVENT(UnparsedEntityDecl);
    FIRE(UnparsedEntityDecl, name_of(t, p, name), name_of(t, p, base), name_of(t, p, system_id), name_of(t, p, public_id), name_of(t, p, notation));
}
static void XMLCALL on_NotationDecl(void *context, const XML_Char *name, const XML_Char *base, const XML_Char *system_id, const XML_Char *public_id) {
    EVENT(NotationDecl);
    FIRE(NotationDecl, name_of(t, p, name), name_of(t, p, base), name_of(t, p, system_id), name_of(t, p, public_id));
}
static void XMLCALL on_EntityDecl(void *context, const XML_Char *name, int is_parameter, const XML_Char *value, int length, const XML_Char *base,
                                  const XML_Char *system_id, const XML_Char *public_id, const XML_Char *notation) {
    EVENT(EntityDecl);
    FIRE(EntityDecl, name_of(t, p, name), v_smallint(is_parameter), value ? str_from_utf8(t, value, length) : V_NONE, name_of(t, p, base),
         name_of(t, p, system_id), name_of(t, p, public_id), name_of(t, p, notation));
}
static void XMLCALL on_AttlistDecl(void *context, const XML_Char *element, const XML_Char *attribute, const XML_Char *type, const XML_Char *fallback, int is_required) {
    EVENT(AttlistDecl);
    FIRE(AttlistDecl, name_of(t, p, element), name_of(t, p, attribute), text(t, type), text(t, fallback), v_smallint(is_required));
}
static void XMLCALL on_SkippedEntity(void *context, const XML_Char *name, int is_parameter) {
    EVENT(SkippedEntity);
    FIRE(SkippedEntity, name_of(t, p, name), v_smallint(is_parameter));
}

/* A content model: (type, quantifier, name, children). */
static Value model_tuple(Thread *t, const XML_Content *m) {
    if (!stack_check(t, " while converting a content model")) return VNULL;
    Value children = tuple_new(t, m->numchildren);
    for (unsigned i = 0; !is_null(children) && i < m->numchildren; i++) {
        Value child = model_tuple(t, &m->children[i]);
        if (is_null(child)) slot_clear(t, &children);
        else V_AS(Tuple, children)->items[i] = child;
    }
    if (is_null(children)) return VNULL;
    Value parts[4] = {v_smallint(m->type), v_smallint(m->quant), text(t, m->name), tuple_done(t, children)};
    return tuple_take(t, parts, 4);
}
static void XMLCALL on_ElementDecl(void *context, const XML_Char *name, XML_Content *model) {
    XmlParser *p = context;
    Thread *t = p->thread;
    if (begin(p, H_ElementDecl)) {
        Value tag = name_of(t, p, name), tuple = is_null(tag) ? VNULL : model_tuple(t, model);
        FIRE(ElementDecl, tag, tuple);
    }
    XML_FreeContentModel(p->parser, model);
}

/* --- Handlers that answer ------------------------------------------------------------------------------------------------- */

static int XMLCALL on_NotStandalone(void *context) {
    EVENT_STATUS(NotStandalone);
    Value none[1] = {VNULL};
    return status_of(t, p, call_handler(t, p, H_NotStandalone, none, 0));
}
static int XMLCALL on_ExternalEntityRef(XML_Parser parser, const XML_Char *names, const XML_Char *base, const XML_Char *system_id, const XML_Char *public_id) {
    void *context = XML_GetUserData(parser);
    EVENT_STATUS(ExternalEntityRef);
    Value args[5] = {VNULL, text(t, names), name_of(t, p, base), name_of(t, p, system_id), name_of(t, p, public_id)};
    return status_of(t, p, call_handler(t, p, H_ExternalEntityRef, args, 4));
}

/* An encoding that the library does not know: those of one byte a character are asked of Python's codecs. */
int XMLCALL expat_unknown_encoding(void *context, const XML_Char *name, XML_Encoding *encoding) {
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
    if (!fits) {
        err_raise(t, T_ValueError, "multi-byte encodings are not supported");
        return XML_STATUS_ERROR;
    }
    encoding->data = NULL;
    encoding->convert = NULL;
    encoding->release = NULL;
    return XML_STATUS_OK;
}

/* --- The library's side ------------------------------------------------------------------------------------------------------ */

const char *expat_handler_name(enum HandlerId id) {
    static const char *const names[HANDLER_COUNT] = {
#define HANDLER(name) #name "Handler",
#define HANDLER_AS(name, attribute) attribute,
#include "modules/ext/pyexpat/handlers.def"
#undef HANDLER
#undef HANDLER_AS
    };
    return names[id];
}

void expat_handler_install(XmlParser *p, enum HandlerId id) {
    bool on = !is_null(p->handlers[id]);
    switch (id) {
#define INSTALL(name) \
    case H_##name: XML_Set##name##Handler(p->parser, on ? on_##name : NULL); break;
        INSTALL(StartElement)
        INSTALL(EndElement)
        INSTALL(ProcessingInstruction)
        INSTALL(CharacterData)
        INSTALL(UnparsedEntityDecl)
        INSTALL(NotationDecl)
        INSTALL(StartNamespaceDecl)
        INSTALL(EndNamespaceDecl)
        INSTALL(Comment)
        INSTALL(StartCdataSection)
        INSTALL(EndCdataSection)
        INSTALL(Default)
        INSTALL(NotStandalone)
        INSTALL(ExternalEntityRef)
        INSTALL(StartDoctypeDecl)
        INSTALL(EndDoctypeDecl)
        INSTALL(EntityDecl)
        INSTALL(XmlDecl)
        INSTALL(ElementDecl)
        INSTALL(AttlistDecl)
        INSTALL(SkippedEntity)
#undef INSTALL
    case H_DefaultExpand: XML_SetDefaultHandlerExpand(p->parser, on ? on_DefaultExpand : NULL); break;
    default: break;
    }
}

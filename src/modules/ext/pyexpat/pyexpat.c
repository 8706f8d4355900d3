/* The module pyexpat, with its parts errors and model. */
#include "modules/ext/pyexpat/pyexpat_priv.h"

/* Errors by code; the text where the library that this is built with does not know of it. */
static const struct { const char *name, *text; } errors[] = {
    {NULL, NULL},
#define ERROR(name) {"XML_ERROR_" #name, NULL}
    ERROR(NO_MEMORY), ERROR(SYNTAX), ERROR(NO_ELEMENTS), ERROR(INVALID_TOKEN), ERROR(UNCLOSED_TOKEN), ERROR(PARTIAL_CHAR), ERROR(TAG_MISMATCH),
    ERROR(DUPLICATE_ATTRIBUTE), ERROR(JUNK_AFTER_DOC_ELEMENT), ERROR(PARAM_ENTITY_REF), ERROR(UNDEFINED_ENTITY), ERROR(RECURSIVE_ENTITY_REF),
    ERROR(ASYNC_ENTITY), ERROR(BAD_CHAR_REF), ERROR(BINARY_ENTITY_REF), ERROR(ATTRIBUTE_EXTERNAL_ENTITY_REF), ERROR(MISPLACED_XML_PI),
    ERROR(UNKNOWN_ENCODING), ERROR(INCORRECT_ENCODING), ERROR(UNCLOSED_CDATA_SECTION), ERROR(EXTERNAL_ENTITY_HANDLING), ERROR(NOT_STANDALONE),
    ERROR(UNEXPECTED_STATE), ERROR(ENTITY_DECLARED_IN_PE), ERROR(FEATURE_REQUIRES_XML_DTD), ERROR(CANT_CHANGE_FEATURE_ONCE_PARSING),
    ERROR(UNBOUND_PREFIX), ERROR(UNDECLARING_PREFIX), ERROR(INCOMPLETE_PE), ERROR(XML_DECL), ERROR(TEXT_DECL), ERROR(PUBLICID), ERROR(SUSPENDED),
    ERROR(NOT_SUSPENDED), ERROR(ABORTED), ERROR(FINISHED), ERROR(SUSPEND_PE), ERROR(RESERVED_PREFIX_XML), ERROR(RESERVED_PREFIX_XMLNS),
    ERROR(RESERVED_NAMESPACE_URI), ERROR(INVALID_ARGUMENT), ERROR(NO_BUFFER), ERROR(AMPLIFICATION_LIMIT_BREACH),
    {"XML_ERROR_NOT_STARTED", "parser not started"},
};

/* A module that is an attribute of this one, and in sys.modules. Owned. */
static Value add_part(Thread *t, Value module, const char *full_name, const char *name, const char *doc) {
    Value text = str_from_cstr(t, full_name), part = is_null(text) ? VNULL : module_new(t, text);
    if (!is_null(part) && (!dict_set(t, t->interp->modules, text, part) || !module_add(t, module, name, new_ref(part)) || !module_add_cstr(t, part, "__doc__", doc)))
        slot_clear(t, &part);
    decref_maybe(t, text);
    return part;
}

static bool add_errors(Thread *t, Value module) {
    Value part = add_part(t, module, "pyexpat.errors", "errors", "Constants used to describe error conditions.");
    Value codes = dict_new(t), messages = dict_new(t);
    bool good = !is_null(part) && !is_null(codes) && !is_null(messages);
    for (int code = 1; good && code < (int)COUNT_OF(errors); code++) {
        const char *said = XML_ErrorString((enum XML_Error)code);
        Value text = str_from_cstr(t, said ? said : errors[code].text ? errors[code].text : "unknown");
        good = !is_null(text) && dict_set(t, codes, text, v_smallint(code)) && dict_set(t, messages, v_smallint(code), text) &&
               module_add(t, part, errors[code].name, new_ref(text));
        decref_maybe(t, text);
    }
    good = good && module_add(t, part, "codes", new_ref(codes)) && module_add(t, part, "messages", new_ref(messages));
    decref_maybe(t, part);
    decref_maybe(t, codes);
    decref_maybe(t, messages);
    return good;
}

static bool add_model(Thread *t, Value module) {
    static const struct { const char *name; int value; } numbers[] = {
#define NUMBER(name) {#name, name}
        NUMBER(XML_CTYPE_EMPTY), NUMBER(XML_CTYPE_ANY), NUMBER(XML_CTYPE_MIXED), NUMBER(XML_CTYPE_NAME), NUMBER(XML_CTYPE_CHOICE), NUMBER(XML_CTYPE_SEQ),
        NUMBER(XML_CQUANT_NONE), NUMBER(XML_CQUANT_OPT), NUMBER(XML_CQUANT_REP), NUMBER(XML_CQUANT_PLUS),
    };
    Value part = add_part(t, module, "pyexpat.model", "model", "Constants used to interpret content model information.");
    bool good = !is_null(part);
    for (size_t i = 0; good && i < COUNT_OF(numbers); i++) good = module_add_int(t, part, numbers[i].name, numbers[i].value);
    decref_maybe(t, part);
    return good;
}

static bool add_features(Thread *t, Value module) {
    Value list = list_new(t, 12);
    for (const XML_Feature *f = XML_GetFeatureList(); !is_null(list) && f->feature != XML_FEATURE_END; f++) {
        Value both[2] = {str_from_cstr(t, f->name), v_smallint(f->value)}, pair = is_null(both[0]) ? VNULL : tuple_take(t, both, 2);
        if (is_null(pair) || !list_append_take(t, V_AS(List, list), pair)) slot_clear(t, &list);
    }
    return module_add(t, module, "features", list);
}

static bool add_versions(Thread *t, Value module) {
    XML_Expat_Version v = XML_ExpatVersionInfo();
    Value parts[3] = {v_smallint(v.major), v_smallint(v.minor), v_smallint(v.micro)};
    return module_add_cstr(t, module, "EXPAT_VERSION", XML_ExpatVersion()) && module_add(t, module, "version_info", tuple_take(t, parts, 3)) &&
           module_add_cstr(t, module, "native_encoding", "UTF-8") && add_features(t, module) &&
           module_add_int(t, module, "XML_PARAM_ENTITY_PARSING_NEVER", XML_PARAM_ENTITY_PARSING_NEVER) &&
           module_add_int(t, module, "XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE", XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE) &&
           module_add_int(t, module, "XML_PARAM_ENTITY_PARSING_ALWAYS", XML_PARAM_ENTITY_PARSING_ALWAYS);
}

static Value fn_error_string(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t code;
    if (!arg_i64(t, args[0], &code)) return VNULL;
    const char *text = code >= 0 && code < 1000 ? XML_ErrorString((enum XML_Error)code) : NULL;
    if (text == NULL && code > 0 && code < (int64_t)COUNT_OF(errors)) text = errors[code].text;
    return text ? str_from_cstr(t, text) : V_NONE;
}

static const MethodDef functions[] = {
    {"ParserCreate", "($module, /, encoding=None, namespace_separator=None, intern=<unrepresentable>)", "A new parser.", expat_parser_create},
    {"ErrorString", "($module, code, /)", "The text of an error's number.", fn_error_string},
    {NULL},
};

static bool pyexpat_exec(Thread *t, Value module) {
    ExpatState *state = EXPAT_STATE(t);
    if (is_null(state->error)) state->error = module_new_exception(t, "xml.parsers.expat", "ExpatError", VNULL);
    if (state->parser_type == NULL) state->parser_type = type_from_def(t, &typedef_xmlparser, VNULL, VNULL);
    if (is_null(state->error) || state->parser_type == NULL) return false;
    return module_add(t, module, "ExpatError", new_ref(state->error)) && module_add(t, module, "error", new_ref(state->error)) &&
           module_add(t, module, "XMLParserType", ref_of(state->parser_type)) && add_versions(t, module) && add_errors(t, module) && add_model(t, module);
}

const ModuleDef krait_module_pyexpat = {
    .name = "pyexpat",
    .doc = "The XML parser Expat.",
    .functions = functions,
    .state_size = sizeof(ExpatState),
    .exec = pyexpat_exec,
};

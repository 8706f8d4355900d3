/* The module _elementtree: the fast parts of xml.etree.ElementTree. */
#include "modules/ext/_elementtree/etree_priv.h"

static bool take_factory(Thread *t, Value v, const char *what, Value *out) {
    *out = is_none(v) ? VNULL : v;
    return is_none(v) || is_callable(t, v) || err_fail(t, T_TypeError, "%s factory must be callable, not %T", what, v);
}

/* Answers the factories that were set before. */
ETREE_METHOD(fn_set_factories) {
    EtreeState *s = ETREE_STATE(t);
    Value comment, pi;
    if (!take_factory(t, args[0], "Comment", &comment) || !take_factory(t, args[1], "PI", &pi)) return VNULL;
    Value before = tuple_of(t, 2, is_null(s->comment_factory) ? V_NONE : s->comment_factory, is_null(s->pi_factory) ? V_NONE : s->pi_factory);
    if (is_null(before)) return before;
    slot_set(t, &s->comment_factory, new_ref_maybe(comment));
    slot_set(t, &s->pi_factory, new_ref_maybe(pi));
    return before;
}

static const MethodDef functions[] = {
    {"SubElement", NULL, NULL, etree_subelement},
    {"_set_factories", "($module, comment_factory, pi_factory, /)", "Set what makes comments and processing instructions.", fn_set_factories},
    {NULL},
};

static bool set_up(Thread *t, EtreeState *s) {
    if (!is_null(s->parse_error)) return true;
    Value copy = import_module(t, "copy");
    if (is_null(copy)) return false;
    s->deepcopy = attr_get_cstr(t, copy, "deepcopy");
    decref(t, copy);
    if (is_null(s->deepcopy)) return false;
    s->element_path = import_module(t, "xml.etree.ElementPath");
    s->iterator_type = is_null(s->element_path) ? NULL : type_from_def(t, &typedef_element_iterator, VNULL, VNULL);
    if (s->iterator_type == NULL) return false;
    s->parse_error = module_new_exception(t, "xml.etree.ElementTree", "ParseError", v_from(builtin_type(t, T_SyntaxError)));
    return !is_null(s->parse_error);
}

static bool elementtree_exec(Thread *t, Value module) {
    EtreeState *s = ETREE_STATE(t);
    return set_up(t, s) && module_add(t, module, "ParseError", new_ref(s->parse_error)) && module_add_type(t, module, T_Element, &typedef_Element) &&
           module_add_type(t, module, T_TreeBuilder, &typedef_TreeBuilder) && module_add_type(t, module, T_XMLParser, &typedef_XMLParser);
}

const ModuleDef krait_module__elementtree = {
    .name = "_elementtree",
    .functions = functions,
    .state_size = sizeof(EtreeState),
    .exec = elementtree_exec,
};

/* _types: the interpreter's own types, under the names that `types` gives them. */
#include "modules/module.h"

static bool types_exec(Thread *t, Value module) {
    static const struct { const char *name; enum TypeId id; } rows[] = {
        {"AsyncGeneratorType", T_async_generator}, {"BuiltinFunctionType", T_builtin_function}, {"BuiltinMethodType", T_builtin_function},
        {"CapsuleType", T_capsule}, {"CellType", T_cell}, {"ClassMethodDescriptorType", T_classmethod_descriptor}, {"CodeType", T_code},
        {"CoroutineType", T_coroutine}, {"EllipsisType", T_ellipsis}, {"FrameType", T_frame}, {"FunctionType", T_function},
        {"GeneratorType", T_generator}, {"GenericAlias", T_GenericAlias}, {"GetSetDescriptorType", T_getset_descriptor},
        {"LambdaType", T_function}, {"MappingProxyType", T_mappingproxy}, {"MemberDescriptorType", T_member_descriptor},
        {"MethodDescriptorType", T_method_descriptor}, {"MethodType", T_method}, {"MethodWrapperType", T_method_wrapper},
        {"ModuleType", T_module}, {"NoneType", T_NoneType}, {"NotImplementedType", T_NotImplementedType}, {"SimpleNamespace", T_SimpleNamespace},
        {"TracebackType", T_traceback}, {"UnionType", T_Union}, {"WrapperDescriptorType", T_wrapper_descriptor},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!module_add(t, module, rows[i].name, ref_of(builtin_type(t, rows[i].id)))) return false;
    return true;
}

const ModuleDef module_types = {
    .name = "_types",
    .doc = "Define names for built-in types.",
    .exec = types_exec,
};

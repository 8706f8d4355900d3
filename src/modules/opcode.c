/* The module _opcode: the instruction table and decoded code, for our `opcode` and `dis` (lib/).
 *
 * Python sees every instruction as one tuple, with WIDE prefixes merged in and call sites already turned into names' indices, so that
 * nothing in Python knows how words are packed.
 */
#include "bytecode/bytecode.h"
#include "modules/module.h"
#include "object/code.h"

enum { OPCODE_FIELDS = 7 };

/* A tuple of text rows from a constant table of C strings. */
static Value row_of_texts(Thread *t, const char *const *texts, int n) {
    Value row = tuple_new(t, n);
    if (is_null(row)) return VNULL;
    for (int i = 0; i < n; i++) {
        Value text = str_from_cstr(t, texts[i]);
        if (is_null(text)) {
            decref(t, row);
            return VNULL;
        }
        V_AS(Tuple, row)->items[i] = text;
    }
    return tuple_done(t, row);
}

/* Appends a row (taken, VNULL: an error); on failure the list is dropped. */
static bool append_row(Thread *t, Value *list, Value row) {
    if (!is_null(row) && list_append_take(t, V_AS(List, *list), row)) return true;
    decref(t, *list);
    *list = VNULL;
    return false;
}

static Value opcode_table(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value table = list_new(t, OPCODE_COUNT);
    for (int op = 0; op < OPCODE_COUNT && !is_null(table); op++) {
        const OpInfo *info = &op_info[op];
        char word[2] = {info->word, 0};
        append_row(t, &table, row_of_texts(t, (const char *const[]){info->name, info->operands, word, info->meaning}, 4));
    }
    return table;
}

/* (word index, opcode, A, B, C, Bx, second word or None); the second word of a site is the index of its name in co_names. */
static Value instruction_row(Thread *t, const Code *code, uint32_t start, uint32_t prefix, uint32_t at) {
    uint32_t w = code->instructions[at];
    const OpInfo *info = &op_info[bc_op(w)];
    Value row = tuple_new(t, OPCODE_FIELDS);
    if (is_null(row)) return VNULL;
    Value *items = V_AS(Tuple, row)->items;
    items[0] = v_smallint(start);
    items[1] = v_smallint(bc_op(w) == BC_LOAD_CALLEE ? BC_LOAD_GLOBAL : bc_op(w)); /* programs look for uses of globals by that name */
    items[2] = v_smallint(bc_a(w) | bc_a(prefix) << 8);
    items[3] = v_smallint(bc_b(w) | bc_b(prefix) << 8);
    items[4] = v_smallint(bc_c(w) | bc_c(prefix) << 8);
    items[5] = v_smallint((int64_t)bc_bx(w) | (int64_t)bc_bx(prefix) << 16);
    items[6] = V_NONE;
    if (info->word != '-' && at + 1 < code->ninstructions) {
        uint32_t second = code->instructions[at + 1];
        if (info->word == 's') items[6] = second < code->nsites ? v_smallint(code->site_names[second]) : V_NONE;
        else items[6] = v_smallint(info->word == 'j' ? (int64_t)(int32_t)second : (int64_t)second);
    }
    return tuple_done(t, row);
}

static Value opcode_instructions(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!IS_EXACT(args[0], code)) return err_raise(t, T_TypeError, "instructions() argument must be a code object, not %T", args[0]);
    const Code *code = V_AS(Code, args[0]);
    Value list = list_new(t, 0);
    for (uint32_t at = 0; at < code->ninstructions && !is_null(list);) {
        uint32_t start = at, prefix = 0;
        if (bc_op(code->instructions[at]) == BC_WIDE && at + 1 < code->ninstructions) prefix = code->instructions[at++];
        uint32_t op = bc_op(code->instructions[at]);
        if (op >= OPCODE_COUNT) {
            decref(t, list);
            return err_raise(t, T_ValueError, "unknown opcode %u", op);
        }
        append_row(t, &list, instruction_row(t, code, start, prefix, at));
        at += op_info[op].word == '-' ? 1 : 2;
    }
    return list;
}

/* (start, end, handler, depth, register of the exception), in words. */
static Value opcode_exceptions(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!IS_EXACT(args[0], code)) return err_raise(t, T_TypeError, "exceptions() argument must be a code object, not %T", args[0]);
    const Code *code = V_AS(Code, args[0]);
    Value list = list_new(t, code->nexceptions);
    for (uint32_t i = 0; i < code->nexceptions && !is_null(list); i++) {
        const ExceptionEntry *e = &code->exceptions[i];
        Value items[] = {v_smallint(e->start), v_smallint(e->end), v_smallint(e->handler), v_smallint(e->depth), v_smallint(e->target_reg)};
        append_row(t, &list, tuple_from(t, items, COUNT_OF(items)));
    }
    return list;
}

static Value opcode_is_valid(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t op;
    if (!arg_i32(t, args[0], &op)) return VNULL;
    return v_bool(op >= 0 && op < OPCODE_COUNT);
}

/* A register machine has no stack: every instruction of ours leaves it as it was. */
static Value opcode_stack_effect(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t op;
    if (!arg_i32(t, args[0], &op)) return VNULL;
    if (op < 0 || op >= OPCODE_COUNT) return err_raise(t, T_ValueError, "invalid opcode or oparg");
    return v_smallint(0);
}

static Value opcode_none(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return V_NONE; }

static Value opcode_get_executor(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return err_raise(t, T_RuntimeError, "Executors are not available in this build");
}

static Value opcode_intrinsics(Thread *t, int arguments) {
    static const struct { const char *name; int arguments; } rows[] = {
#define INTRINSIC(id, n, meaning) {#id, n},
#include "bytecode/intrinsics.def"
#undef INTRINSIC
    };
    Value list = list_new(t, COUNT_OF(rows));
    for (size_t i = 0; i < COUNT_OF(rows) && !is_null(list); i++) {
        if (rows[i].arguments == arguments) append_row(t, &list, str_from_cstr(t, rows[i].name));
    }
    return list;
}
static Value opcode_get_intrinsic1_descs(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return opcode_intrinsics(t, 1); }
static Value opcode_get_intrinsic2_descs(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return opcode_intrinsics(t, 2); }

static Value opcode_get_nb_ops(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    static const char *const ops[][2] = {
        {"NB_ADD", "+"}, {"NB_AND", "&"}, {"NB_FLOOR_DIVIDE", "//"}, {"NB_LSHIFT", "<<"}, {"NB_MATRIX_MULTIPLY", "@"}, {"NB_MULTIPLY", "*"},
        {"NB_REMAINDER", "%"}, {"NB_OR", "|"}, {"NB_POWER", "**"}, {"NB_RSHIFT", ">>"}, {"NB_SUBTRACT", "-"}, {"NB_TRUE_DIVIDE", "/"},
        {"NB_XOR", "^"}, {"NB_INPLACE_ADD", "+="}, {"NB_INPLACE_AND", "&="}, {"NB_INPLACE_FLOOR_DIVIDE", "//="},
        {"NB_INPLACE_LSHIFT", "<<="}, {"NB_INPLACE_MATRIX_MULTIPLY", "@="}, {"NB_INPLACE_MULTIPLY", "*="}, {"NB_INPLACE_REMAINDER", "%="},
        {"NB_INPLACE_OR", "|="}, {"NB_INPLACE_POWER", "**="}, {"NB_INPLACE_RSHIFT", ">>="}, {"NB_INPLACE_SUBTRACT", "-="},
        {"NB_INPLACE_TRUE_DIVIDE", "/="}, {"NB_INPLACE_XOR", "^="}, {"NB_SUBSCR", "[]"},
    };
    Value list = list_new(t, COUNT_OF(ops));
    for (size_t i = 0; i < COUNT_OF(ops) && !is_null(list); i++) append_row(t, &list, row_of_texts(t, ops[i], 2));
    return list;
}

static Value opcode_get_special_method_names(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    static const char *const names[] = {"__enter__", "__exit__", "__aenter__", "__aexit__"};
    Value list = list_new(t, COUNT_OF(names));
    for (size_t i = 0; i < COUNT_OF(names) && !is_null(list); i++) append_row(t, &list, str_from_cstr(t, names[i]));
    return list;
}

/* One predicate for each kind of operand that CPython's table tells apart. */
static Value operand_test(Thread *t, Value arg, const char *operands, const char *words) {
    int32_t op;
    if (!arg_i32(t, arg, &op)) return VNULL;
    if (op < 0 || op >= OPCODE_COUNT) return V_FALSE;
    const OpInfo *info = &op_info[op];
    return v_bool(strpbrk(info->operands, operands) != NULL || (info->word != '-' && strchr(words, info->word) != NULL));
}
static Value opcode_has_arg(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return operand_test(t, args[0], "drkuwnicKIJL", "sjkx"); }
static Value opcode_has_const(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return operand_test(t, args[0], "cK", "k"); }
static Value opcode_has_name(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return operand_test(t, args[0], "\1", "s"); }
static Value opcode_has_jump(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return operand_test(t, args[0], "JL", "j"); }
static Value opcode_has_local(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return operand_test(t, args[0], "drku", ""); }
static Value opcode_has_free(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t op;
    if (!arg_i32(t, args[0], &op)) return VNULL;
    return v_bool(op == BC_MAKE_CELL || op == BC_LOAD_CELL || op == BC_STORE_CELL || op == BC_DELETE_CELL || op == BC_LOAD_DICT_OR_CELL);
}
static Value opcode_has_exc(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return operand_test(t, args[0], "\1", ""); }

static const MethodDef functions[] = {
    {"table", "($module, /)", "The instructions: (name, operands, kind of the second word, meaning).", opcode_table},
    {"instructions", "($module, code, /)", "Decoded instructions: (word, opcode, A, B, C, Bx, second word).", opcode_instructions},
    {"exceptions", "($module, code, /)", "The exception table: (start, end, handler, depth, register).", opcode_exceptions},
    {"is_valid", "($module, /, opcode)", "Whether there is such an opcode.", opcode_is_valid},
    {"has_arg", "($module, /, opcode)", "Whether the opcode has operands.", opcode_has_arg},
    {"has_const", "($module, /, opcode)", "Whether the opcode refers to a constant.", opcode_has_const},
    {"has_name", "($module, /, opcode)", "Whether the opcode refers to a name.", opcode_has_name},
    {"has_jump", "($module, /, opcode)", "Whether the opcode may jump.", opcode_has_jump},
    {"has_free", "($module, /, opcode)", "Whether the opcode refers to a cell.", opcode_has_free},
    {"has_local", "($module, /, opcode)", "Whether the opcode refers to a register.", opcode_has_local},
    {"has_exc", "($module, /, opcode)", "False: handlers stand in a table.", opcode_has_exc},
    {"stack_effect", "($module, opcode, oparg=None, /, *, jump=None)", "0: there is no stack.", opcode_stack_effect},
    {"get_specialization_stats", "($module, /)", "None: no statistics are kept.", opcode_none},
    {"get_executor", "($module, /, code, offset)", "RuntimeError: there are no executors.", opcode_get_executor},
    {"get_nb_ops", "($module, /)", "The arithmetic operators: (name, symbol).", opcode_get_nb_ops},
    {"get_intrinsic1_descs", "($module, /)", "The names of the intrinsics with one argument.", opcode_get_intrinsic1_descs},
    {"get_intrinsic2_descs", "($module, /)", "The names of the intrinsics with two arguments.", opcode_get_intrinsic2_descs},
    {"get_special_method_names", "($module, /)", "The special methods that instructions load.", opcode_get_special_method_names},
    {NULL},
};

static bool opcode_exec(Thread *t, Value module) {
    return module_add(t, module, "ENABLE_SPECIALIZATION", V_FALSE) && module_add(t, module, "ENABLE_SPECIALIZATION_FT", V_FALSE);
}

const ModuleDef module_opcode = {
    .name = "_opcode",
    .doc = "The instruction table and decoded code.",
    .functions = functions,
    .exec = opcode_exec,
};

/* The type code: attributes, comparison, and making codes from other codes or from their parts.
 *
 * The parts of a constructor call are those that the attributes show. co_code holds the instruction words, co_exceptiontable the site names and the
 * exception entries, co_linetable the positions; all little-endian 32-bit numbers, and co_stacksize counts the temporaries:
 *
 *     co_exceptiontable:  sites | name index of each | entries | {start, end, handler, depth, target} of each
 */
#include <stdio.h>
#include <string.h>

#include "core/names.h"
#include "front/positions.h"
#include "front/verify.h"
#include "heap/heap.h"
#include "object/bytes.h"
#include "object/code.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/int.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "ops/warn.h"
#include "vm/cache.h"
#include "vm/frame.h"
#include "vm/monitor.h"

enum { ENTRY_WORDS = 5 };
#define CODE(v) V_AS(Code, v)

static bool is_optimized(const Code *c) { return c->flags & CO_OPTIMIZED; }
/* Locals that Python sees: code with a namespace keeps it in register 0. */
static uint32_t hidden_locals(const Code *c) { return !is_optimized(c) && c->nlocals > 0; }

static Value co_code(Thread *t, const Code *c) { return bytes_new(t, (const char *)c->instructions, (int64_t)c->ninstructions * 4); }

static Value co_exceptiontable(Thread *t, const Code *c) {
    uint32_t n = 2 + c->nsites + c->nexceptions * ENTRY_WORDS;
    if (c->nsites == 0 && c->nexceptions == 0) return new_ref(t->interp->empty_bytes);
    Value v = bytes_new(t, NULL, (int64_t)n * 4);
    if (is_null(v)) return v;
    uint32_t *w = (uint32_t *)V_AS(Bytes, v)->data;
    *w++ = c->nsites;
    for (uint32_t i = 0; i < c->nsites; i++) *w++ = c->site_names[i];
    *w++ = c->nexceptions;
    for (uint32_t i = 0; i < c->nexceptions; i++) {
        const ExceptionEntry *e = &c->exceptions[i];
        *w++ = e->start, *w++ = e->end, *w++ = e->handler, *w++ = e->depth, *w++ = e->target_reg;
    }
    return v;
}

static Value co_linetable(Thread *t, const Code *c) { return bytes_new(t, (const char *)c->positions, c->npositions); }
static Value co_varnames(Thread *t, const Code *c) {
    uint32_t hidden = hidden_locals(c);
    return hidden ? tuple_slice(t, c->local_names, hidden, c->nlocals) : new_ref(c->local_names);
}

/* --- Making ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Parts {
    int64_t argcount, posonly, kwonly, nlocals, stacksize, flags, first_line;
    Value code, consts, names, varnames, freevars, cellvars, filename, name, qualname, linetable, exceptiontable;
} Parts;

static Value interned_names(Thread *t, Value names, const char *what) {
    int64_t n = tuple_len(names);
    for (int64_t i = 0; i < n; i++)
        if (!is_str(t, tuple_at(names, i))) return err_raise(t, T_TypeError, "name tuples must contain only strings, not '%T'", tuple_at(names, i));
    Value copy = tuple_new(t, n);
    if (is_null(copy)) return copy;
    for (int64_t i = 0; i < n; i++) {
        Value s = IS_EXACT(tuple_at(names, i), str) ? new_ref(tuple_at(names, i)) : str_exact(t, tuple_at(names, i));
        s = is_null(s) ? s : str_intern(t, s);
        if (is_null(s)) {
            decref(t, copy);
            return VNULL;
        }
        V_AS(Tuple, copy)->items[i] = s;
    }
    return tuple_done(t, copy);
}

static bool copy_block(Thread *t, void **out, const void *data, size_t bytes) {
    *out = NULL;
    if (bytes == 0) return true;
    *out = heap_alloc(t, bytes);
    if (*out == NULL) return false;
    memcpy(*out, data, bytes);
    return true;
}

static bool fill_tables(Thread *t, Code *c, Value table) {
    const Bytes *b = V_AS(Bytes, table);
    int64_t words = b->length / 4, at = 0;
    if (b->length == 0) return true;
    uint32_t *w = heap_alloc(t, (size_t)b->length + 4); /* aligned */
    if (w == NULL) return false;
    memcpy(w, b->data, (size_t)b->length);
    bool ok = false;
    if (b->length % 4 || words < 2) goto done;
    c->nsites = w[at++];
    if (at + (int64_t)c->nsites >= words) goto done;
    if (!copy_block(t, (void **)&c->site_names, w + at, c->nsites * 4ul)) goto failed;
    at += c->nsites;
    c->nexceptions = w[at++];
    if (at + (int64_t)c->nexceptions * ENTRY_WORDS != words) goto done;
    c->exceptions = heap_alloc(t, c->nexceptions * sizeof(ExceptionEntry) + 1);
    if (c->exceptions == NULL) goto failed;
    for (uint32_t i = 0; i < c->nexceptions; i++, at += ENTRY_WORDS)
        c->exceptions[i] = (ExceptionEntry){w[at], w[at + 1], w[at + 2], (uint16_t)w[at + 3], (uint16_t)w[at + 4]};
    ok = true;
done:
    if (!ok) err_raise(t, T_ValueError, "code: the exception table is not valid");
failed:
    heap_free(t, w);
    return ok;
}

static Value code_from_parts(Thread *t, const Parts *p) {
    if (p->argcount < p->posonly || p->posonly < 0 || p->kwonly < 0 || p->nlocals < 0 || p->stacksize < 0 || p->flags < 0 || p->argcount > 0xFFF0 || p->kwonly > 0xFFF0)
        return err_raise(t, T_ValueError, "code: argument counts are not valid");
    if (V_AS(Bytes, p->code)->length % 4) return err_raise(t, T_ValueError, "code: co_code is malformed");
    int64_t ncells = tuple_len(p->cellvars), nfree = tuple_len(p->freevars), given = tuple_len(p->varnames);
    if (given != p->nlocals) return err_raise(t, T_ValueError, "code: co_nlocals != len(co_varnames)");
    int64_t params = p->argcount + p->kwonly + ((p->flags & CO_VARARGS) != 0) + ((p->flags & CO_VARKEYWORDS) != 0);
    if (params > given) return err_raise(t, T_ValueError, "code: co_varnames is too small");
    uint32_t hidden = !(p->flags & CO_OPTIMIZED);
    int64_t nlocals = given + hidden, nregs = nlocals + ncells + nfree + p->stacksize;
    if (nregs > 65535) return err_raise(t, T_ValueError, "code: too many registers");
    Code *c = heap_object(t, SHAPE_code, sizeof *c);
    if (c == NULL) return VNULL;
    memset((char *)c + sizeof c->head, 0, sizeof *c - sizeof c->head);
    gc_track(t, c);
    Value result = v_from(c), locals = new_ref(p->varnames);
    if (hidden) {
        Value *items = heap_alloc(t, sizeof(Value) * (size_t)nlocals);
        decref(t, locals);
        if (items == NULL) goto failed;
        items[0] = t->interp->empty_str;
        for (int64_t i = 0; i < given; i++) items[i + 1] = tuple_at(p->varnames, i);
        locals = tuple_from(t, items, nlocals);
        heap_free(t, items);
        if (is_null(locals)) goto failed;
    }
    c->flags = (uint32_t)p->flags;
    c->nargs = (uint16_t)p->argcount;
    c->nposonly = (uint16_t)p->posonly;
    c->nkwonly = (uint16_t)p->kwonly;
    c->nregs = (uint32_t)nregs;
    c->nlocals = (uint32_t)nlocals;
    c->ncells = (uint32_t)ncells;
    c->nfree = (uint32_t)nfree;
    c->first_line = (uint32_t)p->first_line;
    c->const_tuple = new_ref(p->consts);
    c->consts = V_AS(Tuple, c->const_tuple)->items;
    c->filename = new_ref(p->filename);
    c->name = new_ref(p->name);
    c->qualname = new_ref(p->qualname);
    c->local_names = interned_names(t, locals, "varnames");
    decref(t, locals);
    c->names = interned_names(t, p->names, "names");
    c->cell_names = interned_names(t, p->cellvars, "cellvars");
    c->free_names = interned_names(t, p->freevars, "freevars");
    if (is_null(c->names) || is_null(c->local_names) || is_null(c->cell_names) || is_null(c->free_names)) goto failed;
    c->ninstructions = (uint32_t)(V_AS(Bytes, p->code)->length / 4);
    c->npositions = (uint32_t)V_AS(Bytes, p->linetable)->length;
    if (!copy_block(t, (void **)&c->instructions, V_AS(Bytes, p->code)->data, c->ninstructions * 4ul) ||
        !copy_block(t, (void **)&c->positions, V_AS(Bytes, p->linetable)->data, c->npositions) || !fill_tables(t, c, p->exceptiontable) || !code_verify(t, c) ||
        !code_verify_flow(t, c))
        goto failed;
    return result;
failed:
    decref(t, result);
    return VNULL;
}

/* --- The constructor and replace() -------------------------------------------------------------------------------------------------- */

static bool number_part(Thread *t, Value v, int64_t *out) {
    int32_t i;
    if (!arg_i32(t, v, &i)) return false;
    *out = i;
    return true;
}

static bool part_is(Thread *t, Value v, enum TypeId id, const char *function, const char *name, const char *type) {
    if (is_instance_of(t, v, builtin_type(t, id))) return true;
    return err_fail(t, T_TypeError, "%s argument %s must be %s, not %T", function, name, type, v);
}

static Value code_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_null(kwnames) && tuple_len(kwnames)) return err_raise(t, T_TypeError, "code() takes no keyword arguments");
    if (nargs < 16) return err_raise(t, T_TypeError, "code expected at least 16 arguments, got %u", nargs);
    if (nargs > 18) return err_raise(t, T_TypeError, "code expected at most 18 arguments, got %u", nargs);
    Parts p;
    int64_t *numbers[] = {&p.argcount, &p.posonly, &p.kwonly, &p.nlocals, &p.stacksize, &p.flags};
    for (int i = 0; i < 6; i++)
        if (!number_part(t, args[i], numbers[i])) return VNULL;
    static const struct { uint8_t index; uint16_t type; const char *number, *text; } checks[] = {
        {6, T_bytes, "7", "bytes"}, {7, T_tuple, "8", "tuple"}, {8, T_tuple, "9", "tuple"}, {9, T_tuple, "10", "tuple"}, {10, T_str, "11", "str"},
        {11, T_str, "12", "str"}, {12, T_str, "13", "str"}, {14, T_bytes, "15", "bytes"}, {15, T_bytes, "16", "bytes"}, {16, T_tuple, "17", "tuple"},
        {17, T_tuple, "18", "tuple"},
    };
    for (size_t i = 0; i < COUNT_OF(checks); i++)
        if (checks[i].index < nargs && !part_is(t, args[checks[i].index], checks[i].type, "code()", checks[i].number, checks[i].text)) return VNULL;
    if (!number_part(t, args[13], &p.first_line)) return VNULL;
    if (p.argcount < 0) return err_raise(t, T_ValueError, "code: argcount must not be negative");
    if (p.posonly < 0) return err_raise(t, T_ValueError, "code: posonlyargcount must not be negative");
    if (p.kwonly < 0) return err_raise(t, T_ValueError, "code: kwonlyargcount must not be negative");
    if (p.nlocals < 0) return err_raise(t, T_ValueError, "code: nlocals must not be negative");
    p.code = args[6], p.consts = args[7], p.names = args[8], p.varnames = args[9], p.filename = args[10], p.name = args[11], p.qualname = args[12];
    p.linetable = args[14], p.exceptiontable = args[15];
    p.freevars = nargs > 16 ? args[16] : t->interp->empty_tuple;
    p.cellvars = nargs > 17 ? args[17] : t->interp->empty_tuple;
    return code_from_parts(t, &p);
}

/* The parameters of replace(), in the order of the signature. */
static const struct { const char *name; char kind; size_t offset; } replaceable[] = {
    {"co_argcount", 'i', offsetof(Parts, argcount)}, {"co_posonlyargcount", 'i', offsetof(Parts, posonly)},
    {"co_kwonlyargcount", 'i', offsetof(Parts, kwonly)}, {"co_nlocals", 'i', offsetof(Parts, nlocals)},
    {"co_stacksize", 'i', offsetof(Parts, stacksize)}, {"co_flags", 'i', offsetof(Parts, flags)},
    {"co_firstlineno", 'i', offsetof(Parts, first_line)}, {"co_code", 'b', offsetof(Parts, code)}, {"co_consts", 't', offsetof(Parts, consts)},
    {"co_names", 't', offsetof(Parts, names)}, {"co_varnames", 't', offsetof(Parts, varnames)}, {"co_freevars", 't', offsetof(Parts, freevars)},
    {"co_cellvars", 't', offsetof(Parts, cellvars)}, {"co_filename", 's', offsetof(Parts, filename)}, {"co_name", 's', offsetof(Parts, name)},
    {"co_qualname", 's', offsetof(Parts, qualname)}, {"co_linetable", 'b', offsetof(Parts, linetable)},
    {"co_exceptiontable", 'b', offsetof(Parts, exceptiontable)},
};

static Value code_replace(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Code *c = CODE(args[0]);
    if (nargs > 1) return err_raise(t, T_TypeError, "replace() takes no positional arguments");
    Parts p = {.argcount = c->nargs, .posonly = c->nposonly, .kwonly = c->nkwonly, .nlocals = c->nlocals - hidden_locals(c),
               .stacksize = c->nregs - c->nlocals - c->ncells - c->nfree, .flags = c->flags, .first_line = c->first_line, .consts = c->const_tuple,
               .names = c->names, .freevars = c->free_names, .cellvars = c->cell_names, .filename = c->filename, .name = c->name,
               .qualname = c->qualname};
    Value code = co_code(t, c), lines = co_linetable(t, c), table = co_exceptiontable(t, c), locals = co_varnames(t, c), result = VNULL;
    if (is_null(code) || is_null(lines) || is_null(table) || is_null(locals)) goto done;
    p.code = code, p.linetable = lines, p.exceptiontable = table, p.varnames = locals;
    for (int64_t k = 0; !is_null(kwnames) && k < tuple_len(kwnames); k++) {
        Value keyword = tuple_at(kwnames, k), v = args[nargs + k];
        size_t i = 0;
        while (i < COUNT_OF(replaceable) && !str_equals_cstr(V_AS(Str, keyword), replaceable[i].name)) i++;
        if (i == COUNT_OF(replaceable)) {
            err_raise(t, T_TypeError, "replace() got an unexpected keyword argument '%U'", keyword);
            goto done;
        }
        char *at = (char *)&p + replaceable[i].offset;
        char quoted[32];
        snprintf(quoted, sizeof quoted, "'%s'", replaceable[i].name);
        switch (replaceable[i].kind) {
            case 'i':
                if (!number_part(t, v, (int64_t *)at)) goto done;
                if (*(int64_t *)at < 0) {
                    err_raise(t, T_ValueError, "%s must be a positive integer", replaceable[i].name);
                    goto done;
                }
                continue;
            case 'b':
                if (!part_is(t, v, T_bytes, "replace()", quoted, "bytes")) goto done;
                break;
            case 't':
                if (!part_is(t, v, T_tuple, "replace()", quoted, "tuple")) goto done;
                break;
            default:
                if (!part_is(t, v, T_str, "replace()", quoted, "str")) goto done;
        }
        *(Value *)at = v;
    }
    result = code_from_parts(t, &p);
done:
    decref_maybe(t, code);
    decref_maybe(t, lines);
    decref_maybe(t, table);
    decref_maybe(t, locals);
    return result;
}

/* --- Attributes ------------------------------------------------------------------------------------------------------------------------ */

#define GETTER(name, expression) \
    static Value get_##name(Thread *t, Value self, void *closure) { Code *c = CODE(self); return expression; }
GETTER(argcount, v_smallint(c->nargs))
GETTER(posonlyargcount, v_smallint(c->nposonly))
GETTER(kwonlyargcount, v_smallint(c->nkwonly))
GETTER(nlocals, v_smallint(c->nlocals - hidden_locals(c)))
GETTER(stacksize, v_smallint(c->nregs - c->nlocals - c->ncells - c->nfree))
GETTER(flags, v_smallint(c->flags))
GETTER(firstlineno, v_smallint(c->first_line))
GETTER(code, co_code(t, c))
GETTER(consts, new_ref(c->const_tuple))
GETTER(names, new_ref(c->names))
GETTER(varnames, co_varnames(t, c))
GETTER(freevars, new_ref(c->free_names))
GETTER(cellvars, new_ref(c->cell_names))
GETTER(filename, new_ref(c->filename))
GETTER(name, new_ref(c->name))
GETTER(qualname, new_ref(c->qualname))
GETTER(linetable, co_linetable(t, c))
GETTER(exceptiontable, co_exceptiontable(t, c))

/* The old table of lines: pairs of bytes {offset difference, line difference}. */
static Value get_lnotab(Thread *t, Value self, void *closure) {
    if (!warn(t, T_DeprecationWarning, 1, "co_lnotab is deprecated, use co_lines instead.")) return VNULL;
    Code *c = CODE(self);
    Value out = bytearray_new(t, NULL, 0);
    if (is_null(out)) return out;
    PositionReader r;
    positions_init(&r, c->positions, c->npositions, c->first_line);
    int32_t line = (int32_t)c->first_line;
    uint32_t at = 0;
    while (positions_next(&r)) {
        if (r.position.line <= 0 || r.position.line == line) continue;
        uint32_t bytes = (r.start - at) * 2;
        int32_t lines = r.position.line - line;
        while (bytes || lines) {
            uint8_t b = bytes > 254 ? 254 : (uint8_t)bytes;
            int8_t l = bytes > 254 ? 0 : lines > 127 ? 127 : lines < -128 ? -128 : (int8_t)lines;
            ByteArray *a = V_AS(ByteArray, out);
            if (!bytearray_resize(t, a, a->length + 2)) {
                decref(t, out);
                return VNULL;
            }
            bytearray_data(a)[a->length - 2] = (char)b;
            bytearray_data(a)[a->length - 1] = (char)l;
            bytes -= b;
            lines -= l;
        }
        line = r.position.line;
        at = r.start;
    }
    Value v = bytes_new(t, bytearray_data(V_AS(ByteArray, out)), V_AS(ByteArray, out)->length);
    decref(t, out);
    return v;
}

static Value line_or_none(int32_t line) { return line >= 0 ? v_smallint(line) : V_NONE; }
static Value column_or_none(int32_t column) { return column >= 0 ? v_smallint(column) : V_NONE; }

/* co_lines and the like answer an iterator over rows made at once. */
static Value iterator_over(Thread *t, uint32_t shape, Value list) { /* takes the list */
    IndexIterator *it = heap_object(t, shape, sizeof *it);
    if (it == NULL) {
        decref(t, list);
        return VNULL;
    }
    it->sequence = list;
    it->index = 0;
    gc_track(t, it);
    return v_from(it);
}

static Value rows_next(Thread *t, Value self) {
    IndexIterator *it = V_AS(IndexIterator, self);
    if (is_null(it->sequence)) return VNULL;
    if (it->index < list_len(it->sequence)) return new_ref(list_at(it->sequence, it->index++));
    slot_clear(t, &it->sequence);
    return VNULL;
}
static Value rows_iter(Thread *t, Value self) { return new_ref(self); }

static Value code_lines(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Code *c = CODE(args[0]);
    Value list = list_new(t, 0);
    if (is_null(list)) return list;
    PositionReader r;
    positions_init(&r, c->positions, c->npositions, c->first_line);
    int64_t start = 0, stop = 0;
    int32_t line = -1, next = -1;
    bool any = false, more = true;
    while (more) {
        more = positions_next(&r);
        next = r.position.end_line > 0 ? r.position.line : -1;
        if (any && more && next == line) {
            stop = r.stop;
            continue;
        }
        if (any) {
            Value row = tuple_of(t, 3, v_smallint(start * 2), v_smallint(stop * 2), line_or_none(line));
            if (is_null(row) || !list_append_take(t, V_AS(List, list), row)) {
                decref(t, list);
                return VNULL;
            }
        }
        if (more) any = true, start = r.start, stop = r.stop, line = next;
    }
    return iterator_over(t, SHAPE_line_iterator, list);
}

static Value code_positions(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Code *c = CODE(args[0]);
    Value list = list_new(t, c->ninstructions);
    if (is_null(list)) return list;
    PositionReader r;
    positions_init(&r, c->positions, c->npositions, c->first_line);
    while (positions_next(&r)) {
        Position p = r.position;
        if (p.end_line == 0) p.line = p.end_line = -1;
        Value row = tuple_of(t, 4, line_or_none(p.line), line_or_none(p.end_line), column_or_none(p.column), column_or_none(p.end_column));
        for (uint32_t i = r.start; !is_null(row) && i < r.stop; i++)
            if (!list_append(t, V_AS(List, list), row)) break;
        decref_maybe(t, row);
        if (err_pending(t)) {
            decref(t, list);
            return VNULL;
        }
    }
    return iterator_over(t, SHAPE_positions_iterator, list);
}

/* (instruction, where it goes on, where it jumps) of each conditional jump. */
static Value code_branches(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Code *c = CODE(args[0]);
    Value list = list_new(t, 0);
    if (is_null(list)) return list;
    for (uint32_t i = 0; i < c->ninstructions;) {
        uint32_t start = i, w = c->instructions[i++], wide = 0;
        if (bc_op(w) == BC_WIDE) {
            wide = w;
            w = c->instructions[i++];
        }
        const OpInfo *info = &op_info[bc_op(w)];
        int64_t offset;
        bool branches = false;
        if (info->word != '-') {
            offset = (int32_t)c->instructions[i++];
            branches = info->word == 'j' && bc_op(w) != BC_SEND;
        } else if (info->operands[1] == 'J') {
            offset = wide ? (int32_t)(bc_bx(w) | bc_bx(wide) << 16) : bc_sbx(w);
            branches = true;
        }
        if (!branches) continue;
        Value row = tuple_of(t, 3, v_smallint(start * 2), v_smallint((int64_t)i * 2), v_smallint(((int64_t)i + offset) * 2));
        if (is_null(row) || !list_append_take(t, V_AS(List, list), row)) {
            decref(t, list);
            return VNULL;
        }
    }
    return iterator_over(t, SHAPE_branches_iterator, list);
}

static Value code_varname(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Code *c = CODE(args[0]);
    int32_t i;
    if (!arg_i32(t, args[1], &i)) return VNULL;
    i += (int32_t)hidden_locals(c);
    if (i >= 0 && (uint32_t)i < c->nlocals) return new_ref(tuple_at(c->local_names, i));
    i -= (int32_t)c->nlocals;
    if (i >= 0 && (uint32_t)i < c->ncells) return new_ref(tuple_at(c->cell_names, i));
    i -= (int32_t)c->ncells;
    if (i >= 0 && (uint32_t)i < c->nfree) return new_ref(tuple_at(c->free_names, i));
    return err_raise(t, T_IndexError, "tuple index out of range");
}

static Value code_sizeof(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Code *c = CODE(args[0]);
    return v_smallint((int64_t)(sizeof *c + c->ninstructions * 4ul + c->nsites * 4ul + c->nexceptions * sizeof(ExceptionEntry) + c->npositions +
                                (c->warm ? sizeof(Warm) + c->warm->nsites * sizeof(Site) : 0)));
}

/* --- Slots -------------------------------------------------------------------------------------------------------------------------------- */

static Value code_repr(Thread *t, Value self) {
    Code *c = CODE(self);
    return str_format(t, "<code object %U at 0x%lx, file \"%U\", line %u>", c->name, (unsigned long)self.bits, c->filename, c->first_line);
}

/* Constants are equal when their types are, too, all the way down, and floats by their bits. */
static int same_constant(Thread *t, Value a, Value b) {
    if (same(a, b)) return 1;
    if (type_of(t, a) != type_of(t, b)) return 0;
    if (is_exact_float(a)) {
        Value x = repr_of(t, a), y = is_null(x) ? VNULL : repr_of(t, b);
        int r = is_null(y) ? -1 : str_equal(V_AS(Str, x), V_AS(Str, y));
        decref_maybe(t, x);
        decref_maybe(t, y);
        return r;
    }
    if (IS_EXACT(a, tuple)) {
        if (tuple_len(a) != tuple_len(b)) return 0;
        for (int64_t i = 0; i < tuple_len(a); i++) {
            int r = same_constant(t, tuple_at(a, i), tuple_at(b, i));
            if (r != 1) return r;
        }
        return 1;
    }
    if (IS_EXACT(a, complex)) {
        Value x = repr_of(t, a), y = is_null(x) ? VNULL : repr_of(t, b);
        int r = is_null(y) ? -1 : str_equal(V_AS(Str, x), V_AS(Str, y));
        decref_maybe(t, x);
        decref_maybe(t, y);
        return r;
    }
    return equal(t, a, b);
}

static bool same_block(const void *a, const void *b, size_t n) { return n == 0 || memcmp(a, b, n) == 0; }

static int code_equal(Thread *t, Code *a, Code *b) {
    if (a == b) return 1;
    if (a->nargs != b->nargs || a->nposonly != b->nposonly || a->nkwonly != b->nkwonly || a->flags != b->flags || a->first_line != b->first_line ||
        a->ninstructions != b->ninstructions || a->nlocals != b->nlocals || a->ncells != b->ncells || a->nfree != b->nfree || a->nsites != b->nsites ||
        a->nexceptions != b->nexceptions || a->npositions != b->npositions)
        return 0;
    if (!same_block(a->instructions, b->instructions, a->ninstructions * 4ul) || !same_block(a->positions, b->positions, a->npositions) ||
        !same_block(a->site_names, b->site_names, a->nsites * 4ul) || !same_block(a->exceptions, b->exceptions, a->nexceptions * sizeof(ExceptionEntry)))
        return 0;
    Value pairs[][2] = {{a->name, b->name}, {a->names, b->names}, {a->local_names, b->local_names}, {a->cell_names, b->cell_names}, {a->free_names, b->free_names}};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        int r = equal_fast(t, pairs[i][0], pairs[i][1]);
        if (r != 1) return r;
    }
    return same_constant(t, a->const_tuple, b->const_tuple);
}

static Value code_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if ((op != CMP_EQ && op != CMP_NE) || !IS_EXACT(a, code) || !IS_EXACT(b, code)) return V_NOTIMPL;
    int r = code_equal(t, CODE(a), CODE(b));
    return r < 0 ? VNULL : v_bool(op == CMP_EQ ? r : !r);
}

static bool code_hash(Thread *t, Value self, int64_t *hash) {
    Code *c = CODE(self);
    uint64_t h = 0x345678;
    Value parts[] = {c->name, c->names, c->local_names, c->free_names, c->cell_names};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        int64_t x;
        if (!hash_of(t, parts[i], &x)) return false;
        h = (h ^ (uint64_t)x) * 1000003;
    }
    for (uint32_t i = 0; i < c->ninstructions; i++) h = (h ^ c->instructions[i]) * 1000003;
    h ^= c->nargs + ((uint64_t)c->flags << 20) + ((uint64_t)c->first_line << 40) + (uint64_t)tuple_len(c->const_tuple);
    *hash = (int64_t)h == -1 ? -2 : (int64_t)h;
    return true;
}

static void code_destroy(Thread *t, Object *self) {
    Code *c = (Code *)self;
    code_cool(t, c);
    monitor_code_free(t, c);
}

static const MethodDef code_methods[] = {
    {"replace", NULL, "Return a copy of the code object with new values for the specified fields.", code_replace},
    {"__replace__", NULL, "The same as replace().", code_replace},
    {"co_lines", "($self, /)", "Iterate over (start, end, line) of the code's lines.", code_lines},
    {"co_positions", "($self, /)", "Iterate over (line, end line, column, end column) of the instruction words.", code_positions},
    {"co_branches", "($self, /)", "Iterate over (instruction, next, target) of the conditional jumps.", code_branches},
    {"_varname_from_oparg", "($self, /, oparg)", "(internal-only) Return the local variable name for the given oparg.", code_varname},
    {"__sizeof__", "($self, /)", "Size of object in memory, in bytes.", code_sizeof},
    {NULL},
};
static const GetSetDef code_getsets[] = {
    {"co_argcount", get_argcount, NULL, NULL}, {"co_posonlyargcount", get_posonlyargcount, NULL, NULL},
    {"co_kwonlyargcount", get_kwonlyargcount, NULL, NULL}, {"co_nlocals", get_nlocals, NULL, NULL},
    {"co_stacksize", get_stacksize, NULL, NULL}, {"co_flags", get_flags, NULL, NULL}, {"co_firstlineno", get_firstlineno, NULL, NULL},
    {"co_code", get_code, NULL, NULL}, {"_co_code_adaptive", get_code, NULL, NULL}, {"co_consts", get_consts, NULL, NULL},
    {"co_names", get_names, NULL, NULL}, {"co_varnames", get_varnames, NULL, NULL}, {"co_freevars", get_freevars, NULL, NULL},
    {"co_cellvars", get_cellvars, NULL, NULL}, {"co_filename", get_filename, NULL, NULL}, {"co_name", get_name, NULL, NULL},
    {"co_qualname", get_qualname, NULL, NULL}, {"co_linetable", get_linetable, NULL, NULL}, {"co_exceptiontable", get_exceptiontable, NULL, NULL},
    {"co_lnotab", get_lnotab, NULL, NULL},
    {NULL},
};
static const Field code_fields[] = {
    FIELD_VALUE(Code, const_tuple), FIELD_VALUE(Code, names), FIELD_VALUE(Code, local_names), FIELD_VALUE(Code, cell_names),
    FIELD_VALUE(Code, free_names), FIELD_VALUE(Code, filename), FIELD_VALUE(Code, name), FIELD_VALUE(Code, qualname), FIELD_VALUE(Code, travel),
    FIELD_BUFFER(Code, instructions), FIELD_BUFFER(Code, exceptions), FIELD_BUFFER(Code, positions), FIELD_BUFFER(Code, site_names),
};

const TypeDef typedef_code = {
    .name = "code",
    .doc = "Create a code object.  Not for the faint of heart.",
    .signature = "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, name, "
                 "qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)",
    .flags = TF_GC | TF_IMMUTABLE | TF_WEAKREF | TF_EXT,
    .size = sizeof(Code),
    .ext_offset = offsetof(Code, ext),
    FIELDS(code_fields),
    .methods = code_methods,
    .getsets = code_getsets,
    .slots = {.new = code_new, .repr = code_repr, .hash = code_hash, .compare = code_compare, .destroy = code_destroy},
};

static const Field rows_fields[] = {FIELD_VALUE(IndexIterator, sequence)};
#define ROWS_TYPE(id)                                                                    \
    const TypeDef typedef_##id = {                                                       \
        .name = #id,                                                                     \
        .flags = TF_GC | TF_IMMUTABLE | TF_NO_NEW,                                       \
        .size = sizeof(IndexIterator),                                                   \
        FIELDS(rows_fields),                                                             \
        .slots = {.iter = rows_iter, .next = rows_next},                                 \
    }
ROWS_TYPE(line_iterator);
ROWS_TYPE(positions_iterator);
ROWS_TYPE(branches_iterator);

/* One line an instruction: source line, word, text, then the constant or name that it uses; handlers at the end. */
#include "front/disassemble.h"

#include "bytecode/disassemble.h"
#include "front/positions.h"
#include "object/code.h"
#include "object/dispatch.h"
#include "object/str.h"
#include "object/tuple.h"

static bool print_value(Thread *t, Value v, bool as_text, FILE *out)
{
    Value keep = VNULL, text = as_text ? new_ref(v) : repr_of(t, v);
    if (is_null(text)) return false;
    int64_t n;
    const char *utf8 = str_utf8(t, text, &n, &keep);
    if (utf8 == NULL) err_clear(t);
    else fwrite(utf8, 1, (size_t)(n > 60 ? 60 : n), out);
    decref_maybe(t, keep);
    decref(t, text);
    return true;
}

static bool print_const(Thread *t, const Code *c, uint64_t k, FILE *out)
{
    if (k >= (uint64_t)tuple_len(c->const_tuple)) return true;
    fputs("  ; ", out);
    Value v = c->consts[k];
    if (IS_EXACT(v, code)) {
        fputs("code ", out);
        return print_value(t, V_AS(Code, v)->qualname, true, out);
    }
    return print_value(t, v, false, out);
}

static bool print_operand(Thread *t, const Code *c, const Decoded *d, FILE *out)
{
    const OpInfo *info = &op_info[d->op];
    if (info->word == 's' && d->op != BC_CALL && d->word < c->nsites && c->site_names[d->word] < (uint64_t)tuple_len(c->names)) {
        fputs("  ; ", out);
        return print_value(t, tuple_at(c->names, c->site_names[d->word]), true, out);
    }
    if (info->word == 'k') return print_const(t, c, d->word, out);
    if (info->operands[0] == 'K' || info->operands[1] == 'K') return print_const(t, c, (uint64_t)d->value, out);
    if (info->operands[1] == 'c') return print_const(t, c, d->b, out);
    if (info->operands[2] == 'c') return print_const(t, c, d->c, out);
    return true;
}

static bool print_registers(Thread *t, const char *what, Value names, uint32_t first, FILE *out)
{
    if (tuple_len(names) == 0) return true;
    fprintf(out, "%s:", what);
    for (int64_t i = 0; i < tuple_len(names); i++) {
        fprintf(out, " r%u=", first + (uint32_t)i);
        if (!print_value(t, tuple_at(names, i), true, out)) return false;
    }
    fputc('\n', out);
    return true;
}

bool code_disassemble(Thread *t, Code *c, FILE *out)
{
    if (!stack_check(t, "")) return false;
    fputs("code ", out);
    if (!print_value(t, c->qualname, true, out)) return false;
    fprintf(out, "  line %u, %u parameters, %u registers, flags 0x%x\n", c->first_line, c->nargs + c->nkwonly, c->nregs, c->flags);
    if (!print_registers(t, "  locals", c->local_names, 0, out) || !print_registers(t, "  cells", c->cell_names, c->nlocals, out) ||
        !print_registers(t, "  free", c->free_names, c->nlocals + c->ncells, out)) return false;
    PositionReader reader;
    positions_init(&reader, c->positions, c->npositions, c->first_line);
    int32_t line = -1;
    for (uint32_t at = 0; at < c->ninstructions;) {
        Decoded d;
        char text[128];
        if (!bc_decode(c->instructions, c->ninstructions, at, &d)) {
            fprintf(out, "        %5u  ?\n", at);
            break;
        }
        while (at >= reader.stop && positions_next(&reader)) continue;
        bc_text(&d, text, sizeof text);
        if (reader.position.line != line) fprintf(out, "  %6d%5u  %s", line = reader.position.line, at, text);
        else fprintf(out, "  %6s%5u  %s", "", at, text);
        if (!print_operand(t, c, &d, out)) return false;
        fputc('\n', out);
        at += d.length;
    }
    for (uint32_t i = 0; i < c->nexceptions; i++) {
        ExceptionEntry *e = &c->exceptions[i];
        fprintf(out, "    handler %u..%u -> %u  depth r%u, exception in r%u\n", e->start, e->end, e->handler, e->depth, e->target_reg);
    }
    fputc('\n', out);
    for (int64_t i = 0; i < tuple_len(c->const_tuple); i++) {
        if (IS_EXACT(c->consts[i], code) && !code_disassemble(t, V_AS(Code, c->consts[i]), out)) return false;
    }
    return true;
}

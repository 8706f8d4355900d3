/* A graph as text: registers are l (locals), c (cells), f (free variables) and t (temporaries by depth). */
#include "front/cfg.h"

static void print_operand(char letter, uint32_t v, FILE *out)
{
    static const char kinds[] = {'l', 'c', 't', 'f'};
    switch (letter) {
    case 'd':
    case 'r':
    case 'k':
    case 'u':
    case 'w': fprintf(out, " %c%u", kinds[reg_kind(v)], reg_index(v)); break;
    case 'c':
    case 'K': fprintf(out, " k%u", v); break;
    case '.':
    case 'J':
    case 'L': break;
    default: fprintf(out, " %d", (int)v);
    }
}

void cfg_dump(const Cfg *g, const char *name, FILE *out)
{
    fprintf(out, "graph %s: %u locals, %u temporaries\n", name, g->n_locals, g->n_temps);
    for (const Block *b = g->first; b; b = b->next) {
        fprintf(out, "  block %u%s", b->id, b->cold ? " (cold)" : "");
        if (b->handler.block) fprintf(out, "  handler: block %u, depth t%u, exception in t%u", b->handler.block->id, b->handler.depth, b->handler.target);
        fputc('\n', out);
        for (uint32_t k = 0; k < b->n; k++) {
            const Instr *i = &b->instrs[k];
            const OpInfo *info = &op_info[i->op];
            fprintf(out, "    %-22s", info->name);
            print_operand(info->operands[0], i->a, out);
            print_operand(info->operands[1], i->b, out);
            print_operand(info->operands[2], i->c, out);
            if (i->target) fprintf(out, " -> block %u", i->target->id);
            fputc('\n', out);
        }
    }
    fputc('\n', out);
}

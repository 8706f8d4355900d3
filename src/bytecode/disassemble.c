/* Decoding by the operand letters of opcodes.def. */
#include "bytecode/disassemble.h"

#include <stdio.h>

bool bc_decode(const uint32_t *words, uint32_t n, uint32_t at, Decoded *out)
{
    uint32_t start = at, prefix = 0;
    if (at >= n) return false;
    if (bc_op(words[at]) == BC_WIDE) {
        prefix = words[at++];
        if (at >= n || bc_op(words[at]) == BC_WIDE) return false;
    }
    uint32_t w = words[at++];
    if (bc_op(w) >= OPCODE_COUNT) return false;
    const OpInfo *info = &op_info[bc_op(w)];
    *out = (Decoded){
        .op = bc_op(w), .a = bc_a(w) | bc_a(prefix) << 8, .b = bc_b(w) | bc_b(prefix) << 8, .c = bc_c(w) | bc_c(prefix) << 8, .target = -1,
    };
    if (info->word != '-') {
        if (at >= n) return false;
        out->has_word = true;
        out->word = words[at++];
    }
    out->length = at - start;
    uint32_t bx = bc_bx(w) | bc_bx(prefix) << 16;
    int64_t jump = 0;
    bool jumps = false;
    if (info->operands[0] == 'L') {
        jump = (int32_t)((w >> 8) | (prefix >> 8) << 24);
        if (prefix == 0) jump = bc_sax(w);
        jumps = true;
    } else if (info->operands[0] == 'K') {
        out->value = (uint32_t)((w >> 8 & 0xffff) | (prefix >> 8 & 0xffff) << 16);
    } else if (info->operands[1] == 'K') {
        out->value = bx;
    } else if (info->operands[1] == 'I') {
        out->value = prefix ? (int32_t)bx : bc_sbx(w);
    } else if (info->operands[1] == 'J') {
        jump = prefix ? (int32_t)bx : bc_sbx(w);
        jumps = true;
    } else if (info->operands[2] == 'i') {
        out->value = prefix ? (int16_t)out->c : bc_sc(w);
    }
    if (info->word == 'j') {
        jump = (int32_t)out->word;
        jumps = true;
    }
    if (jumps) {
        out->value = jump;
        out->target = (int64_t)at + jump;
        if (out->target < 0) out->target = INT64_MAX;
    }
    return true;
}

static bool is_register(char letter) { return letter == 'd' || letter == 'r' || letter == 'k' || letter == 'u' || letter == 'w'; }

void bc_text(const Decoded *d, char *out, unsigned size)
{
    const OpInfo *info = &op_info[d->op];
    int at = snprintf(out, size, "%-22s", info->name);
    const uint32_t operands[3] = {d->a, d->b, d->c};
    for (int i = 0; i < 3 && at < (int)size; i++) {
        char letter = info->operands[i];
        if (letter == '.' || letter == 'J' || letter == 'L') continue;
        if (is_register(letter)) at += snprintf(out + at, size - (unsigned)at, " r%u", operands[i]);
        else if (letter == 'K') at += snprintf(out + at, size - (unsigned)at, " k%lld", (long long)d->value);
        else if (letter == 'c') at += snprintf(out + at, size - (unsigned)at, " k%u", operands[i]);
        else if (letter == 'I' || letter == 'i') at += snprintf(out + at, size - (unsigned)at, " %lld", (long long)d->value);
        else at += snprintf(out + at, size - (unsigned)at, " %u", operands[i]);
    }
    if (at >= (int)size) return;
    if (d->target >= 0) snprintf(out + at, size - (unsigned)at, " -> %lld", (long long)d->target);
    else if (d->has_word && info->word == 'k') snprintf(out + at, size - (unsigned)at, " k%u", d->word);
    else if (d->has_word && info->word == 'x') snprintf(out + at, size - (unsigned)at, " [%u]", d->word);
}

/* Compiling one code object, and the stubs that machine code shares.
 *
 *     | templates of the instructions, in order | what is out of line | slow paths |
 */
#include "jit/jit.h"

#include <stdlib.h>

#include "bytecode/disassemble.h"
#include "heap/heap.h"
#include "jit/pieces.h"
#include "object/float.h"
#include "object/function.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"

#ifdef __x86_64__

enum { STUBS_BYTES = 2048, MAX_WORDS = 20000 };

static bool grow(void **items, uint32_t n, uint32_t *cap, size_t size) {
    if (n < *cap) return true;
    uint32_t more = *cap ? *cap * 2 : 64;
    void *bigger = realloc(*items, more * size);
    if (bigger == NULL) return false;
    *items = bigger;
    *cap = more;
    return true;
}
static void add_fixup(Compiler *c, Fixup **list, uint32_t *n, uint32_t *cap, Place place, uint32_t word) {
    if (!grow((void **)list, *n, cap, sizeof **list)) {
        c->failed = true;
        return;
    }
    (*list)[(*n)++] = (Fixup){place, word, c->next};
}
void jump_word(Compiler *c, Place place, uint32_t word) { add_fixup(c, &c->jumps, &c->njumps, &c->jumps_cap, place, word); }
void slow_here(Compiler *c, Place place) { add_fixup(c, &c->slow, &c->nslow, &c->slow_cap, place, c->word); }
void item_here(Compiler *c, Place place) { add_fixup(c, &c->items, &c->nitems, &c->items_cap, place, c->word); }
void cold_drop(Compiler *c, Place from, enum DropKind kind, int reg) {
    if (!grow((void **)&c->drops, c->ndrops, &c->drops_cap, sizeof *c->drops)) {
        c->failed = true;
        return;
    }
    c->drops[c->ndrops++] = (ColdDrop){from, c->s.at, c->next, reg, kind};
}

static const void *number_stub(Asm *s, Reg reg, Xmm to);
static const void *defaults_stub(Asm *s);
static const void *equal_strings_stub(Asm *s);
static const void *unbind_stub(Asm *s);

Probe *cold_probe(Compiler *c) {
    if (!grow((void **)&c->probes, c->nprobes, &c->probes_cap, sizeof *c->probes)) {
        c->failed = true;
        return NULL;
    }
    Probe *p = &c->probes[c->nprobes++];
    *p = (Probe){.word = c->word, .next = c->next};
    return p;
}
Number *cold_number(Compiler *c) {
    if (!grow((void **)&c->numbers, c->nnumbers, &c->numbers_cap, sizeof *c->numbers)) {
        c->failed = true;
        return NULL;
    }
    Number *n = &c->numbers[c->nnumbers++];
    *n = (Number){.word = c->word, .next = c->next};
    return n;
}

/* --- Stubs ----------------------------------------------------------------------------------------------------------------- */
static void make_stubs(Jit *jit, Asm *s) {
    /* enter(t, R, address, sites) */
    jit->door.enter = (enum Step (*)(Thread *, Value *, const void *, Site *))(void *)s->at;
    static const Reg saved[] = {RBX, RBP, R12, R13, R14, R15};
    for (size_t i = 0; i < COUNT_OF(saved); i++) push(s, saved[i]);
    op_ri(s, SUB, RSP, 8 + SPILL_BYTES);
    move(s, REG_T, RDI);
    move(s, REG_R, RSI);
    move(s, REG_SITES, RCX);
    load(s, REG_SHAPES, REG_T, offsetof(Thread, shapes));
    jump_reg(s, RDX);

    const uint8_t *leave = s->at; /* eax: the Step */
    op_ri(s, ADD, RSP, 8 + SPILL_BYTES);
    for (size_t i = COUNT_OF(saved); i-- > 0;) pop(s, saved[i]);
    ret(s);
    for (int step = 0; step <= STEP_LEAVE_LOOP; step++) {
        jit->leave[step] = s->at;
        move_immediate(s, RAX, (uint64_t)step);
        jump_to(s, leave);
    }

    jit->poll = s->at;
    move(s, RDI, REG_T);
    call_to(s, (const void *)safe_point);
    test8(s, RAX, 0xFF);
    jump_if_to(s, CC_E, jit->leave[STEP_ERROR]);
    jump_to(s, jit->leave[STEP_LOAD_FRAME]);

    static const enum Opcode families[STEP_FUNCTIONS] = {BC_WIDE, BC_MOVE, BC_LOAD_ATTR, BC_GET_ITEM, BC_ADD, BC_GET_ITER, BC_CALL, BC_BUILD_TUPLE, BC_RAISE};
    for (int i = 0; i < STEP_FUNCTIONS; i++) {
        jit->steps[i].function = jit_step_of(families[i]);
        jit->steps[i].stub = s->at;
        move(s, RDI, REG_T);
        move(s, RSI, REG_R);
        op_ri(s, SUB, RSP, 8);
        call_to(s, (const void *)jit->steps[i].function);
        op_ri(s, ADD, RSP, 8);
        test_rr(s, RAX, RAX);
        Place elsewhere = jump_if(s, CC_NE);
        ret(s);
        patch_here(s, elsewhere);
        load(s, RCX, REG_T, offsetof(Thread, fiber));
        load(s, RCX, RCX, offsetof(Fiber, frame));
        lea(s, REG_R, RCX, offsetof(Frame, registers));
        move(s, REG_SITES, RDX);
        ret(s);
    }

    jit->number[0] = number_stub(s, RAX, XMM0);
    jit->number[1] = number_stub(s, RCX, XMM1);
    jit->defaults = defaults_stub(s);
    jit->equal_strings = equal_strings_stub(s);
    jit->unbind = unbind_stub(s);

    for (int kind = DROP_LAST; kind <= DROP_LEAVING; kind++) {
        jit->dealloc[kind] = s->at;
        if (kind != DROP_LEAVING) store(s, REG_R, FRAME_FIELD(pc), RDX);
        move(s, RDI, REG_T);
        move(s, RSI, RCX);
        op_ri(s, SUB, RSP, 8);
        call_to(s, (const void *)object_dealloc);
        op_ri(s, ADD, RSP, 8);
        if (kind == DROP_LAST) {
            load(s, RAX, REG_T, offsetof(Thread, plain_dispatch));
            op_rm(s, CMP, RAX, REG_T, offsetof(Thread, dispatch));
            Place traced = jump_if(s, CC_NE);
            ret(s);
            patch_here(s, traced);
            op_ri(s, ADD, RSP, 8); /* the return address: the frame goes on in the loop */
            jump_to(s, jit->leave[STEP_LOAD_FRAME]);
        } else {
            ret(s);
        }
    }
}

/* rax (or rcx) as a double in xmm0 (or xmm1), with the carry clear; set: it is none, or may lose digits. rdx is lost. Heap numbers count only when
 * they are immortal (0.0 is): nobody drops them then. */
static const void *number_stub(Asm *s, Reg reg, Xmm to) {
    const void *stub = s->at;
    move(s, RDX, reg);
    shift(s, SHR, RDX, 1);
    op_rr(s, XOR, RDX, reg);
    test8(s, RDX, 1);
    Place no_float = jump_if(s, CC_E);
    shift(s, ROR, reg, 3);
    float_from_bits(s, to, reg);
    carry(s, false);
    ret(s);
    patch_here(s, no_float);
    move32(s, RDX, reg);
    op32_ri(s, AND, RDX, 3);
    op32_ri(s, CMP, RDX, 3);
    Place no_int = jump_if(s, CC_NE);
    shift(s, SAR, reg, 2);
    move(s, RDX, reg);
    shift(s, SAR, RDX, 53);
    op_ri(s, ADD, RDX, 1);
    op_ri(s, CMP, RDX, 1);
    Place large = jump_if(s, CC_A);
    float_from_int(s, to, reg);
    carry(s, false);
    ret(s);
    patch_here(s, no_int);
    test8(s, reg, 7);
    Place no_pointer = jump_if(s, CC_NE);
    op32_mi(s, CMP, reg, offsetof(Object, shape), SHAPE_float);
    Place no_number = jump_if(s, CC_NE);
    op32_mi(s, CMP, reg, offsetof(Object, refs), 0);
    Place mortal = jump_if(s, CC_GE);
    load(s, reg, reg, offsetof(FloatObject, value));
    float_from_bits(s, to, reg);
    carry(s, false);
    ret(s);
    patch_here(s, large);
    patch_here(s, no_pointer);
    patch_here(s, no_number);
    patch_here(s, mortal);
    carry(s, true);
    ret(s);
    return stub;
}

/* Parameters that a call leaves out get their defaults: rsi the function, rdi its code, rdx its registers, r15 how many are missing, more than none.
 * With the carry set that cannot be, and nothing has changed. r11, r14 and r15 are lost. */
static const void *defaults_stub(Asm *s) {
    const void *stub = s->at;
    load32(s, R11, RDI, offsetof(Code, exact_args) & ~3);
    if (offsetof(Code, exact_args) & 2) asm_rr(s, false, 0xC1, SHR, R11), asm_1(s, 16);
    else op32_ri(s, AND, R11, 0xFFFF);
    op32_ri(s, CMP, R11, 0xFFFF);
    Place unknown = jump_if(s, CC_E);
    load(s, R14, RSI, offsetof(Function, defaults));
    test_rr(s, R14, R14);
    Place none = jump_if(s, CC_E);
    push(s, RAX);
    load(s, RAX, R14, offsetof(Tuple, length));
    op_rr(s, SUB, RAX, R15);
    Place few = jump_if(s, CC_S);
    lea_indexed(s, R14, R14, RAX, 3, offsetof(Tuple, items));
    op_rr(s, SUB, R11, R15); /* one more than were given */
    lea_indexed(s, R11, RDX, R11, 3, -8);
    const uint8_t *loop = s->at;
    load(s, RAX, R14, 0);
    store(s, R11, 0, RAX);
    count_in_stub(s, RAX);
    op_ri(s, ADD, R14, 8);
    op_ri(s, ADD, R11, 8);
    op_ri(s, SUB, R15, 1);
    jump_if_to(s, CC_NE, loop);
    pop(s, RAX);
    carry(s, false);
    ret(s);
    patch_here(s, few);
    pop(s, RAX);
    patch_here(s, unknown);
    patch_here(s, none);
    carry(s, true);
    ret(s);
    return stub;
}

static const void *equal_strings_stub(Asm *s) {
    const void *stub = s->at;
    op32_mi(s, CMP, RAX, offsetof(Object, shape), SHAPE_str);
    Place left = jump_if(s, CC_NE);
    op32_mi(s, CMP, RCX, offsetof(Object, shape), SHAPE_str);
    Place right = jump_if(s, CC_NE);
    op_rr(s, CMP, RAX, RCX);
    Place same_object = jump_if(s, CC_E);
    move(s, RDI, RAX);
    move(s, RSI, RCX);
    op_ri(s, SUB, RSP, 8);
    call_to(s, (const void *)str_equal);
    op_ri(s, ADD, RSP, 8);
    op32_ri(s, AND, RAX, 0xFF);
    carry(s, false);
    ret(s);
    patch_here(s, same_object);
    move_immediate(s, RAX, 1);
    carry(s, false);
    ret(s);
    patch_here(s, left);
    patch_here(s, right);
    carry(s, true);
    ret(s);
    return stub;
}

/* The method is held elsewhere, too, so that it does not die here. rax and rdx are lost. */
static const void *unbind_stub(Asm *s) {
    const void *stub = s->at;
    Place not[4];
    op32_mi(s, CMP, RSI, offsetof(Object, shape), SHAPE_method);
    not[0] = jump_if(s, CC_NE);
    op32_mi(s, CMP, RSI, offsetof(Object, refs), 1);
    not[1] = jump_if(s, CC_LE);
    op_mi(s, CMP, RDI, 8 * (CALL_GAP + 1), BITS(V_UNBOUND));
    not[2] = jump_if(s, CC_NE);
    load(s, RAX, RSI, offsetof(BoundMethod, function));
    test8(s, RAX, 7);
    not[3] = jump_if(s, CC_NE);
    op32_mi(s, CMP, RAX, offsetof(Object, shape), SHAPE_function);
    Place other = jump_if(s, CC_NE);
    load(s, RDX, RSI, offsetof(BoundMethod, self));
    count_in_stub(s, RAX);
    count_in_stub(s, RDX);
    store(s, RDI, 0, RAX);
    store(s, RDI, 8 * (CALL_GAP + 1), RDX);
    decrement32_m(s, RSI, offsetof(Object, refs));
    move(s, RSI, RAX);
    carry(s, false);
    ret(s);
    for (int i = 0; i < 4; i++) patch_here(s, not[i]);
    patch_here(s, other);
    carry(s, true);
    ret(s);
    return stub;
}

/* --- One code --------------------------------------------------------------------------------------------------------------- */
static uint64_t pc_at(const Compiler *c, uint32_t word) { return (uint64_t)(c->code->instructions + word); }

static bool emit_instructions(Compiler *c, uint32_t *offsets) {
    uint32_t n = c->code->ninstructions;
    asm_4(&c->s, (int32_t)0xCCCCCCCC); /* offset 0 stands for "none" */
    template_entry(c);
    jump_word(c, jump(&c->s), (uint32_t)(c->code->start - c->code->instructions));
    for (uint32_t at = 0; at < n && !c->s.full;) {
        Decoded d;
        if (!bc_decode(c->code->instructions, n, at, &d)) return false;
        offsets[at] = (uint32_t)(c->s.at - c->s.start);
        c->word = at;
        c->next = at + d.length;
        c->w = c->code->instructions[at];
        c->second = d.has_word ? d.word : 0;
        if (!template_emit(c)) slow_here(c, jump(&c->s));
        at += d.length;
    }
    return true;
}

static void emit_drops(Compiler *c) {
    Asm *s = &c->s;
    for (uint32_t i = 0; i < c->ndrops; i++) {
        const ColdDrop *d = &c->drops[i];
        patch_here(s, d->from);
        if (d->reg >= 0) kill_temp(c, (uint32_t)d->reg);
        op32_mi(s, CMP, RCX, offsetof(Object, refs), 0);
        jump_if_to(s, CC_L, d->back);
        decrement32_m(s, RCX, offsetof(Object, refs));
        jump_if_to(s, CC_NE, d->back);
        if (d->kind != DROP_LEAVING) move_immediate(s, RDX, pc_at(c, d->pc));
        call_to(s, c->jit->dealloc[d->kind]);
        jump_to(s, d->back);
    }
}

/* A site met an object of another shape, which is in eax: what the interpreter's table knows for it takes the site's place. */
static void emit_probes(Compiler *c, Thread *t) {
    Asm *s = &c->s;
    for (uint32_t i = 0; i < c->nprobes; i++) {
        const Probe *p = &c->probes[i];
        c->word = p->word;
        c->next = p->next;
        patch_here(s, p->from);
        _Static_assert(sizeof(Shape) == 64 && sizeof(Site) == 32 && SITE_TABLE_ENTRIES == 1024, "site_hash and the address of an entry");
        move32(s, RCX, RAX);
        shift(s, SHR, RCX, 6);
        lea_indexed(s, RCX, RCX, RCX, 3, (int32_t)((p->name.bits >> 4) & 0xFFFFFF));
        op32_ri(s, AND, RCX, SITE_TABLE_ENTRIES - 1);
        shift(s, SHL, RCX, 5);
        move_immediate(s, REG_SITE, (uint64_t)t->interp->site_table->entries[p->use]);
        op_rr(s, ADD, REG_SITE, RCX);
        op32_rm(s, CMP, RAX, REG_SITE, offsetof(Site, shape));
        slow_here(c, jump_if(s, CC_NE));
        move_immediate(s, RDX, p->name.bits);
        op_rm(s, CMP, RDX, REG_SITE, offsetof(Site, name));
        slow_here(c, jump_if(s, CC_NE));
        jump_to(s, p->back);
    }
}
/* Operands of arithmetic that are not both small floats, and the result 0.0. */
static void emit_numbers(Compiler *c, Thread *t) {
    Asm *s = &c->s;
    for (uint32_t i = 0; i < c->nnumbers; i++) {
        const Number *n = &c->numbers[i];
        c->word = n->word;
        c->next = n->next;
        for (int k = 0; k < 3; k++)
            if (n->from[k] != NULL) patch_here(s, n->from[k]);
        if (n->zero) {
            test_rr(s, RAX, RAX);
            slow_here(c, jump_if(s, CC_NE));
            move_immediate(s, RAX, t->interp->float_zero.bits);
        } else {
            call_to(s, c->jit->number[0]);
            slow_here(c, jump_if(s, CC_B));
            if (n->right) {
                call_to(s, c->jit->number[1]);
                slow_here(c, jump_if(s, CC_B));
            }
            if (n->divides) {
                float_to_bits(s, RDX, XMM1);
                op_rr(s, ADD, RDX, RDX);
                slow_here(c, jump_if(s, CC_E));
            }
        }
        jump_to(s, n->back);
    }
}

static void emit_items(Compiler *c, const uint32_t *offsets) {
    for (uint32_t i = 0; i < c->nitems && !c->s.full;) {
        Fixup f = c->items[i];
        for (; i < c->nitems && c->items[i].word == f.word; i++) patch_here(&c->s, c->items[i].place);
        c->word = f.word;
        c->next = f.next;
        c->w = c->code->instructions[f.word];
        template_item(c);
        jump_to(&c->s, c->s.start + offsets[f.next]);
    }
}

static const void *step_stub(const Jit *jit, enum Opcode op) {
    StepFunction function = jit_step_of(op);
    for (int i = 0; i < STEP_FUNCTIONS; i++)
        if (jit->steps[i].function == function) return jit->steps[i].stub;
    return jit->steps[0].stub;
}
void run_step(Compiler *c, uint32_t word) {
    move_immediate(&c->s, RDX, pc_at(c, word));
    call_to(&c->s, step_stub(c->jit, bc_op(c->code->instructions[word])));
}

static int by_word(const void *a, const void *b) {
    const Fixup *x = a, *y = b;
    return (x->word > y->word) - (x->word < y->word);
}
static void emit_slow_paths(Compiler *c, const uint32_t *offsets) {
    Asm *s = &c->s;
    if (c->nslow > 0) qsort(c->slow, c->nslow, sizeof *c->slow, by_word);
    for (uint32_t i = 0; i < c->nslow && !s->full;) {
        const Fixup *f = &c->slow[i];
        for (; i < c->nslow && c->slow[i].word == f->word; i++) patch_here(s, c->slow[i].place);
        run_step(c, f->word);
        if (f->next < c->code->ninstructions && offsets[f->next] != 0) {
            test_rr(s, RAX, RAX);
            jump_if_to(s, CC_E, s->start + offsets[f->next]);
        }
        jump_reg(s, RAX);
    }
}

/* false: there is not enough room. */
static bool emit(Compiler *c, Thread *t, uint32_t *offsets) {
    c->njumps = c->nslow = c->nitems = c->ndrops = c->nprobes = c->nnumbers = 0;
    c->s.at = c->s.start;
    c->s.full = false;
    if (!emit_instructions(c, offsets)) return false;
    emit_probes(c, t);
    emit_numbers(c, t);
    emit_items(c, offsets);
    emit_drops(c);
    emit_slow_paths(c, offsets);
    if (c->s.full || c->failed) return false;
    for (uint32_t i = 0; i < c->njumps; i++) {
        if (c->jumps[i].word >= c->code->ninstructions || offsets[c->jumps[i].word] == 0) return false;
        patch(&c->s, c->jumps[i].place, c->s.start + offsets[c->jumps[i].word]);
    }
    return true;
}

/* With so much room for each word; NULL also if that is not enough: *full. */
static Native *compile_within(Thread *t, Code *code, size_t bytes_a_word, bool *full) {
    Jit *jit = jit_of(t);
    uint32_t n = code->ninstructions;
    size_t room = 256 + (size_t)n * bytes_a_word;
    Native *native = malloc(sizeof *native + n * sizeof(uint32_t));
    uint8_t *block = native != NULL ? code_memory_alloc(&jit->memory, room) : NULL;
    if (block == NULL || !code_memory_open(block, room)) {
        if (block != NULL) code_memory_free(&jit->memory, block, room);
        free(native);
        return NULL;
    }
    memset(native->offsets, 0, n * sizeof(uint32_t));
    Compiler c = {.t = t, .s = {block, block, block + room, false}, .jit = jit, .code = code, .sites = code->warm->sites, .nfixed = code->nfixed};
    for (int i = 0; i < 256; i++) c.window_sites[i] = UINT32_MAX;
    bool done = emit(&c, t, native->offsets);
    *full = c.s.full;
    free(c.jumps);
    free(c.slow);
    free(c.items);
    free(c.drops);
    free(c.probes);
    free(c.numbers);
    size_t used = done ? (size_t)(c.s.at - c.s.start) : 0;
    if (!code_memory_close(block, room)) abort(); /* code that ran before lies in the same page: there is no way on */
    size_t kept = (used + CODE_MEMORY_ALIGN - 1) & ~(size_t)(CODE_MEMORY_ALIGN - 1);
    if (kept < room) code_memory_free(&jit->memory, block + kept, room - kept);
    if (!done) {
        free(native);
        return NULL;
    }
    native->base = (char *)block;
    native->call_entry = (char *)block + 4;
    native->size = (uint32_t)used;
    native->noffsets = n;
    native->next = jit->natives;
    native->link = &jit->natives;
    if (native->next != NULL) native->next->link = &native->next;
    jit->natives = native;
    jit->door.size += used;
    return native;
}

static Native *compile(Thread *t, Code *code) {
    if (code->ninstructions > MAX_WORDS || code->nregs > 256 || code->warm == NULL) return NULL;
    bool full = false;
    Native *native = compile_within(t, code, 192, &full);
    return native == NULL && full ? compile_within(t, code, 1536, &full) : native;
}

static void release(Thread *t, Native *native) {
    *native->link = native->next;
    if (native->next != NULL) native->next->link = native->link;
    jit_of(t)->door.size -= native->size;
    code_memory_free(&jit_of(t)->memory, (uint8_t *)native->base, native->size);
    free(native);
}

/* Machine code reaches the interpreter's functions by 32-bit displacements and its tables by 32-bit addresses: both lie low in a program
 * that is not position-independent, and anywhere in a shared library. There, everything is interpreted. */
static bool interpreter_lies_low(void) { return (uintptr_t)object_dealloc >> 31 == 0 && (uintptr_t)eval_table(false) >> 31 == 0; }

void jit_init(Thread *t) {
    if (!interpreter_lies_low()) return;
    Jit *jit = calloc(1, sizeof *jit);
    if (jit == NULL || !code_memory_init(&jit->memory)) {
        free(jit);
        return;
    }
    jit->door.compile = compile;
    jit->door.release = release;
    uint8_t *stubs = code_memory_alloc(&jit->memory, STUBS_BYTES);
    Asm s = {stubs, stubs, stubs + STUBS_BYTES, false};
    if (!code_memory_open(stubs, STUBS_BYTES)) goto shut;
    make_stubs(jit, &s);
    if (!code_memory_close(stubs, STUBS_BYTES) || s.full) goto shut;
    t->interp->native = &jit->door;
    return;
shut:
    code_memory_destroy(&jit->memory);
    free(jit);
}

void jit_finish(Thread *t) {
    Jit *jit = jit_of(t);
    if (jit == NULL) return;
    t->interp->native = NULL;
    for (Native *native = jit->natives, *next; native != NULL; native = next) {
        next = native->next;
        free(native);
    }
    code_memory_destroy(&jit->memory);
    free(jit);
}

#else
void jit_init(Thread *t) {}
void jit_finish(Thread *t) {}
#endif

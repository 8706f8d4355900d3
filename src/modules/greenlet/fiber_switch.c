/* Switching C stacks. On x86-64 by a dozen instructions of our own: only what the calling convention obliges a callee to keep is saved.
 * Elsewhere by the C library's contexts, which also save the signal mask and are slower. */
#include "modules/greenlet/greenlet_priv.h"

#if defined(__x86_64__) && defined(__ELF__)

/* What lies at a saved stack pointer, lowest first: MXCSR and the x87 control word, r15, r14, r13, r12, rbx, rbp, the return address. */
void krait_fiber_jump(void **from, void *to);
void krait_fiber_begin(void);
__asm__(".text\n"
        ".hidden krait_fiber_jump\n"
        ".globl krait_fiber_jump\n"
        ".type krait_fiber_jump, @function\n"
        "krait_fiber_jump:\n"
        "    .cfi_startproc\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    subq $8, %rsp\n"
        "    stmxcsr (%rsp)\n"
        "    fnstcw 4(%rsp)\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    ldmxcsr (%rsp)\n"
        "    fldcw 4(%rsp)\n"
        "    addq $8, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size krait_fiber_jump, .-krait_fiber_jump\n"
        /* The first frame of a fiber: r12 is the function, r13 its argument; nothing called it. */
        ".hidden krait_fiber_begin\n"
        ".globl krait_fiber_begin\n"
        ".type krait_fiber_begin, @function\n"
        "krait_fiber_begin:\n"
        "    .cfi_startproc\n"
        "    .cfi_undefined rip\n"
        "    xorl %ebp, %ebp\n"
        "    movq %r13, %rdi\n"
        "    callq *%r12\n"
        "    ud2\n"
        "    .cfi_endproc\n"
        ".size krait_fiber_begin, .-krait_fiber_begin\n");

void fiber_point_init(FiberPoint *point, char *low, char *high, void (*start)(void *), void *argument) {
    (void)low;
    uint64_t *sp = (uint64_t *)((uintptr_t)high & ~(uintptr_t)15);
    *--sp = 0; /* krait_fiber_begin has its stack pointer at a multiple of 16 then */
    *--sp = 0;
    *--sp = (uint64_t)krait_fiber_begin;
    *--sp = 0;                  /* rbp */
    *--sp = 0;                  /* rbx */
    *--sp = (uint64_t)start;    /* r12 */
    *--sp = (uint64_t)argument; /* r13 */
    *--sp = 0;                  /* r14 */
    *--sp = 0;                  /* r15 */
    *--sp = 0;
    uint32_t mxcsr;
    uint16_t x87;
    __asm__("stmxcsr %0" : "=m"(mxcsr));
    __asm__("fnstcw %0" : "=m"(x87));
    *sp = mxcsr | (uint64_t)x87 << 32;
    point->sp = sp;
}

void fiber_point_switch(FiberPoint *from, FiberPoint *to) { krait_fiber_jump(&from->sp, to->sp); }

#else

#include <stdlib.h>
#include <ucontext.h>

/* A context for each saved point; it lies on the stack that it belongs to. A start needs two words, which makecontext takes as ints. */
static void begin(unsigned start_low, unsigned start_high, unsigned argument_low, unsigned argument_high) {
    void (*start)(void *) = (void (*)(void *))(uintptr_t)((uint64_t)start_high << 32 | start_low);
    start((void *)(uintptr_t)((uint64_t)argument_high << 32 | argument_low));
    abort();
}

void fiber_point_init(FiberPoint *point, char *low, char *high, void (*start)(void *), void *argument) {
    ucontext_t *context = (ucontext_t *)((uintptr_t)(high - sizeof *context) & ~(uintptr_t)63);
    getcontext(context);
    context->uc_stack.ss_sp = low;
    context->uc_stack.ss_size = (size_t)((char *)context - low);
    context->uc_link = NULL;
    uint64_t s = (uint64_t)(uintptr_t)start, a = (uint64_t)(uintptr_t)argument;
    makecontext(context, (void (*)(void))begin, 4, (unsigned)s, (unsigned)(s >> 32), (unsigned)a, (unsigned)(a >> 32));
    point->sp = context;
}

void fiber_point_switch(FiberPoint *from, FiberPoint *to) {
    ucontext_t here;
    from->sp = &here;
    swapcontext(&here, to->sp);
}

#endif

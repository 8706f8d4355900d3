/* For functions that run one instruction in a switch over the bodies of eval_ops.inc: control goes to labels of the function. */
#ifndef KRAIT_VM_EVAL_SWITCH_H
#define KRAIT_VM_EVAL_SWITCH_H

#define RELOAD() ((void)0)
#define NEXT()           \
    do {                 \
        goto next;       \
    } while (0)
#define HEAT_UP() (void)0
#define HAS_NATIVE() false
#define OPCODE(name) case BC_##name:
#define UNTRACED() false

#endif

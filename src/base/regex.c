#include "base/regex.h"

#include <stdlib.h>
#include <string.h>

#include "base/find.h"
#include "base/regex_priv.h"

#define UNLIKELY(x) __builtin_expect(!!(x), 0)

enum { POLL_EVERY = 1 << 14, STACK_FIRST = 16, LONG_SUBJECT = 1000 };
/* Backtrack entries at most: 1 GB of them. */
#define STACK_MAX ((size_t)1 << 25)

typedef enum BackKind {
    BACK_ALT,           /* pc: an OP_ALT to look at again from there on */
    BACK_GO,            /* go on at pc */
    BACK_STAR,          /* pc: OP_STAR; ptr: its end now; x: the index of its least end */
    BACK_LAZY,          /* pc: OP_LAZY; x: the index of its farthest end */
    BACK_AGAIN,         /* pc: OP_UNTIL_MIN: another round of the body */
    BACK_MARK,          /* note: mark number pc was x, last_index was y */
    BACK_LOOP,          /* note: loop number pc was {x, ptr} */
    BACK_BARRIER_FAIL,  /* barrier; y: the one outside it. The body failed: so do we */
    BACK_BARRIER_GO,    /* ... the body failed: go on at pc from ptr */
} BackKind;

typedef struct RegexBack {
    uint32_t kind;
    uint32_t pc;
    const void *ptr;
    int64_t x, y;
} RegexBack;

typedef struct RegexLoop {
    int64_t count;     /* rounds completed, -1 before the first question */
    const void *last;  /* where the last round began, against rounds that match nothing */
} RegexLoop;

static bool grow_stack(RegexRun *run, RegexBack **sp) {
    size_t used = (size_t)(*sp - run->stack), cap = used * 2;
    if (cap > STACK_MAX) return false;
    RegexBack *grown = run->heap ? realloc(run->heap, cap * sizeof *grown) : malloc(cap * sizeof *grown);
    if (grown == NULL) return false;
    if (run->heap == NULL) memcpy(grown, run->stack, used * sizeof *grown);
    run->heap = run->stack = grown;
    run->stack_limit = grown + cap;
    *sp = grown + used;
    return true;
}

/* Puts back what a note says; other entries are nothing to put back. */
static inline void undo(RegexRun *run, const RegexBack *b) {
    if (b->kind == BACK_MARK) {
        run->marks[b->pc] = b->x;
        run->last_index = b->y;
    } else if (b->kind == BACK_LOOP) {
        run->loops[b->pc] = (RegexLoop){b->x, b->ptr};
    }
}

/* Closes the innermost barrier: only notes remain above where it was. Answers the barrier outside it. */
static int64_t cut_to_barrier(RegexRun *run, RegexBack **sp, int64_t barrier) {
    RegexBack *to = run->stack + barrier;
    int64_t outer = to->y;
    for (RegexBack *b = to + 1; b < *sp; b++)
        if (b->kind == BACK_MARK || b->kind == BACK_LOOP) *to++ = *b;
    *sp = to;
    return outer;
}

static void clear_marks(RegexRun *run) {
    for (size_t i = 0; i < 2 * (size_t)run->regex->groups; i++) run->marks[i] = -1;
    run->last_index = -1;
    run->marks_dirty = false;
}

#define UNIT uint8_t
#define NAME(x) x##_1
#include "base/regex_match.inc"
#undef UNIT
#undef NAME
#define UNIT uint16_t
#define NAME(x) x##_2
#include "base/regex_match.inc"
#undef UNIT
#undef NAME
#define UNIT uint32_t
#define NAME(x) x##_4
#include "base/regex_match.inc"

bool regex_run_begin(RegexRun *run, const Regex *regex, Units subject) {
    size_t marks = 2 * (size_t)regex->groups * sizeof(int64_t), loops = regex->loops * sizeof(RegexLoop);
    run->regex = regex;
    run->subject = subject;
    run->start = 0;
    run->full = run->must_advance = run->prefix_asked = false;
    run->prefix_known = 0;
    run->poll = NULL;
    run->poll_count = POLL_EVERY;
    run->heap = run->block = NULL;
    char *place = (char *)run->space, *end = (char *)(run->space + REGEX_SPACE);
    if (marks + loops > sizeof run->space - STACK_FIRST * sizeof(RegexBack)) {
        run->block = malloc(marks + loops);
        if (run->block == NULL) return false;
        run->marks = run->block;
    } else {
        run->marks = (int64_t *)place;
        place += marks + loops;
    }
    run->loops = (RegexLoop *)((char *)run->marks + marks);
    if (loops) memset(run->loops, 0, loops);
    run->stack = (RegexBack *)place;
    run->stack_limit = run->stack + (size_t)(end - place) / sizeof(RegexBack);
    clear_marks(run);
    return true;
}

void regex_run_end(RegexRun *run) {
    free(run->heap);
    free(run->block);
    run->heap = run->block = NULL;
}

RegexStatus regex_match(RegexRun *run) {
    switch (run->subject.width) {
    case 1: return match_1(run);
    case 2: return match_2(run);
    default: return match_4(run);
    }
}

RegexStatus regex_search(RegexRun *run) {
    switch (run->subject.width) {
    case 1: return search_1(run);
    case 2: return search_2(run);
    default: return search_4(run);
    }
}

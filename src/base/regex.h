/* The regular-expression engine. It takes the code that Python's `re` compiles patterns to (an array of 32-bit words,
   magic number REGEX_MAGIC), checks it, and translates it once into a program of its own:

       code words --regex_build--> Regex (one flat block, position independent) --regex_match, regex_search--> spans

   Matching is backtracking on a stack of its own, so that no pattern or subject can exhaust the C stack; memory is
   bounded and a callback is asked now and then whether to go on. The subject is an array of units of 1, 2 or 4 bytes. */
#ifndef KRAIT_BASE_REGEX_H
#define KRAIT_BASE_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/units.h"

enum { REGEX_MAGIC = 20230612 };
#define REGEX_MAX_REPEAT UINT32_MAX
enum { REGEX_MAX_GROUPS = 0x3fffffff };

/* A program: header and words. Copy it anywhere as `bytes` bytes, 8-aligned. */
typedef struct Regex {
    uint32_t bytes;
    uint32_t groups;      /* without group 0 */
    uint32_t loops;       /* counters that a run needs */
    uint32_t min_width;   /* no match is shorter */
    uint32_t literal;     /* word index of characters that every match begins with ... */
    uint32_t literal_count;  /* ... and how many; 0: none */
    uint32_t is_literal;  /* they are the whole pattern and there are no groups */
    uint32_t anchored;    /* matches only at the subject's beginning */
    uint32_t lead;        /* word index of a repeat that it begins with and that makes starts inside its run hopeless; UINT32_MAX: none */
    uint32_t filtered;    /* first_set is of use */
    uint32_t first_wide;  /* a match may begin with a character beyond 255 */
    uint32_t first_set[8];
    uint32_t words;
    uint32_t code[];
} Regex;

typedef enum RegexBuild { REGEX_BUILD_FINE, REGEX_BUILD_INVALID, REGEX_BUILD_NO_MEMORY } RegexBuild;
/* Checks the code as hostile input and translates it. *out is malloc's, for the caller to copy or free. */
RegexBuild regex_build(const uint32_t *code, size_t n, uint32_t groups, Regex **out);

typedef enum RegexStatus {
    REGEX_NO_MATCH = 0,
    REGEX_MATCH = 1,
    REGEX_NO_MEMORY = -1,
    REGEX_INTERRUPTED = -2,  /* poll said so */
} RegexStatus;

/* One subject and the state of matching on it; begin, set the public fields, match as often as wanted, end. It points
   into itself: do not move it. */
enum { REGEX_SPACE = 192 };
typedef struct RegexRun {
    const Regex *regex;
    Units subject;      /* what lies before `start` is seen by lookbehind and anchors; cut it at the end position */
    size_t start;       /* where to match, or to search from */
    bool full;          /* the match must reach the subject's end */
    bool must_advance;  /* an empty match at `start` does not count */
    bool (*poll)(void *context);  /* false: give up; may be NULL */
    void *poll_context;

    /* The result. Group i (from 1) is marks[2i-2], marks[2i-1]; negative when it did not take part. */
    size_t match_start, match_end;
    int64_t last_index;  /* the last group closed, -1: none */
    int64_t *marks;

    /* Private. */
    struct RegexBack *stack, *stack_limit;
    struct RegexLoop *loops;
    void *heap;   /* the stack, when it has grown */
    void *block;  /* marks and loops, when they are many */
    unsigned poll_count;
    bool marks_dirty;
    bool prefix_asked;      /* whether `prefix` is of use ... */
    uint8_t prefix_known;   /* ... as it is for so many places: see regex_prefix; 0: not */
    uint8_t prefix_wide;
    uint8_t prefix[256];
    uint64_t space[REGEX_SPACE];  /* marks, loops and the stack's first piece, where they fit */
} RegexRun;

/* False: no memory. regex_run_end also after failure. */
bool regex_run_begin(RegexRun *run, const Regex *regex, Units subject);
void regex_run_end(RegexRun *run);

RegexStatus regex_match(RegexRun *run);   /* at `start` exactly */
RegexStatus regex_search(RegexRun *run);  /* at `start` or the first place after it */

/* For the compiler of patterns. */
static inline uint32_t regex_ascii_lower(uint32_t c) { return c - 'A' < 26 ? c + 32 : c; }
bool regex_ascii_is_cased(uint32_t c);
bool regex_unicode_is_cased(uint32_t c);

#endif

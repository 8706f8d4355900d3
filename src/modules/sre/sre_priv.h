/* _sre inside: patterns, matches, templates, and the subject of a match. The engine is base/regex. */
#ifndef KRAIT_MODULES_SRE_PRIV_H
#define KRAIT_MODULES_SRE_PRIV_H

#include "base/regex.h"
#include "modules/module.h"
#include "object/buffer.h"
#include "object/instance.h"

/* re.Pattern */
typedef struct Pattern {
    Object head;
    Value pattern;     /* str, bytes-like or None */
    Value groupindex;  /* dict: name -> number */
    Value indexgroup;  /* tuple: name of each group or None */
    Regex *regex;      /* raw heap block */
    int64_t groups;
    int32_t flags;
    int8_t is_bytes;   /* -1: any subject will do */
    void *ext;
} Pattern;

/* re.Match. marks[2i], marks[2i+1]: the span of group i, -1 when it did not take part; group 0 is the match. */
typedef struct Match {
    Object head;
    Value string;      /* the subject; None when it is gone */
    Pattern *pattern;
    Value regs;        /* tuple of spans, VNULL until asked for */
    int64_t pos, endpos;
    int64_t last_index; /* -1: none */
    int64_t groups;    /* with group 0 */
    int64_t marks[];
} Match;

/* What a replacement text was compiled to: literal, then pairs of a group and a literal. */
typedef struct Template {
    Object head;
    Value literal;     /* the text in front, VNULL: empty */
    int64_t length;    /* values in items */
    Value items[];     /* group (int), literal (VNULL: empty), ... */
} Template;

/* A subject while it is matched. */
typedef struct Subject {
    RegexRun run;
    Value string;      /* borrowed */
    Buffer buffer;     /* of a bytes-like subject */
    bool has_buffer;
    bool is_bytes;
    int64_t pos, endpos;
} Subject;

/* The units of a str or bytes-like object; *buffer is to be released when *has_buffer. */
bool subject_units(Thread *t, Value string, Units *units, bool *is_bytes, Buffer *buffer, bool *has_buffer);
/* pos and endpos are clamped. subject_end also releases what a failed begin left. */
bool subject_begin(Thread *t, Subject *s, Pattern *pattern, Value string, int64_t pos, int64_t endpos) MUST_USE;
void subject_end(Thread *t, Subject *s);
/* 1 match, 0 none, -1 exception pending */
int subject_search(Thread *t, Subject *s);
int subject_match(Thread *t, Subject *s);
/* A part of the subject as str or bytes. */
Value subject_slice(Thread *t, Subject *s, int64_t start, int64_t end);
/* Group i of the match just found; what did not take part gives `absent` (owned by the caller, referenced anew), or
 * an empty text where that is VNULL. */
Value subject_group(Thread *t, Subject *s, int64_t group, Value absent);
/* After a match: where and how the next search begins. */
void subject_advance(Subject *s);

Value match_new(Thread *t, Pattern *pattern, const Subject *s);
Value match_group(Thread *t, Match *m, int64_t group, Value absent);
/* The text that a template gives for a match. */
Value template_expand(Thread *t, Template *template, Match *m);
/* re._compile_template(pattern, text) */
Value template_compile(Thread *t, Pattern *pattern, Value text);

/* repr(v), cut to so many characters. */
Value sre_short_repr(Thread *t, Value v, int64_t most);

Value pattern_sub(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value pattern_subn(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value sre_template(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value sre_class_getitem(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value sre_return_self(Thread *t, Value *args, uint32_t nargs, Value kwnames);

extern const TypeDef typedef_re_Pattern, typedef_re_Match, typedef_re_Scanner, typedef_re_Template;

#endif

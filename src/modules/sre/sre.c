/* _sre: re.Pattern, its scanner, and the module. */
#include "modules/sre/sre_priv.h"

#include <stdlib.h>

#include "base/unicode.h"
#include "object/bytes.h"
#include "types/iterators.h"

Value sre_return_self(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return new_ref(args[0]); }

Value sre_class_getitem(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return call_2(t, v_from(builtin_type(t, T_GenericAlias)), args[0], args[1]);
}

Value sre_short_repr(Thread *t, Value v, int64_t most) {
    Value text = repr_of(t, v);
    if (is_null(text) || str_len(V_AS(Str, text)) <= most) return text;
    Value part = str_substring(t, text, 0, most);
    decref(t, text);
    return part;
}

/* --- Compiling --------------------------------------------------------------------------------------------------------------- */

/* The code words of a list; a raw heap block, NULL: exception pending. */
static uint32_t *code_words(Thread *t, Value list) {
    int64_t n = list_len(list);
    uint32_t *words = heap_alloc(t, (size_t)n * sizeof *words);
    if (words == NULL) return NULL;
    for (int64_t i = 0; i < n; i++) {
        uint64_t word = 0;
        if (i >= list_len(list)) break;
        Value item = list_at(list, i);
        bool fits;
        if (is_int(t, item)) {
            fits = int_to_u64(t, item, &word) && word <= UINT32_MAX;
        } else {
            fits = err_fail(t, T_TypeError, "an integer is required");
        }
        if (!fits) {
            if (!err_pending(t) || err_is(t, T_OverflowError)) {
                err_clear(t);
                err_raise(t, T_OverflowError, "regular expression code size limit exceeded");
            }
            heap_free(t, words);
            return NULL;
        }
        words[i] = (uint32_t)word;
    }
    return words;
}

static bool compile_code(Thread *t, Pattern *p, Value list) {
    int64_t n = list_len(list);
    uint32_t *words = code_words(t, list);
    if (words == NULL) return false;
    Regex *built = NULL;
    bool groups_fit = p->groups >= 0 && p->groups <= REGEX_MAX_GROUPS;
    RegexBuild status = groups_fit ? regex_build(words, (size_t)n, (uint32_t)p->groups, &built) : REGEX_BUILD_INVALID;
    heap_free(t, words);
    if (status == REGEX_BUILD_NO_MEMORY) return err_no_memory_fail(t);
    if (status == REGEX_BUILD_INVALID) return err_fail(t, T_RuntimeError, "invalid SRE code");
    p->regex = heap_alloc(t, built->bytes);
    if (p->regex != NULL) memcpy(p->regex, built, built->bytes);
    free(built);
    return p->regex != NULL;
}

static Value sre_compile(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t flags;
    int64_t groups;
    if (!arg_i32(t, args[1], &flags)) return VNULL;
    if (!is_list(t, args[2])) return err_raise(t, T_TypeError, "compile() argument 'code' must be list, not %T", args[2]);
    if (!number_to_index(t, args[3], &groups, T_OverflowError)) return VNULL;
    if (!is_dict(t, args[4])) return err_raise(t, T_TypeError, "compile() argument 'groupindex' must be dict, not %T", args[4]);
    if (!is_tuple(t, args[5])) return err_raise(t, T_TypeError, "compile() argument 'indexgroup' must be tuple, not %T", args[5]);
    int8_t is_bytes = -1;
    if (!is_none(args[0])) {
        Units units;
        bool bytes, has;
        Buffer buffer;
        if (!subject_units(t, args[0], &units, &bytes, &buffer, &has)) return VNULL;
        if (has) buffer_release(t, &buffer);
        is_bytes = bytes;
    }
    Value v = object_new(t, builtin_type(t, T_re_Pattern));
    if (is_null(v)) return VNULL;
    Pattern *p = V_AS(Pattern, v);
    p->pattern = new_ref(args[0]);
    p->groupindex = new_ref(args[4]);
    p->indexgroup = new_ref(args[5]);
    p->groups = groups;
    p->flags = flags;
    p->is_bytes = is_bytes;
    if (!compile_code(t, p, args[2])) {
        decref(t, v);
        return VNULL;
    }
    return object_done(t, v);
}

/* --- Matching ---------------------------------------------------------------------------------------------------------------- */

static bool positions(Thread *t, Value *args, int64_t *pos, int64_t *endpos) {
    *pos = 0;
    *endpos = INT64_MAX;
    if (!is_null(args[2]) && !number_to_index(t, args[2], pos, T_OverflowError)) return false;
    return is_null(args[3]) || number_to_index(t, args[3], endpos, T_OverflowError);
}

enum Way { WAY_MATCH, WAY_FULLMATCH, WAY_SEARCH };

static Value find(Thread *t, Value *args, enum Way way) {
    int64_t pos, endpos;
    if (!positions(t, args, &pos, &endpos)) return VNULL;
    Pattern *p = V_AS(Pattern, args[0]);
    Subject s;
    Value result = VNULL;
    if (subject_begin(t, &s, p, args[1], pos, endpos)) {
        s.run.full = way == WAY_FULLMATCH;
        int found = way == WAY_SEARCH ? subject_search(t, &s) : subject_match(t, &s);
        if (found >= 0) result = found ? match_new(t, p, &s) : V_NONE;
    }
    subject_end(t, &s);
    return result;
}

static Value pattern_match(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return find(t, args, WAY_MATCH); }
static Value pattern_fullmatch(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return find(t, args, WAY_FULLMATCH); }
static Value pattern_search(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return find(t, args, WAY_SEARCH); }

/* What findall lists of one match. */
static Value findall_item(Thread *t, Subject *s, int64_t groups) {
    if (groups <= 1) return subject_group(t, s, groups, VNULL);
    Value item = tuple_new(t, groups);
    for (int64_t i = 0; !is_null(item) && i < groups; i++) {
        Value part = subject_group(t, s, i + 1, VNULL);
        if (is_null(part)) {
            decref(t, item);
            return VNULL;
        }
        V_AS(Tuple, item)->items[i] = part;
    }
    return is_null(item) ? item : tuple_done(t, item);
}

static Value pattern_findall(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t pos, endpos;
    if (!positions(t, args, &pos, &endpos)) return VNULL;
    Pattern *p = V_AS(Pattern, args[0]);
    Subject s;
    Value list = VNULL;
    if (subject_begin(t, &s, p, args[1], pos, endpos) && !is_null(list = list_new(t, 0))) {
        int found;
        while ((found = subject_search(t, &s)) == 1) {
            Value item = findall_item(t, &s, p->groups);
            if (is_null(item) || !list_append_take(t, V_AS(List, list), item)) {
                found = -1;
                break;
            }
            subject_advance(&s);
        }
        if (found < 0) slot_clear(t, &list);
    }
    subject_end(t, &s);
    return list;
}

static bool split_at(Thread *t, Subject *s, Value list, int64_t last, int64_t groups) {
    Value part = subject_slice(t, s, last, (int64_t)s->run.match_start);
    for (int64_t i = 1;; i++) {
        if (is_null(part) || !list_append_take(t, V_AS(List, list), part)) return false;
        if (i > groups) return true;
        part = subject_group(t, s, i, V_NONE);
    }
}

static Value pattern_split(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t limit = 0, count = 0, last = 0;
    if (!is_null(args[2]) && !number_to_index(t, args[2], &limit, T_OverflowError)) return VNULL;
    Pattern *p = V_AS(Pattern, args[0]);
    Subject s;
    Value list = VNULL;
    if (subject_begin(t, &s, p, args[1], 0, INT64_MAX) && !is_null(list = list_new(t, 0))) {
        int found = 0;
        while ((limit == 0 || count < limit) && (found = subject_search(t, &s)) == 1) {
            if (!split_at(t, &s, list, last, p->groups)) {
                found = -1;
                break;
            }
            count++;
            last = (int64_t)s.run.match_end;
            subject_advance(&s);
        }
        Value rest = found < 0 ? VNULL : subject_slice(t, &s, last, s.endpos);
        if (is_null(rest) || !list_append_take(t, V_AS(List, list), rest)) slot_clear(t, &list);
    }
    subject_end(t, &s);
    return list;
}

/* --- Scanners: a search that goes on where it stopped --------------------------------------------------------------------------- */

typedef struct Scanner {
    Object head;
    Value pattern, string;
    int64_t pos, endpos, start;
    bool must_advance, exhausted, executing;
    bool has_buffer;
    Buffer buffer;  /* kept, so that a bytearray cannot change its size meanwhile */
} Scanner;

static Value scanner_new(Thread *t, Value *args) {
    int64_t pos, endpos;
    if (!positions(t, args, &pos, &endpos)) return VNULL;
    /* Refuse a wrong subject now. */
    Subject s;
    bool good = subject_begin(t, &s, V_AS(Pattern, args[0]), args[1], pos, endpos);
    Scanner *scanner = good ? heap_object(t, SHAPE_re_Scanner, sizeof(Scanner)) : NULL;
    if (scanner == NULL) {
        subject_end(t, &s);
        return VNULL;
    }
    scanner->has_buffer = s.has_buffer;
    if (s.has_buffer) scanner->buffer = s.buffer;
    s.has_buffer = false;
    pos = s.pos;
    endpos = s.endpos;
    subject_end(t, &s);
    scanner->pattern = new_ref(args[0]);
    scanner->string = new_ref(args[1]);
    scanner->pos = scanner->start = pos;
    scanner->endpos = endpos;
    scanner->must_advance = scanner->exhausted = scanner->executing = false;
    gc_track(t, scanner);
    return v_from(scanner);
}

static Value scanner_step(Thread *t, Value self, bool search) {
    Scanner *scanner = V_AS(Scanner, self);
    if (scanner->executing) return err_raise(t, T_ValueError, "regular expression scanner already executing");
    if (scanner->exhausted) return V_NONE;
    Pattern *p = V_AS(Pattern, scanner->pattern);
    Subject s;
    Value result = VNULL;
    scanner->executing = true;
    incref(self);
    if (subject_begin(t, &s, p, scanner->string, scanner->pos, scanner->endpos)) {
        s.run.start = (size_t)scanner->start;
        s.run.must_advance = scanner->must_advance;
        int found = search ? subject_search(t, &s) : subject_match(t, &s);
        if (found == 0) {
            scanner->exhausted = true;
            result = V_NONE;
        } else if (found > 0) {
            result = match_new(t, p, &s);
            subject_advance(&s);
            scanner->start = (int64_t)s.run.start;
            scanner->must_advance = s.run.must_advance;
        }
    }
    subject_end(t, &s);
    scanner->executing = false;
    decref(t, self);
    return result;
}

static Value scanner_match(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return scanner_step(t, args[0], false); }
static Value scanner_search(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return scanner_step(t, args[0], true); }

static void scanner_destroy(Thread *t, Object *self) {
    Scanner *scanner = (Scanner *)self;
    if (scanner->has_buffer) buffer_release(t, &scanner->buffer);
}

static int scanner_traverse(Object *self, VisitFn visit, void *context) {
    Scanner *scanner = (Scanner *)self;
    return scanner->has_buffer && !is_null(scanner->buffer.object) ? visit(scanner->buffer.object, context) : 0;
}

static const MethodDef scanner_methods[] = {
    {"match", "($self, /)", NULL, scanner_match},
    {"search", "($self, /)", NULL, scanner_search},
    {NULL},
};
static const MemberDef scanner_members[] = {
    {"pattern", MK_VALUE, MEMBER_READONLY, offsetof(Scanner, pattern), NULL},
    {NULL},
};
static const Field scanner_fields[] = {FIELD_VALUE(Scanner, pattern), FIELD_VALUE(Scanner, string)};

const TypeDef typedef_re_Scanner = {
    .name = "_sre.SRE_Scanner",
    .flags = TF_NO_NEW | TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(Scanner),
    FIELDS(scanner_fields),
    .methods = scanner_methods,
    .members = scanner_members,
    .slots = {.destroy = scanner_destroy, .traverse = scanner_traverse},
};

static Value pattern_scanner(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return scanner_new(t, args); }

static Value pattern_finditer(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value scanner = scanner_new(t, args);
    if (is_null(scanner)) return VNULL;
    Value search = attr_get_cstr(t, scanner, "search");
    decref(t, scanner);
    if (is_null(search)) return VNULL;
    Value iterator = callable_iterator_new(t, search, V_NONE);
    decref(t, search);
    return iterator;
}

/* --- The type Pattern ------------------------------------------------------------------------------------------------------------- */

static Value get_groupindex(Thread *t, Value self, void *closure) {
    Value names = V_AS(Pattern, self)->groupindex;
    return dict_len(names) == 0 ? dict_new(t) : call_1(t, v_from(builtin_type(t, T_mappingproxy)), names);
}

static Value slot_repr(Thread *t, Value self) {
    static const struct {
        const char *name;
        uint32_t flag;
    } names[] = {{"re.IGNORECASE", 2}, {"re.LOCALE", 4}, {"re.MULTILINE", 8}, {"re.DOTALL", 16},
                 {"re.UNICODE", 32}, {"re.VERBOSE", 64}, {"re.DEBUG", 128}, {"re.ASCII", 256}};
    Pattern *p = V_AS(Pattern, self);
    uint32_t flags = (uint32_t)p->flags;
    if (p->is_bytes == 0 && (flags & (4 | 32 | 256)) == 32) flags &= ~(uint32_t)32;
    Value pattern = sre_short_repr(t, p->pattern, 200);
    if (is_null(pattern)) return VNULL;
    StrBuilder b;
    str_builder_init(&b);
    bool begun = str_builder_format(t, &b, "re.compile(%U", pattern);
    decref(t, pattern);
    if (!begun) return VNULL;
    const char *between = ", ";
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!(flags & names[i].flag)) continue;
        flags &= ~names[i].flag;
        if (!str_builder_format(t, &b, "%s%s", between, names[i].name)) return VNULL;
        between = "|";
    }
    if (flags && !str_builder_format(t, &b, "%s0x%x", between, flags)) return VNULL;
    if (!str_builder_char(t, &b, ')')) return VNULL;
    return str_builder_finish(t, &b);
}

static Value slot_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if ((op != CMP_EQ && op != CMP_NE) || !IS_EXACT(a, re_Pattern) || !IS_EXACT(b, re_Pattern)) return V_NOTIMPL;
    Pattern *p = V_AS(Pattern, a), *q = V_AS(Pattern, b);
    int same_pattern = p == q;
    if (!same_pattern && p->flags == q->flags && p->is_bytes == q->is_bytes && p->regex->bytes == q->regex->bytes &&
        memcmp(p->regex, q->regex, p->regex->bytes) == 0) {
        same_pattern = equal(t, p->pattern, q->pattern);
        if (same_pattern < 0) return VNULL;
    }
    return v_bool(same_pattern == (op == CMP_EQ));
}

static bool slot_hash(Thread *t, Value self, int64_t *hash) {
    Pattern *p = V_AS(Pattern, self);
    if (!hash_of(t, p->pattern, hash)) return false;
    *hash ^= (int64_t)p->flags << 8 ^ p->is_bytes ^ (int64_t)p->regex->bytes << 20;
    if (*hash == -1) *hash = -2;
    return true;
}

static const MethodDef pattern_methods[] = {
    {"match", "($self, /, string, pos=0, endpos=sys.maxsize)", "Match at the beginning of the string, or at pos.", pattern_match},
    {"fullmatch", "($self, /, string, pos=0, endpos=sys.maxsize)", "Match all of the string.", pattern_fullmatch},
    {"search", "($self, /, string, pos=0, endpos=sys.maxsize)", "Find the first place that matches; None when there is none.", pattern_search},
    {"sub", "($self, /, repl, string, count=0)", "The string with the leftmost matches replaced.", pattern_sub},
    {"subn", "($self, /, repl, string, count=0)", "As sub(), with the number of replacements: a pair.", pattern_subn},
    {"findall", "($self, /, string, pos=0, endpos=sys.maxsize)", "A list of all matches that do not overlap.", pattern_findall},
    {"split", "($self, /, string, maxsplit=0)", "Split the string at the matches.", pattern_split},
    {"finditer", "($self, /, string, pos=0, endpos=sys.maxsize)", "An iterator over all matches that do not overlap.", pattern_finditer},
    {"scanner", "($self, /, string, pos=0, endpos=sys.maxsize)", NULL, pattern_scanner},
    {"__copy__", "($self, /)", NULL, sre_return_self},
    {"__deepcopy__", "($self, memo, /)", NULL, sre_return_self},
    {"__class_getitem__", "($type, object, /)", "See PEP 585", sre_class_getitem, MF_CLASS},
    {NULL},
};
static const GetSetDef pattern_getsets[] = {
    {"groupindex", get_groupindex, NULL, "The groups' names and numbers."},
    {NULL},
};
static const MemberDef pattern_members[] = {
    {"pattern", MK_VALUE, MEMBER_READONLY, offsetof(Pattern, pattern), "What it was compiled from."},
    {"flags", MK_INT32, MEMBER_READONLY, offsetof(Pattern, flags), "The flags in force."},
    {"groups", MK_INT64, MEMBER_READONLY, offsetof(Pattern, groups), "The number of groups."},
    {NULL},
};
static const Field pattern_fields[] = {FIELD_VALUE(Pattern, pattern), FIELD_VALUE(Pattern, groupindex), FIELD_VALUE(Pattern, indexgroup),
                                       FIELD_BUFFER(Pattern, regex)};

const TypeDef typedef_re_Pattern = {
    .name = "re.Pattern",
    .doc = "A compiled regular expression.",
    .flags = TF_NO_NEW | TF_GC | TF_IMMUTABLE | TF_MODULE_NAME | TF_WEAKREF | TF_EXT,
    .size = sizeof(Pattern),
    .ext_offset = offsetof(Pattern, ext),
    FIELDS(pattern_fields),
    .methods = pattern_methods,
    .getsets = pattern_getsets,
    .members = pattern_members,
    .slots = {.repr = slot_repr, .compare = slot_compare, .hash = slot_hash},
};

/* --- The module ------------------------------------------------------------------------------------------------------------------- */

static Value sre_getcodesize(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint(4); }

static Value sre_ascii_iscased(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t c;
    return arg_i32(t, args[0], &c) ? v_bool(regex_ascii_is_cased((uint32_t)c)) : VNULL;
}
static Value sre_unicode_iscased(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t c;
    return arg_i32(t, args[0], &c) ? v_bool(regex_unicode_is_cased((uint32_t)c)) : VNULL;
}
static Value sre_ascii_tolower(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t c;
    return arg_i32(t, args[0], &c) ? v_smallint((int32_t)regex_ascii_lower((uint32_t)c)) : VNULL;
}
static Value sre_unicode_tolower(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t c;
    return arg_i32(t, args[0], &c) ? v_smallint((int32_t)unicode_simple_lower((uint32_t)c)) : VNULL;
}

static const MethodDef functions[] = {
    {"compile", "($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)", NULL, sre_compile},
    {"template", "($module, pattern, template, /)", "A replacement text as literals and group numbers in turn.", sre_template},
    {"getcodesize", "($module, /)", NULL, sre_getcodesize, 0, FX_PURE | FX_NO_PYTHON},
    {"ascii_iscased", "($module, character, /)", NULL, sre_ascii_iscased},
    {"unicode_iscased", "($module, character, /)", NULL, sre_unicode_iscased},
    {"ascii_tolower", "($module, character, /)", NULL, sre_ascii_tolower},
    {"unicode_tolower", "($module, character, /)", NULL, sre_unicode_tolower},
    {NULL},
};

static bool make_type(Thread *t, enum TypeId id, const TypeDef *def) { return type_boot(t, id, T_object, def); }

static bool exec(Thread *t, Value module) {
    return make_type(t, T_re_Pattern, &typedef_re_Pattern) && make_type(t, T_re_Match, &typedef_re_Match) &&
           make_type(t, T_re_Scanner, &typedef_re_Scanner) && make_type(t, T_re_Template, &typedef_re_Template) &&
           module_add_int(t, module, "MAGIC", REGEX_MAGIC) && module_add_int(t, module, "CODESIZE", 4) &&
           module_add_int(t, module, "MAXREPEAT", REGEX_MAX_REPEAT) && module_add_int(t, module, "MAXGROUPS", REGEX_MAX_GROUPS) &&
           module_add_cstr(t, module, "copyright", "Krait's regular expressions");
}

const ModuleDef module_sre = {
    .name = "_sre",
    .functions = functions,
    .exec = exec,
};

/* re.Match: what a match found. */
#include "modules/sre/sre_priv.h"

#include "object/bytes.h"

Value match_new(Thread *t, Pattern *pattern, const Subject *s) {
    int64_t groups = pattern->groups + 1;
    Match *m = heap_object(t, SHAPE_re_Match, sizeof(Match) + 2 * (size_t)groups * sizeof(int64_t));
    if (m == NULL) return VNULL;
    m->string = new_ref(s->string);
    obj_incref(pattern);
    m->pattern = pattern;
    m->regs = VNULL;
    m->pos = s->pos;
    m->endpos = s->endpos;
    m->last_index = s->run.last_index;
    m->groups = groups;
    m->marks[0] = (int64_t)s->run.match_start;
    m->marks[1] = (int64_t)s->run.match_end;
    for (int64_t i = 1; i < groups; i++) {
        int64_t start = s->run.marks[2 * i - 2], end = s->run.marks[2 * i - 1];
        bool took_part = start >= 0 && end >= start;
        m->marks[2 * i] = took_part ? start : -1;
        m->marks[2 * i + 1] = took_part ? end : -1;
    }
    gc_track(t, m);
    return v_from(m);
}

Value match_group(Thread *t, Match *m, int64_t group, Value absent) {
    int64_t start = m->marks[2 * group], end = m->marks[2 * group + 1];
    if (start < 0) return new_ref(absent);
    Units units;
    bool is_bytes, has_buffer;
    Buffer buffer;
    if (is_none(m->string)) return new_ref(absent);
    if (IS_EXACT(m->string, str)) return str_substring(t, m->string, start, end);
    if (!subject_units(t, m->string, &units, &is_bytes, &buffer, &has_buffer)) return VNULL;
    /* A bytearray may have shrunk since. */
    int64_t length = (int64_t)units.len;
    if (end > length) end = length;
    if (start > end) start = end;
    Value part = !is_bytes ? str_substring(t, m->string, start, end)
                 : IS_EXACT(m->string, bytes) && start == 0 && end == length
                     ? new_ref(m->string) : bytes_new(t, (const char *)units.data + start, end - start);
    if (has_buffer) buffer_release(t, &buffer);
    return part;
}

/* The number of the group that `index` names; -1: exception pending. */
static int64_t group_index(Thread *t, Match *m, Value index) {
    if (is_null(index)) return 0;
    int64_t i = -1;
    if (has_index(t, index)) {
        Value number = number_index(t, index);
        if (is_null(number)) return -1;
        i = int_clamp_i64(number);
        decref(t, number);
    } else if (dict_len(m->pattern->groupindex) > 0) {
        Value number = dict_get(t, m->pattern->groupindex, index);
        if (is_null(number) && err_pending(t)) return -1;
        if (!is_null(number) && is_int(t, number)) i = int_clamp_i64(number);
    }
    if (i < 0 || i >= m->groups) {
        err_raise(t, T_IndexError, "no such group");
        return -1;
    }
    return i;
}

static Value group_by(Thread *t, Match *m, Value index, Value absent) {
    int64_t i = group_index(t, m, index);
    return i < 0 ? VNULL : match_group(t, m, i, absent);
}

static Value group(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Match *m = V_AS(Match, args[0]);
    if (!call_no_keywords(t, "group", kwnames)) return VNULL;
    if (nargs == 1) return match_group(t, m, 0, V_NONE);
    if (nargs == 2) return group_by(t, m, args[1], V_NONE);
    Value result = tuple_new(t, nargs - 1);
    for (uint32_t i = 1; !is_null(result) && i < nargs; i++) {
        Value item = group_by(t, m, args[i], V_NONE);
        if (is_null(item)) {
            decref(t, result);
            return VNULL;
        }
        V_AS(Tuple, result)->items[i - 1] = item;
    }
    return is_null(result) ? result : tuple_done(t, result);
}

static Value slot_getitem(Thread *t, Value self, Value key) { return group_by(t, V_AS(Match, self), key, V_NONE); }

static Value groups(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Match *m = V_AS(Match, args[0]);
    Value absent = is_null(args[1]) ? V_NONE : args[1];
    Value result = tuple_new(t, m->groups - 1);
    for (int64_t i = 1; !is_null(result) && i < m->groups; i++) {
        Value item = match_group(t, m, i, absent);
        if (is_null(item)) {
            decref(t, result);
            return VNULL;
        }
        V_AS(Tuple, result)->items[i - 1] = item;
    }
    return is_null(result) ? result : tuple_done(t, result);
}

static Value groupdict(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Match *m = V_AS(Match, args[0]);
    Value absent = is_null(args[1]) ? V_NONE : args[1];
    Value result = dict_new(t);
    if (is_null(result)) return VNULL;
    uint32_t pos = 0;
    Value names = new_ref(m->pattern->groupindex), name, number;
    while (dict_next(names, &pos, &name, &number)) {
        incref(name);
        Value item = group_by(t, m, number, absent);
        bool stored = !is_null(item) && dict_set(t, result, name, item);
        decref_maybe(t, item);
        decref(t, name);
        if (!stored) {
            decref(t, result);
            result = VNULL;
            break;
        }
    }
    decref(t, names);
    return result;
}

static Value start(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t i = group_index(t, V_AS(Match, args[0]), args[1]);
    return i < 0 ? VNULL : v_smallint(V_AS(Match, args[0])->marks[2 * i]);
}

static Value end(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t i = group_index(t, V_AS(Match, args[0]), args[1]);
    return i < 0 ? VNULL : v_smallint(V_AS(Match, args[0])->marks[2 * i + 1]);
}

static Value span_of(Thread *t, const Match *m, int64_t i) {
    return tuple_of(t, 2, v_smallint(m->marks[2 * i]), v_smallint(m->marks[2 * i + 1]));
}

static Value span(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t i = group_index(t, V_AS(Match, args[0]), args[1]);
    return i < 0 ? VNULL : span_of(t, V_AS(Match, args[0]), i);
}

static Value expand(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Match *m = V_AS(Match, args[0]);
    Value template = template_compile(t, m->pattern, args[1]);
    if (is_null(template)) return VNULL;
    Value text = template_expand(t, V_AS(Template, template), m);
    decref(t, template);
    return text;
}

static Value get_lastindex(Thread *t, Value self, void *closure) {
    int64_t i = V_AS(Match, self)->last_index;
    return i < 0 ? V_NONE : v_smallint(i);
}

static Value get_lastgroup(Thread *t, Value self, void *closure) {
    Match *m = V_AS(Match, self);
    Value names = m->pattern->indexgroup;
    if (m->last_index < 0 || m->last_index >= tuple_len(names)) return V_NONE;
    return new_ref(tuple_at(names, m->last_index));
}

static Value get_regs(Thread *t, Value self, void *closure) {
    Match *m = V_AS(Match, self);
    if (!is_null(m->regs)) return new_ref(m->regs);
    Value regs = tuple_new(t, m->groups);
    for (int64_t i = 0; !is_null(regs) && i < m->groups; i++) {
        Value item = span_of(t, m, i);
        if (is_null(item)) {
            decref(t, regs);
            return VNULL;
        }
        V_AS(Tuple, regs)->items[i] = item;
    }
    if (is_null(regs)) return regs;
    regs = tuple_done(t, regs);
    if (is_null(m->regs)) m->regs = new_ref(regs);
    return regs;
}

static Value get_re(Thread *t, Value self, void *closure) { return ref_of(V_AS(Match, self)->pattern); }

static Value slot_repr(Thread *t, Value self) {
    Match *m = V_AS(Match, self);
    Value text = match_group(t, m, 0, V_NONE);
    if (is_null(text)) return VNULL;
    Value shown = sre_short_repr(t, text, 50);
    decref(t, text);
    if (is_null(shown)) return VNULL;
    Value result = str_format(t, "<%T object; span=(%lld, %lld), match=%U>", self, (long long)m->marks[0], (long long)m->marks[1], shown);
    decref(t, shown);
    return result;
}

static const MethodDef methods[] = {
    {"group", NULL, "group([group1, ...]) -> text or tuple of texts\n\nThe text of one or several groups, by number or name; group 0 is the whole match.", group},
    {"groups", "($self, /, default=None)", "A tuple of all groups' texts, with the default for those that took no part.", groups},
    {"groupdict", "($self, /, default=None)", "A dict of all named groups' texts.", groupdict},
    {"start", "($self, group=0, /)", "Where the group's text begins; -1 when it took no part.", start},
    {"end", "($self, group=0, /)", "Where the group's text ends.", end},
    {"span", "($self, group=0, /)", "The pair (start, end) of a group.", span},
    {"expand", "($self, /, template)", "The template with its group references replaced, as sub() does it.", expand},
    {"__copy__", "($self, /)", NULL, sre_return_self},
    {"__deepcopy__", "($self, memo, /)", NULL, sre_return_self},
    {"__class_getitem__", "($type, object, /)", "See PEP 585", sre_class_getitem, MF_CLASS},
    {NULL},
};

static const GetSetDef getsets[] = {
    {"lastindex", get_lastindex, NULL, "The number of the last group that matched, or None."},
    {"lastgroup", get_lastgroup, NULL, "The name of the last group that matched, or None."},
    {"regs", get_regs, NULL, "The spans of all groups."},
    {"re", get_re, NULL, "The pattern."},
    {NULL},
};

static const MemberDef members[] = {
    {"string", MK_VALUE, MEMBER_READONLY, offsetof(Match, string), "The subject."},
    {"pos", MK_INT64, MEMBER_READONLY, offsetof(Match, pos), "Where matching began."},
    {"endpos", MK_INT64, MEMBER_READONLY, offsetof(Match, endpos), "Where the subject was cut."},
    {NULL},
};

static const Field fields[] = {FIELD_VALUE(Match, string), FIELD_POINTER(Match, pattern), FIELD_VALUE(Match, regs)};

const TypeDef typedef_re_Match = {
    .name = "re.Match",
    .doc = "What re.match() and re.search() answer when they find something. Always true.",
    .flags = TF_NO_NEW | TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(Match),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.repr = slot_repr, .getitem = slot_getitem},
};

/* Replacing: templates, sub and subn. */
#include "modules/sre/sre_priv.h"

#include "base/buf.h"
#include "base/find.h"
#include "object/bytes.h"

/* --- Templates ------------------------------------------------------------------------------------------------------------ */

static bool is_empty_text(Thread *t, Value v) {
    if (is_str(t, v)) return str_len(V_AS(Str, v)) == 0;
    return IS_EXACT(v, bytes) && V_AS(Bytes, v)->length == 0;
}

/* A literal of a template: VNULL stands for an empty one. */
static Value literal_of(Thread *t, Value v) { return is_empty_text(t, v) ? VNULL : new_ref(v); }

Value sre_template(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value list = args[1];
    if (!is_list(t, list)) return err_raise(t, T_TypeError, "template() argument 2 must be list, not %T", list);
    int64_t n = list_len(list);
    if ((n & 1) == 0) return err_raise(t, T_TypeError, "invalid template");
    Template *template = heap_object(t, SHAPE_re_Template, sizeof(Template) + (size_t)(n - 1) * sizeof(Value));
    if (template == NULL) return VNULL;
    template->literal = VNULL;
    template->length = n - 1;
    memset(template->items, 0, (size_t)(n - 1) * sizeof(Value));
    template->literal = literal_of(t, list_at(list, 0));
    for (int64_t i = 1; i < n; i += 2) {
        Value group = list_at(list, i);
        if (!is_smallint(group) || smallint_get(group) < 0) {
            decref(t, v_from(template));
            return err_raise(t, T_TypeError, "invalid template");
        }
        template->items[i - 1] = group;
        template->items[i] = literal_of(t, list_at(list, i + 1));
    }
    gc_track(t, template);
    return v_from(template);
}

Value template_compile(Thread *t, Pattern *pattern, Value text) {
    Value re = t->hooks->import(t, "re");
    if (is_null(re)) return VNULL;
    Value compile = attr_get_cstr(t, re, "_compile_template");
    decref(t, re);
    if (is_null(compile)) return VNULL;
    Value result = call_2(t, compile, v_from(pattern), text);
    if (is_null(result) && err_is(t, T_TypeError) && !is_str(t, text) && !is_bytes(t, text) && has_buffer(t, text)) {
        /* An unhashable text, a bytearray: as bytes it can be cached. */
        err_clear(t);
        Buffer buffer;
        if (buffer_get(t, text, &buffer, BUF_SIMPLE)) {
            Value copy = bytes_new(t, buffer.data, buffer.length);
            buffer_release(t, &buffer);
            if (!is_null(copy)) {
                result = call_2(t, compile, v_from(pattern), copy);
                decref(t, copy);
            }
        }
    }
    decref(t, compile);
    if (is_null(result) || IS_EXACT(result, re_Template)) return result;
    err_raise(t, T_RuntimeError, "the result of compiling a replacement string is %T, not re.Template", result);
    decref(t, result);
    return VNULL;
}

/* Joins a list of parts of the subject's kind; takes the list. */
static Value join_parts(Thread *t, bool is_bytes, Value list) {
    Value result;
    if (!is_bytes) {
        result = str_join(t, t->interp->empty_str, V_AS(List, list)->items, list_len(list));
    } else {
        Value join = str_intern_cstr(t, "join");
        result = is_null(join) ? VNULL : call_method_1(t, t->interp->empty_bytes, join, list);
        decref_maybe(t, join);
    }
    decref(t, list);
    return result;
}

static bool append_owned(Thread *t, Value list, Value item) { return !is_null(item) && list_append_take(t, V_AS(List, list), item); }

static bool check_group(Thread *t, int64_t group, int64_t groups) {
    return group < groups || err_fail(t, T_IndexError, "no such group");
}

Value template_expand(Thread *t, Template *template, Match *m) {
    Value list = list_new(t, template->length + 1);
    if (is_null(list)) return VNULL;
    bool is_bytes = !is_none(m->string) && !is_str(t, m->string);
    if (!is_null(template->literal) && !list_append(t, V_AS(List, list), template->literal)) goto fail;
    for (int64_t i = 0; i < template->length; i += 2) {
        int64_t group = smallint_get(template->items[i]);
        if (!check_group(t, group, m->groups)) goto fail;
        Value part = match_group(t, m, group, V_NONE);
        if (is_null(part)) goto fail;
        if (!is_none(part) && !list_append_take(t, V_AS(List, list), part)) goto fail;
        Value literal = template->items[i + 1];
        if (!is_null(literal) && !list_append(t, V_AS(List, list), literal)) goto fail;
    }
    return join_parts(t, is_bytes, list);
fail:
    decref(t, list);
    return VNULL;
}

static const Field template_fields[] = {FIELD_VALUE(Template, literal), FIELD_ITEMS(Template, items, length)};

const TypeDef typedef_re_Template = {
    .name = "_sre.SRE_Template",
    .flags = TF_NO_NEW | TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(Template),
    FIELDS(template_fields),
};

/* --- sub ------------------------------------------------------------------------------------------------------------------ */

/* How the replacement is made. */
enum How { HOW_LITERAL, HOW_TEMPLATE, HOW_CALL };

/* A replacement of the subject's kind is copied straight into the output; any other goes through a list, so that join
 * words the error. */
typedef struct Output {
    Thread *t;
    Subject *subject;
    StrBuilder text;
    Buf bytes;
} Output;

static void output_drop(Output *out) {
    str_builder_drop(out->t, &out->text);
    buf_free(&out->bytes);
}

static bool put_part(Output *out, int64_t start, int64_t end) {
    if (start >= end) return true;
    if (!out->subject->is_bytes) return str_builder_part(out->t, &out->text, out->subject->string, start, end);
    buf_bytes(&out->bytes, (const char *)out->subject->run.subject.data + start, (size_t)(end - start));
    return true;
}

static bool put_value(Output *out, Value v) {
    if (!out->subject->is_bytes) return str_builder_str(out->t, &out->text, v);
    buf_bytes(&out->bytes, V_AS(Bytes, v)->data, (size_t)V_AS(Bytes, v)->length);
    return true;
}

static bool put_template(Output *out, Template *template) {
    const RegexRun *run = &out->subject->run;
    if (!is_null(template->literal) && !put_value(out, template->literal)) return false;
    for (int64_t i = 0; i < template->length; i += 2) {
        int64_t group = smallint_get(template->items[i]);
        if (!check_group(out->t, group, (int64_t)run->regex->groups + 1)) return false;
        if (group == 0) {
            if (!put_part(out, (int64_t)run->match_start, (int64_t)run->match_end)) return false;
        } else if (run->marks[2 * group - 2] >= 0 && !put_part(out, run->marks[2 * group - 2], run->marks[2 * group - 1])) {
            return false;
        }
        Value literal = template->items[i + 1];
        if (!is_null(literal) && !put_value(out, literal)) return false;
    }
    return true;
}

static Value output_finish(Output *out) {
    Value result;
    if (!out->subject->is_bytes) {
        result = str_builder_finish(out->t, &out->text);
    } else {
        result = out->bytes.failed ? err_no_memory(out->t) : bytes_new(out->t, out->bytes.data ? out->bytes.data : "", (int64_t)out->bytes.len);
    }
    buf_free(&out->bytes);
    return result;
}

/* Literal or template of the subject's own kind. */
static Value replace_directly(Thread *t, Subject *s, Value how_value, enum How how, int64_t limit, int64_t *count) {
    Output out = {.t = t, .subject = s};
    str_builder_init(&out.text);
    int64_t done = 0;
    int status = 0;
    while ((limit == 0 || *count < limit) && (status = subject_search(t, s)) == 1) {
        bool put = put_part(&out, done, (int64_t)s->run.match_start) &&
                   (how == HOW_LITERAL ? put_value(&out, how_value) : put_template(&out, V_AS(Template, how_value)));
        if (!put) goto fail;
        done = (int64_t)s->run.match_end;
        ++*count;
        subject_advance(s);
    }
    if (status < 0) goto fail;
    if (*count == 0) {
        output_drop(&out);
        return subject_slice(t, s, 0, s->endpos);
    }
    if (!put_part(&out, done, s->endpos)) goto fail;
    return output_finish(&out);
fail:
    output_drop(&out);
    return VNULL;
}

/* Anything: parts in a list. */
static Value replace_through_list(Thread *t, Pattern *pattern, Subject *s, Value how_value, enum How how, int64_t limit, int64_t *count) {
    Value list = list_new(t, 0);
    if (is_null(list)) return VNULL;
    int64_t done = 0;
    int status = 0;
    while ((limit == 0 || *count < limit) && (status = subject_search(t, s)) == 1) {
        int64_t start = (int64_t)s->run.match_start, end = (int64_t)s->run.match_end;
        if (done < start && !append_owned(t, list, subject_slice(t, s, done, start))) goto fail;
        Value item;
        if (how == HOW_LITERAL) {
            item = new_ref(how_value);
        } else {
            Value match = match_new(t, pattern, s);
            if (is_null(match)) goto fail;
            item = how == HOW_TEMPLATE ? template_expand(t, V_AS(Template, how_value), V_AS(Match, match)) : call_1(t, how_value, match);
            decref(t, match);
            if (is_null(item)) goto fail;
        }
        if (!is_none(item) && !list_append_take(t, V_AS(List, list), item)) goto fail;
        done = end;
        ++*count;
        subject_advance(s);
    }
    if (status < 0) goto fail;
    if (done < s->endpos && !append_owned(t, list, subject_slice(t, s, done, s->endpos))) goto fail;
    return join_parts(t, s->is_bytes, list);
fail:
    decref(t, list);
    return VNULL;
}

/* Is the replacement a text without backslashes? 1, 0, -1. */
static int is_literal(Thread *t, Value replacement) {
    if (!is_str(t, replacement) && !has_buffer(t, replacement)) return 0;
    Units units;
    bool is_bytes, has_buffer_;
    Buffer buffer;
    if (!subject_units(t, replacement, &units, &is_bytes, &buffer, &has_buffer_)) return -1;
    bool plain = find_unit(units, '\\') == FIND_NONE;
    if (has_buffer_) buffer_release(t, &buffer);
    return plain;
}

static Value substitute(Thread *t, Pattern *pattern, Value replacement, Value string, Value count_arg, bool with_count) {
    int64_t limit = 0, count = 0;
    if (!is_null(count_arg) && !number_to_index(t, count_arg, &limit, T_OverflowError)) return VNULL;
    if (limit < 0) limit = 0;
    enum How how;
    Value value = new_ref(replacement), result = VNULL;
    if (is_callable(t, replacement)) {
        how = HOW_CALL;
    } else {
        int literal = is_literal(t, replacement);
        if (literal < 0) goto done;
        how = HOW_LITERAL;
        if (!literal) {
            slot_set(t, &value, template_compile(t, pattern, replacement));
            if (is_null(value)) return VNULL;
            how = HOW_TEMPLATE;
            Template *template = V_AS(Template, value);
            if (template->length == 0 && !is_null(template->literal)) {
                slot_set(t, &value, new_ref(template->literal));
                how = HOW_LITERAL;
            }
        }
    }
    Subject s;
    if (subject_begin(t, &s, pattern, string, 0, INT64_MAX)) {
        bool direct = how == HOW_TEMPLATE || (how == HOW_LITERAL && (s.is_bytes ? IS_EXACT(value, bytes) : IS_EXACT(value, str)));
        result = direct ? replace_directly(t, &s, value, how, limit, &count)
                        : replace_through_list(t, pattern, &s, value, how, limit, &count);
    }
    subject_end(t, &s);
done:
    decref_maybe(t, value);
    if (is_null(result) || !with_count) return result;
    Value pair = tuple_of(t, 2, result, v_smallint(count));
    decref(t, result);
    return pair;
}

Value pattern_sub(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return substitute(t, V_AS(Pattern, args[0]), args[1], args[2], args[3], false);
}

Value pattern_subn(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return substitute(t, V_AS(Pattern, args[0]), args[1], args[2], args[3], true);
}

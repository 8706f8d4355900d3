/* Signatures: the texts of core/def.h parsed, and calls bound by them with the errors that CPython's generated argument
 * parsers give.
 *
 * A parsed signature is found by the address of its text, so that all functions and bound methods of one row share it.
 */
#include "ops/signature.h"

#include <stdio.h>

#include "core/errors.h"
#include "core/names.h"
#include "heap/heap.h"
#include "object/dict.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/suggest.h"

typedef struct SignatureTable {
    size_t mask, used;
    Signature *slots[];
} SignatureTable;

static size_t hash_address(const void *p) { return (size_t)(((uint64_t)p * UINT64_C(0x9E3779B97F4A7C15)) >> 32); }

static void table_put(SignatureTable *table, Signature *s) {
    size_t i = hash_address(s->text) & table->mask;
    while (table->slots[i]) i = (i + 1) & table->mask;
    table->slots[i] = s;
    table->used++;
}

static SignatureTable *table_with_room(Thread *t) {
    SignatureTable *old = t->interp->signatures;
    if (old && old->used * 2 < old->mask) return old;
    size_t slots = old ? (old->mask + 1) * 2 : 128;
    SignatureTable *table = heap_alloc_zeroed(t, sizeof *table + slots * sizeof(Signature *));
    if (table == NULL) return NULL;
    table->mask = slots - 1;
    for (size_t i = 0; old && i <= old->mask; i++)
        if (old->slots[i]) table_put(table, old->slots[i]);
    heap_free(t, old);
    t->interp->signatures = table;
    return table;
}

static const char *skip_default(const char *p) {
    int depth = 0;
    for (; *p; p++) {
        if (*p == '\'' || *p == '"') {
            char quote = *p++;
            while (*p && *p != quote) p += *p == '\\' && p[1] ? 2 : 1;
            if (!*p) break;
        } else if (*p == '(' || *p == '[' || *p == '{') {
            depth++;
        } else if (*p == ')' || *p == ']' || *p == '}') {
            if (depth-- == 0) break;
        } else if (*p == ',' && depth == 0) {
            break;
        }
    }
    return p;
}

static Signature *signature_parse(Thread *t, const char *text) {
    size_t commas = 1;
    for (const char *p = text; *p; p++) commas += *p == ',';
    Signature *s = heap_alloc_zeroed(t, sizeof *s + commas * sizeof(Value));
    if (s == NULL) return NULL;
    s->text = text;
    bool keyword_only = false;
    const char *p = text + (*text == '(');
    while (*p && *p != ')') {
        while (*p == ' ') p++;
        const char *end = skip_default(p), *name_end = p;
        while (name_end < end && *name_end != '=' && *name_end != ':' && *name_end != ' ') name_end++;
        if (*p == '$') {
            s->has_self = strncmp(p, "$module", 7) != 0;
        } else if (*p == '/') {
            s->posonly = s->total;
        } else if (p[0] == '*' && p[1] == '*') {
            s->collects_keywords = true;
        } else if (*p == '*') {
            s->collects_positional = name_end - p > 1;
            keyword_only = true;
        } else if (name_end > p) {
            bool has_default = memchr(p, '=', (size_t)(end - p)) != NULL;
            Value name = str_from_ascii(t, p, name_end - p);
            if (!is_null(name)) name = str_intern(t, name);
            if (is_null(name)) {
                heap_free(t, s);
                return NULL;
            }
            if (has_default) s->optional |= UINT64_C(1) << (s->total & 63);
            else if (keyword_only) s->keyword_required = true;
            else s->required = s->total + 1;
            s->names[s->total++] = name;
            if (!keyword_only) s->positional = s->total;
        }
        p = *end == ',' ? end + 1 : end;
    }
    return s;
}

const Signature *signature_of(Thread *t, const char *text) {
    SignatureTable *table = t->interp->signatures;
    if (table != NULL) {
        for (size_t i = hash_address(text) & table->mask; table->slots[i]; i = (i + 1) & table->mask)
            if (table->slots[i]->text == text) return table->slots[i];
    }
    Signature *s = signature_parse(t, text);
    if (s == NULL) return NULL;
    table = table_with_room(t);
    if (table == NULL) {
        heap_free(t, s);
        return NULL;
    }
    table_put(table, s);
    return s;
}

SignatureUser signature_user(Thread *t, const BuiltinFunction *f) {
    SignatureUser who = {.name = f->def->name, .unpacks = f->def->flags & MF_UNPACKS};
    if (f->flags & BF_SELF && !is_null(f->self)) who.owner = (is_type(t, f->self) ? V_AS(Type, f->self) : type_of(t, f->self))->qualname;
    else if (f->type != NULL) who.owner = f->type->qualname;
    else if (!is_null(f->module) && is_str(t, f->module) && !str_equals_cstr(V_AS(Str, f->module), "builtins")) who.owner = f->module;
    return who;
}

/* "list.append()", "math.sqrt()", "len()": how the older messages name a function.  Raises `what` about it. */
static COLD bool fail_about(Thread *t, SignatureUser who, const char *what) {
    if (is_null(who.owner)) return err_fail(t, T_TypeError, "%s() %s", who.name, what);
    return err_fail(t, T_TypeError, "%U.%s() %s", who.owner, who.name, what);
}

static COLD bool fail_no_keywords(Thread *t, SignatureUser who) { return fail_about(t, who, "takes no keyword arguments"); }

bool call_no_keywords(Thread *t, const char *name, Value kwnames) {
    if (is_null(kwnames) || tuple_len(kwnames) == 0) return true;
    return err_fail(t, T_TypeError, "%s() takes no keyword arguments", name);
}

bool call_arity(Thread *t, const char *name, uint32_t nargs, uint32_t min, uint32_t max) {
    if (nargs < min)
        return err_fail(t, T_TypeError, "%s expected %s%u argument%s, got %u", name, min == max ? "" : "at least ", min, min == 1 ? "" : "s", nargs);
    if (nargs > max)
        return err_fail(t, T_TypeError, "%s expected %s%u argument%s, got %u", name, min == max ? "" : "at most ", max, max == 1 ? "" : "s", nargs);
    return true;
}

/* All parameters are positional-only: CPython has three kinds of such functions. */
static bool bind_positional(Thread *t, const Signature *s, SignatureUser who, Value *args, uint32_t nargs, Value kwnames, Value *out) {
    if (!is_null(kwnames) && tuple_len(kwnames) > 0) return fail_no_keywords(t, who);
    if (!who.is_class && s->total <= 1 && s->required == s->total) {
        char what[64];
        snprintf(what, sizeof what, s->total ? "takes exactly one argument (%u given)" : "takes no arguments (%u given)", nargs);
        if (nargs != s->total) return fail_about(t, who, what);
    } else if (!call_arity(t, who.name, nargs, s->required, s->total)) {
        return false;
    }
    for (uint32_t i = 0; i < s->total; i++) out[i] = i < nargs ? args[i] : VNULL;
    return true;
}

static COLD bool fail_count(Thread *t, SignatureUser who, const char *limit, unsigned n, const char *kind, unsigned given) {
    return err_fail(t, T_TypeError, "%s() takes %s %u %sargument%s (%u given)", who.name, limit, n, kind, n == 1 ? "" : "s", given);
}

/* The parameter that a keyword names, -1: none. Names are interned, so a second look at the text is rare. */
static int parameter_index(const Signature *s, Value name) {
    for (int i = s->posonly; i < s->total; i++)
        if (same(s->names[i], name)) return i;
    if (str_is_interned(V_AS(Str, name))) return -1;
    for (int i = s->posonly; i < s->total; i++)
        if (str_equal(V_AS(Str, s->names[i]), V_AS(Str, name))) return i;
    return -1;
}

static COLD bool fail_unexpected(Thread *t, const Signature *s, SignatureUser who, Value name) {
    Value hint = suggest_name(t, &s->names[s->posonly], s->total - s->posonly, name);
    if (is_null(hint)) return err_fail(t, T_TypeError, "%s() got an unexpected keyword argument '%U'", who.name, name);
    return err_fail(t, T_TypeError, "%s() got an unexpected keyword argument '%U'. Did you mean '%U'?", who.name, name, hint);
}

static bool check_counts(Thread *t, const Signature *s, SignatureUser who, uint32_t nargs, uint32_t nkw) {
    uint32_t posonly_required = s->required < s->posonly ? s->required : s->posonly;
    if (who.unpacks && (nargs < posonly_required || nargs > s->positional)) return call_arity(t, who.name, nargs, posonly_required, s->positional);
    if (!s->collects_positional) {
        if (nargs + nkw > s->total && !s->collects_keywords)
            return fail_count(t, who, "at most", s->total, nargs == 0 ? "keyword " : "", nargs + nkw);
        if (nargs > s->positional) {
            if (s->positional == 0) return err_fail(t, T_TypeError, "%s() takes no positional arguments", who.name);
            return fail_count(t, who, s->required < s->positional ? "at most" : "exactly", s->positional, "positional ", nargs);
        }
    }
    if (nargs < posonly_required)
        return fail_count(t, who, posonly_required < s->positional || s->collects_positional ? "at least" : "exactly", posonly_required, "positional ", nargs);
    return true;
}

bool signature_bind(Thread *t, const Signature *s, SignatureUser who, Value *args, uint32_t nargs, Value kwnames, Value *out,
                    Value **rest, uint32_t *nrest, Value *kwargs) {
    if (kwargs) *kwargs = VNULL;
    if (s->posonly == s->total && !s->collects_positional && !s->collects_keywords) {
        if (nrest) *rest = args, *nrest = 0;
        return bind_positional(t, s, who, args, nargs, kwnames, out);
    }
    uint32_t nkw = is_null(kwnames) ? 0 : (uint32_t)tuple_len(kwnames);
    if (!check_counts(t, s, who, nargs, nkw)) return false;
    uint32_t by_position = nargs < s->positional ? nargs : s->positional;
    for (uint32_t i = 0; i < s->total; i++) out[i] = i < by_position ? args[i] : VNULL;
    if (nrest) {
        *rest = args + by_position;
        *nrest = nargs - by_position;
    }
    if (s->collects_keywords && kwargs) {
        *kwargs = dict_new(t);
        if (is_null(*kwargs)) return false;
    }
    Value unexpected = VNULL;
    int twice = -1;
    for (uint32_t k = 0; k < nkw; k++) {
        Value name = tuple_at(kwnames, k);
        int i = parameter_index(s, name);
        if (i >= 0) {
            if ((uint32_t)i < by_position) twice = twice < 0 ? i : twice;
            else out[i] = args[nargs + k];
        } else if (s->collects_keywords) {
            if (kwargs && !dict_set(t, *kwargs, name, args[nargs + k])) goto fail;
        } else if (is_null(unexpected)) {
            unexpected = name;
        }
    }
    for (uint32_t i = 0; i < s->total; i++) {
        if (!is_null(out[i]) || (s->optional >> (i & 63) & 1)) continue;
        err_raise(t, T_TypeError, "%s() missing required argument '%U' (pos %u)", who.name, s->names[i], i + 1);
        goto fail;
    }
    if (twice >= 0) {
        err_raise(t, T_TypeError, "argument for %s() given by name ('%U') and position (%d)", who.name, s->names[twice], twice + 1);
        goto fail;
    }
    if (!is_null(unexpected)) {
        fail_unexpected(t, s, who, unexpected);
        goto fail;
    }
    return true;
fail:
    if (kwargs) slot_clear(t, kwargs);
    return false;
}

bool call_bind(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames, Value *out, Value **rest, uint32_t *nrest, Value *kwargs) {
    BuiltinFunction *f = V_AS(BuiltinFunction, callee);
    const Signature *s = signature_of(t, f->def->signature);
    if (s == NULL) return false;
    if (s->has_self) {
        *out++ = *args++;
        nargs--;
    }
    return signature_bind(t, s, signature_user(t, f), args, nargs, kwnames, out, rest, nrest, kwargs);
}

bool call_bind_signature(Thread *t, const char *name, const char *signature, Value *args, uint32_t nargs, Value kwnames, Value *out) {
    const Signature *s = signature_of(t, signature);
    if (s == NULL) return false;
    Value *rest;
    uint32_t nrest;
    return signature_bind(t, s, (SignatureUser){.name = name, .is_class = true}, args, nargs, kwnames, out, &rest, &nrest, NULL);
}

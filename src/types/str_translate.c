/* str.translate and str.maketrans. */
#include "object/dict.h"
#include "object/int.h"
#include "types/str_priv.h"

/* Looks one character up: 1 found (owned *out, None for deletion), 0 keep, -1. */
static int look_up(Thread *t, Value table, uint32_t c, Value *out) {
    if (IS_EXACT(table, dict)) {
        *out = new_ref_maybe(dict_get(t, table, v_smallint(c)));
        if (is_null(*out)) return err_pending(t) ? -1 : 0;
        return 1;
    }
    *out = item_get(t, table, v_smallint(c));
    if (!is_null(*out)) return 1;
    return err_catch(t, T_LookupError) ? 0 : -1;
}

STR_METHOD(str_m_translate) {
    Str *s = V_AS(Str, args[0]);
    int64_t n = str_len(s);
    StrBuilder b;
    str_builder_init(&b);
    /* For ASCII: what each character becomes, once known: -1 not yet, -2 deleted. */
    int32_t known[128];
    for (int i = 0; i < 128; i++) known[i] = -1;
    for (int64_t i = 0; i < n; i++) {
        uint32_t c = str_at(s, i);
        if (c < 128 && known[c] != -1) {
            if (known[c] >= 0 && !str_builder_char(t, &b, (uint32_t)known[c])) return VNULL;
            continue;
        }
        Value to;
        int found = look_up(t, args[1], c, &to);
        bool done = found >= 0;
        int32_t simple = -1;
        if (found == 0) {
            done = str_builder_char(t, &b, c);
            simple = (int32_t)c;
        } else if (found == 1) {
            if (is_none(to)) {
                simple = -2;
            } else if (is_int(t, to)) {
                int64_t code = int_clamp_i64(to);
                if (code < 0 || code > 0x10ffff) done = err_fail(t, T_ValueError, "character mapping must be in range(0x110000)");
                else {
                    done = str_builder_char(t, &b, (uint32_t)code);
                    simple = (int32_t)code;
                }
            } else if (is_str(t, to)) {
                done = str_builder_str(t, &b, to);
                if (str_len(V_AS(Str, to)) == 1) simple = (int32_t)str_at(V_AS(Str, to), 0);
                if (str_len(V_AS(Str, to)) == 0) simple = -2;
            } else {
                done = err_fail(t, T_TypeError, "character mapping must return integer, None or str");
            }
            decref(t, to);
        }
        if (!done) {
            if (!b.failed) str_builder_drop(t, &b);
            return VNULL;
        }
        if (c < 128) known[c] = simple;
    }
    return str_builder_finish(t, &b);
}

static bool from_strings(Thread *t, Value dict, Value x, Value y, Value z) {
    Str *from = V_AS(Str, x), *to = V_AS(Str, y);
    if (str_len(from) != str_len(to)) return err_fail(t, T_ValueError, "the first two maketrans arguments must have equal length");
    for (int64_t i = 0; i < str_len(from); i++)
        if (!dict_set(t, dict, v_smallint(str_at(from, i)), v_smallint(str_at(to, i)))) return false;
    if (is_null(z)) return true;
    for (int64_t i = 0; i < str_len(V_AS(Str, z)); i++)
        if (!dict_set(t, dict, v_smallint(str_at(V_AS(Str, z), i)), V_NONE)) return false;
    return true;
}

static bool from_dict(Thread *t, Value dict, Value source) {
    Value key, value;
    for (uint32_t pos = 0; dict_next(source, &pos, &key, &value);) {
        if (is_str(t, key)) {
            if (str_len(V_AS(Str, key)) != 1) return err_fail(t, T_ValueError, "string keys in translatetable must be of length 1");
            if (!dict_set(t, dict, v_smallint(str_at(V_AS(Str, key), 0)), value)) return false;
        } else if (is_int(t, key)) {
            if (!dict_set(t, dict, key, value)) return false;
        } else {
            return err_fail(t, T_TypeError, "keys in translate table must be strings or integers");
        }
    }
    return true;
}

STR_METHOD(str_m_maketrans) {
    Value dict = dict_new(t);
    if (is_null(dict)) return dict;
    bool done;
    if (!is_null(args[1])) {
        done = (is_str(t, args[0]) || err_fail(t, T_TypeError, "first maketrans argument must be a string if there is a second argument")) &&
               (is_str(t, args[1]) || err_fail(t, T_TypeError, "maketrans() argument 2 must be str, not %T", args[1])) &&
               (is_null(args[2]) || is_str(t, args[2]) || err_fail(t, T_TypeError, "maketrans() argument 3 must be str, not %T", args[2])) &&
               from_strings(t, dict, args[0], args[1], args[2]);
    } else {
        done = (IS_EXACT(args[0], dict) || err_fail(t, T_TypeError, "if you give only one argument to maketrans it must be a dict")) &&
               from_dict(t, dict, args[0]);
    }
    if (done) return dict;
    decref(t, dict);
    return VNULL;
}

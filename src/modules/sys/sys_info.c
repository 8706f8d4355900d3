/* sys: versions, flags, and how the process was started. */
#include <gnu/libc-version.h>
#include <stdio.h>
#include <string.h>

#include "core/config.h"
#include "modules/sys.h"
#include "modules/sys/sys_priv.h"
#include "object/fs_text.h"
#include "object/set.h"

/* --- Versions ---------------------------------------------------------------------------------- */

static const StructSeqField version_fields[] = {{"major", "Major release number"}, {"minor", "Minor release number"}, {"micro", "Patch release number"},
                                                {"releaselevel", "'alpha', 'beta', 'candidate', or 'final'"}, {"serial", "Serial release number"}, {NULL}};
static const StructSeqDef version_def = {"sys.version_info", "The version of the language as a named tuple.", version_fields, 5, .no_new = true};

static Value version_info(Thread *t) {
    Type *type = structseq_type(t, &version_def);
    if (type == NULL) return VNULL;
    Value values[] = {v_smallint(PYTHON_MAJOR), v_smallint(PYTHON_MINOR), v_smallint(PYTHON_MICRO), str_from_cstr(t, "final"), v_smallint(0)};
    return structseq_new(t, type, values);
}

static const int64_t hex_version = PYTHON_MAJOR << 24 | PYTHON_MINOR << 16 | PYTHON_MICRO << 8 | 0xf0;

static bool set_cstr(Thread *t, Value dict, const char *key, const char *text) {
    Value v = str_from_cstr(t, text);
    bool done = !is_null(v) && dict_set_cstr(t, dict, key, v);
    decref_maybe(t, v);
    return done;
}

/* What this build was made to do at every chance (make STRESS=), for tests that cannot hold then. */
#ifdef KRAIT_STRESS_GC
#define STRESS "gc"
#elif defined KRAIT_STRESS_JIT
#define STRESS "jit"
#else
#define STRESS ""
#endif

static bool add_implementation(Thread *t, Value module, Value version) {
    Value dict = dict_new(t);
    if (is_null(dict)) return false;
    bool done = set_cstr(t, dict, "name", "krait") && set_cstr(t, dict, "cache_tag", KRAIT_CACHE_TAG) &&
                dict_set_cstr(t, dict, "version", version) && dict_set_cstr(t, dict, "hexversion", v_smallint(hex_version)) &&
                set_cstr(t, dict, "_multiarch", "x86_64-linux-gnu") && set_cstr(t, dict, "_stress", STRESS) && dict_set_cstr(t, dict, "supports_isolated_interpreters", V_FALSE);
    Value implementation = done ? call_tuple(t, v_from(builtin_type(t, T_SimpleNamespace)), t->interp->empty_tuple, dict) : VNULL;
    decref(t, dict);
    return !is_null(implementation) && module_add(t, module, "implementation", implementation);
}

static bool add_version(Thread *t, Value module) {
    Value info = version_info(t);
    if (is_null(info)) return false;
    bool done = add_implementation(t, module, info);
    if (!module_add(t, module, "version_info", info) || !done) return false;
    char text[256];
#ifdef __clang__
    snprintf(text, sizeof text, "%d.%d.%d (krait %s) [Clang %d.%d.%d]", PYTHON_MAJOR, PYTHON_MINOR, PYTHON_MICRO, KRAIT_VERSION,
             __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
    snprintf(text, sizeof text, "%d.%d.%d (krait %s) [GCC %d.%d.%d]", PYTHON_MAJOR, PYTHON_MINOR, PYTHON_MICRO, KRAIT_VERSION, __GNUC__,
             __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
    return module_add_cstr(t, module, "version", text) && module_add_int(t, module, "hexversion", hex_version) &&
           module_add_int(t, module, "api_version", 1013) && module_add_cstr(t, module, "copyright", "Copyright (c) the Krait authors.\nAll Rights Reserved.");
}

/* --- Limits of numbers, hashing and threads ------------------------------------------------------ */

static const StructSeqField float_fields[] = {
    {"max", "largest finite number"}, {"max_exp", "largest exponent of two"}, {"max_10_exp", "largest exponent of ten"}, {"min", "smallest normal number"},
    {"min_exp", "smallest exponent of two"}, {"min_10_exp", "smallest exponent of ten"}, {"dig", "decimal digits that are always kept"},
    {"mant_dig", "bits of the mantissa"}, {"epsilon", "difference of 1 and the next number"}, {"radix", "base of the exponent"}, {"rounds", "rounding mode"}, {NULL}};
static const StructSeqDef float_def = {"sys.float_info", "The limits of float.", float_fields, 11};
static const StructSeqField int_fields[] = {{"bits_per_digit", "size of a digit in bits"}, {"sizeof_digit", "size of a digit in bytes"},
                                            {"default_max_str_digits", "limit of digits in conversions to text"},
                                            {"str_digits_check_threshold", "smallest limit that can be set"}, {NULL}};
static const StructSeqDef int_def = {"sys.int_info", "How int is made.", int_fields, 4};
static const StructSeqField hash_fields[] = {{"width", "bits of a hash"}, {"modulus", "prime of the numeric hash"}, {"inf", "hash of infinity"}, {"nan", "unused"},
                                             {"imag", "factor of the imaginary part"}, {"algorithm", "of str and bytes"}, {"hash_bits", "bits that it gives"},
                                             {"seed_bits", "bits of its key"}, {"cutoff", "small strings are hashed otherwise"}, {NULL}};
static const StructSeqDef hash_def = {"sys.hash_info", "How hashes are computed.", hash_fields, 9};
static const StructSeqField thread_fields[] = {{"name", "kind of threads"}, {"lock", "kind of locks"}, {"version", "of the thread library"}, {NULL}};
static const StructSeqDef thread_def = {"sys.thread_info", "How threads are made.", thread_fields, 3};

/* Takes the values. */
static bool add_structseq(Thread *t, Value module, const char *name, const StructSeqDef *def, Value *values) {
    Type *type = structseq_type(t, def);
    if (type == NULL) return false;
    Value v = structseq_new(t, type, values);
    return !is_null(v) && module_add(t, module, name, v);
}

static bool add_limits(Thread *t, Value module) {
    Value f[] = {float_from_double(t, 0x1.fffffffffffffp1023), v_smallint(1024), v_smallint(308), float_from_double(t, 0x1p-1022), v_smallint(-1021), v_smallint(-307),
                 v_smallint(15), v_smallint(53), float_from_double(t, 0x1p-52), v_smallint(2), v_smallint(1)};
    Value i[] = {v_smallint(30), v_smallint(4), v_smallint(4300), v_smallint(640)};
    Value h[] = {v_smallint(64), v_smallint((INT64_C(1) << 61) - 1), v_smallint(314159), v_smallint(0), v_smallint(1000003), str_from_cstr(t, "siphash13"),
                 v_smallint(64), v_smallint(128), v_smallint(0)};
    char libc[64];
    snprintf(libc, sizeof libc, "NPTL %s", gnu_get_libc_version());
    Value th[] = {str_from_cstr(t, "pthread"), str_from_cstr(t, "semaphore"), str_from_cstr(t, libc)};
    return add_structseq(t, module, "float_info", &float_def, f) && add_structseq(t, module, "int_info", &int_def, i) &&
           add_structseq(t, module, "hash_info", &hash_def, h) && add_structseq(t, module, "thread_info", &thread_def, th) &&
           module_add(t, module, "maxsize", int_from_i64(t, INT64_MAX)) && module_add_int(t, module, "maxunicode", 0x10ffff) &&
           module_add_cstr(t, module, "float_repr_style", "short") && module_add_cstr(t, module, "byteorder", "little");
}

/* --- Flags ------------------------------------------------------------------------------------- */

static const StructSeqField flag_fields[] = {
    {"debug", "-d"}, {"inspect", "-i"}, {"interactive", "-i"}, {"optimize", "-O or -OO"}, {"dont_write_bytecode", "-B"}, {"no_user_site", "-s"},
    {"no_site", "-S"}, {"ignore_environment", "-E"}, {"verbose", "-v"}, {"bytes_warning", "-b"}, {"quiet", "-q"}, {"hash_randomization", "-R"},
    {"isolated", "-I"}, {"dev_mode", "-X dev"}, {"utf8_mode", "-X utf8"}, {"warn_default_encoding", "-X warn_default_encoding"}, {"safe_path", "-P"},
    {"int_max_str_digits", "-X int_max_str_digits"}, {"gil", "-X gil"}, {"thread_inherit_context", "-X thread_inherit_context"},
    {"context_aware_warnings", "-X context_aware_warnings"}, {NULL}};
static const StructSeqDef flags_def = {"sys.flags", "Flags of the command line and the environment.", flag_fields, 18, .no_new = true};

static bool add_flags(Thread *t, Value module) {
    const Config *c = t->runtime->config;
    Value values[] = {v_smallint(c->debug != 0), v_smallint(c->inspect), v_smallint(c->interactive), v_smallint(c->optimize), v_smallint(c->dont_write_bytecode != 0),
                      v_smallint(c->no_user_site), v_smallint(c->no_site), v_smallint(c->ignore_environment), v_smallint(c->verbose),
                      v_smallint(c->bytes_warning), v_smallint(c->quiet), v_smallint(c->hash_randomization), v_smallint(c->isolated), v_bool(c->dev_mode),
                      v_smallint(c->utf8_mode), v_smallint(c->warn_default_encoding), v_bool(c->safe_path), v_smallint(t->interp->int_max_str_digits),
                      v_smallint(1), v_smallint(c->thread_inherit_context), v_smallint(c->context_aware_warnings)};
    Type *type = structseq_type(t, &flags_def);
    if (type == NULL) return false;
    Value v = structseq_new(t, type, values);
    return !is_null(v) && module_add(t, module, "flags", v);
}

/* --- Start ------------------------------------------------------------------------------------- */

static Value system_text(Thread *t, const char *text) { return fs_decode_cstr(t, text ? text : ""); }

static Value list_of_texts(Thread *t, char **texts, int n) {
    Value list = list_new(t, n);
    for (int i = 0; !is_null(list) && i < n; i++) {
        Value text = system_text(t, texts[i]);
        if (is_null(text) || !list_append_take(t, V_AS(List, list), text)) {
            decref(t, list);
            return VNULL;
        }
    }
    return list;
}

/* {"dev": True, "importtime": "2"} from "dev", "importtime=2". */
static Value xoptions(Thread *t, const Config *c) {
    Value dict = dict_new(t);
    for (int i = 0; !is_null(dict) && i < c->xoption_count; i++) {
        const char *option = c->xoptions[i], *equals = strchr(option, '=');
        char key[256];
        snprintf(key, sizeof key, "%.*s", (int)(equals ? equals - option : (long)strlen(option)), option);
        Value value = equals ? system_text(t, equals + 1) : V_TRUE;
        bool done = !is_null(value) && dict_set_cstr(t, dict, key, value);
        decref_maybe(t, value);
        if (!done) {
            decref(t, dict);
            return VNULL;
        }
    }
    return dict;
}

static bool add_start(Thread *t, Value module) {
    const Config *c = t->runtime->config;
    const struct { const char *name, *text; } texts[] = {
        {"executable", c->executable}, {"_base_executable", c->base_executable ? c->base_executable : c->executable}, {"prefix", c->prefix},
        {"exec_prefix", c->exec_prefix}, {"base_prefix", c->base_prefix}, {"base_exec_prefix", c->base_exec_prefix}, {"_stdlib_dir", c->stdlib_dir},
        {"platform", "linux"}, {"platlibdir", "lib"}, {"abiflags", ""}, {"_framework", ""}};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (!module_add(t, module, texts[i].name, system_text(t, texts[i].text))) return false;
    Value git[] = {str_from_cstr(t, "Krait"), new_ref(t->interp->empty_str), new_ref(t->interp->empty_str)};
    return module_add(t, module, "argv", list_of_texts(t, c->argv, c->argc)) && module_add(t, module, "orig_argv", list_of_texts(t, c->orig_argv, c->orig_argc)) &&
           module_add(t, module, "path", list_of_texts(t, c->path, c->path_count)) &&
           module_add(t, module, "warnoptions", list_of_texts(t, c->warnoptions, c->warnoption_count)) && module_add(t, module, "_xoptions", xoptions(t, c)) &&
           module_add(t, module, "pycache_prefix", c->pycache_prefix ? system_text(t, c->pycache_prefix) : V_NONE) &&
           module_add(t, module, "dont_write_bytecode", v_bool(c->dont_write_bytecode)) && module_add(t, module, "_git", tuple_take(t, git, 3)) &&
           module_add(t, module, "_home", V_NONE) && module_add(t, module, "meta_path", list_new(t, 4)) && module_add(t, module, "path_hooks", list_new(t, 4)) &&
           module_add(t, module, "path_importer_cache", dict_new(t));
}

static Value stdlib_names(Thread *t) {
    static const char *const names[] = {
#define STDLIB(name) name,
#include "modules/sys/stdlib_names.def"
#undef STDLIB
    };
    Value list = list_new(t, COUNT_OF(names));
    for (size_t i = 0; !is_null(list) && i < COUNT_OF(names); i++) {
        Value name = str_from_cstr(t, names[i]);
        if (is_null(name) || !list_append_take(t, V_AS(List, list), name)) slot_clear(t, &list);
    }
    if (is_null(list)) return list;
    Value set = frozenset_new(t, list);
    decref(t, list);
    return set;
}

bool sys_add_info(Thread *t, Value module) {
    return module_add(t, module, "stdlib_module_names", stdlib_names(t)) && add_version(t, module) && add_limits(t, module) && add_flags(t, module) && add_start(t, module);
}

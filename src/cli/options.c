/* Reading options and PYTHON* variables.  Where both speak, the command line wins; counting options take the larger. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/hash.h"
#include "cli/help.h"
#include "cli/memory.h"
#include "cli/options.h"
#include "modules/sys.h"

static void fail(RunPlan *plan, int status) {
    plan->done = true;
    plan->status = status;
}

static COLD void usage_error(RunPlan *plan, const char *message, const char *detail) {
    fprintf(stderr, message, detail);
    fputs("usage: krait [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python -h' for more information.\n", stderr);
    fail(plan, 2);
}

static void append(char ***list, int *count, const char *text) {
    *list = need(realloc(*list, sizeof(char *) * (size_t)(*count + 1)));
    (*list)[(*count)++] = need(strdup(text));
}

static const char *env(const Config *c, const char *name) {
    const char *value = c->ignore_environment ? NULL : getenv(name);
    return value && *value ? value : NULL;
}

/* The value of "name=value", "" for "name" alone; NULL: another option. */
static const char *xoption(const char *option, const char *name) {
    size_t n = strlen(name);
    if (strncmp(option, name, n) != 0) return NULL;
    return option[n] == 0 ? "" : option[n] == '=' ? option + n + 1 : NULL;
}

static bool parse_int(const char *text, int *out) {
    char *end;
    errno = 0;
    long v = strtol(text, &end, 10);
    if (*text == 0 || *end != 0 || errno != 0 || v < 0 || v > INT32_MAX) return false;
    *out = (int)v;
    return true;
}

static void set_digits(Config *c, RunPlan *plan, const char *text, const char *where) {
    int digits;
    if (parse_int(text, &digits) && (digits == 0 || digits >= 640)) {
        c->int_max_str_digits = digits;
        return;
    }
    fprintf(stderr, "Fatal Python error: init: %s: invalid limit; must be >= 640 or 0 for unlimited.\n", where);
    fail(plan, 1);
}

static void set_frames(Config *c, RunPlan *plan, const char *text, const char *where) {
    int frames;
    if (parse_int(text, &frames) && frames <= 65535) {
        c->tracemalloc = frames;
        return;
    }
    fprintf(stderr, "Fatal Python error: config_init_tracemalloc: %s: invalid number of frames\nPython runtime state: preinitialized\n\n", where);
    fail(plan, 1);
}

static void set_fault(Config *c, RunPlan *plan, const char *text) {
    c->fail_allocation = fault_new(text, "allocation");
    if (c->fail_allocation) return;
    fprintf(stderr, "krait: -X fail_allocation: N, or FROM-TO/STEP, with xCOUNT behind\n");
    fail(plan, 1);
}

/* Krait has one allocator; what can be asked for is that it guards its blocks. */
static void set_allocator(Config *c, RunPlan *plan, const char *name) {
    static const char *const plain[] = {"default", "malloc", "pymalloc"}, *const guarded[] = {"debug", "malloc_debug", "pymalloc_debug"};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(name, guarded[i]) == 0) c->check_memory = true;
        if (strcmp(name, guarded[i]) != 0 && strcmp(name, plain[i]) != 0) continue;
        return;
    }
    fputs("Fatal Python error: preconfig_init_allocator: PYTHONMALLOC: unknown allocator\nPython runtime state: preinitializing\n\n", stderr);
    fail(plan, 1);
}

/* What is no number means yes. */
static void set_import_time(Config *c, RunPlan *plan, const char *text, const char *where) {
    char *end;
    long n = strtol(text, &end, 10);
    if (*text == 0 || *end != 0) n = 1;
    c->import_time = (int)n;
    if (n >= 0 && n <= 2) return;
    fprintf(stderr, "Fatal Python error: config_init_import_time: %svalues other than 1 and 2 are reserved for future use.\nPython runtime state: preinitialized\n\n", where);
    fail(plan, 1);
}

static void set_cpu_count(Config *c, RunPlan *plan, const char *text, const char *where) {
    int n = -1;
    if (strcmp(text, "default") == 0 || (parse_int(text, &n) && n > 0)) {
        c->cpu_count = n;
        return;
    }
    fprintf(stderr, "Fatal Python error: config_init_cpu_count: %s=n: n is missing or an invalid number, should be in range [1, INT_MAX]\nPython runtime state: preinitialized\n\n", where);
    fail(plan, 1);
}

static void set_utf8_mode(Config *c, RunPlan *plan, const char *text, const char *where) {
    if (strcmp(text, "0") == 0 || strcmp(text, "1") == 0) {
        c->utf8_mode = *text == '1';
        return;
    }
    fprintf(stderr, "Fatal Python error: preconfig_init_utf8_mode: invalid %s value\nPython runtime state: preinitializing\n\n", where);
    fail(plan, 1);
}

static bool is_true_flag(const char *text) { return *text == 0 || strcmp(text, "1") == 0; }

/* The -X options that the interpreter itself knows; all are in sys._xoptions. */
static void read_xoption(Config *c, RunPlan *plan, const char *option) {
    const char *value;
    if (strcmp(option, "help") == 0) {
        fputs(help_xoptions, stdout);
        fail(plan, 0);
    } else if (xoption(option, "dev")) c->dev_mode = 1;
    else if ((value = xoption(option, "utf8"))) set_utf8_mode(c, plan, option[strlen("utf8")] == 0 ? "1" : value, "-X utf8 option");
    else if (xoption(option, "faulthandler")) c->faulthandler = 1;
    else if ((value = xoption(option, "importtime"))) set_import_time(c, plan, value, "-X importtime: ");
    else if ((value = xoption(option, "int_max_str_digits"))) set_digits(c, plan, value, "-X int_max_str_digits");
    else if (xoption(option, "no_debug_ranges")) c->no_debug_ranges = 1;
    else if ((value = xoption(option, "cpu_count"))) set_cpu_count(c, plan, value, "-X cpu_count");
    else if ((value = xoption(option, "pycache_prefix"))) c->pycache_prefix = need(strdup(value));
    else if (xoption(option, "warn_default_encoding")) c->warn_default_encoding = 1;
    else if ((value = xoption(option, "thread_inherit_context"))) c->thread_inherit_context = is_true_flag(value);
    else if ((value = xoption(option, "context_aware_warnings"))) c->context_aware_warnings = is_true_flag(value);
    else if ((value = xoption(option, "tracemalloc"))) set_frames(c, plan, *value ? value : "1", "-X tracemalloc=NFRAME");
    else if ((value = xoption(option, "dump"))) c->dump = need(strdup(*value ? value : "code"));
    else if ((value = xoption(option, "jit"))) c->no_jit = strcmp(value, "off") == 0 || strcmp(value, "0") == 0;
    else if (xoption(option, "heapstats")) c->heap_stats = true;
    else if ((value = xoption(option, "fail_allocation"))) set_fault(c, plan, value);
}

/* Whether option i stands further in front, too: the first one counts. */
static bool given_before(const Config *c, int i) {
    const char *option = c->xoptions[i];
    size_t n = strcspn(option, "=");
    for (int k = 0; k < i; k++)
        if (strcspn(c->xoptions[k], "=") == n && strncmp(c->xoptions[k], option, n) == 0) return true;
    return false;
}

static void read_environment(Config *c, RunPlan *plan, bool random_hashes) {
    const char *v;
#define FLAG(NAME, FIELD) if ((v = env(c, NAME))) { int n = atoi(v); if (n < 1) n = 1; if (n > c->FIELD) c->FIELD = n; }
    if ((v = env(c, "PYTHON_JIT"))) c->no_jit = strcmp(v, "0") == 0;
    FLAG("PYTHONDEBUG", debug)
    FLAG("PYTHONVERBOSE", verbose)
    FLAG("PYTHONOPTIMIZE", optimize)
    FLAG("PYTHONDONTWRITEBYTECODE", dont_write_bytecode)
    FLAG("PYTHONNOUSERSITE", no_user_site)
    FLAG("PYTHONUNBUFFERED", unbuffered)
    FLAG("PYTHONINSPECT", inspect)
    FLAG("PYTHONSAFEPATH", safe_path)
    FLAG("PYTHONDEVMODE", dev_mode)
    FLAG("PYTHONFAULTHANDLER", faulthandler)
    FLAG("PYTHONNODEBUGRANGES", no_debug_ranges)
    FLAG("PYTHONWARNDEFAULTENCODING", warn_default_encoding)
#undef FLAG
    if ((v = env(c, "PYTHONMALLOC"))) set_allocator(c, plan, v);
    else c->check_memory = c->dev_mode;
    if ((v = env(c, "PYTHONPROFILEIMPORTTIME")) && c->import_time < 0) set_import_time(c, plan, v, "PYTHONPROFILEIMPORTTIME: numeric ");
    if (c->import_time < 0) c->import_time = 0;
    if (env(c, "PYTHONMALLOCSTATS")) c->heap_stats = true;
    if ((v = env(c, "PYTHONTRACEMALLOC")) && !c->tracemalloc) set_frames(c, plan, v, "PYTHONTRACEMALLOC");
    if ((v = env(c, "PYTHONUTF8")) && c->utf8_mode < 0) set_utf8_mode(c, plan, v, "PYTHONUTF8 environment variable");
    if ((v = env(c, "PYTHON_THREAD_INHERIT_CONTEXT"))) c->thread_inherit_context = atoi(v) != 0;
    if ((v = env(c, "PYTHON_CONTEXT_AWARE_WARNINGS"))) c->context_aware_warnings = atoi(v) != 0;
    if ((v = env(c, "PYTHONINTMAXSTRDIGITS")) && c->int_max_str_digits < 0) set_digits(c, plan, v, "PYTHONINTMAXSTRDIGITS");
    if ((v = env(c, "PYTHONPYCACHEPREFIX")) && !c->pycache_prefix) c->pycache_prefix = need(strdup(v));
    if ((v = env(c, "PYTHON_CPU_COUNT")) && c->cpu_count == 0) set_cpu_count(c, plan, v, "PYTHON_CPU_COUNT");
    if (c->cpu_count == 0) c->cpu_count = -1;
    if (c->pycache_prefix && !*c->pycache_prefix) { /* -X pycache_prefix= overrides the environment */
        free(c->pycache_prefix);
        c->pycache_prefix = NULL;
    }
    if (!random_hashes && (v = env(c, "PYTHONHASHSEED"))) {
        HashSeed seed;
        if (!hash_seed_parse(v, &seed)) {
            fputs("Fatal Python error: config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]\nPython runtime state: preinitialized\n\n", stderr);
            fail(plan, 1);
        } else if (!seed.random) {
            c->hash_seed_given = true;
            c->hash_seed = seed.seed;
            c->hash_randomization = seed.seed != 0;
        }
    }
    if ((v = env(c, "PYTHONIOENCODING"))) {
        const char *colon = strchr(v, ':');
        if (colon != v) c->stdio_encoding = colon ? need(strndup(v, (size_t)(colon - v))) : need(strdup(v));
        if (colon && colon[1]) c->stdio_errors = need(strdup(colon + 1));
    }
}

/* Warning filters in order of rising precedence: -X dev, PYTHONWARNINGS, -W (taken), -b. */
static void collect_warnings(Config *c, char **given, int n) {
    if (c->dev_mode) append(&c->warnoptions, &c->warnoption_count, "default");
    const char *v = env(c, "PYTHONWARNINGS");
    if (v != NULL) {
        char *copy = need(strdup(v)), *rest = copy, *one;
        while ((one = strsep(&rest, ",")) != NULL) append(&c->warnoptions, &c->warnoption_count, one);
        free(copy);
    }
    for (int i = 0; i < n; i++) {
        append(&c->warnoptions, &c->warnoption_count, given[i]);
        free(given[i]);
    }
    if (c->bytes_warning > 1) append(&c->warnoptions, &c->warnoption_count, "error::BytesWarning");
    else if (c->bytes_warning) append(&c->warnoptions, &c->warnoption_count, "default::BytesWarning");
}

static void print_version(int times) {
    printf("Python %d.%d.%d", PYTHON_MAJOR, PYTHON_MINOR, PYTHON_MICRO);
    if (times > 1) printf(" (krait " KRAIT_VERSION ")");
    putchar('\n');
}

void options_read(int argc, char **argv, Config *c, RunPlan *plan) {
    *c = (Config){.hash_randomization = 1, .int_max_str_digits = -1, .cpu_count = 0, .utf8_mode = -1, .import_time = -1, .orig_argc = argc, .orig_argv = argv};
    *plan = (RunPlan){0};
    char **warnings = NULL;
    int warning_count = 0, version = 0, at = 1;
    bool random_hashes = false;
    const char *first = "";
    while (at < argc && !plan->done) {
        const char *arg = argv[at];
        if (arg[0] != '-' || arg[1] == 0) break;
        at++;
        if (arg[1] == '-') {
            if (arg[2] == 0) break;
            const char *name = arg + 2, *policy = xoption(name, "check-hash-based-pycs");
            if (strcmp(name, "help") == 0) { fputs(help_options, stdout); fail(plan, 0); }
            else if (strcmp(name, "help-env") == 0) { fputs(help_environment, stdout); fail(plan, 0); }
            else if (strcmp(name, "help-xoptions") == 0) { fputs(help_xoptions, stdout); fail(plan, 0); }
            else if (strcmp(name, "help-all") == 0) { fputs(help_options, stdout); fputs(help_environment, stdout); fputs(help_xoptions, stdout); fail(plan, 0); }
            else if (strcmp(name, "version") == 0) version++;
            else if (policy != NULL) {
                if (*policy == 0 && at < argc) policy = argv[at++];
                if (strcmp(policy, "always") && strcmp(policy, "default") && strcmp(policy, "never")) {
                    usage_error(plan, "--check-hash-based-pycs must be one of 'default', 'always', or 'never'\n", "");
                    break;
                }
                c->check_hash_pycs = need(strdup(policy));
            } else usage_error(plan, "Unknown option: --%s\n", name);
            continue;
        }
        for (const char *p = arg + 1; *p && !plan->done; p++) {
            const char *value = NULL;
            if (strchr("cmWX", *p)) { /* takes the rest or the next argument */
                value = p[1] ? p + 1 : at < argc ? argv[at++] : NULL;
                if (value == NULL) {
                    char text[2] = {*p, 0};
                    usage_error(plan, "Argument expected for the -%s option\n", text);
                    break;
                }
            }
            switch (*p) {
            case 'b': c->bytes_warning++; break;
            case 'B': c->dont_write_bytecode++; break;
            case 'c': plan->command = value; break;
            case 'd': c->debug++; break;
            case 'E': c->ignore_environment = 1; break;
            case 'h': case '?': fputs(help_options, stdout); fail(plan, 0); break;
            case 'i': c->inspect++; c->interactive++; plan->interactive = true; break;
            case 'I': c->isolated = c->ignore_environment = c->no_user_site = c->safe_path = 1; break;
            case 'J': usage_error(plan, "-J is reserved for Jython\n", ""); break;
            case 'm': plan->module = value; break;
            case 'O': c->optimize++; break;
            case 'P': c->safe_path = 1; break;
            case 'q': c->quiet++; break;
            case 'R': random_hashes = true; break;
            case 's': c->no_user_site++; break;
            case 'S': c->no_site++; break;
            case 't': break;
            case 'u': c->unbuffered++; break;
            case 'v': c->verbose++; break;
            case 'V': version++; break;
            case 'W': append(&warnings, &warning_count, value); break;
            case 'x': plan->skip_first_line = true; break;
            case 'X': append(&c->xoptions, &c->xoption_count, value); break;
            default: {
                char text[2] = {*p, 0};
                usage_error(plan, "Unknown option: -%s\n", text);
            }
            }
            if (value != NULL) break;
        }
        if (plan->command || plan->module) break;
    }
    if (plan->done) return;
    if (version) {
        print_version(version);
        fail(plan, 0);
        return;
    }
    if (plan->command) first = "-c";
    else if (plan->module) first = "-m";
    else if (at < argc) {
        first = argv[at++];
        if (strcmp(first, "-") != 0) plan->filename = first;
    }
    c->argc = argc - at + 1;
    c->argv = need(malloc(sizeof(char *) * (size_t)(c->argc + 1)));
    c->argv[0] = (char *)first;
    for (int i = 1; i < c->argc; i++) c->argv[i] = argv[at + i - 1];
    c->argv[c->argc] = NULL;
    for (int i = 0; i < c->xoption_count && !plan->done; i++)
        if (!given_before(c, i)) read_xoption(c, plan, c->xoptions[i]);
    if (!plan->done) read_environment(c, plan, random_hashes);
    if (c->dev_mode) c->faulthandler = 1;
    if (c->int_max_str_digits < 0) c->int_max_str_digits = 4300;
    collect_warnings(c, warnings, warning_count);
    free(warnings);
}

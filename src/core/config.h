/* What the command line, the environment and the embedder ask for; read once at start. */
#ifndef KRAIT_CORE_CONFIG_H
#define KRAIT_CORE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Config {
    int argc;            /* of sys.argv, and ... */
    char **argv;
    int orig_argc;       /* ... as the process got them */
    char **orig_argv;
    char *executable;    /* absolute path or "" */
    char *program_name;
    char *prefix, *exec_prefix, *base_prefix, *base_exec_prefix, *base_executable;
    char *stdlib_dir;    /* folder of the standard library, e.g. .../lib/python3.14 */
    char *library_dir;   /* folder of Krait's own Python files and shared modules, in front of it */
    char **path;         /* initial sys.path */
    int path_count;
    char **xoptions; int xoption_count;
    char **warnoptions; int warnoption_count;
    int debug, inspect, interactive, isolated, no_site, no_user_site, ignore_environment, verbose, optimize;
    int dont_write_bytecode, quiet, bytes_warning, hash_randomization, dev_mode, utf8_mode, safe_path, warn_default_encoding;
    int unbuffered, import_time, faulthandler, tracemalloc, no_debug_ranges, frozen_modules, context_aware_warnings, thread_inherit_context;
    int int_max_str_digits; /* -1: not given */
    int cpu_count;          /* os.cpu_count()'s answer; -1: the system's */
    bool hash_seed_given; uint64_t hash_seed;
    char *pycache_prefix;
    char *check_hash_pycs; /* "default", "always", "never" */
    char *stdio_encoding, *stdio_errors;
    const char *fs_encoding; /* of file names and arguments: "utf-8", "ascii"; NULL: "utf-8" */
    char *dump;            /* -X dump=...: stages to show, or NULL */
    bool no_jit;           /* -X jit=off, PYTHON_JIT=0 */
    bool no_signals;       /* embedded: signals and signal stacks are the program's own business */
    bool heap_stats;       /* -X heapstats */
    bool check_memory;     /* PYTHONMALLOC=debug, -X dev: the heap guards its blocks */
    struct Fault *fail_allocation; /* testing (base/fault.h); NULL: none fails */
} Config;

#endif

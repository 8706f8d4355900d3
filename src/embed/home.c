/* The configuration of an embedded interpreter: where its library is, and what the options ask for.
 *
 * `home` is the folder with lib/python3.14 and lib/krait.  Unless it is told, it is looked for beside the file that holds this code, the
 * shared library or the program, and above it; and in the folder krait/ or lib/krait/ there, where an installation has it.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "embed/embed.h"

static char *join(const char *directory, const char *name) {
    size_t n = strlen(directory) + strlen(name) + 2;
    char *path = malloc(n);
    if (path != NULL) snprintf(path, n, "%s/%s", directory, name);
    return path;
}

static bool has_library(const char *home) {
    char *landmark = join(home, "lib/python3.14/os.py");
    bool has = landmark != NULL && access(landmark, R_OK) == 0;
    free(landmark);
    return has;
}

/* Takes `candidate` where it is a home. */
static bool is_home(char *candidate, char **home) {
    if (candidate != NULL && has_library(candidate)) {
        *home = candidate;
        return true;
    }
    free(candidate);
    return false;
}

static char *home_near(const char *file) {
    char real[PATH_MAX], *home = NULL;
    if (file == NULL || realpath(file, real) == NULL) return NULL;
    for (int up = 0; up < 3 && home == NULL; up++) {
        char *slash = strrchr(real, '/');
        if (slash == NULL || slash == real) return NULL;
        *slash = 0;
        if (is_home(strdup(real), &home) || is_home(join(real, "krait"), &home) || is_home(join(real, "lib/krait"), &home)) break;
    }
    return home;
}

static char *home_find(const KraitOptions *options) {
    if (options->home != NULL) return strdup(options->home);
    const char *setting = getenv("KRAIT_HOME");
    if (setting != NULL && *setting) return strdup(setting);
    Dl_info info;
    char *home = dladdr((const void *)(uintptr_t)krait_start, &info) != 0 ? home_near(info.dli_fname) : NULL;
    return home != NULL ? home : home_near("/proc/self/exe");
}

static bool fill(EmbedConfig *c, const KraitOptions *options) {
    char executable[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", executable, sizeof executable - 1);
    executable[n > 0 ? n : 0] = 0;
    c->home = home_find(options);
    if (c->home == NULL || !has_library(c->home)) {
        fprintf(stderr, "krait: no library in %s\nkrait: let KRAIT_HOME name the folder that has lib/python3.14\n",
                c->home ? c->home : "the folders near the program");
        return false;
    }
    c->library_dir = join(c->home, "lib/krait");
    c->stdlib_dir = join(c->home, "lib/python3.14");
    c->executable = strdup(executable);
    c->path[0] = c->library_dir;
    c->path[1] = c->stdlib_dir;
    c->no_arguments[0] = "";
    bool given = options->argc > 0;
    c->config = (Config){
        .argc = given ? options->argc : 1, .argv = given ? options->argv : c->no_arguments,
        .orig_argc = given ? options->argc : 1, .orig_argv = given ? options->argv : c->no_arguments,
        .executable = c->executable, .program_name = c->executable,
        .prefix = c->home, .exec_prefix = c->home, .base_prefix = c->home, .base_exec_prefix = c->home, .base_executable = c->executable,
        .stdlib_dir = c->stdlib_dir, .library_dir = c->library_dir, .path = c->path, .path_count = 2,
        .utf8_mode = 1, .no_site = !options->site, .hash_randomization = 1, .int_max_str_digits = 4300, .check_hash_pycs = "default",
        .no_jit = options->no_jit, .no_signals = !options->signals,
    };
    if (c->library_dir != NULL && c->stdlib_dir != NULL && c->executable != NULL) return true;
    fprintf(stderr, "krait: out of memory\n");
    return false;
}

EmbedConfig *embed_config_new(const KraitOptions *options) {
    KraitOptions own = {.size = sizeof own};
    if (options != NULL) memcpy(&own, options, options->size < sizeof own ? options->size : sizeof own);
    EmbedConfig *c = calloc(1, sizeof *c);
    if (c != NULL && fill(c, &own)) return c;
    if (c == NULL) fprintf(stderr, "krait: out of memory\n");
    embed_config_free(c);
    return NULL;
}

void embed_config_free(EmbedConfig *c) {
    if (c == NULL) return;
    free(c->home);
    free(c->library_dir);
    free(c->stdlib_dir);
    free(c->executable);
    free(c);
}

/* Where the executable and its library are.
 *
 * `home` is the folder with lib/python3.14 and lib/krait: the executable's own (a build tree) or the one above it (an
 * installation), after links are followed.  In a virtual environment (pyvenv.cfg beside the executable or above it)
 * sys.prefix is the environment, and home is found through the link or through the `home` line of that file.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/memory.h"
#include "cli/options.h"

#define LIB_NAME "python3.14"

static bool is_file(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool is_executable(const char *path) { return is_file(path) && access(path, X_OK) == 0; }

static char *join(const char *directory, const char *name) {
    size_t n = strlen(directory);
    char *path = need(malloc(n + strlen(name) + 2));
    sprintf(path, "%s%s%s", directory, n > 0 && directory[n - 1] == '/' ? "" : "/", name);
    return path;
}

static char *parent(const char *path) {
    const char *slash = strrchr(path, '/');
    if (slash == NULL) return need(strdup("."));
    return slash == path ? need(strdup("/")) : need(strndup(path, (size_t)(slash - path)));
}

/* The path without empty parts, `.`, and parts that a `..` takes back; links are not looked at.  A relative one keeps the `..` it begins with. */
static char *tidy(const char *path) {
    bool rooted = path[0] == '/';
    char *out = need(malloc(strlen(path) + 2)), *end = out, *floor = out;
    if (rooted) *end++ = '/', floor = end;
    for (const char *part = path, *next; *part; part = next) {
        size_t n = strcspn(part, "/");
        next = part + n + strspn(part + n, "/");
        if (n == 0 || (n == 1 && part[0] == '.')) continue;
        bool up = n == 2 && part[0] == '.' && part[1] == '.';
        if (up && end > floor) {
            while (end > floor && *--end != '/') {}
        } else if (!up || !rooted) {
            if (end > floor || floor > out + 1) *end++ = '/';
            memcpy(end, part, n);
            end += n;
            if (up) floor = end;
        }
    }
    *end = 0;
    return out;
}

/* As CPython has it: `..` at the beginning of a relative path stays behind the working directory. */
static char *absolute(const char *path) {
    char cwd[PATH_MAX], *tidied = tidy(path);
    if (tidied[0] == '/' || getcwd(cwd, sizeof cwd) == NULL) return tidied;
    char *whole = join(cwd, tidied);
    free(tidied);
    return whole;
}

/* The program as it was called, looked up in PATH where it has no slash; links are not followed. */
static char *find_executable(const char *argv0) {
    if (argv0 == NULL || *argv0 == 0) return need(strdup(""));
    if (strchr(argv0, '/')) return absolute(argv0);
    const char *path = getenv("PATH");
    char *copy = need(strdup(path ? path : "/usr/local/bin:/usr/bin:/bin")), *rest = copy, *directory, *found = NULL;
    while (found == NULL && (directory = strsep(&rest, ":")) != NULL) {
        char *candidate = join(*directory ? directory : ".", argv0);
        if (is_executable(candidate)) found = absolute(candidate);
        free(candidate);
    }
    free(copy);
    return found ? found : need(strdup(""));
}

static bool has_library(const char *home) {
    char *landmark = join(home, "lib/" LIB_NAME "/os.py");
    bool has = is_file(landmark);
    free(landmark);
    return has;
}

/* home from the folder of a real executable; NULL: not there. */
static char *home_of(const char *bin) {
    if (has_library(bin)) return need(strdup(bin));
    char *above = parent(bin);
    if (has_library(above)) return above;
    free(above);
    return NULL;
}

/* The environment's folder, and the value of its `home` line (NULL: none). */
static char *find_venv(const char *executable, char **home_line) {
    *home_line = NULL;
    char *directory = parent(executable);
    for (int i = 0; i < 2; i++) {
        char *file = join(directory, "pyvenv.cfg");
        FILE *f = fopen(file, "r");
        free(file);
        if (f != NULL) {
            char line[PATH_MAX + 64];
            while (fgets(line, sizeof line, f)) {
                char *equals = strchr(line, '=');
                if (equals == NULL) continue;
                *equals = 0;
                char *key = line + strspn(line, " \t"), *value = equals + 1 + strspn(equals + 1, " \t");
                key[strcspn(key, " \t")] = 0;
                value[strcspn(value, "\r\n")] = 0;
                if (strcasecmp(key, "home") == 0) *home_line = need(strdup(value));
            }
            fclose(f);
            return directory;
        }
        char *above = parent(directory);
        free(directory);
        directory = above;
    }
    free(directory);
    return NULL;
}

static void add_path(Config *c, const char *path) {
    c->path = need(realloc(c->path, sizeof(char *) * (size_t)(c->path_count + 1)));
    c->path[c->path_count++] = need(strdup(path));
}

static void show(const char *name, const char *text) {
    if (text == NULL) fprintf(stderr, "  %s = (not set)\n", name);
    else fprintf(stderr, "  %s = '%s'\n", name, text);
}

/* There is no library: where it was looked for, and why there. */
static void tell_missing(const Config *c, const char *home, const char *python_path) {
    const struct { const char *name; int value; } flags[] = {
        {"isolated", c->isolated}, {"environment", !c->ignore_environment}, {"user site", !c->no_user_site}, {"safe_path", c->safe_path}, {"import site", !c->no_site}};
    const struct { const char *name, *text; } places[] = {
        {"sys._base_executable", c->base_executable}, {"sys.base_prefix", c->base_prefix}, {"sys.base_exec_prefix", c->base_exec_prefix},
        {"sys.platlibdir", "lib"}, {"sys.executable", c->executable}, {"sys.prefix", c->prefix}, {"sys.exec_prefix", c->exec_prefix}};
    fputs("Python path configuration:\n", stderr);
    show("PYTHONHOME", home);
    show("PYTHONPATH", python_path);
    show("program name", c->program_name);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) fprintf(stderr, "  %s = %d\n", flags[i].name, flags[i].value);
    show("stdlib dir", c->stdlib_dir);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) show(places[i].name, places[i].text);
    fputs("  sys.path = [\n", stderr);
    for (int i = 0; i < c->path_count; i++) fprintf(stderr, "    '%s',\n", c->path[i]);
    fprintf(stderr, "  ]\n"
                    "krait: no standard library in %s\n"
                    "krait: run `make stdlib` in the source tree, or let KRAIT_STDLIB name the directory that has os.py\n", c->stdlib_dir);
}

bool paths_find(Config *c, const char *argv0) {
    c->program_name = need(strdup(argv0 ? argv0 : "krait"));
    char real[PATH_MAX], self[PATH_MAX];
    c->executable = find_executable(argv0);
    if (c->executable[0] == 0 || !is_executable(c->executable)) { /* called under another name */
        ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
        if (n > 0) {
            self[n] = 0;
            free(c->executable);
            c->executable = need(strdup(self));
        }
    }
    char *home_line, *venv = find_venv(c->executable, &home_line), *home = NULL;
    const char *setting = c->ignore_environment ? NULL : getenv("PYTHONHOME"), *stdlib = c->ignore_environment ? NULL : getenv("KRAIT_STDLIB");
    if (realpath(c->executable, real) == NULL) snprintf(real, sizeof real, "%s", c->executable);
    char *bin = parent(real);
    home = home_of(bin);
    if (home == NULL && home_line != NULL) home = home_of(home_line);
    if (home == NULL) { /* the library beside the program that runs, however it was called */
        ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
        if (n > 0) {
            self[n] = 0;
            char *directory = parent(self);
            home = home_of(directory);
            free(directory);
        }
    }
    if (home == NULL) home = parent(bin);
    if (setting && *setting) {
        char *copy = need(strdup(setting));
        c->base_prefix = copy;
        char *colon = strchr(copy, ':');
        if (colon) *colon = 0;
        c->base_exec_prefix = colon ? colon + 1 : copy;
    } else {
        c->base_prefix = c->base_exec_prefix = need(strdup(home));
    }
    c->library_dir = join(home, "lib/krait");
    if (stdlib && *stdlib) c->stdlib_dir = absolute(stdlib);
    else c->stdlib_dir = join(c->base_prefix, "lib/" LIB_NAME);
    c->prefix = venv ? need(strdup(venv)) : need(strdup(c->base_prefix));
    c->exec_prefix = venv ? need(strdup(venv)) : need(strdup(c->base_exec_prefix));
    c->base_executable = venv && home_line ? join(home_line, strrchr(real, '/') ? strrchr(real, '/') + 1 : "krait") : need(strdup(c->executable));
    const char *python_path = c->ignore_environment ? NULL : getenv("PYTHONPATH");
    if (python_path && *python_path) {
        char *copy = need(strdup(python_path)), *rest = copy, *one;
        while ((one = strsep(&rest, ":")) != NULL) add_path(c, one);
        free(copy);
    }
    char *zip = join(c->base_prefix, "lib/python314.zip");
    add_path(c, zip);
    add_path(c, c->library_dir);
    add_path(c, c->stdlib_dir);
    free(zip);
    free(home);
    free(bin);
    free(venv);
    free(home_line);
    char *landmark = join(c->stdlib_dir, "os.py");
    bool there = is_file(landmark);
    free(landmark);
    if (!there) tell_missing(c, setting, python_path);
    return there;
}

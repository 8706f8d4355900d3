#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    JOBS_MAX = 16,
    SECONDS_MAX = 60,         /* of a child, by the clock and by the processor's account */
    MESSAGE_MAX = 64 << 10,   /* of a child: so much is looked at */
    PROGRESS_STEP = 5000,     /* points between two lines that tell how far it is */
};

typedef struct Child {
    pid_t pid; /* 0: the row is free */
    int message; /* what it writes to standard error */
    uint64_t point;
} Child;

/* How children ended. */
enum Ending { WENT_ON, OUT_OF_MEMORY, OTHER_ERROR, WRONG, ENDINGS };

struct Fault {
    const char *what;
    uint64_t count;            /* calls so far */
    uint64_t next, last, step; /* the next that fails; the last that may */
    uint64_t row, row_left;    /* how many fail in a row, and how many of them are still to come */
    bool sweep;
    pid_t parent;
    int report; /* the program's standard error, as it was */
    int jobs;
    Child children[JOBS_MAX];
    uint64_t endings[ENDINGS], begun;
};

/* --- Children ------------------------------------------------------------------------------------------------------------------- */

static enum Ending ending_of(int status, const char *message) {
    if (WIFSIGNALED(status) || strstr(message, "Sanitizer") || strstr(message, "runtime error: ")) return WRONG;
    if (WEXITSTATUS(status) == 0) return WENT_ON;
    if (!*message) return WRONG;
    return strstr(message, "MemoryError") || strstr(message, "memory") ? OUT_OF_MEMORY : OTHER_ERROR;
}

static void child_report(const Fault *f, const Child *c, int status, char *message) {
    size_t n = strlen(message);
    while (n > 0 && message[n - 1] == '\n') message[--n] = 0;
    char *last = strrchr(message, '\n');
    last = last ? last + 1 : message;
    unsigned long long point = c->point;
    if (WIFSIGNALED(status)) {
        const char *name = WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGXCPU ? "did not end" : strsignal(WTERMSIG(status));
        dprintf(f->report, "%s %llu: %s: %.200s\n", f->what, point, name, last);
    } else {
        dprintf(f->report, "%s %llu: status %d: %.200s\n", f->what, point, WEXITSTATUS(status), *message ? last : "no message");
    }
}

static void child_await(Fault *f, Child *c, bool block) {
    int status;
    pid_t pid;
    do pid = waitpid(c->pid, &status, block ? 0 : WNOHANG);
    while (pid < 0 && errno == EINTR);
    if (pid == 0) return;
    if (pid == c->pid) {
        char *message = mmap(NULL, MESSAGE_MAX + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        ssize_t n = message == MAP_FAILED ? -1 : pread(c->message, message, MESSAGE_MAX, 0);
        enum Ending ending = n < 0 ? WRONG : ending_of(status, message);
        f->endings[ending]++;
        if (n >= 0 && (ending == WRONG || ending == OTHER_ERROR)) child_report(f, c, status, message);
        if (message != MAP_FAILED) munmap(message, MESSAGE_MAX + 1);
    } else {
        f->endings[WRONG]++; /* the program itself has waited for it */
    }
    close(c->message);
    c->pid = 0;
}

static Child *child_row(Fault *f) {
    Child *oldest = NULL;
    for (int i = 0; i < f->jobs; i++)
        if (f->children[i].pid) child_await(f, &f->children[i], false);
    for (int i = 0; i < f->jobs; i++) {
        Child *c = &f->children[i];
        if (!c->pid) return c;
        if (!oldest || c->point < oldest->point) oldest = c;
    }
    child_await(f, oldest, true);
    return oldest;
}

static void child_begin(Fault *f, int message) {
    f->sweep = false;
    signal(SIGALRM, SIG_DFL);
    alarm(SECONDS_MAX);
    setrlimit(RLIMIT_CPU, &(struct rlimit){SECONDS_MAX, SECONDS_MAX});
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, 0);
    dup2(nowhere, 1);
    dup2(message, 2);
    close(nowhere);
}

/* In a child: true. In the program itself, which goes on undisturbed: false. */
static bool sweep_fork(Fault *f) {
    Child *c = child_row(f);
    int message = memfd_create("message", MFD_CLOEXEC);
    pid_t pid = message < 0 ? -1 : fork();
    if (pid == 0) {
        child_begin(f, message);
        return true;
    }
    if (pid < 0) {
        dprintf(f->report, "%s %llu: no process: %s\n", f->what, (unsigned long long)f->count, strerror(errno));
        f->endings[WRONG]++;
        if (message >= 0) close(message);
        return false;
    }
    *c = (Child){pid, message, f->count};
    if (++f->begun % PROGRESS_STEP == 0) dprintf(f->report, "%s: %llu tried\n", f->what, (unsigned long long)f->begun);
    return false;
}

/* At the end of the program: its children end, too. */
static void sweep_end(int status, void *fault) {
    Fault *f = fault;
    if (!f->sweep || getpid() != f->parent) return;
    for (int i = 0; i < f->jobs; i++)
        if (f->children[i].pid) child_await(f, &f->children[i], true);
    dprintf(f->report, "%s: %llu of %llu failed in turn: %llu ended out of memory, %llu by another exception, %llu went on, %llu went wrong\n", f->what,
            (unsigned long long)f->begun, (unsigned long long)f->count, (unsigned long long)f->endings[OUT_OF_MEMORY],
            (unsigned long long)f->endings[OTHER_ERROR], (unsigned long long)f->endings[WENT_ON], (unsigned long long)f->endings[WRONG]);
    f->sweep = false;
}

/* --- The plan ------------------------------------------------------------------------------------------------------------------- */

static bool read_number(const char **text, uint64_t *n) {
    if (**text < '0' || **text > '9') return false;
    char *end;
    *n = strtoull(*text, &end, 10);
    *text = end;
    return true;
}

static bool plan_read(Fault *f, const char *text) {
    f->step = f->row = 1;
    if (!read_number(&text, &f->next) || f->next == 0) return false;
    f->last = f->next;
    if (*text == '-') {
        text++;
        f->sweep = true;
        if (!read_number(&text, &f->last)) f->last = UINT64_MAX;
        if (*text == '/' && (text++, !read_number(&text, &f->step))) return false;
    }
    if (*text == 'x') {
        text++;
        if (!read_number(&text, &f->row)) return false;
        if (f->row == 0) f->row = UINT64_MAX;
    }
    return *text == 0 && f->step > 0;
}

Fault *fault_new(const char *plan, const char *what) {
    Fault *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    f->what = what;
    f->report = -1;
    f->parent = getpid();
    if (!plan_read(f, plan)) goto fail;
    if (f->sweep) {
        long processors = sysconf(_SC_NPROCESSORS_ONLN);
        f->jobs = processors < 1 ? 1 : processors > JOBS_MAX ? JOBS_MAX : (int)processors;
        f->report = fcntl(2, F_DUPFD_CLOEXEC, 100);
        if (f->report < 0 || on_exit(sweep_end, f) != 0) goto fail;
    }
    return f;
fail:
    if (f->report >= 0) close(f->report);
    free(f);
    return NULL;
}

void fault_free(Fault *f) {
    if (f && !f->sweep) free(f); /* a sweep's ends with the process */
}

bool fault_now(Fault *f) {
    f->count++;
    if (f->row_left > 0) {
        f->row_left--;
        return true;
    }
    if (f->count != f->next || f->next > f->last) return false;
    f->next += f->step;
    if (f->sweep && !sweep_fork(f)) return false;
    f->next = 0; /* no further one */
    f->row_left = f->row - 1;
    return true;
}

/* The program krait: options, boot, running what was asked for, and the exit status. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot/boot.h"
#include "cli/options.h"
#include "cli/run.h"

int main(int argc, char **argv) {
    Config config;
    RunPlan plan;
    options_read(argc, argv, &config, &plan);
    /* Always by exit, from here, so that what the config holds is not taken for leaked. */
    if (plan.done) exit(plan.status);
    locale_settle(&config);
    if (!paths_find(&config, argv[0])) exit(1);
    /* A reader that is gone and a file that grows beyond its limit are an OSError where the write is. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    Thread *t = boot(&config);
    if (t == NULL) exit(1);
    Runtime *runtime = t->runtime;
    int status = run_plan(t, &plan);
    bool interrupted = status == RUN_INTERRUPTED;
    if (shutdown_interp(t) < 0) status = 120;
    shutdown_runtime(runtime);
    if (interrupted) { /* die of the signal, so that the shell sees it */
        signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
        status = 130;
    }
    exit(status);
}

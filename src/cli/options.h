/* The command line and the environment: what is to be run, and how. */
#ifndef KRAIT_CLI_OPTIONS_H
#define KRAIT_CLI_OPTIONS_H

#include "core/config.h"

typedef struct RunPlan {
    const char *command;  /* -c */
    const char *module;   /* -m */
    const char *filename; /* a script, directory or zip file; NULL with the others NULL, too: standard input */
    bool skip_first_line; /* -x */
    bool interactive;     /* -i */
    bool done;            /* nothing to run: help or version was printed, or the options were wrong ... */
    int status;           /* ... and this is the exit status */
} RunPlan;

/* Fills both. Memory of strings is libc's and lives as long as the process. */
void options_read(int argc, char **argv, Config *config, RunPlan *plan);
/* Chooses the locale, the UTF-8 mode (config->utf8_mode is 0, 1, or -1: what the locale asks for) and the encoding of the system's texts. */
void locale_settle(Config *config);
/* Finds the executable, the library and the initial sys.path. False after a message: the library is not there. */
bool paths_find(Config *config, const char *argv0);

#endif

/* The help texts. */
#ifndef KRAIT_CLI_HELP_H
#define KRAIT_CLI_HELP_H

extern const char help_options[], help_environment[], help_xoptions[];

#endif

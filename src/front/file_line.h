/* One line of a source file, for those who show it. */
#ifndef KRAIT_FRONT_FILE_LINE_H
#define KRAIT_FRONT_FILE_LINE_H

#include "core/errors.h"

/* Line `lineno` of the file, its newline included, decoded as its coding line says: owned str; VNULL without an exception if it
 * cannot be read. */
Value file_line(Thread *t, Value filename, int64_t lineno);

#endif

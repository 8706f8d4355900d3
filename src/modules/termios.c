/* The module termios: POSIX control of terminals. */
#include <errno.h>
#include <linux/tty.h>
#include <sys/ioctl.h>
#include <sys/ttydefaults.h>
#include <termios.h>
#include <unistd.h>

#include "modules/fd_argument.h"
#include "modules/module.h"

/* What the headers name otherwise or only inside the kernel's. */
#ifndef VSWTCH
#define VSWTCH VSWTC
#endif
#ifndef IBSHIFT
#define IBSHIFT 16
#endif

#define TERMIOS_FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

typedef struct TermiosState {
    Value error;
} TermiosState;

/* termios.error(errno, text), which is no OSError. */
static Value termios_error(Thread *t) {
    Value pair[] = {v_smallint(errno), str_from_cstr(t, strerror(errno))};
    if (is_null(pair[1])) return VNULL;
    Value error = call_2(t, MODULE_STATE(t, termios, TermiosState)->error, pair[0], pair[1]);
    decref(t, pair[1]);
    if (is_null(error)) return VNULL;
    err_raise_value(t, error);
    decref(t, error);
    return VNULL;
}

static Value done(Thread *t, int status) { return status < 0 ? termios_error(t) : V_NONE; }

/* --- Attributes ------------------------------------------------------------------------------------------------------------------------------ */

static Value control_character(Thread *t, const struct termios *mode, int i) {
    /* Without line editing these two are numbers. */
    bool number = !(mode->c_lflag & ICANON) && (i == VMIN || i == VTIME);
    return number ? v_smallint(mode->c_cc[i]) : bytes_new(t, (const char *)&mode->c_cc[i], 1);
}

TERMIOS_FUNCTION(fn_tcgetattr) {
    int fd, status;
    struct termios mode;
    if (!fd_argument(t, args[0], &fd)) return VNULL;
    ALLOW_THREADS(t, status = tcgetattr(fd, &mode));
    if (status < 0) return termios_error(t);
    Value characters = list_new(t, NCCS);
    for (int i = 0; !is_null(characters) && i < NCCS; i++) {
        Value c = control_character(t, &mode, i);
        if (is_null(c) || !list_append_take(t, V_AS(List, characters), c)) slot_clear(t, &characters);
    }
    if (is_null(characters)) return VNULL;
    Value items[] = {v_smallint(mode.c_iflag), v_smallint(mode.c_oflag), v_smallint(mode.c_cflag), v_smallint(mode.c_lflag),
                     v_smallint(cfgetispeed(&mode)), v_smallint(cfgetospeed(&mode)), characters};
    return list_take(t, items, COUNT_OF(items));
}

static bool set_character(Thread *t, Value v, cc_t *out) {
    int64_t number;
    if (is_bytes(t, v) && V_AS(Bytes, v)->length == 1) *out = (cc_t)V_AS(Bytes, v)->data[0];
    else if (!is_int(t, v)) return err_fail(t, T_TypeError, "tcsetattr: elements of attributes must be bytes objects of length 1 or integers");
    else if (!arg_i64(t, v, &number)) return false;
    else *out = (cc_t)number;
    return true;
}

/* The list's numbers may run Python code: the list is looked at anew each time. */
static bool flag_at(Thread *t, Value list, int64_t i, int64_t *out) {
    if (i >= list_len(list)) return err_fail(t, T_TypeError, "tcsetattr, arg 3: must be 7 element list");
    Value item = new_ref(list_at(list, i));
    bool good = arg_i64(t, item, out);
    decref(t, item);
    return good;
}

static bool read_mode(Thread *t, Value list, struct termios *mode) {
    int64_t numbers[6];
    for (int i = 0; i < 6; i++)
        if (!flag_at(t, list, i, &numbers[i])) return false;
    mode->c_iflag = (tcflag_t)numbers[0];
    mode->c_oflag = (tcflag_t)numbers[1];
    mode->c_cflag = (tcflag_t)numbers[2];
    mode->c_lflag = (tcflag_t)numbers[3];
    Value characters = list_len(list) == 7 ? list_at(list, 6) : V_NONE;
    if (!is_list(t, characters) || list_len(characters) != NCCS)
        return err_fail(t, T_TypeError, "tcsetattr: attributes[6] must be %d element list", NCCS);
    for (int i = 0; i < NCCS; i++)
        if (!set_character(t, list_at(characters, i), &mode->c_cc[i])) return false;
    if (cfsetispeed(mode, (speed_t)numbers[4]) >= 0 && cfsetospeed(mode, (speed_t)numbers[5]) >= 0) return true;
    termios_error(t);
    return false;
}

TERMIOS_FUNCTION(fn_tcsetattr) {
    int fd, when, status;
    struct termios mode;
    if (!fd_argument(t, args[0], &fd) || !arg_i32(t, args[1], &when)) return VNULL;
    if (!is_list(t, args[2]) || list_len(args[2]) != 7) return err_raise(t, T_TypeError, "tcsetattr, arg 3: must be 7 element list");
    /* What the list does not say stays as it is. */
    ALLOW_THREADS(t, status = tcgetattr(fd, &mode));
    if (status < 0) return termios_error(t);
    if (!read_mode(t, args[2], &mode)) return VNULL;
    ALLOW_THREADS(t, status = tcsetattr(fd, when, &mode));
    return done(t, status);
}

/* --- Queues and breaks ------------------------------------------------------------------------------------------------------------------------- */

static Value with_number(Thread *t, Value *args, int (*f)(int fd, int number)) {
    int fd, number, status;
    if (!fd_argument(t, args[0], &fd) || !arg_i32(t, args[1], &number)) return VNULL;
    ALLOW_THREADS(t, status = f(fd, number));
    return done(t, status);
}
TERMIOS_FUNCTION(fn_tcsendbreak) { return with_number(t, args, tcsendbreak); }
TERMIOS_FUNCTION(fn_tcflush) { return with_number(t, args, tcflush); }
TERMIOS_FUNCTION(fn_tcflow) { return with_number(t, args, tcflow); }
TERMIOS_FUNCTION(fn_tcdrain) {
    int fd, status;
    if (!fd_argument(t, args[0], &fd)) return VNULL;
    ALLOW_THREADS(t, status = tcdrain(fd));
    return done(t, status);
}

/* --- Window size -------------------------------------------------------------------------------------------------------------------------------- */

TERMIOS_FUNCTION(fn_tcgetwinsize) {
    int fd, status;
    struct winsize size;
    if (!fd_argument(t, args[0], &fd)) return VNULL;
    ALLOW_THREADS(t, status = ioctl(fd, TIOCGWINSZ, &size));
    return status < 0 ? termios_error(t) : tuple_of(t, 2, v_smallint(size.ws_row), v_smallint(size.ws_col));
}

static bool dimension(Thread *t, Value sequence, int64_t i, unsigned short *out) {
    int64_t number;
    Value item = item_get_index(t, sequence, i);
    bool good = !is_null(item) && arg_i64(t, item, &number);
    decref_maybe(t, item);
    if (!good) return false;
    *out = (unsigned short)number;
    return *out == number || err_fail(t, T_OverflowError, "winsize value(s) out of range.");
}

TERMIOS_FUNCTION(fn_tcsetwinsize) {
    int fd, status;
    struct winsize size;
    unsigned short rows, columns;
    if (!fd_argument(t, args[0], &fd)) return VNULL;
    int64_t n = is_sequence(t, args[1]) ? length_of(t, args[1]) : 0;
    if (n < 0) return VNULL;
    if (n != 2) return err_raise(t, T_TypeError, "tcsetwinsize, arg 2: must be a two-item sequence");
    if (!dimension(t, args[1], 0, &rows) || !dimension(t, args[1], 1, &columns)) return VNULL;
    /* The size in pixels stays. */
    ALLOW_THREADS(t, status = ioctl(fd, TIOCGWINSZ, &size));
    if (status < 0) return termios_error(t);
    size.ws_row = rows;
    size.ws_col = columns;
    ALLOW_THREADS(t, status = ioctl(fd, TIOCSWINSZ, &size));
    return done(t, status);
}

/* --- The module ---------------------------------------------------------------------------------------------------------------------------------- */

static const MethodDef functions[] = {
    {"tcgetattr", "($module, fd, /)",
     "Get the tty attributes for file descriptor fd.\n\nA list [iflag, oflag, cflag, lflag, ispeed, ospeed, cc]; cc is a list of the special characters, each a\n"
     "bytes object of length 1, but VMIN and VTIME are ints when line editing is off.", fn_tcgetattr},
    {"tcsetattr", "($module, fd, when, attributes, /)",
     "Set the tty attributes for file descriptor fd.\n\nThe attributes are a list as tcgetattr() answers; `when` is termios.TCSANOW, TCSADRAIN or TCSAFLUSH.", fn_tcsetattr},
    {"tcsendbreak", "($module, fd, duration, /)",
     "Send a break on file descriptor fd.\n\nA zero duration sends a break for 0.25-0.5 seconds; a nonzero duration\nhas a system dependent meaning.", fn_tcsendbreak},
    {"tcdrain", "($module, fd, /)", "Wait until all output written to file descriptor fd has been transmitted.", fn_tcdrain},
    {"tcflush", "($module, fd, queue, /)", "Discard queued data on file descriptor fd: termios.TCIFLUSH, TCOFLUSH or TCIOFLUSH.", fn_tcflush},
    {"tcflow", "($module, fd, action, /)", "Suspend or resume input or output on file descriptor fd: termios.TCOOFF, TCOON, TCIOFF or TCION.", fn_tcflow},
    {"tcgetwinsize", "($module, fd, /)", "Get the tty winsize for file descriptor fd.\n\nReturns a tuple (ws_row, ws_col).", fn_tcgetwinsize},
    {"tcsetwinsize", "($module, fd, winsize, /)", "Set the tty winsize for file descriptor fd: a pair (ws_row, ws_col).", fn_tcsetwinsize},
    {NULL},
};

static bool exec(Thread *t, Value module) {
    static const struct { const char *name; uint64_t value; } numbers[] = {
#define TERMIOS_NUMBER(name) {#name, (uint64_t)(name)},
#include "modules/termios_constants.def"
#undef TERMIOS_NUMBER
    };
    TermiosState *state = module_state(module);
    state->error = module_new_exception(t, "termios", "error", VNULL);
    if (is_null(state->error) || !module_add(t, module, "error", new_ref(state->error))) return false;
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (!module_add_int(t, module, numbers[i].name, (int64_t)numbers[i].value)) return false;
    return true;
}

static int traverse(void *state, VisitFn visit, void *context) {
    Value error = ((TermiosState *)state)->error;
    return is_null(error) ? 0 : visit(error, context);
}
static void clear(Thread *t, void *state) { slot_clear(t, &((TermiosState *)state)->error); }

const ModuleDef module_termios = {
    .name = "termios",
    .doc = "This module provides an interface to the Posix calls for tty I/O control.\nFor a complete description of these calls, see the Posix or Unix manual\n"
           "pages. It is only available for those Unix versions that support Posix\ntermios style tty I/O control.\n\n"
           "All functions in this module take a file descriptor fd as their first\nargument. This can be an integer file descriptor, such as returned by\n"
           "sys.stdin.fileno(), or a file object, such as sys.stdin itself.",
    .functions = functions,
    .state_size = sizeof(TermiosState),
    .exec = exec,
    .traverse = traverse,
    .clear = clear,
};

/* Setting f_lineno: which instructions the frame may go on at.
 *
 * A place can be jumped to when the temporaries alive there are alive here, too: it lies outside of loops and with blocks, or inside of those
 * that the frame is in. The depth of live temporaries at each instruction follows from walking the code.
 */
#include "vm/positions.h"
#include "vm/trace.h"

bool trace_jump(Thread *t, FrameObject *o, int line) {
    (void)line;
    return err_fail(t, T_ValueError, "jumping by f_lineno is not built yet");
}

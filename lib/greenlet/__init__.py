"""Lines of execution of one thread that hand control to one another; part of the interpreter."""
from greenlet._greenlet import (
    CLOCKS_PER_SEC, GREENLET_USE_CONTEXT_VARS, GREENLET_USE_GC, GREENLET_USE_TRACING, GreenletExit, enable_optional_cleanup, error,
    get_clocks_used_doing_optional_cleanup, getcurrent, gettrace, greenlet, settrace)

__version__ = '3.3.2'  # whose interface this is
__all__ = ['__version__', 'GreenletExit', 'error', 'getcurrent', 'greenlet', 'gettrace', 'settrace']

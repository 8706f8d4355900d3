# sys.monitoring: tools, events, local events, DISABLE, errors.
import sys
M = sys.monitoring; E = M.events
ev = []
M.use_tool_id(2, "t"); print(M.get_tool(2))
def rec(name):
    def cb(code, *a): 
        if code.co_name in ('f', 'g', 'h'): ev.append((code.co_name, name) + tuple(type(x).__name__ if isinstance(x, Exception) else getattr(x, '__name__', x) for x in a if name == 'LINE' or not isinstance(x, int)))
    return cb
names = ['PY_START','PY_RESUME','PY_RETURN','PY_YIELD','CALL','LINE','RAISE','EXCEPTION_HANDLED','PY_UNWIND','RERAISE','C_RETURN','C_RAISE']
m = 0
for n in names:
    M.register_callback(2, getattr(E, n), rec(n)); m |= getattr(E, n)
def f(x):
    y = len([x])
    try:
        len(3)
    except TypeError:
        y = 2
    return y
def g():
    yield 1
    yield 2
def h():
    raise ValueError
M.set_events(2, m)
f(1)
list(g())
try: h()
except ValueError: pass
M.set_events(2, 0)
for e in ev: print(e)
cnt = []
def line(code, l): cnt.append(l); return M.DISABLE
M.register_callback(2, E.LINE, line)
M.set_local_events(2, f.__code__, E.LINE)
f(1); f(1); print(len(cnt)); M.restart_events(); f(1); print(len(cnt))
M.set_local_events(2, f.__code__, 0)
for a in [lambda: M.use_tool_id(9, "x"), lambda: M.use_tool_id(2, "x"), lambda: M.set_events(3, 1), lambda: M.set_events(2, 1<<30), lambda: M.set_events(2, E.C_RETURN), lambda: M.register_callback(2, 3, None)]:
    try: a()
    except Exception as e: print(type(e).__name__, e)
M.free_tool_id(2); print(M.get_tool(2))

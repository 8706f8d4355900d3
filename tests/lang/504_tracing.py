# sys.settrace, sys.setprofile, sys.monitoring.
import sys
def f(x):
    y = x + 1
    if y > 2:
        y = g(y)
    return y
def g(z):
    return z * 2
base = f.__code__.co_firstlineno
log = []
def tracer(frame, event, arg):
    if frame.f_code.co_filename != __file__ or frame.f_code.co_name in ("run",): return None
    log.append((event, frame.f_code.co_name, frame.f_lineno - base, arg if event == "return" else type(arg).__name__ if event != "exception" else arg[0].__name__)); return tracer
def run(tool, fn, *a):
    log.clear(); tool(tracer)
    try: fn(*a)
    except Exception as e: pass
    finally: tool(None)
    for l in log: print(l)
run(sys.settrace, f, 1); run(sys.settrace, f, 5)
def loop():
    for i in range(2):
        pass
    else:
        x = 1
    while x: x -= 1
base = loop.__code__.co_firstlineno; run(sys.settrace, loop)
def raises():
    try:
        1 / 0
    except ZeroDivisionError:
        pass
    [][1]
base = raises.__code__.co_firstlineno; run(sys.settrace, raises)
def gen():
    yield 1
    yield 2
def usegen(): return list(gen())
base = gen.__code__.co_firstlineno; run(sys.settrace, usegen)
def prof(frame, event, arg):
    if frame.f_code.co_filename == __file__: log.append((event, frame.f_code.co_name, getattr(arg, "__name__", arg)))
def calls(): len([]); abs(-1); return f(0)
log.clear(); sys.setprofile(prof); calls(); sys.setprofile(None)
for l in log: print(l)
mon = sys.monitoring; mon.use_tool_id(3, "test"); print(mon.get_tool(3), mon.get_tool(4)); E = mon.events; ev = []
names = {E.PY_START: "start", E.PY_RETURN: "return", E.LINE: "line", E.CALL: "call", E.RAISE: "raise"}
base = f.__code__.co_firstlineno
mon.register_callback(3, E.PY_START, lambda c, o: ev.append(("start", c.co_name)) if c.co_filename == __file__ else None)
mon.register_callback(3, E.PY_RETURN, lambda c, o, r: ev.append(("return", c.co_name, r)) if c.co_filename == __file__ else None)
mon.register_callback(3, E.LINE, lambda c, n: ev.append(("line", c.co_name, n - base)) if c.co_name in "fg" else None)
mon.register_callback(3, E.CALL, lambda c, o, fn, a: ev.append(("call", getattr(fn, "__name__", "?"))) if c.co_name in "fg" else None)
mon.register_callback(3, E.RAISE, lambda c, o, e: ev.append(("raise", c.co_name, type(e).__name__)) if c.co_filename == __file__ else None)
mon.set_events(3, E.PY_START | E.PY_RETURN | E.LINE | E.CALL | E.RAISE)
f(4)
try: raises()
except IndexError: pass
mon.set_events(3, 0)
for e in ev: print(e)
ev.clear(); mon.set_local_events(3, g.__code__, E.PY_START); f(9); g(1); mon.set_local_events(3, g.__code__, 0); print(ev, mon.get_events(3)); mon.free_tool_id(3)
def jumpable():
    a = 1
    a = 2
    return a
def jumper(fr, ev, arg):
    if fr.f_code is jumpable.__code__ and ev == "line" and fr.f_lineno == jumpable.__code__.co_firstlineno + 2: fr.f_lineno += 1
    return jumper
sys.settrace(jumper); r = jumpable(); sys.settrace(None); print(r, sys.gettrace(), sys.getprofile())


# Bound methods of C functions are told of to profilers.
class Bound:
    f = classmethod(repr)
    g = classmethod(lambda cls, x, key: x)


for call in lambda: Bound().f(), lambda: Bound().g(1, key=lambda x: 0), lambda: Bound().f(*()):
    seen = []
    sys.setprofile(lambda frame, event, arg: seen.append(event))
    call()
    sys.setprofile(None)
    print(seen)

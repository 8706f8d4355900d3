# The profiler: counts of calls by caller, names of C functions, timers of its users.
import _lsprof, time, sys, math, collections, itertools, re
def f(n):
    if n: f(n-1)
    return len('abc')
def g():
    for i in range(3): yield i
def boom(): raise ValueError
p = _lsprof.Profiler()
L=[]; d={}; dq=collections.deque(); s='x'; pat=re.compile('a')
def work():
    f(3); f(0)
    list(g())
    L.append(1); d.get(1); dq.append(3); s.upper(); str.upper('x'); dict.fromkeys('ab'); math.sqrt(2); time.time(); pat.match('a')
    sorted([3,1], key=lambda x: x); max(1,2); isinstance(1,int); print(end=''); sys.getrecursionlimit(); sys.stdout.write(''); ''.join([]); int.from_bytes(b'a','big'); int('3'); object(); getattr(L,'append'); L.sort(); d.items()
    [].__len__(); list.append(L,3); map(f,[1]); super
    try: boom()
    except ValueError: pass
    try: int('x'); 
    except ValueError: pass
    try: math.sqrt(-1)
    except ValueError: pass
    x = L.append; x(3); f.__call__(0); next(iter([1])); type(3); type('T',(),{})
    import functools; functools.reduce(max,[1,2]); h = functools.partial(f,0); h()
p.enable(); work(); p.disable()
rows=[]
for e in p.getstats():
    c = e.code if isinstance(e.code,str) else e.code.co_qualname
    rows.append((c, e.callcount, e.reccallcount, e.totaltime>=e.inlinetime>=0, sorted(((x.code if isinstance(x.code,str) else x.code.co_qualname), x.callcount, x.reccallcount) for x in e.calls or [])))
for r in sorted(rows): print(r)
print(len(p.getstats())>0); p.clear(); print(p.getstats())
for e in ["p.enable(1,2,3)","p.enable(subcalls='a')","p.disable(1)","_lsprof.Profiler(timer=3,timeunit='a')","_lsprof.Profiler(foo=1)","_lsprof.Profiler(None,1.0,True,False,3)","_lsprof.profiler_entry","_lsprof.profiler_entry((1,2,3,4,5,6))","_lsprof.profiler_subentry((1,2,3,4,5))","p.disable()", "sys.monitoring.get_tool(2)","p.enable()","sys.monitoring.get_tool(2)","p.enable()","_lsprof.Profiler().enable()","p.disable()","sys.monitoring.get_tool(2)"]:
    try: print(e,'->',eval(e))
    except BaseException as x: print(e,'->',type(x).__name__,x)
t=0
def timer():
    global t; t+=1; return t
q=_lsprof.Profiler(timer, 0.5); q.enable(); f(2); q.disable()
for e in sorted(q.getstats(), key=lambda e: str(getattr(e.code,'co_name',e.code))): print(getattr(e.code,'co_name',e.code), e[1:5], sorted(x[1:] for x in e.calls or []))
q=_lsprof.Profiler(lambda: timer()*0.25, subcalls=False, builtins=False); q.enable(); f(2); q.disable()
for e in sorted(q.getstats(), key=lambda e: str(getattr(e.code,'co_name',e.code))): print(getattr(e.code,'co_name',e.code), e[1:5], e.calls is None)
def bad(): raise RuntimeError('x')
q=_lsprof.Profiler(bad); sys.unraisablehook=lambda a: print('unraisable', a.exc_type, a.err_msg[:45], a.object is bad)
q.enable(); f(0); q.disable(); print([e[1:5] for e in q.getstats()])
seen = []
def stop():
    for n in ('disable', 'clear'):
        try: getattr(q, n)()
        except RuntimeError as x: seen.append(str(x))
    return 1
q=_lsprof.Profiler(stop)
q.enable(); f(0); q.disable()
print(sorted(set(seen)))
import cProfile, io, pstats
p = cProfile.Profile()
p.runcall(work)
out = io.StringIO()
pstats.Stats(p, stream=out).sort_stats('name').print_stats('len|fromkeys|append')
print('{built-in method builtins.len}' in out.getvalue(), "{method 'append' of 'list' objects}" in out.getvalue())

# Cycles are found by the collector.
import gc, weakref
gc.collect(); gc.disable(); print(gc.isenabled())
class N:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n)
a = N("self"); a.me = a; r = weakref.ref(a, lambda r: print("callback")); del a; print(r() is not None, gc.collect() > 0, r())
a, b = N("a"), N("b"); a.o, b.o = b, a; ra = weakref.ref(a); del a, b; gc.collect(); print(ra())
l = []; l.append(l); d = {}; d["d"] = d; del l, d; print(gc.collect() >= 2)
def cyc():
    x = N("closure")
    def f(): return x, f
    x.f = f
cyc(); gc.collect()
def g():
    s = N("in generator")
    def hold(): return gen
    s.h = hold
    yield 1
gen = g(); next(gen); del gen; gc.collect()
class T: pass
t = T(); t.t = (t, [t]); wt = weakref.ref(t); del t; gc.collect(); print(wt())
C = type("C", (), {"m": lambda s: C}); wc = weakref.ref(C); del C; gc.collect(); print(wc())
class Res:
    kept = None
    def __del__(self): Res.kept = self; print("resurrect")
x = Res(); x.c = x; del x; gc.collect(); print(Res.kept is not None, Res.kept.c is Res.kept); Res.kept = None; gc.collect(); print("gone quietly")
try: raise ValueError
except ValueError as e: keep = e; keep.self = keep
wk = weakref.ref(T()); del keep; gc.collect()
gc.enable(); print(gc.isenabled(), len(gc.get_threshold()), len(gc.get_count()), gc.garbage, [sorted(s) for s in gc.get_stats()][:1], gc.is_tracked([]), gc.is_tracked(5), gc.is_tracked("s"))
alive = N("alive"); alive.me = alive; gc.collect(); print("alive is", alive.n); print(alive in gc.get_referrers(alive.__dict__) or True, any(o is alive for o in gc.get_objects()), alive in gc.get_referents([alive]))
cb = []; gc.callbacks.append(lambda p, i: cb.append((p, sorted(i)))); gc.collect(); gc.callbacks.clear(); print(cb)
n = 0
class Count:
    def __del__(self): global n; n += 1
for _ in range(20000): c = Count(); c.c = c
gc.collect(); c = None; gc.collect(); print(n); gc.freeze(); print(gc.get_freeze_count() >= 0); gc.unfreeze()
del alive.me, alive; print("end")

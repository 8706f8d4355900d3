import gc
import sys
often = getattr(sys.implementation, "_stress", "") == "gc" # a collection after each allocation: what was made is no longer young
print(gc.isenabled(), gc.get_threshold())
gc.disable()
print(gc.isenabled())
gc.enable()
gc.set_threshold(500, 5)
print(gc.get_threshold())
gc.set_threshold(2000, 10, 10)
class C: pass
print(gc.is_tracked([]), gc.is_tracked({}), gc.is_tracked(1), gc.is_tracked("a"), gc.is_tracked(C()), gc.is_tracked(C))
for f in (lambda: gc.collect(3), lambda: gc.get_objects(-1), lambda: gc.set_threshold()):
    try: f()
    except Exception as e: print(type(e).__name__, e)
gc.collect()
c = C()
print(any(o is c for o in gc.get_objects()), often or any(o is c for o in gc.get_objects(0)), any(o is c for o in gc.get_objects(2)))
gc.collect(0)
print(any(o is c for o in gc.get_objects(1)))
l = [c]
print([x is l for x in gc.get_referrers(c) if isinstance(x, list)])
print([x is c for x in gc.get_referents(l)])
print(len(gc.get_stats()), sorted(gc.get_stats()[0]))
gc.freeze()
print(gc.get_freeze_count() > 100, any(o is c for o in gc.get_objects(2)))
gc.unfreeze()
print(gc.get_freeze_count(), any(o is c for o in gc.get_objects(2)))
class F:
    def __del__(self): global f; f = self
x = F()
print(gc.is_finalized(x))
del x
print(gc.is_finalized(f))

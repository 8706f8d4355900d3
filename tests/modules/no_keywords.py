import gc, sys, struct, weakref, _weakref, syslog, math, itertools, operator, _collections, _struct, socket, re, random
def a(f, *p):
    try: f(*p, a=1)
    except Exception as e: print(getattr(f,'__qualname__',f), type(e).__name__, e)
class C: pass
for f in gc.set_threshold, gc.get_referrers, gc.get_referents, sys.audit, _weakref.proxy, math.hypot, operator.itemgetter, operator.attrgetter, struct.Struct('i').pack, struct.Struct('i').pack_into, socket.socket().sendto, re.match('a','a').group, random.Random, _collections._tuplegetter, set, frozenset, bool, range: a(f)
a(struct.pack, 'i'); a(struct.pack_into, 'i')

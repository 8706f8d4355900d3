"""__slots__ of classes derived from str."""
import gc, pickle, copy
class L(str):
    __slots__ = 'clean', 'has_comments'
    def __new__(cls, val, *a): return super().__new__(cls, val)
    def __init__(self, val, p=3): self.clean = val.strip(); self.has_comments = [self]
x = L(' abc ')
print(x, x.clean, x.has_comments[0] is x, len(x), hash(x) == hash(' abc '), hasattr(x, '__dict__'))
try: x.other = 1
except AttributeError as e: print(e)
del x.clean
try: x.clean
except AttributeError as e: print(e)
try: del x.clean
except AttributeError as e: print(e)
print(L.clean, L.__slots__)
class M(L): pass
m = M('zz'); m.foo = 1; print(m.foo, m.clean, m.__dict__.get('foo'))
class N(L): __slots__ = ('more',)
n = N('q'); n.more = 5; print(n.more, n.clean)
class E(L): __slots__ = ()
e = E('e '); e.has_comments = 2; print(e.clean, e.has_comments, hasattr(e, '__dict__'))
try: e.other = 1
except AttributeError as x: print(x)
try:
    class B(bytes): __slots__ = 'x'
except TypeError as e: print(e)
try:
    class B(int): __slots__ = 'x'
except TypeError as e: print(e)
for i in range(1000): L('a b %d' % i)
x = None; gc.collect()
def f(v): return v.clean
for i in range(2000): assert f(L(' %d ' % i)) == str(i)

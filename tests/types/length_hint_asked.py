# Who asks __len__ and __length_hint__ how many items will come: tuple() does not.
class I:
    def __init__(self, it=None): self.it = iter([1, 2])
    def __iter__(self): return self
    def __next__(self): return next(self.it)
    def __len__(self): print("len", end=" "); return 2
class H(I):
    __len__ = None
    def __length_hint__(self): print("hint", end=" "); return 2
del H.__len__
class H(object):
    def __init__(self): self.it = iter([1, 2])
    def __iter__(self): return self
    def __next__(self): return next(self.it)
    def __length_hint__(self): print("hint", end=" "); return 2
import collections, array, operator
l = []
def star(*a): return a
def slice_assign(x): l = [0]; l[:] = x; return l
for T in (I, H):
    for name, f in dict(tuple=tuple, list=list, set=set, frozenset=frozenset, sorted=sorted, star=lambda x: star(*x), disp=lambda x: [*x], tdisp=lambda x: (*x,), sdisp=lambda x: {*x},
      extend=lambda x: [].extend(x), iadd=lambda x: [].__iadd__(x), assign=slice_assign, join=lambda x: "".join(str(y) for y in x), deque=collections.deque, bytes=bytes, arr=lambda x: array.array("i", x), dict=lambda x: dict.fromkeys(x), zip=lambda x: list(zip(x)), map=lambda x: list(map(str, x)), enum=lambda x: list(enumerate(x)), rev=lambda x: max(x), sum=sum, unpack=lambda x: (lambda a, b: a)(*x), comp=lambda x: [y for y in x], lst=lambda x: list(iter(x)), tup2=lambda x: tuple(iter(x)), ba=lambda x: bytearray().extend(x), su=lambda x: set().update(x), strjoin=lambda x: (lambda: "".join(x))() if 0 else 0).items():
        print(T.__name__, name, end=": ")
        try: print(f(T()))
        except Exception as e: print(type(e).__name__, e)

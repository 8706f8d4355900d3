# Properties, descriptors, __set_name__, slots, the order of attribute lookup.
class Temp:
    def __init__(self): self._c = 0
    @property
    def c(self):
        "degrees"
        return self._c
    @c.setter
    def c(self, v):
        if v < -273: raise ValueError("too cold")
        self._c = v
    @c.deleter
    def c(self): print("deleted"); self._c = None
    ro = property(lambda self: "read only")
t = Temp(); t.c = 5; print(t.c, t.ro, Temp.c.__doc__, Temp.c.fget(t)); del t.c; print(t.c)
for bad in (lambda: setattr(t, "c", -300), lambda: setattr(t, "ro", 1), lambda: delattr(t, "ro"), lambda: property().__get__(t)):
    try: bad()
    except Exception as e: print(type(e).__name__, e)
class Desc:
    def __set_name__(self, owner, name): self.name = name; print("set_name", owner.__name__, name)
    def __get__(self, obj, owner): return f"get {self.name} {obj is not None} {owner.__name__}"
    def __set__(self, obj, v): print("set", self.name, v)
    def __delete__(self, obj): print("delete", self.name)
class NonData:
    def __get__(self, obj, owner): return "non-data"
class C:
    d = Desc()
    n = NonData()
    p = 1
c = C()
print(c.d, C.d, c.n, C.n)
c.d = 5; del c.d
c.__dict__["d"] = "shadow"; c.__dict__["n"] = "shadow"; print(c.d, c.n)
class Sub(C): pass
print(Sub().d, Sub.d)
class SetOnly:
    def __set__(self, obj, v): obj.__dict__["so"] = v * 2
class H: so = SetOnly()
h = H(); print(type(h.so).__name__); h.so = 4; print(h.so)
try: del h.so
except AttributeError as e: print(e)
class Slots:
    __slots__ = ["x", "y", "__dict__"]
s = Slots(); s.x = 1; s.z = 3; print(s.x, s.z, s.__dict__); del s.x
try: s.x
except AttributeError as e: print(e)
class Base: __slots__ = ("a",)
class Derived(Base): __slots__ = ("b",)
d = Derived(); d.a, d.b = 1, 2
print(d.a, d.b, Derived.__slots__, hasattr(d, "__dict__"))
for bad in ("class X:\n __slots__ = ('a',)\n a = 1", "class X:\n __slots__ = (1,)", "class X:\n __slots__ = ('a b',)", "class X(int):\n __slots__ = ('a',)\nprint('int slots')", "class X(tuple):\n __slots__ = ('a',)"):
    try: exec(bad)
    except (TypeError, ValueError) as e: print(type(e).__name__, e)
class Lazy:
    def __init__(self, f): self.f = f
    def __set_name__(self, o, n): self.n = n
    def __get__(self, obj, owner=None):
        if obj is None: return self
        v = obj.__dict__[self.n] = self.f(obj)
        return v
class L:
    @Lazy
    def value(self): print("computed"); return 42
l = L(); print(l.value, l.value)
class Bound:
    def __get__(self, obj, owner): return lambda *a: ("bound", obj is not None, a)
class B: m = Bound()
print(B().m(1), B.m(2))
def func(self): return self
f = func.__get__(5); print(f(), f.__self__)
print(type(vars(C)["p"]), type(vars(Temp)["c"]), type(vars(Temp)["__init__"]))
class Meta(type):
    @property
    def mp(cls): return "meta property " + cls.__name__
    attr = "from meta"
class M(metaclass=Meta): pass
print(M.mp, M.attr, hasattr(M(), "attr"))
class Fails:
    def __set_name__(self, o, n): raise ValueError("no name")
try:
    class Z: x = Fails()
except ValueError as e: print(e, e.__notes__)
class Inherit(Temp):
    @Temp.c.getter
    def c(self): return "overridden"
i = Inherit(); i.c = 3; print(i.c, i._c)
class G:
    @property
    def broken(self): return self.missing_inside
try: G().broken
except AttributeError as e: print(e)

# Attributes at sites that see objects of many shapes, and classes, instances and modules that change under them.
import types


class Base:
    shared = "base"

    def __init__(self, n):
        self.n = n

    def method(self):
        return "Base.method", self.n

    @property
    def doubled(self):
        return self.n * 2

    @classmethod
    def make(cls):
        return cls.__name__

    @staticmethod
    def plain(x):
        return x + 1


def subclass(i):
    class Sub(Base):
        def __init__(self, n):
            for k in range(i):
                setattr(self, "x%d" % k, k)
            self.n = n

    Sub.__name__ = "Sub%d" % i
    return Sub


def look(o):
    o.n += 1
    o.fresh = o.n
    return o.n, o.fresh, o.shared, o.doubled, o.method(), o.make(), o.plain(o.n)


classes = [Base] + [subclass(i) for i in range(40)]
objects = [c(i) for i, c in enumerate(classes)]
total = 0
for turn in range(8):
    for o in objects:
        r = look(o)
        total += r[0] + r[3]
print(total, look(objects[3]), look(objects[40]))

# The class changes: a method, a property, data that hides it, a base, deletion.
Base.method = lambda self: "replaced"
print([look(o)[4] for o in objects[:3]])
objects[1].method = lambda: "own"
print([look(o)[4] for o in objects[:3]])
classes[2].shared = "sub"
print([look(o)[2] for o in objects[:4]])
Base.doubled = 7
print([look(o)[3] for o in objects[:3]])
Base.doubled = property(lambda self: self.n)
print([look(o)[3] for o in objects[:3]])
Base.shared = property(lambda self: "computed")
print([look(o)[2] for o in objects[:4]])
del Base.shared
for o in objects[1:4]:
    try:
        print(look(o)[2])
    except AttributeError as e:
        print(e)
Base.shared = 1


class Other:
    shared, doubled, n = 2, 3, 4

    def method(self):
        return "Other"

    make = plain = lambda self, *args: "made"


objects[5].__class__ = Other
print(look(objects[5]))
objects[6].__dict__["n"] = 100
print(look(objects[6])[:2])
vars(objects[7]).clear()
try:
    look(objects[7])
except AttributeError as e:
    print(e)


# Getters: in generators, raising, with a frame of their own, deep.
class Getters:
    @property
    def frame(self):
        import sys
        f = sys._getframe()
        return f.f_code.co_name, f.f_back.f_code.co_name

    @property
    def bad(self):
        raise AttributeError("from the getter")

    @property
    def zero(self):
        return 1 / 0

    @property
    def deep(self):
        return self.deep

    @property
    def generator(self):
        yield 1
        yield self.frame

    @property
    def with_defaults(self, a=1, *rest, b=2):
        return a, rest, b

    def __getattr__(self, name):
        return "fallback " + name


class Strict(Getters):
    __getattribute__ = object.__getattribute__
    __getattr__ = Getters.__getattr__


del Getters.__getattr__


def getters(o):
    out = [o.frame, list(o.generator), o.with_defaults]
    for name in "bad", "zero", "deep":
        try:
            out.append(o.bad if name == "bad" else o.zero if name == "zero" else o.deep)
        except (AttributeError, ZeroDivisionError, RecursionError) as e:
            out.append((type(e).__name__, str(e)))
    return out


def stepwise(o):
    for i in range(3):
        yield o.frame, o.with_defaults


for i in range(5):
    r = getters(Getters())
print(r)
print(getters(Strict()))
print(list(stepwise(Getters())))


# Modules and classes at one site.
def value_of(o):
    return o.value, o.call(1)


m1, m2 = types.ModuleType("m1"), types.ModuleType("m2")
m1.value, m1.call = 1, lambda x: ("m1", x)
m2.call, m2.value = (lambda x: ("m2", x)), 2


class C1:
    value = "c1"
    call = staticmethod(lambda x: ("C1", x))


class C2(C1):
    value = "c2"

    @classmethod
    def call(cls, x):
        return cls.__name__, x


for turn in range(4):
    r = [value_of(o) for o in (m1, m2, C1, C2, C1(), C2())]
print(r)
m1.value = "new"
C1.value = "changed"
del C2.value
del m2.value
m2.__class__ = type("Special", (types.ModuleType,), {"value": property(lambda self: "of the class")})
print([value_of(o) for o in (m1, m2, C1, C2, C1(), C2())])
try:
    value_of(types.ModuleType.__new__(types.ModuleType))
except AttributeError as e:
    print(e)


# Slots.
class Slotted:
    __slots__ = ("a", "b")


class More(Slotted):
    __slots__ = ("c",)


def slots(o, v):
    o.a = v
    o.b = v + 1
    return o.a, o.b


for i in range(6):
    r = slots(Slotted(), i), slots(More(), i)
print(r)
s = Slotted()
for i in range(3):
    try:
        s.a
    except AttributeError as e:
        print(e)

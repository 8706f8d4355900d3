# Attributes at sites whose objects have a __getattr__, keep their attributes in a dict, or belong to classes with descriptors of any kind;
# each site runs often enough to remember what it found, and then the class, the object or the descriptor changes.


class Hooked:
    kind = "class"

    def __init__(self, n):
        self.n = n

    def __getattr__(self, name):
        if name.startswith("no"):
            raise AttributeError("none of " + name)
        return "hook " + name

    def method(self):
        return "method", self.n

    @property
    def refuses(self):
        self.count = self.__dict__.get("count", 0) + 1
        raise AttributeError("refused")


class Slotted:
    __slots__ = ("a", "b")

    def __getattr__(self, name):
        return "hook " + name


def look(o):
    return o.n, o.kind, o.other, o.method(), o.refuses, o.__class__.__name__, getattr(o, "none", 0)


hooked = Hooked(3)
for _ in range(100):
    r = look(hooked)
print(r, hooked.count)
hooked.other = "own"
hooked.method = lambda: "own method"
print(look(hooked))
Hooked.kind = "changed"
print(look(hooked), look(Hooked(4)))
del hooked.method, hooked.other
print(look(hooked))
try:
    hooked.nothing
except AttributeError as e:
    print(e)

slotted = Slotted()
slotted.a = 1
for _ in range(100):
    r = slotted.a, slotted.b, slotted.c
print(r)
slotted.b = 2
del slotted.a
print([(slotted.a, slotted.b, slotted.c) for _ in range(3)])


# __getattribute__ of its own: nothing of it may be remembered.
class Counted(Hooked):
    def __getattribute__(self, name):
        return "all" if name == "n" else super().__getattribute__(name)


print([look(o)[0] for o in [Hooked(1), Counted(1)] * 3])
Hooked.__getattribute__ = lambda self, name: "none is found but " + name
print(hooked.n, hooked.method)
del Hooked.__getattribute__
print(hooked.n, hooked.method())


# Attributes in a dict: of many orders, shadowing and not.
class Kept:
    shared = "class"

    def __init__(self, names):
        for i, name in enumerate(names):
            self.__dict__[name] = i

    def method(self):
        return "method"

    def bound(self):
        return "bound"


def ask(o):
    b = o.bound
    return o.x, o.y, o.shared, o.method(), b()


kept = [Kept("xy"), Kept("yx"), Kept("aybx"), Kept("abcdefghijklmnyopqrx")]
for _ in range(100):
    r = [ask(o) for o in kept]
print(r)
kept[0].shared = "own"
kept[1].method = lambda: "own method"
kept[2].__dict__["bound"] = lambda: "own bound"
print([ask(o) for o in kept])
del kept[0].x
kept[3].__dict__ = {1: 2, "x": "new", "y": "dict"}
for o in kept:
    try:
        print(ask(o))
    except AttributeError as e:
        print(e)
kept[0].__dict__ = {}
kept[0].x = kept[0].y = None
Kept.method = property(lambda self: lambda: "property")
print([ask(o) for o in kept])


class Odd(str):
    def __eq__(self, other):
        Kept.shared = "changed by a key"
        return str.__eq__(self, other)

    __hash__ = str.__hash__


kept[1].__dict__ = {Odd("x"): 1, Odd("y"): 2}
print(ask(kept[1]), ask(kept[2]))


# Data descriptors: from C, from Python, with a __get__ that comes, changes and goes; in classes and in metaclasses.
class Field:
    def __init__(self, name):
        self.name = name

    def __get__(self, instance, owner):
        if instance is None:
            return self
        if self.name == "bad":
            raise AttributeError(self.name)
        return self.name, instance.v, owner.__name__

    def __set__(self, instance, value):
        instance.v = value


class Meta(type):
    label = Field("meta")

    @property
    def shout(cls):
        return cls.__name__.upper()


class Record(metaclass=Meta):
    f = Field("f")
    bad = Field("bad")
    v = 0


class Other(Record):
    f = Field("g")


Meta.v = "of meta"
records = [Record(), Other()]
for r in records:
    r.v = ()
for i in range(100):
    for r in records:
        r.v = (i,)
        found = r.f, r.__class__.__name__, type(r).shout, type(r).label, type(r).__mro__[1].__name__, len(r.__dict__), (3).real
print(found)
for _ in range(3):
    try:
        records[0].bad
    except AttributeError as e:
        print(e.args)
generated = [x for r in records for x in (r.f for _ in range(3))]
print(generated)
Field.__get__ = lambda self, *rest: ("another", len(rest))
print(records[0].f, Record.label)


def several(self, instance, owner=None, *rest, key=1, **more):
    return "several", instance is None, key, rest, more


Field.__get__ = several
print([r.f for r in records])
Field.__get__ = lambda: 0
try:
    records[0].f
except TypeError as e:
    print("TypeError")
del Field.__set__
Field.__get__ = lambda self, instance, owner: "not data"
records[0].__dict__["f"] = "own"
print([r.f for r in records])
del Field.__get__
print([r.f if type(r.f) is str else type(r.f).__name__ for r in records])


class Endless:
    @property
    def p(self):
        return self.f

    class F:
        def __get__(self, instance, owner):
            return instance.f

        def __set__(self, instance, value):
            pass

    f = F()


for _ in range(3):
    try:
        Endless().p
    except RecursionError:
        print("RecursionError")

"""Code that ran hot on a class's first object goes on with later ones, which are laid out in another way, and with objects that lack the attribute."""


def make():
    names = [f"a{i}" for i in range(30)]
    namespace = {}
    exec("class Wide:\n    def __init__(self, base):\n" + "".join(f"        self.{n} = base + {i}\n" for i, n in enumerate(names)), namespace)
    return namespace["Wide"]


def total(o):
    return o.a0 + o.a14 + o.a29


def method(o):
    return o.a28(3)


Wide = make()
first = Wide(0)
first.a28 = lambda n: n + 1
for _ in range(3000):
    assert total(first) == 43 and method(first) == 4
later = [Wide(i) for i in range(1, 200)]
print(sum(map(total, later)))
for o in later:
    o.a28 = abs
print(sum(map(method, later)), total(first), method(first))
del later[3].a29, later[4].a28
for function, o in (total, later[3]), (method, later[4]):
    try:
        print(function(o))
    except AttributeError as e:
        print(e)
later[5].__dict__["a29"] = 1000
print(total(later[5]), total(first), total(later[6]))
Wide.a29 = property(lambda self: -1)
print(total(first), total(later[6]))

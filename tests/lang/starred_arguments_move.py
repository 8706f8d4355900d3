"""The arguments of a call with a star come from a list that becomes a tuple: each is held once, also where somebody else sees that list."""
import gc
import sys


class Thing:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def take(*arguments):
    return arguments


def lists_of(thing):
    return [r for r in gc.get_referrers(thing) if type(r) is list]


def show(thing):
    """Yields while the list of the call under way holds `thing`, and keeps that list."""
    kept.extend(lists_of(thing))
    yield 1


kept = []
thing = object()
before = sys.getrefcount(thing)
for _ in range(200):
    got = take(thing, *[thing, 1], *())
print(len(got), sys.getrefcount(thing) - before)
del got
print(sys.getrefcount(thing) - before)

print(len(take(Thing("a"), *[Thing("b")])))
first, *rest = (*[Thing("c")], *[Thing("d")])
del first
print(len(rest))
del rest

got = take(thing, *show(thing), 2)
print(got[1:], all(len(l) in (2, 3) for l in kept))
kept.clear()
print((*"ab", *[]), (*[], *[]))

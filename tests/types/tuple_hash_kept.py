"""The hash of a tuple is the same at every asking, whatever its length, type and history."""
import collections
import itertools
import os
import time
import datetime


class Counting:
    asked = 0

    def __init__(self, value):
        self.value = value

    def __hash__(self):
        Counting.asked += 1
        return hash(self.value)

    def __eq__(self, other):
        return self.value == other.value


class Plain(tuple):
    __slots__ = ()


class WithDict(tuple):
    pass


class Structured(collections.namedtuple("Structured", "a b c")):
    __slots__ = ()


for n in list(range(12)) + [31, 61, 62, 63, 64, 200, 1001]:
    t = tuple(range(n))
    print(n, hash(t), len({hash(t), hash(t), hash(tuple(range(n))), hash(Plain(t)), hash(Plain(t)), hash(WithDict(t)), hash(WithDict(t))}))

# Attributes of an instance with a dict stay what they are.
d = WithDict((1, 2, 3))
d.name = "name"
print(hash(d) == hash((1, 2, 3)), d.name, d, d.__dict__, hash(d) == hash((1, 2, 3)))
d = WithDict((1, 2))
print(hash(d) == hash((1, 2)), d, d.__dict__, hash(d) == hash((1, 2)))

print(hash(Structured(1, 2, 3)) == hash((1, 2, 3)), hash(Structured(1, 2, 3)._replace(b=5)) == hash((1, 5, 3)))

# Struct sequences have fields behind their items.
for value in (time.struct_time(range(9)), time.gmtime(0), os.stat_result(range(10)), os.terminal_size((3, 4)), os.times_result((1.0, 2.0, 3.0, 4.0, 5.0))):
    print(type(value).__name__, hash(value) == hash(tuple(value)), hash(value) == hash(value), repr(value))
gm = time.gmtime(86400)
hash(gm)
print(gm.tm_gmtoff)
week = datetime.date(2024, 2, 29).isocalendar()
print(hash(week) == hash(week), week)


# A tuple that an iterator fills again has the hash of what it holds now.
def hashes(iterator):
    return [hash(t) for t in iterator]


a, b, c = [1, 2, 3], [4, 5, 6], [7, 8, 9]
print(hashes(zip(a, b, c)) == [hash(t) for t in list(zip(a, b, c))])
print(hashes(zip(a)) == [hash((x,)) for x in a])
print(hashes(itertools.combinations("abcd", 3)) == [hash(t) for t in list(itertools.combinations("abcd", 3))])
print(hashes(itertools.zip_longest(a, b, c)) == hashes(list(zip(a, b, c))))

# Items of a key are asked once for what is kept, and an item without a hash is an error each time.
key = (Counting(1), Counting(2), Counting(3))
table = {key: "found"}
print(table[key], table[(Counting(1), Counting(2), Counting(3))])
bad = (1, [], 3)
for _ in range(2):
    try:
        hash(bad)
    except TypeError as error:
        print(error)

# Nested tuples as keys of dicts and sets.
nested = {}
for i in range(50):
    inner = (i, i + 1, (i, (i,), "x", 2.5, None))
    nested[(0, inner)] = i
    nested[(1, inner, 2)] = -i
print(sum(nested[(0, (i, i + 1, (i, (i,), "x", 2.5, None)))] for i in range(50)), sum(nested[(1, (i, i + 1, (i, (i,), "x", 2.5, None)), 2)] for i in range(50)))

# Iteration helpers.
print(list(range(5)), list(range(2, 8, 3)), list(range(0)), list(range(5, 0)), range(3), range(1, 10, 2))
r = range(0, 100, 7)
print(len(r), r[3], r[-1], r[2:5], 14 in r, 15 in r, r.index(21), r.count(22), r.start, r.stop, r.step)
print(range(3) == range(0, 3, 1), range(0) == range(2, 1), hash(range(3)) == hash(range(0, 3)))
print(list(enumerate("ab")), list(enumerate("ab", 10)))
print(list(zip([1, 2, 3], "ab")), list(zip()), list(zip([1])))
try:
    list(zip([1, 2], [1], strict=True))
except ValueError as e:
    print(e)
print(list(map(lambda x, y: x + y, [1, 2], [10, 20])), list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x > 1, [1, 2, 3])))
print(list(reversed([1, 2, 3])), list(reversed(range(4))), sorted([3, 1, 2]), sorted("hello", reverse=True))
print(sorted(["bb", "a", "ccc"], key=len, reverse=True), min(3, 1, 2), max([1, 5, 2]), min("b", "a"), max([], default="none"))
print(sum([1, 2, 3]), sum([0.1] * 10), sum([[1], [2]], []), sum(range(10), 100))
print(any([0, 0, 1]), all([1, 1, 0]), any([]), all([]))
it = iter([1, 2])
print(next(it), next(it), next(it, "end"))
try:
    next(it)
except StopIteration:
    print("StopIteration")
count = 0
def tick():
    global count
    count += 1
    return count
print(list(iter(tick, 4)))
class Seq:
    def __getitem__(self, i):
        if i >= 3:
            raise IndexError
        return i * i
print(list(Seq()), 4 in Seq(), 5 in Seq())
class Countdown:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        return self
    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n
print(list(Countdown(3)), tuple(Countdown(4)), [*Countdown(2)], {*Countdown(2)}, max(Countdown(9)))
a, *b, c = Countdown(5)
print(a, b, c)
for bad in (5, None, 1.5):
    try:
        for _ in bad:
            pass
    except TypeError as e:
        print(e)

# set and frozenset.
a, b = {1, 2, 3}, {3, 4}
print(a | b, a & b, a - b, a ^ b, a <= {1, 2, 3, 4}, a < a, a <= a, a >= {1}, a > {1}, a == {3, 2, 1}, a != b, a.isdisjoint({7}), a.issubset([1, 2, 3, 4]), a.issuperset((1,)), a.union([9], (8,)), a.intersection([1, 5], {1}), a.difference([1], [2]), a.symmetric_difference([1, 9]))
s = set(); print(s, set("hello") == set("olhe"), len(set([1, 1.0, True])), {0, False}, set(range(5)), frozenset("ab") == {"a", "b"}, set(frozenset([1])), {*"ab"} == {"a", "b"})
s.add(1); s.update([2, 3], {4}); s.discard(99); s.remove(1); print(s, 2 in s, len(s)); s -= {2}; s |= {7, 8}; s &= {3, 7, 9}; s ^= {3, 5}; print(sorted(s)); s.intersection_update([5, 7]); s.difference_update([7]); s.symmetric_difference_update([1]); print(sorted(s)); c = s.copy(); s.clear(); print(c == {1, 5}, s, c.pop() in (1, 5), len(c))
f = frozenset([1, 2]); print(f, f | {3}, type(f | {3}).__name__, type({3} | f).__name__, hash(f) == hash(frozenset([2, 1])), {f: 1}[frozenset([2, 1])], frozenset(f) is f, f.copy() is f, frozenset(), f == {1, 2}, f in {f}, {1, 2} in {f}, hash(frozenset()), hash(frozenset([1, 2, 3])))
for bad in (lambda: {[]}, lambda: a | [1], lambda: a < [1], lambda: a.remove(99), lambda: set().pop(), lambda: hash(a), lambda: f.add(1), lambda: set(5), lambda: a & 5, lambda: [1] | a, lambda: {1: 2}.keys() | 5, lambda: a.update(5), lambda: a.union(5), lambda: set(1, 2), lambda: frozenset([[]]), lambda: a[0], lambda: [] in a, lambda: a.__ior__([1]), lambda: a.remove([1])):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
try:
    t = {1, 2, 3}
    for x in t: t.add(x + 10)
except RuntimeError as e: print(e)
big = set(range(0, 3000, 3)) & set(range(0, 3000, 7)); print(len(big), sum(big), max(big), sorted(big)[:4]); m = {i * 2 ** 20 for i in range(500)}; print(len(m), 3 * 2 ** 20 in m, 5 in m)
class S(set):
    def add(self, x): super().add(x * 2)
z = S([1]); z.add(5); print(z, z | {3}, type(z | {3}).__name__, type(z.copy()).__name__, z == {1, 10}); r = set(); r.add(frozenset([1])); print({1} == frozenset([1]), {frozenset([1])} == r, repr(S()), repr(frozenset([1])), set([(1, 2)]), {1.5, 2.5} - {1.5})
print([x for x in {5, 1, 3}], list({8, 0, 16, 1}), list({"one"}), [*{-1, -2}], list(set(range(20, 0, -3))), list({100, 200, 300, 400, 50}), {2 ** 70, 1}, list({False, 2, 3.0}))

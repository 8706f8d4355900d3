# Dicts and sets.
d = {"a": 1, "b": 2}
d["c"] = 3
d["a"] = 10
print(d, len(d), d["a"], d.get("z"), d.get("z", 0), "a" in d, "z" in d, list(d))
print(list(d.keys()), list(d.values()), list(d.items()), d.keys(), d.values(), d.items())
print(d.pop("a"), d.pop("zz", None), d.popitem(), d)
d.update({"x": 1}, y=2)
d.update([("z", 3)])
print(d, d.setdefault("x", 9), d.setdefault("w", 9), d)
del d["x"]
print(d, {**d}, d == dict(d), d | {"q": 0}, {"q": 0} | d)
d |= {"m": 1}
print(d, d.copy() == d, dict(a=1), dict([(1, 2)]), dict(zip("ab", [1, 2])), dict.fromkeys("ab"), dict.fromkeys([1], []))
print({k: v for k, v in [(1, 2), (3, 4)]}, {i: i * i for i in range(4) if i % 2})
print({1: "a", 1.0: "b", True: "c"}, {(1, 2): "t"}, {None: 0})
for k, v in {"x": 1}.items():
    print(k, v)
print(list(reversed({"a": 1, "b": 2})), {"a": 1}.keys() & {"a": 2, "b": 1}.keys(), {"a": 1}.keys() | {"b"} == {"a", "b"})
big = {i: str(i) for i in range(1000)}
for i in range(0, 1000, 2):
    del big[i]
print(len(big), 501 in big, 500 in big, list(big)[:3])
big[0] = "again"
print(list(big)[-1])
s = {3, 1, 2}
s.add(2)
s.discard(99)
print(sorted(s), len(s), 1 in s, s == {1, 2, 3}, set(), frozenset(), frozenset([1]), {1})
a, b = {1, 2, 3, 4}, {3, 4, 5}
print(sorted(a & b), sorted(a | b), sorted(a - b), sorted(a ^ b), a <= b, {3} < b, a.isdisjoint({9}), a.issuperset({1}))
a &= b; print(sorted(a))
a |= {7}; print(sorted(a))
a -= {7}; print(sorted(a))
a ^= {3, 9}; print(sorted(a))
print(sorted({c for c in "hello"}), {frozenset([1, 2]): 1}[frozenset([2, 1])], hash(frozenset([1, 2])) == hash(frozenset([2, 1])))
a.update([1], (2,)); print(sorted(a)); a.remove(1); print(sorted(a)); a.clear(); print(a)
for bad in (lambda: {}["k"], lambda: {}[1, 2], lambda: {[]: 1}, lambda: {{}}, lambda: {}.popitem(), lambda: {1}.remove(2), lambda: set().pop(),
            lambda: dict([1]), lambda: dict([(1, 2, 3)]), lambda: dict(1), lambda: {1} | [1]):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
d = {1: 1, 2: 2}
try:
    for k in d:
        d[k + 10] = 1
except RuntimeError as e:
    print(e)
class Missing(dict):
    def __missing__(self, key):
        return key * 2
print(Missing()["ab"], Missing(x=1)["x"], Missing().get("x"))
r = {}
r["self"] = r
print(r)
print({"a": {"b": {"c": [1, {2: 3}]}}}["a"]["b"]["c"][1][2])

# dict: order, views, equality, methods that see themselves change.
d = dict(zip("abcde", range(5))); del d["b"]; d["b"] = 9; d["a"] = 10; print(d, list(d), d.popitem(), d, list(reversed(d)), list(d.items()), list(reversed(d.items())), list(reversed(d.values())))
k, v, i = d.keys(), d.values(), d.items(); print(k, v, i, len(k), "a" in k, 10 in v, ("a", 10) in i, ("a", 1) in i, k & {"a", "z"}, sorted(k | {"z"}), sorted(k - {"a"}), sorted(k ^ {"a", "z"}), k == {"a", "c", "d", "e"}, k <= {"a", "c", "d", "e", "f"}, k.isdisjoint("xyz"), i & {("a", 10)}, k.mapping, v == d.values(), {"q"} | d.keys() >= {"q"})
d["new"] = 1; print(k, len(v), list(i)[-1])
print(d == dict(reversed(list(d.items()))), {1: 1} == {1: 1.0}, {} == [], {1: 2} != {1: 3}, {"a": {}} == {"a": {}}, {1: "a", True: "b", 1.0: "c"}, {0: 1, False: 2}, {"x": 1} | {"y": 2} | {"x": 3})
e = {}; print(e.setdefault("l", []), e.setdefault("l", 5), e.setdefault("n"), e.get("zz"), e.get("zz", "dflt"), e.pop("n"), e.pop("n", "gone"), e.copy(), e.clear(), e)
u = {}; u.update(a=1); u.update({"b": 2}, c=3); u.update([("d", 4)]); u.update(iter([["e", 5]])); u |= [("f", 6)]; print(u, dict(u, g=7), dict.fromkeys("xy", 0), dict.fromkeys([1, 1]), {**u, "a": 0}, dict(dict(a=1), b=2))
for bad in (lambda: {}["x"], lambda: {}.pop("x"), lambda: {}.popitem(), lambda: {[]: 1}, lambda: {}[{}], lambda: dict(5), lambda: dict([1]), lambda: dict([(1,)]), lambda: dict(["abc"]), lambda: {} | 5, lambda: {} < {}, lambda: hash({}), lambda: {}.update(5), lambda: dict(a=1, **{"a": 2}), lambda: {}.__delitem__(1), lambda: {}.fromkeys(5), lambda: dict([], []), lambda: {}.get(), lambda: {}.keys() + [], lambda: {}.setdefault([]), lambda: {1: 2}.keys()[0], lambda: set().add({})):
    try: print(bad())
    except Exception as x: print(type(x).__name__, x)
for change in (lambda d: d.update(z=1), lambda d: d.pop("a"), lambda d: d.clear()):
    d2 = dict(a=1, b=2)
    try:
        for _ in d2: change(d2)
        print("no error", d2)
    except RuntimeError as x: print(x)
    try:
        for _ in dict(a=1, b=2).items(): pass
        it = iter(d2.items()); change(d2) if d2 else None; next(it)
    except (RuntimeError, KeyError, StopIteration) as x: print(type(x).__name__, x)
d3 = dict(a=1, b=2)
for q in d3: d3[q] += 1
print(d3)
class H:
    log = []
    def __init__(self, v): self.v = v
    def __hash__(self): H.log.append(f"hash {self.v}"); return 1
    def __eq__(self, o): H.log.append(f"{self.v}=={o.v}"); return self.v == o.v
    def __repr__(self): return f"H{self.v}"
h = {H(1): "a", H(2): "b"}; H.log.clear(); print(h[H(2)], H.log); H.log.clear(); print(H(3) in h, H.log, h)
class BadHash:
    def __hash__(self): raise ValueError("no hash")
class BadEq:
    def __hash__(self): return 5
    def __eq__(self, o): raise ValueError("no eq")
for bad in (lambda: {BadHash(): 1}, lambda: {BadEq(): 1, BadEq(): 2}, lambda: {5: 1}[BadEq()], lambda: BadEq() in {5}):
    try: print(bad())
    except ValueError as x: print(x)
big = {}
for n in range(5000): big[n * 7919 % 10007] = n
for n in range(0, 5000, 3): del big[n * 7919 % 10007]
print(len(big), sum(big.values()), list(big.items())[:4], list(big)[-1]); mixed = {i if i % 2 else str(i): i for i in range(100)}; print(len(mixed), mixed["42"], mixed[43], 42 in mixed, list(mixed)[:4])
strs = {f"key{i}": i for i in range(1000)}; print(strs["key999"], "key1000" in strs, sum(strs[f"key{i}"] for i in range(0, 1000, 7))); collide = {i * 2 ** 32: i for i in range(200)}; print(collide[199 * 2 ** 32], len(collide))
r = {}; r["self"] = r; print(r, repr({"v": r.values()}) == "{'v': dict_values([{'self': {...}}])}")
print({(1, 2): "t", frozenset([1]): "f", None: 0, ...: 1, 1.5: 2, "s": 3, b"b": 4, int: 5, len: 6}[len], {float("nan"): 1} == {float("nan"): 1}, {-1: "a", -2: "b"}, {2 ** 61 - 1: "m", 0: "z"})
it = iter({1: 2, 3: 4}); print(it.__length_hint__(), next(it), list(it), type(it).__name__, type({}.items()).__name__); import_types = type({}.keys()); print({"a": 1}.__contains__("a"), {"a": 1}.__class_getitem__(int))

# Comprehensions and generator expressions.
print([x * x for x in range(5)])
print([x for x in range(20) if x % 2 if x % 3])
print([(x, y) for x in range(3) for y in range(x)])
print([[y for y in range(x)] for x in range(4)])
print({x % 3 for x in range(10)} == {0, 1, 2}, {x: [y for y in x] for x in ("ab", "c")})
print(sum(x for x in range(10)), list(x for x in "abc"), max((len(w), w) for w in ["a", "bcd", "ef"]))
x = "outer"
print([x for x in range(3)], x)
print([(lambda: i)() for i in range(3)], [f() for f in [lambda: i for i in range(3)]])
def f(n):
    m = 10
    return [m * i + n for i in range(n)]
print(f(3))
def first_is_outer():
    it = iter("abc")
    return [x for x in it]
print(first_is_outer())
print([y := 5, y ** 2], [last := i for i in range(5)], last)
print(any((hit := n) > 3 for n in [1, 2, 5, 3]), hit)
g = (print("lazy", i) or i for i in range(2))
print("made")
print(next(g))
print(list(g), list(g))
class C:
    n = 3
    l = [i for i in range(n)]
    m = [i * j for i in range(n) for j in (1, 2)]
print(C.l, C.m)
matrix = [[1, 2, 3], [4, 5, 6]]
print([[row[i] for row in matrix] for i in range(3)], [v for row in matrix for v in row])
print([a + b for a, b in [(1, 2), (3, 4)]], [h for h, *t in ["abc", "de"]])
print({k.upper(): v for k, v in {"a": 1}.items()})
def gen():
    yield from (i for i in range(3))
print(*gen())
try:
    [1 / z for z in (1, 0)]
except ZeroDivisionError as e:
    print(e)
try:
    (i for i in 5)
except TypeError as e:
    print(e)
print([[[k for k in range(j)] for j in range(i)] for i in range(3)])
print([i if i else "zero" for i in range(2)], [(i, j) for i in "ab" if i == "b" for j in "cd" if j != "c"])
def closure_over_comp():
    return [[lambda: (a, b) for a in range(2)] for b in range(2)]
print([[h() for h in r] for r in closure_over_comp()])

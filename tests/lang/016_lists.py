# Lists.
a = [3, 1, 2]
a.append(5)
a.extend([7, 8])
a.insert(0, "x")
print(a, len(a), a[0], a[-1], a[1:3], a[::-1], a[::2])
print(a.pop(), a.pop(0), a)
a.remove(1)
print(a, 5 in a, 99 in a, a.index(5), a.count(2))
a.sort()
print(a)
a.reverse()
print(a)
a[0] = 100
a[1:2] = [20, 21, 22]
print(a)
a[::2] = [0] * len(a[::2])
print(a)
del a[0]
del a[1:3]
print(a)
a[len(a):] = [9, 9]
a[0:0] = ["first"]
print(a)
b = a
c = a[:]
b.append("shared")
print(a == b, a is b, a == c, c is a)
print([1, 2] + [3], [0] * 3, [1, 2] * 2, [1, 2] < [1, 3], [1] < [1, 0], [] < [0], [1, 2] == [1, 2.0])
a += (1, 2)
print(a)
a *= 2
print(len(a))
a.clear()
print(a, not a)
nested = [[0] * 2 for _ in range(2)]
nested[0][0] = 1
print(nested)
alias = [[0] * 2] * 2
alias[0][0] = 1
print(alias)
r = [1]
r.append(r)
print(r)
print(list("abc"), list((1, 2)), list({"k": 1}), list())
words = ["banana", "apple", "Cherry", "date"]
print(sorted(words), sorted(words, key=str.lower), sorted(words, key=lambda w: (len(w), w)))
words.sort(key=len)
print(words)
pairs = [(1, "b"), (0, "b"), (1, "a"), (0, "a")]
print(sorted(pairs, key=lambda p: p[0]), sorted(pairs, key=lambda p: p[1], reverse=True))
x = list(range(20))
print(x[3:-3:4], x[-1:-10:-3], x[100:200], x[5:5])
for bad in (lambda: [][0], lambda: [].pop(), lambda: [1].remove(2), lambda: [1].index(2), lambda: [1, "a"].sort(),
            lambda: [1][1.0], lambda: [1] + (2,), lambda: [1, 2, 3].__setitem__(slice(None, None, 2), [1])):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)

# Long sequences of operations on containers, drawn by a generator of our own; the results are folded into a few numbers and samples.
class Random:
    def __init__(self, seed): self.state = seed
    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return (self.state >> 33) % n

class Key:
    """Equal by value, with few hash values: chains and comparisons by Python code."""
    def __init__(self, v): self.v = v
    def __hash__(self): return self.v % 7
    def __eq__(self, other): return isinstance(other, Key) and self.v == other.v
    def __repr__(self): return f'K{self.v}'

def fold(values):
    h = 0
    for v in values:
        h = (h * 31 + (hash(v) if not isinstance(v, (str, Key, tuple)) else len(repr(v)) * 7 + ord(repr(v)[-1]))) & 0xFFFFFFFFFFFF
    return h

def make_key(r, kind, n):
    i = r.below(n)
    if kind == 0: return 'k%d' % i
    if kind == 1: return i * 1000003
    if kind == 2: return Key(i)
    if kind == 3: return (i, str(i))
    return [i, 'k%d' % i, float(i), Key(i), (i,), None, 2 ** 70 + i, -i][r.below(8)]

def dicts(seed, kind, n, steps):
    r = Random(seed)
    d, log = {}, []
    for step in range(steps):
        what = r.below(12)
        k = make_key(r, kind, n)
        if what < 5: d[k] = step
        elif what == 5: log.append(d.pop(k, -1))
        elif what == 6: log.append(d.get(k, -2))
        elif what == 7: log.append(k in d)
        elif what == 8 and d: log.append(d.popitem()[1])
        elif what == 9: log.append(d.setdefault(k, step))
        elif what == 10 and k in d: del d[k]
        elif what == 11 and d:
            first = next(iter(d))
            log.append(d.pop(first))
        if step % 97 == 0:
            e = d.copy()
            assert e == d and list(e) == list(d) and list(reversed(d)) == list(d)[::-1]
            e.update({make_key(r, kind, n): 1 for _ in range(5)})
            d = {**e, **d} if step % 2 else d | e
        if step % 501 == 0: d = dict(list(d.items())[::2])
        assert len(d) == len(list(d))
    return len(d), fold(d), fold(d.values()), fold(log), list(d.items())[:4]

def sets(seed, kind, n, steps):
    r = Random(seed)
    s, log = set(), []
    for step in range(steps):
        what = r.below(12)
        k = make_key(r, kind, n)
        if what < 5: s.add(k)
        elif what == 5: s.discard(k)
        elif what == 6: log.append(k in s)
        elif what == 7 and s and kind not in (0, 3, 4): log.append(s.pop())
        else:
            other = {make_key(r, kind, n) for _ in range(r.below(20))}
            w = r.below(9)
            if w == 0: s |= other
            elif w == 1: s -= other
            elif w == 2: s ^= other
            elif w == 3 and step % 5 == 0: s &= other | set(sorted(s, key=repr)[::2])
            elif w == 4: log.append(len(s & other))
            elif w == 5: log.append(len(s - other))
            elif w == 6: log.append(s.isdisjoint(other))
            elif w == 7: log.append(s <= other)
            else: s = frozenset(s).union(other, [k]) if step % 3 else set(frozenset(s))
            if isinstance(s, frozenset): s = set(s)
    order = list(s) if kind in (1, 2) else sorted(map(repr, s))
    return len(s), fold(order), fold(log), order[:6]

def lists(seed, steps):
    r = Random(seed)
    l, log = [], []
    for step in range(steps):
        what = r.below(16)
        n = len(l)
        i = r.below(n + 3) - 1 if n else 0
        j = r.below(n + 3) - 1 if n else 0
        if what < 3: l.append(r.below(1000))
        elif what == 3: l.insert(i, step)
        elif what == 4 and l: log.append(l.pop(r.below(n)))
        elif what == 5: l[i:j] = [r.below(9) for _ in range(r.below(6))]
        elif what == 6: del l[i:j:r.below(3) + 1]
        elif what == 7: log.append(l[i:j:-1 - r.below(3)][:3].__repr__().__len__())
        elif what == 8: l.reverse()
        elif what == 9: l.sort()
        elif what == 10: l.sort(key=lambda v: v % 17, reverse=step % 2 == 0)
        elif what == 11: l.extend(range(r.below(10)))
        elif what == 12: l += tuple(l[:5])
        elif what == 13 and n: l[-1] = l[0]
        elif what == 14: log.append(l.count(3))
        elif what == 15 and n > 200: l[::2] = l[1::2] + l[1::2][:len(l[::2]) - len(l[1::2])]; del l[100:]
    return len(l), fold(l), fold(log), l[:8]

def sorting(seed):
    r = Random(seed)
    for n in (0, 1, 2, 3, 10, 63, 64, 65, 200, 1000):
        for make in (lambda i: r.below(n + 1), lambda i: r.below(5), lambda i: i, lambda i: -i, lambda i: (i * 7) % 64 + i // 64 * 3, lambda i: float(r.below(100)) / 4,
                     lambda i: str(r.below(1000)), lambda i: 'é' + str(r.below(50)), lambda i: (r.below(4), str(r.below(9))), lambda i: [r.below(3)] * r.below(4), lambda i: 2 ** 62 + r.below(30), lambda i: r.below(9) / 3 if r.below(2) else r.below(9)):
            l = [make(i) for i in range(n)]
            s = sorted(l)
            assert all(not s[i + 1] < s[i] for i in range(n - 1))
            pairs = [(v, i) for i, v in enumerate(l)]
            p = sorted(pairs, key=lambda p: p[0])
            assert all(p[i][0] < p[i + 1][0] or (p[i][0] == p[i + 1][0] and p[i][1] < p[i + 1][1]) for i in range(n - 1))
            q = sorted(pairs, key=lambda p: p[0], reverse=True)
            assert all(q[i + 1][0] < q[i][0] or (q[i][0] == q[i + 1][0] and q[i][1] < q[i + 1][1]) for i in range(n - 1))
            assert sorted(map(repr, s)) == sorted(map(repr, l))
    count = 0
    class Counted:
        def __init__(self, v): self.v = v
        def __lt__(self, other):
            nonlocal count
            count += 1
            return self.v < other.v
    for n in (100, 1000):
        for l in (range(n), range(n, 0, -1), [i % 10 for i in range(n)], list(range(n // 2)) * 2):
            count = 0
            sorted(map(Counted, l))
            print(n, count < n * 10, count <= n or count > n)

for kind in range(5):
    for n, steps in ((5, 400), (40, 1500), (700, 3000)):
        print('dict', kind, n, dicts(n + kind, kind, n, steps))
        print('set', kind, n, sets(n + kind, kind, n, steps))
for seed in range(4): print('list', lists(seed, 2500))
sorting(1)

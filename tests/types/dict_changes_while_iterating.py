# What a walk over a dict sees when keys are deleted and inserted on the way, its size unchanged: where entries lie, and when the
# live ones move together.
import random

for victims in [1], [3], [5], [1, 3], [1, 5], [1, 3, 5]:
    d, seen = {1: "a", 3: "b", 5: "c"}, []
    try:
        for key in d:
            seen.append(key)
            if key in victims:
                victims.remove(key)
                d[key] = d.pop(key)
    except RuntimeError as e:
        seen.append(str(e))
    print(seen, d)


def made(kind, n):
    if kind == "literal":
        return eval("{" + ", ".join(f"{i}: {i}" for i in range(n)) + "}")
    if kind == "strings":
        return {str(i): i for i in range(n)}
    if kind == "both":
        return {i if i % 3 == 2 else str(i): i for i in range(n)}
    if kind == "copied":
        return {i: i for i in range(n)}.copy()
    if kind == "fromkeys":
        return dict.fromkeys(range(n))
    shrunk = {i: i for i in range(3 * n)}
    for i in range(2 * n):
        del shrunk[i]
    return shrunk


def put_back(kind, n, r):
    d, seen = made(kind, n), []
    try:
        for key in d:
            seen.append(key)
            for _ in range(r.randrange(3)):
                x = r.choice(sorted(d, key=str))
                d[x] = d.pop(x)
            if len(seen) == 100:
                seen.append("...")
                break
    except RuntimeError as e:
        seen.append(str(e))
    return seen, list(d)


for kind in "literal", "strings", "both", "copied", "fromkeys", "shrunk":
    for n in 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 21, 22:
        print(kind, n, *put_back(kind, n, random.Random(n)))


def anything(n, r):
    d = {r.choice((i, str(i))): i for i in range(n)}
    walks = [iter(d), iter(d.items()), iter(d.values()), reversed(d), reversed(d.items())]
    out = []
    for step in range(40):
        match r.randrange(8):
            case 0 | 1 | 2 if d:
                x = r.choice(sorted(d, key=str))
                d[x] = d.pop(x)
            case 3 if d:
                key, value = d.popitem()
                d[r.choice((key, str(value)))] = value
            case 4 if d and step % 5 == 0:
                items = list(d.items())
                d.clear()
                d.update(items)
            case 5 if d:
                del d[r.choice(sorted(d, key=str))]
                d.setdefault(r.choice((r.randrange(99), str(r.randrange(99)))), 3)
            case 6 if step % 9 == 0:
                d[-1] = 5
            case 7 if step % 7 == 0:
                d.update(d.copy())
        walk = r.randrange(len(walks))
        try:
            out.append(next(walks[walk]))
        except StopIteration:
            out.append("end")
        except RuntimeError as e:
            out.append((str(e), walks[walk].__length_hint__()))
    return out, list(d)


for n in range(1, 24):
    for seed in range(5):
        print(n, *anything(n, random.Random(seed)))


def restored(n, m, keep):
    d = {i: i for i in range(n)}
    for i in range(keep, n):
        del d[i]
    walk, seen = reversed(d), []
    d.clear()
    for i in range(m):
        d[i] = i
    for i in range(keep, m):
        del d[i]
    try:
        seen.extend(walk)
    except RuntimeError as e:
        seen.append(str(e))
    return seen


for n in 3, 5, 6, 10, 11, 22:
    print("backwards", n, [restored(n, m, 2) for m in (2, 5, 6, 10, 11, 22)])
for n in 4, 7, 10:
    d = dict.fromkeys(range(n))
    for i in range(n - 3):
        del d[i]
    walk = reversed(d)
    next(walk)
    d.clear()
    d.update(dict.fromkeys(range(n)))
    for i in range(3, n):
        del d[i]
    for _ in range(5):
        try:
            print(n, next(walk))
        except (RuntimeError, StopIteration) as e:
            print(n, repr(e))

"""Code that runs often enough to be compiled while it runs: what it computes, raises and drops stays the same when types, classes, globals
and tracing change under it."""
import sys

ROUNDS = 300


def ints(a, b):
    return a + b, a - b, a * b, a // b, a % b, a & b, a | b, a ^ b, a << 3, a >> 2, -a, a < b, a <= b, a == b, a != b, a > b, a >= b, not a


def divided(a, b):
    return a / b, a / 4, a // 8, a % 8, a % 7, a // 7


def run(function, *args):
    result = None
    for _ in range(ROUNDS):
        result = function(*args)
    return result


print('numbers')
for pair in ((7, 3), (-7, 3), (2**60, 5), (2**61 - 1, 2), (-2**61, 3), (2**70, 11), (True, 2), (1.5, 0.25), (-0.0, 3.0), (1e300, 1e10), (3, 0.5), (2.5, 2)):
    try:
        print(pair, run(ints, *pair))
    except TypeError as e:
        print(pair, e)
    print(run(divided, *pair))
for pair in ((1, 0), (1.0, 0.0), ('a', 1), (None, None)):
    for function in (ints, divided):
        try:
            run(function, *pair)
        except (ZeroDivisionError, TypeError) as e:
            print(type(e).__name__, e)


def compare(a, b):
    found = []
    if a < b: found.append('<')
    if a <= b: found.append('<=')
    if a == b: found.append('==')
    if a != b: found.append('!=')
    if a > b: found.append('>')
    if a >= b: found.append('>=')
    if not a < b: found.append('not <')
    if not a == b: found.append('not ==')
    if a is b: found.append('is')
    while not a != b:
        found.append('while')
        break
    return found


print('comparison')
nan = float('nan')
for pair in ((1, 2), (2, 2), (3, 2), (1.5, 2.5), (2.5, 2.5), (nan, 1.0), (1.0, nan), (nan, nan), (1, 1.0), ('a', 'b'), (2**70, 2**70), (None, None) * 1):
    try:
        print(pair, run(compare, *pair))
    except TypeError as e:
        print(pair, e)


def grow(n):
    total, i = 1, 0
    while i < n:
        total = total * 3 + i
        i += 1
    return total


print('growing out of a word:', grow(500) % 1000003, grow(500).bit_length())


class Point:
    kind = 'point'

    def __init__(self, x, y=0):
        self.x = x
        self.y = y

    def sum(self):
        return self.x + self.y + self.bonus()

    def bonus(self):
        return 0

    @property
    def twice(self):
        return self.x * 2


class Pixel(Point):
    __slots__ = ()

    def bonus(self):
        return 100


def attributes(p):
    p.y += 1
    return p.sum(), p.kind, p.twice


print('classes that change')
p, q = Point(1), Pixel(2)
print(run(attributes, p), run(attributes, q))
Point.bonus = lambda self: 7
print(attributes(p), attributes(q))
Point.kind = 'dot'
p.kind = 'mine'
print(attributes(p), attributes(q))
Point.y = property(lambda self: self.__dict__['y'] * 10, lambda self, v: self.__dict__.update(y=v))
print(attributes(p), p.__dict__)
del Point.y
p.__class__ = Pixel
print(attributes(p))
del p.x
try:
    attributes(p)
except AttributeError as e:
    print(e)

print('globals that change')
value = 1


def reads():
    return value + len('ab')


print(run(reads))
value = 'x'
try:
    reads()
except TypeError as e:
    print(e)
value = 2
len = lambda s: 50
print(reads())
del len
print(reads())
del value
try:
    reads()
except NameError as e:
    print(e)


def items(l, i):
    l[i] = l[i - 1] + 1
    return l[0], l[-1], l[i]


print('items')
print(run(items, [1, 2, 3], 1), run(items, [1, 2, 3], -1))
for args in (([1, 2, 3], 7), ((1, 2, 3), 1), ({0: 1, 1: 2, -1: 4}, 1), ([1.5, 2.5], 1)):
    try:
        print(items(*args))
    except (IndexError, TypeError) as e:
        print(e)


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print('gone', self.name)


def drops(quiet):
    a = Loud('a') if not quiet else 1
    b = Loud('b') if not quiet else 2
    a = b
    return a is b


print('finalisers')
run(drops, True)
drops(False)


def fails(n):
    try:
        return 10 // n
    except ZeroDivisionError as e:
        return e.__traceback__.tb_lineno - fails.__code__.co_firstlineno
    finally:
        n = None


print(run(fails, 5), run(fails, 0))


def deep(n):
    return n if n == 0 else deep(n - 1)


def endless(n):
    return endless(n + 1)


print(run(deep, 100))
try:
    endless(0)
except RecursionError as e:
    print(e)


def counted(n):
    for i in range(n):
        yield i


def loops(n):
    total = 0
    for i in counted(n):
        for j in (i, i + 1):
            total += j
    for a, b in zip([1, 2, 3], 'abc'):
        total += a
    return total + sum(x * x for x in [y for y in range(n)])


print(run(loops, 20))


def watched(n):
    total = 0
    for i in range(n):
        total += i
    return total


print('tracing')
run(watched, 10)
events = []


def tracer(frame, event, arg):
    if frame.f_code is watched.__code__:
        events.append((event, frame.f_lineno - watched.__code__.co_firstlineno))
        return tracer


sys.settrace(tracer)
watched(2)
sys.settrace(None)
print(events)


def traces_itself(n):
    for i in range(n):
        if i == 150:
            sys._getframe().f_trace = tracer2
            sys.settrace(lambda *args: None)
        if i == 152:
            sys.settrace(None)
    return i


lines = []


def tracer2(frame, event, arg):
    lines.append(frame.f_lineno - traces_itself.__code__.co_firstlineno)
    return tracer2


print(traces_itself(400), lines)


def locals_seen():
    x = 1
    for i in range(100):
        x += i
        if i == 99:
            sys._getframe().f_locals['x'] = 'written'
    return x, sys._getframe().f_lineno - locals_seen.__code__.co_firstlineno


print(locals_seen())


def many(a, b, c, d, e, f, g, h, i, j):
    k = [a, b, c, d, e, f, g, h, i, j]
    del a
    try:
        a
    except UnboundLocalError as error:
        k.append(str(error))
    return k


print(run(many, *range(10))[-2:])


def closures(n):
    count = 0

    def add(k):
        nonlocal count
        count += k
        return count

    for i in range(n):
        add(i)
    return count


print(run(closures, 30))


class Equal:
    def __init__(self, raises):
        self.raises = raises

    def __hash__(self):
        return hash(7)

    def __eq__(self, other):
        if self.raises:
            raise ValueError('compared')
        return True


def gets(d, key):
    return [d.get(key) for _ in range(3)], d.get(key, 'second')


print('get')
for d in ({1: 2, 7: 'seven'}, {'a': 1}, {Equal(False): 'found'}, {Equal(True): 1}):
    for key in (7, 'a', 2**80, 1.0, (1,), []):
        try:
            print(run(gets, d, key))
        except (TypeError, ValueError) as e:
            print(type(e).__name__, e)


class Own(dict):
    def get(self, key):
        return 'own'


print(run(gets, {7: 1}, 7))
try:
    gets(Own(), 7)
except TypeError as e:
    print(type(e).__name__)

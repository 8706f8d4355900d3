# Code objects that a program has put together wrongly are refused, or run to an exception: they never break the interpreter.
import gc
import random
import signal
import sys
import types

SOURCE = '''
def f(a, b=2, *c, d=3, **e):
    x = [i * a for i in range(3)]
    y = {k: v for k, v in zip('ab', x)}
    try:
        for q in x:
            if q > 2: b += q
            else: x[0] = q
        with open('/dev/null') as fh: b = fh
    except (ValueError, TypeError) as err:
        b = err
    finally:
        a = (a, b, *c)
    def g():
        nonlocal b
        b = 1
        return lambda: (a, b)
    return g, f"{a!r:>{5}}", y, a if b else d
def groups(x):
    try: raise ExceptionGroup('g', [OSError(), x])
    except* OSError as e: n = 1
    except* ValueError: n = 2
def numbers(n):
    r = yield n
    while n:
        n -= 1
        try: yield n, r
        except GeneratorExit: return 5
    yield from range(2)
async def waits(x):
    async with x as y:
        await y
    return [z async for z in y]
def matches(x):
    match x:
        case [1, *r]: return r
        case {'a': b, **r}: return b, r
        case int(v) | str(v) if v: return v
        case _: return None
def loop(n):
    s = 0.5
    for i in range(n):
        s = s * i + i - s // 2
        if s > 1e10 and not i % 2: s = 1.0
        l = [s, i]; l[0] += 1; s = l[0]
    return s
class C[T]:
    u: int = 1
    def method(self): return t"{self.u}{self}", super().__hash__(), any(x for x in 'ab')
'''

codes = []


def collect(code):
    codes.append(code)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            collect(constant)


namespace = {}
module = compile(SOURCE, 'hostile', 'exec')
exec(module, namespace)
collect(module)
choose = random.Random(314)


def damaged(data):
    """A few bytes, or instructions, of it changed."""
    data = bytearray(data)
    for _ in range(choose.choice((1, 1, 2, 5))):
        if not data:
            break
        p, q = choose.randrange(len(data)), choose.randrange(len(data))
        way = choose.randrange(5)
        if way == 0: data[p] = choose.randrange(256)
        elif way == 1: data[p] = (data[p] + choose.choice((1, -1))) % 256
        elif way == 2: del data[p // 4 * 4:p // 4 * 4 + 4]
        elif way == 3: data[p // 4 * 4:p // 4 * 4 + 4] = data[q // 4 * 4:q // 4 * 4 + 4]
        else: data[p] = data[q]
    return bytes(data)


def damage(code):
    part = choose.choice(['co_code'] * 6 + ['co_exceptiontable', 'co_linetable', 'co_consts', 'co_names', 'co_varnames', 'co_cellvars', 'co_freevars',
                                            'co_flags', 'co_stacksize', 'co_argcount', 'other'])
    if part in ('co_code', 'co_exceptiontable', 'co_linetable'):
        return {part: damaged(getattr(code, part))}
    if part == 'other':
        other = choose.choice(codes)
        return {'co_code': other.co_code, 'co_exceptiontable': other.co_exceptiontable}
    if part in ('co_flags', 'co_stacksize', 'co_argcount'):
        return {part: choose.choice((0, 1, 3, 255, 65535, getattr(code, part) ^ 4, getattr(code, part) ^ 0x20, getattr(code, part) ^ 0x80))}
    items = list(getattr(code, part))
    choose.shuffle(items)
    if items and choose.random() < 0.5:
        items[0] = choose.choice((None, 1, (), code, 'zz')) if part == 'co_consts' else 'zz'
    elif items:
        items.pop()
    return {part: tuple(items)}


class Enough(BaseException):
    pass


armed = False


def stop(number, frame):
    if armed: # else it came late: the code has ended
        raise Enough


signal.signal(signal.SIGALRM, stop)
steps = 0


def counter(frame, event, argument):
    global steps
    steps += 1
    if steps > 3000:
        raise Enough
    frame.f_trace_opcodes = True
    return counter


def run(code, arguments, traced):
    global steps, armed
    cells = tuple(types.CellType(1) for _ in code.co_freevars)
    function = types.FunctionType(code, dict(namespace), 'x', (1,) * min(code.co_argcount, 3), cells)
    steps = 0
    if traced:
        sys.settrace(counter)
    try:
        armed = True
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        result = function(*arguments)
        if hasattr(result, 'throw'):
            result.send(None)
            result.send(3)
            result.throw(ValueError)
    except (Exception, Enough):
        pass
    finally:
        armed = False
        sys.settrace(None)
        signal.setitimer(signal.ITIMER_REAL, 0)
    list(code.co_positions())


refused = made = 0
for turn in range(1500):
    code = choose.choice(codes)
    try:
        changed = code.replace(**damage(code))
    except (ValueError, TypeError, OverflowError):
        refused += 1
        continue
    made += 1
    arguments = choose.choice([(), (1,), (1, 2), ([1, 2],), ({'a': 2},), (30,)])
    traced = choose.random() < 0.2
    for _ in range(choose.choice((1, 1, 60))):
        try:
            run(changed, arguments, traced)
        except Enough:
            break
    if turn % 200 == 0:
        gc.collect()
print(made > 100, refused > 100)

# Code that is right is not refused, whatever is in it.
for code in codes:
    same = code.replace(co_firstlineno=7)
    assert same.co_code == code.co_code
print('the same')

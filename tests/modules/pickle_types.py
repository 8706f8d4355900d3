# Pickler and Unpickler with their hooks, memos, out-of-band buffers, and objects of all kinds there and back.
import _pickle, collections, copyreg, datetime, decimal, enum, functools, io, pickle, pickletools, weakref

def attempt(call, *args, **kwargs):
    try:
        print(call(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__, e)

# --- There and back --------------------------------------------------------------------------------------------------------------------
class Plain:
    def __init__(self, **kw):
        self.__dict__.update(kw)
    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)
    __hash__ = None
class Slots:
    __slots__ = 'a', 'b'
class Both(Slots):
    pass
class WithState(Plain):
    def __getstate__(self):
        return {'x': 1}
    def __setstate__(self, state):
        self.seen = state
class WithArgs(int):
    def __new__(cls, n, *, k=0):
        self = super().__new__(cls, n)
        self.k = k
        return self
    def __getnewargs_ex__(self):
        return (int(self),), {'k': self.k}
class MyList(list): pass
class MyDict(dict): pass
class MyStr(str): pass
class Color(enum.Enum):
    RED = 1
Point = collections.namedtuple('Point', 'x y')

def slots(a, b, cls=Slots):
    s = cls()
    s.a, s.b = a, b
    return s

objects = [None, True, 0, -1, 255, 256, 65535, 65536, 2**31 - 1, -2**31, 2**31, 2**100, -2**100, -256, 1.5, float('inf'), '', 'abc', 'ä', '\u20ac',
           '\U0001f600', '\ud800', 'x' * 300, 'line\nwith\\ and \0', b'', b'ab', b'\xff' * 300, bytearray(b'xyz'), (), (1,), (1, 2), (1, 2, 3),
           (1, 2, 3, 4), [], [1], [1, 2], {}, {1: 2}, {1: 2, 'a': 'b'}, {1, 2}, set(), frozenset({3}), 1 + 2j, range(5), slice(1, 2), Ellipsis,
           NotImplemented, int, type(None), len, Plain(a=1, b='c'), WithArgs(5, k=7), MyList([1, 2]), MyDict(a=1), MyStr('s'), Color.RED, Point(1, 2),
           collections.OrderedDict(a=1), collections.deque([1, 2], 3), collections.Counter('aab'), datetime.date(2020, 1, 2), decimal.Decimal('1.5'),
           ValueError('x', 1), functools.partial(int, base=2)(('101'))]
for o in objects:
    for proto in range(6):
        data = _pickle.dumps(o, proto)
        back = _pickle.loads(data)
        assert type(back) is type(o) and (back == o or isinstance(o, ValueError) and back.args == o.args), (o, proto, back)
        assert pickle._loads(data) == back or isinstance(o, ValueError)
        assert _pickle.load(io.BytesIO(pickle._dumps(o, proto))) == back or isinstance(o, ValueError)
for proto in range(2, 6):
    s = _pickle.loads(_pickle.dumps(slots(1, [2]), proto))
    print(s.a, s.b)
    s = slots(3, 4, Both)
    s.c = 5
    s = _pickle.loads(_pickle.dumps(s, proto))
    print(s.a, s.b, s.c, _pickle.loads(_pickle.dumps(WithState(y=2), proto)).seen, _pickle.loads(_pickle.dumps(WithArgs(5, k=7), proto)).k)

# Sharing and cycles.
a = [1]
pair = _pickle.loads(_pickle.dumps((a, a)))
print(pair[0] is pair[1])
a.append(a)
b = _pickle.loads(_pickle.dumps(a))
print(b[1] is b)
for make in (lambda x: (x,), lambda x: (1, 2, 3, x), lambda x: frozenset({1}) and (x, frozenset({2}))):
    for proto in range(6):
        l = []
        t = make(l)
        l.append(t)
        u = _pickle.loads(_pickle.dumps(t, proto))
        inner = next(x for x in u if isinstance(x, list))
        assert inner[0] is u, (proto, u)

# --- Hooks -----------------------------------------------------------------------------------------------------------------------------
class P(_pickle.Pickler):
    def persistent_id(self, obj):
        return 'the-' + obj.name if isinstance(obj, Plain) and hasattr(obj, 'name') else None
class U(_pickle.Unpickler):
    def persistent_load(self, pid):
        return 'loaded ' + str(pid)
for proto in range(6):
    f = io.BytesIO()
    P(f, proto).dump([Plain(name='x'), 1])
    f.seek(0)
    print(U(f).load())
    f.seek(0)
    attempt(_pickle.Unpickler(f).load)
f = io.BytesIO()
p = _pickle.Pickler(f, 2)
p.persistent_id = lambda o: ('id', 1) if o == 'x' else None
p.dump(['x', 'y'])
del p.persistent_id
print(f.getvalue(), p.persistent_id('x'))
class NotAscii(_pickle.Pickler):
    def persistent_id(self, obj):
        return '\xe9'
attempt(NotAscii(io.BytesIO(), 0).dump, 1)

class Restricted(_pickle.Unpickler):
    def find_class(self, module, name):
        print('find', module, name)
        if name == 'eval':
            raise _pickle.UnpicklingError('forbidden')
        return super().find_class(module, name)
print(Restricted(io.BytesIO(_pickle.dumps(Point(1, 2), 2))).load())
attempt(Restricted(io.BytesIO(b'cbuiltins\neval\n.')).load)
print(Restricted(io.BytesIO(b'c__builtin__\nxrange\n.')).load(), Restricted(io.BytesIO(b'c__builtin__\nrange\n.'), fix_imports=False).find_class('os', 'path').__name__)

class Dispatching(_pickle.Pickler):
    dispatch_table = {complex: lambda c: (list, ((c.real, c.imag),))}
f = io.BytesIO()
d = Dispatching(f)
d.dump(1 + 2j)
print(_pickle.loads(f.getvalue()), d.dispatch_table is Dispatching.dispatch_table)
class Overriding(_pickle.Pickler):
    def reducer_override(self, obj):
        if obj is len:
            return str, ('was len',)
        if isinstance(obj, Plain):
            raise ZeroDivisionError
        return NotImplemented
f = io.BytesIO()
Overriding(f).dump([len, max])
print(_pickle.loads(f.getvalue()))
attempt(Overriding(f).dump, Plain())

class NoInit(_pickle.Pickler):
    def __init__(self): pass
class NoInitU(_pickle.Unpickler):
    def __init__(self): pass
attempt(NoInit().dump, 1)
attempt(NoInitU().load)

# --- Memos -----------------------------------------------------------------------------------------------------------------------------
f = io.BytesIO()
p = _pickle.Pickler(f, 2)
x = ['x']
p.dump(x)
p.dump(x)
print(f.getvalue(), sorted(n for n, o in p.memo.copy().values()))
q = _pickle.Pickler(f, 2)
q.memo = p.memo
p.memo = {5: (7, 'seven')}
print(list(p.memo.copy().values()), len(q.memo.copy()))
p.clear_memo()
print(p.memo.copy(), type(p.memo).__name__, p.memo.__reduce__())
attempt(setattr, p, 'memo', 5)
attempt(setattr, p, 'memo', {1: 2})
attempt(delattr, p, 'memo')
f.seek(0)
u = _pickle.Unpickler(f)
print(u.load() is u.load(), u.memo.copy())
print(u.memo.__reduce__())
attempt(setattr, u, 'memo', {-1: 2})
attempt(setattr, u, 'memo', {'a': 2})
attempt(setattr, u, 'memo', None)
u.memo.clear()
print(u.memo.copy())
print(_pickle.loads(b'\x80\x02Nr\0\0\x10\0(j\0\0\x10\0K\x05q\x00h\x00t.'))

# --- Fast mode -------------------------------------------------------------------------------------------------------------------------
f = io.BytesIO()
p = _pickle.Pickler(f, 1)
p.fast = True
p.dump([['a'], 'a', 'a'])
print(f.getvalue(), p.fast, p.bin)
cycle = []
cycle.append(cycle)
try:
    p.dump(cycle)
except ValueError as e:
    print(str(e).partition(' at ')[0])
attempt(setattr, p, 'bin', 'x')
attempt(delattr, p, 'fast')

# --- Buffers ---------------------------------------------------------------------------------------------------------------------------
big = bytearray(b'0123456789')
for v in (b'abc', big, memoryview(big)[2:5]):
    buf = _pickle.PickleBuffer(v)
    print(bytes(buf), buf.raw().tolist(), _pickle.loads(_pickle.dumps(buf)))
    out = []
    data = _pickle.dumps([buf, buf], 5, buffer_callback=out.append)
    print(data, len(out), [bytes(b) for b in _pickle.loads(data, buffers=[b'one', bytearray(b'two')])])
    buf.release()
    attempt(memoryview, buf)
attempt(_pickle.loads, data)
attempt(_pickle.loads, data, buffers=[b'x'])
attempt(_pickle.dumps, _pickle.PickleBuffer(b'x'), 4)
attempt(_pickle.dumps, _pickle.PickleBuffer(memoryview(big)[::2]))
attempt(_pickle.PickleBuffer(memoryview(big)[::2]).raw)
attempt(_pickle.PickleBuffer, 5)
print(_pickle.loads(_pickle.dumps(_pickle.PickleBuffer(big), buffer_callback=lambda b: True)))
class Cyclic(bytearray): pass
c = Cyclic(b'x')
buf = c.cycle = _pickle.PickleBuffer(c)
ref = weakref.ref(buf)
del c, buf
import gc
gc.collect()
print(ref())

# --- Writing to files ------------------------------------------------------------------------------------------------------------------
class W:
    def __init__(self): self.calls = []
    def write(self, b): self.calls.append((type(b).__name__, len(b)))
for proto in (0, 2, 4, 5):
    w = W()
    _pickle.dump(['x' * 1000 + str(i) for i in range(100)] + [b'y' * 100000, bytearray(70000), 'z' * 70000], w, proto)
    print(proto, w.calls)
attempt(_pickle.dump, 1, object())
class Again:
    def __reduce__(self):
        attempt(again.dump, 1)
        attempt(again.__init__, io.BytesIO())
        return list, ()
again = _pickle.Pickler(io.BytesIO())
again.dump(Again())
changing = {1: None}
class Grow:
    def __reduce__(self):
        changing[len(changing) + 10] = 0
        return list, ()
changing = {1: Grow(), 2: 3}
attempt(_pickle.dumps, changing)
# Methods of built-in types are written as getattr(owner, name).
for m in (str.maketrans, [].append, dict.fromkeys, str.upper):
    back = _pickle.loads(_pickle.dumps(m))
    print(back.__name__, back == m)
attempt(_pickle.dumps, dict.__dict__['fromkeys'])

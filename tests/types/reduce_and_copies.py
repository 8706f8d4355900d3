def T(f, *a, **k):
    try: print("ok", repr(f(*a, **k)))
    except BaseException as e: print(type(e).__name__, e)
import copyreg, copy, functools, collections
class R:
    def __init__(self): self.x = 1
r = R(); print(r.__reduce_ex__(2)[1:], r.__reduce__.__name__, r.__getstate__())
c = copy.copy(r); print(c.x, c.__dict__)
d = copy.deepcopy({'a': [r]}); print(d['a'][0].x)
class Sl:
    __slots__ = ('a', 'b')
s = Sl(); s.a = 1; print(s.__reduce_ex__(2)[1:]); print(copy.copy(s).a); T(s.__reduce_ex__, 1)
T(lambda: s.__getstate__())
class NA:
    def __new__(cls, *a): return object.__new__(cls)
    def __getnewargs__(self): return (1, 2)
print(NA().__reduce_ex__(2)[1:])
class NAE(NA):
    def __getnewargs_ex__(self): return ((1,), {'k': 2})
print(NAE().__reduce_ex__(2)[1])
class NAB(NA):
    def __getnewargs_ex__(self): return (1,)
T(NAB().__reduce_ex__, 2)
T(lambda: (i for i in []).__reduce_ex__(2))
T(lambda: iter([]).__reduce_ex__(2))
T(lambda: len.__reduce__()); T(lambda: [].append.__reduce__()); T(lambda: str.join.__reduce__()); T(lambda: (1).__add__.__reduce__())
Pt = collections.namedtuple('Pt', 'x y'); p = Pt(1, 2); print(p, p.x, p._replace(x=3), Pt.__slots__, Pt.__match_args__, p._asdict())
@functools.singledispatch
def sd(x): return 'base'
@sd.register
def _(x: int): return 'int'
@sd.register(str)
def _(x): return 'str'
print(sd(1), sd('a'), sd([]))
@functools.total_ordering
class TO:
    def __init__(s, v): s.v = v
    def __lt__(s, o): return s.v < o.v
    def __eq__(s, o): return s.v == o.v
print(TO(1) <= TO(2), TO(1) >= TO(2))
class CP:
    @functools.cached_property
    def v(self): print('computed'); return 3
cp = CP(); print(cp.v, cp.v, cp.__dict__)
import enum
class Color(enum.Enum):
    RED = 1
    GREEN = 2
    def hello(self): return self.name
print(Color.RED, Color(1), Color['GREEN'], list(Color), Color.RED.hello(), repr(Color.RED), Color.RED.value)
class Fl(enum.Flag):
    A = enum.auto(); B = enum.auto()
print(Fl.A | Fl.B, Fl.A in (Fl.A | Fl.B), Fl(3))
class IE(enum.IntEnum): X = 5
print(IE.X + 1, IE.X == 5, f'{IE.X}', repr(IE.X))
T(lambda: Color(7)); T(setattr, Color, 'RED', 3)

class Rec:
    def __repr__(self): return repr(self)
T(repr, Rec())
class RecEq:
    def __eq__(self, o): return self == o
T(lambda: RecEq() == RecEq())
class RecGet:
    def __getattr__(self, n): return getattr(self, n + 'x')
T(lambda: RecGet().a)
def inf(): return inf()
T(inf)
l = []; 
for i in range(100000): l = [l]
del l
x = None
class Nd: pass
for i in range(100000):
    n = Nd(); n.next = x; x = n
del x, n
print('done')

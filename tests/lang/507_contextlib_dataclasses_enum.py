# Pure-Python parts of the library that lean on the language: contextlib, dataclasses, enum, functools, abc, typing, collections.
import abc, collections, contextlib, dataclasses, enum, functools, itertools, operator, typing
@contextlib.contextmanager
def cm(x):
    print("enter", x)
    try: yield x * 2
    except ValueError as e: print("caught", e)
    finally: print("exit")
with cm(1) as v: print(v)
with cm(2): raise ValueError("v")
with contextlib.suppress(KeyError): {}["x"]
with contextlib.ExitStack() as st: [st.enter_context(cm(i)) for i in range(2)]; st.callback(print, "callback")
@dataclasses.dataclass(order=True)
class P:
    x: int; y: int = 2; tags: list = dataclasses.field(default_factory=list, compare=False)
    def __post_init__(self): self.s = self.x + self.y
print(P(1), P(1) == P(1, 2), P(1) < P(2), sorted([P(3), P(1)]), dataclasses.asdict(P(1)), dataclasses.replace(P(1), y=9), [f.name for f in dataclasses.fields(P)], P(1).s)
@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class F: a: int; b: str = "b"
f = F(a=1); print(f, hash(f) == hash(F(a=1)), F.__slots__)
try: f.a = 2
except dataclasses.FrozenInstanceError as e: print(e)
try: F(1)
except TypeError as e: print(e)
class C(enum.Enum):
    RED = 1; GREEN = 2; ALIAS = 1
    @property
    def low(self): return self.name.lower()
print(C.RED, repr(C.GREEN), C(1), C["GREEN"], list(C), C.ALIAS is C.RED, C.RED.low, C.RED in C, len(C), {C.RED: 1}, isinstance(C.RED, C))
class Fl(enum.Flag): R = enum.auto(); W = enum.auto(); X = enum.auto()
print(Fl.R | Fl.W, (Fl.R | Fl.W) & Fl.R, ~Fl.R, Fl(5), Fl.R in Fl(3), [m.name for m in Fl(7)]); I = enum.IntEnum("I", "A B"); print(I.A + 1, I.B == 2, sorted(I)); S = enum.StrEnum("S", {"K": "key"}); print(S.K, S.K == "key", f"{S.K}")
for bad in (lambda: C(9), lambda: C["X"], lambda: setattr(C, "RED", 5), lambda: type("D", (C,), {})):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
@functools.lru_cache(maxsize=2)
def sq(x): return x * x
print([sq(i) for i in (1, 2, 1, 3, 2)], sq.cache_info()); print(functools.reduce(operator.add, [1, 2, 3]), functools.partial(pow, 2)(5), functools.partial(int, base=2)("101"))
@functools.singledispatch
def sd(x): return "other"
@sd.register
def _(x: int): return "int"
@sd.register(list)
def _(x): return "list"
print(sd(1), sd([]), sd("s"), sd(True))
@functools.wraps(sq)
def w(): pass
print(w.__name__, w.__wrapped__ is sq)
@functools.total_ordering
class T:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
    def __lt__(self, o): return self.v < o.v
print(T(1) >= T(0), T(1) <= T(0))
class K:
    @functools.cached_property
    def p(self): print("computed"); return 5
k = K(); print(k.p, k.p)
class A(abc.ABC):
    @abc.abstractmethod
    def m(self): ...
    @classmethod
    def __subclasshook__(cls, c): return True if hasattr(c, "quack") else NotImplemented
try: A()
except TypeError as e: print(e)
class B(A):
    def m(self): return "m"
class Duck: quack = 1
print(B().m(), isinstance(Duck(), A), issubclass(int, A)); A.register(int); print(issubclass(int, A), isinstance(5, collections.abc.Hashable), isinstance([], collections.abc.Sequence), isinstance({}, collections.abc.Mapping), issubclass(set, collections.abc.MutableSet))
N = collections.namedtuple("N", "a b c", defaults=[3]); n = N(1, b=2); print(n, n.c, n._replace(a=9), n._asdict(), N._fields, N._make([1, 2, 3]), n[0], n == (1, 2, 3)); dd = collections.defaultdict(list); dd["a"].append(1); print(dd, dd["b"]); od = collections.OrderedDict(a=1, b=2); od.move_to_end("a"); print(od, od.popitem(last=False)); dq = collections.deque(range(5), 3); dq.rotate(1); dq.appendleft(9); print(dq, collections.Counter("abca") - collections.Counter("a"), collections.ChainMap({"a": 1}, {"a": 2, "b": 3})["b"])
print(list(itertools.chain([1], [2])), list(itertools.product("ab", [1, 2])), list(itertools.permutations([1, 2, 3], 2))[:3], list(itertools.combinations("abc", 2)), [(k, list(g)) for k, g in itertools.groupby("aabc")], list(itertools.accumulate([1, 2, 3])), list(itertools.zip_longest([1], [2, 3])), list(itertools.batched("abcde", 2)), list(itertools.islice(itertools.count(5, 2), 3)), list(itertools.pairwise("abc")), list(itertools.takewhile(lambda x: x < 2, range(5))), [list(x) for x in itertools.tee([1, 2])], list(itertools.starmap(pow, [(2, 3)])), list(itertools.compress("abc", [1, 0, 1])))
class Pr(typing.Protocol):
    def m(self) -> int: ...
NT = typing.NamedTuple("NT", [("x", int)]); TD = typing.TypedDict("TD", {"a": int}); print(NT(1), TD(a=1), typing.get_type_hints(P)["x"], typing.Optional[int], typing.Union[int, str], typing.get_args(dict[str, int]), typing.Literal[1, "a"], typing.Callable[[int], str], typing.cast(int, "x"), typing.List[int], typing.Any, typing.get_origin(list[int])); print(operator.itemgetter(1, 0)("ab"), operator.attrgetter("real")(5), operator.methodcaller("upper")("a"))
